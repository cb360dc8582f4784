//! A progress bar for long runs, on stderr if it is a terminal. It is cleared at the end.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::stdout;

/// Shorter runs end before anyone could read a bar.
const LONG: usize = 2000;
/// Drawing the bar more often would only be slower.
const DRAWS_PER_SECOND: u8 = 10;

/// A bar, or nothing if it would not be visible.
#[derive(Debug)]
pub struct Progress(Option<ProgressBar>);

impl Progress {
    /// A bar for `total` steps; `noun` names what is counted.
    pub fn new(total: usize, things: &'static str) -> Self {
        if total < LONG {
            return Self(None);
        }
        // indicatif itself draws nothing if stderr is not a terminal.
        let target = ProgressDrawTarget::stderr_with_hz(DRAWS_PER_SECOND);
        let bar = ProgressBar::with_draw_target(Some(total as u64), target);
        if bar.is_hidden() {
            return Self(None);
        }
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        bar.set_message(things);
        Self(Some(bar))
    }

    /// The same for a run that writes to stdout, only if that is a file: a terminal already shows the output, and the
    /// reader of a pipe may write to the same screen.
    pub fn of_stdout(total: usize, things: &'static str) -> Self {
        if stdout::file().is_some() { Self::new(total, things) } else { Self(None) }
    }

    /// Advances by one step.
    pub fn step(&self) {
        if let Some(bar) = &self.0 {
            bar.inc(1);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

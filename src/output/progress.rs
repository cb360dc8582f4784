//! How far a long run has come, as a bar on stderr where that is a terminal.
//! A total comes in; steps are counted, and nothing is left on the screen at the end.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shorter runs end before anyone has read a bar.
const LONG: usize = 2000;
/// A bar that is drawn more often is only slower.
const DRAWS_PER_SECOND: u8 = 10;

/// A bar, or nothing where it would not be seen.
#[derive(Debug)]
pub struct Progress(Option<ProgressBar>);

impl Progress {
    /// A run of `total` steps over things of this name.
    pub fn new(total: usize, things: &'static str) -> Self {
        if total < LONG {
            return Self(None);
        }
        // indicatif itself draws nothing where stderr is no terminal.
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

    /// The same for a run that writes to stdout, if that is a file: a terminal shows what comes, and the reader of
    /// a pipe has something to say on the same screen.
    pub fn of_stdout(total: usize, things: &'static str) -> Self {
        let is_file = rustix::fs::fstat(rustix::stdio::stdout())
            .is_ok_and(|found| rustix::fs::FileType::from_raw_mode(found.st_mode).is_file());
        if is_file { Self::new(total, things) } else { Self(None) }
    }

    /// One step further.
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

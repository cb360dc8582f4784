//! One file per subcommand: each reads like a recipe and contains no rules. It writes its output and returns an outcome
//! for `main`.

pub mod about;
pub mod complete;
pub mod completion;
mod error;
pub mod generate;
pub mod init;
mod part;
pub mod plan;
pub mod results;
pub mod status;
mod tuning;
pub mod validate;

pub use error::{ABOVE_ANSWERS, CommandError};

use std::io::{self, Write};
use std::path::Path;

use crate::cli::SessionOptions;
use crate::config::{Mode, Overrides, Session};
use crate::job::CreatedAt;
use crate::output::snippet::{Heading, Snippet};
use crate::output::stdout::Stdout;
use crate::output::{Screen, Style, messages};

/// The outcome of a command that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Success.
    Success,
    /// The command finished, and something is wrong with the input or needs attention.
    Findings,
    /// The command finished, and part of a session has failed.
    Failed,
}

/// The styles of the two streams.
#[derive(Debug, Clone, Copy)]
pub struct Styles {
    /// For stdout.
    pub out: Style,
    /// For stderr.
    pub err: Style,
}

impl Styles {
    /// The same with or without the headers of tables.
    #[must_use]
    pub const fn with_headers(self, headers: bool) -> Self {
        Self { out: self.out.with_headers(headers), err: self.err.with_headers(headers) }
    }
}

/// The options that change a K8s configuration.
const SESSION_OPTIONS: &str = "--orchestrator-config, --namespace, --session-id, --session-short and --set";

/// Whether any of them is given.
const fn has_options(options: &SessionOptions) -> bool {
    let SessionOptions { orchestrator_config, namespace, session_id, session_short, set } = options;
    orchestrator_config.is_some()
        || namespace.is_some()
        || session_id.is_some()
        || session_short.is_some()
        || !set.is_empty()
}

/// Loads and resolves the session that the arguments name.
fn load(k8s_config: &Path, options: &SessionOptions) -> Result<Session, CommandError> {
    let stdin = Path::new("-");
    if k8s_config == stdin && options.orchestrator_config.as_deref() == Some(stdin) {
        return Err(CommandError::Usage(
            "Only one of the two configurations can come from standard input. Name a file for the other.".to_owned(),
        ));
    }
    let overrides = Overrides {
        namespace: options.namespace.clone(),
        session_id: options.session_id.clone(),
        session_short: options.session_short.clone(),
        set: options.set.clone(),
    };
    Ok(Session::load(k8s_config, options.orchestrator_config.as_deref(), &overrides)?)
}

/// The creation time of a session's Jobs: the given one, else the environment's, else now.
fn created_at(given: Option<CreatedAt>) -> Result<CreatedAt, CommandError> {
    // A value that is not UTF-8 is not a number either, and must not be ignored.
    let epoch = std::env::var_os("SOURCE_DATE_EPOCH").map(|epoch| epoch.to_string_lossy().into_owned());
    Ok(CreatedAt::resolve(given, epoch.as_deref())?)
}

/// Prints the configuration's warnings with their positions to stderr, and a warning if real money is involved.
fn warn(session: &Session, style: Style) {
    for warning in &session.warnings {
        messages::tell(style, |screen| screen.snippet(&Snippet::of(Heading::Severity, warning)));
    }
    warn_of_real_money(session, style);
}

fn warn_of_real_money(session: &Session, style: Style) {
    if session.mode == Mode::Live {
        messages::warning("mode is live: once applied, these Jobs trade with real money.", style);
    }
}

/// Writes a result to stdout and returns the given outcome. A reader that has closed the pipe, such as `head`, is not
/// an error and does not change the outcome.
fn write_out(
    outcome: Outcome,
    write: impl FnOnce(&mut Stdout) -> Result<(), CommandError>,
) -> Result<Outcome, CommandError> {
    let mut out = Stdout::lock();
    let written = write(&mut out).and_then(|()| Ok(out.flush()?));
    match written {
        Err(error) if !error.is_closed_pipe() => Err(error),
        _ => Ok(outcome),
    }
}

/// The same for human-readable output.
fn show_out(
    outcome: Outcome,
    style: Style,
    show: impl FnOnce(&mut Screen<&mut Stdout>) -> io::Result<()>,
) -> Result<Outcome, CommandError> {
    write_out(outcome, |out| Ok(show(&mut Screen::new(out, style))?))
}

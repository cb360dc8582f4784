//! One file per subcommand: each reads like a recipe and holds no rules.
//! Arguments come in; output is written, and what happened goes out for `main` to tell.

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

/// How a command ended that could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All is well.
    Success,
    /// The work is done, and something is wrong with the input, or needs a look.
    Findings,
    /// The work is done, and part of a session has failed.
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

/// The options that change what a K8s configuration says.
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

/// Reads and resolves the session that the arguments name.
fn load(k8s_config: &Path, options: &SessionOptions) -> Result<Session, CommandError> {
    let stdin = Path::new("-");
    if k8s_config == stdin && options.orchestrator_config.as_deref() == Some(stdin) {
        return Err(CommandError::Usage(
            "Standard input can be one of the two configurations only. Name a file for the other.".to_owned(),
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

/// The moment of a session's Jobs: the given one, else the environment's, else now.
fn created_at(given: Option<CreatedAt>) -> Result<CreatedAt, CommandError> {
    // What is not text is not a number either, and must not be passed over.
    let epoch = std::env::var_os("SOURCE_DATE_EPOCH").map(|epoch| epoch.to_string_lossy().into_owned());
    Ok(CreatedAt::resolve(given, epoch.as_deref())?)
}

/// Tells the user on stderr what deserves a look in the configuration, each with its line, and whether it is about real
/// money.
fn warn(session: &Session, style: Style) {
    for warning in &session.warnings {
        messages::tell(style, |screen| screen.snippet(&Snippet::of(Heading::Severity, warning)));
    }
    warn_of_real_money(session, style);
}

fn warn_of_real_money(session: &Session, style: Style) {
    if session.mode == Mode::Live {
        messages::warning("mode is live: these Jobs trade real money once they are applied.", style);
    }
}

/// Writes a result to stdout, and says how the command ended, which is known by then. A reader who has gone, as `head`
/// does, has had enough: that is no error, and changes nothing of how the command ended.
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

/// The same for a result that a person reads.
fn show_out(
    outcome: Outcome,
    style: Style,
    show: impl FnOnce(&mut Screen<&mut Stdout>) -> io::Result<()>,
) -> Result<Outcome, CommandError> {
    write_out(outcome, |out| Ok(show(&mut Screen::new(out, style))?))
}

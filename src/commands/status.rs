//! `status`: shows the progress of a session from the output of `kubectl get`.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use clap::CommandFactory;

use super::{CommandError, Outcome, SESSION_OPTIONS, Styles, created_at, has_options, load, show_out, write_out};
use crate::cli::{Cli, StatusArgs, StatusFormat};
use crate::config::Session;
use crate::job::CreatedAt;
use crate::output::manifests::OutputError;
use crate::output::stdout::Stdout;
use crate::output::{Style, messages};
use crate::report::status::{github, junit, table, view, watch};
use crate::status::{self, Book, SessionStatus, StatusError, Told};

/// Whether the arguments, which may be wrong, name this command: its exit codes differ from those of the others.
#[must_use]
pub fn is_asked_for(arguments: &[OsString]) -> bool {
    let command = Cli::command();
    let first = arguments.iter().skip(1).find(|argument| command.find_subcommand(argument).is_some());
    first.is_some_and(|name| name == "status")
}

/// Runs the command.
///
/// # Errors
/// Whatever is wrong with a configuration or the input, and output that cannot be written.
pub fn run(args: &StatusArgs, styles: Styles) -> Result<Outcome, CommandError> {
    let outcome = if args.watch { watch(args, styles) } else { show(args, styles) };
    match outcome {
        Ok(_) if !args.exit_code => Ok(Outcome::Success),
        Ok(outcome) => Ok(outcome),
        Err(error) => Err(CommandError::InStatus(Box::new(error))),
    }
}

fn show(args: &StatusArgs, styles: Styles) -> Result<Outcome, CommandError> {
    let plans = plans(args)?;
    let now = created_at(None)?.moment();
    let Told { book, name, warnings } = status::read_all(&args.filename)?;
    for warning in &warnings {
        messages::warning(warning, styles.err);
    }
    let sessions = status::sessions(&book, &plans, now);
    if sessions.is_empty() {
        return Err(StatusError::NoSession(name).into());
    }
    tell_warnings(&sessions, &book, styles.err);
    let outcome = outcome(&sessions);
    match args.output {
        StatusFormat::Table | StatusFormat::Wide => {
            show_out(outcome, styles.out, |screen| table::write(&sessions, args.output == StatusFormat::Wide, screen))
        }
        StatusFormat::Json => write_out(outcome, |out| Ok(view::json(&sessions, out)?)),
        StatusFormat::Yaml => {
            write_out(outcome, |out| Ok(out.write_all(&view::yaml(&sessions).map_err(OutputError::from)?)?))
        }
        StatusFormat::Name => write_out(outcome, |out| Ok(view::names(&sessions, out)?)),
        StatusFormat::Junit => write_out(outcome, |out| Ok(junit::write(&sessions, out)?)),
        StatusFormat::Github => write_out(outcome, |out| Ok(github::write(&sessions, out)?)),
    }
}

/// The sessions of the configurations.
fn plans(args: &StatusArgs) -> Result<Vec<Session>, CommandError> {
    let options = &args.options;
    if has_options(options) && args.k8s_config.len() != 1 {
        return Err(CommandError::Usage(format!(
            "{SESSION_OPTIONS} change a single configuration. Name it with --k8s-config FILE."
        )));
    }
    let stdin = Path::new("-");
    let read = args.filename.iter().chain(&args.k8s_config).chain(&options.orchestrator_config);
    if read.filter(|path| path.as_path() == stdin).count() > 1 {
        return Err(CommandError::Usage("Standard input can be read only once. Name files for the others.".to_owned()));
    }
    args.k8s_config.iter().map(|path| load(path, options)).collect()
}

fn tell_warnings(sessions: &[SessionStatus<'_>], book: &Book, style: Style) {
    for session in sessions {
        for warning in &session.warnings {
            let text = if sessions.len() > 1 { format!("{}: {warning}", session.session_id) } else { warning.clone() };
            messages::warning(&text, style);
        }
    }
    match book.passed_over() {
        0 => {}
        1 => messages::note("1 Job or pod without the label session_id was skipped.", style),
        count => {
            messages::note(&format!("{count} Jobs and pods without the label session_id were skipped."), style);
        }
    }
}

/// The outcome of all sessions, which is the worst of any of them.
fn outcome(sessions: &[SessionStatus<'_>]) -> Outcome {
    let summaries: Vec<_> = sessions.iter().map(SessionStatus::summary).collect();
    if summaries.iter().any(|summary| summary.workers.failed > 0) {
        Outcome::Failed
    } else if summaries.iter().any(|summary| summary.attention > 0) {
        Outcome::Findings
    } else {
        Outcome::Success
    }
}

/// Follows a stream and shows each change before it waits for the next one.
fn watch(args: &StatusArgs, styles: Styles) -> Result<Outcome, CommandError> {
    if args.filename != [Path::new("-")] {
        return Err(CommandError::Usage("--watch follows standard input. Write -f -.".to_owned()));
    }
    let is_wide = match args.output {
        StatusFormat::Table => false,
        StatusFormat::Wide => true,
        _ => return Err(CommandError::Usage("--watch shows tables. Write -o table or -o wide.".to_owned())),
    };
    let plans = plans(args)?;
    let now = || created_at(None).map(CreatedAt::moment).map_err(io::Error::other);
    // A bad SOURCE_DATE_EPOCH is reported before anything is read.
    created_at(None)?;
    let view = watch::View { is_terminal: io::stdout().is_terminal(), is_wide, style: styles.out, now };
    let name = "standard input";
    let (book, end) = watch::follow(name, io::stdin().lock(), Stdout::lock(), view, &plans)?;
    match end {
        watch::End::OfStream(extent) => {
            for warning in extent.warnings(name)? {
                messages::warning(&warning, styles.err);
            }
        }
        // If the reader of the output has gone, the exit code follows from the stream so far.
        watch::End::OfOutput(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        watch::End::OfOutput(error) => return Err(error.into()),
    }
    Ok(outcome(&status::sessions(&book, &plans, created_at(None)?.moment())))
}

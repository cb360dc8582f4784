//! `status`: says what became of a session, from what `kubectl get` has printed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::CommandFactory;

use super::{CommandError, Outcome, Styles, created_at, load, show_out, write_out};
use crate::cli::{Cli, StatusArgs, StatusFormat};
use crate::config::Session;
use crate::manifest::Input;
use crate::manifest::input::{Inputs, expand};
use crate::output::manifests::OutputError;
use crate::output::stdout::Stdout;
use crate::output::{Screen, Style, messages};
use crate::report::status::{github, junit, table, view};
use crate::status::{self, Book, Extent, Phase, SessionStatus, StatusError};

/// Clears a terminal from its first line on.
const CLEAR: &[u8] = b"\x1b[H\x1b[J";

/// Whether the arguments, which may be wrong, ask for this command: its exit codes differ from those of others.
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
    let (book, name) = read_book(&args.filename, styles.err)?;
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

/// Reads all that kubectl printed; gives the name of the first input too.
pub(super) fn read_book(paths: &[PathBuf], style: Style) -> Result<(Book, String), CommandError> {
    let mut book = Book::default();
    let Inputs { inputs, passed_over } = expand(paths, false)?;
    for warning in &passed_over {
        messages::warning(warning, style);
    }
    for input in &inputs {
        let extent = status::read(&input.name(), input.open()?, &mut |change, object| _ = book.take(change, object))?;
        tell_extent(&input.name(), extent, style)?;
    }
    Ok((book, inputs.first().map(Input::name).unwrap_or_default()))
}

/// The sessions of the configurations.
fn plans(args: &StatusArgs) -> Result<Vec<Session>, CommandError> {
    let options = &args.options;
    let has_options = options.orchestrator_config.is_some()
        || options.namespace.is_some()
        || options.session_id.is_some()
        || options.session_short.is_some()
        || !options.set.is_empty();
    if has_options && args.k8s_config.len() != 1 {
        let flags = "--orchestrator-config, --namespace, --session-id, --session-short and --set";
        return Err(CommandError::Usage(format!(
            "{flags} go with one --k8s-config. Name the one that they belong to."
        )));
    }
    let stdin = Path::new("-");
    let read = args.filename.iter().chain(&args.k8s_config).chain(&options.orchestrator_config);
    if read.filter(|path| path.as_path() == stdin).count() > 1 {
        return Err(CommandError::Usage("Standard input can be read once. Name files for the others.".to_owned()));
    }
    args.k8s_config.iter().map(|path| load(path, options)).collect()
}

/// Reports an input that ends too early; one without anything in it is an error.
fn tell_extent(name: &str, extent: Extent, style: Style) -> Result<(), CommandError> {
    if extent.documents == 0 {
        return Err(StatusError::Nothing(name.to_owned()).into());
    }
    if extent.is_cut_off {
        messages::warning(&format!("{name} ends within a document, which is passed over."), style);
    }
    Ok(())
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
        1 => messages::note("1 Job or pod without the label session_id is passed over.", style),
        count => messages::note(&format!("{count} Jobs and pods without the label session_id are passed over."), style),
    }
}

/// What the sessions come to: the worst that one of them has.
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

/// Follows a stream, and shows each change before it waits for the next one.
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
    // What is wrong with the environment's moment is told before anything is read.
    created_at(None)?;
    let seen = RefCell::new(Seen {
        book: Book::default(),
        plans,
        is_terminal: io::stdout().is_terminal(),
        is_wide,
        out: Stdout::lock(),
        style: styles.out,
        has_changed: false,
        shown: HashMap::new(),
        broken: None,
    });
    let input = BeforeRead { input: io::stdin().lock(), seen: &seen };
    let read = status::read("standard input", input, &mut |change, object| {
        let mut seen = seen.borrow_mut();
        if let Some(place) = seen.book.take(change, object) {
            seen.has_changed = true;
            let shown = seen.append(place);
            seen.broken = seen.broken.take().or(shown.err());
        }
    });
    let mut seen = seen.into_inner();
    let done = match (seen.broken.take(), read) {
        (Some(broken), _) => Err(broken),
        (None, Err(error)) => return Err(error.into()),
        (None, Ok(extent)) => {
            tell_extent("standard input", extent, styles.err)?;
            seen.finish()
        }
    };
    // A reader who has gone has had enough; how the command ends is what the stream has said until then.
    if let Some(error) = done.err().filter(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        return Err(error.into());
    }
    let now = created_at(None)?.moment();
    Ok(outcome(&status::sessions(&seen.book, &seen.plans, now)))
}

/// What a watch has seen and shown so far.
struct Seen {
    book: Book,
    plans: Vec<Session>,
    is_terminal: bool,
    is_wide: bool,
    out: Stdout,
    style: Style,
    /// Whether there is something to draw.
    has_changed: bool,
    /// What the last line said of each Job.
    shown: HashMap<usize, (Phase, Option<String>)>,
    /// Why nothing more can be written.
    broken: Option<io::Error>,
}

impl Seen {
    fn now() -> io::Result<DateTime<Utc>> {
        created_at(None).map(crate::job::CreatedAt::moment).map_err(io::Error::other)
    }

    /// Appends the line of a Job, if it says something new.
    fn append(&mut self, place: usize) -> io::Result<()> {
        if self.is_terminal {
            return Ok(());
        }
        let Some(slot) = self.book.slots().get(place) else { return Ok(()) };
        let Some((session_id, worker)) = status::observe(slot, Self::now()?) else { return Ok(()) };
        let now = (worker.phase, worker.cause.as_ref().map(|cause| cause.summary.clone()));
        if self.shown.get(&place) == Some(&now) {
            return Ok(());
        }
        Screen::new(&mut self.out, self.style).line(table::change(session_id, &worker))?;
        self.shown.insert(place, now);
        Ok(())
    }

    /// Shows what is new before nothing comes for a while.
    fn catch_up(&mut self) -> io::Result<()> {
        if !std::mem::take(&mut self.has_changed) {
            return Ok(());
        }
        if self.is_terminal {
            let sessions = status::sessions(&self.book, &self.plans, Self::now()?);
            self.out.write_all(CLEAR)?;
            table::write_short(&sessions, self.is_wide, &mut Screen::new(&mut self.out, self.style))?;
        }
        self.out.flush()
    }

    /// Shows the end of the stream.
    fn finish(&mut self) -> io::Result<()> {
        self.catch_up()?;
        if !self.is_terminal {
            let sessions = status::sessions(&self.book, &self.plans, Self::now()?);
            let mut screen = Screen::new(&mut self.out, self.style);
            for session in &sessions {
                screen.blank()?;
                table::write_summary(session, &mut screen)?;
            }
        }
        self.out.flush()
    }
}

/// An input before each read of which everything is shown that has come so far: the read may wait.
struct BeforeRead<'s, R> {
    input: R,
    seen: &'s RefCell<Seen>,
}

impl<R: Read> Read for BeforeRead<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut seen = self.seen.borrow_mut();
        let shown = seen.catch_up();
        seen.broken = seen.broken.take().or(shown.err());
        if seen.broken.is_some() {
            return Err(io::Error::other("nothing more can be shown"));
        }
        drop(seen);
        self.input.read(buffer)
    }
}

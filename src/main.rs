//! `kubectl-arbtune`: parses the arguments, calls a command, and turns what it says into text and an
//! exit code. Nothing else in the project prints an error or exits.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::Parser;
use kubectl_arbtune::cli::{Cli, Color, Command};
use kubectl_arbtune::commands::{self, CommandError, Outcome, Styles};
use kubectl_arbtune::output::snippet::{Heading, Snippet};
use kubectl_arbtune::output::stdout::{self, Stdout};
use kubectl_arbtune::output::{Style, messages};
use kubectl_arbtune::printable::printable;

/// So many problems of a configuration are shown; who has more has another mistake than these.
const PROBLEMS: usize = 50;

/// Runs before the runtime is there: what is called makes one system call, and nothing else.
#[ctor::ctor]
fn before_main() {
    stdout::look_before_main();
}

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(said) => return tell_usage(&said, arguments),
    };
    let styles = styles(cli.color);
    match run(&cli, styles) {
        Ok(Outcome::Success) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::FAILURE,
        Err(error) => {
            tell_error(&error, styles.err);
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(cli: &Cli, styles: Styles) -> Result<Outcome, CommandError> {
    match &cli.command {
        Command::Generate(args) => commands::generate::run(args, styles),
        Command::Plan(args) => commands::plan::run(args, styles),
        Command::Validate(args) => commands::validate::run(args, styles),
        Command::Completion(args) => commands::completion::run(args.shell),
        Command::Complete(args) => commands::complete::run(&args.words),
    }
}

fn styles(color: Color) -> Styles {
    let choice = match color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    Styles { out: Style::resolve(choice, &std::io::stdout()), err: Style::resolve(choice, &std::io::stderr()) }
}

/// Help and the version go to stdout; what is wrong with the arguments goes to stderr.
fn tell_usage(said: &clap::Error, arguments: Vec<OsString>) -> ExitCode {
    if said.use_stderr() {
        // An argument that is quoted may speak to the terminal. Its escaped form is as wrong, in the same words.
        let escaped = arguments.into_iter().map(|argument| printable(&argument.to_string_lossy()).into_owned());
        let again = Cli::try_parse_from(escaped).err().filter(clap::Error::use_stderr);
        let said = again.as_ref().unwrap_or(said);
        let style = Style::resolve(ColorChoice::Auto, &std::io::stderr());
        messages::prepared(&rendered(said, style));
        return exit_code(said);
    }
    let text = rendered(said, Style::resolve(ColorChoice::Auto, &std::io::stdout()));
    let mut out = Stdout::lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => exit_code(said),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => exit_code(said),
        Err(error) => {
            let error = CommandError::from(error);
            tell_error(&error, Style::resolve(ColorChoice::Auto, &std::io::stderr()));
            ExitCode::from(error.exit_code())
        }
    }
}

fn rendered(said: &clap::Error, style: Style) -> String {
    let text = said.render();
    if style.is_enabled() { text.ansi().to_string() } else { text.to_string() }
}

fn exit_code(said: &clap::Error) -> ExitCode {
    u8::try_from(said.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// The error, and each position in a configuration that it is about.
fn tell_error(error: &CommandError, style: Style) {
    match error.problems() {
        [] => messages::error(&error.to_string(), style),
        [one] => messages::tell(style, |screen| {
            screen.snippet(&Snippet { heading: Heading::Severity, diagnostic: one, notes: &[] })
        }),
        problems => {
            messages::error(&error.to_string(), style);
            messages::tell(style, |screen| {
                for problem in problems.iter().take(PROBLEMS) {
                    screen.blank()?;
                    screen.snippet(&Snippet { heading: Heading::Bare, diagnostic: problem, notes: &[] })?;
                }
                match problems.len().saturating_sub(PROBLEMS) {
                    0 => Ok(()),
                    1 => screen.blank().and_then(|()| screen.line("… and 1 more problem.")),
                    more => screen.blank().and_then(|()| screen.line(format!("… and {more} more problems."))),
                }
            });
        }
    }
}

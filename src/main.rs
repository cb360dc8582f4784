//! `kubectl-arbtune`: parses the arguments, calls a command, and turns its result into text and an exit code. Nothing
//! else in the project prints an error or exits.

use std::ffi::OsString;
use std::process::ExitCode;

use anstream::ColorChoice;
use clap::{Parser, ValueEnum};
use kubectl_arbtune::cli::{Cli, Color, Command};
use kubectl_arbtune::commands::{self, ABOVE_ANSWERS, CommandError, Outcome, Styles};
use kubectl_arbtune::output::snippet::{Heading, Snippet};
use kubectl_arbtune::output::{Style, messages, stdout};
use kubectl_arbtune::printable::printable;
use kubectl_arbtune::{help, usage};

/// Runs before the runtime is initialized: the called function only makes one system call.
#[ctor::ctor]
fn before_main() {
    stdout::look_before_main();
}

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // Words to complete are not arguments and must not be parsed.
    if let [_, first, words @ ..] = arguments.as_slice()
        && first == commands::complete::NAME
    {
        return end(commands::complete::run(words), styles(Color::Auto));
    }
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(said) => return tell_usage(&said, arguments),
    };
    let styles = styles(cli.color);
    end(run(&cli, styles), styles)
}

fn end(result: Result<Outcome, CommandError>, styles: Styles) -> ExitCode {
    match result {
        Ok(Outcome::Success) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::FAILURE,
        Ok(Outcome::Failed) => ExitCode::from(2),
        Err(error) => {
            tell_error(&error, styles.err);
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(cli: &Cli, styles: Styles) -> Result<Outcome, CommandError> {
    match &cli.command {
        Command::Generate(args) => commands::generate::run(args, styles.with_headers(!args.no_headers)),
        Command::Plan(args) => commands::plan::run(args, styles.with_headers(!args.no_headers)),
        Command::Validate(args) => commands::validate::run(args, styles.with_headers(!args.no_headers)),
        Command::Status(args) => commands::status::run(args, styles),
        Command::Results(args) => commands::results::run(args, styles),
        Command::Init(args) => commands::init::run(args, styles),
        Command::Completion(args) => commands::completion::run(args.shell),
        Command::Help(args) => commands::about::help(args.command.as_deref(), styles.out),
        Command::Version(_) => commands::about::version(),
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

/// The colour choice of a command line that could not be parsed.
fn color_of(arguments: &[String]) -> Color {
    let value = |(nth, argument): (usize, &String)| match argument.strip_prefix("--color")? {
        "" => arguments.get(nth + 1).cloned(),
        attached => attached.strip_prefix('=').map(ToOwned::to_owned),
    };
    let given = arguments.iter().enumerate().take_while(|(_, argument)| *argument != "--").filter_map(value).last();
    given.and_then(|value| Color::from_str(&value, false).ok()).unwrap_or(Color::Auto)
}

/// Help and the version go to stdout; argument errors go to stderr.
fn tell_usage(said: &clap::Error, arguments: Vec<OsString>) -> ExitCode {
    let is_status = commands::status::is_asked_for(&arguments);
    // A quoted argument may contain terminal escape sequences. Its escaped form causes the same error message.
    let arguments: Vec<String> =
        arguments.into_iter().map(|argument| printable(&argument.to_string_lossy()).into_owned()).collect();
    let styles = styles(color_of(&arguments));
    // The help is wrapped only when it is shown.
    let command = help::command(help::width());
    let again = command.clone().try_get_matches_from(&arguments).err();
    let again = again.filter(|again| again.use_stderr() == said.use_stderr());
    let said = again.as_ref().unwrap_or(said);
    if said.use_stderr() {
        match usage::message(said, &command, &arguments) {
            Some(message) => messages::error(&message, styles.err),
            None => messages::prepared(&commands::about::rendered(&said.render(), styles.err)),
        }
        return if is_status { ExitCode::from(ABOVE_ANSWERS) } else { exit_code(said) };
    }
    match commands::about::print(&said.render(), styles.out) {
        Ok(_) => exit_code(said),
        error => end(error, styles),
    }
}

fn exit_code(said: &clap::Error) -> ExitCode {
    u8::try_from(said.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Prints an error, and each position in a configuration that it refers to.
fn tell_error(error: &CommandError, style: Style) {
    match error.problems() {
        [] => messages::error(&error.to_string(), style),
        [one] if error.is_its_problem() => {
            messages::tell(style, |screen| screen.snippet(&Snippet::of(Heading::Severity, one)));
        }
        problems => messages::error_of(&error.to_string(), problems, style),
    }
}

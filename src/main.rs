//! `kubectl-arbtune`: parses the arguments, calls a command, and turns what it says into text and an
//! exit code. Nothing else in the project prints an error or exits.

use std::process::ExitCode;

use anstream::ColorChoice;
use clap::Parser;
use kubectl_arbtune::cli::{Cli, Color, Command};
use kubectl_arbtune::commands::{self, CommandError, Outcome, Styles};
use kubectl_arbtune::output::Style;
use kubectl_arbtune::output::snippet::{self, Heading};
use kubectl_arbtune::output::style::printable;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let styles = styles(cli.color);
    match run(&cli, styles) {
        Ok(Outcome::Well) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::FAILURE,
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            eprint!("{}", message(&error, styles.err));
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

/// The error, and each place in a configuration that it is about.
fn message(error: &CommandError, style: Style) -> String {
    match error.problems() {
        [] => format!("{} {}\n", style.bad("error:"), printable(&error.to_string())),
        [one] => snippet::render(Heading::Error, &one.message, &one.excerpt, one.help.as_deref(), style),
        problems => {
            let mut text = format!("{} {error}\n", style.bad("error:"));
            for problem in problems {
                text.push('\n');
                text +=
                    &snippet::render(Heading::Bare, &problem.message, &problem.excerpt, problem.help.as_deref(), style);
            }
            text
        }
    }
}

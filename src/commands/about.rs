//! `help` and `version`: what this tool says of itself.

use std::io::Write;

use clap::builder::StyledStr;

use super::{CommandError, Outcome, write_out};
use crate::help;
use crate::output::Style;

/// Prints the help of a command, or of the whole.
///
/// # Errors
/// Output that cannot be written.
pub fn help(name: Option<&str>, style: Style) -> Result<Outcome, CommandError> {
    let mut command = help::command(help::width());
    let command = match name {
        Some(name) => command.find_subcommand_mut(name),
        None => Some(&mut command),
    };
    print(&command.map(clap::Command::render_help).unwrap_or_default(), style)
}

/// Prints the version.
///
/// # Errors
/// Output that cannot be written.
pub fn version() -> Result<Outcome, CommandError> {
    write_out(Outcome::Success, |out| Ok(writeln!(out, "kubectl-arbtune {}", env!("CARGO_PKG_VERSION"))?))
}

/// Prints what clap has put into words.
///
/// # Errors
/// Output that cannot be written.
pub fn print(text: &StyledStr, style: Style) -> Result<Outcome, CommandError> {
    write_out(Outcome::Success, |out| Ok(out.write_all(rendered(text, style).as_bytes())?))
}

/// What clap has put into words, with its colours where there are any.
#[must_use]
pub fn rendered(text: &StyledStr, style: Style) -> String {
    if style.is_enabled() { text.ansi().to_string() } else { text.to_string() }
}

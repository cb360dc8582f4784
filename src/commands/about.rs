//! `help` and `version`.

use std::io::Write;

use clap::builder::StyledStr;

use super::{CommandError, Outcome, write_out};
use crate::help;
use crate::output::Style;

/// Prints the help for a command, or for the whole tool.
///
/// # Errors
/// The output cannot be written.
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
/// The output cannot be written.
pub fn version() -> Result<Outcome, CommandError> {
    write_out(Outcome::Success, |out| Ok(writeln!(out, "kubectl-arbtune {}", env!("CARGO_PKG_VERSION"))?))
}

/// Prints text that clap has rendered.
///
/// # Errors
/// The output cannot be written.
pub fn print(text: &StyledStr, style: Style) -> Result<Outcome, CommandError> {
    write_out(Outcome::Success, |out| Ok(out.write_all(rendered(text, style).as_bytes())?))
}

/// Text that clap has rendered, with colours if they are enabled.
#[must_use]
pub fn rendered(text: &StyledStr, style: Style) -> String {
    if style.is_enabled() { text.ansi().to_string() } else { text.to_string() }
}

//! `completion`: the script by which a shell completes `kubectl-arbtune`.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{CommandError, Outcome, write_out};
use crate::cli::Cli;

/// The completion script of a shell.
pub fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command().bin_name("kubectl-arbtune"), "kubectl-arbtune", &mut script);
    script
}

/// Runs the command.
///
/// # Errors
/// Output that cannot be written.
pub fn run(shell: Shell) -> Result<Outcome, CommandError> {
    write_out(Outcome::Success, |out| Ok(out.write_all(&script(shell))?))
}

//! `completion`: completion scripts for `kubectl-arbtune`.

use std::io::Write;

use clap::builder::PossibleValuesParser;
use clap::{Command, CommandFactory};
use clap_complete::Generator;

use super::{CommandError, Outcome, write_out};
use crate::cli::{Cli, Shell};
use crate::diagnostic::Source;
use crate::validate::{gates, rules};

/// The executable to complete.
const BINARY: &str = "kubectl-arbtune";

/// The completion script for a shell. Those for bash, zsh and fish call the tool itself on each Tab, as kubectl's do;
/// those for other shells are static.
#[must_use]
pub fn script(shell: Shell) -> Vec<u8> {
    match shell {
        Shell::Bash => include_bytes!("../../completions/kubectl-arbtune.bash").to_vec(),
        Shell::Zsh => include_bytes!("../../completions/_kubectl-arbtune").to_vec(),
        Shell::Fish => include_bytes!("../../completions/kubectl-arbtune.fish").to_vec(),
        Shell::PowerShell => generated(clap_complete::Shell::PowerShell),
        Shell::Elvish => generated(clap_complete::Shell::Elvish),
        Shell::Nushell => generated(clap_complete_nushell::Nushell),
    }
}

/// Runs the command.
///
/// # Errors
/// The output cannot be written.
pub fn run(shell: Shell) -> Result<Outcome, CommandError> {
    write_out(Outcome::Success, |out| Ok(out.write_all(&script(shell))?))
}

fn generated(generator: impl Generator) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(generator, &mut command(), BINARY, &mut script);
    script
}

/// The command line for static scripts: with the names of the rules.
fn command() -> Command {
    let rules = rules();
    let gates = gates::GATES.iter().map(|gate| gate.name);
    let all: Vec<&str> = rules.iter().map(|rule| rule.name).chain(gates).collect();
    let of_the_guide = rules.iter().filter(|rule| rule.source == Source::Tuning).map(|rule| rule.name);
    let to_skip = PossibleValuesParser::new(of_the_guide);
    let to_explain = PossibleValuesParser::new(all);
    Cli::command().bin_name(BINARY).mut_subcommand("validate", |validate| {
        validate
            .mut_arg("skip_rule", |argument| argument.value_parser(to_skip))
            .mut_arg("explain", |argument| argument.value_parser(to_explain))
    })
}

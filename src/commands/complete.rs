//! `__complete`: what kubectl asks a plugin for when the user presses Tab (kubectl 1.26 and later).
//! The words so far come in; one completion a line, and a last line that says how to take them, go out.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::{CommandFactory, ValueHint};
use clap_complete::CompletionCandidate;

use super::{CommandError, Outcome, write_out};
use crate::cli::Cli;

/// Cobra's directive for "this is all there is".
const NO_FILES: u8 = 4;
/// Cobra's directive for "complete file names".
const FILES: u8 = 0;

/// Runs the command.
///
/// # Errors
/// Output that cannot be written.
pub fn run(words: &[OsString]) -> Result<Outcome, CommandError> {
    write_out(Outcome::Success, |out| Ok(write(words, out)?))
}

fn write(words: &[OsString], out: &mut impl Write) -> io::Result<()> {
    if wants_file(words) {
        return writeln!(out, ":{FILES}");
    }
    for candidate in candidates(words)? {
        let value = candidate.get_value().to_string_lossy();
        match candidate.get_help().map(ToString::to_string).as_deref().and_then(|help| help.lines().next()) {
            Some(help) => writeln!(out, "{value}\t{help}")?,
            None => writeln!(out, "{value}")?,
        }
    }
    writeln!(out, ":{NO_FILES}")
}

fn candidates(words: &[OsString]) -> io::Result<Vec<CompletionCandidate>> {
    let mut line = vec![OsString::from("kubectl-arbtune")];
    line.extend_from_slice(words);
    if words.is_empty() {
        line.push(OsString::new());
    }
    let last = line.len() - 1;
    let mut candidates = clap_complete::engine::complete(&mut Cli::command(), line, last, None)?;
    candidates.retain(|candidate| !candidate.is_hide_set());
    Ok(candidates)
}

/// Whether the last word is the value of a flag that takes a path, or a flag with such a value: the
/// shell itself completes those.
fn wants_file(words: &[OsString]) -> bool {
    let [.., before, last] = words else { return false };
    let flag = last.to_str().and_then(|last| last.split_once('=')).map_or(before.clone(), |(flag, _)| flag.into());
    let command = Cli::command();
    let Some(subcommand) = words.first().and_then(|word| command.find_subcommand(word)) else { return false };
    let flag = flag.to_string_lossy();
    subcommand.get_arguments().any(|argument| {
        let long = argument.get_long().is_some_and(|long| flag == format!("--{long}"));
        let short = argument.get_short().is_some_and(|short| flag == format!("-{short}"));
        let path = matches!(argument.get_value_hint(), ValueHint::FilePath | ValueHint::DirPath | ValueHint::AnyPath);
        path && (long || short)
    })
}

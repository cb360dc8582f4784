//! `__complete`: completions for a shell, requested through kubectl (1.26 and later) or by the scripts in
//! `completions/`. Prints one completion per line for the words typed so far, and a last line with a directive, in the
//! format of Cobra, the library behind kubectl's own completion.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use clap::{Arg, Command, CommandFactory, ValueHint};
use clap_complete::{ArgValueCompleter, CompletionCandidate};

use super::{CommandError, Outcome, write_out};
use crate::cli::Cli;

/// The hidden subcommand that prints completions.
pub const NAME: &str = "__complete";

/// Cobra's directive for "this is all there is".
const NO_FILES: u8 = 4;

/// Cobra's directive for "the word continues, so add no space".
const NO_SPACE: u8 = 2;

/// Completions that are left to the shell: Cobra's directive, and the placeholder candidate for it.
const PATHS: [(u8, &str); 2] = [(0, "\0file"), (16, "\0directory")];

/// Runs the command.
///
/// # Errors
/// The output cannot be written.
pub fn run(words: &[OsString]) -> Result<Outcome, CommandError> {
    write_out(Outcome::Success, |out| Ok(write(words, out)?))
}

fn write(words: &[OsString], out: &mut impl Write) -> io::Result<()> {
    let last = words.last().map(OsString::as_os_str).unwrap_or_default().to_string_lossy();
    let candidates = candidates(words)?;
    let is_of = |candidate: &CompletionCandidate, path: &str| candidate.get_value().to_string_lossy().ends_with(path);
    for (directive, path) in PATHS {
        if candidates.iter().any(|candidate| is_of(candidate, path)) {
            return writeln!(out, ":{directive}");
        }
    }
    let is_flag = |candidate: &CompletionCandidate| candidate.get_value().as_encoded_bytes().starts_with(b"-");
    // Flags are offered if the word starts like one, or if there is nothing else to offer.
    let only_flags = last.starts_with('-') || candidates.iter().all(is_flag);
    // The shells keep `--flag=` and complete what follows it.
    let attached = if last.starts_with("--") { last.find('=').map_or("", |at| &last[..=at]) } else { "" };
    let mut is_done = true;
    for candidate in candidates.iter().filter(|candidate| only_flags || !is_flag(candidate)) {
        let value = candidate.get_value().to_string_lossy();
        let value = value.strip_prefix(attached).unwrap_or(&value);
        is_done &= !value.ends_with(['=', '.']);
        match candidate.get_help().map(ToString::to_string).as_deref().and_then(|help| help.lines().next()) {
            Some(help) => writeln!(out, "{value}\t{help}")?,
            None => writeln!(out, "{value}")?,
        }
    }
    writeln!(out, ":{}", if is_done { NO_FILES } else { NO_FILES | NO_SPACE })
}

fn candidates(words: &[OsString]) -> io::Result<Vec<CompletionCandidate>> {
    let mut line = vec![OsString::from("kubectl-arbtune")];
    line.extend_from_slice(words);
    if words.is_empty() {
        line.push(OsString::new());
    }
    let last = line.len() - 1;
    let mut candidates = clap_complete::engine::complete(&mut command(), line, last, None)?;
    candidates.retain(|candidate| !candidate.is_hide_set());
    Ok(candidates)
}

/// The command line, with path completion left to the shell.
fn command() -> Command {
    let leave_paths = |command: Command| command.mut_args(leave_path);
    leave_paths(Cli::command()).mut_subcommands(leave_paths)
}

fn leave_path(argument: Arg) -> Arg {
    let [(_, file), (_, directory)] = PATHS;
    let path = match argument.get_value_hint() {
        ValueHint::FilePath | ValueHint::AnyPath => file,
        ValueHint::DirPath => directory,
        _ => return argument,
    };
    argument.add(ArgValueCompleter::new(move |_: &OsStr| vec![CompletionCandidate::new(path)]))
}

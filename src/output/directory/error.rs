//! Why a directory could not be written, in whole sentences that say what to do.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::output::session::plural;

/// So many names are listed; who has more looks into the directory.
const LISTED: usize = 20;

/// What ended a run into a directory.
#[derive(Debug, Error)]
pub enum DirectoryError {
    /// A file stands where the directory should be.
    #[error("The output directory {} is not a directory. Name another one, or move the file away.", .0.display())]
    NotADirectory(PathBuf),
    /// The directory could not be made.
    #[error("The output directory {} cannot be created: {source}.", path.display())]
    Create {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The directory could not be opened, locked or listed.
    #[error("The output directory {} cannot be used: {source}.", path.display())]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file could not be written. Nothing has changed.
    #[error("The file {} cannot be written: {source}. The directory is as it was.", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The moves stopped half-way.
    #[error(
        "The new files of {} are complete, but could not all be moved into place: {source}. Mend that, and run \
         generate again: it finishes the moves first.", path.display()
    )]
    Moving {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What a run left that was cut off cannot be brought in order.
    #[error("{} is what a run left that was cut off, and {why}. Look into it, and move it away.", path.display())]
    Leavings {
        /// The staging directory.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Names that are taken by what this run may not replace.
    #[error("{}", taken(path, holders))]
    Taken {
        /// The directory.
        path: PathBuf,
        /// The names, and what has them.
        holders: Vec<Taken>,
    },
    /// Files of the session that the run does not make.
    #[error("{}", leftovers(path, session_id, names))]
    Leftovers {
        /// The directory.
        path: PathBuf,
        /// The session.
        session_id: String,
        /// The files.
        names: Vec<String>,
    },
}

/// A name in the directory that a run needs and may not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The file.
    pub name: String,
    /// What it is, to follow its name in a sentence.
    pub what: String,
    /// Whether it is another session's, which names of its own would mend.
    pub is_of_session: bool,
}

fn taken(path: &std::path::Path, holders: &[Taken]) -> String {
    let lines: Vec<String> = holders.iter().map(|taken| format!("{} {}.", taken.name, taken.what)).collect();
    let mend = if holders.iter().any(|taken| taken.is_of_session) {
        "Name another directory, or give this session names of its own with --session-short."
    } else {
        "Move what is there away, or name another directory."
    };
    format!("{} holds what this run may not replace, and nothing was written:{}\n{mend}", path.display(), list(&lines))
}

fn leftovers(path: &std::path::Path, session_id: &str, names: &[String]) -> String {
    let (them, jobs) = if names.len() == 1 { ("it", "its Job") } else { ("them", "their Jobs") };
    let path = path.display();
    format!(
        "{path} holds {} of session {session_id} that this run does not make, and kubectl apply -f {path} would \
         start {jobs}:{}\nNothing was written. Remove {them} with --prune, or leave {them} there with --keep-stale.",
        plural(names.len() as u64, "file"),
        list(names),
    )
}

fn list(lines: &[String]) -> String {
    let mut shown: Vec<String> = lines.iter().take(LISTED).map(|line| format!("\n  {line}")).collect();
    match lines.len().saturating_sub(LISTED) {
        0 => {}
        more => shown.push(format!("\n  … and {more} more")),
    }
    shown.concat()
}

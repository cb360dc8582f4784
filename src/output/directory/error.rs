//! Why a directory could not be written, in whole sentences that say what to do.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::job::kustomization;
use crate::output::session_view::plural;
use crate::printable;
use crate::yaml::write::WriteError;

/// So many names are listed; who has more looks into the directory.
const LISTED: usize = 20;

/// What ended a run into a directory.
#[derive(Debug, Error)]
pub enum DirectoryError {
    /// A file stands where the directory should be.
    #[error("The output directory {} is not a directory. Name another one, or move the file away.", printable::path(.0))]
    NotADirectory(PathBuf),
    /// The directory could not be made.
    #[error("The output directory {} cannot be created: {}.", printable::path(.0), .1)]
    Create(PathBuf, #[source] io::Error),
    /// The directory could not be opened, locked or listed.
    #[error("The output directory {} cannot be used: {}.", printable::path(.0), .1)]
    Unusable(PathBuf, #[source] io::Error),
    /// A file could not be written. Nothing has changed.
    #[error("The file {} cannot be written: {}. The directory is as it was.", printable::path(.0), .1)]
    Write(PathBuf, #[source] io::Error),
    /// A file could not be moved, and everything has gone back.
    #[error("{cause} The directory is as it was.{}", kept_files(kept))]
    Undone {
        /// Why.
        cause: MoveError,
        /// What had lost its name to somebody else when it was to go back, under another one.
        kept: Vec<PathBuf>,
    },
    /// A file could not be moved, and not everything could go back.
    #[error(
        "{cause} What had been moved by then cannot all be put back ({source}), so that {} holds some new files and \
         some old ones. Mend that, and run generate again: it finishes the moves first.",
        printable::path(path)
    )]
    Stuck {
        /// The directory.
        path: PathBuf,
        /// Why the moves were stopped.
        cause: MoveError,
        /// What the system said when they were to be undone.
        source: io::Error,
    },
    /// What an interrupted run had begun could not be finished, and has been undone.
    #[error("A run into {} was interrupted, and its files cannot be moved into place. {cause}", printable::path(path))]
    Interrupted {
        /// The directory.
        path: PathBuf,
        /// Why.
        cause: Box<DirectoryError>,
    },
    /// What is in the place of the staging directory is not this tool's, or not what it was.
    #[error(
        "{} is where this tool stages its files, and {}. Nothing was touched. Look into it, and move it away.",
        printable::path(path),
        printable::printable(why)
    )]
    ForeignStaging {
        /// The staging directory.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Names that are taken by what this run may not replace.
    #[error("{}", name_conflicts(path, conflicts))]
    NameConflicts {
        /// The directory.
        path: PathBuf,
        /// The names, and what has them.
        conflicts: Vec<NameConflict>,
    },
    /// A Job has no form in the notation; a defect of this program.
    #[error(transparent)]
    Notation(#[from] WriteError),
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

/// What kept a file from being moved.
#[derive(Debug, Error)]
pub enum MoveError {
    /// It could not be put in its place.
    #[error("The file {} cannot be written: {}.", printable::path(.0), .1)]
    Write(PathBuf, #[source] io::Error),
    /// It could not be removed.
    #[error("The file {} cannot be removed: {}.", printable::path(.0), .1)]
    Remove(PathBuf, #[source] io::Error),
    /// Its name was free when the run looked.
    #[error("The file {} appeared while this run was under way, and stays.", printable::path(.0))]
    Appeared(PathBuf),
    /// It is not the one that the run had looked at.
    #[error("The file {} was changed while this run was under way, and stays.", printable::path(.0))]
    Changed(PathBuf),
}

/// A name in the directory that a run needs and may not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameConflict {
    /// The file.
    pub name: String,
    /// What it is, to follow its name in a sentence.
    pub what: String,
    /// Whether it is another session's, which names of its own would solve.
    pub is_of_session: bool,
}

fn name_conflicts(path: &std::path::Path, conflicts: &[NameConflict]) -> String {
    let lines: Vec<String> = conflicts.iter().map(|taken| format!("{} {}.", taken.name, taken.what)).collect();
    let help = if conflicts.iter().any(|taken| taken.is_of_session) {
        "Name another directory, or give this session names of its own with --session-short."
    } else {
        "Move what is there away, or name another directory."
    };
    format!(
        "{} holds what this run may not replace, and nothing was written:{}\n{help}",
        printable::path(path),
        list(&lines)
    )
}

fn leftovers(path: &std::path::Path, session_id: &str, names: &[String]) -> String {
    if names == [kustomization::FILE] {
        return format!(
            "{} holds a {} of session {session_id}, which this run does not make, and which may list other files than \
             the session has now.\nNothing was written. Keep it up to date with --kustomize, remove it with --prune, or \
             leave it as it is with --keep-stale.",
            printable::path(path),
            kustomization::FILE,
        );
    }
    let them = if names.len() == 1 { "it" } else { "them" };
    let path = printable::path(path);
    let is_listed = names.iter().any(|name| name == kustomization::FILE);
    let kustomize = if is_listed { " --kustomize keeps kustomization.yaml up to date." } else { "" };
    format!(
        "{path} holds {} of session {session_id} that this run does not make, and kubectl apply -f {path} would \
         apply {them} too:{}\nNothing was written. Remove {them} with --prune, or leave {them} there with --keep-stale.{kustomize}",
        plural(names.len() as u64, "file"),
        list(names),
    )
}

fn kept_files(kept: &[PathBuf]) -> String {
    if kept.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = kept.iter().map(|path| printable::path(path)).collect();
    format!(" Names that somebody else has taken meanwhile stay theirs; what was there is in:{}", list(&lines))
}

fn list(lines: &[String]) -> String {
    let mut shown: Vec<String> =
        lines.iter().take(LISTED).map(|line| format!("\n  {}", printable::printable(line))).collect();
    match lines.len().saturating_sub(LISTED) {
        0 => {}
        more => shown.push(format!("\n  … and {more} more")),
    }
    shown.concat()
}

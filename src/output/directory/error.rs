//! Why a directory could not be written, in whole sentences with help.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::job::kustomization;
use crate::output::session_view::plural;
use crate::printable;
use crate::yaml::write::WriteError;

/// The number of names that are listed.
const LISTED: usize = 20;

/// The error that ended a run into a directory.
#[derive(Debug, Error)]
pub enum DirectoryError {
    /// The path is not a directory.
    #[error("The output directory {} is not a directory. Name another one, or move the file away.", printable::path(.0))]
    NotADirectory(PathBuf),
    /// The directory could not be created.
    #[error("The output directory {} cannot be created: {}.", printable::path(.0), .1)]
    Create(PathBuf, #[source] io::Error),
    /// The directory could not be opened, locked or listed.
    #[error("The output directory {} cannot be used: {}.", printable::path(.0), .1)]
    Unusable(PathBuf, #[source] io::Error),
    /// A file could not be written. Nothing has changed.
    #[error("The file {} cannot be written: {}. The directory is unchanged.", printable::path(.0), .1)]
    Write(PathBuf, #[source] io::Error),
    /// A file could not be moved, and all moves were undone.
    #[error("{cause} The directory is unchanged.{}", kept_files(kept))]
    Undone {
        /// Why.
        cause: MoveError,
        /// Files whose names were taken in the meantime, under their new names.
        kept: Vec<PathBuf>,
    },
    /// A file could not be moved, and not all moves could be undone.
    #[error(
        "{cause} Not everything could be undone ({source}), so {} contains some new files and \
         some old ones. Fix the cause and run generate again: it finishes the moves first.",
        printable::path(path)
    )]
    Stuck {
        /// The directory.
        path: PathBuf,
        /// Why the moves were stopped.
        cause: MoveError,
        /// The error when they were undone.
        source: io::Error,
    },
    /// An interrupted run could not be finished, and was undone.
    #[error("A run into {} was interrupted, and its files cannot be moved into place. {cause}", printable::path(path))]
    Interrupted {
        /// The directory.
        path: PathBuf,
        /// Why.
        cause: Box<DirectoryError>,
    },
    /// The staging directory is not this tool's, or has been changed.
    #[error(
        "{} is this tool's staging directory, and {}. Nothing was changed. Check its contents, then move it away.",
        printable::path(path),
        printable::printable(why)
    )]
    ForeignStaging {
        /// The staging directory.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Names are taken by files that this run must not replace.
    #[error("{}", name_conflicts(path, conflicts))]
    NameConflicts {
        /// The directory.
        path: PathBuf,
        /// The names and the files that have them.
        conflicts: Vec<NameConflict>,
    },
    /// A Job cannot be written in the format; this is a bug.
    #[error(transparent)]
    Notation(#[from] WriteError),
    /// There are stale files of the session.
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

/// Why a file could not be moved.
#[derive(Debug, Error)]
pub enum MoveError {
    /// It could not be moved into place.
    #[error("The file {} cannot be written: {}.", printable::path(.0), .1)]
    Write(PathBuf, #[source] io::Error),
    /// It could not be removed.
    #[error("The file {} cannot be removed: {}.", printable::path(.0), .1)]
    Remove(PathBuf, #[source] io::Error),
    /// Its name was free at the start of the run.
    #[error("The file {} appeared during this run and was left alone.", printable::path(.0))]
    Appeared(PathBuf),
    /// It has changed since the start of the run.
    #[error("The file {} was changed during this run and was left alone.", printable::path(.0))]
    Changed(PathBuf),
}

/// A name in the directory that a run needs but must not replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameConflict {
    /// The file.
    pub name: String,
    /// Its description, to follow its name in a sentence.
    pub what: String,
    /// Whether it belongs to another session, so that a different session name would help.
    pub is_of_session: bool,
}

fn name_conflicts(path: &std::path::Path, conflicts: &[NameConflict]) -> String {
    let lines: Vec<String> = conflicts.iter().map(|taken| format!("{} {}.", taken.name, taken.what)).collect();
    let help = if conflicts.iter().any(|taken| taken.is_of_session) {
        "Name another directory, or give this session its own names with --session-short."
    } else {
        "Move the existing files away, or name another directory."
    };
    format!(
        "{} contains files that this run must not replace, so nothing was written:{}\n{help}",
        printable::path(path),
        list(&lines)
    )
}

fn leftovers(path: &std::path::Path, session_id: &str, names: &[String]) -> String {
    if names == [kustomization::FILE] {
        return format!(
            "{} contains a {} of session {session_id} that this run does not write, and that may list other files than \
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
        "{path} contains {} of session {session_id} that this run does not write, and kubectl apply -f {path} would \
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
    format!(" Some names were taken in the meantime; the previous files are in:{}", list(&lines))
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

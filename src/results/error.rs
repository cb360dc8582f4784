//! Why results cannot be collected.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::printable;

/// What ends the collecting.
#[derive(Debug, Error)]
pub enum ResultsError {
    /// A file or directory that cannot be read.
    #[error("{} cannot be read: {source}.", printable::path(path))]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something that can be read only once, or has no end.
    #[error("{} is not a regular file. Results are read twice, so copy them into a file first.", printable::path(.0))]
    NoFile(PathBuf),
    /// A directory without results.
    #[error("{} has no .csv file.", printable::path(.0))]
    NoResults(PathBuf),
    /// Rows that nobody could use any more.
    #[error(
        "The files have more than {max} different columns together; {} has the last of them.",
        printable::path(path)
    )]
    TooManyColumns {
        /// The file.
        path: PathBuf,
        /// So many are allowed.
        max: usize,
    },
    /// A file that is no longer what it was.
    #[error("{} was changed while it was read. Copy the results again once their writer is done.", printable::path(.0))]
    Changed(PathBuf),
    /// The output does not take it.
    #[error("The output cannot be written: {0}.")]
    Write(io::Error),
}

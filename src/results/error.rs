//! Errors of collecting results.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::printable;

/// Why results cannot be collected.
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
    /// Something that can be read only once or never ends, such as a pipe or a device.
    #[error("{} is not a regular file. Results are read twice, so copy them into a file first.", printable::path(.0))]
    NoFile(PathBuf),
    /// A directory without results.
    #[error("{} contains no .csv file.", printable::path(.0))]
    NoResults(PathBuf),
    /// More columns than a merged file can reasonably have.
    #[error(
        "Together, the files have more than {max} different columns; {} exceeds this limit.",
        printable::path(path)
    )]
    TooManyColumns {
        /// The file.
        path: PathBuf,
        /// The maximum number of columns.
        max: usize,
    },
    /// A file that has changed between the two passes.
    #[error("{} was changed while it was being read. Copy it again when its worker has finished.", printable::path(.0))]
    Changed(PathBuf),
    /// The output cannot be written.
    #[error("The output cannot be written: {0}.")]
    Write(io::Error),
}

//! Why a configuration cannot be used, in whole sentences that say what to do about it.

use std::path::PathBuf;

use thiserror::Error;

use crate::diagnostic::Diagnostic;
use crate::printable;

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file could not be opened or read.
    #[error("The configuration {} cannot be read: {source}.", printable::path(file))]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder stands where a file should.
    #[error("The configuration {} is a directory. Name the YAML file inside it.", printable::path(file))]
    Directory {
        /// The folder.
        file: PathBuf,
    },
    /// More than a configuration can sensibly hold.
    #[error(
        "The configuration {} is larger than {max} bytes, which no session needs. Is it the right file?",
        printable::path(file)
    )]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// The largest size that is read.
        max: u64,
    },
    /// Bytes that are no text.
    #[error("The configuration {} is not UTF-8 text. Is it the right file?", printable::path(file))]
    NotText {
        /// The file.
        file: PathBuf,
    },
    /// Nothing in the file.
    #[error("The configuration {} is empty. Start from the examples in configs/.", printable::path(file))]
    Empty {
        /// The file.
        file: PathBuf,
    },
    /// Several documents, of which only one could count.
    #[error(
        "The configuration {} holds {count} YAML documents, and a session is described by one. Split the file.",
        printable::path(file)
    )]
    Documents {
        /// The file.
        file: PathBuf,
        /// How many there are.
        count: usize,
    },
    /// A flag's value that does not go with the files.
    #[error("{0}")]
    Flag(String),
    /// The file can be read, and its content must be mended.
    #[error("{}", summary(.0))]
    Invalid(Vec<Diagnostic>),
}

fn summary(problems: &[Diagnostic]) -> String {
    match problems {
        [] => "The configuration is invalid.".to_owned(),
        [one] => one.message.clone(),
        [first, ..] => {
            let one_file = problems.iter().all(|problem| problem.excerpt.file == first.excerpt.file);
            let files = if one_file { printable::printable(&first.excerpt.file) } else { "The configurations".into() };
            let verb = if one_file { "has" } else { "have" };
            format!("{files} {verb} {} problems.", problems.len())
        }
    }
}

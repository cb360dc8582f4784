//! Why the status of a session cannot be told.

use std::io;

use thiserror::Error;

use crate::printable::printable;

/// What keeps an input from being read.
#[derive(Debug, Error)]
pub enum StatusError {
    /// It cannot be opened or read.
    #[error("{} cannot be read: {source}.", printable(.file))]
    Unreadable {
        /// Its name.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// It is not what kubectl prints.
    #[error("{} is not what kubectl get -o json or -o yaml prints: {}.", place(.file, *.line, *.column), printable(.message))]
    Malformed {
        /// Its name.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1; 0 where it is not known.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// It ends within a list.
    #[error(
        "{} ends within a list, so that workers would seem to be missing. Run kubectl get again.",
        printable(.file)
    )]
    CutOff {
        /// Its name.
        file: String,
    },
    /// A YAML document that is too long.
    #[error(
        "{} has a YAML document of more than {} MiB at line {line}. kubectl get -o json is read without a limit.",
        printable(.file), .max >> 20
    )]
    TooLong {
        /// Its name.
        file: String,
        /// Where it begins.
        line: usize,
        /// So many bytes are read.
        max: usize,
    },
    /// Nothing at all: what should have written it has most likely failed.
    #[error("There is nothing in {}. Where there are no Jobs, kubectl get -o json prints an empty List.", printable(.0))]
    Nothing(String),
    /// Pods of a session, and no Jobs, where it matters who has none.
    #[error(
        "{} has pods of the session and no Job, so that nobody can tell which workers have none. Hand it what kubectl \
         get jobs prints.",
        printable(.0)
    )]
    PodsAlone(String),
    /// Objects, and none of a session.
    #[error(
        "There is no Job of a session in {}. Its Jobs and pods have the labels session_id and worker_id: \
         kubectl get jobs,pods -l app=arbitrage-tuning -o json.",
        printable(.0)
    )]
    NoSession(String),
}

fn place(file: &str, line: usize, column: usize) -> String {
    let file = printable(file);
    if column == 0 { format!("{file}:{line}") } else { format!("{file}:{line}:{column}") }
}

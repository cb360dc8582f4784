//! Errors of reading the status of a session.

use std::io;

use thiserror::Error;

use crate::manifest::InputError;
use crate::printable::printable;

/// Why an input cannot be read.
#[derive(Debug, Error)]
pub enum StatusError {
    /// A path that does not exist.
    #[error(transparent)]
    Input(#[from] InputError),
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
    /// It is a string or a sequence, which is valid YAML but not an object.
    #[error(
        "{} is not a Kubernetes object. Without -o json or -o yaml, kubectl get prints a table.",
        place(.file, *.line, 0)
    )]
    NoObject {
        /// Its name.
        file: String,
        /// The line, from 1.
        line: usize,
    },
    /// It ends within a list.
    #[error("{} ends within a list, so that workers would seem to be missing. Run kubectl get again.", printable(.0))]
    ListCutOff(String),
    /// It ends within its only object.
    #[error("{} ends within its first object. Run kubectl get again.", printable(.0))]
    ObjectCutOff(String),
    /// A YAML document that is too long.
    #[error(
        "{} contains a YAML document larger than {} MiB at line {line}. Use kubectl get -o json, which has no limit here.",
        printable(.file), .max >> 20
    )]
    TooLong {
        /// Its name.
        file: String,
        /// Where it begins.
        line: usize,
        /// The maximum number of bytes.
        max: usize,
    },
    /// An empty input: the command that should have written it has most likely failed.
    #[error("{} is empty. If there are no Jobs, kubectl get -o json prints an empty List.", printable(.0))]
    Nothing(String),
    /// Pods of a session without Jobs, where it matters which workers have none.
    #[error(
        "{} contains pods of the session but no Jobs, so it does not show which workers have none. Pass the output of \
         kubectl get jobs.",
        printable(.0)
    )]
    PodsAlone(String),
    /// Objects, but none of a session.
    #[error(
        "{} contains no Job of a session. The Jobs and pods of a session have the labels session_id and worker_id: \
         kubectl get jobs,pods -l app=arbitrage-tuning -o json prints them.",
        printable(.0)
    )]
    NoSession(String),
}

fn place(file: &str, line: usize, column: usize) -> String {
    let file = printable(file);
    if column == 0 { format!("{file}:{line}") } else { format!("{file}:{line}:{column}") }
}

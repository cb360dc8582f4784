//! The status of a session that was applied: from the output of `kubectl get jobs,pods` follow the phase of each worker,
//! since when, and why.
//!
//! ```text
//! inputs ─▶ read ─▶ document ─▶ object ─▶ record ─▶ book ─▶ session ─▶ worker, cause, next command
//! ```
//!
//! No cluster is queried and nothing is estimated: the status contains only what the objects say.

mod book;
mod cause;
mod document;
mod error;
mod inputs;
mod next;
mod object;
#[cfg(test)]
mod properties;
mod read;
mod record;
mod rest;
mod session;
mod standing;
mod texts;
mod worker;

pub use book::Book;
pub use document::Change;
pub use error::StatusError;
pub use inputs::{Told, read_all};
pub use object::Object;
pub use read::{Extent, read};
pub use rest::{Rest, Retry};
pub use session::{Counts, SessionStatus, Summary, observe, sessions};
pub use standing::Phase;
pub use worker::{Worker, WorkerId, time_text};

//! The results of a session: the workers' CSV files come in, and one CSV in the order of the plan goes out, with what
//! is there of each worker and what is not.
//!
//! ```text
//! files ─▶ source ─▶ index (which rows of which worker stand where) ─▶ merge (the rows, read again and written)
//! ```
//!
//! Files are read twice, so that the rows need not be kept. No metric is computed, and nothing is ranked.

mod account;
mod error;
mod index;
mod merge;
mod ranges;
mod records;
mod source;

pub use account::{Account, WorkerAccount};
pub use error::ResultsError;
pub use index::Index;
pub use merge::{Form, merge};
pub use ranges::Ranges;
pub use source::{Sources, sources};

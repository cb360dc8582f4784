//! The results of a session: merges the workers' CSV files into one, in the order of the plan, and accounts for what
//! each worker has and lacks.
//!
//! ```text
//! files ─▶ source ─▶ index (where the rows of each worker are) ─▶ merge (the rows, read again and written)
//! ```
//!
//! Files are read twice, so that the rows need not be kept in memory. No metric is computed, and nothing is ranked.

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

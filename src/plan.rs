//! Splits a session over its workers, and selects the workers of a run.

mod part;
mod shares;
mod workers;

pub use part::Part;
pub use shares::{WorkerShare, plan_jobs, share_sizes};
pub use workers::{UnknownWorker, Workers};

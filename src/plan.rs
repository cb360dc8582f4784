//! Splits a session over its workers, and says which of them a run makes.

mod part;
mod shares;
mod workers;

pub use part::Part;
pub use shares::{WorkerShare, plan_jobs, share_sizes};
pub use workers::{UnknownWorker, Workers};

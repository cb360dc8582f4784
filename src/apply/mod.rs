//! What `kubectl apply` and the server make of a manifest and an object that exists: one implementation of the
//! strategic merge patch, of the patch between three objects, and of server-side apply.
//!
//! Objects come in as JSON and leave as JSON; what has to be known of their types stands in `schema`.

mod elements;
pub(crate) mod error;
pub(crate) mod field_set;
pub(crate) mod job_schema;
pub(crate) mod merge;
pub(crate) mod schema;
pub(crate) mod server_side;
pub(crate) mod three_way;

pub(crate) use error::PatchError;
pub use job_schema::JOB;
pub use merge::strategic_merge;
pub(crate) use server_side::{Conflict, KUBECTL, Owners, apply_server_side};
pub use three_way::three_way_patch;

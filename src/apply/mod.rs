//! How `kubectl apply` and the server apply a manifest to an existing object: strategic merge patches, three-way
//! patches and server-side apply.
//!
//! Objects are JSON values; the necessary type information is in `schema`.

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

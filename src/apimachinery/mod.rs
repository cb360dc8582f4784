//! The basic types of the Kubernetes API: names, quantities, times, field paths and versions.
//!
//! Named after the Go module with the same purpose in Kubernetes.

// `pub(crate)` items let the compiler find dead code.
#![warn(unreachable_pub)]

pub(crate) mod duration;
#[cfg(test)]
mod field_names;
pub(crate) mod image;
pub(crate) mod ip;
pub(crate) mod names;
pub(crate) mod path;
pub(crate) mod quantity;
pub(crate) mod resource;
#[cfg(any(test, debug_assertions))]
mod schema;
mod segment;
pub(crate) mod time;
pub(crate) mod version;

pub(crate) use path::{Elements, Path};
pub(crate) use path::{field, fields, path, segments};
pub(crate) use quantity::Quantity;
pub(crate) use segment::{FieldName, Segment};
pub(crate) use version::Span;
pub use version::{VERSIONS, Version};

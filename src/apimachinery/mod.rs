//! What every part of the Kubernetes API is spelled with: names, quantities, times, field paths and versions.
//! Text comes in, and a value or the reason why it is none goes out.
//!
//! Named after the Go module that holds the same things for the API server.

pub mod duration;
pub mod ip;
pub mod names;
pub mod path;
pub mod quantity;
pub mod resource;
pub mod time;
pub mod version;

pub use path::{Path, Segment};
pub use quantity::Quantity;
pub use version::{Span, VERSIONS, Version};

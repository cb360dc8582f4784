//! Bytes become documents as kubectl would read them, and typed objects become bytes that kubectl
//! reads back to the same values.
//!
//! kubectl reads YAML 1.1 by its own rules (`y` is a boolean, `0644` is 420), so both directions
//! share one understanding of what a plain scalar means: [`scalar`].

pub mod format;
pub mod input;
pub mod json;
mod lenient;
pub mod node;
pub mod read;
pub mod scalar;
mod strict;
pub mod text;
pub mod write;
pub mod write_json;
pub mod yaml;

pub use format::Format;
pub use input::{Input, InputError};
pub use node::{Entry, Node, Position, Value};
pub use read::{Document, Duplicate, ReadError, documents};
pub use text::Text;

//! Manifests: which notation a text is in, and the files, directories and streams that hold them.

pub mod format;
pub mod input;

pub use format::Format;
pub use input::{Input, InputError};

// What a manifest is made of.
pub use crate::yaml::{Document, Duplicate, Entry, Node, Position, ReadError, Text, Value, documents};
pub use crate::yaml::{kyaml, node, scalar, text, write, write_json};

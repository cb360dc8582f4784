//! Manifests: their formats, and the files, directories and streams that contain them.

pub(crate) mod format;
pub(crate) mod input;

pub use format::Format;
pub use input::Input;
pub(crate) use input::InputError;

// An object of a manifest.
pub(crate) use crate::yaml::{Document, Entry, Node, Position, ReadError, Value};
pub use crate::yaml::{Text, documents};
pub(crate) use crate::yaml::{text, write, write_json};

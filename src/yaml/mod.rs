//! Reads YAML and JSON like kubectl, and writes YAML that every parser reads back to the same values.
//!
//! ```text
//! bytes ─▶ text ─▶ documents ─┬▶ cursor ─▶ scanner ─▶ parser ─▶ compose ─▶ nodes with positions
//!                             └▶ json ─────────────────────────────────▶
//! ```
//!
//! kubectl decodes YAML 1.1 with a Go port of libyaml and rules of its own on top (`y` is a boolean, `0644` is 420),
//! splits a file into documents before parsing them, and tries JSON first. Each file here is one stage, and documents
//! its departures from YAML 1.2. Reading and writing share the same rules for plain scalars: `scalar`.

mod block;
mod budget;
mod compose;
mod cursor;
pub mod de;
pub mod error;
mod event;
mod explain;
mod fault_context;
mod folding;
mod json;
#[cfg(test)]
mod json_schema;
pub(crate) mod kyaml;
pub mod locate;
pub mod mapping;
mod mark;
pub mod node;
pub(crate) mod number;
mod parser;
mod plain;
mod property;
mod quoted;
pub(crate) mod read;
mod refusals;
pub(crate) mod scalar;
mod scanner;
mod spanned;
pub(crate) mod text;
mod timestamp;
mod token;
pub(crate) mod write;
pub(crate) mod write_json;
mod write_text;

pub use error::ReadError;
pub use node::{Entry, Node, Position, Value};
pub use read::{Document, documents, single_document};
pub use spanned::{Given, OrderedMap, Spanned};
pub use text::Text;
pub(crate) use text::starts_like_json;

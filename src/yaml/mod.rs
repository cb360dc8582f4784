//! YAML and JSON as kubectl reads them, and YAML that every reader reads back to the same values.
//!
//! ```text
//! bytes ─▶ text ─▶ documents ─┬▶ cursor ─▶ scanner ─▶ parser ─▶ build ─▶ nodes with positions
//!                             └▶ json ─────────────────────────────────▶
//! ```
//!
//! kubectl decodes YAML 1.1 with a Go port of libyaml and rules of its own on top (`y` is a boolean, `0644` is
//! 420), cuts a file into documents before any parser sees it, and tries JSON first. Each file here is one
//! stage, and says where it departs from YAML 1.2. The reading and the writing share one understanding of what a
//! plain scalar means: [`scalar`].

mod block;
mod budget;
mod build;
mod cursor;
mod error;
mod event;
mod explain;
mod folding;
mod json;
pub mod kyaml;
mod mapping;
mod mark;
pub mod node;
pub mod number;
mod parser;
mod plain;
mod property;
mod quoted;
pub mod read;
pub mod scalar;
mod scanner;
pub mod text;
mod timestamp;
mod token;
pub mod write;
pub mod write_json;

pub use error::ReadError;
pub use mapping::Duplicate;
pub use node::{Entry, Node, Position, Value};
pub use read::{Document, documents};
pub use text::{Text, starts_like_json};

//! Where results go: manifests to stdout or a directory, tables and errors to a person.
//! Typed results come in; bytes and text go out.

pub mod diff;
pub mod directory;
pub mod files;
pub mod manifests;
pub mod progress;
pub mod session;
pub mod snippet;
pub mod style;
pub mod table;
pub mod template;

pub use style::Style;

//! Where results go: manifests to stdout or a directory, tables and errors to a person.
//! Typed results come in; bytes and text go out.

pub mod diff;
pub mod directory;
pub mod files;
pub mod line;
pub mod manifests;
pub mod messages;
pub mod progress;
pub mod quota;
pub mod screen;
pub mod session;
pub mod snippet;
pub mod stdout;
pub mod style;
pub mod table;
pub mod template;

pub use line::Line;
pub use screen::Screen;
pub use style::{Role, Style};
pub use table::Table;

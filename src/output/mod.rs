//! Output: manifests to stdout or a directory, and tables and messages for people.

pub(crate) mod diff;
pub(crate) mod directory;
pub(crate) mod file_table;
pub(crate) mod line;
pub(crate) mod manifests;
pub mod messages;
pub(crate) mod progress;
pub(crate) mod quota;
pub(crate) mod screen;
pub(crate) mod session_view;
pub mod snippet;
pub mod stdout;
pub(crate) mod style;
pub(crate) mod table;
pub mod template;
pub(crate) mod totals;

pub(crate) use line::Line;
pub(crate) use screen::Screen;
pub(crate) use style::Role;
pub use style::Style;
pub(crate) use table::Table;

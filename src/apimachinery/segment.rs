//! The steps of field paths.

use std::fmt;

/// One step from a node to a node below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'a> {
    /// A field of an object, written `.name`.
    Field(&'a str),
    /// An element of a list, written `[3]`.
    Index(usize),
    /// An entry of a map, written `[key]`.
    Key(&'a str),
}

/// The name of a field that a Job or `CronJob` has somewhere, as written in code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldName(&'static str);

impl FieldName {
    /// The field `name`. The macros of [`super::path`] create these; a test looks up each of them in the types.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

//! The steps that field paths are made of.

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

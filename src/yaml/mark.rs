//! A position in the text that is read, as the stages pass it on.

use super::node::Position;

/// A position in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    /// The offset in bytes.
    pub offset: u32,
    /// How many characters stand before it.
    pub index: u32,
    /// How many of YAML's line breaks stand before it.
    pub row: u32,
    /// How many characters stand before it since the last of these.
    pub indent: u32,
    /// The line of the file, from 1.
    pub line: u32,
    /// The column in that line in characters, from 1.
    pub column: u32,
}

impl Mark {
    /// The position of something `width` characters wide that starts here.
    pub fn position(self, width: u32) -> Position {
        Position { line: self.line, column: self.column, width: width.max(1) }
    }
}

/// Quotes that have been closed on another line than they were opened on.
#[derive(Debug, Clone, Copy)]
pub struct LongQuote {
    /// Where they were opened.
    pub start: Mark,
    /// The line on which they were closed.
    pub last_line: u32,
}

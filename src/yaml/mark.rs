//! Positions in the text, as used by the stages of the parser.

use super::node::Position;

/// A position in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mark {
    /// The offset in bytes.
    pub offset: u32,
    /// The number of characters before it.
    pub index: u32,
    /// The number of YAML's line breaks before it.
    pub row: u32,
    /// The number of characters before it since the last of these.
    pub indent: u32,
    /// The line of the file, from 1.
    pub line: u32,
    /// The column in that line in characters, from 1.
    pub column: u32,
}

impl Mark {
    /// The position of a text with this width that starts here.
    pub fn position(self, width: u32) -> Position {
        Position { line: self.line, column: self.column, width: width.max(1) }
    }
}

/// Quotes that were closed on a different line than they were opened.
#[derive(Debug, Clone, Copy)]
pub struct LongQuote {
    /// Where they were opened.
    pub start: Mark,
    /// The line on which they were closed.
    pub last_line: u32,
}

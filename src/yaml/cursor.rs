//! Reads a text character by character and tracks the position.
//!
//! kubectl's parser reads a text in pieces of 512 bytes and checks each piece for characters that YAML does not allow
//! before scanning it. Text after the end of the first document is therefore checked only up to the end of the piece,
//! which [`Cursor::need`] reproduces.
//!
//! Line breaks are those of YAML 1.1: LF, CR, CR LF, U+0085, U+2028 and U+2029. A position counts lines as editors do,
//! which end only with LF. kubectl reads a file line by line before parsing it, so a text always ends with a line
//! break, and `CR CR LF` is a single line break.

use super::error::{Fault, FaultKind};
use super::mark::Mark;
use super::node::Position;

/// The number of bytes that kubectl's parser reads at a time.
const PIECE: usize = 512;
/// The byte order mark, as UTF-8.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A line break, by its form in a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// Becomes a line feed.
    Feed,
    /// U+2028, which stays what it is.
    Line,
    /// U+2029, which stays what it is.
    Paragraph,
}

impl Break {
    /// The character that a scalar keeps.
    pub const fn as_char(self) -> char {
        match self {
            Self::Feed => '\n',
            Self::Line => '\u{2028}',
            Self::Paragraph => '\u{2029}',
        }
    }
}

/// The classes of a byte, as bits.
pub mod class {
    /// A space or a tab.
    pub const BLANK: u8 = 1;
    /// A line break, or the first byte of a possible one.
    pub const BREAK: u8 = 1 << 1;
    /// `:`, which may end a plain scalar.
    pub const COLON: u8 = 1 << 2;
    /// `,?[]{}`, which end a plain scalar inside brackets.
    pub const FLOW: u8 = 1 << 3;
    /// `"` and `\`.
    pub const DOUBLE: u8 = 1 << 4;
    /// `'`.
    pub const SINGLE: u8 = 1 << 5;

    /// The bits of each byte.
    pub const OF: [u8; 256] = table();

    const fn table() -> [u8; 256] {
        let mut table = [0; 256];
        table[b' ' as usize] = BLANK;
        table[b'\t' as usize] = BLANK;
        table[b'\n' as usize] = BREAK;
        table[b'\r' as usize] = BREAK;
        // The first bytes of U+0085, and of U+2028 and U+2029.
        table[0xC2] = BREAK;
        table[0xE2] = BREAK;
        table[b':' as usize] = COLON;
        table[b',' as usize] = FLOW;
        table[b'?' as usize] = FLOW;
        table[b'[' as usize] = FLOW;
        table[b']' as usize] = FLOW;
        table[b'{' as usize] = FLOW;
        table[b'}' as usize] = FLOW;
        table[b'"' as usize] = DOUBLE;
        table[b'\\' as usize] = DOUBLE;
        table[b'\'' as usize] = SINGLE;
        table
    }
}

/// A text and the current position in it.
#[derive(Debug)]
pub struct Cursor<'t> {
    text: &'t str,
    /// The length of the text including the final line break.
    end: usize,
    offset: usize,
    index: u32,
    row: u32,
    /// The index at which the row starts.
    row_start: u32,
    line: u32,
    /// The index at which the line of the file starts.
    line_start: u32,
    /// The end of the characters that have been checked.
    loaded: usize,
    /// The start of the part of the text that kubectl's parser holds in memory.
    held_from: usize,
    /// The number of zero bytes that it has appended.
    padding: usize,
}

impl<'t> Cursor<'t> {
    /// Starts at the beginning of `text`, which is at `start` in its file.
    pub fn new(text: &'t str, start: Position) -> Self {
        let end = text.len() + usize::from(!text.ends_with('\n'));
        let before = start.column.saturating_sub(1);
        let mut cursor = Self {
            text,
            end,
            offset: 0,
            index: before,
            row: 0,
            row_start: before,
            line: start.line,
            line_start: 0,
            loaded: 0,
            held_from: 0,
            padding: 0,
        };
        // A byte order mark belongs to the encoding: to YAML, the text starts after it.
        if text.as_bytes().starts_with(BOM) {
            (cursor.offset, cursor.index, cursor.row_start) = (BOM.len(), before + 1, before + 1);
            (cursor.loaded, cursor.held_from) = (BOM.len(), BOM.len());
        }
        cursor
    }

    /// The position of the cursor.
    #[inline]
    pub fn mark(&self) -> Mark {
        Mark {
            offset: narrow(self.offset),
            index: self.index,
            row: self.row,
            indent: self.index - self.row_start,
            line: self.line,
            column: self.index - self.line_start + 1,
        }
    }

    /// The number of characters before the cursor.
    pub const fn index(&self) -> u32 {
        self.index
    }

    /// The number of YAML's line breaks before the cursor.
    pub const fn row(&self) -> u32 {
        self.row
    }

    /// The offset in bytes.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// The number of characters before the cursor in its row.
    pub const fn indent(&self) -> u32 {
        self.index - self.row_start
    }

    /// The text between two offsets.
    pub fn slice(&self, from: usize, to: usize) -> &'t str {
        self.text.get(from..to.min(self.text.len())).unwrap_or_default()
    }

    /// Whether the end has been reached.
    pub const fn is_at_end(&self) -> bool {
        self.offset >= self.end
    }

    /// The byte `ahead` bytes after the cursor; zero beyond the end.
    #[inline]
    pub fn byte(&self, ahead: usize) -> u8 {
        let at = self.offset + ahead;
        match self.text.as_bytes().get(at) {
            Some(byte) => *byte,
            None if at + 1 == self.end => b'\n',
            None => 0,
        }
    }

    /// The character at the cursor.
    pub fn character(&self) -> Option<char> {
        self.text.get(self.offset..).and_then(|rest| rest.chars().next())
    }

    /// Whether there is a space or tab `ahead` bytes after the cursor.
    pub fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t')
    }

    /// Whether there is a line break `ahead` bytes after the cursor.
    pub fn is_break(&self, ahead: usize) -> bool {
        match self.byte(ahead) {
            b'\n' | b'\r' => true,
            0xC2 => self.byte(ahead + 1) == 0x85,
            0xE2 => self.byte(ahead + 1) == 0x80 && matches!(self.byte(ahead + 2), 0xA8 | 0xA9),
            _ => false,
        }
    }

    /// Whether there is a line break or the end `ahead` bytes after the cursor.
    pub fn is_break_or_end(&self, ahead: usize) -> bool {
        self.offset + ahead >= self.end || self.is_break(ahead)
    }

    /// Whether there is a space, a tab, a line break or the end `ahead` bytes after the cursor.
    pub fn is_blank_or_end(&self, ahead: usize) -> bool {
        self.is_blank(ahead) || self.is_break_or_end(ahead)
    }

    /// Whether the row starts with `---` or `...` and the cursor is there.
    pub fn is_document_indicator(&self) -> bool {
        self.indent() == 0
            && matches!((self.byte(0), self.byte(1), self.byte(2)), (b'-', b'-', b'-') | (b'.', b'.', b'.'))
            && self.is_blank_or_end(3)
    }

    /// Whether the part that kubectl's parser holds in memory starts with a byte order mark. It then skips the first
    /// character of each line, where it intends to skip a byte order mark.
    pub fn skips_at_line_start(&self) -> bool {
        self.text.as_bytes().get(self.held_from..).is_some_and(|held| held.starts_with(BOM))
    }

    /// The line of the file, from 1.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// Advances by `count` ASCII characters.
    #[inline]
    pub const fn advance(&mut self, count: u32) {
        self.offset += count as usize;
        self.index += count;
    }

    /// The indentation at the cursor, to compare with that of enclosing collections.
    pub fn column(&self) -> i64 {
        i64::from(self.indent())
    }

    /// Skips spaces.
    #[inline]
    pub fn pass_spaces(&mut self) {
        let rest = self.text.as_bytes().get(self.offset..).unwrap_or_default();
        let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
        self.advance(narrow(spaces));
    }

    /// Advances by one character, even if it is a line break.
    pub fn advance_character(&mut self) {
        let is_line_end = self.byte(0) == b'\r' && self.byte(1) == b'\n';
        self.offset += if is_line_end { 2 } else { self.character().map_or(1, char::len_utf8) };
        self.index += 1;
    }

    /// Skips bytes that are in none of the classes in `stop`; returns the skipped text.
    ///
    /// Bytes of the class [`class::BREAK`] that turn out not to be line breaks are skipped.
    #[inline]
    pub fn pass_until(&mut self, stop: u8) -> &'t str {
        let bytes = self.text.as_bytes();
        let start = self.offset;
        let mut at = start;
        let mut characters = 0_u32;
        while let Some(byte) = bytes.get(at) {
            if class::OF[usize::from(*byte)] & stop != 0 {
                let is_other = match byte {
                    0xC2 => bytes.get(at + 1) != Some(&0x85),
                    0xE2 => !matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xA8 | 0xA9])),
                    _ => false,
                };
                if !is_other {
                    break;
                }
            }
            characters += u32::from((byte & 0xC0) != 0x80);
            at += 1;
        }
        self.offset = at;
        self.index += characters;
        self.slice(start, at)
    }

    /// Advances to the end of the row.
    pub fn pass_row(&mut self) -> &'t str {
        self.pass_until(class::BREAK)
    }

    /// Skips the line break at the cursor; none if there is none.
    pub fn pass_break(&mut self) -> Option<Break> {
        let (bytes, kind) = match self.byte(0) {
            b'\n' => (1, Break::Feed),
            // kubectl replaces CR LF at the end of a line with LF; a CR before them is kept.
            b'\r' => match (self.byte(1), self.byte(2)) {
                (b'\n', _) => (2, Break::Feed),
                (b'\r', b'\n') => (3, Break::Feed),
                _ => (1, Break::Feed),
            },
            0xC2 if self.byte(1) == 0x85 => (2, Break::Feed),
            0xE2 if self.byte(1) == 0x80 && self.byte(2) == 0xA8 => (3, Break::Line),
            0xE2 if self.byte(1) == 0x80 && self.byte(2) == 0xA9 => (3, Break::Paragraph),
            _ => return None,
        };
        let ends_line = self.byte(bytes - 1) == b'\n';
        self.offset += bytes;
        self.index += 1;
        self.row += 1;
        self.row_start = self.index;
        if ends_line {
            self.line += 1;
            self.line_start = self.index;
        }
        Some(kind)
    }

    /// Ensures that the next `characters` characters have been checked.
    ///
    /// # Errors
    /// A character that YAML does not allow.
    #[inline]
    pub fn need(&mut self, characters: usize) -> Result<(), Box<Fault>> {
        if self.offset + 4 * characters <= self.loaded {
            return Ok(());
        }
        self.load(characters)
    }

    #[cold]
    fn load(&mut self, characters: usize) -> Result<(), Box<Fault>> {
        while self.ahead(characters) < characters {
            // The cursor may have passed the checked part: kubectl's parser would have stopped one character earlier.
            let before = self.slice(0, self.loaded).char_indices().next_back().map_or(0, |(at, _)| at);
            self.held_from = if self.offset > self.loaded { before } else { self.offset };
            if self.loaded >= self.text.len() {
                // To kubectl's parser, the end is one more character, and each further read adds one.
                self.padding += 1;
                return Ok(());
            }
            let mut to = self.piece_end();
            while !self.text.is_char_boundary(to) {
                to -= 1;
            }
            self.refuse_control_characters(to)?;
            self.loaded = to;
        }
        Ok(())
    }

    /// The number of checked characters after the cursor, up to `characters`.
    fn ahead(&self, characters: usize) -> usize {
        let known = self.text.get(self.offset..self.loaded).unwrap_or_default().chars().take(characters).count();
        let is_whole = self.loaded >= self.text.len();
        known + if is_whole { self.end.saturating_sub(self.text.len().max(self.offset)) + self.padding } else { 0 }
    }

    /// Where the next piece ends. A byte order mark is part of the first one, and a CR before LF is part of none,
    /// because kubectl has already removed it.
    fn piece_end(&self) -> usize {
        let bytes = self.text.as_bytes();
        let is_after_mark = self.loaded == BOM.len() && bytes.starts_with(BOM);
        let mut left = if is_after_mark { PIECE - BOM.len() } else { PIECE };
        let mut from = self.loaded;
        loop {
            let to = (from + left).min(bytes.len());
            let returns = memchr::memchr_iter(b'\r', &bytes[from..to]);
            left = returns.filter(|at| bytes.get(from + at + 1) == Some(&b'\n')).count();
            if left == 0 {
                return to;
            }
            from = to;
        }
    }

    /// Checks the characters up to `to`.
    fn refuse_control_characters(&self, to: usize) -> Result<(), Box<Fault>> {
        let piece = self.slice(self.loaded, to);
        // Fast path: nearly always, there is only printable ASCII and line breaks.
        let is_odd = |byte: u8| !(byte == b'\n' || (byte.wrapping_sub(b' ') <= b'~' - b' '));
        // All of them are checked without an early exit, which compilers optimize well.
        if !piece.bytes().fold(false, |any, byte| any | is_odd(byte)) {
            return Ok(());
        }
        match piece.char_indices().find(|(_, c)| !is_allowed(*c)) {
            None => Ok(()),
            Some((at, found)) => Err(Fault::new(FaultKind::ControlCharacter(found), self.mark_at(self.loaded + at))),
        }
    }

    /// The mark of another offset: one that has not been reached yet, or one in the word that was just read.
    fn mark_at(&self, offset: usize) -> Mark {
        let here = self.mark();
        let characters = |from, to| narrow(self.slice(from, to).chars().count());
        if offset < self.offset {
            let column = here.column.saturating_sub(characters(offset, self.offset)).max(1);
            return Mark { offset: narrow(offset), column, ..here };
        }
        let between = self.slice(self.offset, offset);
        let lines = between.bytes().filter(|byte| *byte == b'\n').count();
        let column = match between.rfind('\n') {
            Some(last) => characters(self.offset + last + 1, offset) + 1,
            None => here.column + characters(self.offset, offset),
        };
        Mark { offset: narrow(offset), line: here.line.saturating_add(narrow(lines)), column, ..here }
    }
}

/// Whether YAML allows the character unescaped.
const fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// A document is smaller than 4 GiB, see `MAX_DOCUMENT`.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

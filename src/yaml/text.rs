//! Decodes a file's bytes into the text that kubectl sees: byte order marks are interpreted and removed, and invalid
//! UTF-8 becomes U+FFFD. Also provides excerpts of lines for messages.

use std::str::Utf8Chunk;
use std::sync::Arc;
use std::sync::OnceLock;

use super::node::Position;

/// The length of the text that kubectl examines to detect JSON.
const LOOK_AHEAD: usize = 4096;
/// The replacement for invalid UTF-8 that is to be rejected: YAML does not allow it.
pub const NOT_UTF8: char = '\u{FFFE}';
/// The text is indexed in blocks of this many bytes, so that a position is found by its block and a scan of that block,
/// however long the line is.
const BLOCK: usize = 128;
/// Lines up to this length are shown in full; a generated file may be one line of a megabyte.
const WHOLE: usize = 160;
/// The number of characters shown around a position in a longer line, …
const WINDOW: usize = 100;
/// … and how many of them are before it.
const AHEAD: usize = 40;

/// The text of one input.
#[derive(Debug)]
pub struct Text {
    content: String,
    lossy: bool,
    /// The counts before each block, computed when the first position is requested.
    blocks: OnceLock<Vec<Before>>,
}

/// The counts before a block.
#[derive(Debug, Clone, Copy, Default)]
struct Before {
    /// The number of line breaks.
    breaks: usize,
    /// The number of characters.
    characters: usize,
}

/// The part of a line around a position, for messages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Window {
    /// The text; a short line is complete.
    pub text: Box<str>,
    /// Whether the line continues before it.
    pub comes_from: bool,
    /// Whether the line continues after it.
    pub goes_on: bool,
    /// The number of its characters before the position.
    pub before: u32,
    /// The width of the position in characters: at least 1, and possibly beyond the end.
    pub width: u32,
}

impl Text {
    /// Decodes bytes by their byte order mark: UTF-16 of either order, else UTF-8.
    pub fn decode(bytes: Vec<u8>) -> Self {
        match bytes.as_slice() {
            [0xFF, 0xFE, rest @ ..] => Self::from_utf16(rest, u16::from_le_bytes),
            [0xFE, 0xFF, rest @ ..] => Self::from_utf16(rest, u16::from_be_bytes),
            [0xEF, 0xBB, 0xBF, ..] => Self::from_marked_utf8(bytes),
            _ => Self::from_utf8(bytes),
        }
    }

    fn from_utf8(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(content) => Self::new(content, false),
            Err(error) => Self::new(String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
        }
    }

    /// After a byte order mark, kubectl passes on invalid UTF-8, and its YAML parser rejects it. In JSON, it becomes
    /// U+FFFD.
    fn from_marked_utf8(mut bytes: Vec<u8>) -> Self {
        bytes.drain(..3);
        let text = match String::from_utf8(bytes) {
            Ok(content) => return Self::new(content, false),
            Err(error) => error.into_bytes(),
        };
        let replaced = |stand_in: char| -> String {
            let piece = |chunk: Utf8Chunk<'_>| {
                let end = if chunk.invalid().is_empty() { None } else { Some(stand_in) };
                [chunk.valid().to_owned(), end.map(String::from).unwrap_or_default()]
            };
            text.utf8_chunks().flat_map(piece).collect()
        };
        let content = replaced(NOT_UTF8);
        let is_json = starts_like_json(&content);
        Self::new(if is_json { replaced(char::REPLACEMENT_CHARACTER) } else { content }, true)
    }

    fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Self {
        let (pairs, odd) = bytes.as_chunks::<2>();
        let mut lossy = !odd.is_empty();
        let mut content: String = char::decode_utf16(pairs.iter().copied().map(unit))
            .map(|decoded| {
                lossy |= decoded.is_err();
                decoded.unwrap_or(char::REPLACEMENT_CHARACTER)
            })
            .collect();
        content.extend(odd.first().map(|_| char::REPLACEMENT_CHARACTER));
        Self::new(content, lossy)
    }

    fn new(content: String, lossy: bool) -> Self {
        Self { content, lossy, blocks: OnceLock::new() }
    }

    /// The part of a line to show for a position; empty if there is no such line.
    pub fn window(&self, position: Position) -> Window {
        let (start, end) = self.line(position.line);
        let column = number(position.column).saturating_sub(1);
        let (skipped, count) = if self.content[start..end].chars().nth(WHOLE).is_none() {
            (0, WHOLE)
        } else {
            (column.saturating_sub(AHEAD), WINDOW)
        };
        let (text, goes_on) = self.characters(start, end, skipped, count);
        let before = u32::try_from(column - skipped.min(column)).unwrap_or(u32::MAX);
        Window { text: text.into(), comes_from: skipped > 0, goes_on, before, width: position.width.max(1) }
    }

    /// The text at a position.
    pub fn at(&self, position: Position) -> &str {
        let (start, end) = self.line(position.line);
        self.characters(start, end, number(position.column).saturating_sub(1), number(position.width)).0
    }

    /// Up to `count` characters after the first `skipped` ones of a byte range, and whether more follow.
    fn characters(&self, start: usize, end: usize, skipped: usize, count: usize) -> (&str, bool) {
        let from = self.offset(self.characters_before(start).saturating_add(skipped)).min(end);
        let rest = &self.content[from..end];
        rest.char_indices().nth(count).map_or((rest, false), |(end, _)| (&rest[..end], true))
    }

    /// The byte range of a line (from 1) without its line break; none if there is no such line.
    fn line(&self, line: u32) -> (usize, usize) {
        let line = number(line).max(1);
        let Some(start) = self.line_start(line) else { return (0, 0) };
        let end = self.line_start(line + 1).map_or(self.content.len(), |next| next - 1);
        (start, if self.content[start..end].ends_with('\r') { end - 1 } else { end })
    }

    /// The byte at which a line starts.
    fn line_start(&self, line: usize) -> Option<usize> {
        let Some(breaks) = line.checked_sub(2) else { return Some(0) };
        let mut left = breaks;
        let start = self.block(|before| before.breaks <= breaks, |before| left -= before.breaks);
        let found = self.nth(start, left, is_break);
        found.map(|at| at + 1)
    }

    /// The number of characters before a byte.
    fn characters_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let before = self.blocks().get(block).copied().unwrap_or_default();
        before.characters
            + self.content.as_bytes()[block * BLOCK..offset].iter().filter(|byte| is_start(**byte)).count()
    }

    /// The byte at which a character (from 0) starts; the end if there are fewer characters.
    fn offset(&self, character: usize) -> usize {
        let mut left = character;
        let start = self.block(|before| before.characters <= character, |before| left -= before.characters);
        let found = self.nth(start, left, is_start);
        found.unwrap_or(self.content.len())
    }

    /// The position of the nth byte (from 0) of a kind after `start`.
    fn nth(&self, start: usize, nth: usize, is_of_kind: fn(u8) -> bool) -> Option<usize> {
        let bytes = self.content.as_bytes()[start..].iter().enumerate();
        bytes.filter(|(_, byte)| is_of_kind(**byte)).nth(nth).map(|(at, _)| start + at)
    }

    /// The start of the last block with a count not above the requested one.
    fn block(&self, is_before: impl Fn(&Before) -> bool, found: impl FnOnce(&Before)) -> usize {
        let blocks = self.blocks();
        let nth = blocks.partition_point(is_before).saturating_sub(1);
        found(&blocks[nth]);
        (nth * BLOCK).min(self.content.len())
    }

    fn blocks(&self) -> &[Before] {
        self.blocks.get_or_init(|| {
            let mut before = Before::default();
            let mut blocks = vec![before];
            for block in self.content.as_bytes().chunks(BLOCK) {
                before.breaks += count(block, is_break);
                before.characters += count(block, is_start);
                blocks.push(before);
            }
            blocks
        })
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.content
    }

    /// Whether some bytes were not valid and were replaced.
    pub const fn is_lossy(&self) -> bool {
        self.lossy
    }
}

/// Whether kubectl tries to read the text as JSON: its first character after whitespace is `{`.
pub fn starts_like_json(text: &str) -> bool {
    let mut ahead = text.char_indices().take_while(|(at, _)| *at < LOOK_AHEAD);
    ahead.find(|(_, c)| !c.is_whitespace()).is_some_and(|(_, c)| c == '{')
}

fn count(bytes: &[u8], is_of_kind: fn(u8) -> bool) -> usize {
    bytes.iter().filter(|byte| is_of_kind(**byte)).count()
}

const fn is_break(byte: u8) -> bool {
    byte == b'\n'
}

/// Whether a UTF-8 character starts with this byte.
const fn is_start(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

fn number(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A position in a file and the text around it, for messages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// The name of the file.
    pub file: Arc<str>,
    /// The position in the file.
    pub position: Position,
    /// The text there.
    pub window: Window,
}

impl Excerpt {
    /// Extracts the text around `position` from a file.
    pub fn cut(file: impl Into<Arc<str>>, text: &Text, position: Position) -> Self {
        Self { file: file.into(), position, window: text.window(position) }
    }

    /// The same, with [`HIDDEN`] in place of these values, which are in the order of the file.
    #[must_use]
    pub fn hiding(mut self, values: &[Position]) -> Self {
        // The first column of the window.
        let first = i64::from(self.position.column) - i64::from(self.window.before);
        let last = first.saturating_add(i64::try_from(self.window.text.chars().count()).unwrap_or(i64::MAX));
        let key = |value: &Position| (value.line, i64::from(value.column));
        let from = values.partition_point(|value| key(value) < (self.position.line, first));
        let to = values.partition_point(|value| key(value) < (self.position.line, last));
        // From the end of the line, so that a replacement does not move the remaining ones. The first one may start
        // before the window.
        for value in values[from.saturating_sub(1)..to].iter().rev().filter(|value| value.line == self.position.line) {
            let start = i64::from(value.column) - first;
            self.window.hide(start, start + i64::from(value.width));
        }
        self
    }
}

/// The replacement for a hidden value.
pub const HIDDEN: &str = "(hidden)";
const HIDDEN_WIDTH: u32 = 8;

impl Window {
    /// Replaces a range of characters with [`HIDDEN`], as far as they are shown.
    fn hide(&mut self, from: i64, to: i64) {
        let length = i64::try_from(self.text.chars().count()).unwrap_or(i64::MAX);
        let (start, end) = (from.clamp(0, length), to.clamp(0, length));
        if start >= end {
            return;
        }
        let byte = |nth: i64| {
            let nth = usize::try_from(nth).unwrap_or_default();
            self.text.char_indices().nth(nth).map_or(self.text.len(), |(at, _)| at)
        };
        let text = format!("{}{HIDDEN}{}", &self.text[..byte(start)], &self.text[byte(end)..]);
        let before = i64::from(self.before);
        if before >= end {
            self.before = u32::try_from(before - (end - start)).unwrap_or_default().saturating_add(HIDDEN_WIDTH);
        } else if before >= start {
            (self.before, self.width) = (u32::try_from(start).unwrap_or_default(), HIDDEN_WIDTH);
        }
        self.text = text.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn byte_order_marks_are_obeyed() {
        assert_eq!(Text::decode(b"\xEF\xBB\xBFa: 1".to_vec()).as_str(), "a: 1");
        assert_eq!(Text::decode(b"\xFF\xFEa\0\n\0".to_vec()).as_str(), "a\n");
        assert_eq!(Text::decode(b"\xFE\xFF\0a".to_vec()).as_str(), "a");
        assert_eq!(Text::decode(b"\xFF\xFEa\0b".to_vec()).as_str(), "a\u{FFFD}");
        // After a byte order mark, only JSON may contain invalid UTF-8.
        assert_eq!(Text::decode(b"\xEF\xBB\xBFa: \xEF\xBF\xBD\xFF".to_vec()).as_str(), "a: \u{FFFD}\u{FFFE}");
        assert_eq!(Text::decode(b"\xEF\xBB\xBF{\"\xFF\"}".to_vec()).as_str(), "{\"\u{FFFD}\"}");
        let latin1 = Text::decode(b"\xE9".to_vec());
        assert_eq!((latin1.as_str(), latin1.is_lossy()), ("\u{FFFD}", true));
    }

    fn position(line: u32, column: u32, width: u32) -> Position {
        Position { line, column, width }
    }

    #[test]
    fn lines_count_from_one() {
        let text = Text::decode(b"a\r\nb\n".to_vec());
        let line = |number| text.window(position(number, 1, 1)).text.into_string();
        assert_eq!([line(0), line(1), line(2), line(3), line(7)], ["a", "a", "b", "", ""]);
    }

    #[test]
    fn of_a_long_line_only_the_part_around_the_place_is_taken() {
        let text = Text::decode(format!("x\n{}\ny", "é한a".repeat(100_000)).into());
        let window = text.window(position(2, 150_001, 1));
        assert_eq!((window.text.chars().count(), window.before, window.goes_on), (100, 40, true));
        assert!(window.text.starts_with("aé한"));
        assert_eq!(text.at(position(2, 299_999, 9)), "한a");
        assert_eq!(text.at(position(3, 1, 9)), "y");
    }

    proptest! {
        #[test]
        fn places_are_found_as_by_counting(
            lines in proptest::collection::vec("[aé한\\r]{0,700}", 1..8),
            line in 0_u32..10,
            column in 0_u32..900,
            width in 0_u32..900,
        ) {
            let content = lines.join("\n");
            let text = Text::decode(content.clone().into());
            let counted = content.split('\n').nth(line.saturating_sub(1) as usize).unwrap_or("");
            let counted = counted.strip_suffix('\r').unwrap_or(counted);
            let counted: String =
                counted.chars().skip(column.saturating_sub(1) as usize).take(width as usize).collect();
            prop_assert_eq!(text.at(position(line, column, width)), counted);
        }
    }
}

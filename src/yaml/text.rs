//! A file's bytes as the text that kubectl sees: byte order marks are obeyed and dropped, and bytes
//! that are not UTF-8 become U+FFFD. Lines of it are shown in errors.

use std::cell::OnceCell;

use super::node::Position;

/// How much of a text kubectl looks at to see whether it is JSON.
const LOOK_AHEAD: usize = 4096;
/// What stands for bytes that are not UTF-8 where they are refused: YAML does not allow it.
const NOT_UTF8: &str = "\u{FFFE}";

/// The text of one input and the name it is known by.
#[derive(Debug)]
pub struct Text {
    content: String,
    lossy: bool,
    /// Where each line starts; made when the first line is asked for.
    lines: OnceCell<Vec<usize>>,
}

impl Text {
    /// Decodes bytes by their byte order mark: UTF-16 of either order, else UTF-8.
    #[must_use]
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

    /// After a byte order mark kubectl hands bytes that are not UTF-8 on, and its YAML reader refuses them.
    fn from_marked_utf8(mut bytes: Vec<u8>) -> Self {
        bytes.drain(..3);
        let mut text = Self::from_utf8(bytes);
        if text.lossy && !starts_like_json(&text.content) {
            text.content = text.content.replace(char::REPLACEMENT_CHARACTER, NOT_UTF8);
        }
        text
    }

    fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Self {
        let (pairs, odd) = bytes.as_chunks::<2>();
        let mut lossy = !odd.is_empty();
        let content = char::decode_utf16(pairs.iter().copied().map(unit))
            .map(|decoded| {
                lossy |= decoded.is_err();
                decoded.unwrap_or(char::REPLACEMENT_CHARACTER)
            })
            .collect();
        Self::new(content, lossy)
    }

    fn new(content: String, lossy: bool) -> Self {
        Self { content, lossy, lines: OnceCell::new() }
    }

    /// Line `number` (from 1), without its line break; empty where there is none.
    #[must_use]
    pub fn line(&self, number: u32) -> &str {
        let starts = self.lines.get_or_init(|| {
            let breaks = self.content.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(breaks.map(|(nth, _)| nth + 1)).collect()
        });
        let nth = usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
        let Some(start) = starts.get(nth) else { return "" };
        let line = self.content[*start..].split('\n').next().unwrap_or("");
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.content
    }

    /// Whether some bytes were not text and were replaced.
    #[must_use]
    pub const fn is_lossy(&self) -> bool {
        self.lossy
    }
}

/// Whether kubectl tries to read the text as JSON: its first character beyond white space is `{`.
#[must_use]
pub fn starts_like_json(text: &str) -> bool {
    let mut ahead = text.char_indices().take_while(|(at, _)| *at < LOOK_AHEAD);
    ahead.find(|(_, c)| !c.is_whitespace()).is_some_and(|(_, c)| c == '{')
}

/// A place in a file together with the line that stands there, to be shown to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The name of the file.
    pub file: String,
    /// Where in the file.
    pub position: Position,
    /// The line at that place.
    pub line: String,
}

impl Excerpt {
    /// Cuts the line at `position` out of a file's text.
    #[must_use]
    pub fn cut(file: &str, text: &Text, position: Position) -> Self {
        Self { file: file.to_owned(), position, line: text.line(position.line).to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_marks_are_obeyed() {
        assert_eq!(Text::decode(b"\xEF\xBB\xBFa: 1".to_vec()).as_str(), "a: 1");
        assert_eq!(Text::decode(b"\xFF\xFEa\0\n\0".to_vec()).as_str(), "a\n");
        assert_eq!(Text::decode(b"\xFE\xFF\0a".to_vec()).as_str(), "a");
        let latin1 = Text::decode(b"\xE9".to_vec());
        assert_eq!((latin1.as_str(), latin1.is_lossy()), ("\u{FFFD}", true));
    }

    #[test]
    fn lines_count_from_one() {
        let text = Text::decode(b"a\r\nb\n".to_vec());
        assert_eq!((text.line(1), text.line(2), text.line(3), text.line(7)), ("a", "b", "", ""));
    }
}

//! A file's bytes as the text that kubectl sees: byte order marks are obeyed and dropped, and bytes
//! that are no UTF-8 become U+FFFD. Lines of it are shown in errors.

use super::node::Position;

/// The text of one input and the name it is known by.
#[derive(Debug, Clone)]
pub struct Text {
    content: String,
    lossy: bool,
}

impl Text {
    /// Decodes bytes by their byte order mark: UTF-16 of either order, else UTF-8.
    #[must_use]
    pub fn decode(bytes: Vec<u8>) -> Self {
        match bytes.as_slice() {
            [0xFF, 0xFE, rest @ ..] => Self::from_utf16(rest, u16::from_le_bytes),
            [0xFE, 0xFF, rest @ ..] => Self::from_utf16(rest, u16::from_be_bytes),
            [0xEF, 0xBB, 0xBF, rest @ ..] => Self::from_utf8(rest.to_vec()),
            _ => Self::from_utf8(bytes),
        }
    }

    fn from_utf8(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(content) => Self { content, lossy: false },
            Err(error) => Self {
                content: String::from_utf8_lossy(error.as_bytes()).into_owned(),
                lossy: true,
            },
        }
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
        Self { content, lossy }
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
    pub fn cut(file: &str, text: &str, position: Position) -> Self {
        Self { file: file.to_owned(), position, line: line(text, position.line).to_owned() }
    }
}

/// Line `number` (from 1) of a text, without its line break.
#[must_use]
pub fn line(text: &str, number: u32) -> &str {
    let nth = usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1);
    text.lines().nth(nth).unwrap_or("")
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
        assert_eq!(line("a\r\nb\n", 2), "b");
        assert_eq!(line("a", 7), "");
    }
}

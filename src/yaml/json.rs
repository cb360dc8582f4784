//! Parses a stream of JSON values, like kubectl for an input that starts with `{`, into nodes with positions. Duplicate
//! keys are reported; the last one wins.

use super::error::{ReadError, ReadErrorKind};
use super::mapping::{Duplicate, Entries};
use super::node::{Entry, MAX_DEPTH, Node, Position, Value};

/// A reader of the JSON values of one text, one after the other.
pub struct Values<'t> {
    text: &'t str,
    at: Place,
    /// The end of the last value that could be read.
    read: Place,
    failed: bool,
    /// A number too large for a float, which is not a syntax error.
    too_large: Option<ReadError>,
}

/// A position in the text.
#[derive(Debug, Clone, Copy)]
struct Place {
    offset: usize,
    line: u32,
    column: u32,
}

impl<'t> Values<'t> {
    /// Starts at the beginning of `text`.
    pub const fn new(text: &'t str) -> Self {
        let start = Place { offset: 0, line: 1, column: 1 };
        Self { text, at: start, read: start, failed: false, too_large: None }
    }

    /// The next value, with the duplicate keys in it; none at the end, or after an error.
    pub fn next_value(&mut self) -> Option<Result<(Node, Vec<Duplicate>), ReadError>> {
        self.skip_white();
        if self.failed || self.byte().is_none() {
            return None;
        }
        let mut duplicates = Vec::new();
        let result = self.value(0, &mut duplicates).and_then(|node| match self.too_large.take() {
            Some(error) => Err(error),
            None => Ok((node, duplicates)),
        });
        self.failed = result.is_err();
        if !self.failed {
            self.read = self.at;
        }
        Some(result)
    }

    /// The text after the last value that could be read, and its position.
    pub fn rest(&self) -> (&'t str, Position) {
        let Place { offset, line, column } = self.read;
        (self.text.get(offset..).unwrap_or_default(), Position { line, column, width: 1 })
    }

    const fn position(&self) -> Position {
        Position { line: self.at.line, column: self.at.column, width: 1 }
    }

    fn error<T>(&self, message: &str) -> Result<T, ReadError> {
        let help = "A file that starts with '{' is read as JSON.".to_owned();
        Err(ReadErrorKind::Syntax { message: message.to_owned(), help: Some(help) }.at(self.position()))
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at.offset).copied()
    }

    fn rest_here(&self) -> &'t str {
        self.text.get(self.at.offset..).unwrap_or_default()
    }

    /// Advances by `bytes`, which contain no line breaks.
    fn bump(&mut self, bytes: usize) {
        let passed = self.text.as_bytes().get(self.at.offset..self.at.offset + bytes).unwrap_or_default();
        let characters = passed.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
        self.at.column = self.at.column.saturating_add(u32::try_from(characters).unwrap_or(u32::MAX));
        self.at.offset += bytes;
    }

    fn skip_white(&mut self) {
        while let Some(byte @ (b' ' | b'\t' | b'\r' | b'\n')) = self.byte() {
            self.at.offset += 1;
            if byte == b'\n' {
                (self.at.line, self.at.column) = (self.at.line.saturating_add(1), 1);
            } else {
                self.at.column = self.at.column.saturating_add(1);
            }
        }
    }

    fn take(&mut self, expected: u8) -> bool {
        let found = self.byte() == Some(expected);
        if found {
            self.bump(1);
        }
        found
    }

    fn value(&mut self, depth: usize, duplicates: &mut Vec<Duplicate>) -> Result<Node, ReadError> {
        let position = self.position();
        if depth >= MAX_DEPTH && matches!(self.byte(), Some(b'{' | b'[')) {
            return Err(ReadErrorKind::Depth(MAX_DEPTH).at(position));
        }
        match self.byte() {
            Some(b'{') => self.object(depth, duplicates),
            Some(b'[') => self.array(depth, duplicates),
            Some(b'"') => {
                let text = self.string()?;
                Ok(Node::new(Value::String(text), self.spanning(position)))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.literal(),
            None => self.error("The text ends where a value is expected."),
        }
    }

    /// `start` with the width of the text read since on the same line.
    fn spanning(&self, start: Position) -> Position {
        let width = if self.at.line == start.line { self.at.column - start.column } else { 1 };
        Position { width: width.max(1), ..start }
    }

    fn literal(&mut self) -> Result<Node, ReadError> {
        let position = self.position();
        for (word, value) in [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)] {
            if self.rest_here().starts_with(word) {
                self.bump(word.len());
                return Ok(Node::new(value, self.spanning(position)));
            }
        }
        self.error("This is not a JSON value.")
    }

    /// Reads the longest number here, without checking what follows, like Go's decoder, which reads `01` as two values.
    fn number(&mut self) -> Result<Node, ReadError> {
        let position = self.position();
        let rest = self.rest_here();
        let Some(len) = number_length(rest) else { return self.error("This is not a JSON number.") };
        let text = &rest[..len];
        self.bump(len);
        let position = self.spanning(position);
        let value = match text.parse() {
            Ok(integer) => Value::Integer(integer),
            Err(_) => text.parse().ok().and_then(Value::number).unwrap_or_else(|| {
                let error = ReadErrorKind::NotFinite(text.to_owned()).at(position);
                self.too_large.get_or_insert(error);
                Value::Null
            }),
        };
        Ok(Node::scalar(value, position, text))
    }

    fn string(&mut self) -> Result<String, ReadError> {
        self.bump(1);
        let mut text = String::new();
        loop {
            let rest = self.rest_here();
            let plain = rest.bytes().take_while(|b| *b >= 0x20 && !matches!(b, b'"' | b'\\')).count();
            text.push_str(&rest[..plain]);
            self.bump(plain);
            match self.byte() {
                Some(b'"') => {
                    self.bump(1);
                    return Ok(text);
                }
                Some(b'\\') => self.escape(&mut text)?,
                Some(_) => return self.error("A control character in a JSON string must be escaped."),
                None => return self.error("This JSON string is not closed."),
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), ReadError> {
        let kind = self.text.as_bytes().get(self.at.offset + 1);
        text.push(match kind {
            Some(kind @ (b'"' | b'\\' | b'/')) => char::from(*kind),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let Some(unit) = self.code_unit() else {
                    return self.error("\\u must be followed by four hexadecimal digits.");
                };
                text.push(self.character(unit));
                return Ok(());
            }
            Some(_) => return self.error("This is not a JSON escape."),
            None => return self.error("This JSON string is not closed."),
        });
        self.bump(2);
        Ok(())
    }

    /// Reads `\uXXXX` if it is here.
    fn code_unit(&mut self) -> Option<u16> {
        let digits = self.rest_here().strip_prefix("\\u")?.get(..4)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let unit = u16::from_str_radix(digits, 16).ok()?;
        self.bump(6);
        Some(unit)
    }

    /// The character of a code unit, with the second half of a surrogate pair if one follows.
    /// A lone half becomes U+FFFD, as in Go.
    fn character(&mut self, unit: u16) -> char {
        if let Some(c) = char::from_u32(u32::from(unit)) {
            return c;
        }
        let before = self.at;
        if let Some(second) = self.code_unit() {
            if let Some(Ok(c)) = char::decode_utf16([unit, second]).next() {
                return c;
            }
            self.at = before;
        }
        char::REPLACEMENT_CHARACTER
    }

    fn array(&mut self, depth: usize, duplicates: &mut Vec<Duplicate>) -> Result<Node, ReadError> {
        let position = self.position();
        self.bump(1);
        let mut items = Vec::new();
        self.skip_white();
        if !self.take(b']') {
            loop {
                self.skip_white();
                items.push(self.value(depth + 1, duplicates)?);
                self.skip_white();
                if self.take(b']') {
                    break;
                }
                if !self.take(b',') {
                    return self.error("Expected ',' or ']' after an element.");
                }
            }
        }
        Ok(Node::new(Value::Sequence(items.into()), position))
    }

    fn object(&mut self, depth: usize, duplicates: &mut Vec<Duplicate>) -> Result<Node, ReadError> {
        let position = self.position();
        self.bump(1);
        let mut entries = Entries::default();
        self.skip_white();
        if !self.take(b'}') {
            loop {
                self.skip_white();
                let start = self.position();
                if self.byte() != Some(b'"') {
                    return self.error("A key must be a string in double quotes.");
                }
                let key = self.string()?;
                let key_position = self.spanning(start);
                self.skip_white();
                if !self.take(b':') {
                    return self.error("Expected ':' after a key.");
                }
                self.skip_white();
                let value = self.value(depth + 1, duplicates)?;
                entries.insert(Entry { key, key_position, value }, duplicates);
                self.skip_white();
                if self.take(b'}') {
                    break;
                }
                if !self.take(b',') {
                    return self.error("Expected ',' or '}' after a value.");
                }
            }
        }
        Ok(Node::new(Value::Mapping(entries.finish()), position))
    }
}

/// The length of the number at the start of a text. None if a sign, a point or an exponent has no digits.
fn number_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut len = usize::from(bytes.first() == Some(&b'-'));
    len += match bytes.get(len) {
        Some(b'0') => 1,
        _ => Some(digits(len)).filter(|count| *count > 0)?,
    };
    if bytes.get(len) == Some(&b'.') {
        len += 1 + Some(digits(len + 1)).filter(|count| *count > 0)?;
    }
    if matches!(bytes.get(len), Some(b'e' | b'E')) {
        len += 1 + usize::from(matches!(bytes.get(len + 1), Some(b'+' | b'-')));
        len += Some(digits(len)).filter(|count| *count > 0)?;
    }
    Some(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Node, ReadError> {
        Values::new(text).next_value().unwrap().map(|(node, _)| node)
    }

    #[test]
    fn values_and_places() {
        let node = read("{\n \"a\": [1.0, \"\\ud83d\\ude00\\ud83d\", null]}").unwrap();
        let list = node.get("a").unwrap().as_sequence().unwrap();
        assert_eq!(list[0].value, Value::Integer(1));
        assert_eq!(list[1].as_str(), Some("😀\u{FFFD}"));
        assert_eq!((list[2].position.line, list[2].position.column), (2, 35));
    }

    #[test]
    fn what_go_refuses() {
        for text in [
            "{\"a\":1,}",
            "{a: 1}",
            "{\"a\" 1}",
            "[1,]",
            "\"a",
            "\"\\x\"",
            "[01]",
            "1.",
            "-",
            "nul",
            "{",
            "[1 2]",
            "\"\t\"",
            "1e400",
            "\"\\u12G4\"",
            "+1",
            "\"\\u+123\"",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(matches!(read(&"[".repeat(3000)), Err(ReadError { kind: ReadErrorKind::Depth(_), .. })));
    }

    #[test]
    fn a_stream_ends_at_its_first_error() {
        let mut values = Values::new("{} {} --- {}");
        assert!(values.next_value().unwrap().is_ok());
        assert!(values.next_value().unwrap().is_ok());
        assert!(values.next_value().unwrap().is_err());
        assert!(values.next_value().is_none());
    }
}

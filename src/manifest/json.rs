//! A stream of JSON values as trees: what kubectl does with an input that starts with `{`.
//! Text comes in, and nodes with their places go out; two equal keys are told, the last one wins.

use super::node::{Entry, Node, Position, Value};
use super::read::{Duplicate, ReadError};
use super::scalar;

/// How deep a value may nest, as in the YAML reader.
const MAX_DEPTH: usize = 1000;

/// A reader of the JSON values of one text, one after the other.
pub struct Values<'t> {
    rest: &'t str,
    line: u32,
    column: u32,
    failed: bool,
}

impl<'t> Values<'t> {
    /// Starts at the beginning of `text`.
    #[must_use]
    pub const fn new(text: &'t str) -> Self {
        Self { rest: text, line: 1, column: 1, failed: false }
    }

    /// The next value, with the duplicate keys in it; none at the end, or after an error.
    pub fn next_value(&mut self) -> Option<Result<(Node, Vec<Duplicate>), ReadError>> {
        self.skip_white();
        if self.failed || self.rest.is_empty() {
            return None;
        }
        let mut duplicates = Vec::new();
        let result = self.value(0, &mut duplicates).map(|node| (node, duplicates));
        self.failed = result.is_err();
        Some(result)
    }

    fn position(&self) -> Position {
        Position { line: self.line, column: self.column, width: 1 }
    }

    fn error<T>(&self, message: &str) -> Result<T, ReadError> {
        Err(ReadError::Syntax { position: self.position(), message: message.to_owned() })
    }

    fn bump(&mut self, bytes: usize) {
        for c in self.rest[..bytes].chars() {
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.rest = &self.rest[bytes..];
    }

    fn skip_white(&mut self) {
        let white = self.rest.bytes().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).count();
        self.bump(white);
    }

    fn take(&mut self, expected: char) -> bool {
        let found = self.rest.starts_with(expected);
        if found {
            self.bump(expected.len_utf8());
        }
        found
    }

    fn value(&mut self, depth: usize, duplicates: &mut Vec<Duplicate>) -> Result<Node, ReadError> {
        let position = self.position();
        if depth > MAX_DEPTH {
            return Err(ReadError::Depth { position, max: MAX_DEPTH });
        }
        match self.rest.as_bytes().first() {
            Some(b'{') => self.object(depth, duplicates),
            Some(b'[') => self.array(depth, duplicates),
            Some(b'"') => {
                let text = self.string()?;
                Ok(Node::new(Value::String(text), self.spanning(position)))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.literal(),
            None => self.error("the text ends where a value should stand"),
        }
    }

    /// `start`, made as wide as what has been read of its line since.
    fn spanning(&self, start: Position) -> Position {
        let width = if self.line == start.line { self.column - start.column } else { 1 };
        Position { width: width.max(1), ..start }
    }

    fn literal(&mut self) -> Result<Node, ReadError> {
        let position = self.position();
        for (word, value) in [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)] {
            if self.rest.starts_with(word) {
                self.bump(word.len());
                let written = Some(word.into());
                return Ok(Node { value, position: self.spanning(position), written });
            }
        }
        self.error("this is no JSON value (a file that starts with '{' is read as JSON)")
    }

    fn number(&mut self) -> Result<Node, ReadError> {
        let position = self.position();
        let len = self.rest.bytes().take_while(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')).count();
        let text = &self.rest[..len];
        if !is_json_number(text) {
            return self.error("this is no JSON number");
        }
        let value = match (text.parse(), text.parse::<f64>()) {
            (Ok(integer), _) => Value::Integer(integer),
            (_, Ok(float)) if float.is_finite() => scalar::through_json(Value::Float(float)),
            _ => return Err(ReadError::NotFinite { position, text: text.to_owned() }),
        };
        self.bump(len);
        Ok(Node { value, position: self.spanning(position), written: Some(text.into()) })
    }

    fn string(&mut self) -> Result<String, ReadError> {
        self.bump(1);
        let mut text = String::new();
        loop {
            let plain = self.rest.bytes().take_while(|b| *b >= 0x20 && !matches!(b, b'"' | b'\\')).count();
            text.push_str(&self.rest[..plain]);
            self.bump(plain);
            match self.rest.as_bytes().first() {
                Some(b'"') => {
                    self.bump(1);
                    return Ok(text);
                }
                Some(b'\\') => self.escape(&mut text)?,
                Some(_) => return self.error("a control character in a string must be escaped"),
                None => return self.error("the string is not closed"),
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), ReadError> {
        let Some(kind) = self.rest[1..].chars().next() else {
            return self.error("the string is not closed");
        };
        text.push(match kind {
            '"' | '\\' | '/' => kind,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let Some(unit) = self.code_unit() else {
                    return self.error("'\\u' wants four hexadecimal digits");
                };
                text.push(self.character(unit));
                return Ok(());
            }
            _ => return self.error("this is no escape that JSON knows"),
        });
        self.bump(2);
        Ok(())
    }

    /// Reads `\uXXXX` if it stands here.
    fn code_unit(&mut self) -> Option<u16> {
        let digits = self.rest.strip_prefix("\\u")?.get(..4)?;
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
        let (rest, line, column) = (self.rest, self.line, self.column);
        if let Some(second) = self.code_unit() {
            if let Some(Ok(c)) = char::decode_utf16([unit, second]).next() {
                return c;
            }
            (self.rest, self.line, self.column) = (rest, line, column);
        }
        char::REPLACEMENT_CHARACTER
    }

    fn array(&mut self, depth: usize, duplicates: &mut Vec<Duplicate>) -> Result<Node, ReadError> {
        let position = self.position();
        self.bump(1);
        let mut items = Vec::new();
        self.skip_white();
        if !self.take(']') {
            loop {
                self.skip_white();
                items.push(self.value(depth + 1, duplicates)?);
                self.skip_white();
                if self.take(']') {
                    break;
                }
                if !self.take(',') {
                    return self.error("after an element there must be ',' or ']'");
                }
            }
        }
        Ok(Node::new(Value::Sequence(items), position))
    }

    fn object(&mut self, depth: usize, duplicates: &mut Vec<Duplicate>) -> Result<Node, ReadError> {
        let position = self.position();
        self.bump(1);
        let mut entries: Vec<Entry> = Vec::new();
        let mut places = std::collections::HashMap::new();
        self.skip_white();
        if !self.take('}') {
            loop {
                self.skip_white();
                let start = self.position();
                if !self.rest.starts_with('"') {
                    return self.error("a key must be a string in double quotes");
                }
                let key = self.string()?;
                let key_position = self.spanning(start);
                self.skip_white();
                if !self.take(':') {
                    return self.error("after a key there must be ':'");
                }
                self.skip_white();
                let value = self.value(depth + 1, duplicates)?;
                let entry = Entry { key, key_position, value };
                match places.get(&entry.key) {
                    None => {
                        places.insert(entry.key.clone(), entries.len());
                        entries.push(entry);
                    }
                    Some(&nth) => {
                        let first: &mut Entry = &mut entries[nth];
                        let (key, first_place) = (entry.key.clone(), first.key_position);
                        Duplicate { key, first: first_place, last: key_position }.note(duplicates);
                        *first = entry;
                    }
                }
                self.skip_white();
                if self.take('}') {
                    break;
                }
                if !self.take(',') {
                    return self.error("after a value there must be ',' or '}'");
                }
            }
        }
        Ok(Node::new(Value::Mapping(entries), position))
    }
}

/// JSON's grammar of a number, which knows no leading zero and no bare dot.
fn is_json_number(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('-').unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest.starts_with('0')) {
        return false;
    }
    let mut rest = &rest[whole..];
    if let Some(after) = rest.strip_prefix('.') {
        let fraction = digits(after);
        if fraction == 0 {
            return false;
        }
        rest = &after[fraction..];
    }
    if let Some(after) = rest.strip_prefix(['e', 'E']) {
        let after = after.strip_prefix(['+', '-']).unwrap_or(after);
        return !after.is_empty() && digits(after) == after.len();
    }
    rest.is_empty()
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
            "01",
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
        assert!(matches!(read(&"[".repeat(3000)), Err(ReadError::Depth { .. })));
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

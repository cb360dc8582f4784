//! Serializes values as KYAML, the flow style of newer kubectl versions (`-o kyaml`), with the same bytes as kubectl.
//! Every kubectl version reads it back to the same values.
//!
//! All text values are quoted, keys only if they are ambiguous, and the brackets of lists and objects share lines. It
//! is implemented as a JSON formatter with different punctuation.
//!
//! There are two differences from kubectl's output: commands of CI runners are escaped, and whitespace that is escaped
//! anyway gets no second backslash at the start of a line, where kubectl's output would be read back as a different
//! text.

use std::io::{self, Write};

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::number::float_text;
use super::scalar::{self, Meaning};
use super::write::WriteError;
use crate::printable::{Part, parts};

/// Appends `value` to `out` as one KYAML document, with `---` before it and a line break after it.
///
/// # Errors
/// [`WriteError`] if the value's own serialization fails.
pub fn kyaml<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), WriteError> {
    out.extend_from_slice(b"---\n");
    let formatter = Kyaml { out, open: Vec::new(), indent: 0, text: String::new(), is_text: false, is_key: false };
    // The formatter writes to its own buffer instead, because it may have to change previous output.
    let written = value.serialize(&mut Serializer::with_formatter(io::sink(), formatter));
    written.map_err(|error| WriteError::Value(error.to_string()))?;
    out.push(b'\n');
    Ok(())
}

/// An open list or object.
struct Open {
    /// The position of its bracket.
    start: usize,
    /// The indentation of its lines.
    indent: usize,
    is_list: bool,
    is_empty: bool,
    /// The positions of a list's elements as long as all of them are collections, which share lines.
    cuddled: Option<Vec<usize>>,
}

struct Kyaml<'o> {
    out: &'o mut Vec<u8>,
    open: Vec<Open>,
    /// The indentation of the lines of a collection that starts here.
    indent: usize,
    /// The current text, which serde passes in pieces.
    text: String,
    is_text: bool,
    is_key: bool,
}

impl Kyaml<'_> {
    fn line(&mut self, indent: usize) {
        push_line(self.out, indent);
    }

    /// Prepares for a value: an element of a list may share the previous line.
    fn start_value(&mut self, is_collection: bool) {
        let here = self.out.len();
        let Some(list) = self.open.last_mut().filter(|open| open.is_list) else { return };
        let is_first = std::mem::replace(&mut list.is_empty, false);
        if is_first {
            self.out.push(b'[');
            list.cuddled = is_collection.then(Vec::new);
        }
        match &mut list.cuddled {
            Some(starts) if is_collection => {
                if !is_first {
                    self.out.extend_from_slice(b", ");
                }
                starts.push(self.out.len());
                self.indent = list.indent;
                return;
            }
            Some(starts) => {
                let starts = std::mem::take(starts);
                list.cuddled = None;
                let (start, indent) = (list.start, list.indent);
                self.uncuddle(start, indent, &starts, here);
            }
            None => {}
        }
        let indent = self.open.last().map_or(0, |list| list.indent) + 1;
        self.line(indent);
        self.indent = indent;
    }

    /// Moves each element of a list to its own lines, one level deeper.
    fn uncuddle(&mut self, start: usize, indent: usize, starts: &[usize], end: usize) {
        let old = self.out.split_off(start);
        self.out.push(b'[');
        for (nth, from) in starts.iter().enumerate() {
            let to = starts.get(nth + 1).map_or(end, |next| next - ", ".len());
            push_line(self.out, indent + 1);
            for (nth, line) in old[from - start..to - start].split(|byte| *byte == b'\n').enumerate() {
                if nth > 0 {
                    self.out.extend_from_slice(b"\n  ");
                }
                self.out.extend_from_slice(line);
            }
            self.out.push(b',');
        }
    }

    fn open(&mut self, is_list: bool) {
        self.start_value(true);
        let (start, indent) = (self.out.len(), self.indent);
        self.open.push(Open { start, indent, is_list, is_empty: true, cuddled: None });
    }

    fn close(&mut self, [first, last]: [u8; 2]) {
        let Some(closed) = self.open.pop() else { return };
        if closed.is_empty {
            self.out.push(first);
        } else if closed.cuddled.is_none() {
            self.line(closed.indent);
        }
        self.out.push(last);
    }

    fn scalar(&mut self, text: &str) {
        if self.is_text {
            // A number or a boolean as a key.
            self.text.push_str(text);
            return;
        }
        self.start_value(false);
        self.out.extend_from_slice(text.as_bytes());
    }

    fn finish_text(&mut self) {
        self.is_text = false;
        let text = std::mem::take(&mut self.text);
        if self.is_key {
            push_key(self.out, &text);
        } else {
            self.start_value(false);
            push_text(self.out, &text, self.indent + 1);
        }
        self.text = text;
        self.text.clear();
    }
}

fn push_line(out: &mut Vec<u8>, indent: usize) {
    out.push(b'\n');
    out.resize(out.len() + 2 * indent, b' ');
}

macro_rules! scalars {
    ($($method:ident: $type:ty => $text:expr;)*) => {$(
        fn $method<W: ?Sized + Write>(&mut self, _: &mut W, value: $type) -> io::Result<()> {
            let text: fn($type) -> String = $text;
            self.scalar(&text(value));
            Ok(())
        }
    )*};
}

impl Formatter for Kyaml<'_> {
    scalars! {
        write_bool: bool => |value| value.to_string();
        write_i8: i8 => |value| value.to_string();
        write_i16: i16 => |value| value.to_string();
        write_i32: i32 => |value| value.to_string();
        write_i64: i64 => |value| value.to_string();
        write_i128: i128 => |value| value.to_string();
        write_u8: u8 => |value| value.to_string();
        write_u16: u16 => |value| value.to_string();
        write_u32: u32 => |value| value.to_string();
        write_u64: u64 => |value| value.to_string();
        write_u128: u128 => |value| value.to_string();
        write_f32: f32 => |value| float_text(f64::from(value));
        write_f64: f64 => float_text;
    }

    fn write_null<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.scalar("null");
        Ok(())
    }

    fn write_number_str<W: ?Sized + Write>(&mut self, _: &mut W, value: &str) -> io::Result<()> {
        self.scalar(value);
        Ok(())
    }

    fn begin_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_text = true;
        Ok(())
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, _: &mut W, fragment: &str) -> io::Result<()> {
        self.text.push_str(fragment);
        Ok(())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, _: &mut W, escape: CharEscape) -> io::Result<()> {
        self.text.push(match escape {
            CharEscape::Quote => '"',
            CharEscape::ReverseSolidus => '\\',
            CharEscape::Solidus => '/',
            CharEscape::Backspace => '\u{8}',
            CharEscape::FormFeed => '\u{c}',
            CharEscape::LineFeed => '\n',
            CharEscape::CarriageReturn => '\r',
            CharEscape::Tab => '\t',
            CharEscape::AsciiControl(byte) => char::from(byte),
        });
        Ok(())
    }

    fn end_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.finish_text();
        Ok(())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.open(true);
        Ok(())
    }

    fn end_array<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.close(*b"[]");
        Ok(())
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, _: &mut W, _: bool) -> io::Result<()> {
        Ok(())
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        if self.open.last().is_some_and(|list| list.cuddled.is_none()) {
            self.out.push(b',');
        }
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.open(false);
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.close(*b"{}");
        Ok(())
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, _: &mut W, first: bool) -> io::Result<()> {
        self.is_key = true;
        let Some(object) = self.open.last_mut() else { return Ok(()) };
        object.is_empty = false;
        let indent = object.indent + 1;
        if first {
            self.out.push(b'{');
        }
        self.line(indent);
        self.indent = indent;
        Ok(())
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.is_key = false;
        Ok(())
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.out.extend_from_slice(b": ");
        // Any text before the key belongs to an object; the value starts at the key's indentation.
        self.indent = self.open.last().map_or(0, |object| object.indent + 1);
        Ok(())
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.out.push(b',');
        Ok(())
    }
}

/// Appends a key, in quotes if any parser could misread it.
fn push_key(out: &mut Vec<u8>, key: &str) {
    if !needs_quotes(key) {
        out.extend_from_slice(key.as_bytes());
        return;
    }
    out.push(b'"');
    for part in parts(key) {
        match part {
            Part::Plain(plain) => push_plain(out, plain),
            Part::Escape('\n') => out.extend_from_slice(b"\\n"),
            Part::Escape('\t') => out.extend_from_slice(b"\\t"),
            Part::Escape(c) => push_escape(out, c),
        }
    }
    out.push(b'"');
}

/// Appends a quoted text. Text with several lines takes several lines with this indentation.
fn push_text(out: &mut Vec<u8>, text: &str, indent: usize) {
    let is_long = text.contains('\n');
    out.push(b'"');
    if is_long {
        out.push(b'\\');
    }
    for (nth, line) in text.split_inclusive('\n').enumerate() {
        if is_long {
            if nth > 0 {
                out.push(b'\\');
            }
            push_line(out, indent);
            // Leading whitespace of a line is not part of the text, unless it follows a backslash.
            out.push(if line.starts_with([' ', '\t']) { b'\\' } else { b' ' });
        }
        for part in parts(line) {
            match part {
                Part::Plain(plain) => push_plain(out, plain),
                Part::Escape('\n') => out.extend_from_slice(b"\\n"),
                Part::Escape('\t') => out.push(b'\t'),
                Part::Escape(c) => push_escape(out, c),
            }
        }
    }
    if is_long {
        out.push(b'\\');
        push_line(out, indent);
    }
    out.push(b'"');
}

fn push_plain(out: &mut Vec<u8>, plain: &str) {
    for byte in plain.bytes() {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
}

/// Appends a character in the shortest of YAML's escapes.
fn push_escape(out: &mut Vec<u8>, c: char) {
    let escape = match c {
        '\0' => "\\0".to_owned(),
        '\u{7}' => "\\a".to_owned(),
        '\u{8}' => "\\b".to_owned(),
        '\u{b}' => "\\v".to_owned(),
        '\u{c}' => "\\f".to_owned(),
        '\r' => "\\r".to_owned(),
        '\u{1b}' => "\\e".to_owned(),
        '\u{85}' => "\\N".to_owned(),
        '\u{a0}' => "\\_".to_owned(),
        '\u{2028}' => "\\L".to_owned(),
        '\u{2029}' => "\\P".to_owned(),
        '\0'..=' ' | '\u{7f}' => format!("\\x{:02x}", u32::from(c)),
        ..='\u{ffff}' => format!("\\u{:04x}", u32::from(c)),
        _ => format!("\\U{:08x}", u32::from(c)),
    };
    out.extend_from_slice(escape.as_bytes());
}

fn needs_quotes(key: &str) -> bool {
    let last = key.chars().count().saturating_sub(1);
    let is_simple = |(nth, c): (usize, char)| match c {
        '_' => true,
        '-' | '.' | '/' => nth > 0 && nth < last,
        _ => matches!(c.general_category_group(), GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number),
    };
    key.is_empty()
        || !key.chars().enumerate().all(is_simple)
        || !parts(key).all(Part::is_plain)
        || is_ambiguous(key)
        || scalar::resolve(key) != Meaning::Text
}

/// Whether any parser could read the text as a boolean, null, a number or a date.
fn is_ambiguous(text: &str) -> bool {
    const WORDS: [&str; 11] = ["null", "true", "t", "y", "yes", "on", "false", "f", "n", "no", "off"];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)) || is_number(&text.replace('_', "")) || is_date(text)
}

/// Whether Go's number parsing accepts the text, with or without a base prefix. All parsers read a number out of range
/// as text.
fn is_number(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let in_base =
        |prefix: &str, base| lower.strip_prefix(prefix).is_some_and(|digits| i64::from_str_radix(digits, base).is_ok());
    let is_named = lower.starts_with(|first: char| first.is_ascii_alphabetic());
    lower.parse::<f64>().is_ok_and(|number| number.is_finite() || is_named)
        || in_base("0b", 2)
        || in_base("0o", 8)
        || in_base("0x", 16)
        || lower.strip_prefix("0x").and_then(|digits| digits.split_once('p')).is_some_and(|(digits, exponent)| {
            let digits = digits.replacen('.', "", 1);
            !digits.is_empty()
                && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
                && exponent.parse::<i32>().is_ok()
        })
}

/// A date without a time; a text with a time contains a colon.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut number = |lengths: std::ops::RangeInclusive<usize>| {
        let part = parts.next().filter(|part| lengths.contains(&part.len()))?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let date = (number(4..=4), number(1..=2), number(1..=2));
    let (Some(year), Some(month), Some(day)) = date else { return false };
    parts.next().is_none() && i32::try_from(year).is_ok_and(|year| NaiveDate::from_ymd_opt(year, month, day).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::read::first_document;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    fn written(value: &impl Serialize) -> String {
        let mut out = Vec::new();
        kyaml(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The output of kubectl 1.36 for each of these values, as the key `value` of a `ConfigMap`, with `kubectl label
    /// --local -f - q=q -o kyaml`.
    #[test]
    fn the_bytes_are_kubectls() {
        let recorded = include_str!("../../tests/data/kyaml.jsonl");
        let mut count = 0;
        for line in recorded.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            assert_eq!(written(&json!({"value": row["value"]})), row["kyaml"].as_str().unwrap(), "{row}");
            count += 1;
        }
        assert!(count > 100);
    }

    #[test]
    fn what_a_ci_runner_would_take_for_a_command_is_an_escape() {
        assert_eq!(written(&"a ##[error]b"), "---\n\"a \\u0023#[error]b\"\n");
    }

    #[test]
    fn keys_that_are_numbers_are_texts() {
        assert_eq!(written(&BTreeMap::from([(1, 2)])), "---\n{\n  \"1\": 2,\n}\n");
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let text = || prop_oneof![any::<String>(), "[ \t\n\r\u{a0}a\"\\\\#-]{0,8}", "[0-9a-fxo_.-]{1,6}"];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::btree_map(text(), inner, 0..5).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_reads_back(value in any_value()) {
            let value = json!({ "value": value });
            let text = written(&value);
            prop_assert_eq!(first_document(&text).unwrap().to_json(), value, "{}", text);
        }
    }
}

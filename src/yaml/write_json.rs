//! Serializes values as indented JSON. Invisible characters and commands to a terminal or a CI runner are written as
//! JSON escapes, so that the value is preserved without side effects.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use crate::printable::{Part, parts};

/// Writes a value with this indentation, without a final line break.
///
/// # Errors
/// The stream cannot be written, or the value has no JSON form.
pub fn json<T: Serialize + ?Sized>(value: &T, indent: &str, out: &mut impl Write) -> io::Result<()> {
    let formatter = Escaping(PrettyFormatter::with_indent(indent.as_bytes()));
    value.serialize(&mut Serializer::with_formatter(out, formatter)).map_err(io::Error::from)
}

/// Indents, and escapes more than JSON requires.
struct Escaping<'i>(PrettyFormatter<'i>);

impl Formatter for Escaping<'_> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        for part in parts(fragment) {
            match part {
                Part::Plain(plain) => out.write_all(plain.as_bytes())?,
                Part::Escape(c) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write!(out, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        Ok(())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(value: &serde_json::Value) -> String {
        let mut out = Vec::new();
        json(value, "  ", &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        let text = written(&serde_json::json!({"한\u{9b}": "\u{202e}a\u{7f}\n##[error]\u{e0041}"}));
        let expected = "{\n  \"한\\u009b\": \"\\u202ea\\u007f\\n\\u0023#[error]\\udb40\\udc41\"\n}";
        assert_eq!(text, expected);
    }

    proptest! {
        #[test]
        fn every_text_reads_back(text in any::<String>()) {
            let value = serde_json::Value::from(text);
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&written(&value)).unwrap(), value);
        }
    }
}

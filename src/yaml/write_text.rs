//! Writes text as a scalar: plain if every parser reads it as the same text, and otherwise as a JSON string.

use super::scalar::{self, Meaning};
use crate::printable::{Part, parts};

/// Appends text as a YAML scalar that reads back as the same text.
pub fn push_text(out: &mut Vec<u8>, text: &str) {
    if is_plain(text) {
        out.extend_from_slice(text.as_bytes());
    } else {
        push_quoted(out, text);
    }
}

/// Whether every parser reads the plain text as the same text.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    let starts_plainly = match first {
        b'a'..=b'z' | b'A'..=b'Z' | b'/' => true,
        b'-' => bytes.len() > 2 && bytes[1] == b'-' && bytes[2].is_ascii_alphabetic(),
        b'0'..=b'9' => is_amount(bytes),
        _ => false,
    };
    if !starts_plainly || matches!(last, b':' | b' ') {
        return false;
    }
    let inside = bytes.iter().enumerate().all(|(nth, byte)| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => true,
        // No double spaces, which folding would collapse, and no space after a colon.
        b' ' => !matches!(bytes[nth - 1], b' ' | b':'),
        b':' => bytes.get(nth + 1).is_some_and(|next| *next != b' '),
        _ => false,
    });
    // Words such as `yes` and `null` are short; nothing longer can be one.
    inside && (bytes.len() > 5 || scalar::resolve(text) == Meaning::Text && !is_word(text))
}

/// `500m`, `512Mi`: the usual amounts of a resource, which no parser reads as a number.
fn is_amount(bytes: &[u8]) -> bool {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    matches!(&bytes[digits..], b"m" | b"Ki" | b"Mi" | b"Gi" | b"Ti" | b"k" | b"M" | b"G" | b"T")
}

/// Words that some parser reads as a boolean or null in any spelling.
fn is_word(text: &str) -> bool {
    ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nil"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

/// A JSON string is a YAML double-quoted scalar, if what YAML calls unprintable is escaped too. So are commands to a
/// terminal or a CI runner, and invisible characters.
fn push_quoted(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for part in parts(text) {
        match part {
            Part::Plain(plain) => plain.chars().for_each(|c| match c {
                '"' => out.extend_from_slice(b"\\\""),
                '\\' => out.extend_from_slice(b"\\\\"),
                ..='\u{FFFF}' => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                _ => push_code(out, c),
            }),
            Part::Escape('\n') => out.extend_from_slice(b"\\n"),
            Part::Escape('\r') => out.extend_from_slice(b"\\r"),
            Part::Escape('\t') => out.extend_from_slice(b"\\t"),
            Part::Escape(c) => push_code(out, c),
        }
    }
    out.push(b'"');
}

fn push_code(out: &mut Vec<u8>, c: char) {
    let code = u32::from(c);
    let escape = if code > 0xFFFF { format!("\\U{code:08X}") } else { format!("\\u{code:04X}") };
    out.extend_from_slice(escape.as_bytes());
}

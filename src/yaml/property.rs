//! Anchors, aliases, tags and directives. Starts with the cursor at the indicator.
//!
//! Like libyaml, it departs from YAML 1.2: a name consists of ASCII letters, digits, `_` and `-`, and `%YAML 1.1` is
//! the only accepted version.

use std::borrow::Cow;

use super::cursor::Cursor;
use super::error::{Fault, FaultKind};
use super::token::{Tag, TokenKind};

/// Reads `&name` or `*name`.
///
/// # Errors
/// The name is empty or is followed by an invalid character.
pub fn scan_anchor<'t>(cursor: &mut Cursor<'t>) -> Result<TokenKind<'t>, Box<Fault>> {
    let start = cursor.mark();
    let is_anchor = cursor.byte(0) == b'&';
    cursor.advance(1);
    cursor.need(1)?;
    let name = pass_name(cursor)?;
    let ends_well =
        cursor.is_blank_or_end(0) || matches!(cursor.byte(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
    if name.is_empty() || !ends_well {
        return Err(Fault::within(FaultKind::AnchorName, start, cursor.mark()));
    }
    Ok(if is_anchor { TokenKind::Anchor(name) } else { TokenKind::Alias(name) })
}

/// Reads a tag.
///
/// # Errors
/// The name is empty, not closed, or not followed by whitespace.
pub fn scan_tag<'t>(cursor: &mut Cursor<'t>) -> Result<TokenKind<'t>, Box<Fault>> {
    let start = cursor.mark();
    let fault = |what| Fault::new(FaultKind::Tag(what), start);
    cursor.need(2)?;
    let kind = if cursor.byte(1) == b'<' {
        cursor.advance(2);
        let suffix = scan_uri(cursor, "", false)?.ok_or_else(|| fault("a name is missing after !<"))?;
        if cursor.byte(0) != b'>' {
            return Err(fault("the > after its name is missing"));
        }
        cursor.advance(1);
        tag("", suffix)
    } else {
        let handle = scan_handle(cursor)?;
        if handle.len() > 1 && handle.ends_with('!') {
            let suffix = scan_uri(cursor, "", false)?.ok_or_else(|| fault("a name is missing after its handle"))?;
            tag(handle, suffix)
        } else {
            // It was the start of the name.
            let suffix = scan_uri(cursor, handle.trim_start_matches('!'), true)?.unwrap_or_default();
            if suffix.is_empty() { tag("", Cow::Borrowed("!")) } else { tag("!", suffix) }
        }
    };
    cursor.need(1)?;
    if cursor.is_blank_or_end(0) { Ok(kind) } else { Err(fault("only a space or the end of the line may follow it")) }
}

fn tag<'t>(handle: &'t str, name: Cow<'t, str>) -> TokenKind<'t> {
    TokenKind::Tag(Box::new(Tag { handle, name }))
}

/// Reads a directive and the rest of its line.
///
/// # Errors
/// The directive is unknown or incomplete.
pub fn scan_directive<'t>(cursor: &mut Cursor<'t>) -> Result<TokenKind<'t>, Box<Fault>> {
    let start = cursor.mark();
    let fault = |what| Fault::new(FaultKind::Directive(what), start);
    cursor.advance(1);
    cursor.need(1)?;
    let name = pass_name(cursor)?;
    if name.is_empty() || !cursor.is_blank_or_end(0) {
        return Err(fault("its name is not valid"));
    }
    let kind = match name {
        "YAML" => {
            pass_blanks(cursor)?;
            let major = scan_version_number(cursor)?.ok_or_else(|| fault("its version is not a number"))?;
            if cursor.byte(0) != b'.' {
                return Err(fault("its version has no dot"));
            }
            cursor.advance(1);
            let minor = scan_version_number(cursor)?.ok_or_else(|| fault("its version is not a number"))?;
            TokenKind::VersionDirective { major, minor }
        }
        "TAG" => {
            pass_blanks(cursor)?;
            if cursor.byte(0) != b'!' {
                return Err(fault("its handle does not start with !"));
            }
            let handle = scan_handle(cursor)?;
            if handle != "!" && !handle[1..].ends_with('!') {
                return Err(fault("its handle does not end with !"));
            }
            if !cursor.is_blank(0) {
                return Err(fault("there is no space after its handle"));
            }
            pass_blanks(cursor)?;
            let prefix = scan_uri(cursor, "", false)?.ok_or_else(|| fault("its prefix is missing"))?;
            if !cursor.is_blank_or_end(0) {
                return Err(fault("its prefix has a character that is not allowed there"));
            }
            TokenKind::TagDirective(Box::new(Tag { handle, name: prefix }))
        }
        _ => return Err(fault("YAML has only %YAML and %TAG")),
    };
    pass_blanks(cursor)?;
    if cursor.byte(0) == b'#' {
        cursor.pass_row();
    }
    cursor.need(2)?;
    if !cursor.is_break_or_end(0) {
        return Err(fault("it is followed by other text"));
    }
    cursor.pass_break();
    Ok(kind)
}

fn pass_blanks(cursor: &mut Cursor<'_>) -> Result<(), Box<Fault>> {
    cursor.need(1)?;
    while cursor.is_blank(0) {
        cursor.advance(1);
        cursor.need(1)?;
    }
    Ok(())
}

/// Reads the characters of a name.
fn pass_name<'t>(cursor: &mut Cursor<'t>) -> Result<&'t str, Box<Fault>> {
    let from = cursor.offset();
    while is_name(cursor.byte(0)) {
        cursor.advance(1);
        cursor.need(1)?;
    }
    Ok(cursor.slice(from, cursor.offset()))
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Reads a part of a version, of one or two digits.
fn scan_version_number(cursor: &mut Cursor<'_>) -> Result<Option<u8>, Box<Fault>> {
    cursor.need(1)?;
    let mut number = None;
    for _ in 0..3 {
        let digit = cursor.byte(0);
        if !digit.is_ascii_digit() {
            return Ok(number);
        }
        if number.is_some_and(|number| number > 9) {
            break;
        }
        number = Some(number.unwrap_or(0) * 10 + (digit - b'0'));
        cursor.advance(1);
        cursor.need(1)?;
    }
    Ok(None)
}

/// Reads `!`, `!name` or `!name!`.
fn scan_handle<'t>(cursor: &mut Cursor<'t>) -> Result<&'t str, Box<Fault>> {
    let from = cursor.offset();
    cursor.advance(1);
    cursor.need(1)?;
    pass_name(cursor)?;
    if cursor.byte(0) == b'!' {
        cursor.advance(1);
    }
    Ok(cursor.slice(from, cursor.offset()))
}

/// Reads the rest of a name that starts with `head`; none if it is empty but must not be.
fn scan_uri<'t>(cursor: &mut Cursor<'t>, head: &'t str, has_head: bool) -> Result<Option<Cow<'t, str>>, Box<Fault>> {
    let start = cursor.mark();
    let from = cursor.offset() - head.len();
    let mut escaped: Option<Vec<u8>> = None;
    cursor.need(1)?;
    while is_uri(cursor.byte(0)) {
        if cursor.byte(0) == b'%' {
            let bytes = escaped.get_or_insert_with(|| cursor.slice(from, cursor.offset()).as_bytes().to_vec());
            scan_uri_escapes(cursor, bytes).map_err(|kind| Fault::new(kind, start))?;
        } else {
            if let Some(bytes) = &mut escaped {
                bytes.push(cursor.byte(0));
            }
            cursor.advance(1);
        }
        cursor.need(1)?;
    }
    let text = cursor.slice(from, cursor.offset());
    Ok(match escaped {
        Some(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned().into()),
        None if text.is_empty() && !has_head => None,
        None => Some(text.into()),
    })
}

const fn is_uri(byte: u8) -> bool {
    is_name(byte)
        || matches!(
            byte,
            b';' | b'/' | b'?' | b':' | b'@' | b'&' | b'=' | b'+' | b'$' | b',' | b'.' | b'!' | b'~' | b'*' | b'\''
        )
        || matches!(byte, b'(' | b')' | b'[' | b']' | b'%')
}

/// Reads the escapes of one character: `%C3%A9`.
fn scan_uri_escapes(cursor: &mut Cursor<'_>, bytes: &mut Vec<u8>) -> Result<(), FaultKind> {
    let mut left = None;
    while left != Some(0) {
        let digit = |at| char::from(cursor.byte(at)).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (b'%', Some(high), Some(low)) = (cursor.byte(0), digit(1), digit(2)) else {
            return Err(FaultKind::Tag("% must be followed by two hexadecimal digits"));
        };
        let byte = high << 4 | low;
        left = Some(match left {
            None => match byte.leading_ones() {
                0 => 0,
                ones @ 2..=4 => ones - 1,
                _ => return Err(FaultKind::Tag("its escapes are not UTF-8")),
            },
            Some(_) if byte & 0xC0 != 0x80 => return Err(FaultKind::Tag("its escapes are not UTF-8")),
            Some(left) => left - 1,
        });
        bytes.push(byte);
        cursor.advance(3);
    }
    Ok(())
}

//! Quoted scalars, unescaped and folded. Starts with the cursor at the opening quote.
//!
//! Like libyaml, it departs from YAML 1.2: `\'` is an escape and `\/` is not, and lines inside quotes may have any
//! indentation.

use std::borrow::Cow;

use super::cursor::{Cursor, class};
use super::error::{Fault, FaultKind};
use super::folding::{Breaks, ScalarText};

/// Reads a scalar in the kind of quotes at the cursor.
///
/// # Errors
/// The quotes are not closed, or an escape is not valid.
pub fn scan<'t>(cursor: &mut Cursor<'t>) -> Result<Cow<'t, str>, Box<Fault>> {
    let opening = cursor.mark();
    let quote = cursor.byte(0);
    let stop = class::BLANK | class::BREAK | if quote == b'"' { class::DOUBLE } else { class::SINGLE };
    cursor.advance(1);
    let start = cursor.offset();
    let mut text = ScalarText::new();
    let mut breaks = Breaks::default();
    loop {
        cursor.need(4)?;
        if cursor.is_document_indicator() {
            return Err(Fault::within(FaultKind::DocumentIndicatorInQuotes, opening, cursor.mark()));
        }
        if cursor.is_at_end() {
            return Err(Fault::within(FaultKind::UnclosedQuote, opening, cursor.mark()));
        }
        let mut is_after_break = pass_word(cursor, quote, stop, start, &mut text)?;
        cursor.need(1)?;
        if cursor.byte(0) == quote && !cursor.is_at_end() {
            cursor.advance(1);
            return Ok(text.finish());
        }
        let from = cursor.offset();
        loop {
            if cursor.is_blank(0) {
                cursor.advance(1);
            } else if let Some(found) = cursor.pass_break() {
                breaks.add(found, is_after_break);
                is_after_break = true;
            } else {
                break;
            }
            cursor.need(1)?;
        }
        if is_after_break {
            text.push_breaks(&mut breaks);
        } else {
            text.push_part(cursor.slice(from, cursor.offset()), cursor.slice(start, cursor.offset()));
        }
    }
}

/// Reads text up to whitespace or the closing quote; returns whether it ended with an escaped line break.
fn pass_word<'t>(
    cursor: &mut Cursor<'t>,
    quote: u8,
    stop: u8,
    start: usize,
    text: &mut ScalarText<'t>,
) -> Result<bool, Box<Fault>> {
    loop {
        let from = cursor.offset();
        cursor.pass_until(stop);
        text.push_part(cursor.slice(from, cursor.offset()), cursor.slice(start, cursor.offset()));
        cursor.need(2)?;
        match cursor.byte(0) {
            b'\'' if quote == b'\'' && cursor.byte(1) == b'\'' => {
                text.push_char('\'');
                cursor.advance(2);
            }
            b'\\' if quote == b'"' => {
                if cursor.is_break(1) {
                    cursor.need(3)?;
                    cursor.advance(1);
                    cursor.pass_break();
                    // The text can no longer be borrowed, because a line break was removed.
                    text.make_owned();
                    return Ok(true);
                }
                text.push_char(escape(cursor)?);
            }
            _ => return Ok(false),
        }
    }
}

/// Reads the escape at the cursor.
fn escape(cursor: &mut Cursor<'_>) -> Result<char, Box<Fault>> {
    let start = cursor.mark();
    let kind = cursor.byte(1);
    let digits = match kind {
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        _ => {
            let Some(c) = simple_escape(kind) else {
                cursor.advance(1);
                let found = cursor.character().unwrap_or('\n');
                return Err(Fault::new(FaultKind::UnknownEscape(found), start));
            };
            cursor.advance(2);
            return Ok(c);
        }
    };
    cursor.advance(2);
    cursor.need(usize::from(digits))?;
    let mut code = 0_u32;
    for nth in 0..digits {
        let digit = char::from(cursor.byte(usize::from(nth))).to_digit(16);
        let digit = digit.ok_or_else(|| Fault::new(FaultKind::EscapeDigits(digits), start))?;
        code = code << 4 | digit;
    }
    cursor.advance(u32::from(digits));
    char::from_u32(code).ok_or_else(|| Fault::new(FaultKind::EscapeCode, start))
}

const fn simple_escape(kind: u8) -> Option<char> {
    Some(match kind {
        b'0' => '\0',
        b'a' => '\x07',
        b'b' => '\x08',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\x0B',
        b'f' => '\x0C',
        b'r' => '\r',
        b'e' => '\x1B',
        b' ' => ' ',
        b'"' => '"',
        b'\'' => '\'',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{A0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}

//! Plain scalars: text without quotes. Starts with the cursor at the first character.
//!
//! Like libyaml, it departs from YAML 1.2: inside brackets, `?` ends a scalar and `:` before `,`, `]` or `}` does not;
//! a tab is not allowed in indentation.

use std::borrow::Cow;

use super::cursor::{Cursor, class};
use super::error::{Fault, FaultKind};
use super::folding::{Breaks, ScalarText};
use super::mark::Mark;

/// A plain scalar.
pub struct Plain<'t> {
    /// Its text.
    pub text: Cow<'t, str>,
    /// The end of its last character.
    pub end: Mark,
    /// Whether the cursor has passed line breaks after it.
    pub ends_row: bool,
}

/// Reads a plain scalar in brackets, or whose lines after the first are indented by at least `indent`.
///
/// # Errors
/// A tab in the indentation of a line.
pub fn scan<'t>(cursor: &mut Cursor<'t>, indent: u32, in_flow: bool) -> Result<Plain<'t>, Box<Fault>> {
    let stop = class::BLANK | class::BREAK | class::COLON | if in_flow { class::FLOW } else { 0 };
    let start = cursor.offset();
    let mut text = ScalarText::new();
    let mut end = cursor.mark();
    let mut breaks = Breaks::default();
    let mut is_after_break = false;
    // Whitespace before the next word on the same line.
    let mut blanks = "";
    loop {
        cursor.need(4)?;
        if cursor.is_document_indicator() || cursor.byte(0) == b'#' {
            break;
        }
        let word = cursor.offset();
        pass_word(cursor, stop);
        if cursor.offset() > word {
            if is_after_break {
                text.push_breaks(&mut breaks);
                is_after_break = false;
            } else {
                text.push_part(blanks, cursor.slice(start, word));
            }
            text.push_part(cursor.slice(word, cursor.offset()), cursor.slice(start, cursor.offset()));
            end = cursor.mark();
        }
        cursor.need(2)?;
        if !cursor.is_blank(0) && !cursor.is_break(0) {
            break;
        }
        let from = cursor.offset();
        loop {
            if cursor.is_blank(0) {
                if is_after_break && cursor.indent() < indent && cursor.byte(0) == b'\t' {
                    return Err(Fault::within(FaultKind::TabInIndentation, end, cursor.mark()));
                }
                cursor.advance(1);
            } else if let Some(found) = cursor.pass_break() {
                breaks.add(found, is_after_break);
                is_after_break = true;
            } else {
                break;
            }
            cursor.need(1)?;
        }
        blanks = cursor.slice(from, cursor.offset());
        if !in_flow && cursor.indent() < indent {
            break;
        }
    }
    Ok(Plain { text: text.finish(), end, ends_row: is_after_break })
}

/// Advances to the end of a word; a colon ends it only before whitespace.
fn pass_word(cursor: &mut Cursor<'_>, stop: u8) {
    loop {
        cursor.pass_until(stop);
        if cursor.byte(0) != b':' || cursor.is_blank_or_end(1) {
            return;
        }
        cursor.advance(1);
    }
}

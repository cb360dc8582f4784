//! Block scalars: the lines below `|` or `>`. Starts with the cursor at the indicator.
//!
//! Like libyaml, it departs from YAML 1.2: a comment may directly follow the indicator (`|#…`), and a tab in the
//! indentation is an error.

use super::cursor::{Break, Cursor, class};
use super::error::{Fault, FaultKind};
use super::mark::Mark;

/// How trailing line breaks are handled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Clip,
    Strip,
    Keep,
}

/// Reads a block scalar; `parent` is the indentation of the enclosing collection, -1 at the top.
///
/// # Errors
/// The indicator is not valid, or there is a tab in the indentation.
pub fn scan(cursor: &mut Cursor<'_>, parent: i64) -> Result<String, Box<Fault>> {
    let start = cursor.mark();
    let is_literal = cursor.byte(0) == b'|';
    cursor.advance(1);
    cursor.need(1)?;
    let (chomping, increment) = header(cursor, start)?;
    // The indentation of the text, once it is known.
    let mut indent = increment.map(|increment| parent.max(0) + i64::from(increment));
    let mut text = String::new();
    let mut first: Option<Break> = None;
    let mut rest = String::new();
    pass_breaks(cursor, &mut indent, parent, &mut rest)?;
    let mut was_blank = false;
    cursor.need(1)?;
    while indent == Some(cursor.column()) && !cursor.is_at_end() {
        let is_blank = cursor.is_blank(0);
        let folds = !is_literal && !was_blank && !is_blank && first == Some(Break::Feed);
        match first.take() {
            Some(_) if folds && rest.is_empty() => text.push(' '),
            Some(_) if folds => {}
            Some(found) => text.push(found.as_char()),
            None => {}
        }
        text.push_str(&rest);
        rest.clear();
        was_blank = is_blank;
        text.push_str(cursor.pass_until(class::BREAK));
        cursor.need(2)?;
        first = cursor.pass_break();
        pass_breaks(cursor, &mut indent, parent, &mut rest)?;
    }
    if chomping != Chomping::Strip {
        text.extend(first.map(Break::as_char));
    }
    if chomping == Chomping::Keep {
        text.push_str(&rest);
    }
    Ok(text)
}

/// Reads the rest of the indicator's line, including the line break.
fn header(cursor: &mut Cursor<'_>, start: Mark) -> Result<(Chomping, Option<u8>), Box<Fault>> {
    let mut chomping = Chomping::Clip;
    let mut increment = None;
    if matches!(cursor.byte(0), b'+' | b'-') {
        chomping = pass_chomping(cursor);
        cursor.need(1)?;
        increment = pass_increment(cursor, start)?;
    } else if let Some(digit) = pass_increment(cursor, start)? {
        increment = Some(digit);
        cursor.need(1)?;
        if matches!(cursor.byte(0), b'+' | b'-') {
            chomping = pass_chomping(cursor);
        }
    }
    cursor.need(1)?;
    while cursor.is_blank(0) {
        cursor.advance(1);
        cursor.need(1)?;
    }
    if cursor.byte(0) == b'#' {
        cursor.pass_row();
    }
    cursor.need(2)?;
    if !cursor.is_break_or_end(0) {
        return Err(Fault::within(FaultKind::AfterBlockIndicator, start, cursor.mark()));
    }
    cursor.pass_break();
    Ok((chomping, increment))
}

fn pass_chomping(cursor: &mut Cursor<'_>) -> Chomping {
    let chomping = if cursor.byte(0) == b'+' { Chomping::Keep } else { Chomping::Strip };
    cursor.advance(1);
    chomping
}

fn pass_increment(cursor: &mut Cursor<'_>, start: Mark) -> Result<Option<u8>, Box<Fault>> {
    match cursor.byte(0) {
        b'0' => Err(Fault::within(FaultKind::ZeroIndentation, start, cursor.mark())),
        digit @ b'1'..=b'9' => {
            cursor.advance(1);
            Ok(Some(digit - b'0'))
        }
        _ => Ok(None),
    }
}

/// Skips indentation and empty lines, and detects the indentation if it is not known yet.
fn pass_breaks(
    cursor: &mut Cursor<'_>,
    indent: &mut Option<i64>,
    parent: i64,
    breaks: &mut String,
) -> Result<(), Box<Fault>> {
    let mut widest = 0;
    loop {
        cursor.need(1)?;
        let is_before = |cursor: &Cursor<'_>| indent.is_none_or(|indent| cursor.column() < indent);
        while is_before(cursor) && cursor.byte(0) == b' ' {
            cursor.advance(1);
            cursor.need(1)?;
        }
        widest = widest.max(cursor.column());
        if is_before(cursor) && cursor.byte(0) == b'\t' {
            return Err(Fault::new(FaultKind::TabInIndentation, cursor.mark()));
        }
        cursor.need(2)?;
        let Some(found) = cursor.pass_break() else { break };
        breaks.push(found.as_char());
    }
    indent.get_or_insert(widest.max(parent + 1).max(1));
    Ok(())
}

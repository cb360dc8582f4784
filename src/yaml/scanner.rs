//! Turns the characters of a [`Cursor`] into [`Token`]s.
//!
//! Works like libyaml, and so like kubectl's parser. Indentation is turned into tokens, and a scalar, alias or bracket
//! is recognized as a key only at its `:`, on the same line and within 1,024 characters. Until then, the tokens from it
//! on are held back, so that `Key` can be inserted before them.
//!
//! Like libyaml, it departs from YAML 1.2: inside brackets, `?` and `:` are always indicators, `-` can start a plain
//! scalar before anything but whitespace, and a list may have its key's indentation.

use std::collections::VecDeque;

use super::cursor::Cursor;
use super::error::{Fault, FaultKind};
use super::mark::Mark;
use super::node::Position;
use super::token::{Token, TokenKind};
use super::{block, plain, property, quoted};

/// The maximum length of a key in characters.
const LONGEST_KEY: u32 = 1024;
/// Room for as many tokens and indentations as a manifest usually has at a time.
const USUAL: usize = 16;
/// The maximum number of open brackets and of indentations.
const DEEPEST: usize = 10_000;

/// The state of a possible key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum KeyState {
    #[default]
    Impossible,
    Possible,
    /// Its line has ended, or it has become too long, before a colon.
    Past,
}

/// A possible key on one level of brackets.
#[derive(Debug, Clone, Copy, Default)]
struct PossibleKey {
    state: KeyState,
    /// Whether it must be a key, because it is at the indentation of a mapping.
    is_required: bool,
    /// Whether tokens are held back for it.
    is_awaited: bool,
    /// The number of its first token.
    token: usize,
    mark: Mark,
}

/// Turns a text into tokens.
#[derive(Debug)]
pub struct Scanner<'t> {
    cursor: Cursor<'t>,
    /// The pending tokens.
    tokens: VecDeque<Token<'t>>,
    /// The number of tokens that have been taken.
    taken: usize,
    is_ready: bool,
    has_ended: bool,
    /// The indentation of the innermost block collection, -1 at the top.
    indent: i64,
    indents: Vec<i64>,
    /// One entry for the block context, and one for each open bracket.
    keys: Vec<PossibleKey>,
    allows_key: bool,
}

impl<'t> Scanner<'t> {
    /// Starts at the beginning of `text`, which is at `start` in its file.
    pub fn new(text: &'t str, start: Position) -> Self {
        Self {
            cursor: Cursor::new(text, start),
            tokens: VecDeque::with_capacity(USUAL),
            taken: 0,
            is_ready: false,
            has_ended: false,
            indent: -1,
            indents: Vec::with_capacity(USUAL),
            keys: vec![PossibleKey::default()],
            allows_key: true,
        }
    }

    /// The next token, without taking it. After the end there is only [`TokenKind::StreamEnd`].
    ///
    /// # Errors
    /// The text is not a valid token.
    #[inline]
    pub fn peek(&mut self) -> Result<&Token<'t>, Box<Fault>> {
        if !self.is_ready {
            self.fetch_enough()?;
        }
        self.tokens.front().ok_or_else(|| Fault::new(FaultKind::NoValue, self.cursor.mark()))
    }

    /// Takes the next token.
    ///
    /// # Errors
    /// As [`Self::peek`].
    pub fn take(&mut self) -> Result<Token<'t>, Box<Fault>> {
        let first = self.peek()?;
        if matches!(first.kind, TokenKind::StreamEnd) {
            return Ok(first.clone());
        }
        self.is_ready = false;
        self.taken += 1;
        self.tokens.pop_front().ok_or_else(|| Fault::new(FaultKind::NoValue, self.cursor.mark()))
    }

    /// Makes tokens until it is certain that no token will be inserted before the first one.
    #[inline(never)]
    fn fetch_enough(&mut self) -> Result<(), Box<Fault>> {
        while self.tokens.is_empty() || self.awaits_first()? {
            if self.has_ended {
                break;
            }
            self.fetch()?;
        }
        self.is_ready = true;
        Ok(())
    }

    /// Whether the first token may be the start of a key.
    fn awaits_first(&mut self) -> Result<bool, Box<Fault>> {
        let first = self.taken;
        // The possible keys of the levels are in order.
        let level = match self.keys.as_slice() {
            [only] => usize::from(only.token != first),
            keys => keys.partition_point(|key| key.token < first),
        };
        match self.keys.get(level) {
            Some(key) if key.is_awaited && key.token == first => self.is_still_possible(level),
            _ => Ok(false),
        }
    }

    /// Whether a key may still have started on this level.
    fn is_still_possible(&mut self, level: usize) -> Result<bool, Box<Fault>> {
        let Some(key) = self.keys.get_mut(level) else { return Ok(false) };
        if key.state != KeyState::Possible {
            return Ok(false);
        }
        let is_past = key.mark.row < self.cursor.row() || key.mark.index + LONGEST_KEY < self.cursor.index();
        if !is_past {
            return Ok(true);
        }
        if key.is_required {
            return Err(Fault::within(FaultKind::NoColon, key.mark, self.cursor.mark()));
        }
        key.state = KeyState::Past;
        Ok(false)
    }

    fn fetch(&mut self) -> Result<(), Box<Fault>> {
        self.pass_to_next_token()?;
        self.unroll_indent(self.cursor.column());
        self.cursor.need(4)?;
        if self.cursor.is_at_end() {
            return self.fetch_end();
        }
        let is_first = self.cursor.indent() == 0;
        let is_in_block = self.keys.len() == 1;
        let first = self.cursor.byte(0);
        match first {
            b'%' if is_first => return self.fetch_directive(),
            b'-' | b'.' if is_first && self.cursor.is_document_indicator() => return self.fetch_document_indicator(),
            b'[' => return self.fetch_opening(TokenKind::FlowSequenceStart),
            b'{' => return self.fetch_opening(TokenKind::FlowMappingStart),
            b']' => return self.fetch_closing(TokenKind::FlowSequenceEnd),
            b'}' => return self.fetch_closing(TokenKind::FlowMappingEnd),
            b',' => return self.fetch_comma(),
            b'-' if self.cursor.is_blank_or_end(1) => return self.fetch_dash(),
            b'?' if !is_in_block || self.cursor.is_blank_or_end(1) => return self.fetch_key(),
            b':' if !is_in_block || self.cursor.is_blank_or_end(1) => return self.fetch_value(),
            b'*' | b'&' => return self.fetch_key_part(property::scan_anchor),
            b'!' => return self.fetch_key_part(property::scan_tag),
            b'|' | b'>' if is_in_block => return self.fetch_block_scalar(),
            b'\'' | b'"' => {
                return self.fetch_key_part(|cursor| {
                    quoted::scan(cursor).map(|text| TokenKind::Scalar { text, is_plain: false })
                });
            }
            _ => {}
        }
        let starts_plain = match first {
            b'-' => !self.cursor.is_blank(1),
            b'?' | b':' => is_in_block && !self.cursor.is_blank_or_end(1),
            b'#' | b'|' | b'>' | b'%' | b'@' | b'`' => false,
            _ => !self.cursor.is_blank_or_end(0),
        };
        if starts_plain {
            return self.fetch_plain_scalar();
        }
        let found = self.cursor.character().unwrap_or('\n');
        let kind = if found == '\t' { FaultKind::TabInIndentation } else { FaultKind::NothingStartsWith(found) };
        Err(Fault::new(kind, self.cursor.mark()))
    }

    /// Skips whitespace, line breaks and comments.
    fn pass_to_next_token(&mut self) -> Result<(), Box<Fault>> {
        loop {
            self.cursor.need(1)?;
            if self.cursor.indent() == 0 && self.cursor.skips_at_line_start() && !self.cursor.is_at_end() {
                self.cursor.advance_character();
            }
            self.cursor.need(1)?;
            let allows_tab = self.keys.len() > 1 || !self.allows_key;
            self.cursor.pass_spaces();
            while allows_tab && self.cursor.byte(0) == b'\t' {
                self.cursor.advance(1);
                self.cursor.pass_spaces();
            }
            self.cursor.need(1)?;
            if self.cursor.byte(0) == b'#' {
                self.cursor.pass_row();
                self.cursor.need(1)?;
            }
            if self.cursor.pass_break().is_none() {
                return Ok(());
            }
            if self.keys.len() == 1 {
                self.allows_key = true;
            }
        }
    }

    /// Appends a token that starts at `start` and ends at the cursor.
    fn push(&mut self, kind: TokenKind<'t>, start: Mark) {
        self.push_until(kind, start, self.cursor.index(), self.cursor.line());
    }

    /// Appends a token that ends after this number of characters, on this line.
    fn push_until(&mut self, kind: TokenKind<'t>, start: Mark, end: u32, last_line: u32) {
        let width = if start.line == last_line { end.saturating_sub(start.index) } else { 1 };
        self.tokens.push_back(Token { kind, start, width, last_line });
    }

    /// Inserts a token without characters before the token with this number, if that has not been taken.
    fn insert(&mut self, kind: TokenKind<'t>, mark: Mark, number: usize) {
        let token = Token { kind, start: mark, width: 0, last_line: mark.line };
        match number.checked_sub(self.taken) {
            Some(0) => self.tokens.push_front(token),
            Some(at) if at <= self.tokens.len() => self.tokens.insert(at, token),
            _ => self.tokens.push_back(token),
        }
    }

    /// The number of the next token.
    fn next_number(&self) -> usize {
        self.taken + self.tokens.len()
    }

    /// Opens a block collection if `indent` is greater than that of the one around it.
    fn roll_indent(&mut self, indent: i64, kind: TokenKind<'t>, mark: Mark, number: usize) -> Result<(), Box<Fault>> {
        if self.keys.len() > 1 || self.indent >= indent {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = indent;
        if self.indents.len() > DEEPEST {
            return Err(Fault::new(FaultKind::TooDeep, mark));
        }
        self.insert(kind, mark, number);
        Ok(())
    }

    /// Closes the block collections whose indentation is greater than `indent`.
    fn unroll_indent(&mut self, indent: i64) {
        if self.keys.len() > 1 {
            return;
        }
        while self.indent > indent {
            let mark = self.cursor.mark();
            self.push_until(TokenKind::BlockEnd, mark, mark.index, mark.line);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// Records that a key may start at the cursor.
    fn save_key(&mut self) -> Result<(), Box<Fault>> {
        if !self.allows_key {
            return Ok(());
        }
        let key = PossibleKey {
            state: KeyState::Possible,
            is_required: self.keys.len() == 1 && self.indent == self.cursor.column(),
            is_awaited: true,
            token: self.next_number(),
            mark: self.cursor.mark(),
        };
        self.forget_key()?;
        if let Some(last) = self.keys.last_mut() {
            *last = key;
        }
        Ok(())
    }

    /// Discards the possible key on this level.
    fn forget_key(&mut self) -> Result<(), Box<Fault>> {
        let now = self.cursor.mark();
        let Some(key) = self.keys.last_mut().filter(|key| key.state == KeyState::Possible) else { return Ok(()) };
        if key.is_required {
            return Err(Fault::within(FaultKind::NoColon, key.mark, now));
        }
        (key.state, key.is_awaited) = (KeyState::Impossible, false);
        Ok(())
    }

    fn fetch_end(&mut self) -> Result<(), Box<Fault>> {
        self.unroll_indent(-1);
        self.forget_key()?;
        self.allows_key = false;
        self.has_ended = true;
        let mark = self.cursor.mark();
        self.push(TokenKind::StreamEnd, mark);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), Box<Fault>> {
        self.unroll_indent(-1);
        self.forget_key()?;
        self.allows_key = false;
        let start = self.cursor.mark();
        let kind = property::scan_directive(&mut self.cursor)?;
        self.push(kind, start);
        Ok(())
    }

    fn fetch_document_indicator(&mut self) -> Result<(), Box<Fault>> {
        self.unroll_indent(-1);
        self.forget_key()?;
        self.allows_key = false;
        let kind = if self.cursor.byte(0) == b'-' { TokenKind::DocumentStart } else { TokenKind::DocumentEnd };
        self.fetch_indicator(kind, 3);
        Ok(())
    }

    /// Makes a token of `width` ASCII characters.
    fn fetch_indicator(&mut self, kind: TokenKind<'t>, width: u32) {
        let start = self.cursor.mark();
        self.cursor.advance(width);
        self.push(kind, start);
    }

    fn fetch_opening(&mut self, kind: TokenKind<'t>) -> Result<(), Box<Fault>> {
        self.save_key()?;
        let level = PossibleKey { token: self.next_number(), mark: self.cursor.mark(), ..PossibleKey::default() };
        self.keys.push(level);
        if self.keys.len() > DEEPEST + 1 {
            return Err(Fault::new(FaultKind::TooDeep, self.cursor.mark()));
        }
        self.allows_key = true;
        self.fetch_indicator(kind, 1);
        Ok(())
    }

    fn fetch_closing(&mut self, kind: TokenKind<'t>) -> Result<(), Box<Fault>> {
        self.forget_key()?;
        if self.keys.len() > 1 {
            let closed = self.keys.pop().unwrap_or_default();
            // An empty pair of brackets has the same number as the outer possible key; kubectl's parser discards both
            // and no longer holds back the tokens.
            if let Some(outer) = self.keys.last_mut().filter(|outer| outer.token == closed.token) {
                outer.is_awaited = false;
            }
        }
        self.allows_key = false;
        self.fetch_indicator(kind, 1);
        Ok(())
    }

    fn fetch_comma(&mut self) -> Result<(), Box<Fault>> {
        self.forget_key()?;
        self.allows_key = true;
        self.fetch_indicator(TokenKind::FlowEntry, 1);
        Ok(())
    }

    fn fetch_dash(&mut self) -> Result<(), Box<Fault>> {
        if self.keys.len() == 1 {
            let mark = self.cursor.mark();
            if !self.allows_key {
                return Err(Fault::new(FaultKind::ListNotAllowed, mark));
            }
            self.roll_indent(self.cursor.column(), TokenKind::BlockSequenceStart, mark, usize::MAX)?;
        }
        self.forget_key()?;
        self.allows_key = true;
        self.fetch_indicator(TokenKind::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), Box<Fault>> {
        let is_in_block = self.keys.len() == 1;
        if is_in_block {
            let mark = self.cursor.mark();
            if !self.allows_key {
                return Err(Fault::new(FaultKind::KeyNotAllowed, mark));
            }
            self.roll_indent(self.cursor.column(), TokenKind::BlockMappingStart, mark, usize::MAX)?;
        }
        self.forget_key()?;
        self.allows_key = is_in_block;
        self.fetch_indicator(TokenKind::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), Box<Fault>> {
        let level = self.keys.len() - 1;
        let is_in_block = level == 0;
        if self.is_still_possible(level)? {
            let key = self.keys[level];
            self.insert(TokenKind::Key, key.mark, key.token);
            self.roll_indent(i64::from(key.mark.indent), TokenKind::BlockMappingStart, key.mark, key.token)?;
            self.keys[level] = PossibleKey { state: KeyState::Impossible, is_awaited: false, ..key };
            self.allows_key = false;
        } else {
            if is_in_block {
                let mark = self.cursor.mark();
                if !self.allows_key {
                    // The possible key may have started on an earlier line.
                    let begun = if self.keys[level].state == KeyState::Past { self.keys[level].mark } else { mark };
                    return Err(Fault::within(FaultKind::ValueNotAllowed, begun, mark));
                }
                self.roll_indent(self.cursor.column(), TokenKind::BlockMappingStart, mark, usize::MAX)?;
            }
            self.allows_key = is_in_block;
        }
        self.fetch_indicator(TokenKind::Value, 1);
        Ok(())
    }

    /// Makes a token that may be a key or precede one.
    fn fetch_key_part(
        &mut self,
        scan: impl FnOnce(&mut Cursor<'t>) -> Result<TokenKind<'t>, Box<Fault>>,
    ) -> Result<(), Box<Fault>> {
        self.save_key()?;
        self.allows_key = false;
        let start = self.cursor.mark();
        let kind = scan(&mut self.cursor)?;
        self.push(kind, start);
        Ok(())
    }

    fn fetch_block_scalar(&mut self) -> Result<(), Box<Fault>> {
        self.forget_key()?;
        self.allows_key = true;
        let start = self.cursor.mark();
        let text = block::scan(&mut self.cursor, self.indent)?.into();
        self.push_until(TokenKind::Scalar { text, is_plain: false }, start, start.index, start.line);
        Ok(())
    }

    fn fetch_plain_scalar(&mut self) -> Result<(), Box<Fault>> {
        self.save_key()?;
        self.allows_key = false;
        let start = self.cursor.mark();
        let indent = u32::try_from(self.indent + 1).unwrap_or(0);
        let plain = plain::scan(&mut self.cursor, indent, self.keys.len() > 1)?;
        self.push_until(TokenKind::Scalar { text: plain.text, is_plain: true }, start, plain.end.index, plain.end.line);
        if plain.ends_row {
            self.allows_key = true;
        }
        Ok(())
    }
}

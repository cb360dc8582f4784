//! Turns the tokens of a [`Scanner`] into the [`Event`]s of the first document.
//!
//! A state machine like libyaml's, without recursion, so that the depth of a document cannot overflow the stack. Like
//! kubectl, it reads only the first document of each piece between `---`.
//!
//! Like libyaml, it departs from YAML 1.2: an empty value may precede any key, `[a: b]` is a list of a mapping, and in
//! `{a, b}` the keys have no values.

mod flow;

use std::borrow::Cow;
use std::collections::HashMap;

use super::error::{Fault, FaultKind};
use super::event::{Event, EventKind, Properties};
use super::mark::{LongQuote, Mark};
use super::scanner::Scanner;
use super::token::{Tag, Token, TokenKind};

/// Room for as many levels as a manifest usually has.
const USUAL_DEPTH: usize = 16;

/// The state of the parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ParserState {
    DocumentStart,
    DocumentEnd,
    End,
    SequenceEntry,
    IndentlessEntry,
    MappingKey,
    MappingValue,
    FlowSequenceFirst,
    FlowSequenceEntry,
    FlowPairKey,
    FlowPairValue,
    FlowPairEnd,
    FlowMappingFirst,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingNoValue,
}

/// The context of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    /// In a block collection.
    Block,
    /// In a block mapping, where a list needs no further indentation.
    BlockOrIndentless,
    /// In brackets.
    Flow,
}

/// Turns tokens into events.
#[derive(Debug)]
pub struct Parser<'t> {
    scanner: Scanner<'t>,
    state: ParserState,
    /// The states to return to when a collection ends.
    states: Vec<ParserState>,
    /// The starts of the open collections.
    starts: Vec<Mark>,
    /// The `%TAG` directives of the document.
    tags: HashMap<&'t str, Cow<'t, str>>,
    long_quote: Option<LongQuote>,
}

impl<'t> Parser<'t> {
    /// Starts at the beginning of a text.
    pub fn new(scanner: Scanner<'t>) -> Self {
        Self {
            scanner,
            state: ParserState::DocumentStart,
            states: Vec::with_capacity(USUAL_DEPTH),
            starts: Vec::with_capacity(USUAL_DEPTH),
            tags: HashMap::new(),
            long_quote: None,
        }
    }

    /// The last quoted scalar that spans several lines: an error after it may be due to a missing quote.
    pub const fn long_quote(&self) -> Option<LongQuote> {
        self.long_quote
    }

    /// The next event; after the end of the document nothing but [`EventKind::StreamEnd`].
    ///
    /// # Errors
    /// The text is not well-formed.
    pub fn next(&mut self) -> Result<Event<'t>, Box<Fault>> {
        match self.state {
            ParserState::DocumentStart => self.document_start(),
            ParserState::DocumentEnd => self.document_end(),
            ParserState::End => {
                let mark = self.scanner.peek()?.start;
                Ok(event(EventKind::StreamEnd, mark, 0))
            }
            ParserState::SequenceEntry => self.sequence_entry(),
            ParserState::IndentlessEntry => self.indentless_entry(),
            ParserState::MappingKey => self.mapping_key(),
            ParserState::MappingValue => self.mapping_value(),
            ParserState::FlowSequenceFirst => self.flow_sequence_entry(true),
            ParserState::FlowSequenceEntry => self.flow_sequence_entry(false),
            ParserState::FlowPairKey => self.flow_pair_key(),
            ParserState::FlowPairValue => self.flow_value(ParserState::FlowPairEnd),
            ParserState::FlowPairEnd => {
                let mark = self.scanner.peek()?.start;
                self.state = ParserState::FlowSequenceEntry;
                Ok(event(EventKind::MappingEnd, mark, 0))
            }
            ParserState::FlowMappingFirst => self.flow_mapping_key(true),
            ParserState::FlowMappingKey => self.flow_mapping_key(false),
            ParserState::FlowMappingValue => self.flow_value(ParserState::FlowMappingKey),
            ParserState::FlowMappingNoValue => {
                let mark = self.scanner.peek()?.start;
                self.state = ParserState::FlowMappingKey;
                Ok(empty(mark))
            }
        }
    }

    /// Returns to the state of the enclosing collection.
    fn leave(&mut self) {
        self.state = self.states.pop().unwrap_or(ParserState::End);
    }

    /// The document's first event, which is for its root.
    fn document_start(&mut self) -> Result<Event<'t>, Box<Fault>> {
        let (has_directive, starts) = match self.scanner.peek()?.kind {
            TokenKind::VersionDirective { .. } | TokenKind::TagDirective(_) => (true, true),
            TokenKind::DocumentStart => (false, true),
            TokenKind::StreamEnd => {
                self.state = ParserState::End;
                return self.next();
            }
            _ => (false, false),
        };
        if has_directive {
            self.directives()?;
        }
        self.state = ParserState::DocumentEnd;
        if starts {
            let token = self.scanner.peek()?;
            if !matches!(token.kind, TokenKind::DocumentStart) {
                return Err(Fault::new(FaultKind::NoDocumentStart, token.start));
            }
            self.scanner.take()?;
            let token = self.scanner.peek()?;
            if matches!(
                token.kind,
                TokenKind::VersionDirective { .. }
                    | TokenKind::TagDirective(_)
                    | TokenKind::DocumentStart
                    | TokenKind::DocumentEnd
                    | TokenKind::StreamEnd
            ) {
                return Ok(empty(token.start));
            }
        }
        self.states.push(ParserState::DocumentEnd);
        self.node(Context::Block)
    }

    fn directives(&mut self) -> Result<(), Box<Fault>> {
        let mut has_version = false;
        loop {
            let start = self.scanner.peek()?.start;
            match self.scanner.peek()?.kind {
                TokenKind::VersionDirective { .. } | TokenKind::TagDirective(_) => {}
                _ => return Ok(()),
            }
            match self.scanner.take()?.kind {
                TokenKind::VersionDirective { .. } if has_version => {
                    return Err(Fault::new(FaultKind::RepeatedDirective, start));
                }
                TokenKind::VersionDirective { major: 1, minor: 1 } => has_version = true,
                TokenKind::VersionDirective { .. } => return Err(Fault::new(FaultKind::Version, start)),
                TokenKind::TagDirective(tag) => {
                    let is_repeated = self.tags.insert(tag.handle, tag.name).is_some();
                    if is_repeated {
                        return Err(Fault::new(FaultKind::RepeatedDirective, start));
                    }
                }
                _ => {}
            }
        }
    }

    fn document_end(&mut self) -> Result<Event<'t>, Box<Fault>> {
        let mark = self.scanner.peek()?.start;
        self.state = ParserState::End;
        Ok(event(EventKind::DocumentEnd, mark, 0))
    }

    /// A value: its anchor and tag, and what starts there.
    fn node(&mut self, context: Context) -> Result<Event<'t>, Box<Fault>> {
        let token = self.scanner.peek()?;
        let first = token.start;
        match token.kind {
            TokenKind::Alias(name) => {
                let token = self.scanner.take()?;
                self.leave();
                Ok(event(EventKind::Alias(name), token.start, token.width))
            }
            TokenKind::Anchor(_) | TokenKind::Tag(_) => {
                let (properties, end) = self.properties(first)?;
                self.content(context, properties, first, end)
            }
            _ => self.content(context, Properties::default(), first, first),
        }
    }

    /// An anchor, a tag, or both in any order, and where they end.
    fn properties(&mut self, first: Mark) -> Result<(Properties<'t>, Mark), Box<Fault>> {
        let mut properties = Properties::default();
        let mut end = first;
        loop {
            let is_one = match &self.scanner.peek()?.kind {
                TokenKind::Anchor(_) => properties.anchor.is_none(),
                TokenKind::Tag(_) => properties.tag.is_none(),
                _ => false,
            };
            if !is_one {
                return Ok((properties, end));
            }
            let token = self.scanner.take()?;
            end = after(&token);
            match token.kind {
                TokenKind::Anchor(name) => properties.anchor = Some(name),
                TokenKind::Tag(found) => properties.tag = Some(self.tag(*found, first, token.start)?),
                _ => {}
            }
        }
    }

    /// A tag with its handle written out.
    fn tag(&self, tag: Tag<'t>, begun: Mark, at: Mark) -> Result<Cow<'t, str>, Box<Fault>> {
        let Tag { handle, name: suffix } = tag;
        if handle.is_empty() {
            return Ok(suffix);
        }
        let prefix = match (self.tags.get(handle), handle) {
            (Some(prefix), _) => Some(&**prefix),
            (None, "!") => Some("!"),
            (None, "!!") => Some("tag:yaml.org,2002:"),
            (None, _) => None,
        };
        match prefix {
            Some(prefix) if !prefix.is_empty() || !suffix.is_empty() => Ok(Cow::Owned(format!("{prefix}{suffix}"))),
            _ => Err(Fault::within(FaultKind::UnknownTagHandle, begun, at)),
        }
    }

    fn content(
        &mut self,
        context: Context,
        properties: Properties<'t>,
        first: Mark,
        end: Mark,
    ) -> Result<Event<'t>, Box<Fault>> {
        let token = self.scanner.peek()?;
        let (start, width) = (token.start, token.width);
        match token.kind {
            TokenKind::BlockEntry if context == Context::BlockOrIndentless => {
                self.state = ParserState::IndentlessEntry;
                Ok(event(EventKind::SequenceStart(properties), start, 1))
            }
            TokenKind::Scalar { .. } => self.scalar(properties),
            TokenKind::FlowSequenceStart => {
                self.open(ParserState::FlowSequenceFirst)?;
                Ok(event(EventKind::SequenceStart(properties), start, width))
            }
            TokenKind::FlowMappingStart => {
                self.open(ParserState::FlowMappingFirst)?;
                Ok(event(EventKind::MappingStart(properties), start, width))
            }
            TokenKind::BlockSequenceStart if context != Context::Flow => {
                self.open(ParserState::SequenceEntry)?;
                Ok(event(EventKind::SequenceStart(properties), start, 1))
            }
            TokenKind::BlockMappingStart if context != Context::Flow => {
                self.open(ParserState::MappingKey)?;
                Ok(event(EventKind::MappingStart(properties), start, 1))
            }
            _ if properties.anchor.is_some() || properties.tag.is_some() => {
                self.leave();
                let is_plain = properties.tag.is_none();
                let scalar = EventKind::Scalar { properties, text: Cow::Borrowed(""), is_plain };
                Ok(event(scalar, end, 1))
            }
            // In brackets, the bracket may be incomplete.
            _ => {
                let begun = self.starts.last().filter(|_| context == Context::Flow).copied().unwrap_or(first);
                Err(Fault::within(FaultKind::NoValue, begun, start))
            }
        }
    }

    fn scalar(&mut self, properties: Properties<'t>) -> Result<Event<'t>, Box<Fault>> {
        let token = self.scanner.take()?;
        self.leave();
        let TokenKind::Scalar { text, is_plain } = token.kind else {
            return Err(Fault::new(FaultKind::NoValue, token.start));
        };
        if !is_plain && token.last_line > token.start.line {
            self.long_quote = Some(LongQuote { start: token.start, last_line: token.last_line });
        }
        let is_plain = match properties.tag.as_deref() {
            None => is_plain,
            Some(tag) => tag == "!",
        };
        Ok(event(EventKind::Scalar { properties, text, is_plain }, token.start, token.width))
    }

    /// Takes the token that starts a collection.
    fn open(&mut self, state: ParserState) -> Result<(), Box<Fault>> {
        let token = self.scanner.take()?;
        self.starts.push(token.start);
        self.state = state;
        Ok(())
    }

    /// Takes the token that ends a collection.
    fn close(&mut self, kind: EventKind<'t>) -> Result<Event<'t>, Box<Fault>> {
        let token = self.scanner.take()?;
        self.starts.pop();
        self.leave();
        Ok(event(kind, token.start, token.width))
    }

    /// A fault in the current collection.
    fn fault(&mut self, kind: FaultKind) -> Result<Event<'t>, Box<Fault>> {
        let at = self.scanner.peek()?.start;
        Err(Box::new(Fault { kind, at, begun: self.starts.last().copied() }))
    }

    fn sequence_entry(&mut self) -> Result<Event<'t>, Box<Fault>> {
        match self.scanner.peek()?.kind {
            TokenKind::BlockEntry => {
                let mark = self.scanner.take()?.start;
                match self.scanner.peek()?.kind {
                    TokenKind::BlockEntry | TokenKind::BlockEnd => Ok(empty(mark)),
                    _ => {
                        self.states.push(ParserState::SequenceEntry);
                        self.node(Context::Block)
                    }
                }
            }
            TokenKind::BlockEnd => self.close(EventKind::SequenceEnd),
            _ => self.fault(FaultKind::NoDash),
        }
    }

    fn indentless_entry(&mut self) -> Result<Event<'t>, Box<Fault>> {
        let token = self.scanner.peek()?;
        if !matches!(token.kind, TokenKind::BlockEntry) {
            let mark = token.start;
            self.leave();
            return Ok(event(EventKind::SequenceEnd, mark, 0));
        }
        let mark = self.scanner.take()?.start;
        match self.scanner.peek()?.kind {
            TokenKind::BlockEntry | TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => Ok(empty(mark)),
            _ => {
                self.states.push(ParserState::IndentlessEntry);
                self.node(Context::Block)
            }
        }
    }

    fn mapping_key(&mut self) -> Result<Event<'t>, Box<Fault>> {
        match self.scanner.peek()?.kind {
            TokenKind::Key => {
                let mark = self.scanner.take()?.start;
                self.block_value(mark, ParserState::MappingValue)
            }
            TokenKind::BlockEnd => self.close(EventKind::MappingEnd),
            _ => self.fault(FaultKind::NoKey),
        }
    }

    fn mapping_value(&mut self) -> Result<Event<'t>, Box<Fault>> {
        let token = self.scanner.peek()?;
        if !matches!(token.kind, TokenKind::Value) {
            let mark = token.start;
            self.state = ParserState::MappingKey;
            return Ok(empty(mark));
        }
        let mark = self.scanner.take()?.start;
        self.block_value(mark, ParserState::MappingKey)
    }

    /// A key or value of a block mapping, or nothing, at `mark`; `next` comes after it.
    fn block_value(&mut self, mark: Mark, next: ParserState) -> Result<Event<'t>, Box<Fault>> {
        match self.scanner.peek()?.kind {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => {
                self.state = next;
                Ok(empty(mark))
            }
            _ => {
                self.states.push(next);
                self.node(Context::BlockOrIndentless)
            }
        }
    }
}

const fn event(kind: EventKind<'_>, start: Mark, width: u32) -> Event<'_> {
    Event { kind, start, width }
}

/// An absent value; `mark` is the position of the preceding indicator, if there is one.
fn empty<'t>(mark: Mark) -> Event<'t> {
    let properties = Properties::default();
    event(EventKind::Scalar { properties, text: Cow::Borrowed(""), is_plain: true }, mark, 1)
}

/// The mark after a token of one line.
fn after(token: &Token<'_>) -> Mark {
    let Mark { offset, index, row, indent, line, column } = token.start;
    let width = token.width;
    Mark { offset, index: index + width, row, indent: indent + width, line, column: column + width }
}

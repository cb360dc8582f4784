//! Composes events into one document: a tree of nodes with the values that kubectl sees, each with its position.
//!
//! Behaves like the Go parser: the last of two equal keys wins, a merge key overrides preceding keys, aliases are
//! copied within the parser's own limits, and a key is the text form of its value.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;

use super::budget::{Budget, Size};
use super::error::{Fault, ReadError, ReadErrorKind};
use super::event::{EventKind, Properties};
use super::mapping::{Duplicate, Entries, take_exactly};
use super::node::{Entry, MAX_DEPTH, Node, Position, Value};
use super::parser::Parser;
use super::refusals::{self, Refusals};
use super::scalar::{self, MERGE_TAG, Meaning};

/// Room for as many levels as a manifest usually has, …
const USUAL_DEPTH: usize = 16;
/// … and as many entries on a level.
const USUAL_LENGTH: usize = 16;

/// Why a document could not be composed.
pub enum ComposeError {
    /// The text is not well-formed.
    Fault(Box<Fault>),
    /// The text contains something that kubectl does not accept.
    Read(ReadError),
}

impl From<Box<Fault>> for ComposeError {
    fn from(fault: Box<Fault>) -> Self {
        Self::Fault(fault)
    }
}

impl From<ReadError> for ComposeError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

/// Composes the first document of a text; null if there is none. Duplicate keys are added to `duplicates`.
///
/// # Errors
/// kubectl could not read the document.
pub fn compose(parser: &mut Parser<'_>, duplicates: &mut Vec<Duplicate>) -> Result<Node, ComposeError> {
    let mut composer = Composer {
        frames: Vec::with_capacity(USUAL_DEPTH),
        anchors: HashMap::new(),
        duplicates,
        budget: Budget::default(),
        refusals: Refusals::default(),
        spare_items: Vec::new(),
        spare_entries: Vec::new(),
    };
    let mut root = None;
    loop {
        let event = parser.next()?;
        let position = event.start.position(event.width);
        match event.kind {
            EventKind::DocumentEnd | EventKind::StreamEnd => {
                let root = root.unwrap_or_else(|| Node::new(Value::Null, position));
                return composer.refusals.finish(root).map_err(ComposeError::Read);
            }
            kind => root = composer.event(kind, position)?.or(root),
        }
    }
}

/// The value of an anchor.
enum Anchored<'t> {
    /// An open collection, by its depth.
    Open(usize),
    /// A scalar, which can be used as a value or as a key.
    Scalar(Meaning, Cow<'t, str>),
    /// A collection, and the nodes that the Go parser counts for it.
    Collection { node: Node, nodes: usize, size: Size },
}

/// An open collection.
struct Frame<'t> {
    content: Content,
    position: Position,
    anchor: Option<&'t str>,
    /// The node count before it.
    nodes_before: usize,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping(Entries, Option<Key>),
    /// A mapping that has no JSON form, by the number of its refusal.
    Refused(usize, Option<Key>),
    /// A list as the value of a merge key: mappings, the first of which takes precedence.
    Merged(Vec<Node>),
}

/// A key whose value follows.
enum Key {
    Text(String, Position),
    Merge,
}

struct Composer<'t, 'd> {
    frames: Vec<Frame<'t>>,
    anchors: HashMap<&'t str, Anchored<'t>>,
    duplicates: &'d mut Vec<Duplicate>,
    budget: Budget,
    refusals: Refusals,
    /// Empty lists to reuse for the next collections.
    spare_items: Vec<Vec<Node>>,
    spare_entries: Vec<Entries>,
}

impl<'t> Composer<'t, '_> {
    /// Processes one event; returns the root once it is complete.
    fn event(&mut self, event: EventKind<'t>, position: Position) -> Result<Option<Node>, ReadError> {
        match event {
            EventKind::Scalar { properties, text, is_plain } => self.scalar(properties, text, is_plain, position),
            EventKind::Alias(name) => self.alias(name, position),
            EventKind::SequenceStart(properties) => {
                let is_merged = self.expects(|key| matches!(key, Some(Key::Merge)));
                let items = self.spare_items.pop().unwrap_or_else(|| Vec::with_capacity(USUAL_LENGTH));
                let content = if is_merged { Content::Merged(items) } else { Content::Sequence(items) };
                self.open(content, &properties, position)
            }
            EventKind::MappingStart(properties) => {
                let entries = self.spare_entries.pop().unwrap_or_else(|| Entries::with_capacity(USUAL_LENGTH));
                self.open(Content::Mapping(entries, None), &properties, position)
            }
            EventKind::SequenceEnd | EventKind::MappingEnd => match self.frames.pop() {
                Some(frame) => self.close(frame),
                None => Ok(None),
            },
            EventKind::DocumentEnd | EventKind::StreamEnd => Ok(None),
        }
    }

    /// Whether the innermost collection is a mapping in the state `expected`.
    fn expects(&self, expected: impl FnOnce(&Option<Key>) -> bool) -> bool {
        match self.frames.last() {
            Some(Frame { content: Content::Mapping(_, key) | Content::Refused(_, key), .. }) => expected(key),
            _ => false,
        }
    }

    fn open(
        &mut self,
        content: Content,
        properties: &Properties<'t>,
        position: Position,
    ) -> Result<Option<Node>, ReadError> {
        if self.frames.len() >= MAX_DEPTH {
            return Err(ReadErrorKind::Depth(MAX_DEPTH).at(position));
        }
        let anchor = properties.anchor;
        if let Some(name) = anchor {
            self.anchors.insert(name, Anchored::Open(self.frames.len()));
        }
        let nodes_before = self.budget.nodes;
        // A list of merged mappings is not counted itself.
        if !matches!(content, Content::Merged(_)) {
            self.budget.count(position)?;
        }
        self.frames.push(Frame { content, position, anchor, nodes_before });
        Ok(None)
    }

    fn close(&mut self, frame: Frame<'t>) -> Result<Option<Node>, ReadError> {
        let Frame { content, position, anchor, nodes_before } = frame;
        let is_merged = matches!(content, Content::Merged(_));
        let node = match content {
            Content::Sequence(mut items) | Content::Merged(mut items) => {
                let node = Node::new(Value::Sequence(take_exactly(&mut items)), position);
                self.spare_items.push(items);
                node
            }
            Content::Mapping(mut entries, _) => {
                let node = Node::new(Value::Mapping(entries.finish()), position);
                self.spare_entries.push(entries);
                node
            }
            Content::Refused(nth, _) => refusals::refused(nth, position),
        };
        if let Some(name) = anchor {
            // A later anchor with the same name may have replaced it in the meantime.
            let is_own = matches!(self.anchors.get(name), Some(Anchored::Open(depth)) if *depth == self.frames.len());
            if is_own {
                let nodes = self.budget.nodes - nodes_before + usize::from(is_merged);
                let size = Size::of(&node);
                self.budget.copy(size.bytes, position)?;
                self.anchors.insert(name, Anchored::Collection { node: node.clone(), nodes, size });
            }
        }
        if !is_merged {
            return self.complete(node);
        }
        if let Value::Sequence(items) = node.value {
            // The first of them takes precedence.
            items.into_iter().rev().try_for_each(|item| self.merge(item))?;
        }
        self.expect_key();
        Ok(None)
    }

    fn alias(&mut self, name: &str, position: Position) -> Result<Option<Node>, ReadError> {
        self.budget.count(position)?;
        match self.anchors.get(name) {
            None => Err(ReadErrorKind::UnknownAlias(name.to_owned()).at(position)),
            Some(Anchored::Open(_)) => Err(ReadErrorKind::RecursiveAlias(name.to_owned()).at(position)),
            Some(Anchored::Collection { node, nodes, size }) => {
                self.budget.count_alias(*nodes, size.bytes, position)?;
                if self.frames.len() + size.height > MAX_DEPTH {
                    return Err(ReadErrorKind::Depth(MAX_DEPTH).at(position));
                }
                // The copy has the position of the alias; its content keeps its own positions.
                self.complete(Node { position, ..node.clone() })
            }
            Some(Anchored::Scalar(meaning, text)) => {
                let (meaning, text) = (*meaning, text.clone());
                self.budget.count_alias(1, size_of::<Node>() + text.len(), position)?;
                self.put_scalar(meaning, text, position)
            }
        }
    }

    fn scalar(
        &mut self,
        properties: Properties<'t>,
        text: Cow<'t, str>,
        is_plain: bool,
        position: Position,
    ) -> Result<Option<Node>, ReadError> {
        let Properties { anchor, tag } = properties;
        let is_merge_key =
            text == "<<" && (is_plain || tag.as_deref() == Some(MERGE_TAG)) && self.expects(Option::is_none);
        if is_merge_key {
            if let Some(name) = anchor {
                self.anchors.insert(name, Anchored::Scalar(Meaning::Text, text));
            }
            self.set_key(Key::Merge);
            return Ok(None);
        }
        self.budget.count(position)?;
        let (meaning, text) = match tag {
            Some(tag) => scalar::resolve_tagged(text, &tag)
                .map_err(|(text, tag)| ReadErrorKind::Tag { text: text.into_owned(), tag }.at(position))?,
            None if is_plain => (scalar::resolve(&text), text),
            None => (Meaning::Text, text),
        };
        if let Some(name) = anchor {
            self.anchors.insert(name, Anchored::Scalar(meaning, text.clone()));
        }
        self.put_scalar(meaning, text, position)
    }

    /// Adds a scalar as a key or as a value.
    fn put_scalar(
        &mut self,
        meaning: Meaning,
        text: Cow<'t, str>,
        position: Position,
    ) -> Result<Option<Node>, ReadError> {
        if !self.expects(Option::is_none) {
            let node = match meaning.value() {
                Some(Value::String(_)) => Node::new(Value::String(text.into_owned()), position),
                Some(value) => Node::scalar(value, position, &text),
                None => {
                    let nth = self.refusals.add(ReadErrorKind::NotFinite(text.into_owned()).at(position));
                    refusals::refused(nth, position)
                }
            };
            return self.complete(node);
        }
        let kind = match meaning {
            Meaning::Null => "null",
            Meaning::Unsigned(_) => "a number above 9223372036854775807",
            _ => {
                self.set_key(Key::Text(meaning.key(text), position));
                return Ok(None);
            }
        };
        self.set_key(Key::Text(String::new(), position));
        let nth = self.refusals.add(ReadErrorKind::Key(kind).at(position));
        self.refuse_mapping(nth);
        Ok(None)
    }

    /// Marks the innermost mapping as having no JSON form.
    fn refuse_mapping(&mut self, nth: usize) {
        if let Some(Frame { content: content @ Content::Mapping(..), .. }) = self.frames.last_mut() {
            let key = match content {
                Content::Mapping(_, key) => key.take(),
                _ => None,
            };
            *content = Content::Refused(nth, key);
        }
    }

    fn set_key(&mut self, new: Key) {
        if let Some(Frame { content: Content::Mapping(_, key) | Content::Refused(_, key), .. }) = self.frames.last_mut()
        {
            *key = Some(new);
        }
    }

    /// The value of a key is complete.
    fn expect_key(&mut self) {
        if let Some(Frame { content: Content::Mapping(_, key) | Content::Refused(_, key), .. }) = self.frames.last_mut()
        {
            *key = None;
        }
    }

    /// Adds a finished node to the open collection, or returns it as the root.
    fn complete(&mut self, node: Node) -> Result<Option<Node>, ReadError> {
        let Some(Frame { content, .. }) = self.frames.last_mut() else { return Ok(Some(node)) };
        match content {
            Content::Sequence(items) => items.push(node),
            Content::Merged(items) => items.push(self.refusals.mergeable(node)?),
            Content::Mapping(_, None) | Content::Refused(_, None) => {
                return Err(ReadErrorKind::Key(node.kind()).at(node.position));
            }
            Content::Mapping(_, Some(Key::Merge)) | Content::Refused(_, Some(Key::Merge)) => {
                let node = self.refusals.mergeable(node)?;
                self.merge(node)?;
                self.expect_key();
            }
            Content::Refused(_, key) => *key = None,
            Content::Mapping(entries, key) => {
                if let Some(Key::Text(key, key_position)) = key.take() {
                    entries.insert(Entry { key, key_position, value: node }, self.duplicates);
                }
            }
        }
        Ok(None)
    }

    /// Merges the entries of a mapping into the innermost one.
    fn merge(&mut self, node: Node) -> Result<(), ReadError> {
        if let Some(nth) = refusals::refusal_of(&node) {
            self.refuse_mapping(nth);
            return Ok(());
        }
        let position = node.position;
        match (node.value, self.frames.last_mut().map(|frame| &mut frame.content)) {
            (Value::Mapping(merged), Some(Content::Mapping(entries, _))) => entries.merge(merged),
            (Value::Mapping(_), _) => {}
            _ => return Err(ReadErrorKind::Merge.at(position)),
        }
        Ok(())
    }
}

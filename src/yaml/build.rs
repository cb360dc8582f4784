//! Events become one document as a tree: nodes with the values that kubectl has, each with its position.
//!
//! Follows the Go reader in what its users can see: the last of two equal keys wins, a merge key
//! overrides what stands before it, aliases are copied within the reader's own bounds, and a key is whatever
//! text its value comes to.

use std::borrow::Cow;
use std::collections::HashMap;

use super::budget::{Budget, Size};
use super::error::{Fault, ReadError};
use super::event::{EventKind, Properties};
use super::mapping::{Duplicate, Entries, take_exactly};
use super::node::{Entry, MAX_DEPTH, Node, Position, Value, Written};
use super::number::float_key;
use super::parser::Parser;
use super::scalar::{self, MERGE_TAG, Meaning};

/// Room for as many levels as a manifest usually has, …
const USUAL_DEPTH: usize = 16;
/// … and as many entries on a level.
const USUAL_LENGTH: usize = 16;

/// Why a document could not be built.
pub enum BuildError {
    /// The text is not well-formed.
    Fault(Box<Fault>),
    /// The text says something that kubectl does not take.
    Read(ReadError),
}

impl From<Box<Fault>> for BuildError {
    fn from(fault: Box<Fault>) -> Self {
        Self::Fault(fault)
    }
}

impl From<ReadError> for BuildError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

/// Builds the first document of a text; null if there is none. Duplicate keys are added to `duplicates`.
///
/// # Errors
/// Whatever keeps kubectl from reading the document.
pub fn build(parser: &mut Parser<'_>, duplicates: &mut Vec<Duplicate>) -> Result<Node, BuildError> {
    let mut builder = Builder {
        frames: Vec::with_capacity(USUAL_DEPTH),
        anchors: HashMap::new(),
        duplicates,
        budget: Budget::default(),
        refusals: Vec::new(),
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
                return builder.finish(root).map_err(BuildError::Read);
            }
            kind => root = builder.event(kind, position)?.or(root),
        }
    }
}

/// What an anchor stands for.
enum Anchored<'t> {
    /// A collection that has not ended, by the number of collections that it stands in.
    Open(usize),
    /// A scalar, which may be a value in one place and a key in another.
    Scalar(Meaning, Cow<'t, str>),
    /// A collection, and the nodes that the Go reader counts for it.
    Collection { node: Node, nodes: usize, size: Size },
}

/// A collection that has not ended.
struct Frame<'t> {
    content: Content,
    position: Position,
    anchor: Option<&'t str>,
    /// How many nodes had been counted before it.
    nodes_before: usize,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping(Entries, Option<Key>),
    /// A mapping that cannot be passed on as JSON, by the number of its refusal.
    Refused(usize, Option<Key>),
    /// The value of a merge key that is a list: mappings, the first of which counts most.
    Merged(Vec<Node>),
}

/// A key whose value is still to come.
enum Key {
    Text(String, Position),
    Merge,
}

struct Builder<'t, 'd> {
    frames: Vec<Frame<'t>>,
    anchors: HashMap<&'t str, Anchored<'t>>,
    duplicates: &'d mut Vec<Duplicate>,
    budget: Budget,
    /// What JSON cannot hold. kubectl finds it when the document is complete, so that it does no harm in the first
    /// of two values of one key. A node that stands for one is not a number, and `written` is its place here.
    refusals: Vec<ReadError>,
    /// Emptied lists, for the next collections.
    spare_items: Vec<Vec<Node>>,
    spare_entries: Vec<Entries>,
}

impl<'t> Builder<'t, '_> {
    /// Takes in one event; gives the root once it is complete.
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

    /// The document, unless JSON cannot hold it.
    fn finish(mut self, root: Node) -> Result<Node, ReadError> {
        if self.refusals.is_empty() {
            return Ok(root);
        }
        match refusal_in(&root) {
            Some(nth) if nth < self.refusals.len() => Err(self.refusals.swap_remove(nth)),
            _ => Ok(root),
        }
    }

    /// Whether the innermost collection is a mapping whose next key or value is what `expected` says.
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
            return Err(ReadError::Depth { position, max: MAX_DEPTH });
        }
        let anchor = properties.anchor;
        if let Some(name) = anchor {
            self.anchors.insert(name, Anchored::Open(self.frames.len()));
        }
        let nodes_before = self.budget.nodes;
        // A list of merged mappings is not counted where it stands.
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
            Content::Refused(nth, _) => refused(nth, position),
        };
        if let Some(name) = anchor {
            // A later anchor of the same name may have taken its place meanwhile.
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
            // The first of them counts most.
            items.into_iter().rev().try_for_each(|item| self.merge(item))?;
        }
        self.expect_key();
        Ok(None)
    }

    fn alias(&mut self, name: &str, position: Position) -> Result<Option<Node>, ReadError> {
        self.budget.count(position)?;
        match self.anchors.get(name) {
            None => Err(ReadError::UnknownAlias { position, name: name.to_owned() }),
            Some(Anchored::Open(_)) => Err(ReadError::RecursiveAlias { position, name: name.to_owned() }),
            Some(Anchored::Collection { node, nodes, size }) => {
                self.budget.count_alias(*nodes, size.bytes, position)?;
                if self.frames.len() + size.height > MAX_DEPTH {
                    return Err(ReadError::Depth { position, max: MAX_DEPTH });
                }
                // The copy stands where the alias does; what is in it stands where it was written.
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
            Some(tag) => scalar::resolve_tagged(text, &tag).map_err(|(text, tag)| ReadError::Tag {
                position,
                text: text.into_owned(),
                tag,
            })?,
            None if is_plain => (scalar::resolve(&text), text),
            None => (Meaning::Text, text),
        };
        if let Some(name) = anchor {
            self.anchors.insert(name, Anchored::Scalar(meaning, text.clone()));
        }
        self.put_scalar(meaning, text, position)
    }

    /// Puts a scalar where it belongs, as a key or as a value.
    fn put_scalar(
        &mut self,
        meaning: Meaning,
        text: Cow<'t, str>,
        position: Position,
    ) -> Result<Option<Node>, ReadError> {
        if !self.expects(Option::is_none) {
            let node = match value(meaning) {
                Some(Value::String(_)) => Node::new(Value::String(text.into_owned()), position),
                Some(value) => Node::scalar(value, position, &text),
                None => self.refuse(ReadError::NotFinite { position, text: text.into_owned() }, position),
            };
            return self.complete(node);
        }
        let kind = match meaning {
            Meaning::Null => "null",
            Meaning::Unsigned(_) => "a number above 9223372036854775807",
            _ => {
                self.set_key(Key::Text(key_text(meaning, text), position));
                return Ok(None);
            }
        };
        self.refuse(ReadError::Key { position, kind }, position);
        self.set_key(Key::Text(String::new(), position));
        let nth = self.refusals.len() - 1;
        self.refuse_mapping(nth);
        Ok(None)
    }

    /// Notes what JSON cannot hold, and gives the node that stands for it.
    fn refuse(&mut self, error: ReadError, position: Position) -> Node {
        self.refusals.push(error);
        refused(self.refusals.len() - 1, position)
    }

    /// Makes the innermost mapping one that JSON cannot hold.
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

    /// Puts a finished node where it belongs: into the open collection, or out as the root.
    fn complete(&mut self, node: Node) -> Result<Option<Node>, ReadError> {
        let Some(Frame { content, .. }) = self.frames.last_mut() else { return Ok(Some(node)) };
        match content {
            Content::Sequence(items) => items.push(node),
            Content::Merged(items) => items.push(mergeable(node, &self.refusals)?),
            Content::Mapping(_, None) | Content::Refused(_, None) => {
                return Err(ReadError::Key { position: node.position, kind: node.kind() });
            }
            Content::Mapping(_, Some(Key::Merge)) | Content::Refused(_, Some(Key::Merge)) => {
                let node = mergeable(node, &self.refusals)?;
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

    /// Takes over the entries of a mapping into the innermost one.
    fn merge(&mut self, node: Node) -> Result<(), ReadError> {
        let (position, nth) = (node.position, number_of(&node));
        match (node.value, self.frames.last_mut().map(|frame| &mut frame.content)) {
            (Value::Mapping(merged), Some(Content::Mapping(entries, _))) => entries.merge(merged),
            (Value::Mapping(_), _) => {}
            (Value::Float(_), _) => self.refuse_mapping(nth),
            _ => return Err(ReadError::Merge { position }),
        }
        Ok(())
    }
}

/// The node, if it can be merged: a mapping, even one that JSON cannot hold.
fn mergeable(node: Node, refusals: &[ReadError]) -> Result<Node, ReadError> {
    let is_refused_mapping = || matches!(refusals.get(number_of(&node)), Some(ReadError::Key { .. }));
    match node.value {
        Value::Mapping(_) => Ok(node),
        Value::Float(number) if !number.is_finite() && is_refused_mapping() => Ok(node),
        _ => Err(ReadError::Merge { position: node.position }),
    }
}

/// The node that stands for refusal `nth`.
fn refused(nth: usize, position: Position) -> Node {
    Node { value: Value::Float(f64::NAN), position, written: Some(Box::new(Written(nth.to_string().into()))) }
}

fn number_of(node: &Node) -> usize {
    node.written.as_ref().and_then(|written| written.0.parse().ok()).unwrap_or(usize::MAX)
}

/// The first refusal that is left in the document.
fn refusal_in(node: &Node) -> Option<usize> {
    match &node.value {
        Value::Float(number) if !number.is_finite() => Some(number_of(node)),
        Value::Sequence(items) => items.iter().find_map(refusal_in),
        Value::Mapping(entries) => entries.iter().find_map(|entry| refusal_in(&entry.value)),
        _ => None,
    }
}

/// The value that a scalar stands for; text is filled in by who has it. None if JSON does not have it.
fn value(meaning: Meaning) -> Option<Value> {
    Some(match meaning {
        Meaning::Text => Value::String(String::new()),
        Meaning::Null => Value::Null,
        Meaning::Bool(value) => Value::Bool(value),
        Meaning::Integer(value) => Value::Integer(value),
        #[allow(clippy::cast_precision_loss)] // Whatever reads the JSON that kubectl makes has a float.
        Meaning::Unsigned(value) => Value::Float(value as f64),
        Meaning::Float(value) => return Value::number(value),
    })
}

fn key_text(meaning: Meaning, text: Cow<'_, str>) -> String {
    match meaning {
        Meaning::Bool(value) => value.to_string(),
        Meaning::Integer(value) => value.to_string(),
        Meaning::Float(value) => float_key(value),
        Meaning::Text | Meaning::Null | Meaning::Unsigned(_) => text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::read::first_document;
    use crate::yaml::{Document, documents};

    fn value(text: &str) -> Value {
        first_document(text).unwrap().get("x").unwrap().value.clone()
    }

    fn read_all(text: &str) -> Document {
        let mut all = Vec::new();
        documents(text, |document| all.push(document.unwrap()));
        all.remove(0)
    }

    #[test]
    fn tags_decide_and_must_fit() {
        for (text, expected) in [
            ("x: !!str 5", Value::String("5".into())),
            ("x: ! 5", Value::String("5".into())),
            ("x: !foo 5", Value::String("5".into())),
            ("x: !!int \"0x10\"", Value::Integer(16)),
            ("x: !!bool \"y\"", Value::Bool(true)),
            ("x: !!binary aGVsbG8=", Value::String("hello".into())),
            ("x: !!str", Value::String(String::new())),
            ("x: !<tag:yaml.org,2002:str> 5", Value::String("5".into())),
            ("x: !<tag:yaml.org,2002:%73tr> 5", Value::String("5".into())),
            ("%TAG !e! tag:yaml.org,2002:\n---\nx: !e!int \"5\"", Value::Integer(5)),
        ] {
            let text = if text.starts_with('%') { text.replace("---", "\u{2028}---") } else { text.to_owned() };
            assert_eq!(value(&text), expected, "{text}");
        }
        for text in ["x: !!int yes", "x: !!bool 5", "x: !!null x", "x: !!int 5.0", "x: !!binary a"] {
            assert!(matches!(first_document(text), Err(ReadError::Tag { .. })), "{text}");
        }
    }

    #[test]
    fn a_merge_overrides_what_stands_before_it() {
        for (text, expected) in [
            ("l: &l {a: b}\nx: {a: d, <<: *l}", "b"),
            ("l: &l {a: b}\nx: {<<: *l, a: d}", "d"),
            ("l: &l {a: b}\nm: &m {a: c}\nx: {<<: [*l, *m]}", "b"),
            ("x: {!!merge <<: {a: b}}", "b"),
            ("x: {! <<: {a: b}}", "b"),
        ] {
            assert_eq!(
                first_document(text).unwrap().get("x").unwrap().get("a").unwrap().as_str(),
                Some(expected),
                "{text}"
            );
        }
        for text in ["<<: a", "l: &l [{a: b}]\n<<: *l", "<<: [[{a: b}]]", "<<:"] {
            assert!(matches!(first_document(text), Err(ReadError::Merge { .. })), "{text}");
        }
        assert_eq!(first_document("\"<<\": a").unwrap().get("<<").unwrap().as_str(), Some("a"));
    }

    #[test]
    fn duplicates_are_told_and_the_last_wins() {
        let document = read_all("\n---\na: 1\nb: 2\na: 3\n");
        assert_eq!(document.root.get("a").unwrap().value, Value::Integer(3));
        assert_eq!((document.duplicates[0].first.line, document.duplicates[0].last.line), (3, 5));
        let long = (0..40).map(|n| format!("k{n}: 1")).collect::<Vec<_>>().join("\n");
        assert_eq!(read_all(&format!("{long}\nk7: 2\n")).duplicates.len(), 1);
        // What a merge key brings may be overridden, before and after.
        assert_eq!(read_all("l: &l {a: 1}\nx: {a: 2, <<: *l}\ny: {<<: *l, a: 2}").duplicates, []);
        assert_eq!(read_all("l: &l {a: 1}\nx: {<<: *l, a: 2, b: 1, a: 3}").duplicates.len(), 1);
    }

    #[test]
    fn keys_become_text() {
        let node = first_document("on: 1\n0x10: 2\n2e6: 3\n.inf: 4\n!!float 7: 5").unwrap();
        let keys: Vec<_> = node.as_mapping().unwrap().iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(keys, ["true", "16", "2e+06", ".inf", "7"]);
        for text in ["[a]: 1", "~: 1", "{a: b}: 1", "18446744073709551615: 1", "x: &a [b]\n*a : 1"] {
            assert!(matches!(first_document(text), Err(ReadError::Key { .. })), "{text}");
        }
    }

    #[test]
    fn what_json_cannot_hold_does_no_harm_where_it_is_overridden() {
        for text in ["x: .nan", "x: [1, -.inf]", "x: {~: 1}", "y: &y {~: 1}\nx: {<<: *y}", "- 1e999999999\n- .inf"] {
            let error = first_document(text).unwrap_err();
            assert!(matches!(error, ReadError::NotFinite { .. } | ReadError::Key { .. }), "{text}: {error}");
        }
        assert_eq!(value("x: .nan\nx: 1"), Value::Integer(1));
        assert_eq!(value("x: {~: 1, a: b}\nx: 1"), Value::Integer(1));
        assert!(matches!(first_document("x: .nan\n<<: .nan"), Err(ReadError::Merge { .. })));
    }

    #[test]
    fn an_alias_is_the_last_of_its_anchor() {
        assert_eq!(value("a: &a 1\nb: &a 2\nx: *a"), Value::Integer(2));
        assert_eq!(value("l: &a [&a 7, *a]\nx: *a"), Value::Integer(7));
        let entries = first_document("&a 2e6: &b yes\nx: {*a : *b}").unwrap();
        let entry = entries.get("x").unwrap().entry("2e+06").unwrap().clone();
        assert_eq!(entry.value.value, Value::Bool(true));
        assert!(matches!(first_document("x: *a"), Err(ReadError::UnknownAlias { .. })));
        assert!(matches!(first_document("x: &a [*a]"), Err(ReadError::RecursiveAlias { .. })));
    }

    #[test]
    fn bombs_are_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for nth in 1..12 {
            let aliases = vec![format!("*a{}", nth - 1); 10].join(", ");
            bomb.extend([&format!("a{nth}: &a{nth} ["), aliases.as_str(), "]\n"]);
        }
        assert!(matches!(first_document(&bomb), Err(ReadError::Aliases { .. })));
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 90].join(","));
        assert!(matches!(first_document(&long), Err(ReadError::Aliases { .. })));
        for text in [format!("x: {}", "[".repeat(5000)), "- ".repeat(5000), "{a: ".repeat(5000)] {
            assert!(matches!(first_document(&text), Err(ReadError::Depth { .. })));
        }
    }

    #[test]
    fn aliases_add_to_the_depth() {
        let mut text = format!("k0: &a0 {}x{}\n", "[".repeat(900), "]".repeat(900));
        assert!(first_document(&format!("{text}k1: [*a0]\n")).is_ok());
        for nth in 1..30 {
            let (open, close) = ("[".repeat(900), "]".repeat(900));
            text = format!("{text}k{nth}: &a{nth} {open}*a{}{close}\n", nth - 1);
        }
        assert!(matches!(first_document(&text), Err(ReadError::Depth { .. })));
    }

    #[test]
    fn anchors_in_one_another_cost_no_more_than_aliases() {
        let open: String = (0..900).map(|nth| format!("&a{nth} [")).collect::<Vec<_>>().concat();
        let text = format!("{open}{}{}", "word, ".repeat(30_000), "]".repeat(900));
        assert!(matches!(first_document(&text), Err(ReadError::Aliases { .. })));
    }

    #[test]
    fn an_alias_stands_where_it_is_written() {
        let root = first_document("a: &a x\nb: &b [1]\nc: {d: *a, e: *b, *a : f}\n").unwrap();
        let entries = root.get("c").unwrap().as_mapping().unwrap();
        let columns: Vec<_> = entries
            .iter()
            .map(|entry| (entry.key_position.column, entry.value.position.line, entry.value.position.column))
            .collect();
        assert_eq!(columns, [(5, 3, 8), (12, 3, 15), (19, 3, 24)]);
    }

    #[test]
    fn everything_has_its_position() {
        let text =
            "a:\n- 1\n- é: 💰 x\n  k :\t\"q\\n\"\nb: |\n  text\nc: &x !!str\n  y\nd: [a, {b: c}]\ne: 'two\n lines'\n";
        let root = first_document(text).unwrap();
        let at = |node: &Node| (node.position.line, node.position.column, node.position.width);
        let get = |key| root.get(key).unwrap();
        assert_eq!(at(get("a")), (2, 1, 1));
        let items = get("a").as_sequence().unwrap();
        assert_eq!((at(&items[0]), at(&items[1])), ((2, 3, 1), (3, 3, 1)));
        let entries = items[1].as_mapping().unwrap();
        assert_eq!((entries[0].key_position.column, at(&entries[0].value)), (3, (3, 6, 3)));
        assert_eq!(at(get("b")), (5, 4, 1));
        assert_eq!(at(get("c")), (8, 3, 1));
        let list = get("d").as_sequence().unwrap();
        assert_eq!((at(get("d")), at(&list[0]), at(&list[1])), ((9, 4, 1), (9, 5, 1), (9, 8, 1)));
        assert_eq!(at(get("e")), (10, 4, 1));
    }
}

//! One YAML document as a tree: parser events come in, nodes with kubectl's values go out.
//!
//! Follows the Go reader in what its users can see: the last of two equal keys wins, a merge key
//! overrides what stands before it, aliases are copied within the reader's own bounds.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use super::lenient::{Lines, Mended};
use super::node::{Entry, Node, Position, Value};
use super::read::{Duplicate, ReadError};
use super::scalar::{self, Meaning};
use super::strict::{self, Tabs};

/// How deep a document may nest. Real Jobs stay below 30; beyond this a reader's stack is at risk.
const MAX_DEPTH: usize = 1000;
/// Up to so many entries a duplicate key is found faster by looking than by hashing.
const LOOK_UP_TO: usize = 16;

/// The control character "next line".
const NEXT_LINE: char = '\u{85}';

/// The first document of `text`, whose first line is line `first_line` of its file.
/// Duplicate keys are reported into `duplicates`.
///
/// # Errors
/// Whatever keeps kubectl from reading the document.
pub fn first_document(text: &str, first_line: u32, duplicates: &mut Vec<Duplicate>) -> Result<Node, ReadError> {
    // YAML 1.1 breaks lines here too, and makes a line feed of it.
    let text = if text.contains(NEXT_LINE) { Cow::Owned(text.replace(NEXT_LINE, "\n")) } else { Cow::Borrowed(text) };
    let mut mended = Mended::new(text, first_line);
    let known = duplicates.len();
    loop {
        match parse(&mended.text, &mended.lines, duplicates) {
            Ok(root) => return Ok(root),
            Err(Fault::Read(error)) => return Err(error),
            Err(Fault::Scan(error)) => {
                if !mended.mend(&error) {
                    return Err(syntax(&error, &mended.lines));
                }
                duplicates.truncate(known);
            }
        }
    }
}

/// Why the parser or the builder stopped.
enum Fault {
    Scan(ScanError),
    Read(ReadError),
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

fn parse(text: &str, lines: &Lines, duplicates: &mut Vec<Duplicate>) -> Result<Node, Fault> {
    let mut builder =
        Builder { lines, frames: Vec::new(), anchors: HashMap::new(), duplicates, budget: Budget::default() };
    let mut parser = Parser::new_from_str(text);
    let mut tabs = Tabs::of(text, lines);
    loop {
        let (event, span) =
            parser.next_event().unwrap_or_else(|| Ok((Event::StreamEnd, Span::default()))).map_err(Fault::Scan)?;
        if event == Event::StreamEnd {
            return Ok(Node::new(Value::Null, builder.position(&span)));
        }
        tabs.see(&event, &span);
        if let Some(root) = builder.event(event, &span)? {
            strict::refuse_unknown_directive(text, &span, lines)?;
            tabs.refuse(&span)?;
            return Ok(root);
        }
    }
}

fn syntax(error: &ScanError, lines: &Lines) -> ReadError {
    let marker = error.marker();
    ReadError::Syntax { position: lines.position(marker.line(), marker.col(), 1), message: error.info().to_owned() }
}

/// How far aliases may multiply a document, as the Go reader bounds it.
#[derive(Default)]
struct Budget {
    nodes: usize,
    from_aliases: usize,
}

impl Budget {
    fn count(&mut self) {
        self.nodes += 1;
    }

    fn count_alias(&mut self, nodes: usize) -> bool {
        self.nodes += nodes;
        self.from_aliases += nodes;
        if self.from_aliases <= 100 || self.nodes <= 1000 {
            return true;
        }
        // Small documents may consist of aliases almost wholly, large ones by a tenth.
        #[allow(clippy::cast_precision_loss)]
        let (nodes, from_aliases) = (self.nodes as f64, self.from_aliases as f64);
        let allowed = if nodes <= 400_000.0 {
            0.99
        } else if nodes >= 4_000_000.0 {
            0.10
        } else {
            0.99 - 0.89 * (nodes - 400_000.0) / 3_600_000.0
        };
        from_aliases / nodes <= allowed
    }
}

enum Frame {
    Sequence { items: Vec<Node>, position: Position, anchor: usize },
    Mapping { mapping: Mapping, position: Position, anchor: usize, key: Option<Key> },
}

/// A key whose value is still to come.
enum Key {
    Text { text: String, position: Position },
    Merge,
}

#[derive(Default)]
struct Mapping {
    entries: Vec<Entry>,
    /// The keys that were written here, not merged in.
    own: HashSet<String>,
}

struct Builder<'d> {
    lines: &'d Lines,
    frames: Vec<Frame>,
    anchors: HashMap<usize, (Node, usize)>,
    duplicates: &'d mut Vec<Duplicate>,
    budget: Budget,
}

impl Builder<'_> {
    fn position(&self, span: &Span) -> Position {
        let width = if span.start.line() == span.end.line() { span.len() } else { 1 };
        self.lines.position(span.start.line(), span.start.col(), width)
    }

    /// Takes in one event; gives the root once it is complete.
    fn event(&mut self, event: Event<'_>, span: &Span) -> Result<Option<Node>, ReadError> {
        let position = self.position(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.budget.count();
                self.scalar(&text, style, anchor, tag.as_deref(), position)
            }
            Event::Alias(anchor) => {
                let Some((node, size)) = self.anchors.get(&anchor) else {
                    return Err(ReadError::Alias { position });
                };
                if !self.budget.count_alias(*size) {
                    return Err(ReadError::Aliases { position });
                }
                let node = node.clone();
                self.complete(node, 0)
            }
            Event::SequenceStart(anchor, _) => {
                self.open(position, Frame::Sequence { items: Vec::new(), position, anchor })
            }
            Event::MappingStart(anchor, _) => {
                let mapping = Mapping::default();
                self.open(position, Frame::Mapping { mapping, position, anchor, key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => match self.frames.pop() {
                Some(Frame::Sequence { items, position, anchor }) => {
                    self.complete(Node::new(Value::Sequence(items), position), anchor)
                }
                Some(Frame::Mapping { mapping, position, anchor, .. }) => {
                    self.complete(Node::new(Value::Mapping(mapping.entries), position), anchor)
                }
                None => Ok(None),
            },
            Event::DocumentEnd => Ok(Some(Node::new(Value::Null, position))),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => Ok(None),
        }
    }

    fn open(&mut self, position: Position, frame: Frame) -> Result<Option<Node>, ReadError> {
        self.budget.count();
        if self.frames.len() >= MAX_DEPTH {
            return Err(ReadError::Depth { position, max: MAX_DEPTH });
        }
        self.frames.push(frame);
        Ok(None)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        position: Position,
    ) -> Result<Option<Node>, ReadError> {
        let plain = style == ScalarStyle::Plain;
        let expects_key = matches!(self.frames.last(), Some(Frame::Mapping { key: None, .. }));
        if expects_key && plain && text == "<<" && tag.is_none() {
            if let Some(Frame::Mapping { key, .. }) = self.frames.last_mut() {
                *key = Some(Key::Merge);
            }
            return Ok(None);
        }
        let meaning = match tag {
            Some(tag) => tagged(text, tag, position)?,
            None if plain => scalar::resolve(text),
            None => Meaning::Value(Value::String(text.to_owned())),
        };
        let value = match meaning {
            Meaning::NotFinite => return Err(ReadError::NotFinite { position, text: text.to_owned() }),
            Meaning::Value(value) => value,
        };
        // A key keeps its float: as text, 2e6 is "2e+06" and not "2000000".
        let value = if expects_key { value } else { scalar::through_json(value) };
        let written = match value {
            Value::String(_) => None,
            _ => Some(text.into()),
        };
        self.complete(Node { value, position, written }, anchor)
    }

    /// Puts a finished node where it belongs: into the open collection, or out as the root.
    fn complete(&mut self, node: Node, anchor: usize) -> Result<Option<Node>, ReadError> {
        if anchor != 0 {
            let size = size(&node);
            self.anchors.insert(anchor, (node.clone(), size));
        }
        match self.frames.last_mut() {
            None => return Ok(Some(node)),
            Some(Frame::Sequence { items, .. }) => items.push(node),
            Some(Frame::Mapping { mapping, key, .. }) => match key.take() {
                None => *key = Some(Key::Text { text: key_text(&node)?, position: node.position }),
                Some(Key::Merge) => mapping.merge(node)?,
                Some(Key::Text { text, position }) => {
                    mapping.insert(text, position, node, self.duplicates);
                }
            },
        }
        Ok(None)
    }
}

impl Mapping {
    fn find(&self, key: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.key == key)
    }

    fn insert(&mut self, key: String, key_position: Position, value: Node, duplicates: &mut Vec<Duplicate>) {
        let new = Entry { key, key_position, value };
        let many = self.entries.len() > LOOK_UP_TO;
        if many && self.own.is_empty() {
            self.own.extend(self.entries.iter().map(|entry| entry.key.clone()));
        }
        if many && self.own.insert(new.key.clone()) {
            self.entries.push(new);
            return;
        }
        match self.find(&new.key) {
            None => self.entries.push(new),
            Some(nth) => {
                let first = self.entries[nth].key_position;
                Duplicate { key: new.key.clone(), first, last: key_position }.note(duplicates);
                self.entries[nth] = new;
            }
        }
    }

    /// Takes over the entries of a merged mapping, or of a list of them, the first of which counts
    /// most. What stood here before is overridden, as the Go reader does it.
    fn merge(&mut self, node: Node) -> Result<(), ReadError> {
        let position = node.position;
        match node.value {
            Value::Mapping(entries) => {
                for entry in entries {
                    match self.find(&entry.key) {
                        Some(nth) => self.entries[nth] = entry,
                        None => self.entries.push(entry),
                    }
                }
                self.own.clear();
                Ok(())
            }
            Value::Sequence(items) => {
                for item in items.into_iter().rev() {
                    if !matches!(item.value, Value::Mapping(_)) {
                        return Err(ReadError::Merge { position: item.position });
                    }
                    self.merge(item)?;
                }
                Ok(())
            }
            _ => Err(ReadError::Merge { position }),
        }
    }
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Sequence(items) => items.iter().map(size).sum(),
        Value::Mapping(entries) => entries.iter().map(|entry| 1 + size(&entry.value)).sum(),
        _ => 0,
    }
}

fn key_text(node: &Node) -> Result<String, ReadError> {
    Ok(match &node.value {
        Value::String(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => scalar::float_key(*value),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => {
            return Err(ReadError::Key { position: node.position, kind: node.kind() });
        }
    })
}

/// What a scalar with an explicit tag means; a tag that the text does not fit is an error.
fn tagged(text: &str, tag: &Tag, position: Position) -> Result<Meaning, ReadError> {
    let string = || Meaning::Value(Value::String(text.to_owned()));
    let name: Cow<'_, str> = match (tag.handle.as_str(), tag.suffix.as_str()) {
        ("tag:yaml.org,2002:" | "!!", suffix) => suffix.into(),
        ("", suffix) => match suffix.strip_prefix("tag:yaml.org,2002:") {
            Some(name) => name.into(),
            None => return Ok(string()),
        },
        _ => return Ok(string()),
    };
    let resolved = scalar::resolve(text);
    let fits = match (name.as_ref(), &resolved) {
        ("binary", _) => {
            return base64(text)
                .map(|bytes| Meaning::Value(Value::String(String::from_utf8_lossy(&bytes).into_owned())))
                .ok_or(ReadError::Tag { position, text: text.to_owned(), tag: name.into_owned() });
        }
        ("null", Meaning::Value(Value::Null))
        | ("bool", Meaning::Value(Value::Bool(_)))
        | ("int", Meaning::Value(Value::Integer(_)))
        | ("float", Meaning::Value(Value::Integer(_) | Value::Float(_)) | Meaning::NotFinite) => true,
        ("timestamp", _) if looks_like_date(text) => return Ok(string()),
        ("null" | "bool" | "int" | "float" | "timestamp", _) => false,
        _ => return Ok(string()),
    };
    if fits {
        return Ok(resolved);
    }
    Err(ReadError::Tag { position, text: text.to_owned(), tag: name.into_owned() })
}

fn looks_like_date(text: &str) -> bool {
    let date = text.split(['T', 't', ' ']).next().unwrap_or("");
    let mut parts = date.split('-');
    let digits = |part: Option<&str>, len: std::ops::RangeInclusive<usize>| {
        part.is_some_and(|part| len.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
    };
    digits(parts.next(), 4..=4) && digits(parts.next(), 1..=2) && digits(parts.next(), 1..=2)
}

/// Standard base64 with padding; line breaks are passed over.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'\n' | b'\r')).collect();
    if !digits.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    let groups = digits.len() / 4;
    for (nth, group) in digits.chunks_exact(4).enumerate() {
        let padding = group.iter().rev().take_while(|b| **b == b'=').count();
        if padding > 2 || (padding > 0 && nth + 1 < groups) {
            return None;
        }
        let mut bits = 0_u32;
        for digit in &group[..4 - padding] {
            bits = bits << 6 | u32::from(base64_digit(*digit)?);
        }
        bits <<= 6 * padding;
        let [_, first, second, third] = bits.to_be_bytes();
        bytes.extend_from_slice(&[first, second, third][..3 - padding]);
    }
    Some(bytes)
}

fn base64_digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Node, ReadError> {
        first_document(text, 1, &mut Vec::new())
    }

    fn value(text: &str) -> Value {
        read(text).unwrap().get("x").unwrap().value.clone()
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
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
        for text in ["x: !!int yes", "x: !!bool 5", "x: !!null x", "x: !!int 5.0", "x: !!binary a"] {
            assert!(matches!(read(text), Err(ReadError::Tag { .. })), "{text}");
        }
    }

    #[test]
    fn a_merge_overrides_what_stands_before_it() {
        let before = read("l: &l {a: b}\nx: {a: d, <<: *l}").unwrap();
        let after = read("l: &l {a: b}\nx: {<<: *l, a: d}").unwrap();
        let list = read("l: &l {a: b}\nm: &m {a: c}\nx: {<<: [*l, *m]}").unwrap();
        let got = |node: &Node| node.get("x").unwrap().get("a").unwrap().as_str().unwrap().to_owned();
        assert_eq!((got(&before), got(&after), got(&list)), ("b".into(), "d".into(), "b".into()));
    }

    #[test]
    fn duplicates_are_told_and_the_last_wins() {
        let mut duplicates = Vec::new();
        let node = first_document("a: 1\nb: 2\na: 3\n", 10, &mut duplicates).unwrap();
        assert_eq!(node.get("a").unwrap().value, Value::Integer(3));
        assert_eq!((duplicates[0].first.line, duplicates[0].last.line), (10, 12));
        let long = (0..40).map(|n| format!("k{n}: 1")).collect::<Vec<_>>().join("\n");
        duplicates.clear();
        first_document(&format!("{long}\nk7: 2\n"), 1, &mut duplicates).unwrap();
        assert_eq!(duplicates.len(), 1);
    }

    #[test]
    fn keys_become_text() {
        let node = read("on: 1\n0x10: 2\n2e6: 3\n").unwrap();
        let keys: Vec<_> = node.as_mapping().unwrap().iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(keys, ["true", "16", "2e+06"]);
        assert!(matches!(read("[a]: 1"), Err(ReadError::Key { .. })));
        assert!(matches!(read("~: 1"), Err(ReadError::Key { .. })));
    }

    #[test]
    fn bombs_are_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for nth in 1..12 {
            let aliases = vec![format!("*a{}", nth - 1); 10].join(", ");
            bomb.extend([&format!("a{nth}: &a{nth} ["), aliases.as_str(), "]\n"]);
        }
        assert!(matches!(read(&bomb), Err(ReadError::Aliases { .. })));
        // The parser has a bound of its own for brackets; indentation is bounded here.
        assert!(read(&format!("x: {}", "[".repeat(5000))).is_err());
        assert!(matches!(read(&"- ".repeat(5000)), Err(ReadError::Depth { .. })));
    }
}

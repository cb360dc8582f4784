//! Finds the byte range of a scalar in a text by its path of keys, so that one value can be changed without affecting
//! any other byte.

use std::ops::Range;

use super::error::Fault;
use super::event::{Event, EventKind};
use super::node::Position;
use super::parser::Parser;
use super::scanner::Scanner;

/// The merge key.
const MERGE: &str = "<<";

/// The value at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Nothing.
    Absent,
    /// A scalar on one line.
    Scalar {
        /// Its bytes in the text, quotes included, its tag and anchor left out.
        bytes: Range<usize>,
        /// Whether its text alone decides what it means: it has no quotes and no tag.
        is_plain: bool,
    },
    /// An alias, or a value inside an alias.
    Alias,
    /// A value that depends on a merge key, or on a key that is an alias.
    Merged,
    /// A list, a mapping, or text over several lines.
    Other,
}

/// Finds the value at a path of keys in the first document of a text. The last of two equal keys counts.
///
/// None if the text is not well-formed.
#[must_use]
pub fn locate(text: &str, path: &[&str]) -> Option<Place> {
    let start = Position { line: 1, column: 1, width: 1 };
    let mut walk = Walk { text, path, open: Vec::new(), found: Place::Absent, is_merged: false };
    let mut parser = Parser::new(Scanner::new(text, start));
    loop {
        let event = parser.next().map_err(|_: Box<Fault>| ()).ok()?;
        if matches!(event.kind, EventKind::DocumentEnd | EventKind::StreamEnd) {
            return Some(if walk.is_merged { Place::Merged } else { walk.found });
        }
        walk.event(&event);
    }
}

/// A collection that has not ended.
struct Open {
    /// The number of path keys that lead to it, if it is a mapping on the path.
    depth: Option<usize>,
    is_mapping: bool,
    /// Whether the next value is the key of an entry.
    expects_key: bool,
    /// Whether the current entry is the next one on the path.
    is_next: bool,
}

struct Walk<'t, 'p> {
    text: &'t str,
    path: &'p [&'p str],
    open: Vec<Open>,
    found: Place,
    is_merged: bool,
}

impl Walk<'_, '_> {
    fn event(&mut self, event: &Event<'_>) {
        match &event.kind {
            EventKind::MappingStart(_) => self.start(true),
            EventKind::SequenceStart(_) => self.start(false),
            EventKind::MappingEnd | EventKind::SequenceEnd => {
                self.open.pop();
                self.value_ends();
            }
            EventKind::Scalar { text, is_plain, .. } => {
                if self.expects_key() {
                    self.key(text, *is_plain);
                } else {
                    self.value(|walk| walk.scalar(event, text, *is_plain));
                    self.value_ends();
                }
            }
            EventKind::Alias(_) => {
                if self.expects_key() {
                    self.alias_as_key();
                } else {
                    self.value(|_| Place::Alias);
                    self.value_ends();
                }
            }
            EventKind::DocumentEnd | EventKind::StreamEnd => {}
        }
    }

    fn expects_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.is_mapping && open.expects_key)
    }

    /// The depth of the value that comes next, if the path leads to it.
    fn depth(&self) -> Option<usize> {
        match self.open.last() {
            None => Some(0),
            Some(open) => open.depth.filter(|_| open.is_next).map(|depth| depth + 1),
        }
    }

    /// Records a value that is not a collection, if it is at the path or a prefix of it.
    fn value(&mut self, place: impl FnOnce(&Self) -> Place) {
        match self.depth() {
            Some(depth) if depth == self.path.len() => self.found = place(self),
            Some(_) => {
                let place = place(self);
                self.found = if place == Place::Alias { Place::Alias } else { Place::Absent };
            }
            None => {}
        }
    }

    fn start(&mut self, is_mapping: bool) {
        let depth = self.depth().filter(|_| !self.expects_key());
        if let Some(depth) = depth {
            // The value of an earlier key with the same name is discarded.
            self.found = if depth == self.path.len() { Place::Other } else { Place::Absent };
        }
        let depth = depth.filter(|depth| is_mapping && *depth < self.path.len());
        self.open.push(Open { depth, is_mapping, expects_key: is_mapping, is_next: false });
    }

    fn key(&mut self, text: &str, is_plain: bool) {
        let path = self.path;
        if let Some(open) = self.open.last_mut() {
            open.is_next = open.depth.is_some_and(|depth| path[depth] == text);
            open.expects_key = false;
            self.is_merged |= open.depth.is_some() && text == MERGE && is_plain;
        }
    }

    fn alias_as_key(&mut self) {
        if let Some(open) = self.open.last_mut() {
            (open.is_next, open.expects_key) = (false, false);
            self.is_merged |= open.depth.is_some();
        }
    }

    /// The value of an entry has ended, or its key, if that is a collection.
    fn value_ends(&mut self) {
        if let Some(open) = self.open.last_mut()
            && open.is_mapping
        {
            if open.expects_key {
                open.is_next = false;
            }
            open.expects_key = !open.expects_key;
        }
    }

    fn scalar(&self, event: &Event<'_>, value: &str, is_plain: bool) -> Place {
        let start = usize::try_from(event.start.offset).unwrap_or(usize::MAX);
        let width = usize::try_from(event.width).unwrap_or(usize::MAX);
        let rest = self.text.get(start..).unwrap_or_default();
        let length = rest.char_indices().nth(width).map_or(rest.len(), |(end, _)| end);
        let written = &rest[..length];
        let is_quoted = written.len() > 1 && written.starts_with(['"', '\'']) && written.ends_with(['"', '\'']);
        match value {
            "" if !is_quoted => Place::Scalar { bytes: start..start, is_plain },
            _ if is_quoted || written == value => Place::Scalar { bytes: start..start + length, is_plain },
            // It spans several lines or is a block scalar.
            _ => Place::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(&str, bool)> {
        match locate(text, &["a", "b"]) {
            Some(Place::Scalar { bytes, is_plain }) => Some((&text[bytes], is_plain)),
            _ => None,
        }
    }

    #[test]
    fn a_scalar_is_found_by_its_bytes() {
        for (text, expected) in [
            ("a:\n  b: 42\n", ("42", true)),
            ("a: {x: [1, {b: 2}], b: 42, c: {b: 3}}", ("42", true)),
            ("é: 1\r\n\"a\":\r\n  'b' : 42 # c\r\n", ("42", true)),
            ("a: {b: &x 42}", ("42", true)),
            ("a: {b: !!int 42}", ("42", false)),
            ("a: {b: \"4é2\"}", ("\"4é2\"", false)),
            ("a: {b: 1}\na: {b: 2, b: 3}", ("3", true)),
            ("%YAML 1.1\n---\na: {b: 42}", ("42", true)),
            ("{\"a\": {\"b\": 42}}", ("42", true)),
            ("? [x]\n: {b: 1}\na: {? [b] : 2, b: 42}", ("42", true)),
            ("z: {<<: {b: 1}}\na: {b: 42}", ("42", true)),
        ] {
            assert_eq!(found(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_else_may_stand_there() {
        for (text, expected) in [
            ("", Place::Absent),
            ("a: 1", Place::Absent),
            ("[{a: {b: 1}}]", Place::Absent),
            ("a: [{b: 1}]", Place::Absent),
            ("a: {b: 1}\na: {c: 2}", Place::Absent),
            ("a: {b: 1}\na: 2", Place::Absent),
            ("x: &x 1\na: {b: *x}", Place::Alias),
            ("x: &x {b: 1}\na: *x", Place::Alias),
            ("a: {<<: {b: 1}}", Place::Merged),
            ("a: {b: 1, <<: {b: 2}}", Place::Merged),
            ("x: &x b\na: {*x : 1}", Place::Merged),
            ("a: {b: [1]}", Place::Other),
            ("a: {b: {}}", Place::Other),
            ("a: {b: 4\n 2}", Place::Other),
            ("a:\n  b: |\n    42\n", Place::Other),
            ("a: {b: \"4\n  2\"}", Place::Other),
            ("a:\n  b:\n", Place::Scalar { bytes: 6..6, is_plain: true }),
        ] {
            assert_eq!(locate(text, &["a", "b"]), Some(expected), "{text}");
        }
        assert_eq!(locate("a: [", &["a", "b"]), None);
    }
}

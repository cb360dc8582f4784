//! Finds the position of a field in the file by its path.

use std::collections::HashMap;

use crate::apimachinery::Segment;
use crate::manifest::{Entry, Node, Position, Value};

/// Up to this number of entries, a linear search is faster than hashing.
const LOOK_UP_TO: usize = 16;

/// Finds positions in one document. A large mapping is indexed only once.
#[derive(Debug)]
pub struct Positions<'d> {
    root: &'d Node,
    /// The indexed entries of large mappings, by the address of the node.
    entries: HashMap<*const Node, HashMap<&'d str, &'d Entry>>,
}

impl<'d> Positions<'d> {
    /// Finds positions in the document `root`.
    pub fn new(root: &'d Node) -> Self {
        Self { root, entries: HashMap::new() }
    }

    /// The position of the node that a path leads to, or of the last node on the way that exists: a missing field is
    /// shown at the object that lacks it. A field is shown at its key if the value takes more than a line.
    pub fn locate(&mut self, path: &[Segment<'_>]) -> Position {
        let mut node = self.root;
        let mut position = node.position;
        for segment in path {
            let found = match (segment, &node.value) {
                (Segment::Field(key) | Segment::Key(key), Value::Mapping(entries)) => {
                    self.entry(node, entries, key).map(|entry| (&entry.value, entry.shown_at()))
                }
                (Segment::Index(index), Value::Sequence(items)) => items.get(*index).map(|item| (item, item.position)),
                _ => None,
            };
            let Some((next, next_position)) = found else { break };
            (node, position) = (next, next_position);
        }
        position
    }

    fn entry(&mut self, node: &'d Node, entries: &'d [Entry], key: &str) -> Option<&'d Entry> {
        if entries.len() <= LOOK_UP_TO {
            return entries.iter().find(|entry| entry.key == key);
        }
        let by_key = self
            .entries
            .entry(std::ptr::from_ref(node))
            .or_insert_with(|| entries.iter().map(|entry| (entry.key.as_str(), entry)).collect());
        by_key.get(key).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Text, documents};

    #[test]
    fn a_missing_field_is_at_the_object_that_lacks_it() {
        for more in [0, 100] {
            let entries: Vec<String> = (0..more).map(|nth| format!("  k{nth}: 1\n")).collect();
            let text = format!("spec:\n{}  a: [x, {{b: c}}]\n  d: {{}}\n", entries.concat());
            documents(Text::decode(text.into()).as_str(), |document| {
                let document = document.unwrap();
                let mut positions = Positions::new(&document.root);
                let (spec, a) = (Segment::Field("spec"), Segment::Field("a"));
                for (path, line, column) in [
                    (&[spec, a, Segment::Index(1), Segment::Key("b")][..], 2, 14),
                    (&[spec, a, Segment::Index(1), Segment::Key("x")], 2, 10),
                    (&[spec, a, Segment::Index(7)], 2, 3),
                    (&[spec, Segment::Field("d")], 3, 3),
                    (&[spec, Segment::Field("z"), a], 1, 1),
                ] {
                    let found = positions.locate(path);
                    let line = if line == 1 { 1 } else { line + more };
                    assert_eq!((found.line, found.column), (line, column), "{path:?}");
                }
            });
        }
    }
}

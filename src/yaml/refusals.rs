//! What YAML has and JSON has not. kubectl finds it when a document is complete, so that it does no harm in the first of
//! two values of one key: until then a node stands for it.

use super::error::{ReadError, ReadErrorKind};
use super::node::{Node, Position, Value, Written};

/// What has been met so far.
#[derive(Debug, Default)]
pub struct Refusals(Vec<ReadError>);

impl Refusals {
    /// Notes an error; its number goes out.
    pub fn add(&mut self, error: ReadError) -> usize {
        self.0.push(error);
        self.0.len() - 1
    }

    /// The node, if it can be merged: a mapping, even one that JSON cannot hold.
    pub fn mergeable(&self, node: Node) -> Result<Node, ReadError> {
        let is_mapping = match refusal_of(&node) {
            Some(nth) => matches!(self.0[nth].kind, ReadErrorKind::Key(_)),
            None => matches!(node.value, Value::Mapping(_)),
        };
        if is_mapping { Ok(node) } else { Err(ReadErrorKind::Merge.at(node.position)) }
    }

    /// The document, unless JSON cannot hold it.
    pub fn finish(mut self, root: Node) -> Result<Node, ReadError> {
        if self.0.is_empty() {
            return Ok(root);
        }
        match refusal_in(&root) {
            Some(nth) => Err(self.0.swap_remove(nth)),
            None => Ok(root),
        }
    }
}

/// The node that stands for a refusal.
pub fn refused(nth: usize, position: Position) -> Node {
    Node { value: Value::Null, position, written: Some(Box::new(Written::Refused(nth))) }
}

/// The number of the refusal that a node stands for.
pub fn refusal_of(node: &Node) -> Option<usize> {
    match node.written.as_deref() {
        Some(Written::Refused(nth)) => Some(*nth),
        _ => None,
    }
}

/// The first refusal that is left in a document.
fn refusal_in(node: &Node) -> Option<usize> {
    match &node.value {
        Value::Null => refusal_of(node),
        Value::Sequence(items) => items.iter().find_map(refusal_in),
        Value::Mapping(entries) => entries.iter().find_map(|entry| refusal_in(&entry.value)),
        _ => None,
    }
}

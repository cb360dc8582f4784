//! YAML values without a JSON form. kubectl rejects them when a document is complete, so they are harmless in an
//! overridden value: until then, a placeholder node represents them.

use super::error::{ReadError, ReadErrorKind};
use super::node::{Node, Position, Value, Written};

/// The refusals so far.
#[derive(Debug, Default)]
pub struct Refusals(Vec<ReadError>);

impl Refusals {
    /// Records an error and returns its number.
    pub fn add(&mut self, error: ReadError) -> usize {
        self.0.push(error);
        self.0.len() - 1
    }

    /// The node, if it can be merged: a mapping, even one without a JSON form.
    pub fn mergeable(&self, node: Node) -> Result<Node, ReadError> {
        let is_mapping = match refusal_of(&node) {
            Some(nth) => matches!(self.0[nth].kind, ReadErrorKind::Key(_)),
            None => matches!(node.value, Value::Mapping(_)),
        };
        if is_mapping { Ok(node) } else { Err(ReadErrorKind::Merge.at(node.position)) }
    }

    /// The document, unless it has no JSON form.
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

/// The placeholder node of a refusal.
pub fn refused(nth: usize, position: Position) -> Node {
    Node { value: Value::Null, position, written: Some(Box::new(Written::Refused(nth))) }
}

/// The number of a node's refusal.
pub fn refusal_of(node: &Node) -> Option<usize> {
    match node.written.as_deref() {
        Some(Written::Refused(nth)) => Some(*nth),
        _ => None,
    }
}

/// The first remaining refusal in a document.
fn refusal_in(node: &Node) -> Option<usize> {
    match &node.value {
        Value::Null => refusal_of(node),
        Value::Sequence(items) => items.iter().find_map(refusal_in),
        Value::Mapping(entries) => entries.iter().find_map(|entry| refusal_in(&entry.value)),
        _ => None,
    }
}

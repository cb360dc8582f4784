//! Limits the expansion of a document by anchors and aliases: counts events and the size of copies.

use super::error::{ReadError, ReadErrorKind};
use super::node::{Entry, Node, Position, Value, Written};

/// The maximum memory for copies made by anchors and aliases, in bytes.
const MAX_COPIED: usize = 64 << 20;

/// The limit on the expansion by aliases, as in the Go parser.
#[derive(Default)]
pub struct Budget {
    /// All nodes so far.
    pub nodes: usize,
    from_aliases: usize,
    copied: usize,
}

impl Budget {
    /// Counts nodes of the text itself.
    pub fn count(&mut self, position: Position) -> Result<(), ReadError> {
        self.nodes += 1;
        self.check(position)
    }

    /// Counts the nodes of an alias, and the memory of their copies.
    pub fn count_alias(&mut self, nodes: usize, bytes: usize, position: Position) -> Result<(), ReadError> {
        self.nodes += nodes;
        self.from_aliases += nodes;
        self.copy(bytes, position)?;
        self.check(position)
    }

    /// Counts the memory of a copy.
    pub fn copy(&mut self, bytes: usize, position: Position) -> Result<(), ReadError> {
        self.copied += bytes;
        if self.copied > MAX_COPIED { Err(ReadErrorKind::Aliases.at(position)) } else { Ok(()) }
    }

    fn check(&self, position: Position) -> Result<(), ReadError> {
        if self.from_aliases <= 100 || self.nodes <= 1000 {
            return Ok(());
        }
        // Small documents may consist almost entirely of aliases, and large ones to a tenth.
        #[allow(clippy::cast_precision_loss)] // Far below 2^52.
        let (nodes, from_aliases) = (self.nodes as f64, self.from_aliases as f64);
        let allowed = if nodes <= 400_000.0 {
            0.99
        } else if nodes >= 4_000_000.0 {
            0.10
        } else {
            0.99 - 0.89 * (nodes - 400_000.0) / 3_600_000.0
        };
        if from_aliases / nodes > allowed { Err(ReadErrorKind::Aliases.at(position)) } else { Ok(()) }
    }
}

/// The size of a copy of a node.
#[derive(Debug, Clone, Copy, Default)]
pub struct Size {
    /// Its memory.
    pub bytes: usize,
    /// Its nesting depth.
    pub height: usize,
}

impl Size {
    /// Recurses as deep as the node, which is limited by the maximum depth of a document.
    pub fn of(node: &Node) -> Self {
        let own = size_of::<Node>()
            + node.written.as_ref().map_or(0, |written| size_of::<Written>() + written.as_str().len());
        let mut size = Self { bytes: own, height: 0 };
        match &node.value {
            Value::String(text) => size.bytes += text.len(),
            Value::Sequence(items) => items.iter().for_each(|item| size.add(Self::of(item), 0)),
            Value::Mapping(entries) => {
                let beside = size_of::<Entry>() - size_of::<Node>();
                entries.iter().for_each(|entry| size.add(Self::of(&entry.value), beside + entry.key.len()));
            }
            _ => {}
        }
        size.height += usize::from(matches!(node.value, Value::Sequence(_) | Value::Mapping(_)));
        size
    }

    fn add(&mut self, below: Self, beside: usize) {
        self.bytes += below.bytes + beside;
        self.height = self.height.max(below.height);
    }
}

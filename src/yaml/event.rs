//! The events of YAML: what the parser makes of tokens, and the composer takes.

use std::borrow::Cow;

use super::mark::Mark;

/// What the text has said, and where.
#[derive(Debug)]
pub struct Event<'t> {
    /// What it is.
    pub kind: EventKind<'t>,
    /// Where it starts, without an anchor or tag before it.
    pub start: Mark,
    /// How many characters it takes in its line; 1 where it takes several lines.
    pub width: u32,
}

/// What a text says.
#[derive(Debug)]
pub enum EventKind<'t> {
    /// The document has ended.
    DocumentEnd,
    /// There is no document.
    StreamEnd,
    /// A value that an anchor before it has.
    Alias(&'t str),
    /// A scalar.
    Scalar {
        /// Its anchor and tag.
        properties: Properties<'t>,
        /// Its text.
        text: Cow<'t, str>,
        /// Whether its text decides what it means: it is plain and has no tag.
        is_plain: bool,
    },
    /// A list starts.
    SequenceStart(Properties<'t>),
    /// It ends.
    SequenceEnd,
    /// A mapping starts; keys and values follow in turn.
    MappingStart(Properties<'t>),
    /// It ends.
    MappingEnd,
}

/// What may stand before a value.
#[derive(Debug, Default)]
pub struct Properties<'t> {
    /// The name of its anchor.
    pub anchor: Option<&'t str>,
    /// Its tag, with the handle written out.
    pub tag: Option<Cow<'t, str>>,
}

//! The events of YAML, which the parser produces and the composer consumes.

use std::borrow::Cow;

use super::mark::Mark;

/// An event and its position.
#[derive(Debug)]
pub struct Event<'t> {
    /// What it is.
    pub kind: EventKind<'t>,
    /// Its start, without an anchor or tag before it.
    pub start: Mark,
    /// Its width in characters; 1 if it spans several lines.
    pub width: u32,
}

/// The kinds of events.
#[derive(Debug)]
pub enum EventKind<'t> {
    /// The document has ended.
    DocumentEnd,
    /// There is no document.
    StreamEnd,
    /// An alias of an anchor.
    Alias(&'t str),
    /// A scalar.
    Scalar {
        /// Its anchor and tag.
        properties: Properties<'t>,
        /// Its text.
        text: Cow<'t, str>,
        /// Whether its text alone decides its meaning: it is plain and has no tag.
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

/// The properties before a value.
#[derive(Debug, Default)]
pub struct Properties<'t> {
    /// The name of its anchor.
    pub anchor: Option<&'t str>,
    /// Its tag, with the handle written out.
    pub tag: Option<Cow<'t, str>>,
}

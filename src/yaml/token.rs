//! The tokens of YAML, which the scanner produces and the parser consumes.

use std::borrow::Cow;

use super::mark::Mark;

/// A token and its position.
#[derive(Debug, Clone)]
pub struct Token<'t> {
    /// What it is.
    pub kind: TokenKind<'t>,
    /// Where it starts.
    pub start: Mark,
    /// Its width in characters; 1 if it spans several lines.
    pub width: u32,
    /// The line on which it ends.
    pub last_line: u32,
}

/// The two parts of a tag, or of a directive for tags. They are boxed to keep common tokens small.
#[derive(Debug, Clone)]
pub struct Tag<'t> {
    /// The handle: `!`, `!!` or `!name!`; empty for a name in brackets.
    pub handle: &'t str,
    /// The name; in a directive, the prefix for the handle.
    pub name: Cow<'t, str>,
}

/// The kinds of tokens. Texts are borrowed from the input wherever possible.
#[derive(Debug, Clone)]
pub enum TokenKind<'t> {
    /// The end of the text.
    StreamEnd,
    /// `%YAML`.
    VersionDirective {
        /// The number before the dot.
        major: u8,
        /// The number after it.
        minor: u8,
    },
    /// `%TAG`.
    TagDirective(Box<Tag<'t>>),
    /// `---`.
    DocumentStart,
    /// `...`.
    DocumentEnd,
    /// The first `-` of a block list.
    BlockSequenceStart,
    /// The first key of a block mapping.
    BlockMappingStart,
    /// A decrease of the indentation.
    BlockEnd,
    /// `[`.
    FlowSequenceStart,
    /// `]`.
    FlowSequenceEnd,
    /// `{`.
    FlowMappingStart,
    /// `}`.
    FlowMappingEnd,
    /// `- `.
    BlockEntry,
    /// `,`.
    FlowEntry,
    /// `?`, or what turned out to be a key.
    Key,
    /// `:`.
    Value,
    /// `*name`.
    Alias(&'t str),
    /// `&name`.
    Anchor(&'t str),
    /// `!name`, `!handle!name` or `!<name>`.
    Tag(Box<Tag<'t>>),
    /// A scalar.
    Scalar {
        /// Its text, unescaped and folded.
        text: Cow<'t, str>,
        /// Whether it is written without quotes and without `|` or `>`.
        is_plain: bool,
    },
}

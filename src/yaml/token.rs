//! The tokens of YAML: what the scanner makes of characters, and the parser takes.

use std::borrow::Cow;

use super::mark::Mark;

/// A token and its position.
#[derive(Debug, Clone)]
pub struct Token<'t> {
    /// What it is.
    pub kind: TokenKind<'t>,
    /// Where it starts.
    pub start: Mark,
    /// How many characters it takes in its line; 1 where it takes several lines.
    pub width: u32,
    /// The line on which it ends.
    pub last_line: u32,
}

/// The two parts of a tag, or of a directive for tags. They are boxed, so that the tokens that there are many of stay
/// small.
#[derive(Debug, Clone)]
pub struct Tag<'t> {
    /// The handle: `!`, `!!` or `!name!`; empty for a name in brackets.
    pub handle: &'t str,
    /// The name; in a directive, what the handle stands for.
    pub name: Cow<'t, str>,
}

/// What a token is. Texts are borrowed from the input wherever they stand there as they are.
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
    /// The first `-` of a list that is made by indentation.
    BlockSequenceStart,
    /// The first key of a mapping that is made by indentation.
    BlockMappingStart,
    /// A smaller indentation.
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
        /// Whether it stands there without quotes and without `|` or `>`.
        is_plain: bool,
    },
}

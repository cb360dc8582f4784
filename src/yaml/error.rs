//! Why a text could not be read: a [`Fault`] is what a stage of the reader has met, and a
//! [`ReadError`] what a person is told of it.

use thiserror::Error;

use super::mark::Mark;
use super::node::Position;

/// Why kubectl could not read a document, and where in the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind}")]
pub struct ReadError {
    /// Where the cause is.
    pub position: Position,
    /// Why.
    pub kind: ReadErrorKind,
}

/// Why kubectl could not read a document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadErrorKind {
    /// The text is not well-formed.
    #[error("{message}")]
    Syntax {
        /// What is wrong, as a sentence.
        message: String,
        /// What to do about it, as a sentence.
        help: Option<String>,
    },
    /// This text, which is no comment, after `---` at the start of a line.
    #[error("kubectl takes no text after '---' at the start of a line.")]
    Separator(String),
    /// A character that YAML does not allow.
    #[error("The control character {0:?} cannot stand in YAML.")]
    Control(char),
    /// A key that is not a scalar, or null; this is what it is.
    #[error("A key must be a string, and this one is {0}.")]
    Key(&'static str),
    /// `.inf` or `.nan`, or a number that no float holds.
    #[error("{0} is not a finite number, and JSON holds no other.")]
    NotFinite(String),
    /// A value that its tag does not fit.
    #[error("{text:?} is not a valid {tag}.")]
    Tag {
        /// The value.
        text: String,
        /// The tag.
        tag: String,
    },
    /// A merge key whose value is not a mapping.
    #[error("'<<' merges a mapping or a list of mappings, and this is neither.")]
    Merge,
    /// An alias to an anchor that encloses it.
    #[error("The alias *{0} stands inside the value that it names.")]
    RecursiveAlias(String),
    /// An alias to an anchor that nothing before it has.
    #[error("There is no anchor &{0} before this alias.")]
    UnknownAlias(String),
    /// Aliases that multiply the document beyond all measure.
    #[error("The aliases of this document multiply it beyond what can be read.")]
    Aliases,
    /// A document that takes more than this many bytes.
    #[error("This document is larger than {} MiB, and no Kubernetes object is.", .0 >> 20)]
    Size(usize),
    /// More levels than this.
    #[error("This nests more than {0} levels deep, which no Kubernetes object does.")]
    Depth(usize),
}

impl ReadErrorKind {
    /// The error at a position.
    pub const fn at(self, position: Position) -> ReadError {
        ReadError { position, kind: self }
    }

    /// What to do about it, as a sentence.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::Syntax { help, .. } => return help.clone(),
            Self::Separator(text) => return Some(format!("Put {text:?} on a line of its own.")),
            Self::Control(_) => "Write it as an escape in double quotes.",
            Self::Key(_) | Self::NotFinite(_) => "Quote it if text was meant.",
            Self::Tag { .. } => "Drop the tag, or write a value of that type.",
            Self::Aliases => "Write the values out.",
            Self::Size(_) => "Put '---' between objects.",
            Self::Merge | Self::RecursiveAlias(_) | Self::UnknownAlias(_) | Self::Depth(_) => return None,
        };
        Some(help.to_owned())
    }
}

/// Where the scanner or the parser could not go on, and why. It is boxed, so that what goes well is small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What it has met.
    pub kind: FaultKind,
    /// Where.
    pub at: Mark,
    /// Where what it was reading has begun, if that is elsewhere.
    pub begun: Option<Mark>,
}

#[allow(clippy::unnecessary_box_returns)] // Whoever makes one returns it as an error, which is to be small.
impl Fault {
    /// A fault of something that begins where it is met.
    pub fn new(kind: FaultKind, at: Mark) -> Box<Self> {
        Box::new(Self { kind, at, begun: None })
    }

    /// A fault at `at`, of something that begins at `begun`.
    pub fn within(kind: FaultKind, begun: Mark, at: Mark) -> Box<Self> {
        Box::new(Self { kind, at, begun: Some(begun) })
    }
}

/// What the scanner or the parser has met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// A character that YAML does not allow.
    ControlCharacter(char),
    /// A character that nothing can start with.
    NothingStartsWith(char),
    /// A tab where indentation is made of spaces.
    TabInIndentation,
    /// A line that must be a key, and has no colon.
    NoColon,
    /// More levels than the scanner takes.
    TooDeep,
    /// `- ` where no list can start.
    ListNotAllowed,
    /// `? ` where no key can start.
    KeyNotAllowed,
    /// `: ` where no value can start.
    ValueNotAllowed,
    /// A line that starts with `%` and is not a directive.
    Directive(&'static str),
    /// `&` or `*` without a proper name.
    AnchorName,
    /// `!` without a proper name.
    Tag(&'static str),
    /// Something other than a comment after `|` or `>`.
    AfterBlockIndicator,
    /// `|0` or `>0`.
    ZeroIndentation,
    /// `---` or `...` inside quotes.
    DocumentIndicatorInQuotes,
    /// Quotes that are not closed.
    UnclosedQuote,
    /// `\` and a character that makes no escape.
    UnknownEscape(char),
    /// `\x`, `\u` or `\U` without enough hexadecimal digits.
    EscapeDigits(u8),
    /// An escape that stands for no character.
    EscapeCode,
    /// A directive without a document after it.
    NoDocumentStart,
    /// A directive that stands twice.
    RepeatedDirective,
    /// `%YAML` with another version than 1.1.
    Version,
    /// A tag whose handle no directive has made known.
    UnknownTagHandle,
    /// Nothing where a value must stand.
    NoValue,
    /// Something other than an entry where the entries of a list stand.
    NoDash,
    /// Something other than a key where the keys of a mapping stand.
    NoKey,
    /// Neither `,` nor `]` after an element.
    ListInBrackets,
    /// Neither `,` nor `}` after an entry.
    MappingInBraces,
}

//! Why a text could not be read: a [`Fault`] is found by a stage of the parser, and a [`ReadError`] is the message for
//! the user.

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
    /// Text other than a comment after `---` at the start of a line.
    #[error("kubectl does not accept text after '---' at the start of a line.")]
    Separator(String),
    /// A character that YAML does not allow.
    #[error("The control character {0:?} is not allowed in YAML.")]
    Control(char),
    /// A key that is not a scalar, or null; the text is its kind.
    #[error("A key must be a string, but this one is {0}.")]
    Key(&'static str),
    /// `.inf` or `.nan`, or a number that does not fit in a float.
    #[error("{0} is not a finite number, and JSON supports only finite numbers.")]
    NotFinite(String),
    /// A value that does not fit its tag.
    #[error("{text:?} is not a valid {tag}.")]
    Tag {
        /// The value.
        text: String,
        /// The tag.
        tag: String,
    },
    /// A merge key whose value is not a mapping.
    #[error("'<<' needs a mapping or a list of mappings, and this is neither.")]
    Merge,
    /// An alias inside its own anchor.
    #[error("The alias *{0} is inside the value that it refers to.")]
    RecursiveAlias(String),
    /// An alias without a preceding anchor.
    #[error("There is no anchor &{0} before this alias.")]
    UnknownAlias(String),
    /// Aliases that expand the document too much.
    #[error("The aliases of this document expand it beyond what can be read.")]
    Aliases,
    /// A document that takes more than this many bytes.
    #[error("This document is larger than {} MiB, larger than any Kubernetes object.", .0 >> 20)]
    Size(usize),
    /// More levels than this.
    #[error("This is nested more than {0} levels deep, deeper than any Kubernetes object.")]
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
            Self::Key(_) | Self::NotFinite(_) => "Quote it if it is meant as text.",
            Self::Tag { .. } => "Remove the tag, or write a value of that type.",
            Self::Aliases => "Write out the values instead of using aliases.",
            Self::Size(_) => "Put '---' between objects.",
            Self::Merge | Self::RecursiveAlias(_) | Self::UnknownAlias(_) | Self::Depth(_) => return None,
        };
        Some(help.to_owned())
    }
}

/// Where and why the scanner or the parser could not continue. It is boxed to keep `Result`s small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The kind of fault.
    pub kind: FaultKind,
    /// Where.
    pub at: Mark,
    /// The start of the construct being read, if it is elsewhere.
    pub begun: Option<Mark>,
}

#[allow(clippy::unnecessary_box_returns)] // Whoever makes one returns it as an error, which is to be small.
impl Fault {
    /// A fault of a construct that starts at the same position.
    pub fn new(kind: FaultKind, at: Mark) -> Box<Self> {
        Box::new(Self { kind, at, begun: None })
    }

    /// A fault at `at`, of a construct that starts at `begun`.
    pub fn within(kind: FaultKind, begun: Mark, at: Mark) -> Box<Self> {
        Box::new(Self { kind, at, begun: Some(begun) })
    }
}

/// The kinds of faults of the scanner and the parser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// A character that YAML does not allow.
    ControlCharacter(char),
    /// A character that nothing can start with.
    NothingStartsWith(char),
    /// A tab in indentation.
    TabInIndentation,
    /// A line that must be a key but has no colon.
    NoColon,
    /// More levels than the scanner supports.
    TooDeep,
    /// `- ` where no list can start.
    ListNotAllowed,
    /// `? ` where no key can start.
    KeyNotAllowed,
    /// `: ` where no value can start.
    ValueNotAllowed,
    /// A line that starts with `%` and is not a directive.
    Directive(&'static str),
    /// `&` or `*` without a valid name.
    AnchorName,
    /// `!` without a valid name.
    Tag(&'static str),
    /// Something other than a comment after `|` or `>`.
    AfterBlockIndicator,
    /// `|0` or `>0`.
    ZeroIndentation,
    /// `---` or `...` inside quotes.
    DocumentIndicatorInQuotes,
    /// Quotes that are not closed.
    UnclosedQuote,
    /// `\` and a character that is not an escape.
    UnknownEscape(char),
    /// `\x`, `\u` or `\U` without enough hexadecimal digits.
    EscapeDigits(u8),
    /// An escape that is not a valid character.
    EscapeCode,
    /// A directive without a document after it.
    NoDocumentStart,
    /// A duplicate directive.
    RepeatedDirective,
    /// `%YAML` with another version than 1.1.
    Version,
    /// A tag whose handle no directive has declared.
    UnknownTagHandle,
    /// A missing value.
    NoValue,
    /// Something other than an element in a list.
    NoDash,
    /// Something other than a key in a mapping.
    NoKey,
    /// Neither `,` nor `]` after an element.
    ListInBrackets,
    /// Neither `,` nor `}` after an entry.
    MappingInBraces,
}

//! A file's text as the documents that kubectl would find in it, each with its place.
//!
//! kubectl cuts a YAML stream at lines that start with `---` before any parser sees it, and reads
//! only the first document of each piece; an input that starts with `{` is a stream of JSON.

use thiserror::Error;

use super::format::Format;
use super::node::{Node, Position, Value};
use super::{json, strict, yaml};

/// A List of all Jobs of a large cluster stays below this; a file that took a tree of many gigabytes
/// does not.
const MAX_YAML_DOCUMENT: usize = 64 << 20;
/// So many duplicate keys of one document are kept; who has more has no manifest.
const MAX_DUPLICATES: usize = 100;

/// One document of an input.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its content.
    pub root: Node,
    /// Keys that stand twice in one mapping: kubectl drops the first and says nothing.
    pub duplicates: Vec<Duplicate>,
}

/// A key that stands twice in one mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The key.
    pub key: String,
    /// Where it stands first; this value is lost.
    pub first: Position,
    /// Where it stands again; this value counts.
    pub last: Position,
}

impl Duplicate {
    /// Keeps this duplicate unless there are too many already.
    pub(super) fn note(self, duplicates: &mut Vec<Self>) {
        if duplicates.len() < MAX_DUPLICATES {
            duplicates.push(self);
        }
    }
}

/// Why kubectl could not read a document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// The text is not well-formed.
    #[error("This is not well-formed: {message}.")]
    Syntax {
        /// Where the reader stopped.
        position: Position,
        /// What it says.
        message: String,
    },
    /// Something other than a comment after `---` at the start of a line.
    #[error("kubectl takes no text after '---' at the start of a line. Put {text:?} on a line of its own.")]
    Separator {
        /// Where the text stands.
        position: Position,
        /// The text.
        text: String,
    },
    /// A character that YAML does not allow.
    #[error("The control character {found:?} cannot stand in YAML. Write it as an escape in double quotes.")]
    Control {
        /// Where it stands.
        position: Position,
        /// The character.
        found: char,
    },
    /// A key that is no scalar, or null.
    #[error("A key must be a string, and this one is {kind}. Quote it if text was meant.")]
    Key {
        /// Where it stands.
        position: Position,
        /// What it is.
        kind: &'static str,
    },
    /// `.inf` or `.nan`, or a number that no float holds.
    #[error("{text} is no finite number, and JSON holds no other. Quote it if text was meant.")]
    NotFinite {
        /// Where it stands.
        position: Position,
        /// How it is written.
        text: String,
    },
    /// A value that its tag does not fit.
    #[error("{text:?} is no !!{tag}. Drop the tag, or write a value of that type.")]
    Tag {
        /// Where it stands.
        position: Position,
        /// The value.
        text: String,
        /// The tag.
        tag: String,
    },
    /// A merge key whose value is no mapping.
    #[error("'<<' merges a mapping or a list of mappings, and this is neither.")]
    Merge {
        /// Where the value stands.
        position: Position,
    },
    /// An alias to an anchor that encloses it.
    #[error("This alias stands inside the very value that it names.")]
    Alias {
        /// Where it stands.
        position: Position,
    },
    /// Aliases that multiply the document beyond all measure.
    #[error("The aliases of this document multiply it beyond what kubectl reads. Write the values out.")]
    Aliases {
        /// Where the limit was passed.
        position: Position,
    },
    /// A document that takes too much memory to be read.
    #[error("This document is larger than {} MiB, and no Kubernetes object is. Put '---' between objects.", max >> 20)]
    Size {
        /// Where the document starts.
        position: Position,
        /// The limit in bytes.
        max: usize,
    },
    /// Too many levels.
    #[error("This nests more than {max} levels deep, which no Kubernetes object does.")]
    Depth {
        /// Where the limit was passed.
        position: Position,
        /// The limit.
        max: usize,
    },
}

impl ReadError {
    /// Where in the file the error is.
    #[must_use]
    pub const fn position(&self) -> Position {
        match self {
            Self::Syntax { position, .. }
            | Self::Separator { position, .. }
            | Self::Control { position, .. }
            | Self::Key { position, .. }
            | Self::NotFinite { position, .. }
            | Self::Tag { position, .. }
            | Self::Merge { position }
            | Self::Alias { position }
            | Self::Aliases { position }
            | Self::Size { position, .. }
            | Self::Depth { position, .. } => *position,
        }
    }
}

/// Reads the documents of a text one by one and hands each to `each`, so that only one of them is
/// in memory at a time. Documents that are empty or null are passed over, as kubectl does.
/// After an error a YAML stream goes on at the next `---`; a JSON stream ends.
pub fn documents(text: &str, mut each: impl FnMut(Result<Document, ReadError>)) {
    let mut hand_over = |result: Result<Document, ReadError>| match result {
        Ok(Document { root: Node { value: Value::Null, .. }, duplicates }) if duplicates.is_empty() => {}
        result => each(result),
    };
    match Format::guess(text) {
        Format::Json => {
            let mut values = json::Values::new(text);
            while let Some(result) = values.next_value() {
                hand_over(result.map(|(root, duplicates)| Document { root, duplicates }));
            }
        }
        Format::Yaml => {
            for piece in Pieces::new(text) {
                hand_over(piece.and_then(|piece| yaml_document(&piece)));
            }
        }
    }
}

fn yaml_document(piece: &Piece<'_>) -> Result<Document, ReadError> {
    if piece.text.len() > MAX_YAML_DOCUMENT {
        let position = Position { line: piece.first_line, column: 1, width: 1 };
        return Err(ReadError::Size { position, max: MAX_YAML_DOCUMENT });
    }
    strict::refuse_control_characters(piece.text, piece.first_line)?;
    let mut duplicates = Vec::new();
    let root = yaml::first_document(piece.text, piece.first_line, &mut duplicates)?;
    Ok(Document { root, duplicates })
}

/// A part of a YAML stream between two separators.
struct Piece<'t> {
    text: &'t str,
    first_line: u32,
}

/// The parts of a YAML stream.
struct Pieces<'t> {
    text: &'t str,
    line: u32,
}

impl<'t> Pieces<'t> {
    const fn new(text: &'t str) -> Self {
        Self { text, line: 1 }
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Result<Piece<'t>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.text.is_empty() {
            return None;
        }
        let first_line = self.line;
        let mut end = 0;
        for line in self.text.split_inclusive('\n') {
            self.line += 1;
            let Some(after) = line.strip_prefix("---") else {
                end += line.len();
                continue;
            };
            let (text, rest) = self.text.split_at(end);
            self.text = &rest[line.len()..];
            let after_trimmed = after.trim();
            if after_trimmed.is_empty() || after_trimmed.starts_with('#') {
                return Some(Ok(Piece { text, first_line }));
            }
            return Some(Err(ReadError::Separator {
                position: Position { line: self.line - 1, column: 4, width: 1 },
                text: after_trimmed.to_owned(),
            }));
        }
        let text = std::mem::take(&mut self.text);
        Some(Ok(Piece { text, first_line }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<Document, ReadError>> {
        let mut all = Vec::new();
        documents(text, |document| all.push(document));
        all
    }

    #[test]
    fn separators_cut_before_the_parser_sees_them() {
        assert_eq!(read("---\n---\na: 1\n--- # two\nb: 2\n---\n# nothing\n").len(), 2);
        assert!(matches!(read("a: 1\n--- b: 2\n")[0], Err(ReadError::Separator { .. })));
        assert_eq!(read("a: 1\n...\nb: [\n---\nc: 1\n").len(), 2);
        assert_eq!(read("").len(), 0);
        assert!(read("%YAML 1.1\n---\na: 1\n")[0].is_err());
    }

    #[test]
    fn lines_count_through_the_whole_file() {
        let all = read("a: 1\n---\nb:\n  - c\n");
        let b = all[1].as_ref().unwrap().root.get("b").unwrap();
        assert_eq!(b.as_sequence().unwrap()[0].position.line, 4);
    }

    #[test]
    fn an_opening_brace_makes_it_json() {
        assert_eq!(read("{\"a\": 1} {\"b\": 2}").len(), 2);
        assert!(read("{a: 1}")[0].is_err());
    }
}

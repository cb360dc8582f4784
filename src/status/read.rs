//! Reads the output of `kubectl get` as it arrives: one list, a stream of objects, or a stream of events, as JSON or as
//! YAML. Each Job and each pod is passed on; at most one document, or one item of a JSON list, is in memory at a time.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use serde::de::DeserializeSeed;

use super::document::{Change, Document, Progress};
use super::error::StatusError;
use super::object::{Kind, Object};
use crate::manifest::{self, Node, Position, ReadError, Text};
use crate::yaml::starts_like_json;

/// The number of bytes that are read at a time.
const BUFFER: usize = 128 * 1024;
/// The maximum of whitespace that is skipped before the first character.
const LOOK_AHEAD: usize = 4096;
/// The maximum size of a YAML document; a JSON list has no limit.
const MAX_YAML_DOCUMENT: usize = 64 << 20;

/// What was read.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Extent {
    /// The number of documents.
    pub documents: usize,
    /// Whether the last one is incomplete because the stream was cut off; it is skipped.
    pub is_cut_off: bool,
    /// An error of the API server among the objects, for example at the end of a watch that it has aborted.
    pub failure: Option<String>,
}

/// Reads an input to its end.
///
/// # Errors
/// [`StatusError`].
pub fn read(file: &str, input: impl Read, take: &mut impl FnMut(Change, Object)) -> Result<Extent, StatusError> {
    let unreadable = |source| StatusError::Unreadable { file: file.to_owned(), source };
    let mut input = BufReader::with_capacity(BUFFER, input);
    let start = Start::of(&mut input).map_err(unreadable)?;
    match start.encoding {
        Encoding::Utf8 if start.is_json => json(file, Cursor::new(start.ahead).chain(input), take),
        Encoding::Utf8 => yaml(file, Cursor::new(start.ahead).chain(input), take),
        Encoding::Utf16 => {
            let mut bytes = start.ahead;
            input.read_to_end(&mut bytes).map_err(unreadable)?;
            let text = Text::decode(bytes);
            let bytes = text.as_str().as_bytes();
            if starts_like_json(text.as_str()) { json(file, bytes, take) } else { yaml(file, bytes, take) }
        }
    }
}

/// The beginning of an input.
struct Start {
    /// The bytes that were read to detect the format.
    ahead: Vec<u8>,
    encoding: Encoding,
    is_json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    /// UTF-16, the encoding in which Windows `PowerShell` redirects output.
    Utf16,
}

impl Start {
    fn of(input: &mut impl BufRead) -> io::Result<Self> {
        let mut ahead = Vec::new();
        while let Some(byte) = input.fill_buf()?.first().copied() {
            match (ahead.as_slice(), byte) {
                ([0xFF], 0xFE) | ([0xFE], 0xFF) => {
                    ahead.push(byte);
                    input.consume(1);
                    return Ok(Self { ahead, encoding: Encoding::Utf16, is_json: false });
                }
                ([], 0xEF | 0xFE | 0xFF) | ([0xEF], 0xBB) => {}
                ([0xEF, 0xBB], 0xBF) => {
                    ahead.clear();
                    input.consume(1);
                    continue;
                }
                (_, b' ' | b'\t' | b'\r' | b'\n') if ahead.len() < LOOK_AHEAD => {}
                (_, byte) => return Ok(Self { ahead, encoding: Encoding::Utf8, is_json: byte == b'{' }),
            }
            ahead.push(byte);
            input.consume(1);
        }
        Ok(Self { ahead, encoding: Encoding::Utf8, is_json: false })
    }
}

/// Reads a stream of JSON values.
fn json(file: &str, input: impl Read, take: &mut impl FnMut(Change, Object)) -> Result<Extent, StatusError> {
    use serde_json::error::Category;

    let mut stream = serde_json::Deserializer::from_reader(input);
    let mut read = Extent::default();
    loop {
        let mut progress = Progress::default();
        let result = Document::new(take, &mut progress).deserialize(&mut stream);
        let Err(error) = result else {
            read.documents += 1;
            read.failure = progress.failure.or(read.failure);
            continue;
        };
        let file = file.to_owned();
        return match error.classify() {
            Category::Eof if !progress.has_begun => Ok(read),
            Category::Eof if progress.is_list => Err(StatusError::ListCutOff(file)),
            Category::Eof if read.documents > 0 => Ok(Extent { is_cut_off: true, ..read }),
            Category::Eof => Err(StatusError::ObjectCutOff(file)),
            Category::Io => Err(StatusError::Unreadable { file, source: error.into() }),
            Category::Syntax | Category::Data => Err(malformed(file, &error)),
        };
    }
}

fn malformed(file: String, error: &serde_json::Error) -> StatusError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let place = format!(" at line {line} column {column}");
    let message = text.strip_suffix(&place).unwrap_or(&text).to_owned();
    StatusError::Malformed { file, line, column, message }
}

/// Reads a stream of YAML documents, cut at their separators.
fn yaml(file: &str, input: impl BufRead, take: &mut impl FnMut(Change, Object)) -> Result<Extent, StatusError> {
    let mut pieces = Pieces { input, next: Vec::new(), lines: 0 };
    let mut read = Extent::default();
    let unreadable = |source| StatusError::Unreadable { file: file.to_owned(), source };
    while let Some(Piece { text, line, is_whole }) = pieces.next().map_err(unreadable)? {
        if !is_whole {
            return Err(StatusError::TooLong { file: file.to_owned(), line, max: MAX_YAML_DOCUMENT });
        }
        // YAML does not show whether the rest is missing, but an unfinished last line does.
        if read.documents > 0 && !text.ends_with(b"\n") {
            return Ok(Extent { is_cut_off: true, ..read });
        }
        let mut result = Ok(());
        manifest::documents(Text::decode(text).as_str(), |document| {
            if result.is_ok() {
                result = yaml_document(file, line, document, &mut read, take);
            }
        });
        result?;
    }
    Ok(read)
}

/// Reads a YAML document that begins on this line of its file.
fn yaml_document(
    file: &str,
    first_line: usize,
    document: Result<manifest::Document, ReadError>,
    read: &mut Extent,
    take: &mut impl FnMut(Change, Object),
) -> Result<(), StatusError> {
    let line = |at: Position| first_line - 1 + usize::try_from(at.line.max(1)).unwrap_or(usize::MAX);
    let malformed = |at: Position, column, message: &str| {
        let message = message.trim_end_matches('.').to_owned();
        StatusError::Malformed { file: file.to_owned(), line: line(at), column, message }
    };
    let root = match document {
        Ok(document) => document.root,
        Err(error) => {
            let column = usize::try_from(error.position.column).unwrap_or(0);
            return Err(malformed(error.position, column, &error.to_string()));
        }
    };
    read.documents += 1;
    if root.as_mapping().is_none() {
        return Err(StatusError::NoObject { file: file.to_owned(), line: line(root.position) });
    }
    // kubectl writes the kind of a list after its items.
    if root.get("items").is_some() && root.get("kind").is_none() {
        return Err(StatusError::ListCutOff(file.to_owned()));
    }
    let mut progress = Progress::default();
    let result = objects(&root, &mut progress, take);
    read.failure = progress.failure.or(read.failure.take());
    result.map_err(|error| malformed(root.position, 0, &error.to_string()))
}

/// The objects of a YAML document, each converted to JSON.
fn objects(
    root: &Node,
    progress: &mut Progress,
    take: &mut impl FnMut(Change, Object),
) -> Result<(), serde_json::Error> {
    let text = |key: &str| root.get(key).and_then(Node::as_str);
    let kind = text("kind").unwrap_or_default();
    let mut one = |node: &Node, in_list| {
        Document { in_list, ..Document::new(&mut *take, &mut *progress) }.deserialize(node.to_json())
    };
    match root.get("items").and_then(Node::as_sequence) {
        Some(items) if kind.ends_with("List") => {
            let in_list = Kind::of_items(text("apiVersion").unwrap_or_default(), kind);
            items.iter().try_for_each(|item| one(item, in_list))
        }
        _ => one(root, None),
    }
}

/// A YAML stream, read one document at a time.
struct Pieces<R> {
    input: R,
    /// The separator that ended the last document and begins the next one.
    next: Vec<u8>,
    /// The number of lines before it.
    lines: usize,
}

/// A part of a YAML stream between two separators.
struct Piece {
    text: Vec<u8>,
    /// Its first line, from 1.
    line: usize,
    /// Whether it is a whole document; otherwise it was cut at the size limit.
    is_whole: bool,
}

impl<R: BufRead> Pieces<R> {
    fn next(&mut self) -> io::Result<Option<Piece>> {
        let mut text = std::mem::take(&mut self.next);
        let line = self.lines + 1;
        self.lines += usize::from(!text.is_empty());
        let is_whole = loop {
            let start = text.len();
            let left = (MAX_YAML_DOCUMENT + 1).saturating_sub(start);
            if left == 0 {
                break false;
            }
            let limit = u64::try_from(left).unwrap_or(u64::MAX);
            if (&mut self.input).take(limit).read_until(b'\n', &mut text)? == 0 {
                break true;
            }
            if start > 0 && text[start..].starts_with(b"---") {
                self.next = text.split_off(start);
                break true;
            }
            self.lines += 1;
        };
        Ok((!text.is_empty()).then_some(Piece { text, line, is_whole }))
    }
}

//! Reads the documents of a text like kubectl, with positions.
//!
//! kubectl reads a text that starts with `{` as a stream of JSON values. If that fails before the second value, it
//! continues with YAML from there. A YAML stream is split at lines that start with `---` before parsing, and only the
//! first document of each piece is read.

use memchr::memmem::Finder;

use super::compose::{self, ComposeError};
use super::error::{ReadError, ReadErrorKind};
use super::explain::explain;
use super::json;
use super::mapping::Duplicate;
use super::node::{Node, Position, Value};
use super::parser::Parser;
use super::scanner::Scanner;
use super::text::starts_like_json;

/// A List of all Jobs of a large cluster is below this limit; a file that would need many gigabytes of memory is not.
const MAX_YAML_DOCUMENT: usize = 64 << 20;
/// After this number of JSON values, a stream remains JSON.
const CLEARLY_JSON: usize = 2;
/// The number of bytes that kubectl reads at a time when it skips whitespace after a JSON value.
const WHITE_SPACE_BYTES: usize = 4;

/// One document of an input.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its content.
    pub root: Node,
    /// Duplicate keys: kubectl silently drops the first one.
    pub duplicates: Vec<Duplicate>,
}

/// Reads the documents of a text and calls `each` with one at a time, so that only one of them is in memory. Like
/// kubectl, skips documents that are empty or null.
///
/// kubectl stops at the first error. Here, a YAML stream continues at the next `---`, so that all errors are reported
/// at once; a JSON stream ends.
pub fn documents(text: &str, mut each: impl FnMut(Result<Document, ReadError>)) {
    let mut hand_over = |result: Result<Document, ReadError>| match result {
        Ok(Document { root: Node { value: Value::Null, .. }, duplicates }) if duplicates.is_empty() => {}
        result => each(result),
    };
    if !starts_like_json(text) {
        Pieces::new(text).for_each(|piece| hand_over(piece.and_then(|piece| piece.read())));
        return;
    }
    let mut values = json::Values::new(text);
    let mut count = 0;
    while let Some(result) = values.next_value() {
        match result {
            Ok((root, duplicates)) => hand_over(Ok(Document { root, duplicates })),
            Err(error @ ReadError { kind: ReadErrorKind::Syntax { .. }, .. }) if count < CLEARLY_JSON => {
                let (rest, start) = values.rest();
                return go_on_with_yaml(rest, start, &error, hand_over);
            }
            Err(error) => return hand_over(Err(error)),
        }
        count += 1;
    }
}

/// Reads the rest of a text that is not JSON. If it is not YAML either, the more helpful error is reported.
fn go_on_with_yaml(
    rest: &str,
    start: Position,
    not_json: &ReadError,
    mut hand_over: impl FnMut(Result<Document, ReadError>),
) {
    let Some(pieces) = Pieces::after_json(rest, start) else { return hand_over(Err(not_json.clone())) };
    let looks_like_json = rest.trim_start().trim_start_matches('{').trim_start().starts_with(['"', '}']);
    let mut is_first = true;
    for piece in pieces {
        let result = piece.and_then(|piece| piece.read());
        hand_over(match result {
            Err(_) if is_first && looks_like_json => Err(not_json.clone()),
            result => result,
        });
        is_first = false;
    }
}

/// The first document of a text, read as a whole by a YAML parser and not split like in kubectl: directives may precede
/// it, and JSON is YAML.
///
/// # Errors
/// The document cannot be read.
pub fn single_document(text: &str) -> Result<Document, ReadError> {
    Piece { text, start: Position { line: 1, column: 1, width: 1 } }.read()
}

/// The first document of a text that is YAML.
///
/// # Errors
/// kubectl could not read the document.
#[cfg(test)]
pub fn first_document(text: &str) -> Result<Node, ReadError> {
    Pieces::new(text).next().map_or_else(
        || Ok(Node::new(Value::Null, Position::default())),
        |piece| piece.and_then(|piece| piece.read()).map(|document| document.root),
    )
}

/// A part of a YAML stream between two separators.
struct Piece<'t> {
    text: &'t str,
    start: Position,
}

impl Piece<'_> {
    fn read(&self) -> Result<Document, ReadError> {
        if self.text.len() > MAX_YAML_DOCUMENT {
            return Err(ReadErrorKind::Size(MAX_YAML_DOCUMENT).at(self.start));
        }
        let mut duplicates = Vec::new();
        let mut parser = Parser::new(Scanner::new(self.text, self.start));
        match compose::compose(&mut parser, &mut duplicates) {
            Ok(root) => Ok(Document { root, duplicates }),
            Err(ComposeError::Read(error)) => Err(error),
            Err(ComposeError::Fault(fault)) => Err(explain(self.text, &fault, parser.long_quote())),
        }
    }
}

/// The parts of a YAML stream.
struct Pieces<'t> {
    text: &'t str,
    start: Position,
    separator: Finder<'static>,
}

impl<'t> Pieces<'t> {
    fn new(text: &'t str) -> Self {
        Self::starting_at(text, Position { line: 1, column: 1, width: 1 })
    }

    fn starting_at(text: &'t str, start: Position) -> Self {
        Self { text, start, separator: Finder::new("\n---") }
    }

    /// The text after JSON values, without whitespace up to the end of their line. None if kubectl would give up,
    /// because it reads four bytes at a time.
    fn after_json(text: &'t str, start: Position) -> Option<Self> {
        let mut pieces = Self::starting_at(text, start);
        loop {
            if pieces.text.len() < WHITE_SPACE_BYTES {
                return None;
            }
            let next = pieces.text.chars().next().filter(|c| *c != char::REPLACEMENT_CHARACTER)?;
            if !next.is_whitespace() {
                return Some(pieces);
            }
            pieces.text = &pieces.text[next.len_utf8()..];
            if next == '\n' {
                (pieces.start.line, pieces.start.column) = (pieces.start.line + 1, 1);
                return Some(pieces);
            }
            pieces.start.column += 1;
        }
    }

    /// The error of a separator, if it has one; reading continues after it.
    fn refusal(&mut self, at: usize, separator: &str) -> Option<ReadError> {
        let after = separator.strip_prefix("---")?.trim();
        if after.is_empty() || after.starts_with('#') {
            return None;
        }
        let text = after.to_owned();
        self.cut(at, at);
        let position = Position { column: 4, ..self.start };
        self.cut(separator.len(), separator.len());
        Some(ReadErrorKind::Separator(text).at(position))
    }

    /// Takes the text up to `end` and skips the separator after it, which ends at `next`.
    fn cut(&mut self, end: usize, next: usize) -> Piece<'t> {
        let piece = Piece { text: &self.text[..end], start: self.start };
        // There are no more lines to count after the last piece.
        let is_last = next == self.text.len();
        let lines = if is_last { 0 } else { memchr::memchr_iter(b'\n', &self.text.as_bytes()[..next]).count() };
        self.start = Position { line: self.start.line.saturating_add(count(lines)), column: 1, width: 1 };
        self.text = &self.text[next..];
        piece
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Result<Piece<'t>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.text.is_empty() {
            return None;
        }
        // A separator before anything else belongs to the piece.
        let first = if self.text.starts_with("---") { line_at(self.text, 0) } else { "" };
        if let Some(error) = self.refusal(0, first) {
            return Some(Err(error));
        }
        // The next one may follow immediately, so its line break is searched too.
        let from = if first.ends_with('\n') { first.len() - 1 } else { first.len() };
        let Some(found) = self.separator.find(&self.text.as_bytes()[from..]) else {
            let end = self.text.len();
            return Some(Ok(self.cut(end, end)));
        };
        let end = from + found + 1;
        let separator = line_at(self.text, end);
        match self.refusal(end, separator) {
            Some(error) => Some(Err(error)),
            None => Some(Ok(self.cut(end, end + separator.len()))),
        }
    }
}

/// The line that starts at an offset, with its line break.
fn line_at(text: &str, start: usize) -> &str {
    text[start..].split_inclusive('\n').next().unwrap_or_default()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
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
        assert!(matches!(read("a: 1\n--- b: 2\n")[0], Err(ReadError { kind: ReadErrorKind::Separator(_), .. })));
        assert_eq!(read("a: 1\n...\nb: [\n---\nc: 1\n").len(), 2);
        assert_eq!(read("").len(), 0);
        assert!(read("%YAML 1.1\n---\na: 1\n")[0].is_err());
    }

    #[test]
    fn lines_count_through_the_whole_file() {
        let all = read("a: 1\n---\nb:\n  - c\n---\nd: 1\n--- x\ne: 1\n");
        let b = all[1].as_ref().map_or(0, |document| document.root.get("b").unwrap().position.line);
        assert_eq!(b, 4);
        assert_eq!(all[2].as_ref().unwrap_err().position.line, 7);
        assert_eq!(all[3].as_ref().unwrap().root.position.line, 8);
        let error = read("a: 1\n---\nb: [\n")[1].as_ref().unwrap_err().position;
        assert_eq!((error.line, error.column), (3, 4));
    }

    #[test]
    fn what_follows_the_document_is_looked_at_piece_by_piece() {
        // kubectl removes the CR of each line before it counts.
        let after = |line_end: &str, fill: usize| {
            format!("a: 1\n...\n{}{}\u{7}\n", format!("# c{line_end}").repeat(100), "#".repeat(fill))
                .replace("a: 1\n...\n", &format!("a: 1{line_end}...{line_end}"))
        };
        for (text, is_taken) in
            [(after("\n", 90), false), (after("\n", 103), true), (after("\r\n", 90), false), (after("\r\n", 103), true)]
        {
            assert_eq!(read(&text)[0].is_ok(), is_taken, "{}", text.len());
        }
    }

    #[test]
    fn json_first_and_yaml_where_that_fails() {
        let good = |text: &str| read(text).into_iter().map(|result| result.is_ok()).collect::<Vec<_>>();
        assert_eq!(good("{\"a\": 1} {\"b\": 2}"), [true, true]);
        assert_eq!(good("{a: 1}"), [true]);
        assert_eq!(good("{\"a\": 1}\n---\nb: 2\n"), [true, true]);
        assert_eq!(good("{\"a\": 1} {\"b\": 2}\n---\nc: 3\n"), [true, true, false]);
        assert_eq!(good("{\"a\": 1}\n# c"), [true]);
        assert_eq!(good("{\"a\": 1}\n#c"), [true, false]);
        let all = read("{\"a\": 1}\n--- \n b: 2\n");
        assert_eq!(all[1].as_ref().unwrap().root.position.line, 3);
    }
}

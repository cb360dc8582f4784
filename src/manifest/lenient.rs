//! What kubectl's reader takes and the parser behind this one refuses: lines in quotes and brackets
//! that are indented less than what is around them, and a tab after a colon.
//! A text and the parser's error come in; a text that says the same and that the parser takes goes out, and with it
//! where each place of it is in the file.
//!
//! White space at the start of such a line means nothing, so that more of it changes nothing. YAML 1.2 asks for it,
//! and Go's reader, which follows YAML 1.1, does not: `args: [` with its `]` below the `a` is in many a manifest.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::ScanError;

use super::node::Position;

/// So many times a document is mended, one place at a time, …
const MOST: usize = 500;
/// … as long as no more than so many bytes are parsed; who needs more does not write by hand.
const MOST_BYTES: usize = 16 << 20;

/// The lines of a text, and where they are in their file.
#[derive(Debug)]
pub struct Lines {
    /// The lines of the file before the text.
    before: u32,
    /// Lines with spaces put before them, by their number as the parser counts, and how many.
    moved: HashMap<usize, usize>,
}

impl Lines {
    /// The place in the file of a line, from 1, and a column, from 0, as the parser counts them.
    pub fn position(&self, line: usize, column: usize, width: usize) -> Position {
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position {
            line: self.before.saturating_add(narrow(line.max(1))),
            column: narrow(self.column(line, column)).saturating_add(1),
            width: narrow(width.max(1)),
        }
    }

    /// The column, from 0, in the file.
    pub fn column(&self, line: usize, column: usize) -> usize {
        column.saturating_sub(self.moved.get(&line).copied().unwrap_or(0))
    }
}

/// A text on its way through the parser.
#[derive(Debug)]
pub struct Mended<'t> {
    /// What the parser gets.
    pub text: Cow<'t, str>,
    /// Where that is in the file.
    pub lines: Lines,
    attempts: usize,
    parsed: usize,
}

impl<'t> Mended<'t> {
    /// A text as it is, whose first line has this number in its file.
    pub fn new(text: Cow<'t, str>, first_line: u32) -> Self {
        Self { text, lines: Lines { before: first_line - 1, moved: HashMap::new() }, attempts: 0, parsed: 0 }
    }

    /// Mends what the parser refuses; false where kubectl refuses it too. The errors have no names, only words.
    pub fn mend(&mut self, error: &ScanError) -> bool {
        self.attempts += 1;
        self.parsed += self.text.len();
        if self.attempts > MOST || self.parsed > MOST_BYTES {
            return false;
        }
        let marker = error.marker();
        let Some(at) = self.offset(marker.index()) else { return false };
        match error.info() {
            // Outside brackets and quotes the parser says something else, or `strict` refuses the tab.
            "invalid indentation"
            | "invalid indentation in flow construct"
            | "tab cannot be used as indentation"
            | "tabs disallowed within this context (block indentation)" => {
                let start = self.text[..at].rfind(['\n', '\r']).map_or(0, |line_break| line_break + 1);
                self.indent(vec![(marker.line(), start)])
            }
            "invalid indentation in quoted scalar" => self.indent(self.lines_in_quotes(marker.line(), at)),
            "':' must be followed by a valid YAML whitespace" => self.tabs_to_spaces(at),
            _ => false,
        }
    }

    /// The byte at which this character starts.
    fn offset(&self, character: usize) -> Option<usize> {
        self.text.char_indices().map(|(offset, _)| offset).chain([self.text.len()]).nth(character)
    }

    /// Puts as many spaces before these lines as any line may be indented by; false if they have them already.
    fn indent(&mut self, mut starts: Vec<(usize, usize)>) -> bool {
        starts.retain(|(line, _)| !self.lines.moved.contains_key(line));
        if starts.is_empty() {
            return false;
        }
        let indentation = |line: &str| line.bytes().take_while(|byte| matches!(byte, b' ' | b'-' | b'?')).count();
        let width = self.text.split(['\n', '\r']).map(indentation).max().unwrap_or(0) + 1;
        let spaces = " ".repeat(width);
        let mut text = String::with_capacity(self.text.len() + starts.len() * width);
        let mut rest = 0;
        for (line, start) in starts {
            text.push_str(&self.text[rest..start]);
            text.push_str(&spaces);
            rest = start;
            self.lines.moved.insert(line, width);
        }
        text.push_str(&self.text[rest..]);
        self.text = Cow::Owned(text);
        true
    }

    /// The lines on which the quotes that open at a byte go on: the number of each, and the byte at which it starts.
    fn lines_in_quotes(&self, mut line: usize, open: usize) -> Vec<(usize, usize)> {
        let mut starts = Vec::new();
        let mut characters = self.text[open..].char_indices().peekable();
        let Some((_, quote)) = characters.next() else { return starts };
        while let Some((offset, c)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            match c {
                '\\' if quote == '"' && next.is_some_and(|next| !matches!(next, '\n' | '\r')) => {
                    characters.next();
                }
                '\'' if quote == '\'' && next == Some('\'') => {
                    characters.next();
                }
                '\r' if next == Some('\n') => {}
                '\n' | '\r' => {
                    line += 1;
                    starts.push((line, open + offset + 1));
                }
                _ if c == quote => break,
                _ => {}
            }
        }
        starts
    }

    /// Makes spaces of the tabs before a byte.
    fn tabs_to_spaces(&mut self, end: usize) -> bool {
        let start = self.text[..end].trim_end_matches([' ', '\t']).len();
        if !self.text[start..end].contains('\t') {
            return false;
        }
        let spaces = " ".repeat(end - start);
        self.text.to_mut().replace_range(start..end, &spaces);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::node::Node;
    use super::super::read::{ReadError, documents};

    fn read(text: &str) -> Result<Node, ReadError> {
        let mut first = None;
        documents(text, |document| {
            first.get_or_insert(document.map(|document| document.root));
        });
        first.unwrap()
    }

    #[test]
    fn brackets_may_close_where_their_key_stands() {
        let node = read("a:\n  b: [\n  x,\ny,\n  {c: z\n},\n\t w\n]\n  d: e\n").unwrap();
        let items = node.get("a").unwrap().get("b").unwrap().as_sequence().unwrap();
        let places: Vec<_> = items.iter().map(|item| (item.position.line, item.position.column)).collect();
        assert_eq!(places, [(3, 3), (4, 1), (5, 3), (7, 3)], "each is shown where it stands in the file");
        assert_eq!(items[2].get("c").unwrap().as_str(), Some("z"));
        assert_eq!(node.get("a").unwrap().get("d").unwrap().as_str(), Some("e"));
    }

    #[test]
    fn quotes_may_go_on_anywhere() {
        for (text, expected) in [
            ("a:\n  b: \"x\ny \\\"\n\n\tz\"\n  c: d\n", "x y \"\nz"),
            ("a:\n  b: 'it''s\nx'\n  c: d\n", "it's x"),
            ("a:\n  b: \"x\\\ny\"\n  c: d\n", "xy"),
            ("a:\n  b: \"x\r\ny\"\r\n  c: d\r\n", "x y"),
        ] {
            let node = read(text).unwrap();
            let a = node.get("a").unwrap();
            assert_eq!((a.get("b").unwrap().as_str(), a.get("c").unwrap().as_str()), (Some(expected), Some("d")));
        }
    }

    #[test]
    fn a_tab_may_follow_a_colon() {
        let node = read("a:\tb\nc: \t d\n").unwrap();
        assert_eq!((node.get("a").unwrap().as_str(), node.get("c").unwrap().as_str()), (Some("b"), Some("d")));
        assert!(read("a:\t- b\n").is_err());
    }

    #[test]
    fn what_is_wrong_stays_wrong_and_is_shown_where_it_stands() {
        let error = read("a: [\nx,\n  y: *z\n]\n").unwrap_err();
        assert_eq!((error.position().line, error.position().column), (3, 6), "{error}");
        for text in ["a: [\nb", "a: \"\nb", "a:\n  b: c\n d: e\n", "a:\n\tb: c\n", "a: 'x\n\ty"] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn attempts_are_bounded() {
        let text = |lines| format!("a:\n  b: [\n{}]\n", "x,\n".repeat(lines));
        assert!(read(&text(300)).is_ok());
        assert!(read(&text(2000)).is_err());
    }
}

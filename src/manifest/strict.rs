//! What kubectl's reader refuses and the parser behind this one passes over: control characters,
//! directives that nobody knows, and tabs where only spaces may stand.
//! A text, and what the parser has found in it, come in; the first error, if any, goes out.

use saphyr_parser::{Event, ScalarStyle, Span};

use super::lenient::Lines;
use super::node::Position;
use super::read::ReadError;

/// A line, from 1, and a column, from 0, as the parser counts them.
type Place = (usize, usize);

/// Refuses characters that are not printable, but for tabs and line breaks.
pub fn refuse_control_characters(text: &str, first_line: u32) -> Result<(), ReadError> {
    let allowed =
        |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{FFFD}' | '\u{10000}'..);
    // Printable ASCII and line breaks are all there is, nearly always.
    if text.bytes().all(|b| matches!(b, b'\n' | b' '..=b'~')) {
        return Ok(());
    }
    for (nth, line) in (first_line..).zip(text.split('\n')) {
        for (column, found) in (1..).zip(line.chars()) {
            if !allowed(found) {
                let position = Position { line: nth, column, width: 1 };
                return Err(ReadError::Control { position, found });
            }
        }
    }
    Ok(())
}

/// A `%` at the start of a line ends a document at `end`, and must start a directive that YAML knows.
pub fn refuse_unknown_directive(text: &str, end: &Span, lines_of_file: &Lines) -> Result<(), ReadError> {
    if !text.contains("\n%") {
        return Ok(());
    }
    let lines = (end.end.line()..).zip(text.lines().skip(end.end.line() - 1));
    // The rest of the line on which the root ends is its own, unless nothing of the root is on it.
    let mut lines = lines.skip(usize::from(end.end.col() > 0));
    let after = lines.find(|(_, line)| !line.trim_start().is_empty() && !line.trim_start().starts_with('#'));
    let Some((line, name)) = after.and_then(|(line, text)| Some((line, text.strip_prefix('%')?))) else {
        return Ok(());
    };
    let name = name.split_whitespace().next().unwrap_or_default();
    if matches!(name, "YAML" | "TAG") {
        return Ok(());
    }
    let position = lines_of_file.position(line, 0, name.chars().count() + 1);
    Err(ReadError::Syntax { position, message: format!("%{name} is no directive that YAML knows") })
}

/// The tabs of a text that stand before anything else on their line, or before anything but dashes, and where they may.
///
/// Go's reader takes a tab there inside quotes and brackets, and where the text of a scalar goes on. The parser
/// takes it wherever nothing follows.
#[derive(Debug, Default)]
pub struct Tabs {
    places: Vec<Place>,
    open: Vec<Open>,
    regions: Vec<Region>,
}

/// A collection that has not ended.
#[derive(Debug)]
struct Open {
    is_in_brackets: bool,
    start: Place,
    /// Where text in it may go on: right of this column.
    column: Option<usize>,
}

/// A part of the text in which tabs may stand from a column on.
#[derive(Debug)]
struct Region {
    start: Place,
    end: Place,
    first_column: usize,
}

impl Tabs {
    /// Looks for such tabs; there are none, nearly always.
    pub fn of(text: &str) -> Self {
        let places = if text.contains('\t') {
            (1..).zip(text.split('\n')).filter_map(|(line, text)| Some((line, leading_tab(text)?))).collect()
        } else {
            Vec::new()
        };
        Self { places, ..Self::default() }
    }

    /// Takes notice of what the parser has found.
    pub fn see(&mut self, event: &Event<'_>, span: &Span, text: &str) {
        if self.places.is_empty() {
            return;
        }
        let (start, end) = (place(span, true), place(span, false));
        let column = self.open.last().and_then(|open| open.column);
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                let is_in_brackets = start != end;
                // A list that is indented no further than its key adds no indentation of its own; the parser places
                // it at its first item.
                let is_list_at_key = matches!(event, Event::SequenceStart(..)) && char_at(text, start) != Some('-');
                let column = if is_in_brackets || is_list_at_key { column } else { Some(start.1) };
                self.open.push(Open { is_in_brackets, start, column });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Open { is_in_brackets: true, start, .. }) = self.open.pop() {
                    self.regions.push(Region { start, end, first_column: 0 });
                }
            }
            Event::Scalar(_, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, ..) => {
                self.regions.push(Region { start, end, first_column: 0 });
            }
            Event::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded, ..) => {
                self.regions.push(Region { start: (start.0, 0), end, first_column: start.1 });
            }
            Event::Scalar(written, ScalarStyle::Plain, ..) if !written.is_empty() => {
                let first_column = column.map_or(0, |column| column + 1);
                self.regions.push(Region { start, end: end_of_white_space(text, end), first_column });
            }
            _ => {}
        }
    }

    /// The first tab before `end` that may not stand where it stands.
    pub fn refuse(&self, end: &Span, lines: &Lines) -> Result<(), ReadError> {
        let end = place(end, false);
        let may_stand = |tab: &&Place| {
            let column = lines.column(tab.0, tab.1);
            self.regions.iter().any(|region| region.holds(**tab) && column >= region.first_column)
        };
        match self.places.iter().filter(|tab| **tab < end).find(|tab| !may_stand(tab)) {
            None => Ok(()),
            Some((line, column)) => Err(ReadError::Syntax {
                position: lines.position(*line, *column, 1),
                message: "a tab stands where only spaces may; write spaces instead".to_owned(),
            }),
        }
    }
}

impl Region {
    fn holds(&self, tab: Place) -> bool {
        self.start < tab && tab < self.end
    }
}

/// The column of the first tab before anything else on a line but spaces and the dashes of a list.
fn leading_tab(line: &str) -> Option<usize> {
    let mut rest = line.char_indices().peekable();
    while let Some((column, c)) = rest.next() {
        match c {
            '\t' => return Some(column),
            ' ' => {}
            '-' if rest.peek().is_some_and(|(_, next)| matches!(next, ' ' | '\t')) => {}
            _ => return None,
        }
    }
    None
}

/// Where the first character after white space stands, if a line ends before it; a scalar without quotes reads on
/// until there.
fn end_of_white_space(text: &str, from: Place) -> Place {
    let mut lines = (from.0..).zip(text.lines().skip(from.0 - 1));
    let own = lines.next().map(|(_, line)| line.chars().skip(from.1).all(char::is_whitespace));
    if own != Some(true) {
        return from;
    }
    let next = lines.find_map(|(line, text)| Some((line, text.chars().position(|c| !c.is_whitespace())?)));
    next.unwrap_or((usize::MAX, 0))
}

fn char_at(text: &str, (line, column): Place) -> Option<char> {
    text.lines().nth(line - 1)?.chars().nth(column)
}

fn place(span: &Span, start: bool) -> Place {
    let marker = if start { span.start } else { span.end };
    (marker.line(), marker.col())
}

#[cfg(test)]
mod tests {
    use super::super::read::documents;

    /// The first error of a text: its place, and the end of its message.
    fn error(text: &str) -> Option<(u32, u32, String)> {
        let mut error = None;
        documents(text, |document| {
            error = error.take().or(document.err());
        });
        error.map(|error| (error.position().line, error.position().column, error.to_string()))
    }

    #[test]
    fn an_unknown_directive_is_refused_where_it_ends_the_document() {
        for (text, line) in [("x: a\n%0\n", 2), ("x:\n# c\n\n%0 a\ny: b\n", 4), ("x: [a]\n%A", 2)] {
            let (found, _, message) = error(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found, message.contains("is no directive")), (line, true), "{text}");
        }
        for text in ["x: a\n%YAML 1.1\n", "x: |\n %0\n", "x: a\n...\n%0\n", "'x\n%0'"] {
            assert_eq!(error(text), None, "{text}");
        }
    }

    #[test]
    fn a_tab_where_only_spaces_may_stand() {
        // Each as kubectl has it, which tests/cli/kubectl.rs asks.
        for (text, line, column) in [
            ("\t\nx: a\n", 1, 1),
            ("x:\n\t\n", 2, 1),
            ("x: a\n\t\n", 2, 1),
            ("x: a # c\n  \t\n", 2, 3),
            ("x: a\n\t# c\ny: b\n", 2, 1),
            ("x: 'a'\n \t\n", 2, 2),
            ("x: [a]\n\t\n", 2, 1),
            ("x:\n  y: a\n \t\n", 3, 2),
            ("x:\n-\ta\n", 2, 2),
            ("x:\n- a\n- \t# c\n", 3, 3),
            ("x: |\n  a\n\t\ny: b\n", 3, 1),
            ("x:\n  \ta\n", 2, 3),
            ("x:\n  - a\n  \t\n", 3, 3),
        ] {
            let (found, place, message) = error(text).unwrap_or_else(|| panic!("{text:?}"));
            assert_eq!((found, place, message.contains("a tab stands")), (line, column, true), "{text:?}: {message}");
        }
    }

    #[test]
    fn a_tab_that_is_text_or_between_brackets() {
        for text in [
            "x: a\t\n",
            "x: a\t# c\n",
            "x: a\n \tb\n",
            "x: a\n \t\n",
            "x:\n- a\n \t# c\n- b\n",
            "x:\n  - a\n   \t\n  - b\n",
            "x: \"a\n \tb\"\n",
            "x: [a,\n \tb]\n",
            "x: |\n  a\n  \tb\n",
            "x: |\n  -\ta\n",
            "x: a\n...\n\t\n",
        ] {
            assert_eq!(error(text), None, "{text:?}");
        }
    }

    #[test]
    fn control_characters() {
        assert!(error("a: b\u{7}\n").unwrap().2.contains("control character"));
        assert_eq!(error("a: \"b\\0\"\n"), None);
    }
}

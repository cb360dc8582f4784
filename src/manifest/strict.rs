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
#[derive(Debug)]
pub struct Tabs<'t> {
    /// The lines of the text; none where there are no such tabs.
    text: Vec<&'t str>,
    lines: &'t Lines,
    /// Each tab in the order of the text, and whether it may stand there.
    places: Vec<(Place, bool)>,
    open: Vec<Open>,
}

/// A collection that has not ended.
#[derive(Debug)]
struct Open {
    is_in_brackets: bool,
    start: Place,
    /// Where text in it may go on: right of this column.
    column: Option<usize>,
}

impl<'t> Tabs<'t> {
    /// Looks for such tabs; there are none, nearly always.
    pub fn of(text: &'t str, lines: &'t Lines) -> Self {
        let mut found = Self { text: Vec::new(), lines, places: Vec::new(), open: Vec::new() };
        if text.contains('\t') {
            found.text = text.lines().collect();
            let tabs = (1..).zip(&found.text).filter_map(|(line, text)| Some(((line, leading_tab(text)?), false)));
            found.places = tabs.collect();
        }
        found
    }

    /// Takes notice of what the parser has found.
    pub fn see(&mut self, event: &Event<'_>, span: &Span) {
        if self.places.is_empty() {
            return;
        }
        let (start, end) = (place(span, true), place(span, false));
        let is_in_brackets = self.open.last().is_some_and(|open| open.is_in_brackets);
        let column = self.open.last().and_then(|open| open.column);
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                let is_in_brackets = is_in_brackets || start != end;
                // A list that is indented no further than its key adds no indentation of its own; the parser places
                // it at its first item.
                let is_list_at_key = matches!(event, Event::SequenceStart(..)) && self.char_at(start) != Some('-');
                let column = if is_in_brackets || is_list_at_key { column } else { Some(start.1) };
                self.open.push(Open { is_in_brackets, start, column });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Open { is_in_brackets: true, start, .. }) = self.open.pop()
                    && self.open.last().is_none_or(|open| !open.is_in_brackets)
                {
                    self.allow(start, end, 0);
                }
            }
            // What is in brackets is allowed as a whole when they close.
            Event::Scalar(..) if is_in_brackets => {}
            Event::Scalar(_, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, ..) => self.allow(start, end, 0),
            Event::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded, ..) => self.allow((start.0, 0), end, start.1),
            Event::Scalar(written, ScalarStyle::Plain, ..) if !written.is_empty() => {
                self.allow(start, self.end_of_white_space(end), column.map_or(0, |column| column + 1));
            }
            _ => {}
        }
    }

    /// Lets the tabs of a part of the text stand, from a column of the file on.
    fn allow(&mut self, start: Place, end: Place, first_column: usize) {
        let first = self.places.partition_point(|(tab, _)| *tab <= start);
        for ((line, column), may_stand) in self.places[first..].iter_mut().take_while(|(tab, _)| *tab < end) {
            *may_stand |= self.lines.column(*line, *column) >= first_column;
        }
    }

    /// The first tab before `end` that may not stand where it stands.
    pub fn refuse(&self, end: &Span) -> Result<(), ReadError> {
        let end = place(end, false);
        match self.places.iter().take_while(|(tab, _)| *tab < end).find(|(_, may_stand)| !may_stand) {
            None => Ok(()),
            Some(((line, column), _)) => Err(ReadError::Syntax {
                position: self.lines.position(*line, *column, 1),
                message: "a tab stands where only spaces may; write spaces instead".to_owned(),
            }),
        }
    }

    /// Where the first character after white space stands, if a line ends before it; a scalar without quotes reads on
    /// until there.
    fn end_of_white_space(&self, from: Place) -> Place {
        let mut lines = (from.0..).zip(self.text.iter().skip(from.0 - 1));
        let own = lines.next().map(|(_, line)| line.chars().skip(from.1).all(char::is_whitespace));
        if own != Some(true) {
            return from;
        }
        let next = lines.find_map(|(line, text)| Some((line, text.chars().position(|c| !c.is_whitespace())?)));
        next.unwrap_or((usize::MAX, 0))
    }

    fn char_at(&self, (line, column): Place) -> Option<char> {
        self.text.get(line - 1)?.chars().nth(column)
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
    fn one_tab_costs_no_more_in_a_long_text() {
        // Looking up a line or a region by going through all of them took minutes here.
        let long = "- k: v\n  l: w\n".repeat(20_000);
        assert_eq!(error(&format!("{long}- a: \"x\n  \ty\"\n")), None);
        assert_eq!(error(&format!("{long}- a: |\n{}", "    x\n    \ty\n".repeat(20_000))), None);
    }

    #[test]
    fn control_characters() {
        assert!(error("a: b\u{7}\n").unwrap().2.contains("control character"));
        assert_eq!(error("a: \"b\\0\"\n"), None);
    }
}

//! Explains why a text is not YAML: turns a fault into an error that points at the cause and says what to do.
//!
//! A parser notices a mistake where it can no longer continue, which is often several lines later. Only this file
//! examines the surrounding lines; nothing here affects what is read.

mod layout;

use super::error::{Fault, FaultKind, ReadError, ReadErrorKind};
use super::fault_context::{FaultContext, cut, indent_of, spaces_before, width};
use super::mark::LongQuote;
use super::node::Position;
use super::text::NOT_UTF8;

/// The number of characters of a line that are examined to find how its value starts.
const MOST_LOOKED_AT: usize = 1000;

/// The error for a fault. `long_quote` is the last quoted scalar before it that spans several lines.
pub fn explain(text: &str, fault: &Fault, long_quote: Option<LongQuote>) -> ReadError {
    let position = fault.at.position(1);
    match fault.kind {
        FaultKind::ControlCharacter(NOT_UTF8) => {
            let message = "These bytes are not UTF-8 text.".to_owned();
            return ReadErrorKind::Syntax { message, help: Some("Save the file as UTF-8.".to_owned()) }.at(position);
        }
        FaultKind::ControlCharacter(found) => return ReadErrorKind::Control(found).at(position),
        _ => {}
    }
    let context = FaultContext { text, at: fault.at, begun: fault.begun.unwrap_or(fault.at), long_quote };
    let explanation = context.explain(&fault.kind);
    let help = match (explanation.help, context.look_alike(explanation.position)) {
        (Some(help), Some(look_alike)) => Some(format!("{help} {look_alike}")),
        (help, look_alike) => help.or(look_alike),
    };
    ReadErrorKind::Syntax { message: explanation.message, help }.at(explanation.position)
}

/// An explanation for the user.
struct Explanation {
    position: Position,
    message: String,
    help: Option<String>,
}

fn explanation(position: Position, message: impl Into<String>, help: impl Into<String>) -> Explanation {
    Explanation { position, message: message.into(), help: Some(help.into()).filter(|help| !help.is_empty()) }
}

impl FaultContext<'_> {
    fn explain(&self, kind: &FaultKind) -> Explanation {
        let here = self.at.position(1);
        let begun = self.begun.position(1);
        match kind {
            FaultKind::ControlCharacter(_) => explanation(here, "This character is not allowed in YAML.", ""),
            FaultKind::TabInIndentation => {
                explanation(here, "A tab cannot be used for indentation.", "Indent the line with spaces.")
            }
            FaultKind::NothingStartsWith(c) => self.nothing_starts_with(*c),
            FaultKind::NoColon => self.no_colon(),
            FaultKind::TooDeep => explanation(here, "This is nested more deeply than kubectl can read.", ""),
            FaultKind::ListNotAllowed => explanation(
                here,
                "A list cannot start on the line of its key.",
                "Put each '- ' on a line of its own below the key, or write the list in brackets: [a, b].",
            ),
            FaultKind::KeyNotAllowed => {
                explanation(here, "A key that starts with '? ' is not allowed here.", "Quote the value.")
            }
            FaultKind::ValueNotAllowed => self.value_not_allowed(),
            FaultKind::Directive(what) => explanation(
                here,
                format!("A line that starts with '%' is a directive, and {what}."),
                "Indent the line, or put the value in quotes if it is meant as text.",
            ),
            FaultKind::AnchorName => self.anchor_name(),
            FaultKind::Tag(what) => explanation(
                begun,
                format!("A value that starts with '!' has a tag, and {what}."),
                "Put the value in quotes if it is meant as text.",
            ),
            FaultKind::AfterBlockIndicator => explanation(
                here,
                format!("Only a comment can follow '{}' on its line.", self.first(self.begun)),
                "Put the text on the lines below it, or write the value in quotes.",
            ),
            FaultKind::ZeroIndentation => {
                explanation(here, "The indentation of a block scalar is a digit from 1 to 9.", "")
            }
            FaultKind::DocumentIndicatorInQuotes | FaultKind::UnclosedQuote => {
                let quote = self.first(self.begun);
                explanation(
                    begun,
                    "This quote is not closed.",
                    format!("Write the closing {quote} at the end of the value."),
                )
            }
            FaultKind::UnknownEscape(c) => explanation(
                self.at.position(2),
                format!("'\\{}' is not an escape.", c.escape_default()),
                "Write \\\\ for a backslash, or use single quotes, which have no escapes.",
            ),
            FaultKind::EscapeDigits(digits) => {
                let name = self.text.get(self.at.offset as usize..).and_then(|rest| rest.get(..2)).unwrap_or("\\");
                explanation(
                    self.at.position(2),
                    format!("'{name}' must be followed by {digits} hexadecimal digits."),
                    "",
                )
            }
            FaultKind::EscapeCode => explanation(self.at.position(2), "This escape is not a valid character.", ""),
            FaultKind::NoDocumentStart => {
                explanation(here, "A directive must be followed by '---'.", "Remove the line that starts with '%'.")
            }
            FaultKind::RepeatedDirective => explanation(here, "This directive is given twice.", "Remove one of them."),
            FaultKind::Version => explanation(here, "kubectl reads only YAML 1.1.", "Remove the %YAML line."),
            FaultKind::UnknownTagHandle => explanation(
                here,
                "There is no %TAG directive for the handle of this tag.",
                "Put the value in quotes if it is meant as text.",
            ),
            FaultKind::NoValue => self.no_value(),
            FaultKind::NoDash => self.no_dash(),
            FaultKind::NoKey => self.no_key(),
            FaultKind::ListInBrackets => self.in_brackets(']'),
            FaultKind::MappingInBraces => self.in_brackets('}'),
        }
    }

    fn nothing_starts_with(&self, c: char) -> Explanation {
        let word = self.word(self.at);
        if word.starts_with("```") {
            return explanation(self.at.position(3), "This is the fence of a Markdown code block.", "Remove the line.");
        }
        explanation(
            self.at.position(width(word)),
            format!("A value cannot start with '{c}'."),
            format!("Quote it: {word:?}."),
        )
    }

    /// A line that must be a key has no colon.
    fn no_colon(&self) -> Explanation {
        let line = self.rest_of_line(self.begun).trim_end();
        if line.contains(": ") {
            let message = "This key is too long: a key can have at most 1,024 characters.";
            return explanation(self.begun.position(1), message, "");
        }
        self.broken_key().unwrap_or_else(|| {
            explanation(
                self.begun.position(width(line)),
                format!("A key is expected here, but there is no ':' after {:?}.", cut(line)),
                "Write it as 'key: value', or indent the line if it belongs to the value above.",
            )
        })
    }

    /// A line that would start with a key if it had no mistake.
    fn broken_key(&self) -> Option<Explanation> {
        let line = self.rest_of_line(self.begun).trim_end();
        let after = |text: &str| Position { column: self.begun.column + width(text), ..self.begun.position(1) };
        if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|marker| line.starts_with(marker)) {
            let help = "Resolve the conflict and remove its markers.";
            return Some(explanation(self.begun.position(7), "This is a merge conflict marker.", help));
        }
        if let Some((before, _)) = line.split_once('：') {
            let message = "This is a full-width colon, which does not end a key.";
            return Some(explanation(after(before), message, ""));
        }
        let (key, value) = line.split_once(':')?;
        let is_word = !key.is_empty() && !key.contains([' ', '"', '\'', '[', '{']);
        (is_word && !value.is_empty() && !value.starts_with([' ', '/'])).then(|| {
            let value = value.trim_start_matches(|c: char| c.is_whitespace());
            let help = format!("Write {}: {}", cut(key), cut(value));
            explanation(after(key), "There must be a space after the colon of a key.", help)
        })
    }

    /// A `: ` where no key has started.
    fn value_not_allowed(&self) -> Explanation {
        let here = self.at.position(1);
        let line = self.line_before(self.at);
        let key = line.trim_start();
        if let Some((key, _)) = key.split_once(": ") {
            let message = "A value cannot contain ': ' unless it is in quotes.";
            return explanation(here, message, format!("Put the whole value of {} in quotes.", cut(key)));
        }
        if self.begun.line < self.at.line {
            // The text before the colon started on an earlier line, where a key was expected.
            return self.broken_key().unwrap_or_else(|| {
                let stray = self.rest_of_line(self.begun).trim_end();
                explanation(
                    self.begun.position(width(stray)),
                    format!("A key is expected here, but there is no ':' after {:?}.", cut(stray)),
                    "Write it as 'key: value', or remove it.",
                )
            });
        }
        let indent = width(line) - width(key);
        let parent = self.lines_above().find(|(_, line)| indent_of(line) < indent);
        let Some((number, parent)) = parent.filter(|(_, line)| !line.trim_end().ends_with(':')) else {
            return explanation(here, "A ':' is not allowed here.", "Put the text before it in quotes if it is a key.");
        };
        let dash = if key.starts_with("- ") { self.dash_above() } else { None };
        let indent = dash.unwrap_or_else(|| indent_of(parent));
        explanation(
            Position { column: here.column.saturating_sub(width(key)).max(1), width: width(key).max(1), ..here },
            format!("{:?} is indented below line {number}, which already has a value.", cut(key)),
            format!("Indent it by {}, or remove the value of line {number}.", spaces(indent)),
        )
    }

    /// The indentation of the nearest line above that starts with a dash.
    fn dash_above(&self) -> Option<u32> {
        self.lines_above().find(|(_, line)| line.trim_start().starts_with("- ")).map(|(_, line)| spaces_before(line))
    }

    fn anchor_name(&self) -> Explanation {
        let word = self.word(self.begun);
        let what = if word.starts_with('&') { "anchor" } else { "alias" };
        explanation(
            self.begun.position(width(word)),
            format!(
                "A value that starts with '{}' is an {what}; its name can only have letters, digits, '-' and '_'.",
                self.first(self.begun)
            ),
            format!("Quote it if it is meant as text: {:?}.", cut(self.rest_of_line(self.begun).trim_end())),
        )
    }

    /// A missing value.
    fn no_value(&self) -> Explanation {
        let here = self.at.position(1);
        let found = self.text.get(self.at.offset as usize..).and_then(|rest| rest.chars().next());
        let opening = Some(self.first(self.begun)).filter(|c| matches!(c, '[' | '{'));
        match (found, opening) {
            (None | Some('\n'), Some(c)) => {
                explanation(self.begun.position(1), format!("This '{c}' is not closed."), "")
            }
            (None, None) => explanation(here, "The text ends where a value is expected.", ""),
            (Some(c @ (']' | '}')), _) => explanation(here, format!("There is no open bracket for this '{c}'."), ""),
            (Some('-'), Some(_)) => {
                explanation(here, "A list with '- ' is not allowed in brackets.", "Put a comma between the elements.")
            }
            (Some(c), _) => {
                explanation(here, format!("A value is missing before '{c}'."), "Write one, or remove the comma.")
            }
        }
    }

    /// Neither a comma nor the closing bracket after an element.
    fn in_brackets(&self, closing: char) -> Explanation {
        let opening = self.first(self.begun);
        if self.at.line > self.begun.line && !self.is_closed_below(closing) || self.is_at_end() {
            let message = format!("This '{opening}' is not closed.");
            return explanation(self.begun.position(1), message, format!("Write '{closing}' after the last element."));
        }
        let found = self.first(self.at);
        let here = self.at.position(width(self.word(self.at)));
        if matches!(found, ']' | '}') {
            let message = format!("'{found}' does not close the '{opening}' of line {}.", self.begun.line);
            return explanation(self.at.position(1), message, format!("Write '{closing}' instead."));
        }
        // The text before a colon was read as the end of the previous element.
        let key = self.line_before(self.at).split_whitespace().next_back().filter(|_| found == ':').unwrap_or_default();
        let here = Position { column: here.column - width(key), width: here.width.max(width(key)), ..here };
        let message = format!("There must be ',' or '{closing}' before this.");
        explanation(here, message, "Put a comma between the elements, or put the element in quotes.")
    }

    /// Help with a character that only looks like one of YAML's, at the mistake or at the start of the value.
    fn look_alike(&self, position: Position) -> Option<String> {
        let mark = if position.line == self.begun.line { self.begun } else { self.at };
        let line = self.line_before(mark).chars().chain(self.rest_of_line(mark).chars());
        let from = (position.column as usize).saturating_sub(2);
        let around = line.clone().skip(from).take(position.width as usize + 2);
        let value: String = line.take(MOST_LOOKED_AT).collect();
        let opening = value.split_once(": ").and_then(|(_, value)| value.trim_start().chars().next());
        let found = around.chain(opening).find(|c| meant(*c).is_some())?;
        let code = u32::from(found);
        Some(match meant(found)? {
            ' ' => format!("U+{code:04X} is not a space in YAML. Write a plain space instead."),
            meant => format!("YAML treats '{found}' (U+{code:04X}) as an ordinary character. Write {meant} instead."),
        })
    }
}

/// The YAML character that another one looks like.
const fn meant(c: char) -> Option<char> {
    Some(match c {
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '：' => ':',
        '，' => ',',
        '［' | '【' => '[',
        '］' | '】' => ']',
        '｛' => '{',
        '｝' => '}',
        '\u{A0}' | '\u{2007}' | '\u{202F}' | '\u{3000}' | '\u{200B}' => ' ',
        _ => return None,
    })
}

fn spaces(count: u32) -> String {
    if count == 1 { "1 space".to_owned() } else { format!("{count} spaces") }
}

#[cfg(test)]
mod tests {
    use super::super::parser::Parser;
    use super::super::scanner::Scanner;
    use super::*;
    use crate::yaml::event::EventKind;

    /// The explanation of the first fault of a text.
    fn read_error(text: &str) -> Option<ReadError> {
        let mut parser = Parser::new(Scanner::new(text, Position { line: 1, column: 1, width: 1 }));
        loop {
            match parser.next() {
                Ok(event) if matches!(event.kind, EventKind::StreamEnd) => return None,
                Ok(_) => {}
                Err(fault) => return Some(explain(text, &fault, parser.long_quote())),
            }
        }
    }

    /// Line, column and width of the cause, what is wrong, and what to do.
    fn error(text: &str) -> String {
        match read_error(text) {
            Some(ReadError { position: at, kind: ReadErrorKind::Syntax { message, help } }) => {
                format!("{}:{}+{} {message} {}", at.line, at.column, at.width, help.unwrap_or_default())
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_tab_is_shown_at_its_position() {
        for text in ["a:\n\tb: 1\n", "a:\n  b: 1\n\tc: 2\n", "a: |\n\tx\n"] {
            let line = text.lines().position(|line| line.contains('\t')).unwrap() + 1;
            assert_eq!(
                error(text),
                format!("{line}:1+1 A tab cannot be used for indentation. Indent the line with spaces.")
            );
        }
    }

    #[test]
    fn a_colon_that_does_not_end_its_key() {
        assert_eq!(
            error("session_id: x\nmode:paper\nenv: docker\n"),
            "2:5+1 There must be a space after the colon of a key. Write mode: paper"
        );
        assert_eq!(
            error("a: 1\nmode：paper\nenv: docker\n"),
            "2:5+1 This is a full-width colon, which does not end a key. YAML treats '：' (U+FF1A) as an ordinary \
             character. Write : instead."
        );
        assert_eq!(
            error("a: 1\nstray\nb: 2\n"),
            "2:1+5 A key is expected here, but there is no ':' after \"stray\". Write it as 'key: value', or indent the \
             line if it belongs to the value above."
        );
    }

    #[test]
    fn what_is_open_is_shown_where_it_was_opened() {
        assert!(error("a: 1\nb: \"x\nc: 2\n").starts_with("2:4+1 This quote is not closed."));
        assert!(error("a: [1, 2\nb: 3\n").starts_with("1:4+1 This '[' is not closed."));
        assert!(error("a: {b: [1, 2]\n").starts_with("1:4+1 This '{' is not closed."));
        assert!(error("a: [\n").starts_with("1:4+1 This '[' is not closed."));
        assert!(error("a: \"x\nb: \"y\"\n").starts_with("1:4+1 This quote ends on line 2, where text follows it."));
        assert!(error("a: ['1' \"2\"]\n").starts_with("1:9+4 There must be ',' or ']' before this."));
    }

    #[test]
    fn a_value_that_needs_quotes() {
        assert_eq!(error("a: @x y\n"), "1:4+2 A value cannot start with '@'. Quote it: \"@x\".");
        assert_eq!(error("a: %x\n"), "1:4+2 A value cannot start with '%'. Quote it: \"%x\".");
        assert!(error("a: b: c\n").starts_with("1:5+1 A value cannot contain ': ' unless it is in quotes."));
        assert!(error("a: \"b\" c\n").starts_with("1:8+1 \"c\" cannot follow the value before it."));
        assert!(error("a: “b: c”\n").ends_with("YAML treats '“' (U+201C) as an ordinary character. Write \" instead."));
        assert!(error("a: * * * * *\n").contains("Quote it if it is meant as text: \"* * * * *\"."));
        assert!(error("a: \"\\/\"\n").starts_with("1:5+2 '\\/' is not an escape."));
    }

    #[test]
    fn bad_indentation_names_the_lines_that_it_should_agree_with() {
        assert_eq!(
            error("a:\n    b: 1\n  c: 2\n"),
            "3:3+2 This line is indented by 2 spaces, which matches neither line 2 (4) nor line 1 (0). Indent it by 4 spaces like \
             line 2, or by 0."
        );
        assert_eq!(
            error("a: b\n  c: d\n"),
            "2:3+1 \"c\" is indented below line 1, which already has a value. Indent it by 0 spaces, or remove the value of \
             line 1."
        );
        for (text, expected) in [
            ("a:\n  - b\n  c: d\n", "3:3+2 An element of the list that starts on line 2"),
            ("a: - b\n", "1:4+1 A list cannot start on the line of its key."),
            ("a: 1\n- b\n", "2:1+1 A list is not allowed between the keys"),
            (
                "- name: x\n   image: y\n",
                "2:4+5 \"image\" is indented below line 1, which already has a value. Indent it by 2",
            ),
            (
                "e:\n    - n: A\n      v: 1\n   - n: B\n",
                "4:4+1 This line is indented by 3 spaces, which matches neither line 2 (4)",
            ),
            (
                "e:\n- n: A\n  v: 1\n   - n: B\n",
                "4:4+3 \"- n\" is indented below line 3, which already has a value. Indent it by 0",
            ),
            ("e:\n  - n: A\n  -n: B\n", "3:3+1 There must be a space after the dash of a list. Write - n:"),
        ] {
            assert!(error(text).starts_with(expected), "{text}: {}", error(text));
        }
    }

    #[test]
    fn a_slip_in_the_first_key_is_shown_where_it_is() {
        for (text, expected) in [
            (
                "session_id:x\nmode: paper\n",
                "1:11+1 There must be a space after the colon of a key. Write session_id: x",
            ),
            ("m:\n  name:x\n  labels: {}\n", "2:7+1 There must be a space after the colon of a key. Write name: x"),
            ("l:\n- name:MODE\n  value: paper\n", "2:7+1 There must be a space after the colon of a key."),
            ("My Job\nkind: Job\n", "1:1+6 A key is expected here, but there is no ':' after \"My Job\"."),
            (
                "kind:\u{a0}Job\nmetadata: {}\n",
                "1:5+1 There must be a space after the colon of a key. Write kind: Job U+00A0",
            ),
        ] {
            assert!(error(text).starts_with(expected), "{text}: {}", error(text));
        }
    }

    #[test]
    fn what_people_paste() {
        for (text, expected) in [
            ("a:\n  [\"b\",\n   \"c\"\n   \"d\"\n  ]\n", "4:4+3 There must be ',' or ']' before this."),
            ("{b: 1,\n c: 2\n d: 3}\n", "3:2+1 There must be ',' or '}' before this."),
            ("a: [1, 2}\n", "1:9+1 '}' does not close the '[' of line 1."),
            ("a: \"b\"]\n", "1:7+1 There is no open bracket for this ']'."),
            ("a: 'it's'\n", "1:8+2 The quote before this ends the value."),
            ("```yaml\na: 1\n", "1:1+3 This is the fence of a Markdown code block."),
            ("a: 1\n<<<<<<< HEAD\nb: 1\n", "2:1+7 This is a merge conflict marker."),
            (
                "a: b: c # don’t\n",
                "1:5+1 A value cannot contain ': ' unless it is in quotes. Put the whole value of a in quotes.",
            ),
        ] {
            assert!(error(text).starts_with(expected), "{text}: {}", error(text));
        }
        assert!(!error("a: b: c # don’t\n").contains('’'));
    }

    #[test]
    fn a_character_that_cannot_stand_is_shown_itself() {
        // There is nothing before this colon, and the mark is as wide as the colon.
        assert!(error("a: b\n  : c\n").starts_with("2:3+1 "));
        for text in
            [format!("a: {}\u{7}{}\n", "x".repeat(600), "y".repeat(100)), format!("a: |\n  {}\u{7}\n", "é".repeat(700))]
        {
            let position = read_error(&text).unwrap().position;
            let line = text.lines().nth(position.line as usize - 1).unwrap();
            assert_eq!(line.chars().nth(position.column as usize - 1), Some('\u{7}'));
        }
    }
}

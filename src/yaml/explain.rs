//! Why a text is not YAML, for a person: what a stage of the reader has met comes in, and an error goes out that
//! points at the cause and says what to do.
//!
//! A parser notices a mistake where it can no longer go on, which is often lines behind it. The lines around are
//! looked at here, and only here: nothing in this file decides what is read.

use super::error::{Fault, FaultKind, ReadError};
use super::mark::{LongQuote, Mark};
use super::node::Position;
use super::text::NOT_UTF8;

/// So many characters of a line are repeated in a message.
const REPEATED: usize = 40;
/// So many lines after a mistake are looked at to find the end of what it stands in.
const LOOK_AHEAD: usize = 1000;
/// So many characters of a line are looked at to find how its value opens.
const MOST_LOOKED_AT: usize = 1000;
/// So many lines before a mistake are looked at to find those that it should agree with.
const LOOK_BACK: usize = 1000;

/// The error that a fault comes to. `long_quote` is the last scalar in quotes before it that goes over several lines.
pub fn explain(text: &str, fault: &Fault, long_quote: Option<LongQuote>) -> ReadError {
    let position = fault.at.position(1);
    match fault.kind {
        FaultKind::ControlCharacter(NOT_UTF8) => {
            let message = "These bytes are not UTF-8 text.".to_owned();
            return ReadError::Syntax { position, message, help: Some("Save the file as UTF-8.".to_owned()) };
        }
        FaultKind::ControlCharacter(found) => return ReadError::Control { position, found },
        _ => {}
    }
    let scene = Scene { text, at: fault.at, begun: fault.begun.unwrap_or(fault.at), long_quote };
    let told = scene.tell(&fault.kind);
    let help = match (told.help, scene.look_alike(told.position)) {
        (Some(help), Some(look_alike)) => Some(format!("{help} {look_alike}")),
        (help, look_alike) => help.or(look_alike),
    };
    ReadError::Syntax { position: told.position, message: told.message, help }
}

/// What a person is told.
struct Told {
    position: Position,
    message: String,
    help: Option<String>,
}

fn told(position: Position, message: impl Into<String>, help: impl Into<String>) -> Told {
    Told { position, message: message.into(), help: Some(help.into()).filter(|help| !help.is_empty()) }
}

/// Where something is wrong, and the text around it.
struct Scene<'t> {
    text: &'t str,
    at: Mark,
    begun: Mark,
    long_quote: Option<LongQuote>,
}

impl<'t> Scene<'t> {
    fn tell(&self, kind: &FaultKind) -> Told {
        let here = self.at.position(1);
        let begun = self.begun.position(1);
        match kind {
            FaultKind::ControlCharacter(_) => told(here, "This character cannot stand in YAML.", ""),
            FaultKind::TabInIndentation => {
                told(here, "A tab cannot be used for indentation.", "Indent the line with spaces.")
            }
            FaultKind::NothingStartsWith(c) => self.nothing_starts_with(*c),
            FaultKind::NoColon => self.no_colon(),
            FaultKind::TooDeep => told(here, "This nests more levels than kubectl reads.", ""),
            FaultKind::ListNotAllowed => told(
                here,
                "A list cannot start on the line of its key.",
                "Put each '- ' on a line of its own below the key, or write the list in brackets: [a, b].",
            ),
            FaultKind::KeyNotAllowed => {
                told(here, "A key that starts with '? ' cannot stand here.", "Quote the value.")
            }
            FaultKind::ValueNotAllowed => self.value_not_allowed(),
            FaultKind::Directive(what) => told(
                here,
                format!("A line that starts with '%' is a directive, and {what}."),
                "Indent the line, or put the value in quotes, if it is meant as text.",
            ),
            FaultKind::AnchorName => self.anchor_name(),
            FaultKind::Tag(what) => told(
                begun,
                format!("A value that starts with '!' has a tag, and {what}."),
                "Put the value in quotes if it is meant as text.",
            ),
            FaultKind::AfterBlockIndicator => told(
                here,
                format!("Only a comment can follow '{}' on its line.", self.first(self.begun)),
                "Put the text on the lines below it, or write the value in quotes.",
            ),
            FaultKind::ZeroIndentation => told(here, "The indentation of a text block is a digit from 1 to 9.", ""),
            FaultKind::DocumentIndicatorInQuotes | FaultKind::UnclosedQuote => {
                let quote = self.first(self.begun);
                told(begun, "This quote is not closed.", format!("Write the closing {quote} at the end of the value."))
            }
            FaultKind::UnknownEscape(c) => told(
                self.at.position(2),
                format!("'\\{}' is not an escape.", c.escape_default()),
                "Write \\\\ for a backslash, or use single quotes, which know no escapes.",
            ),
            FaultKind::EscapeDigits(digits) => {
                let name = self.text.get(self.at.offset as usize..).and_then(|rest| rest.get(..2)).unwrap_or("\\");
                told(self.at.position(2), format!("'{name}' must be followed by {digits} hexadecimal digits."), "")
            }
            FaultKind::EscapeCode => told(self.at.position(2), "This escape does not stand for a character.", ""),
            FaultKind::NoDocumentStart => {
                told(here, "A directive must be followed by '---'.", "Remove the line that starts with '%'.")
            }
            FaultKind::RepeatedDirective => told(here, "This directive is given twice.", "Remove one of them."),
            FaultKind::Version => told(here, "kubectl reads YAML 1.1 only.", "Remove the %YAML line."),
            FaultKind::UnknownTagHandle => told(
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

    fn nothing_starts_with(&self, c: char) -> Told {
        let word = self.word(self.at);
        if word.starts_with("```") {
            return told(self.at.position(3), "This is the fence of a Markdown code block.", "Remove the line.");
        }
        told(self.at.position(width(word)), format!("A value cannot start with '{c}'."), format!("Quote it: {word:?}."))
    }

    /// A line that must be a key has no colon.
    fn no_colon(&self) -> Told {
        let line = self.rest_of_line(self.begun).trim_end();
        if line.contains(": ") {
            let message = "This key is too long: a key can have 1,024 characters at most.";
            return told(self.begun.position(1), message, "");
        }
        self.broken_key().unwrap_or_else(|| {
            told(
                self.begun.position(width(line)),
                format!("A key must stand here, and there is no ':' after {:?}.", cut(line)),
                "Write it as 'key: value', or indent the line if it belongs to the value above.",
            )
        })
    }

    /// A line that would start with a key, were it not for a slip in it.
    fn broken_key(&self) -> Option<Told> {
        let line = self.rest_of_line(self.begun).trim_end();
        let after = |text: &str| Position { column: self.begun.column + width(text), ..self.begun.position(1) };
        if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|marker| line.starts_with(marker)) {
            let help = "Resolve the conflict, and remove its markers.";
            return Some(told(self.begun.position(7), "This is the marker of a merge conflict.", help));
        }
        if let Some((before, _)) = line.split_once('：') {
            let message = "This is a full-width colon, which does not end a key.";
            return Some(told(after(before), message, ""));
        }
        let (key, value) = line.split_once(':')?;
        let is_word = !key.is_empty() && !key.contains([' ', '"', '\'', '[', '{']);
        (is_word && !value.is_empty() && !value.starts_with([' ', '/'])).then(|| {
            let value = value.trim_start_matches(|c: char| c.is_whitespace());
            let help = format!("Write {}: {}", cut(key), cut(value));
            told(after(key), "There must be a space after the colon of a key.", help)
        })
    }

    /// A `: ` where no key has started.
    fn value_not_allowed(&self) -> Told {
        let here = self.at.position(1);
        let line = self.line_before(self.at);
        let key = line.trim_start();
        if let Some((key, _)) = key.split_once(": ") {
            let message = "A value cannot contain ': ' unless it is in quotes.";
            return told(here, message, format!("Put the whole value of {} in quotes.", cut(key)));
        }
        if self.begun.line < self.at.line {
            // The text before the colon began lines above, where a key was to stand.
            return self.broken_key().unwrap_or_else(|| {
                let stray = self.rest_of_line(self.begun).trim_end();
                told(
                    self.begun.position(width(stray)),
                    format!("A key must stand here, and there is no ':' after {:?}.", cut(stray)),
                    "Write it as 'key: value', or remove it.",
                )
            });
        }
        let indent = width(line) - width(key);
        let parent = self.lines_above().find(|(_, line)| indent_of(line) < indent);
        let Some((number, parent)) = parent.filter(|(_, line)| !line.trim_end().ends_with(':')) else {
            return told(here, "A ':' cannot stand here.", "Put the text before it in quotes if it is a key.");
        };
        let dash = if key.starts_with("- ") { self.dash_above() } else { None };
        let indent = dash.unwrap_or_else(|| indent_of(parent));
        told(
            Position { column: here.column.saturating_sub(width(key)).max(1), width: width(key).max(1), ..here },
            format!("{:?} is indented below line {number}, which has a value already.", cut(key)),
            format!("Indent it by {}, or remove the value of line {number}.", spaces(indent)),
        )
    }

    /// The indentation of the nearest line above that starts with a dash.
    fn dash_above(&self) -> Option<u32> {
        self.lines_above().find(|(_, line)| line.trim_start().starts_with("- ")).map(|(_, line)| spaces_before(line))
    }

    fn anchor_name(&self) -> Told {
        let word = self.word(self.begun);
        let what = if word.starts_with('&') { "anchor" } else { "alias" };
        told(
            self.begun.position(width(word)),
            format!(
                "A value that starts with '{}' is an {what}, whose name has letters, digits, '-' and '_' only.",
                self.first(self.begun)
            ),
            format!("Quote it if it is meant as text: {:?}.", cut(self.rest_of_line(self.begun).trim_end())),
        )
    }

    /// Nothing where a value must stand.
    fn no_value(&self) -> Told {
        let here = self.at.position(1);
        let found = self.text.get(self.at.offset as usize..).and_then(|rest| rest.chars().next());
        let opening = Some(self.first(self.begun)).filter(|c| matches!(c, '[' | '{'));
        match (found, opening) {
            (None | Some('\n'), Some(c)) => told(self.begun.position(1), format!("This '{c}' is not closed."), ""),
            (None, None) => told(here, "The text ends where a value should stand.", ""),
            (Some(c @ (']' | '}')), _) => told(here, format!("There is no open bracket that '{c}' closes."), ""),
            (Some('-'), Some(_)) => {
                told(here, "A list with '- ' cannot stand in brackets.", "Put a comma between the elements.")
            }
            (Some(c), _) => told(here, format!("A value is missing before '{c}'."), "Write one, or remove the comma."),
        }
    }

    /// Something else than `- ` where an element of a list must stand.
    fn no_dash(&self) -> Told {
        self.long_quote_before()
            .or_else(|| self.after_a_value())
            .or_else(|| self.glued_dash())
            .or_else(|| self.bad_indentation().filter(|_| self.begun.column != self.at.column))
            .unwrap_or_else(|| {
                let line = self.begun.line;
                told(
                    self.at.position(width(self.word(self.at))),
                    format!("An element of the list that starts on line {line} must stand here."),
                    "Start the line with '- ', or indent it as the key that it belongs to.",
                )
            })
    }

    /// A dash without the space that makes an element of it.
    fn glued_dash(&self) -> Option<Told> {
        let word = self.word(self.at);
        let rest = word.strip_prefix('-').filter(|rest| !rest.is_empty() && !rest.starts_with('-'))?;
        let message = "There must be a space after the dash of a list.";
        Some(told(self.at.position(1), message, format!("Write - {rest}")))
    }

    /// Something else than a key where one must stand.
    fn no_key(&self) -> Told {
        self.long_quote_before().or_else(|| self.after_a_value()).or_else(|| self.bad_indentation()).unwrap_or_else(
            || {
                let line = self.begun.line;
                let here = self.at.position(width(self.word(self.at)));
                if self.word(self.at) == "-" {
                    let message = format!("A list cannot stand among the keys of the mapping of line {line}.");
                    return told(here, message, "Indent the list below its key.");
                }
                told(here, format!("A key of the mapping that starts on line {line} must stand here."), "")
            },
        )
    }

    /// Quotes that end on this line, and began on another: a quote is missing there.
    fn long_quote_before(&self) -> Option<Told> {
        let quote = self.long_quote.filter(|quote| quote.last_line == self.at.line)?;
        let c = self.first(quote.start);
        Some(told(
            quote.start.position(1),
            format!("This quote goes on to line {}, where text follows it.", quote.last_line),
            format!("Write the closing {c} where the value ends."),
        ))
    }

    /// Text that follows a value on its line.
    fn after_a_value(&self) -> Option<Told> {
        let before = self.line_before(self.at);
        if before.bytes().all(|byte| matches!(byte, b'-' | b' ')) {
            return None;
        }
        let word = self.word(self.at);
        let here = self.at.position(width(word));
        Some(match word.chars().next() {
            Some(c @ (']' | '}')) => told(here, format!("There is no open bracket that '{c}' closes."), "Remove it."),
            _ if before.ends_with('\'') => told(
                here,
                "The quote before this ends the value.",
                "Inside single quotes write '' for a quote, or use double quotes around the value.",
            ),
            _ => told(
                here,
                format!("{:?} cannot follow the value before it.", cut(word)),
                "Put the whole value in quotes, or this on a line of its own.",
            ),
        })
    }

    /// A line whose indentation is that of no line above it that it could agree with.
    fn bad_indentation(&self) -> Option<Told> {
        let indent = self.at.column - 1;
        let is_item = self.word(self.at) == "-";
        let mut inner: Option<(u32, u32)> = None;
        let (outer, shallow) = self.lines_above().find_map(|(number, line)| {
            let column =
                if is_item && line.trim_start().starts_with("- ") { spaces_before(line) } else { indent_of(line) };
            if column <= indent {
                return Some((number, column));
            }
            // The collection that this line has left last is the one of the smallest indentation.
            let could_agree = !is_item || line.trim_start().starts_with("- ");
            if could_agree && inner.is_none_or(|(_, least)| column < least) {
                inner = Some((number, column));
            }
            None
        })?;
        let (deeper, deep) = inner?;
        (shallow < indent).then(|| {
            told(
                self.at.position(width(self.word(self.at))),
                format!(
                    "This line is indented by {}, and fits neither line {deeper} ({deep}) nor line {outer} ({shallow}).",
                    spaces(indent)
                ),
                format!("Indent it by {} as line {deeper} is, or by {shallow}.", spaces(deep)),
            )
        })
    }

    /// Neither a comma nor the closing bracket after an element.
    fn in_brackets(&self, closing: char) -> Told {
        let opening = self.first(self.begun);
        if self.at.line > self.begun.line && !self.is_closed_below(closing) || self.is_at_end() {
            let message = format!("This '{opening}' is not closed.");
            return told(self.begun.position(1), message, format!("Write '{closing}' after the last element."));
        }
        let found = self.first(self.at);
        let here = self.at.position(width(self.word(self.at)));
        if matches!(found, ']' | '}') {
            let message = format!("'{found}' does not close the '{opening}' of line {}.", self.begun.line);
            return told(self.at.position(1), message, format!("Write '{closing}' in its place."));
        }
        // What stands before a colon has been taken for the end of the element before it.
        let key = self.line_before(self.at).split_whitespace().next_back().filter(|_| found == ':').unwrap_or_default();
        let here = Position { column: here.column - width(key), width: here.width.max(width(key)), ..here };
        let message = format!("There must be ',' or '{closing}' before this.");
        told(here, message, "Put a comma between the elements, or the element in quotes.")
    }

    fn is_at_end(&self) -> bool {
        self.at.offset as usize >= self.text.trim_end().len()
    }

    /// Whether the bracket that has begun is closed on the lines that are indented below its own.
    fn is_closed_below(&self, closing: char) -> bool {
        let outer = spaces_before(self.line_before(self.begun));
        let start = self.at.offset as usize - self.line_before(self.at).len();
        let lines = self.text.get(start..).unwrap_or_default().lines().take(LOOK_AHEAD);
        let mut inside = lines.take_while(|line| {
            line.trim().is_empty() || spaces_before(line) > outer || line.trim_start().starts_with(closing)
        });
        inside.any(|line| line.contains(closing))
    }

    /// Help with a character that only looks like one of YAML's, where it stands at the mistake or opens the value.
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
            ' ' => format!("U+{code:04X} is not a space to YAML. Write a plain space in its place."),
            meant => format!("'{found}' (U+{code:04X}) is an ordinary character to YAML. Write {meant} in its place."),
        })
    }

    /// The first character at a mark.
    fn first(&self, mark: Mark) -> char {
        self.text.get(mark.offset as usize..).and_then(|rest| rest.chars().next()).unwrap_or(' ')
    }

    fn rest_of_line(&self, mark: Mark) -> &'t str {
        self.text.get(mark.offset as usize..).and_then(|rest| rest.lines().next()).unwrap_or_default()
    }

    fn line_before(&self, mark: Mark) -> &'t str {
        let before = self.text.get(..mark.offset as usize).unwrap_or_default();
        before.rsplit('\n').next().unwrap_or_default()
    }

    /// The text at a mark up to white space, cut to a sensible length.
    fn word(&self, mark: Mark) -> &'t str {
        cut(self.rest_of_line(mark).split_whitespace().next().unwrap_or_default())
    }

    /// The lines above that of the mistake, the nearest first, with their numbers; empty ones and comments left out.
    fn lines_above(&self) -> impl Iterator<Item = (u32, &'t str)> {
        let end = self.at.offset as usize - self.line_before(self.at).len();
        let before = self.text.get(..end).unwrap_or_default();
        let lines = before.strip_suffix('\n').unwrap_or(before).rsplit('\n').take(LOOK_BACK);
        let numbered = (1..).map(|back| self.at.line.saturating_sub(back)).zip(lines);
        numbered.filter(|(_, line)| !line.trim_start().is_empty() && !line.trim_start().starts_with('#'))
    }
}

/// The character of YAML that another one looks like.
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

/// The column at which the key of a line starts, after the dashes of a list.
fn indent_of(line: &str) -> u32 {
    let mut rest = line.trim_start_matches(' ');
    while let Some(after) = rest.strip_prefix("- ") {
        rest = after.trim_start_matches(' ');
    }
    width(line) - width(rest)
}

fn spaces_before(line: &str) -> u32 {
    width(line) - width(line.trim_start_matches(' '))
}

/// How many characters a text has.
fn width(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// A text that is short enough to be repeated.
fn cut(text: &str) -> &str {
    text.char_indices().nth(REPEATED).map_or(text, |(at, _)| &text[..at])
}

fn spaces(count: u32) -> String {
    if count == 1 { "1 space".to_owned() } else { format!("{count} spaces") }
}

#[cfg(test)]
mod tests {
    use crate::yaml::{ReadError, documents};

    /// Line, column and width of the cause, what is wrong, and what to do.
    fn error(text: &str) -> String {
        let mut found = None;
        documents(text, |read| found = found.take().or(read.err()));
        match found {
            Some(ReadError::Syntax { position: at, message, help }) => {
                format!("{}:{}+{} {message} {}", at.line, at.column, at.width, help.unwrap_or_default())
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_tab_is_shown_where_it_stands() {
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
            "2:5+1 This is a full-width colon, which does not end a key. '：' (U+FF1A) is an ordinary character to \
             YAML. Write : in its place."
        );
        assert_eq!(
            error("a: 1\nstray\nb: 2\n"),
            "2:1+5 A key must stand here, and there is no ':' after \"stray\". Write it as 'key: value', or indent the \
             line if it belongs to the value above."
        );
    }

    #[test]
    fn what_is_open_is_shown_where_it_was_opened() {
        assert!(error("a: 1\nb: \"x\nc: 2\n").starts_with("2:4+1 This quote is not closed."));
        assert!(error("a: [1, 2\nb: 3\n").starts_with("1:4+1 This '[' is not closed."));
        assert!(error("a: {b: [1, 2]\n").starts_with("1:4+1 This '{' is not closed."));
        assert!(error("a: [\n").starts_with("1:4+1 This '[' is not closed."));
        assert!(error("a: \"x\nb: \"y\"\n").starts_with("1:4+1 This quote goes on to line 2, where text follows it."));
        assert!(error("a: ['1' \"2\"]\n").starts_with("1:9+4 There must be ',' or ']' before this."));
    }

    #[test]
    fn a_value_that_needs_quotes() {
        assert_eq!(error("a: @x y\n"), "1:4+2 A value cannot start with '@'. Quote it: \"@x\".");
        assert_eq!(error("a: %x\n"), "1:4+2 A value cannot start with '%'. Quote it: \"%x\".");
        assert!(error("a: b: c\n").starts_with("1:5+1 A value cannot contain ': ' unless it is in quotes."));
        assert!(error("a: \"b\" c\n").starts_with("1:8+1 \"c\" cannot follow the value before it."));
        assert!(
            error("a: “b: c”\n").ends_with("'“' (U+201C) is an ordinary character to YAML. Write \" in its place.")
        );
        assert!(error("a: * * * * *\n").contains("Quote it if it is meant as text: \"* * * * *\"."));
        assert!(error("a: \"\\/\"\n").starts_with("1:5+2 '\\/' is not an escape."));
    }

    #[test]
    fn bad_indentation_names_the_lines_that_it_should_agree_with() {
        assert_eq!(
            error("a:\n    b: 1\n  c: 2\n"),
            "3:3+2 This line is indented by 2 spaces, and fits neither line 2 (4) nor line 1 (0). Indent it by 4 spaces as \
             line 2 is, or by 0."
        );
        assert_eq!(
            error("a: b\n  c: d\n"),
            "2:3+1 \"c\" is indented below line 1, which has a value already. Indent it by 0 spaces, or remove the value of \
             line 1."
        );
        for (text, expected) in [
            ("a:\n  - b\n  c: d\n", "3:3+2 An element of the list that starts on line 2"),
            ("a: - b\n", "1:4+1 A list cannot start on the line of its key."),
            ("a: 1\n- b\n", "2:1+1 A list cannot stand among the keys"),
            (
                "- name: x\n   image: y\n",
                "2:4+5 \"image\" is indented below line 1, which has a value already. Indent it by 2",
            ),
            (
                "e:\n    - n: A\n      v: 1\n   - n: B\n",
                "4:4+1 This line is indented by 3 spaces, and fits neither line 2 (4)",
            ),
            (
                "e:\n- n: A\n  v: 1\n   - n: B\n",
                "4:4+3 \"- n\" is indented below line 3, which has a value already. Indent it by 0",
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
            ("My Job\nkind: Job\n", "1:1+6 A key must stand here, and there is no ':' after \"My Job\"."),
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
            ("a: \"b\"]\n", "1:7+1 There is no open bracket that ']' closes."),
            ("a: 'it's'\n", "1:8+2 The quote before this ends the value."),
            ("```yaml\na: 1\n", "1:1+3 This is the fence of a Markdown code block."),
            ("a: 1\n<<<<<<< HEAD\nb: 1\n", "2:1+7 This is the marker of a merge conflict."),
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
        // Nothing stands before this colon, and the mark is as wide as the colon.
        assert!(error("a: b\n  : c\n").starts_with("2:3+1 "));
        for text in
            [format!("a: {}\u{7}{}\n", "x".repeat(600), "y".repeat(100)), format!("a: |\n  {}\u{7}\n", "é".repeat(700))]
        {
            let mut found = None;
            documents(&text, |read| found = found.take().or(read.err()));
            let position = found.unwrap().position();
            let line = text.lines().nth(position.line as usize - 1).unwrap();
            assert_eq!(line.chars().nth(position.column as usize - 1), Some('\u{7}'));
        }
    }
}

//! Shows a position in a file like rustc: the line, a mark under it, what is wrong, and what to do about it.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer};

use super::style::Style;
use crate::diagnostic::{Diagnostic, Severity};
use crate::manifest::text::Excerpt;
use crate::printable::{Part, parts, printable, printable_line, push_escape};

/// A mark is no wider than this.
const MAX_MARK: usize = 80;
/// Longer sentences are truncated; they quote a very long value.
const MAX_SENTENCE: usize = 2000;

/// The heading of a snippet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    /// `error: …`, or `warning: …`
    Severity,
    /// `error[rule]: …`
    Rule,
    /// Only the message, below a line that has already announced errors.
    Bare,
}

/// A diagnostic with its position, as shown.
#[derive(Debug, Clone, Copy)]
pub struct Snippet<'s> {
    /// Its heading.
    pub heading: Heading,
    /// The diagnostic.
    pub diagnostic: &'s Diagnostic,
    /// Additional notes, each with a label.
    pub notes: &'s [(&'s str, String)],
}

impl<'s> Snippet<'s> {
    /// A snippet without notes.
    pub const fn of(heading: Heading, diagnostic: &'s Diagnostic) -> Self {
        Self { heading, diagnostic, notes: &[] }
    }
}

impl Snippet<'_> {
    /// The message, the line with a mark under the position, and what to do about it.
    pub(super) fn render(&self, style: Style) -> String {
        let Diagnostic { severity, rule, message, help, excerpt, .. } = self.diagnostic;
        let level = if *severity == Severity::Error { Level::ERROR } else { Level::WARNING };
        let message = printable_line(short(message));
        let title = match self.heading {
            Heading::Severity => level.primary_title(message),
            Heading::Rule => level.primary_title(message).id(rule.name),
            Heading::Bare => level.no_name().primary_title(message),
        };
        let file = printable(&excerpt.file);
        let (line, start, end) = marked(excerpt);
        let source = annotate_snippets::Snippet::source(line.as_str())
            .path(file.as_ref())
            .line_start(usize::try_from(excerpt.position.line).unwrap_or(usize::MAX).max(1))
            .annotation(AnnotationKind::Primary.span(start..end));
        let mut group = title.element(source);
        for (word, note) in self.notes {
            let note = printable(short(note));
            group = group.element(Level::NOTE.with_name(*word).message(note));
        }
        if let Some(help) = help {
            group = group.element(Level::HELP.message(printable(short(help))));
        }
        let renderer = if style.is_enabled() { Renderer::styled() } else { Renderer::plain() };
        let text = renderer.decor_style(DecorStyle::Ascii).render(&[group]) + "\n";
        // The renderer's column refers to the shown part of the line, so it is replaced.
        let column = line[..start].chars().count() + 1;
        let place = |column: usize| format!("{file}:{}:{column}", excerpt.position.line.max(1));
        let in_file = usize::try_from(excerpt.position.column).unwrap_or(usize::MAX).max(1);
        match text.split_once('\n') {
            Some((title, rest)) if column != in_file => {
                format!("{title}\n{}", rest.replacen(&place(column), &place(in_file), 1))
            }
            _ => text,
        }
    }
}

/// The shown part of the line, and the byte range of the mark in it.
fn marked(excerpt: &Excerpt) -> (String, usize, usize) {
    let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let from = number(excerpt.window.before);
    let to = from.saturating_add(number(excerpt.window.width).clamp(1, MAX_MARK));
    let byte = |nth: usize| excerpt.window.text.char_indices().nth(nth).map_or(excerpt.window.text.len(), |(at, _)| at);
    let (from, to) = (byte(from), byte(to));
    let left_out = |is: bool| if is { "…" } else { "" };
    let (mut line, mut at, mut start, mut end) = (left_out(excerpt.window.comes_from).to_owned(), 0, None, None);
    for part in parts(&excerpt.window.text) {
        let before = line.len();
        let len = match part {
            Part::Plain(plain) => plain.len(),
            Part::Escape(c) => c.len_utf8(),
        };
        // An escape is marked as a whole; plain text keeps its length.
        let place =
            |mark: usize| (at..at + len).contains(&mark).then(|| before + if part.is_plain() { mark - at } else { 0 });
        (start, end) = (start.or(place(from)), end.or(place(to)));
        at += len;
        match part {
            Part::Plain(plain) => line.push_str(plain),
            // As it stands between words.
            Part::Escape('\t') => line.push(' '),
            Part::Escape(c) => push_escape(c, &mut line),
        }
    }
    let (start, end) = (start.unwrap_or(line.len()), end.unwrap_or(line.len()));
    line += left_out(excerpt.window.goes_on);
    (line, start, end)
}

fn short(text: &str) -> &str {
    text.char_indices().nth(MAX_SENTENCE).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Reason, SYNTAX as RULE, Wording};
    use crate::manifest::Position;
    use crate::manifest::text::Window;

    fn render(heading: Heading, line: &str, place: (u32, u32, u32), help: Option<&str>) -> String {
        let window = Window {
            text: line.into(),
            comes_from: false,
            goes_on: false,
            before: place.1.saturating_sub(1),
            width: place.2,
        };
        let position = Position { line: place.0, column: place.1, width: place.2 };
        let message = "mode is \"papr\".".to_owned();
        let wording = Wording { message, help: help.map(str::to_owned) };
        let excerpt = Excerpt { file: "x.yaml".into(), position, window };
        let diagnostic = Diagnostic::new(Severity::Error, &RULE, "", Reason::SyntaxError, wording, excerpt);
        Snippet { heading, diagnostic: &diagnostic, notes: &[] }.render(Style::plain())
    }

    #[test]
    fn shows_the_line_the_mark_and_the_mend() {
        let text = render(Heading::Severity, "mode: papr", (4, 7, 4), Some("Did you mean paper?"));
        insta::assert_snapshot!(text, @r#"
        error: mode is "papr".
         --> x.yaml:4:7
          |
        4 | mode: papr
          |       ^^^^
          |
          = help: Did you mean paper?
        "#);
    }

    #[test]
    fn what_cannot_be_shown_is_escaped_and_the_place_stays_its_own() {
        let text = render(Heading::Bare, "\u{1b}[2J: \u{202e}x", (1, 7, 2), None);
        insta::assert_snapshot!(text, @r#"
        mode is "papr".
         --> x.yaml:1:7
          |
        1 | \u{1b}[2J: \u{202e}x
          |            ^^^^^^^^^
        "#);
    }

    #[test]
    fn the_place_in_a_long_line_is_that_in_the_file() {
        let window = Window { text: "x".repeat(100).into(), comes_from: true, goes_on: true, before: 40, width: 3 };
        let position = Position { line: 7, column: 5041, width: 3 };
        let excerpt = Excerpt { file: "x".into(), position, window };
        let diagnostic = Diagnostic::new(Severity::Error, &RULE, "", Reason::SyntaxError, "m", excerpt);
        let text = Snippet { heading: Heading::Severity, diagnostic: &diagnostic, notes: &[] }.render(Style::plain());
        assert!(text.contains(" --> x:7:5041\n") && text.contains("^^^\n"), "{text}");
        assert!(text.contains(&format!("7 | …{}…\n", "x".repeat(100))), "{text}");
    }

    #[test]
    fn odd_places_do_no_harm() {
        for (line, column, width) in [("", 1, 1), ("é", 2, 9), ("\t\u{1b}[31m", 2, 3), ("x", 900, 1)] {
            assert!(!render(Heading::Bare, line, (1, column, width), None).contains('\u{1b}'));
        }
        for place in [(0, 0, 0), (u32::MAX, u32::MAX, u32::MAX)] {
            assert!(render(Heading::Rule, "x", place, None).contains("error[syntax]: "));
        }
    }
}

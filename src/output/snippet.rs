//! Shows a place in a file the way rustc does: the line, a mark under it, what is wrong, and how to
//! mend it. An excerpt and sentences come in; text for a terminal goes out.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::style::Style;
use crate::manifest::text::Excerpt;

/// Longer lines are cut around the mark; a generated file may be one line of a megabyte.
const MAX_LINE: usize = 160;

/// The line above a place: what it is about, and in which words it starts.
#[derive(Debug, Clone, Copy)]
pub enum Heading<'h> {
    /// `error: …`
    Error,
    /// `error[rule]: …`
    ErrorOf(&'h str),
    /// `warning[rule]: …`
    WarningOf(&'h str),
    /// The message alone, below a line that has said that these are errors.
    Bare,
}

/// The message, the excerpt with a mark under its place, and the mend.
#[must_use]
pub fn render(heading: Heading<'_>, message: &str, excerpt: &Excerpt, help: Option<&str>, style: Style) -> String {
    let (line, start, end) = window(excerpt);
    let line_start = usize::try_from(excerpt.position.line).unwrap_or(1).max(1);
    let title = match heading {
        Heading::Error => Level::ERROR.primary_title(message),
        Heading::ErrorOf(rule) => Level::ERROR.primary_title(message).id(rule),
        Heading::WarningOf(rule) => Level::WARNING.primary_title(message).id(rule),
        Heading::Bare => Level::ERROR.no_name().primary_title(message),
    };
    let snippet = Snippet::source(line.as_str())
        .path(excerpt.file.as_str())
        .line_start(line_start)
        .annotation(AnnotationKind::Primary.span(start..end));
    let mut group = title.element(snippet);
    if let Some(help) = help {
        group = group.element(Level::HELP.message(help));
    }
    let renderer = if style.is_enabled() { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    renderer.render(&[group]) + "\n"
}

/// The part of the line around the mark, and the mark's bytes in it.
fn window(excerpt: &Excerpt) -> (String, usize, usize) {
    let position = excerpt.position;
    let column = usize::try_from(position.column).unwrap_or(1).saturating_sub(1);
    let width = usize::try_from(position.width).unwrap_or(1).clamp(1, MAX_LINE / 2);
    let from = if column > MAX_LINE / 2 { column - MAX_LINE / 4 } else { 0 };
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    let line: String = excerpt.line.chars().skip(from).take(MAX_LINE).map(visible).collect();
    let byte = |nth: usize| line.char_indices().nth(nth).map_or(line.len(), |(byte, _)| byte);
    let (start, end) = (byte(column - from), byte(column - from + width));
    (line, start, end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Position;

    #[test]
    fn shows_the_line_the_mark_and_the_mend() {
        let position = Position { line: 4, column: 7, width: 4 };
        let excerpt = Excerpt { file: "x.yaml".into(), position, line: "mode: papr".into() };
        let message = "mode is \"papr\".";
        let text = render(Heading::Error, message, &excerpt, Some("Did you mean paper?"), Style::plain());
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
    fn odd_places_do_no_harm() {
        for (line, column, width) in [("", 1, 1), ("é", 2, 9), ("\t\u{1b}[31m", 2, 3), ("x", 900, 1)] {
            let position = Position { line: 1, column, width };
            let excerpt = Excerpt { file: "x".into(), position, line: line.into() };
            assert!(!render(Heading::Bare, "m", &excerpt, None, Style::plain()).contains('\u{1b}'));
        }
        let line = "x".repeat(10_000);
        let excerpt = Excerpt { file: "x".into(), position: Position { line: 1, column: 5000, width: 9 }, line };
        assert!(render(Heading::ErrorOf("r"), "m", &excerpt, None, Style::plain()).len() < 1000);
    }
}

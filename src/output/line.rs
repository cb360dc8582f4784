//! A styled line of text. Whatever its parts contain, it is printed on one line with only printable characters, and
//! never as a command to a terminal or a CI runner.

use std::borrow::Cow;

use super::style::{Role, Style};
use crate::printable::{printable, printable_line};

/// The position of a part in the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineStart {
    /// At the start of a line of the output.
    OfLine,
    /// After something else.
    Within,
}

/// A line, or a cell of a table.
#[derive(Debug, Clone, Default)]
pub struct Line<'t>(Vec<(Role, Cow<'t, str>)>);

impl<'t> Line<'t> {
    /// A line of one part.
    pub fn new(role: Role, text: impl Into<Cow<'t, str>>) -> Self {
        Self::default().and(role, text)
    }

    /// The line with one more part.
    pub fn and(mut self, role: Role, text: impl Into<Cow<'t, str>>) -> Self {
        self.0.push((role, text.into()));
        self
    }

    /// The line with one more part in the plain style.
    pub fn text(self, text: impl Into<Cow<'t, str>>) -> Self {
        self.and(Role::Plain, text)
    }

    /// The line as printed, without a line break, truncated to `max` characters.
    pub(super) fn show(&self, start: LineStart, max: usize, style: Style) -> String {
        let mut out = String::new();
        let (mut is_start, mut left) = (start == LineStart::OfLine, max);
        for (role, text) in &self.0 {
            let (text, is_whole) = cut(text, left);
            let shown = if is_start { printable_line(text) } else { printable(text) };
            is_start = is_start && shown.trim_start().is_empty();
            style.push(*role, &shown, &mut out);
            if !is_whole {
                out.push('…');
                break;
            }
            left -= text.chars().count();
        }
        out
    }
}

impl<'t, T: Into<Cow<'t, str>>> From<T> for Line<'t> {
    fn from(text: T) -> Self {
        Self::new(Role::Plain, text)
    }
}

/// The first characters of a text, and whether that is all of it.
fn cut(text: &str, max: usize) -> (&str, bool) {
    match text.char_indices().nth(max) {
        Some((end, _)) => (&text[..end], false),
        None => (text, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(line: &Line<'_>) -> String {
        line.show(LineStart::OfLine, 20, Style::plain())
    }

    #[test]
    fn a_line_stays_one_line_and_no_command() {
        assert_eq!(show(&Line::from("a\n::error::b")), "a\\n::error::b");
        assert_eq!(show(&Line::from("  ").text("::error::b")), "  \\u{3a}:error::b");
        assert_eq!(show(&Line::from("a ").and(Role::Bad, "::b")), "a ::b");
        assert_eq!(show(&Line::from("x".repeat(18)).text("yyyyy")), format!("{}yy…", "x".repeat(18)));
        assert_eq!(Line::from("::1").show(LineStart::Within, 20, Style::plain()), "::1");
    }
}

//! The text around a fault, for explanations: nearby lines and words.

use super::mark::{LongQuote, Mark};

/// The number of characters of a line that are repeated in a message.
const REPEATED: usize = 40;
/// The number of lines after a mistake that are examined to find the end of the enclosing construct.
const LOOK_AHEAD: usize = 1000;
/// The number of lines before a mistake that are examined to find a matching line.
const LOOK_BACK: usize = 1000;

/// A fault and the text around it.
pub struct FaultContext<'t> {
    pub text: &'t str,
    pub at: Mark,
    /// The start of the construct that was being read.
    pub begun: Mark,
    /// The last quoted scalar before it that spans several lines.
    pub long_quote: Option<LongQuote>,
}

impl<'t> FaultContext<'t> {
    pub fn is_at_end(&self) -> bool {
        self.at.offset as usize >= self.text.trim_end().len()
    }

    /// Whether the open bracket is closed on the lines indented below its own.
    pub fn is_closed_below(&self, closing: char) -> bool {
        let outer = spaces_before(self.line_before(self.begun));
        let start = self.at.offset as usize - self.line_before(self.at).len();
        let lines = self.text.get(start..).unwrap_or_default().lines().take(LOOK_AHEAD);
        let mut inside = lines.take_while(|line| {
            line.trim().is_empty() || spaces_before(line) > outer || line.trim_start().starts_with(closing)
        });
        inside.any(|line| line.contains(closing))
    }

    /// The first character at a mark.
    pub fn first(&self, mark: Mark) -> char {
        self.text.get(mark.offset as usize..).and_then(|rest| rest.chars().next()).unwrap_or(' ')
    }

    pub fn rest_of_line(&self, mark: Mark) -> &'t str {
        self.text.get(mark.offset as usize..).and_then(|rest| rest.lines().next()).unwrap_or_default()
    }

    pub fn line_before(&self, mark: Mark) -> &'t str {
        let before = self.text.get(..mark.offset as usize).unwrap_or_default();
        before.rsplit('\n').next().unwrap_or_default()
    }

    /// The text at a mark up to whitespace, truncated to a sensible length.
    pub fn word(&self, mark: Mark) -> &'t str {
        cut(self.rest_of_line(mark).split_whitespace().next().unwrap_or_default())
    }

    /// The numbered lines above the mistake, the nearest first, without empty lines and comments.
    pub fn lines_above(&self) -> impl Iterator<Item = (u32, &'t str)> {
        let end = self.at.offset as usize - self.line_before(self.at).len();
        let before = self.text.get(..end).unwrap_or_default();
        let lines = before.strip_suffix('\n').unwrap_or(before).rsplit('\n').take(LOOK_BACK);
        let numbered = (1..).map(|back| self.at.line.saturating_sub(back)).zip(lines);
        numbered.filter(|(_, line)| !line.trim_start().is_empty() && !line.trim_start().starts_with('#'))
    }
}

/// The column at which the key of a line starts, after the dashes of a list.
pub fn indent_of(line: &str) -> u32 {
    let mut rest = line.trim_start_matches(' ');
    while let Some(after) = rest.strip_prefix("- ") {
        rest = after.trim_start_matches(' ');
    }
    width(line) - width(rest)
}

pub fn spaces_before(line: &str) -> u32 {
    width(line) - width(line.trim_start_matches(' '))
}

/// The number of characters in a text.
pub fn width(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// A text truncated for messages.
pub fn cut(text: &str) -> &str {
    text.char_indices().nth(REPEATED).map_or(text, |(at, _)| &text[..at])
}

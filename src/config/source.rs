//! The text that the positions of a configuration refer to: the lines of its file, followed by one line for each
//! `--set`. Maps a position to an excerpt of the file or of the command line.

use std::sync::Arc;

use crate::diagnostic::{Hidden, Wording};
use crate::manifest::text::Excerpt;
use crate::manifest::{Position, Text};

/// The name of the `--set` flags in messages, instead of a file's path.
pub const COMMAND_LINE: &str = "command line";

/// The text of a configuration.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name of the file in messages: the path, or `standard input`.
    pub name: String,
    text: Arc<Text>,
    /// The number of lines in the file.
    lines: u32,
    /// One line for each `--set`.
    flags: Arc<Text>,
    /// The credentials in the file, which no excerpt shows, …
    hidden: Arc<Hidden>,
    /// … and those in the flags.
    hidden_flags: Arc<Hidden>,
}

/// One of the texts of a configuration, and a position in it.
struct Part<'s> {
    name: &'s str,
    text: &'s Text,
    hidden: &'s Hidden,
    position: Position,
}

impl Source {
    /// A file without flags.
    #[must_use]
    pub fn new(name: String, text: Text) -> Self {
        let lines = memchr::memchr_iter(b'\n', text.as_str().as_bytes()).count() + 1;
        let flags = Arc::new(Text::decode(Vec::new()));
        let lines = u32::try_from(lines).unwrap_or(u32::MAX);
        Self { name, text: Arc::new(text), lines, flags, hidden: Arc::default(), hidden_flags: Arc::default() }
    }

    /// Adds the flags as shown in messages, one per line; returns the line of the first.
    pub fn follow_with(&mut self, flags: &str) -> u32 {
        self.flags = Arc::new(Text::decode(flags.as_bytes().to_vec()));
        self.lines.saturating_add(1)
    }

    /// Hides the credentials of the document that was read from the file and the flags.
    pub fn hide(&mut self, hidden: Hidden) {
        let (file, flags) = hidden.split_behind(self.lines);
        (self.hidden, self.hidden_flags) = (Arc::new(file), Arc::new(flags));
    }

    /// Whether a position is in a flag.
    #[must_use]
    pub const fn is_flag(&self, position: Position) -> bool {
        position.line > self.lines
    }

    /// An excerpt at a position.
    #[must_use]
    pub fn excerpt(&self, position: Position) -> Excerpt {
        let Part { name, text, hidden, position } = self.part(position);
        hidden.excerpt(name, text, position)
    }

    /// A message about a position, without the credentials that it may quote.
    #[must_use]
    pub fn wording(&self, wording: Wording, position: Position) -> Wording {
        let Part { text, hidden, position, .. } = self.part(position);
        hidden.wording(wording, text, position)
    }

    /// Whether the text at a position must not be shown.
    #[must_use]
    pub fn hides(&self, position: Position) -> bool {
        let Part { hidden, position, .. } = self.part(position);
        hidden.has(position)
    }

    /// A text without the credentials in it.
    #[must_use]
    pub fn sentence(&self, sentence: &str) -> String {
        // Each of the two has the texts of all credentials.
        self.hidden.sentence(sentence)
    }

    /// The text at a position.
    #[must_use]
    pub fn written(&self, position: Position) -> &str {
        let Part { text, position, .. } = self.part(position);
        text.at(position)
    }

    /// The file or the flags, whichever contains a position, and the position in it.
    fn part(&self, position: Position) -> Part<'_> {
        if self.is_flag(position) {
            let position = Position { line: position.line - self.lines, ..position };
            Part { name: COMMAND_LINE, text: &self.flags, hidden: &self.hidden_flags, position }
        } else {
            Part { name: &self.name, text: &self.text, hidden: &self.hidden, position }
        }
    }

    /// A position in a sentence: `line 3`, or `--set`.
    #[must_use]
    pub fn place(&self, position: Position) -> String {
        if self.is_flag(position) { "--set".to_owned() } else { format!("line {}", position.line) }
    }

    /// The text of the file.
    #[must_use]
    pub fn text(&self) -> &Text {
        &self.text
    }
}

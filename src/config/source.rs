//! What the positions of a configuration point into: the lines of its file and, as lines that follow the last of them,
//! one line for each `--set`. A position comes in; the place in the file or on the command line goes out.

use std::sync::Arc;

use crate::manifest::text::Excerpt;
use crate::manifest::{Position, Text};

/// The name that the `--set` flags have in messages, where a file has its path.
pub const COMMAND_LINE: &str = "command line";

/// The text of a configuration.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name of the file in messages: the path, or `standard input`.
    pub name: String,
    text: Arc<Text>,
    /// How many lines the file has.
    lines: u32,
    /// One line for each `--set`.
    flags: Arc<Text>,
    /// Where the file spells out credentials, which no excerpt shows, …
    hidden: Vec<Position>,
    /// … and where the flags do.
    hidden_flags: Vec<Position>,
}

impl Source {
    /// A file by itself.
    #[must_use]
    pub fn new(name: String, text: Text) -> Self {
        let lines = memchr::memchr_iter(b'\n', text.as_str().as_bytes()).count() + 1;
        let flags = Arc::new(Text::decode(Vec::new()));
        let lines = u32::try_from(lines).unwrap_or(u32::MAX);
        Self { name, text: Arc::new(text), lines, flags, hidden: Vec::new(), hidden_flags: Vec::new() }
    }

    /// Takes in the flags as they are shown, each on a line of its own; gives the line of the first.
    pub fn follow_with(&mut self, flags: &str) -> u32 {
        self.flags = Arc::new(Text::decode(flags.as_bytes().to_vec()));
        self.lines.saturating_add(1)
    }

    /// Hides what stands at these places, which come in the order of their lines.
    pub fn hide(&mut self, positions: Vec<Position>) {
        let (flags, file) = positions.into_iter().partition(|position| self.is_flag(*position));
        (self.hidden, self.hidden_flags) = (file, flags);
        for position in &mut self.hidden_flags {
            position.line -= self.lines;
        }
    }

    /// Whether a flag stands at a place.
    #[must_use]
    pub const fn is_flag(&self, position: Position) -> bool {
        position.line > self.lines
    }

    /// A place, to be shown.
    #[must_use]
    pub fn excerpt(&self, position: Position) -> Excerpt {
        if self.is_flag(position) {
            let position = Position { line: position.line - self.lines, ..position };
            Excerpt::cut(COMMAND_LINE, &self.flags, position).hiding(&self.hidden_flags)
        } else {
            Excerpt::cut(self.name.as_str(), &self.text, position).hiding(&self.hidden)
        }
    }

    /// What stands at a place.
    #[must_use]
    pub fn written(&self, position: Position) -> &str {
        if self.is_flag(position) {
            self.flags.at(Position { line: position.line - self.lines, ..position })
        } else {
            self.text.at(position)
        }
    }

    /// A place in a sentence: `line 3`, or `--set`.
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

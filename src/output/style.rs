//! Colours, in one place: which ones stand for what, and whether there are any.
//! Text comes in, and the same text with or without escape codes goes out.

use std::borrow::Cow;

use owo_colors::{OwoColorize, Style as Ansi};

/// Text that somebody else has written, with what a terminal would take for a command as an escape.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_command = |c: char| c.is_control() && c != '\n';
    if !text.contains(is_command) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_command(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown.into()
}

/// Whether and how text is coloured on one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    enabled: bool,
}

impl Style {
    /// Colours if the choice, the environment (`NO_COLOR`) and the stream allow them.
    #[must_use]
    pub fn resolve(choice: anstream::ColorChoice, stream: &impl anstream::stream::RawStream) -> Self {
        let enabled = match choice {
            anstream::ColorChoice::Always | anstream::ColorChoice::AlwaysAnsi => true,
            anstream::ColorChoice::Never => false,
            anstream::ColorChoice::Auto => anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
        };
        Self { enabled }
    }

    /// No colours at all.
    #[must_use]
    pub const fn plain() -> Self {
        Self { enabled: false }
    }

    /// Whether escape codes are written.
    #[must_use]
    pub const fn is_enabled(self) -> bool {
        self.enabled
    }

    fn paint(self, text: &str, ansi: Ansi) -> String {
        if self.enabled && !text.is_empty() { text.style(ansi).to_string() } else { text.to_owned() }
    }

    /// A table's header.
    #[must_use]
    pub fn header(self, text: &str) -> String {
        self.paint(text, Ansi::new().bold())
    }

    /// What went well.
    #[must_use]
    pub fn good(self, text: &str) -> String {
        self.paint(text, Ansi::new().green())
    }

    /// What went wrong.
    #[must_use]
    pub fn bad(self, text: &str) -> String {
        self.paint(text, Ansi::new().red().bold())
    }

    /// What is no longer there.
    #[must_use]
    pub fn removed(self, text: &str) -> String {
        self.paint(text, Ansi::new().red())
    }

    /// What deserves a look.
    #[must_use]
    pub fn warn(self, text: &str) -> String {
        self.paint(text, Ansi::new().yellow().bold())
    }

    /// What may be passed over.
    #[must_use]
    pub fn dim(self, text: &str) -> String {
        self.paint(text, Ansi::new().dimmed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_file_says_reaches_the_terminal_as_a_command() {
        assert_eq!(printable("a\nb é"), "a\nb é");
        assert_eq!(printable("a\u{1b}[2Jb\r\u{9b}"), "a\\u{1b}[2Jb\\r\\u{9b}");
    }
}

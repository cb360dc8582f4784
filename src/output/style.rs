//! Colours, in one place: which ones stand for what, and whether there are any.
//! Text comes in, and the same text with or without escape codes goes out.

use owo_colors::{OwoColorize, Style as Ansi};

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

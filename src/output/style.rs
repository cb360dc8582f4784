//! Colours, in one place: their meaning, and whether they are enabled.

use owo_colors::{OwoColorize, Style as Ansi};

/// The role of a part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Plain text.
    #[default]
    Plain,
    /// A header.
    Header,
    /// A success.
    Good,
    /// An error.
    Bad,
    /// Something that was removed.
    Removed,
    /// A warning.
    Warn,
    /// Something unimportant.
    Dim,
}

/// The style of a stream: with or without colours, and tables with or without headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    enabled: bool,
    headers: bool,
}

impl Style {
    /// Enables colours if the choice, the environment (`NO_COLOR`) and the stream allow them.
    pub fn resolve(choice: anstream::ColorChoice, stream: &impl anstream::stream::RawStream) -> Self {
        let enabled = match choice {
            anstream::ColorChoice::Always | anstream::ColorChoice::AlwaysAnsi => true,
            anstream::ColorChoice::Never => false,
            anstream::ColorChoice::Auto => anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
        };
        Self { enabled, headers: true }
    }

    /// No colours at all.
    #[cfg(test)]
    pub const fn plain() -> Self {
        Self { enabled: false, headers: true }
    }

    /// The same with or without the headers of tables.
    #[must_use]
    pub const fn with_headers(self, headers: bool) -> Self {
        Self { headers, ..self }
    }

    /// Whether tables have headers.
    #[must_use]
    pub const fn has_headers(self) -> bool {
        self.headers
    }

    /// Whether escape codes are written.
    pub const fn is_enabled(self) -> bool {
        self.enabled
    }

    /// Appends printable text in the colour of its role.
    pub(super) fn push(self, role: Role, shown: &str, out: &mut String) {
        let ansi = match role {
            Role::Plain => return out.push_str(shown),
            Role::Header => Ansi::new().bold(),
            Role::Good => Ansi::new().green(),
            Role::Bad => Ansi::new().red().bold(),
            Role::Removed => Ansi::new().red(),
            Role::Warn => Ansi::new().yellow().bold(),
            Role::Dim => Ansi::new().dimmed(),
        };
        if self.enabled && !shown.is_empty() {
            out.push_str(&shown.style(ansi).to_string());
        } else {
            out.push_str(shown);
        }
    }
}

//! Colours, in one place: which ones stand for what, and whether there are any.

use owo_colors::{OwoColorize, Style as Ansi};

/// What a piece of a line stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Nothing in particular.
    #[default]
    Plain,
    /// A header.
    Header,
    /// What went well.
    Good,
    /// What went wrong.
    Bad,
    /// What is no longer there.
    Removed,
    /// What deserves a look.
    Warn,
    /// What may be passed over.
    Dim,
}

/// How text is shown on one stream: with or without colours, and tables with or without their headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    enabled: bool,
    headers: bool,
}

impl Style {
    /// Colours if the choice, the environment (`NO_COLOR`) and the stream allow them.
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

    /// Appends text that can be shown, in the colour of what it stands for.
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

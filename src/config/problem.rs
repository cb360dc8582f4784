//! What is wrong with a configuration, as it is found, and why one cannot be used.

use std::path::PathBuf;

use thiserror::Error;

use crate::diagnostic::{Diagnostic, Reason, Rule, Severity, Wording};
use crate::manifest::text::Excerpt;
use crate::manifest::{Position, ReadError, Text};
use crate::printable;

/// The problems of one file, as they are found.
#[derive(Debug)]
pub struct Problems<'f> {
    name: &'f str,
    text: &'f Text,
    /// Where the file spells out credentials.
    hidden: &'f [Position],
    found: Vec<Diagnostic>,
}

impl<'f> Problems<'f> {
    /// Nothing found yet in a file of this name and text; no excerpt will show what stands at the hidden places.
    #[must_use]
    pub const fn of(name: &'f str, text: &'f Text, hidden: &'f [Position]) -> Self {
        Self { name, text, hidden, found: Vec::new() }
    }

    /// Adds what is wrong with the value of a key; `path` has a dot before each level below the first.
    pub fn add(
        &mut self,
        rule: &'static Rule,
        reason: Reason,
        path: impl Into<String>,
        position: Position,
        wording: impl Into<Wording>,
    ) {
        self.say(Severity::Error, rule, reason, path, position, wording);
    }

    /// Adds something that may be no more than a warning.
    pub fn say(
        &mut self,
        severity: Severity,
        rule: &'static Rule,
        reason: Reason,
        path: impl Into<String>,
        position: Position,
        wording: impl Into<Wording>,
    ) {
        let Wording { message, help } = wording.into();
        let excerpt = Excerpt::cut(self.name, self.text, position).hiding(self.hidden);
        self.found.push(Diagnostic { severity, rule, path: path.into(), reason, message, help, excerpt });
    }

    /// Adds that the text cannot be read.
    pub fn unreadable(&mut self, error: &ReadError) {
        self.found.push(Diagnostic::unreadable(error, self.name, self.text));
    }

    /// What stands in the file at a place.
    #[must_use]
    pub fn written(&self, position: Position) -> &'f str {
        self.text.at(position)
    }

    /// A value that was made from files, and what deserves a look in them, unless something is wrong with one; what is
    /// missing in the value is a problem too. All comes file by file, in the order of each.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] with all problems.
    pub fn finish<T>(
        files: impl IntoIterator<Item = Self>,
        value: Option<T>,
    ) -> Result<(T, Vec<Diagnostic>), ConfigError> {
        let mut all = Vec::new();
        for Self { mut found, .. } in files {
            found.sort_by_key(|problem| (problem.excerpt.position.line, problem.excerpt.position.column));
            all.append(&mut found);
        }
        let is_sound = all.iter().all(|problem| problem.severity == Severity::Warning);
        if let Some(value) = value.filter(|_| is_sound) {
            return Ok((value, all));
        }
        all.retain(|problem| problem.severity == Severity::Error);
        Err(ConfigError::Invalid(all))
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file could not be opened or read.
    #[error("The configuration {} cannot be read: {source}.", printable::path(file))]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder stands where a file should.
    #[error("The configuration {} is a directory. Name the YAML file inside it.", printable::path(file))]
    Directory {
        /// The folder.
        file: PathBuf,
    },
    /// More than a configuration can sensibly hold.
    #[error(
        "The configuration {} is larger than {max} bytes, which no session needs. Is it the right file?",
        printable::path(file)
    )]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// The largest size that is read.
        max: u64,
    },
    /// Bytes that are no text.
    #[error("The configuration {} is not UTF-8 text. Is it the right file?", printable::path(file))]
    NotText {
        /// The file.
        file: PathBuf,
    },
    /// Nothing in the file.
    #[error("The configuration {} is empty. Start from the examples in configs/.", printable::path(file))]
    Empty {
        /// The file.
        file: PathBuf,
    },
    /// Several documents, of which only one could count.
    #[error(
        "The configuration {} holds {count} YAML documents, and a session is described by one. Split the file.",
        printable::path(file)
    )]
    Documents {
        /// The file.
        file: PathBuf,
        /// How many there are.
        count: usize,
    },
    /// A flag's value that does not go with the files.
    #[error("{0}")]
    Flag(String),
    /// The file can be read, and its content must be mended.
    #[error("{}", summary(.0))]
    Invalid(Vec<Diagnostic>),
}

fn summary(problems: &[Diagnostic]) -> String {
    match problems {
        [] => "The configuration is invalid.".to_owned(),
        [one] => one.message.clone(),
        [first, ..] => {
            let one_file = problems.iter().all(|problem| problem.excerpt.file == first.excerpt.file);
            let files = if one_file { printable::printable(&first.excerpt.file) } else { "The configurations".into() };
            let verb = if one_file { "has" } else { "have" };
            format!("{files} {verb} {} problems.", problems.len())
        }
    }
}

//! The problems of a configuration, and why one cannot be used.

use std::collections::HashSet;
use std::path::PathBuf;

use thiserror::Error;

use super::source::Source;
use crate::diagnostic::{Diagnostic, Reason, Rule, Severity, Wording};
use crate::manifest::{Position, ReadError};
use crate::printable;

/// The problems of one file.
#[derive(Debug)]
pub struct Problems<'f> {
    source: &'f Source,
    found: Vec<Diagnostic>,
    /// Positions that need no further problems.
    settled: HashSet<(u32, u32)>,
}

impl<'f> Problems<'f> {
    /// An empty list for a file.
    pub fn of(source: &'f Source) -> Self {
        Self { source, found: Vec::new(), settled: HashSet::new() }
    }

    /// Adds an error about the value of a key; `path` has a dot before each level below the first.
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

    /// Adds a warning about the value of a key.
    pub fn warn(
        &mut self,
        rule: &'static Rule,
        path: impl Into<String>,
        position: Position,
        wording: impl Into<Wording>,
    ) {
        self.say(Severity::Warning, rule, Reason::FieldValueInvalid, path, position, wording);
    }

    /// Adds an error or a warning.
    pub fn say(
        &mut self,
        severity: Severity,
        rule: &'static Rule,
        reason: Reason,
        path: impl Into<String>,
        position: Position,
        wording: impl Into<Wording>,
    ) {
        if self.settled.contains(&(position.line, position.column)) {
            return;
        }
        let excerpt = self.source.excerpt(position);
        let wording = self.source.wording(wording.into(), position);
        self.found.push(Diagnostic::new(severity, rule, path, reason, wording, excerpt));
    }

    /// Suppresses other problems at a position, which result from the same mistake.
    pub fn say_no_more_of(&mut self, position: Position) {
        self.settled.insert((position.line, position.column));
    }

    /// Adds an error about unreadable text.
    pub fn unreadable(&mut self, error: &ReadError) {
        self.found.push(Diagnostic::unreadable(error, self.source.name.as_str(), self.source.text()));
    }

    /// Reports a free key that kubectl reads differently from how it is written; returns whether it does.
    pub fn is_read_otherwise(&mut self, rule: &'static Rule, path: &str, key: &str, position: Position) -> bool {
        let written = self.written(position);
        // Keys in flags are taken literally.
        let is_other = !self.is_flag(position) && !written.starts_with(['"', '\'', '*', '|', '>']) && written != key;
        if is_other {
            let wording = (format!("kubectl reads the key {written} as {key}."), format!("Quote it: \"{written}\"."));
            self.add(rule, Reason::FieldValueInvalid, path, position, wording);
        }
        is_other
    }

    /// The text of the file at a position.
    pub fn written(&self, position: Position) -> &'f str {
        self.source.written(position)
    }

    /// Whether a position is in a flag.
    #[must_use]
    pub const fn is_flag(&self, position: Position) -> bool {
        self.source.is_flag(position)
    }

    /// Whether the text at a position must not be shown.
    #[must_use]
    pub fn hides(&self, position: Position) -> bool {
        self.source.hides(position)
    }

    /// A position in a sentence: `line 3`, or `--set`.
    #[must_use]
    pub fn place(&self, position: Position) -> String {
        self.source.place(position)
    }

    /// All problems.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.found
    }

    /// A value made from files, together with their warnings, unless one of them has an error; a missing value is an
    /// error too. Problems are ordered by file and position.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] with all problems.
    pub fn finish<T>(
        files: impl IntoIterator<Item = Self>,
        value: Option<T>,
    ) -> Result<(T, Vec<Diagnostic>), ConfigError> {
        let mut all = Vec::new();
        for Self { mut found, source, .. } in files {
            found.sort_by_key(|Diagnostic { excerpt, .. }| {
                (*excerpt.file != *source.name, excerpt.position.line, excerpt.position.column)
            });
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
    #[error("The configuration {} cannot be read: {}.", printable::path(.0), .1)]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// The path is a directory.
    #[error("The configuration {} is a directory. Name the YAML file inside it.", printable::path(.0))]
    Directory(PathBuf),
    /// The file is larger than a configuration can sensibly be.
    #[error("The configuration {} is larger than {} bytes, more than any session needs. Is it the right file?", printable::path(.0), .1)]
    TooLarge(PathBuf, u64),
    /// The file is not UTF-8 text.
    #[error("The configuration {} is not UTF-8 text. Is it the right file?", printable::path(.0))]
    NotText(PathBuf),
    /// The file is empty.
    #[error("The configuration {} is empty. To create one to start from, run kubectl arbtune init.", printable::path(.0))]
    Empty(PathBuf),
    /// The file contains more than one document.
    #[error("The configuration {} contains {} YAML documents, but a session is described by one. Split the file.", printable::path(.0), .1)]
    Documents(PathBuf, usize),
    /// The file contains this many Kubernetes objects, and what to do with them.
    #[error("{} contains {} Kubernetes objects, not a configuration.\n{}", printable::path(.0), .1, .2)]
    Manifests(PathBuf, usize, String),
    /// The value of a flag conflicts with the files.
    #[error("{0}")]
    Flag(String),
    /// The file can be read, but its content has errors.
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

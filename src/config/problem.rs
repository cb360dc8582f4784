//! What is wrong with a configuration, as it is found, and why one cannot be used.

use std::collections::HashSet;
use std::path::PathBuf;

use thiserror::Error;

use super::source::Source;
use crate::diagnostic::{Diagnostic, Reason, Rule, Severity, Wording};
use crate::manifest::{Position, ReadError};
use crate::printable;

/// The problems of one file, as they are found.
#[derive(Debug)]
pub struct Problems<'f> {
    source: &'f Source,
    found: Vec<Diagnostic>,
    /// Places of which the one thing to say has been said.
    settled: HashSet<(u32, u32)>,
}

impl<'f> Problems<'f> {
    /// Nothing found yet in a file.
    pub fn of(source: &'f Source) -> Self {
        Self { source, found: Vec::new(), settled: HashSet::new() }
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

    /// Adds what the user should know of the value of a key, and what keeps nobody from going on.
    pub fn warn(
        &mut self,
        rule: &'static Rule,
        path: impl Into<String>,
        position: Position,
        wording: impl Into<Wording>,
    ) {
        self.say(Severity::Warning, rule, Reason::FieldValueInvalid, path, position, wording);
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
        if self.settled.contains(&(position.line, position.column)) {
            return;
        }
        let excerpt = self.source.excerpt(position);
        let wording = self.source.wording(wording.into(), position);
        self.found.push(Diagnostic::new(severity, rule, path, reason, wording, excerpt));
    }

    /// Leaves out whatever else is to be said of a place: it comes of the same slip.
    pub fn say_no_more_of(&mut self, position: Position) {
        self.settled.insert((position.line, position.column));
    }

    /// Adds that the text cannot be read.
    pub fn unreadable(&mut self, error: &ReadError) {
        self.found.push(Diagnostic::unreadable(error, self.source.name.as_str(), self.source.text()));
    }

    /// Tells of a free key that kubectl reads as another one than is written; whether it does.
    pub fn is_read_otherwise(&mut self, rule: &'static Rule, path: &str, key: &str, position: Position) -> bool {
        let written = self.written(position);
        // A flag is read as it is typed.
        let is_other = !self.is_flag(position) && !written.starts_with(['"', '\'', '*', '|', '>']) && written != key;
        if is_other {
            let wording = (format!("kubectl reads the key {written} as {key}."), format!("Quote it: \"{written}\"."));
            self.add(rule, Reason::FieldValueInvalid, path, position, wording);
        }
        is_other
    }

    /// What stands in the file at a position.
    pub fn written(&self, position: Position) -> &'f str {
        self.source.written(position)
    }

    /// Whether a flag stands at a place.
    #[must_use]
    pub const fn is_flag(&self, position: Position) -> bool {
        self.source.is_flag(position)
    }

    /// Whether what stands at a place must not be shown.
    #[must_use]
    pub fn hides(&self, position: Position) -> bool {
        self.source.hides(position)
    }

    /// A place in a sentence: `line 3`, or `--set`.
    #[must_use]
    pub fn place(&self, position: Position) -> String {
        self.source.place(position)
    }

    /// All that was found.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.found
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
    /// A folder stands where a file should.
    #[error("The configuration {} is a directory. Name the YAML file inside it.", printable::path(.0))]
    Directory(PathBuf),
    /// More bytes than a configuration can sensibly hold.
    #[error("The configuration {} is larger than {} bytes, which no session needs. Is it the right file?", printable::path(.0), .1)]
    TooLarge(PathBuf, u64),
    /// Bytes that are no text.
    #[error("The configuration {} is not UTF-8 text. Is it the right file?", printable::path(.0))]
    NotText(PathBuf),
    /// Nothing in the file.
    #[error("The configuration {} is empty. kubectl arbtune init makes one to start from.", printable::path(.0))]
    Empty(PathBuf),
    /// So many documents, of which only one could count.
    #[error("The configuration {} holds {} YAML documents, and a session is described by one. Split the file.", printable::path(.0), .1)]
    Documents(PathBuf, usize),
    /// So many objects of Kubernetes, and what to do with them.
    #[error("{} holds {} Kubernetes objects, and no configuration.\n{}", printable::path(.0), .1, .2)]
    Manifests(PathBuf, usize, String),
    /// A flag's value that does not go with the files.
    #[error("{0}")]
    Flag(String),
    /// The file can be read, and its content must be corrected.
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

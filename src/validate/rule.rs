//! What a rule is: its name, what it demands, and an example of either kind.
//! `--explain` prints these, and a test applies every example.

use serde::Serialize;

/// Whose rule it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The API server's: it decides whether a document is accepted.
    Api,
    /// The guide's: what a Job of a tuning session looks like.
    Tuning,
}

/// A rule that documents are held against.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in reports.
    pub name: &'static str,
    /// Whose rule it is.
    pub source: Source,
    /// What is demanded, and why.
    pub doc: &'static str,
    /// A piece of a Job that breaks the rule.
    pub bad: &'static str,
    /// The same piece, mended.
    pub good: &'static str,
}

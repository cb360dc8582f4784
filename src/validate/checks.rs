//! The checks for documents: the sources and the version of the rules, and the skipped rules.

use super::pod_security_standards::Level;
use crate::apimachinery::Version;
use crate::diagnostic::{Rule, Source};

/// The sources whose rules are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sources {
    /// The API server's.
    pub api: bool,
    /// The guide's.
    pub tuning: bool,
}

/// The checks for documents.
#[derive(Debug, Clone)]
pub struct Checks {
    /// The sources of the rules.
    pub sources: Sources,
    /// The Pod Security Standard to check pods against, if any.
    pub pod_security: Option<Level>,
    /// The API server's version.
    pub version: Version,
    /// Skipped tuning rules.
    pub skipped: Vec<&'static Rule>,
    /// Whether a document of another kind is an error.
    pub fail_on_skipped: bool,
}

impl Checks {
    /// Whether a rule applies in the version and is not skipped.
    pub fn apply(&self, rule: &Rule) -> bool {
        let skipped = rule.source == Source::Tuning && self.skipped.iter().any(|skipped| skipped.name == rule.name);
        rule.span.contains(self.version) && !skipped
    }
}

impl From<Sources> for Checks {
    /// All rules of these sources, for the newest version.
    fn from(sources: Sources) -> Self {
        Self { sources, pod_security: None, version: Version::default(), skipped: Vec::new(), fail_on_skipped: false }
    }
}

//! What documents are held against: whose rules, those of which version, and which of them are left out.

use super::pod_security_standards::Level;
use crate::apimachinery::Version;
use crate::diagnostic::{Rule, Source};

/// Which sources' rules are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sources {
    /// The API server's.
    pub api: bool,
    /// The guide's.
    pub tuning: bool,
}

/// The rules that documents are held against.
#[derive(Debug, Clone)]
pub struct Checks {
    /// Whose rules.
    pub sources: Sources,
    /// The Pod Security Standard that pods are held against besides, if any.
    pub pod_security: Option<Level>,
    /// The API server's version.
    pub version: Version,
    /// Tuning rules that are left out.
    pub skipped: Vec<&'static Rule>,
    /// Whether a document that nothing here knows is an error.
    pub fail_on_skipped: bool,
}

impl Checks {
    /// Whether a rule holds in the version, and is not left out.
    pub fn apply(&self, rule: &Rule) -> bool {
        let skipped = rule.source == Source::Tuning && self.skipped.iter().any(|skipped| skipped.name == rule.name);
        rule.span.contains(self.version) && !skipped
    }
}

impl From<Sources> for Checks {
    /// All rules of these sources, in the newest version.
    fn from(sources: Sources) -> Self {
        Self { sources, pod_security: None, version: Version::default(), skipped: Vec::new(), fail_on_skipped: false }
    }
}

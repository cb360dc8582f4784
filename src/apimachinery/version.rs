//! The supported versions of Kubernetes: those whose API server's verdicts have been recorded.

use std::fmt;
use std::str::FromStr;

/// A minor version of Kubernetes, such as 1.36.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    minor: u16,
}

/// All supported versions, the oldest first. To add one, add a row here and its record in `tests/conformance/versions`.
pub const VERSIONS: &[Version] = &[V1_33, V1_34, V1_35, V1_36];

/// Kubernetes 1.33.
pub(crate) const V1_33: Version = Version { minor: 33 };
/// Kubernetes 1.34.
pub(crate) const V1_34: Version = Version { minor: 34 };
/// Kubernetes 1.35.
pub(crate) const V1_35: Version = Version { minor: 35 };
/// Kubernetes 1.36.
pub(crate) const V1_36: Version = Version { minor: 36 };

impl Version {
    /// The newest supported version.
    pub const NEWEST: Self = VERSIONS[VERSIONS.len() - 1];

    /// The number after `1.`.
    #[must_use]
    pub const fn minor(self) -> u16 {
        self.minor
    }
}

impl Default for Version {
    fn default() -> Self {
        Self::NEWEST
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

/// A text that is not a supported version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Kubernetes {0:?} is not supported; write one of {known}", known = known())]
pub struct UnknownVersion(String);

fn known() -> String {
    let names: Vec<String> = VERSIONS.iter().map(ToString::to_string).collect();
    names.join(", ")
}

impl FromStr for Version {
    type Err = UnknownVersion;

    /// Parses `1.36` and the form that `kubectl version` prints: `v1.36.2`.
    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        let named = |version: &&Version| {
            let rest = text.strip_prefix('v').unwrap_or(text).strip_prefix(&version.to_string());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        VERSIONS.iter().find(named).copied().ok_or_else(|| UnknownVersion(text.to_owned()))
    }
}

/// A range of versions: since one of them, until another one, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first version; none if it is older than all supported versions.
    pub since: Option<Version>,
    /// The last version; none if the range includes the newest.
    pub until: Option<Version>,
}

impl Span {
    /// All versions.
    pub const ALWAYS: Self = Self { since: None, until: None };

    /// All versions since the given one.
    pub const fn since(version: Version) -> Self {
        Self { since: Some(version), until: None }
    }

    /// Whether the range contains a version.
    pub fn contains(self, version: Version) -> bool {
        self.since.is_none_or(|since| since <= version) && self.until.is_none_or(|until| version <= until)
    }
}

impl fmt::Display for Span {
    /// `since 1.34`, `until 1.33`, `from 1.34 to 1.35`, `in 1.35 only` or `all`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.since, self.until) {
            (None, None) => write!(f, "all"),
            (Some(since), None) => write!(f, "since {since}"),
            (None, Some(until)) => write!(f, "until {until}"),
            (Some(since), Some(until)) if since == until => write!(f, "in {since} only"),
            (Some(since), Some(until)) => write!(f, "from {since} to {until}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_kubectl_prints() {
        for text in ["1.34", "v1.34", "1.34.2", "v1.34.2"] {
            assert_eq!(text.parse(), Ok(V1_34), "{text}");
        }
        for text in ["", "1", "1.3", "1.340", "1.32", "34", "1.34-alpha"] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
        let said = "2.0".parse::<Version>().unwrap_err().to_string();
        assert_eq!(said, "Kubernetes \"2.0\" is not supported; write one of 1.33, 1.34, 1.35, 1.36");
    }

    #[test]
    fn the_table_ascends() {
        assert!(VERSIONS.is_sorted_by(|a, b| a < b));
        assert_eq!(Version::default(), V1_36);
    }

    #[test]
    fn spans_hold_both_ends() {
        let span = Span { since: Some(V1_34), until: Some(V1_35) };
        let held: Vec<Version> = VERSIONS.iter().copied().filter(|version| span.contains(*version)).collect();
        assert_eq!(held, [V1_34, V1_35]);
        assert_eq!(span.to_string(), "from 1.34 to 1.35");
        assert!(Span::ALWAYS.contains(V1_33) && Span::ALWAYS.contains(V1_36));
    }

    #[test]
    fn spans_say_what_they_hold() {
        let only = Span { since: Some(V1_35), until: Some(V1_35) };
        let said = [Span::ALWAYS, Span::since(V1_34), Span { until: Some(V1_33), ..Span::ALWAYS }, only]
            .map(|span| span.to_string());
        assert_eq!(said, ["all", "since 1.34", "until 1.33", "in 1.35 only"]);
    }
}

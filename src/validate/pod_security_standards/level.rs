//! The level and the version of a standard.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::apimachinery::Version;

/// A level of the Pod Security Standards; each includes the requirements of the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Everything is allowed.
    Privileged,
    /// Known privilege escalations are not allowed.
    Baseline,
    /// Current hardening practices are required.
    Restricted,
}

impl Level {
    /// The level in the notation of labels.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Privileged => "privileged",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is not a level.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a level; write privileged, baseline or restricted")]
pub struct UnknownLevel(String);

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        [Self::Privileged, Self::Baseline, Self::Restricted]
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| UnknownLevel(text.to_owned()))
    }
}

/// The version of the checks: the minor version of Kubernetes whose checks are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyVersion(u16);

impl PolicyVersion {
    /// The checks of 1.`minor`.
    #[must_use]
    pub const fn minor(minor: u16) -> Self {
        Self(minor)
    }

    /// The newest checks of a server.
    #[must_use]
    pub const fn of(server: Version) -> Self {
        Self(server.minor())
    }

    /// Parses `latest` or `v1.30`, as in labels. For a version that is newer than itself, a server applies its own
    /// newest checks.
    ///
    /// # Errors
    /// `UnknownPolicyVersion`.
    pub fn parse(text: &str, server: Version) -> Result<Self, UnknownPolicyVersion> {
        if text == "latest" {
            return Ok(Self::of(server));
        }
        let digits = text.strip_prefix("v1.").unwrap_or_default();
        let is_number = !digits.is_empty()
            && digits.bytes().all(|b| b.is_ascii_digit())
            && (digits.len() == 1 || !digits.starts_with('0'))
            && digits.parse::<i64>().is_ok();
        if !is_number {
            return Err(UnknownPolicyVersion(text.to_owned()));
        }
        // A number that is too large for the type is newer than any server.
        Ok(Self(digits.parse().unwrap_or(u16::MAX)).min(Self::of(server)))
    }
}

impl fmt::Display for PolicyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.0)
    }
}

/// A text that is not a version of the checks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a version of the Pod Security Standards; write latest or one such as v1.36")]
pub struct UnknownPolicyVersion(String);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apimachinery::version::V1_34;

    #[test]
    fn versions_are_read_as_the_server_reads_them() {
        let parse = |text| PolicyVersion::parse(text, V1_34).ok().map(|version| version.0);
        for (text, expected) in [
            ("latest", Some(34)),
            ("v1.0", Some(0)),
            ("v1.28", Some(28)),
            ("v1.36", Some(34)),
            ("v1.99999999", Some(34)),
            ("v1.99999999999999999999", None),
            ("v1.028", None),
            ("v1.", None),
            ("1.28", None),
            ("v2.0", None),
            ("v1.28.1", None),
            ("", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn levels_are_in_order() {
        assert!(Level::Privileged < Level::Baseline && Level::Baseline < Level::Restricted);
        assert_eq!("restricted".parse(), Ok(Level::Restricted));
        assert!("Restricted".parse::<Level>().is_err());
    }
}

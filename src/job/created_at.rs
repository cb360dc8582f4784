//! The time for each Job's `created_at`: from a flag, the environment, or else the clock. This is the only place that
//! reads the clock.

use chrono::{DateTime, SecondsFormat, Utc};
use thiserror::Error;

use crate::apimachinery::time::rfc3339;

/// A time in UTC with microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreatedAt(DateTime<Utc>);

/// A time that cannot be parsed.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum CreatedAtError {
    /// `--created-at` is not an RFC 3339 time.
    #[error("{0:?} is not a valid time. Write RFC 3339, such as 2025-11-16T18:21:45Z.")]
    NotRfc3339(String),
    /// `SOURCE_DATE_EPOCH` is not a number of seconds.
    #[error("SOURCE_DATE_EPOCH is {0:?}, but must be a whole number of seconds since 1970-01-01T00:00:00Z.")]
    NotEpoch(String),
}

impl CreatedAt {
    /// Parses an RFC 3339 time.
    ///
    /// # Errors
    /// `CreatedAtError::NotRfc3339`.
    pub fn parse(text: &str) -> Result<Self, CreatedAtError> {
        rfc3339(text).map(Self).ok_or_else(|| CreatedAtError::NotRfc3339(text.to_owned()))
    }

    /// The given time; else that of `SOURCE_DATE_EPOCH`; else now.
    ///
    /// # Errors
    /// `CreatedAtError::NotEpoch`.
    pub fn resolve(given: Option<Self>, source_date_epoch: Option<&str>) -> Result<Self, CreatedAtError> {
        match (given, source_date_epoch.filter(|epoch| !epoch.is_empty())) {
            (Some(given), _) => Ok(given),
            (None, Some(epoch)) => epoch
                .parse()
                .ok()
                .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
                .map(Self)
                .ok_or_else(|| CreatedAtError::NotEpoch(epoch.to_owned())),
            (None, None) => Ok(Self::now()),
        }
    }

    /// The time itself.
    #[must_use]
    pub const fn moment(self) -> DateTime<Utc> {
        self.0
    }

    #[allow(clippy::disallowed_methods)] // The one place.
    fn now() -> Self {
        Self(Utc::now())
    }
}

impl std::fmt::Display for CreatedAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_counts_before_the_environment() {
        let given = CreatedAt::parse("2025-11-16T18:21:45.5+09:00").unwrap();
        let got = CreatedAt::resolve(Some(given), Some("1")).unwrap();
        assert_eq!(got.to_string(), "2025-11-16T09:21:45.500000Z");
        assert_eq!(CreatedAt::resolve(None, Some("1")).unwrap().to_string(), "1970-01-01T00:00:01.000000Z");
    }

    #[test]
    fn what_is_no_time() {
        assert!(CreatedAt::parse("yesterday").is_err());
        assert!(CreatedAt::resolve(None, Some("soon")).is_err());
        assert!(CreatedAt::resolve(None, Some("99999999999999999")).is_err());
    }
}

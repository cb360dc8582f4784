//! Times as the API server reads them: RFC 3339 with Go's tolerance.
//! Text comes in, and the moment or nothing goes out.

use chrono::{DateTime, Utc};

/// The moment that an RFC 3339 text names, if the API server would read it.
///
/// Stricter than chrono in that only an upper-case `T` and `Z` will do.
#[must_use]
pub fn rfc3339(text: &str) -> Option<DateTime<Utc>> {
    let bytes = text.as_bytes();
    let strict = bytes.get(10) == Some(&b'T') && !text.ends_with('z');
    if !strict {
        return None;
    }
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_reads() {
        for good in ["2025-11-16T18:21:45Z", "2025-11-16T18:21:45.123456+09:00"] {
            assert!(rfc3339(good).is_some(), "{good}");
        }
        for bad in ["", "2025-11-16", "2025-11-16 18:21:45Z", "2025-11-16t18:21:45z", "2025-13-01T00:00:00Z"] {
            assert!(rfc3339(bad).is_none(), "{bad}");
        }
    }
}

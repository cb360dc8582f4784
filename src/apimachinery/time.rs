//! Times in RFC 3339, parsed strictly or as the API server parses them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// Parses an RFC 3339 time; only an uppercase `T` and `Z` are accepted.
pub(crate) fn rfc3339(text: &str) -> Option<DateTime<Utc>> {
    let bytes = text.as_bytes();
    let strict = bytes.get(10) == Some(&b'T') && !text.ends_with('z');
    if !strict {
        return None;
    }
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc))
}

/// Whether a text is a time in RFC 3339 or ISO 8601: as for [`rfc3339`], or without a time zone, as Python's
/// `isoformat` writes local time.
pub(crate) fn is_date_time(text: &str) -> bool {
    rfc3339(text).is_some() || rfc3339(&format!("{text}Z")).is_some()
}

/// Parses a time as the API server does, which reads RFC 3339 with Go's tolerance: the hour may have one digit, a comma
/// may precede the fraction, and an offset may be as large as 24 hours and 60 minutes.
pub(crate) fn by_server(text: &str) -> Option<DateTime<Utc>> {
    let mut text = Reader(text.as_bytes());
    let year = i32::try_from(text.number(4)?).ok()?;
    text.mark(b'-')?;
    let month = text.number(2)?;
    text.mark(b'-')?;
    let day = text.number(2)?;
    text.mark(b'T')?;
    let hour = text.number(2).or_else(|| text.number(1))?;
    text.mark(b':')?;
    let minute = text.number(2)?;
    text.mark(b':')?;
    let second = text.number(2)?;
    text.fraction();
    let offset = text.offset()?;
    let local = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(hour, minute, second)?;
    text.0.is_empty().then(|| local.and_utc().checked_sub_signed(offset))?
}

/// The unparsed rest of a time.
struct Reader<'t>(&'t [u8]);

impl Reader<'_> {
    /// A number with the given number of digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let digit = |sum: u32, byte: &u8| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0'));
        let number = number.iter().try_fold(0, digit)?;
        self.0 = rest;
        Some(number)
    }

    fn mark(&mut self, mark: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[mark])?;
        Some(())
    }

    /// Skips an optional fraction of a second.
    fn fraction(&mut self) {
        if let [b'.' | b',', first, ..] = self.0
            && first.is_ascii_digit()
        {
            let end = self.0.iter().skip(1).position(|byte| !byte.is_ascii_digit());
            self.0 = end.map_or(&[], |end| &self.0[end + 1..]);
        }
    }

    /// How far the time is ahead of UTC.
    fn offset(&mut self) -> Option<TimeDelta> {
        if self.mark(b'Z').is_some() {
            return Some(TimeDelta::zero());
        }
        let ahead = self.mark(b'+').is_some();
        if !ahead {
            self.mark(b'-')?;
        }
        let hours = self.number(2)?;
        self.mark(b':')?;
        let minutes = self.number(2)?;
        let offset = TimeDelta::minutes(i64::from(hours * 60 + minutes));
        (hours <= 24 && minutes <= 60).then_some(if ahead { offset } else { -offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_tolerant_in_its_own_way() {
        for (text, same) in [
            ("2025-11-16T8:21:45Z", "2025-11-16T08:21:45Z"),
            ("2025-11-16T18:21:45,5Z", "2025-11-16T18:21:45Z"),
            ("2025-11-16T18:21:45.123456789012Z", "2025-11-16T18:21:45Z"),
            ("2025-11-16T18:21:45+24:60", "2025-11-15T17:21:45Z"),
            ("2025-11-16T18:21:45-00:30", "2025-11-16T18:51:45Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ] {
            assert_eq!(by_server(text), rfc3339(same), "{text}");
        }
        for bad in [
            "",
            "2025-11-16t18:21:45Z",
            "2025-11-16T18:21:45z",
            "2025-11-16T18:21:60Z",
            "2025-11-16T24:00:00Z",
            "2025-02-29T00:00:00Z",
            "2025-11-16T18:21:45.Z",
            "2025-11-16T18:21:5Z",
            "2025-11-16T18:21:45+25:00",
            "2025-11-16T18:21:45+2:00",
            "2025-11-16T18:21:45+0900",
            "2025-11-16T18:21:45",
            "2025-11-16T18:21:45Z ",
            "10000-01-01T00:00:00Z",
        ] {
            assert_eq!(by_server(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_date_time_may_lack_its_zone() {
        for good in ["2025-11-16T18:21:45.906585", "2025-11-16T18:21:45", "2025-11-16T18:21:45.906585+00:00"] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in ["", "Z", "2025-11-16", "2025-11-16T18:21", "2025-11-16T18:21:45ZZ", "2025-11-16T18:21:45+09:00Z"] {
            assert!(!is_date_time(bad), "{bad}");
        }
    }

    #[test]
    fn rfc_3339_is_strict() {
        for good in ["2025-11-16T18:21:45Z", "2025-11-16T18:21:45.123456+09:00"] {
            assert!(rfc3339(good).is_some(), "{good}");
        }
        for bad in ["", "2025-11-16", "2025-11-16 18:21:45Z", "2025-11-16t18:21:45z", "2025-13-01T00:00:00Z"] {
            assert!(rfc3339(bad).is_none(), "{bad}");
        }
    }
}

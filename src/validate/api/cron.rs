//! The grammar of a schedule, as implemented by the server's parser (robfig/cron, its standard parser). Returns the
//! first fault of a text.

use chrono_tz::TZ_VARIANTS;

/// The bounds of a field, and the names for its numbers, starting with the lowest.
struct CronField {
    name: &'static str,
    min: u64,
    max: u64,
    names: &'static [&'static str],
}

const FIELDS: [CronField; 5] = [
    CronField { name: "minute", min: 0, max: 59, names: &[] },
    CronField { name: "hour", min: 0, max: 23, names: &[] },
    CronField { name: "day of the month", min: 1, max: 31, names: &[] },
    CronField {
        name: "month",
        min: 1,
        max: 12,
        names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    },
    CronField { name: "day of the week", min: 0, max: 6, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const DESCRIPTORS: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/// Checks a schedule with an optional time zone.
///
/// # Errors
/// The fault, as a phrase that follows a colon.
pub(super) fn check(text: &str) -> Result<(), String> {
    let mut schedule = text;
    for start in ["TZ=", "CRON_TZ="] {
        let Some(rest) = text.strip_prefix(start) else { continue };
        let (zone, rest) = rest.split_once(' ').ok_or("there is nothing after the time zone")?;
        if !is_location(zone) {
            return Err(format!("{zone:?} is not a time zone"));
        }
        schedule = rest.trim();
    }
    if schedule.starts_with('@') {
        return check_descriptor(schedule);
    }
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!("it has {} fields instead of five", fields.len()));
    }
    for (text, field) in fields.into_iter().zip(&FIELDS) {
        for range in text.split(',').filter(|range| !range.is_empty()) {
            field.check(range).map_err(|fault| format!("{range:?} is not a valid {}: {fault}", field.name))?;
        }
    }
    Ok(())
}

fn check_descriptor(text: &str) -> Result<(), String> {
    if DESCRIPTORS.contains(&text) {
        return Ok(());
    }
    match text.strip_prefix("@every ") {
        Some(duration) if is_duration(duration) => Ok(()),
        Some(duration) => Err(format!("{duration:?} is not a duration such as 1h30m")),
        None => Err(format!("{text:?} must be @every and a duration, or one of {}", DESCRIPTORS.join(", "))),
    }
}

impl CronField {
    /// `*`, a number or a range, with an optional step.
    fn check(&self, text: &str) -> Result<(), String> {
        let (range, step) = match text.split('/').collect::<Vec<_>>().as_slice() {
            [range] => (*range, None),
            [range, step] => (*range, Some(*step)),
            _ => return Err("it has more than one '/'".to_owned()),
        };
        let ends: Vec<&str> = range.split('-').collect();
        let (first, last) = match ends.as_slice() {
            // The parser has never checked what follows `*-`.
            ["*" | "?", ..] => (self.min, self.max),
            [one] if step.is_some() => (self.number(one)?, self.max),
            [one] => (self.number(one)?, self.number(one)?),
            [first, last] => (self.number(first)?, self.number(last)?),
            _ => return Err("it has more than one '-'".to_owned()),
        };
        if let Some(step) = step
            && integer(step)? == 0
        {
            return Err("the step must not be 0".to_owned());
        }
        if first < self.min || last > self.max {
            return Err(format!("it must be between {} and {}", self.min, self.max));
        }
        if first > last {
            return Err("its end is before its start".to_owned());
        }
        Ok(())
    }

    fn number(&self, text: &str) -> Result<u64, String> {
        // In Go, for example, the lowercase of U+212A is k; no other such letter occurs in these names.
        let name = crate::apimachinery::names::lower_case(text);
        match (self.min..).zip(self.names).find(|(_, known)| **known == name) {
            Some((number, _)) => Ok(number),
            None => integer(text),
        }
    }
}

/// A non-negative 63-bit integer with an optional sign.
fn integer(text: &str) -> Result<u64, String> {
    let number: i64 = text.parse().map_err(|_| format!("{text:?} is not a number"))?;
    u64::try_from(number).map_err(|_| format!("{text:?} is negative"))
}

/// A duration as Go writes it: numbers with units, such as `1h30m` or `-1.5s`.
fn is_duration(text: &str) -> bool {
    /// Nanoseconds in each unit; longer names come before their beginnings.
    const UNITS: [(&str, u64); 8] = [
        ("ns", 1),
        ("us", 1_000),
        ("\u{b5}s", 1_000),
        ("\u{3bc}s", 1_000),
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ];
    let digits = |text: &str| text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    if rest.is_empty() {
        return false;
    }
    let mut total: u64 = 0;
    let most = if text.starts_with('-') { 1 << 63 } else { i64::MAX.cast_unsigned() };
    while !rest.is_empty() {
        let (whole, after) = rest.split_at(digits(rest));
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => after.split_at(digits(after)),
            None => ("", after),
        };
        let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let Some((_, nanos)) = UNITS.iter().find(|(name, _)| *name == unit) else { return false };
        if whole.is_empty() && fraction.is_empty() {
            return false;
        }
        let Ok(whole) = format!("0{whole}").parse::<u64>() else { return false };
        // A fraction is less than one unit; the lost precision does not matter.
        let part: u64 = format!("0{}", &fraction[..fraction.len().min(6)]).parse().unwrap_or(0);
        let scale = 10_u64.pow(u32::try_from(fraction.len().min(6)).unwrap_or(0));
        let part = (u128::from(part) * u128::from(*nanos) / u128::from(scale)).try_into().unwrap_or(u64::MAX);
        let sum =
            whole.checked_mul(*nanos).and_then(|nanos| nanos.checked_add(part)).and_then(|it| total.checked_add(it));
        match sum {
            Some(sum) if sum <= most => total = sum,
            _ => return false,
        }
        rest = after;
    }
    true
}

/// Whether a name is a time zone in the database of the server's system.
pub(super) fn is_zone(name: &str) -> bool {
    /// Directories of the database with copies that treat leap seconds differently.
    const COPIES: [&str; 2] = ["posix/", "right/"];
    /// Other files in the database.
    const OTHERS: [&str; 3] = ["Factory", "posixrules", "localtime"];
    let known = |name: &str| OTHERS.contains(&name) || TZ_VARIANTS.iter().any(|zone| zone.name() == name);
    known(name) || COPIES.iter().any(|copy| name.strip_prefix(copy).is_some_and(known))
}

/// The values allowed after `TZ=`, which include the empty text and Local.
fn is_location(name: &str) -> bool {
    matches!(name, "" | "UTC" | "Local") || is_zone(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules() {
        for good in [
            "* * * * *",
            "0 0 1 1 0",
            "*/5 0-23/2 1,15 JAN-dec MON-fri",
            "? ? ? ? ?",
            "5/15 * * * *",
            "0 0 * * sun",
            "@daily",
            "@every 1h30m",
            "@every 1.5s",
            "@every -1h",
            "  1 2 3 4 5  ",
            "TZ=UTC 0 0 * * *",
            "CRON_TZ=Asia/Seoul @hourly",
            ",, 1 1 1 1",
            "*-99 * * * *",
            "+5 * * * *",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "5-1 * * * *",
            "*/0 * * * *",
            "1/2/3 * * * *",
            "1-2-3 * * * *",
            "-1 * * * *",
            "a * * * *",
            "@never",
            "@every",
            "@every 1",
            "@every 1d",
            "TZ=UTC",
            "TZ=Mars/Base 0 0 * * *",
            "* * * january *",
            "99999999999999999999 * * * *",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn durations() {
        for good in ["0", "1s", "1.s", ".5s", "1h2m3s4ms5us6ns", "1µs", "1μs", "+3m", "-3m", "0s", "2562047h47m16s"] {
            assert!(is_duration(good), "{good}");
        }
        for bad in ["", "-", "1", "s", ".s", "1x", "1h-1m", "3000000h", "9223372036854775808ns", " 1s", "1 s"] {
            assert!(!is_duration(bad), "{bad}");
        }
    }

    #[test]
    fn zones() {
        for good in ["Asia/Seoul", "UTC", "Etc/GMT+12", "US/Eastern", "posix/Europe/Berlin", "right/UTC", "Factory"] {
            assert!(is_zone(good), "{good}");
        }
        for bad in ["", "asia/seoul", "Mars/Base", "America", "posix", "posix/posix/UTC", "zone.tab"] {
            assert!(!is_zone(bad), "{bad}");
        }
    }
}

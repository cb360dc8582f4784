//! The grammar of a schedule, as the server's parser has it (robfig/cron, its standard parser).
//! Text comes in; nothing, or the first fault that it has, goes out.

use chrono_tz::TZ_VARIANTS;

/// The bounds of a field, and the names that stand for its numbers, from the lowest on.
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

/// A schedule, with or without a time zone before it.
///
/// # Errors
/// What is wrong with it, in words that follow a colon.
pub(super) fn check(text: &str) -> Result<(), String> {
    let mut schedule = text;
    for start in ["TZ=", "CRON_TZ="] {
        let Some(rest) = text.strip_prefix(start) else { continue };
        let (zone, rest) = rest.split_once(' ').ok_or("nothing follows the time zone")?;
        if !is_location(zone) {
            return Err(format!("{zone:?} is no time zone"));
        }
        schedule = rest.trim();
    }
    if schedule.starts_with('@') {
        return check_descriptor(schedule);
    }
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!("it has {} fields, and five are needed", fields.len()));
    }
    for (text, field) in fields.into_iter().zip(&FIELDS) {
        for range in text.split(',').filter(|range| !range.is_empty()) {
            field.check(range).map_err(|fault| format!("{range:?} cannot be a {}: {fault}", field.name))?;
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
        Some(duration) => Err(format!("{duration:?} is no duration such as 1h30m")),
        None => Err(format!("{text:?} must be @every and a duration, or one of {}", DESCRIPTORS.join(", "))),
    }
}

impl CronField {
    /// `*`, a number or a range, and perhaps a step.
    fn check(&self, text: &str) -> Result<(), String> {
        let (range, step) = match text.split('/').collect::<Vec<_>>().as_slice() {
            [range] => (*range, None),
            [range, step] => (*range, Some(*step)),
            _ => return Err("it has more than one '/'".to_owned()),
        };
        let ends: Vec<&str> = range.split('-').collect();
        let (first, last) = match ends.as_slice() {
            // What follows a '*' with a '-' has never been looked at.
            ["*" | "?", ..] => (self.min, self.max),
            [one] if step.is_some() => (self.number(one)?, self.max),
            [one] => (self.number(one)?, self.number(one)?),
            [first, last] => (self.number(first)?, self.number(last)?),
            _ => return Err("it has more than one '-'".to_owned()),
        };
        if let Some(step) = step
            && integer(step)? == 0
        {
            return Err("a step of 0 leads nowhere".to_owned());
        }
        if first < self.min || last > self.max {
            return Err(format!("it goes from {} to {}", self.min, self.max));
        }
        if first > last {
            return Err("its end is before its beginning".to_owned());
        }
        Ok(())
    }

    fn number(&self, text: &str) -> Result<u64, String> {
        // Go's lower case of U+212A is a k, for one; no name of these has another such letter.
        let name = crate::apimachinery::names::lower_case(text);
        match (self.min..).zip(self.names).find(|(_, known)| **known == name) {
            Some((number, _)) => Ok(number),
            None => integer(text),
        }
    }
}

/// A whole number of 63 bits, perhaps with a sign before it, and not below zero.
fn integer(text: &str) -> Result<u64, String> {
    let number: i64 = text.parse().map_err(|_| format!("{text:?} is no number"))?;
    u64::try_from(number).map_err(|_| format!("{text:?} is below zero"))
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
        // A fraction is below one unit; what is lost of it decides nothing.
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

/// Whether a name is that of a time zone, in the database of the server's own system.
pub(super) fn is_zone(name: &str) -> bool {
    /// Folders of the database that hold all of it once more, in two ways to count leap seconds.
    const COPIES: [&str; 2] = ["posix/", "right/"];
    /// What the database has beside the zones.
    const OTHERS: [&str; 3] = ["Factory", "posixrules", "localtime"];
    let known = |name: &str| OTHERS.contains(&name) || TZ_VARIANTS.iter().any(|zone| zone.name() == name);
    known(name) || COPIES.iter().any(|copy| name.strip_prefix(copy).is_some_and(known))
}

/// What may stand after `TZ=`: nothing and Local too.
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

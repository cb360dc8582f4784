//! Whether kubectl's parser accepts a text as a timestamp. It matters only for the tag `!!timestamp`: a timestamp
//! remains text.

use chrono::NaiveDate;

/// Whether `text` is a date, or a date and a time, in one of the formats that Go's parser tries.
pub fn is_timestamp(text: &str) -> bool {
    date(text).is_some_and(|rest| {
        rest.is_empty()
            || rest.strip_prefix(['T', 't']).and_then(time).is_some_and(is_zone)
            || rest.strip_prefix(' ').and_then(|rest| time(rest.trim_start_matches(' '))).is_some_and(str::is_empty)
    })
}

/// Parses a date at the start: a year of four digits, a month and a day.
fn date(text: &str) -> Option<&str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (year, rest) = text.split_at_checked(digits).filter(|_| digits == 4)?;
    let (month, rest) = number(rest.strip_prefix('-')?)?;
    let (day, rest) = number(rest.strip_prefix('-')?)?;
    NaiveDate::from_ymd_opt(year.parse().ok()?, month, day).map(|_| rest)
}

/// Parses a time at the start: hours, minutes and seconds with an optional fraction.
fn time(text: &str) -> Option<&str> {
    let (hour, rest) = number(text)?;
    let (minute, rest) = number(rest.strip_prefix(':')?)?;
    let (second, rest) = number(rest.strip_prefix(':')?)?;
    let fraction = rest.strip_prefix(['.', ',']).map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    // Without a digit after it, the dot is not part of the time.
    let rest = fraction.filter(|after| after.len() + 1 < rest.len()).unwrap_or(rest);
    (hour < 24 && minute < 60 && second < 60).then_some(rest)
}

/// Whether the text is `Z`, or an offset of hours and minutes.
fn is_zone(text: &str) -> bool {
    let two = |digits: &[u8]| match digits {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (ones - b'0')),
        _ => None,
    };
    match text.as_bytes() {
        b"Z" => true,
        [b'+' | b'-', hours @ .., b':', m1, m2] => {
            two(hours).is_some_and(|hours| hours <= 24) && two(&[*m1, *m2]).is_some_and(|minutes| minutes <= 60)
        }
        _ => false,
    }
}

/// Parses a number of one or two digits at the start.
fn number(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_that_go_tries() {
        for text in [
            "2001-12-14",
            "2001-1-2",
            "2001-12-14T21:59:43Z",
            "2001-12-14t21:59:43.10-05:00",
            "2001-12-14T1:2:3,5+24:60",
            "2001-12-14 21:59:43.1",
            "2001-12-14   1:2:3",
            "2024-02-29",
        ] {
            assert!(is_timestamp(text), "{text}");
        }
        for text in [
            "",
            "2001",
            "201-12-14",
            "20010-12-14",
            "2001-13-14",
            "2001-02-29",
            "2001-12-14T21:59:43",
            "2001-12-14 21:59:43Z",
            "2001-12-14T24:00:00Z",
            "2001-12-14T21:59:43.Z",
            "2001-12-14T21:59:43-5:00",
            "2001-12-14x",
            "é001-12-14",
        ] {
            assert!(!is_timestamp(text), "{text}");
        }
    }
}

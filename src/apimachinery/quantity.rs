//! Quantities: `500m`, `1Gi`, `1e3`. Parses text into an exact number of nano-units that can be added, compared and
//! printed in the API server's canonical form.

use std::fmt;
use std::ops::Add;

/// Nano-units per unit: the precision of a quantity.
const NANO: i128 = 1_000_000_000;
/// The value of an amount beyond 128 bits of nano-units: more than anything that exists.
const CAP: i128 = i128::MAX;

/// How a quantity was written, and so how it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notation {
    /// Powers of ten with a letter: `500m`, `2k`.
    DecimalSi,
    /// Powers of two with two letters: `1Gi`.
    BinarySi,
    /// Powers of ten with an exponent: `12e6`.
    DecimalExponent,
}

/// An amount of a resource, exact to a billionth of a unit (bytes of memory, cores of CPU).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quantity {
    nanos: i128,
    notation: Notation,
    /// Thousandths, as the server computes them, including its overflow beyond 64 bits.
    millis: i64,
    /// Units, computed in the same way.
    units: i64,
}

impl Quantity {
    /// Nothing.
    pub(crate) const ZERO: Self = Self { nanos: 0, notation: Notation::DecimalSi, millis: 0, units: 0 };

    /// One.
    pub(crate) const ONE: Self = Self { nanos: NANO, notation: Notation::DecimalSi, millis: 1000, units: 1 };

    /// Parses a quantity as the API server does: rounded up to a nano-unit.
    ///
    /// `None` if the server would reject the text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let parts = QuantityParts::of(text)?;
        let magnitude = match parts.scale {
            Scale::Ten(exponent) => times_ten(parts.whole, parts.fraction, exponent),
            Scale::Two(exponent) => times_two(parts.whole, parts.fraction, exponent),
        };
        let (millis, units) = (parts.scaled(3, magnitude), parts.scaled(0, magnitude));
        Some(if parts.negative {
            Self {
                nanos: -magnitude,
                notation: parts.notation,
                millis: millis.wrapping_neg(),
                units: units.wrapping_neg(),
            }
        } else {
            Self { nanos: magnitude, notation: parts.notation, millis, units }
        })
    }

    /// How the server writes a quantity that it has just read: unchanged if it can be kept as it was written, otherwise
    /// in canonical form.
    pub(crate) fn as_stored(text: &str) -> Option<String> {
        let parts = QuantityParts::of(text)?;
        if parts.is_stored_as_written() { Some(text.to_owned()) } else { Self::parse(text).map(|it| it.to_string()) }
    }

    /// Whether the amount is below zero.
    pub(crate) const fn is_negative(&self) -> bool {
        self.nanos < 0
    }

    /// Whether the amount is zero.
    pub(crate) const fn is_zero(&self) -> bool {
        self.nanos == 0
    }

    /// Whether the server treats the amount as a whole number of units after rounding it up to thousandths.
    pub(crate) const fn is_whole(&self) -> bool {
        self.millis % 1000 == 0
    }

    /// The amount in whole thousandths, rounded away from zero; an overflowing amount stays as it is.
    pub(crate) fn rounded_to_milli(self) -> Self {
        const MILLI: i128 = NANO / 1000;
        let lacking = match self.nanos % MILLI {
            0 => return self,
            rest => MILLI - rest.abs(),
        };
        let nanos = self.nanos.checked_add(lacking * self.nanos.signum()).unwrap_or(self.nanos);
        Self { nanos, notation: Notation::DecimalSi, ..self }
    }

    /// The amount in whole units, rounded away from zero, as the server counts them.
    pub(crate) const fn units(&self) -> i64 {
        self.units
    }

    /// The amount in whole thousandths, rounded away from zero, as the server counts them.
    #[must_use]
    pub(crate) const fn millis(&self) -> i64 {
        self.millis
    }

    /// The difference between the amount and `other`, which may be negative.
    #[must_use]
    pub(crate) const fn minus(self, other: Self) -> Self {
        let notation = if self.nanos == 0 { other.notation } else { self.notation };
        let (millis, units) = (self.millis.wrapping_sub(other.millis), self.units.wrapping_sub(other.units));
        Self { nanos: self.nanos.saturating_sub(other.nanos), notation, millis, units }
    }

    /// How many times `each` fits into the amount; `u64::MAX` if `each` is zero.
    #[must_use]
    pub(crate) fn holds(self, each: Self) -> u64 {
        if each.nanos <= 0 {
            return u64::MAX;
        }
        u64::try_from(self.nanos.max(0) / each.nanos).unwrap_or(u64::MAX)
    }

    /// The amount multiplied by `times`, such as the sum over equal containers.
    pub(crate) const fn times(self, times: u64) -> Self {
        let (millis, units) =
            (self.millis.wrapping_mul(times.cast_signed()), self.units.wrapping_mul(times.cast_signed()));
        Self { nanos: self.nanos.saturating_mul(times as i128), notation: self.notation, millis, units }
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

impl Add for Quantity {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let notation = if self.nanos == 0 { other.notation } else { self.notation };
        let (millis, units) = (self.millis.wrapping_add(other.millis), self.units.wrapping_add(other.units));
        Self { nanos: self.nanos.saturating_add(other.nanos), notation, millis, units }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Below 1Ki, and for amounts that are not whole, the server falls back to powers of ten.
        let binary = self.notation == Notation::BinarySi
            && self.nanos % NANO == 0
            && self.nanos.unsigned_abs() >= 1024 * NANO.unsigned_abs();
        if binary {
            let mut units = self.nanos / NANO;
            let mut nth = 0;
            while units % 1024 == 0 && nth < 6 {
                units /= 1024;
                nth += 1;
            }
            return write!(f, "{units}{}", ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][nth]);
        }
        let mut amount = self.nanos;
        let mut exponent = -9;
        while amount != 0 && amount % 1000 == 0 && exponent < 18 {
            amount /= 1000;
            exponent += 3;
        }
        if amount == 0 {
            return f.write_str("0");
        }
        if self.notation == Notation::DecimalExponent {
            return if exponent == 0 { write!(f, "{amount}") } else { write!(f, "{amount}e{exponent}") };
        }
        let suffix = match exponent {
            -9 => "n",
            -6 => "u",
            -3 => "m",
            3 => "k",
            6 => "M",
            9 => "G",
            12 => "T",
            15 => "P",
            18 => "E",
            _ => "",
        };
        write!(f, "{amount}{suffix}")
    }
}

#[derive(Clone, Copy)]
enum Scale {
    Ten(i64),
    Two(u32),
}

/// The parts of a written quantity.
struct QuantityParts<'t> {
    negative: bool,
    /// Digits before the point, without leading zeros.
    whole: &'t str,
    /// Digits after it.
    fraction: &'t str,
    scale: Scale,
    notation: Notation,
}

impl<'t> QuantityParts<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, rest) = split_digits(rest);
        let (fraction, suffix) = match rest.strip_prefix('.') {
            Some(rest) => split_digits(rest),
            None => ("", rest),
        };
        let (scale, notation) = scale_of(suffix)?;
        Some(Self { negative, whole: whole.trim_start_matches('0'), fraction, scale, notation })
    }

    /// The number of digits that the server keeps; a zero before the point counts.
    fn digits(&self) -> i64 {
        let len = |digits: &str| i64::try_from(digits.len()).unwrap_or(i64::MAX / 2);
        len(self.whole).max(1) + len(self.fraction)
    }

    /// The amount as a 64-bit number and a power of ten, if the server can represent it that way.
    fn small(&self) -> Option<(i64, i64)> {
        let value = || format!("0{}{}", self.whole, self.fraction).parse::<i64>().ok();
        match self.scale {
            Scale::Ten(exponent) => {
                let scale = exponent - i64::try_from(self.fraction.len()).ok()?;
                (self.digits() <= 18 && scale >= -9).then(value).flatten().map(|value| (value, scale))
            }
            Scale::Two(exponent) => {
                let fits = self.fraction.is_empty() && self.digits() + i64::from(exponent * 3 / 10) < 15;
                fits.then(value).flatten()?.checked_mul(1 << exponent).map(|value| (value, 0))
            }
        }
    }

    fn is_stored_as_written(&self) -> bool {
        let Some((_, scale)) = self.small() else { return false };
        match self.scale {
            Scale::Ten(_) => {
                let digits = format!("{}{}", if self.whole.is_empty() { "0" } else { self.whole }, self.fraction);
                scale % 3 == 0 && !digits.ends_with("000") && !digits.starts_with('0')
            }
            Scale::Two(_) => number(self.whole) & 7 != 0,
        }
    }

    /// The amount without its sign in units of `10^-power`, rounded up, with the server's overflows.
    fn scaled(&self, power: u32, magnitude: i128) -> i64 {
        let power = i64::from(power);
        match self.small() {
            Some((0, _)) => 0,
            Some((value, scale)) if scale + power >= 0 => {
                let factor = u32::try_from(scale + power).ok().and_then(|power| 10_i64.checked_pow(power));
                factor.and_then(|factor| value.checked_mul(factor)).unwrap_or(0)
            }
            Some((value, scale)) => {
                let divisor = u32::try_from(-scale - power).ok().and_then(|power| 10_i64.checked_pow(power));
                divisor.map_or(1, |divisor| value / divisor + i64::from(value % divisor != 0))
            }
            None if magnitude != CAP => {
                let divisor = NANO / 10_i128.pow(u32::try_from(power).unwrap_or(0));
                low_bits(magnitude / divisor + i128::from(magnitude % divisor != 0))
            }
            None => self.low_bits_scaled(power),
        }
    }

    /// The last 64 bits of an enormous number.
    fn low_bits_scaled(&self, power: i64) -> i64 {
        let digits = self.whole.bytes().chain(self.fraction.bytes());
        let low = digits.fold(0_i64, |low, digit| low.wrapping_mul(10).wrapping_add(i64::from(digit - b'0')));
        let Scale::Ten(exponent) = self.scale else { return low };
        let fraction = i64::try_from(self.fraction.len()).unwrap_or(i64::MAX);
        // After 64 factors of ten, none of the bits are left.
        let factors = exponent.saturating_sub(fraction).saturating_add(power).clamp(0, 64);
        (0..factors).fold(low, |low, _| low.wrapping_mul(10))
    }
}

/// The low bits of a number, which are the ones that the server keeps.
#[allow(clippy::cast_possible_truncation)]
const fn low_bits(number: i128) -> i64 {
    number as i64
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

fn scale_of(suffix: &str) -> Option<(Scale, Notation)> {
    let scale = match suffix {
        "n" => Scale::Ten(-9),
        "u" => Scale::Ten(-6),
        "m" => Scale::Ten(-3),
        "" => Scale::Ten(0),
        "k" => Scale::Ten(3),
        "M" => Scale::Ten(6),
        "G" => Scale::Ten(9),
        "T" => Scale::Ten(12),
        "P" => Scale::Ten(15),
        "E" => Scale::Ten(18),
        "Ki" => Scale::Two(10),
        "Mi" => Scale::Two(20),
        "Gi" => Scale::Two(30),
        "Ti" => Scale::Two(40),
        "Pi" => Scale::Two(50),
        "Ei" => Scale::Two(60),
        _ => {
            let exponent = suffix.strip_prefix(['e', 'E'])?;
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            return Some((Scale::Ten(exponent.parse().ok()?), Notation::DecimalExponent));
        }
    };
    let notation = if matches!(scale, Scale::Two(_)) { Notation::BinarySi } else { Notation::DecimalSi };
    Some((scale, notation))
}

/// `whole.fraction × 10^exponent` in nano-units, rounded up.
fn times_ten(whole: &str, fraction: &str, exponent: i64) -> i128 {
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let fraction_len = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
    let shift = exponent.saturating_sub(fraction_len).saturating_add(9);
    let len = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    if digits.is_empty() {
        return 0;
    }
    // 38 digits always fit in 127 bits.
    if len.saturating_add(shift) > 38 {
        return CAP;
    }
    if shift >= 0 {
        return number(digits) * 10_i128.pow(u32::try_from(shift).unwrap_or(0));
    }
    let kept = usize::try_from(len + shift).unwrap_or(0);
    let rounded_up = digits.bytes().skip(kept).any(|b| b != b'0');
    number(&digits[..kept]) + i128::from(rounded_up)
}

/// `whole.fraction × 2^exponent` in nano-units, rounded up.
fn times_two(whole: &str, fraction: &str, exponent: u32) -> i128 {
    // Amounts in powers of two go up to 64 bits of units, and no further.
    const MOST: i128 = i64::MAX as i128 * NANO;
    if whole.len() > 19 {
        return MOST;
    }
    let factor = 1_i128 << exponent;
    let whole = number(whole).saturating_mul(factor).saturating_mul(NANO);
    // Eighteen digits are more exact than a nano-unit; the rest only rounds up.
    let kept = &fraction[..fraction.len().min(18)];
    let lost = fraction.bytes().skip(18).any(|b| b != b'0');
    let scaled = number(kept) * factor;
    let fraction = match u32::try_from(kept.len()).unwrap_or(0) {
        len @ 0..=9 => scaled * 10_i128.pow(9 - len),
        len => {
            let divisor = 10_i128.pow(len - 9);
            scaled / divisor + i128::from(scaled % divisor != 0)
        }
    };
    whole.saturating_add(fraction).saturating_add(i128::from(lost)).min(MOST)
}

/// The number written by up to 38 digits; no digits are zero.
fn number(digits: &str) -> i128 {
    digits.bytes().fold(0, |sum, digit| sum * 10 + i128::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        Quantity::parse(text).map_or_else(|| "none".to_owned(), |quantity| quantity.to_string())
    }

    #[test]
    fn canonical_forms() {
        for (text, expected) in [
            ("500m", "500m"),
            ("0.5", "500m"),
            (".5", "500m"),
            ("1.5", "1500m"),
            ("1000", "1k"),
            ("1e3", "1e3"),
            ("1E3", "1e3"),
            ("1Gi", "1Gi"),
            ("1024Mi", "1Gi"),
            ("0.5Gi", "512Mi"),
            ("512Ki", "512Ki"),
            ("1000Ki", "1000Ki"),
            ("0.1Ki", "102400m"),
            ("100000000000000000000", "100E"),
            ("0.0000000001", "1n"),
            ("-1", "-1"),
            ("+1", "1"),
            ("00", "0"),
            ("1.", "1"),
            ("1E", "1E"),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_quantity() {
        for text in ["", "1 Gi", "1gi", "1Kb", "abc", "1e", "1ee3", "0x10", "1:30", "1e3.5", " 1", "1KiB"] {
            assert_eq!(canonical(text), "none", "{text}");
        }
    }

    #[test]
    fn texts_are_kept_where_they_are_short_enough() {
        for (text, stored) in [
            ("01", "01"),
            ("+1", "+1"),
            ("1e0", "1e0"),
            ("1.0", "1"),
            ("1000m", "1"),
            ("1000", "1k"),
            ("0.5", "500m"),
            ("1Ki", "1Ki"),
            ("8Ki", "8Ki"),
            ("1234567890123456789", "1234567890123456789"),
            ("000", "0"),
        ] {
            assert_eq!(Quantity::as_stored(text).as_deref(), Some(stored), "{text}");
        }
    }

    #[test]
    fn whole_numbers_as_the_server_counts() {
        for (text, whole) in [
            ("1", true),
            ("1500m", false),
            ("1e400", true),
            ("0.0001", false),
            ("100000000000000000000", false),
            ("9000Ei", true),
        ] {
            assert_eq!(Quantity::parse(text).unwrap().is_whole(), whole, "{text}");
        }
        assert_eq!(Quantity::parse("1e400").unwrap().units(), 0);
        assert_eq!(Quantity::parse("9000Ei"), Quantity::parse("9223372036854775807"));
    }

    #[test]
    fn sums_are_exact() {
        let half = Quantity::parse("500m").unwrap();
        assert_eq!(half.times(3).to_string(), "1500m");
        let mebi = Quantity::parse("512Mi").unwrap();
        assert_eq!((mebi + mebi).to_string(), "1Gi");
        assert!(Quantity::parse("1Gi") > Quantity::parse("1G"));
        assert_eq!(Quantity::parse("1.000000001").unwrap().units(), 2);
        for (text, rounded) in
            [("1u", "1m"), ("1.0005", "1001m"), ("-1.0005", "-1001m"), ("1e-3", "1e-3"), ("1Gi", "1Gi")]
        {
            assert_eq!(Quantity::parse(text).unwrap().rounded_to_milli().to_string(), rounded, "{text}");
        }
    }
}

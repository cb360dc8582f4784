//! How the worker's YAML parser reads a scalar: PyYAML's `safe_load`, which has its own patterns for YAML 1.1. It
//! differs from kubectl's parser in numbers, of which the tuning file is full: it reads `1e-3` as text, `1:30` as 90,
//! and `0o17` as text.

use crate::yaml::{Node, Text, Value};

/// A value of the tuning file as the worker sees it.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Nothing, or `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number, including infinity.
    Float(f64),
    /// Text.
    Text(String),
}

impl Scalar {
    /// The value of a scalar node; none for a list or a mapping.
    #[must_use]
    pub fn of(node: &Node, text: &Text) -> Option<Self> {
        let written = node.as_written()?;
        let is_quoted = || text.at(node.position).starts_with(['"', '\'', '|', '>']);
        Some(match &node.value {
            Value::String(value) if is_quoted() => Self::Text(value.clone()),
            _ => Self::resolve(&written),
        })
    }

    /// The value of a plain scalar.
    #[must_use]
    pub fn resolve(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Self::Null,
            "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Self::Bool(true),
            "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Self::Bool(false),
            ".nan" | ".NaN" | ".NAN" => Self::Float(f64::NAN),
            _ => int(text)
                .map(Self::Int)
                .or_else(|| float(text).map(Self::Float))
                .unwrap_or_else(|| Self::Text(text.to_owned())),
        }
    }

    /// The kind of the value, for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a number with a fraction",
            Self::Text(_) => "text",
        }
    }
}

/// A whole number in any notation of YAML 1.1: `42`, `052`, `0x2A`, `0b101010`, `4_2` and `1:30`.
fn int(text: &str) -> Option<i128> {
    let (sign, digits) = signed(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let plain = digits.replace('_', "");
    let value = match plain.as_bytes() {
        [b'0', b'b', ..] => radix(&plain[2..], 2)?,
        [b'0', b'x', ..] => radix(&plain[2..], 16)?,
        [b'0', _, ..] => radix(&plain[1..], 8)?,
        _ if plain.contains(':') => sexagesimal(&plain)?,
        _ => radix(&plain, 10)?,
    };
    Some(sign * value)
}

fn signed(text: &str) -> (i128, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn radix(digits: &str, radix: u32) -> Option<i128> {
    let is_digits = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    if is_digits { i128::from_str_radix(digits, radix).ok() } else { None }
}

/// `1:30` is ninety: hours, minutes and seconds.
fn sexagesimal(digits: &str) -> Option<i128> {
    digits.split(':').enumerate().try_fold(0_i128, |value, (nth, part)| {
        let part = radix(part, 10).filter(|part| nth == 0 || *part < 60)?;
        value.checked_mul(60)?.checked_add(part)
    })
}

/// A number with a point. An exponent must have a sign.
fn float(text: &str) -> Option<f64> {
    let (sign, rest) = signed(text);
    let sign = if sign < 0 { -1.0 } else { 1.0 };
    if matches!(rest, ".inf" | ".Inf" | ".INF") {
        return Some(sign * f64::INFINITY);
    }
    let (whole, fraction) = rest.split_once('.')?;
    let (fraction, exponent) = match fraction.find(['e', 'E']) {
        Some(at) => (&fraction[..at], Some(&fraction[at + 1..])),
        None => (fraction, None),
    };
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let starts_well = if whole.is_empty() {
        rest.len() == text.len() && starts_with_digit(fraction)
    } else {
        starts_with_digit(whole)
    };
    let ends_well = exponent.is_none_or(|exponent| {
        exponent
            .strip_prefix(['-', '+'])
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
    });
    if !starts_well || !ends_well || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    rest.replace('_', "").parse().ok().map(|value: f64| sign * value)
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As read by PyYAML 6.0.3.
    #[test]
    fn scalars_are_what_the_worker_reads() {
        for (text, expected) in [
            ("42", 42),
            ("0x2A", 42),
            ("052", 42),
            ("4_2", 42),
            ("42_", 42),
            ("+42", 42),
            ("-42", -42),
            ("1:30", 90),
            ("0b11", 3),
            ("0x_2A", 42),
            ("0_", 0),
            ("00", 0),
            ("18446744073709551616", 1 << 64),
        ] {
            assert_eq!(Scalar::resolve(text), Scalar::Int(expected), "{text}");
        }
        for (text, expected) in [("1.0e-3", 0.001), ("5.", 5.0), (".5", 0.5), ("1_0.5", 10.5), ("1.e+3", 1000.0)] {
            assert_eq!(Scalar::resolve(text), Scalar::Float(expected), "{text}");
        }
        for text in
            ["0o52", "1e3", "1e-3", "1.5e3", "08", "-.5", "_42", "y", "n", "1:60", "42 x", "-", "+", "0x", "1.2.3"]
        {
            assert_eq!(Scalar::resolve(text), Scalar::Text(text.to_owned()));
        }
        assert_eq!((Scalar::resolve("~"), Scalar::resolve("on")), (Scalar::Null, Scalar::Bool(true)));
        assert_eq!(Scalar::resolve("-.INF"), Scalar::Float(f64::NEG_INFINITY));
    }
}

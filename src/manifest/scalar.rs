//! What a plain scalar means to kubectl: YAML 1.1 by the rules of the Go reader that kubectl uses.
//! A scalar's text comes in, its value goes out; the writer asks the same question to know what
//! must be quoted.

use super::node::Value;

/// What a scalar stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// A value that JSON can hold.
    Value(Value),
    /// `.inf` and `.nan`: numbers to YAML, but nothing that kubectl can pass on.
    NotFinite,
}

/// What the plain (unquoted, untagged) scalar `text` means.
#[must_use]
pub fn resolve(text: &str) -> Meaning {
    let Some(&first) = text.as_bytes().first() else {
        return Meaning::Value(Value::Null);
    };
    match first {
        b'~' | b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => word(text),
        b'.' | b'+' | b'-' | b'0'..=b'9' => number(text),
        _ => None,
    }
    .unwrap_or_else(|| Meaning::Value(Value::String(text.to_owned())))
}

fn word(text: &str) -> Option<Meaning> {
    let value = match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Value::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Value::Bool(false),
        "~" | "null" | "Null" | "NULL" => Value::Null,
        _ => return None,
    };
    Some(Meaning::Value(value))
}

fn number(text: &str) -> Option<Meaning> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(Meaning::NotFinite);
    }
    if text.starts_with('.') && !underscores_separate_digits(text) {
        return None;
    }
    let plain = text.replace('_', "");
    if let Some(integer) = integer(&plain) {
        return Some(Meaning::Value(integer));
    }
    looks_like_float(&plain).then(|| float(&plain))
}

/// An integer in any of the notations `1`, `0x1f`, `0o17`, `017`, `0b11`, with a sign before it.
fn integer(plain: &str) -> Option<Value> {
    let (sign, digits) = match plain.as_bytes().first()? {
        b'-' => (-1, &plain[1..]),
        b'+' => (1, &plain[1..]),
        _ => (1, plain),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let value = sign * i128::from(u64::from_str_radix(digits, radix).ok()?);
    match i64::try_from(value) {
        Ok(value) => Some(Value::Integer(value)),
        // A negative number below 64 bits is no integer; the Go reader tries it as a float.
        Err(_) if value < 0 => None,
        // Above them it is an unsigned integer to YAML (a sign makes it none) and, once kubectl has
        // passed it through JSON, a float.
        #[allow(clippy::cast_precision_loss)]
        Err(_) => (!plain.starts_with('+')).then_some(Value::Float(value as f64)),
    }
}

/// Go reads a float's underscores only between digits; before it sees a text that starts with a
/// sign or a digit, the YAML reader has taken all of them out.
fn underscores_separate_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |nth: usize| bytes.get(nth).is_some_and(u8::is_ascii_digit);
    (0..bytes.len()).all(|nth| bytes[nth] != b'_' || (nth > 0 && is_digit(nth - 1) && is_digit(nth + 1)))
}

/// The reader's own test before it parses a float: `[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?`.
fn looks_like_float(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let whole = digits(rest);
    let mut rest = &rest[whole..];
    if let Some(after) = rest.strip_prefix('.') {
        let fraction = digits(after);
        if whole == 0 && fraction == 0 {
            return false;
        }
        rest = &after[fraction..];
    } else if whole == 0 {
        return false;
    }
    let Some(exponent) = rest.strip_prefix(['e', 'E']) else {
        return rest.is_empty();
    };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    !exponent.is_empty() && digits(exponent) == exponent.len()
}

fn float(text: &str) -> Meaning {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Meaning::Value(Value::Float(value)),
        // Too large for a float: to the Go reader that is no number at all.
        _ => Meaning::Value(Value::String(text.to_owned())),
    }
}

/// The value once kubectl has written it as JSON and read it again: 1.0 is the integer 1.
#[must_use]
pub fn through_json(value: Value) -> Value {
    match value {
        Value::Float(float) => match float_text(float).as_str() {
            "-0" => Value::Integer(0),
            text => text.parse().map_or(Value::Float(float), Value::Integer),
        },
        value => value,
    }
}

/// A float as Go's JSON encoder writes it.
#[must_use]
pub fn float_text(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let text = format!("{value:e}");
        return match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
            _ => text,
        };
    }
    value.to_string()
}

/// A float as a key of an object: Go's shortest form of a 32-bit float.
#[must_use]
pub fn float_key(value: f64) -> String {
    #[allow(clippy::cast_possible_truncation)]
    let short = value as f32;
    let scientific = format!("{short:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let power: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&power) {
        return short.to_string();
    }
    let sign = if power < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", power.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        match resolve(text) {
            Meaning::Value(value) => value,
            Meaning::NotFinite => panic!("{text} is not finite"),
        }
    }

    #[test]
    fn words_are_booleans_and_null() {
        for text in ["y", "Yes", "ON", "True"] {
            assert_eq!(value(text), Value::Bool(true), "{text}");
        }
        for text in ["n", "NO", "off", "False"] {
            assert_eq!(value(text), Value::Bool(false), "{text}");
        }
        for text in ["", "~", "Null"] {
            assert_eq!(value(text), Value::Null, "{text}");
        }
        for text in ["yEs", "nil", "None", "nULL", "NaN", "inf", "="] {
            assert_eq!(value(text), Value::String(text.to_owned()), "{text}");
        }
    }

    #[test]
    fn integers_in_every_notation() {
        for (text, expected) in [
            ("0644", 420),
            ("0o644", 420),
            ("0O17", 15),
            ("0b11", 3),
            ("-0b11", -3),
            ("0x1F", 31),
            ("-0x1F", -31),
            ("1_000", 1000),
            ("-_1", -1),
            ("+1", 1),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(value(text), Value::Integer(expected), "{text}");
        }
        for (text, expected) in [("08", 8), ("1.0", 1), ("1e3", 1000), ("-0.0", 0)] {
            assert_eq!(through_json(value(text)), Value::Integer(expected), "{text}");
        }
    }

    #[test]
    fn floats_and_what_only_looks_like_one() {
        assert_eq!(value(".5"), Value::Float(0.5));
        assert_eq!(value(".5_0"), Value::Float(0.5));
        assert_eq!(value("1_0.5"), Value::Float(10.5));
        assert_eq!(value("9223372036854775808"), Value::Float(9_223_372_036_854_775_808.0));
        for text in
            ["1:30", "2025-11-16", "1e400", "0xZZ", "1,000", "._5", ".5_", "+0x8000000000000000", "1e", "-", "+", "."]
        {
            assert_eq!(value(text), Value::String(text.to_owned()), "{text}");
        }
        for text in [".inf", "-.Inf", "+.INF", ".nan"] {
            assert_eq!(resolve(text), Meaning::NotFinite, "{text}");
        }
    }

    #[test]
    fn floats_print_as_go_prints_them() {
        for (number, text, key) in [
            (1e21, "1e+21", "1e+21"),
            (1e20, "100000000000000000000", "1e+20"),
            (2e6, "2000000", "2e+06"),
            (123_456.5, "123456.5", "123456.5"),
            (1e-7, "1e-7", "1e-07"),
            (0.1, "0.1", "0.1"),
            (123_456_789.123, "123456789.123", "1.2345679e+08"),
        ] {
            assert_eq!(float_text(number), text);
            assert_eq!(float_key(number), key);
        }
    }
}

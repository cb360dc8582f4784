//! The meaning of a scalar to kubectl: YAML 1.1 by the rules of the Go parser that kubectl uses. The writer uses the
//! same rules to decide what must be quoted.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

use super::node::Value;
use super::number::float_key;
use super::timestamp::is_timestamp;

/// The prefix of YAML's own types.
const TYPES: &str = "tag:yaml.org,2002:";
/// The tag of a merge key.
pub const MERGE_TAG: &str = "tag:yaml.org,2002:merge";

/// Base64 as Go decodes it: padding is needed, and bits beyond the last byte are not looked at.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// The meaning of a scalar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Meaning {
    /// Its text.
    Text,
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number that fits 64 bits with its sign.
    Integer(i64),
    /// A whole number that fits 64 bits without one.
    Unsigned(u64),
    /// Any other number, `.inf` and `.nan` included, which JSON does not have.
    Float(f64),
}

impl Meaning {
    /// The value of a scalar with this meaning; the caller fills in the text. None if JSON does not have it.
    pub fn value(self) -> Option<Value> {
        Some(match self {
            Self::Text => Value::String(String::new()),
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Integer(value) => Value::Integer(value),
            #[allow(clippy::cast_precision_loss)] // Whatever reads the JSON that kubectl makes has a float.
            Self::Unsigned(value) => Value::Float(value as f64),
            Self::Float(value) => return Value::number(value),
        })
    }

    /// The key for a scalar with this meaning and text.
    pub fn key(self, text: Cow<'_, str>) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => float_key(value),
            Self::Text | Self::Null | Self::Unsigned(_) => text.into_owned(),
        }
    }
}

/// The meaning of the plain (unquoted, untagged) scalar `text`.
pub fn resolve(text: &str) -> Meaning {
    let Some(&first) = text.as_bytes().first() else {
        return Meaning::Null;
    };
    match first {
        b'~' | b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => word(text),
        b'.' | b'+' | b'-' | b'0'..=b'9' => number(text),
        _ => None,
    }
    .unwrap_or(Meaning::Text)
}

/// The meaning of a scalar with an explicit tag, and its text, which `!!binary` decodes.
///
/// # Errors
/// The text and the short name of the tag, if they do not match.
pub fn resolve_tagged<'t>(text: Cow<'t, str>, tag: &str) -> Result<(Meaning, Cow<'t, str>), (Cow<'t, str>, String)> {
    let Some(name) = tag.strip_prefix(TYPES) else { return Ok((Meaning::Text, text)) };
    let resolved = resolve(&text);
    let meaning = match (name, resolved) {
        ("binary", _) => {
            return match binary(&text) {
                Some(decoded) => Ok((Meaning::Text, decoded.into())),
                None => Err((text, short(name))),
            };
        }
        ("null", Meaning::Null)
        | ("bool", Meaning::Bool(_))
        | ("int", Meaning::Integer(_) | Meaning::Unsigned(_))
        | ("float", Meaning::Float(_)) => resolved,
        #[allow(clippy::cast_precision_loss)] // That is what kubectl does.
        ("float", Meaning::Integer(number)) => Meaning::Float(number as f64),
        ("timestamp", _) if is_timestamp(&text) => Meaning::Text,
        ("null" | "bool" | "int" | "float" | "timestamp", _) => return Err((text, short(name))),
        _ => Meaning::Text,
    };
    Ok((meaning, text))
}

fn short(name: &str) -> String {
    format!("!!{name}")
}

/// Decodes base64; invalid UTF-8 becomes U+FFFD, as in kubectl's conversion to JSON.
fn binary(text: &str) -> Option<String> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let bytes = BASE64.decode(digits).ok()?;
    let mut decoded = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        decoded.push_str(chunk.valid());
        decoded.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Some(decoded)
}

fn word(text: &str) -> Option<Meaning> {
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Meaning::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Meaning::Bool(false),
        "~" | "null" | "Null" | "NULL" => Meaning::Null,
        _ => return None,
    })
}

fn number(text: &str) -> Option<Meaning> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Some(Meaning::Float(f64::INFINITY)),
        "-.inf" | "-.Inf" | "-.INF" => return Some(Meaning::Float(f64::NEG_INFINITY)),
        ".nan" | ".NaN" | ".NAN" => return Some(Meaning::Float(f64::NAN)),
        _ => {}
    }
    if text.starts_with('.') && !underscores_separate_digits(text) {
        return None;
    }
    let plain = if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) };
    integer(&plain).or_else(|| float(&plain)).or_else(|| signed_binary(&plain))
}

/// An integer in any of the notations `1`, `0x1f`, `0o17`, `017`, `0b11`, with an optional sign.
fn integer(plain: &str) -> Option<Meaning> {
    let (is_negative, unsigned) = match plain.as_bytes().first()? {
        b'-' => (true, &plain[1..]),
        b'+' => (false, &plain[1..]),
        _ => (false, plain),
    };
    let (radix, digits) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &unsigned[2..]),
        [b'0', b'o' | b'O', ..] => (8, &unsigned[2..]),
        [b'0', b'b' | b'B', ..] => (2, &unsigned[2..]),
        [b'0', _, ..] => (8, &unsigned[1..]),
        _ => (10, unsigned),
    };
    if !digits.bytes().next()?.is_ascii_alphanumeric() {
        return None;
    }
    let value = u64::from_str_radix(digits, radix).ok()?;
    if is_negative {
        return 0_i64.checked_sub_unsigned(value).map(Meaning::Integer);
    }
    match i64::try_from(value) {
        Ok(value) => Some(Meaning::Integer(value)),
        // Go's unsigned numbers cannot have a sign.
        Err(_) if plain.starts_with('+') => None,
        Err(_) => Some(Meaning::Unsigned(value)),
    }
}

/// `0b-1` and `0b+1`: if nothing else matches, Go's parser also accepts the sign after the prefix.
fn signed_binary(plain: &str) -> Option<Meaning> {
    let digits = plain.strip_prefix("0b")?;
    i64::from_str_radix(digits, 2).ok().map(Meaning::Integer)
}

/// Go accepts underscores in a float only between digits, but the YAML parser has already removed all of them from a
/// text that starts with a sign or a digit.
fn underscores_separate_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |nth: usize| bytes.get(nth).is_some_and(u8::is_ascii_digit);
    (0..bytes.len()).all(|nth| bytes[nth] != b'_' || (nth > 0 && is_digit(nth - 1) && is_digit(nth + 1)))
}

/// A float; the Go parser does not read one that is too large as a number.
fn float(plain: &str) -> Option<Meaning> {
    let value = looks_like_float(plain).then(|| plain.parse::<f64>().ok()).flatten()?;
    value.is_finite().then_some(Meaning::Float(value))
}

/// The parser's own test before it parses a float: `[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?`.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_booleans_and_null() {
        for text in ["y", "Yes", "ON", "True"] {
            assert_eq!(resolve(text), Meaning::Bool(true), "{text}");
        }
        for text in ["n", "NO", "off", "False"] {
            assert_eq!(resolve(text), Meaning::Bool(false), "{text}");
        }
        for text in ["", "~", "Null"] {
            assert_eq!(resolve(text), Meaning::Null, "{text}");
        }
        for text in ["yEs", "nil", "None", "nULL", "NaN", "inf", "=", "<<"] {
            assert_eq!(resolve(text), Meaning::Text, "{text}");
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
            ("0b-1", -1),
            ("0b+1", 1),
            ("0x1F", 31),
            ("-0x1F", -31),
            ("1_000", 1000),
            ("-_1", -1),
            ("+1", 1),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(resolve(text), Meaning::Integer(expected), "{text}");
        }
        assert_eq!(resolve("9223372036854775808"), Meaning::Unsigned(1 << 63));
        assert_eq!(resolve("18446744073709551616"), Meaning::Float(18_446_744_073_709_551_616.0));
    }

    #[test]
    fn floats_and_what_only_looks_like_one() {
        for (text, expected) in [(".5", 0.5), (".5_0", 0.5), ("1_0.5", 10.5), ("08", 8.0), ("1.", 1.0), ("1e3", 1e3)] {
            assert_eq!(resolve(text), Meaning::Float(expected), "{text}");
        }
        for text in [
            "1:30",
            "2025-11-16",
            "1e400",
            "7E_470",
            "0xZZ",
            "1,000",
            "._5",
            ".5_",
            "+0x8000000000000000",
            "1e",
            "-",
            "+",
            ".",
            "0b",
            "-0b-1",
            "0x+1",
            "--1",
            "0b1_2",
        ] {
            assert_eq!(resolve(text), Meaning::Text, "{text}");
        }
        for text in [".inf", "-.Inf", "+.INF", ".nan"] {
            assert!(matches!(resolve(text), Meaning::Float(number) if !number.is_finite()), "{text}");
        }
    }

    #[test]
    fn tags_decide_and_must_fit() {
        let tagged = |text: &'static str, tag: &str| {
            let (meaning, text) = resolve_tagged(text.into(), &format!("{TYPES}{tag}")).map_err(|(_, tag)| tag)?;
            Ok::<_, String>((meaning, text.into_owned()))
        };
        assert_eq!(tagged("5", "str"), Ok((Meaning::Text, "5".to_owned())));
        assert_eq!(tagged("0x10", "int").unwrap().0, Meaning::Integer(16));
        assert_eq!(tagged("y", "bool").unwrap().0, Meaning::Bool(true));
        assert_eq!(tagged("3", "float").unwrap().0, Meaning::Float(3.0));
        assert_eq!(tagged("aGVs\nbG8=", "binary").unwrap().1, "hello");
        assert_eq!(tagged("4pii4pg=", "binary").unwrap().1, "☢\u{FFFD}\u{FFFD}");
        assert_eq!(tagged("2001-12-14", "timestamp").unwrap().0, Meaning::Text);
        assert_eq!(resolve_tagged("5".into(), "!foo").unwrap().0, Meaning::Text);
        for (text, tag) in [
            ("yes", "int"),
            ("5", "bool"),
            ("x", "null"),
            ("5.0", "int"),
            ("a", "binary"),
            ("YQ", "binary"),
            ("2001-13-14", "timestamp"),
            ("9223372036854775808", "float"),
        ] {
            assert_eq!(tagged(text, tag), Err(format!("!!{tag}")), "{text}");
        }
    }
}

//! Serializes values as block-style YAML that kubectl, `PyYAML` and YAML 1.2 parsers all read back to the same values.
//!
//! No anchors, no tags, no line folding; text that any of those parsers could misread is written as a JSON string,
//! which all of them read correctly.

use serde::Serialize;
use serde_yaml::{Mapping, Value};
use thiserror::Error;

use super::number::float_text;
use super::write_text::push_text;

/// Parsers accept at most 1,024 characters for a key, unless it is marked with `?`.
const LONGEST_KEY: usize = 1000;

/// Why a value could not be written as YAML.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The value's own serialization failed.
    #[error("This value cannot be written as YAML: {0}.")]
    Value(String),
    /// A key that is not text.
    #[error("A key of a YAML mapping must be text.")]
    Key,
    /// A number that JSON, and so Kubernetes, cannot represent.
    #[error("A number that is not finite cannot be written.")]
    NotFinite,
}

/// Appends `value` to `out` as one YAML document, ending with a line break.
///
/// # Errors
/// [`WriteError`] if the value contains something that no Kubernetes object can.
pub fn yaml<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), WriteError> {
    let place = Placement { indent: 0, after: After::Start };
    let value = serde_yaml::to_value(value).map_err(|error| WriteError::Value(error.to_string()))?;
    write(out, &value, place)
}

/// The text on the line before the value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// Nothing: the document starts here.
    Start,
    /// `key:`, without the space.
    Key,
    /// `-`, without the space.
    Dash,
}

/// Where a value is to be written.
#[derive(Clone, Copy)]
struct Placement {
    /// The column of the entries of a collection.
    indent: usize,
    after: After,
}

fn write(out: &mut Vec<u8>, value: &Value, place: Placement) -> Result<(), WriteError> {
    match value {
        Value::Sequence(items) if !items.is_empty() => {
            // A list under a key starts at the key's column, as in kubectl's output.
            let indent = if place.after == After::Key { place.indent - 2 } else { place.indent };
            for (nth, item) in items.iter().enumerate() {
                start_entry(out, nth == 0, Placement { indent, ..place });
                out.push(b'-');
                write(out, item, Placement { indent: indent + 2, after: After::Dash })?;
            }
            Ok(())
        }
        Value::Mapping(entries) if !entries.is_empty() => write_entries(out, entries, place),
        // What serde_yaml would write as a tag is an object with one key in JSON.
        Value::Tagged(tagged) => {
            let variant = tagged.tag.to_string().trim_start_matches('!').into();
            write_entries(out, &Mapping::from_iter([(variant, tagged.value.clone())]), place)
        }
        scalar => {
            if place.after != After::Start {
                out.push(b' ');
            }
            match scalar {
                Value::String(text) => push_text(out, text),
                Value::Bool(value) => out.extend_from_slice(value.to_string().as_bytes()),
                Value::Number(number) => out.extend_from_slice(number_text(number)?.as_bytes()),
                Value::Sequence(_) => out.extend_from_slice(b"[]"),
                Value::Mapping(_) => out.extend_from_slice(b"{}"),
                _ => out.extend_from_slice(b"null"),
            }
            out.push(b'\n');
            Ok(())
        }
    }
}

fn write_entries(out: &mut Vec<u8>, entries: &Mapping, place: Placement) -> Result<(), WriteError> {
    for (nth, (key, value)) in entries.iter().enumerate() {
        start_entry(out, nth == 0, place);
        let start = out.len();
        push_text(out, key.as_str().ok_or(WriteError::Key)?);
        if out.len() - start > LONGEST_KEY {
            out.splice(start..start, *b"? ");
            out.push(b'\n');
            out.resize(out.len() + place.indent, b' ');
        }
        out.push(b':');
        write(out, value, Placement { indent: place.indent + 2, after: After::Key })?;
    }
    Ok(())
}

/// Starts the line of an entry; the first one may share the line of the dash before it.
fn start_entry(out: &mut Vec<u8>, is_first: bool, Placement { indent, after }: Placement) {
    match after {
        After::Dash if is_first => {
            out.push(b' ');
            return;
        }
        After::Key if is_first => out.push(b'\n'),
        _ => {}
    }
    out.resize(out.len() + indent, b' ');
}

fn number_text(number: &serde_yaml::Number) -> Result<String, WriteError> {
    match number.as_f64().filter(|_| number.is_f64()) {
        None => Ok(number.to_string()),
        Some(float) if float.is_finite() => Ok(float_text(float)),
        Some(_) => Err(WriteError::NotFinite),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::read::first_document;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn written<T: Serialize>(value: &T) -> String {
        let mut out = Vec::new();
        yaml(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_shape_is_kubectls() {
        let value = serde_json::json!({
            "a": {"b": [1, {"c": "x", "d": []}, [2, "y"]]},
            "e": {}, "f": null, "g": "no", "h": 0.5
        });
        insta::assert_snapshot!(written(&value), @r#"
        a:
          b:
          - 1
          - c: x
            d: []
          - - 2
            - "y"
        e: {}
        f: null
        g: "no"
        h: 0.5
        "#);
    }

    #[test]
    fn plain_where_it_is_safe_and_quoted_where_not() {
        for plain in ["python", "--mode", "500m", "1Gi", "a/b.yaml", "your-registry/a:latest", "two words"] {
            assert_eq!(written(&plain), format!("{plain}\n"));
        }
        for quoted in [
            "",
            "y",
            "Yes",
            "oN",
            "null",
            "1",
            "0644",
            "1:30",
            "1e3",
            ".5",
            "-",
            "--",
            "---",
            "a: b",
            "a:",
            "a #b",
            "=",
            "<<",
            "~",
            "2025-11-16",
            " a",
            "a ",
            "a  b",
            "0x1F",
            "1_000",
            "*a",
            "&a",
            "!a",
            "a\nb",
            "é",
            "1E",
        ] {
            assert!(written(&quoted).starts_with('"'), "{quoted}");
        }
    }

    /// Text that parsers misread, and any other text.
    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[-+]?[0-9_.:eExXob]{1,8}",
            "[yYnNoOtTfF~][a-zA-Z]{0,4}",
            "[-?:,\\[\\]{}#&*!|>'\"%@` \\t\\n=<]{1,6}[a-z]?",
            "[\\x00-\\x20\\x7f-\\xa0\u{2028}\u{2029}\u{feff}\u{fffe}]{1,4}",
            "[a-z]{1,3}[: #-]{1,3}[a-z]{0,3}",
        ]
    }

    #[test]
    fn a_key_of_any_length_comes_back() {
        for len in [999, 1000, 1001, 1022, 1024, 2000] {
            let key = "k".repeat(len);
            let inner = serde_json::json!([{&key: {"a": 1, &key: [1]}}, {&key: []}]);
            let value = serde_json::json!({&key: inner, "z": "é".repeat(len)});
            assert_eq!(first_document(&written(&value)).unwrap().to_json(), value, "{len}");
        }
    }

    fn any_value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            hostile().prop_map(Into::into),
        ];
        leaf.prop_recursive(6, 40, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                proptest::collection::btree_map(hostile(), inner, 0..5)
                    .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_string_comes_back(value in hostile(), key in hostile()) {
            let map = BTreeMap::from([(key.clone(), vec![value.clone()])]);
            let text = written(&map);
            let node = first_document(&text).unwrap();
            prop_assert_eq!(node.get(&key).unwrap().as_sequence().unwrap()[0].as_str(), Some(value.as_str()));
            // An independent YAML 1.2 parser agrees.
            let again: BTreeMap<String, Vec<String>> = serde_yaml::from_str(&text).unwrap();
            prop_assert_eq!(again, map);
        }

        #[test]
        fn every_value_comes_back(value in any_value()) {
            prop_assert_eq!(first_document(&written(&value)).unwrap().to_json(), value);
        }
    }
}

//! Whatever the writer writes, the reader reads back to the same values.
#![no_main]

use kubectl_arbtune::manifest::Format;
use kubectl_arbtune::yaml::documents;
use libfuzzer_sys::arbitrary::{Error, Unstructured};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

/// Deeper than any manifest, and not so deep that the input is used up by brackets.
const DEEPEST: usize = 8;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = any_value(&mut Unstructured::new(bytes), 0) else { return };
    if value.is_null() {
        return;
    }
    let mut written = Vec::new();
    Format::Yaml.push(&value, &mut written).expect("JSON has a form in YAML");
    let text = String::from_utf8(written).expect("YAML is text");
    let mut read = Vec::new();
    documents(&text, |document| read.push(document.expect("what was written can be read").root.to_json()));
    assert_eq!(read, [value], "{text}");
});

/// A value made of the fuzzer's bytes.
fn any_value(input: &mut Unstructured<'_>, depth: usize) -> Result<Value, Error> {
    let kinds = if depth < DEEPEST { 6 } else { 4 };
    Ok(match input.int_in_range(0..=kinds)? {
        0 => Value::Null,
        1 => Value::Bool(input.arbitrary()?),
        2 => Value::from(input.arbitrary::<i64>()?),
        3 | 4 => Value::from(input.arbitrary::<&str>()?),
        5 => {
            let len = input.int_in_range(0..=4)?;
            (0..len).map(|_| any_value(input, depth + 1)).collect::<Result<Vec<_>, _>>()?.into()
        }
        _ => {
            let mut entries = Map::new();
            for _ in 0..input.int_in_range(0..=4)? {
                entries.insert(input.arbitrary::<String>()?, any_value(input, depth + 1)?);
            }
            Value::Object(entries)
        }
    })
}

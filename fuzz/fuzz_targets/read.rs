//! Any bytes as a text: the reader answers, in documents or errors, and every position is one of the text.
#![no_main]

use kubectl_arbtune::yaml::{Node, Position, Text, Value, documents};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = Text::decode(bytes.to_vec());
    let lines = u32::try_from(text.as_str().split('\n').count()).unwrap_or(u32::MAX);
    documents(text.as_str(), |read| match read {
        Ok(document) => check(&document.root, lines),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            check_position(error.position, lines);
        }
    });
});

fn check(node: &Node, lines: u32) {
    check_position(node.position, lines);
    match &node.value {
        Value::Sequence(items) => items.iter().for_each(|item| check(item, lines)),
        Value::Mapping(entries) => entries.iter().for_each(|entry| {
            check_position(entry.key_position, lines);
            check(&entry.value, lines);
        }),
        Value::Float(number) => assert!(number.is_finite()),
        _ => {}
    }
}

fn check_position(position: Position, lines: u32) {
    // What is missing at the end stands on the line after the last one.
    assert!((1..=lines + 1).contains(&position.line) && position.column > 0 && position.width > 0, "{position:?}");
}

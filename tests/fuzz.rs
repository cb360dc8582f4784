//! Whatever stands in a file, `validate` answers: no panic, and every finding has its place and its words.
#![allow(clippy::unwrap_used)]

use kubectl_arbtune::validate::{DocumentReport, Sources, Validator};
use kubectl_arbtune::yaml::{self, Node, Text};
use proptest::prelude::*;
use serde_json::{Value, json};

const BASES: &str = include_str!("conformance/bases.json");

fn validate(bytes: Vec<u8>) -> Vec<DocumentReport> {
    let mut validator = Validator::new(Sources { api: true, tuning: true });
    validator.add("fuzz.yaml", &Text::decode(bytes));
    validator.finish()
}

fn sound(reports: &[DocumentReport]) -> Result<(), TestCaseError> {
    for finding in reports.iter().flat_map(|report| &report.findings) {
        prop_assert!(!finding.message.is_empty() && finding.excerpt.position.column > 0, "{finding:?}");
    }
    Ok(())
}

/// Whatever a text holds, each node has a position in it.
fn read(bytes: Vec<u8>) -> Result<(), TestCaseError> {
    let text = Text::decode(bytes);
    let lines = text.as_str().split('\n').count() + 1;
    let mut wrong = Vec::new();
    let mut check = |position: yaml::Position| {
        let is_right = (1..=lines).contains(&(position.line as usize)) && position.column > 0 && position.width > 0;
        wrong.extend((!is_right).then_some(position));
    };
    yaml::documents(text.as_str(), |read| match read {
        Ok(document) => positions(&document.root, &mut check),
        Err(error) => check(error.position),
    });
    prop_assert!(wrong.is_empty(), "{wrong:?}");
    Ok(())
}

fn positions(node: &Node, check: &mut impl FnMut(yaml::Position)) {
    check(node.position);
    for item in node.as_sequence().unwrap_or_default() {
        positions(item, check);
    }
    for entry in node.as_mapping().unwrap_or_default() {
        check(entry.key_position);
        positions(&entry.value, check);
    }
}

/// Values that are at home nowhere.
fn odd_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z0-9./-]{0,70}".prop_map(Value::from),
        "-?[0-9]{1,30}(\\.[0-9]{0,5})?(m|Mi|e[0-9]{1,4})?".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null, {}, [1]])),
        Just(json!({"": "", "é": null})),
    ]
}

/// All places of a document, deepest last.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                places(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), all);
            }
        }
        Value::Array(items) => {
            for (nth, value) in items.iter().enumerate() {
                places(value, &format!("{at}/{nth}"), all);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        read(bytes.clone())?;
        sound(&validate(bytes))?;
    }

    #[test]
    fn text_that_looks_like_yaml(text in "([ \t]{0,6}([-?:&*!|>{}\\[\\],'\"#%@a]|kind: Job|---|spec:|<<: \\*a)[ \n]?){0,80}") {
        read(text.clone().into_bytes())?;
        sound(&validate(text.into_bytes()))?;
    }

    #[test]
    fn mutations_of_valid_jobs(
        base in 0_usize..28,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), odd_value()), 1..6),
    ) {
        let bases: serde_json::Map<String, Value> = serde_json::from_str(BASES).unwrap();
        let mut job = bases.values().nth(base).unwrap().clone();
        for (place, value) in changes {
            let mut all = Vec::new();
            places(&job, "", &mut all);
            if let Some(found) = job.pointer_mut(place.get(&all).as_str()) {
                *found = value;
            }
        }
        sound(&validate(job.to_string().into_bytes()))?;
    }
}

//! Verdicts and texts, held against what real API servers and kubectl made of them (see README.md beside this file).
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod pod_security;
mod quota;
mod verdicts;

use kubectl_arbtune::manifest::{self, Text};
use kubectl_arbtune::validate::{DocumentReport, Sources, Validator};
use serde::Deserialize;
use serde_json::Value;

const YAML: &str = include_str!("yaml.jsonl");

#[derive(Deserialize)]
struct YamlText {
    group: String,
    case: Value,
    accepted: bool,
    /// The value of the first container's variable of interest as it arrived; null for empty or absent.
    #[serde(default, deserialize_with = "present")]
    env_value: Option<Value>,
    #[serde(default)]
    text: String,
    /// Text that is no UTF-8.
    #[serde(default)]
    hex: String,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl YamlText {
    fn bytes(&self) -> Vec<u8> {
        let pairs = self.hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        let bytes: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
        if bytes.is_empty() { self.text.clone().into_bytes() } else { bytes }
    }
}

/// The value of the last variable of the first container, as the reader has it.
fn env_value(text: &Text) -> Value {
    let mut found = Value::Null;
    manifest::documents(text.as_str(), |document| {
        let Ok(document) = document else { return };
        let mut node = Some(&document.root);
        for key in ["spec", "template", "spec", "containers"] {
            node = node.and_then(|node| node.get(key));
        }
        let container = node.and_then(|node| node.as_sequence()?.first());
        let variable = container.and_then(|container| container.get("env")?.as_sequence()?.last());
        let value = variable.and_then(|variable| variable.get("value")?.as_str());
        found = value.filter(|value| !value.is_empty()).map_or(Value::Null, Value::from);
    });
    found
}

/// Texts that were recorded with a kubectl before 1.33, which refused a file that starts with `{` and is not JSON.
/// Newer ones go on with YAML there (`tests/reading` has their answers).
const TAKEN_SINCE: [&str; 1] = ["doc \"flow-all\""];

#[test]
fn recorded_yaml_texts() {
    let mut wrong = Vec::new();
    let mut values = 0;
    for line in YAML.lines() {
        let case: YamlText = serde_json::from_str(line).unwrap();
        let text = Text::decode(case.bytes());
        let mut validator = Validator::new(Sources { api: true, tuning: true });
        validator.add("case", &text);
        let reports = validator.finish();
        // What the server could do without, and kubectl cannot, is a rule of the guide.
        let typed = |report: &DocumentReport| report.findings.iter().all(|finding| finding.rule.name != "tuning-type");
        let accepted =
            !reports.is_empty() && reports.iter().all(|report| report.accepted == Some(true) && typed(report));
        let name = format!("{} {}", case.group, case.case);
        if accepted != (case.accepted || TAKEN_SINCE.contains(&name.as_str())) {
            wrong.push(format!("{name}: {accepted}, {reports:?}"));
        }
        if let Some(expected) = case.env_value.filter(|_| case.accepted) {
            values += 1;
            let found = env_value(&text);
            if found != expected {
                wrong.push(format!("{name}: {found}, not {expected}"));
            }
        }
    }
    assert!(values > 10, "Only {values} values were compared.");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

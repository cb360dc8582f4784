//! The verdict, held against what a real API server said (see README.md beside this file).
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};

use kubectl_arbtune::manifest::{self, Text};
use kubectl_arbtune::validate::{DocumentReport, Severity, Sources, Validator};
use serde::Deserialize;
use serde_json::Value;

const BASES: &str = include_str!("bases.json");
const CASES: &str = include_str!("cases.jsonl");
const YAML: &str = include_str!("yaml.jsonl");

/// Below these shares the test fails.
const VERDICTS: f64 = 0.995;
const CAUSES: f64 = 0.97;

#[derive(Deserialize)]
struct Case {
    id: String,
    base: String,
    patch: json_patch::Patch,
    accepted: bool,
    #[serde(default)]
    rejected_as: Option<String>,
    #[serde(default)]
    causes: BTreeSet<Cause>,
    #[serde(default)]
    warnings: usize,
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Cause {
    field: String,
    reason: String,
}

fn validate(text: &str) -> DocumentReport {
    let mut validator = Validator::new(Sources { api: true, tuning: false });
    validator.add("case", &Text::decode(text.as_bytes().to_vec()));
    let mut reports = validator.finish();
    assert_eq!(reports.len(), 1, "{text}");
    reports.remove(0)
}

fn causes(report: &DocumentReport) -> BTreeSet<Cause> {
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| Cause { field: finding.field.clone(), reason: finding.reason.as_str().to_owned() }).collect()
}

/// What a patch touches, for the table: the first field below the pod, or below the Job's spec.
fn subject(case: &Case) -> String {
    let path = case.patch.0.first().map_or_else(String::new, |operation| operation.path().to_string());
    let path = path.strip_prefix("/spec/template/spec/").or_else(|| path.strip_prefix("/spec/")).unwrap_or(&path);
    path.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned()
}

#[derive(Default)]
struct Tally {
    cases: usize,
    verdicts: usize,
    invalid: usize,
    same_causes: usize,
    warned: usize,
    same_warnings: usize,
}

#[test]
fn recorded_cases() {
    let bases: BTreeMap<String, Value> = serde_json::from_str(BASES).unwrap();
    let mut subjects: BTreeMap<String, Tally> = BTreeMap::new();
    let mut total = Tally::default();
    let mut accepted_but_rejected = 0;
    let verbose = std::env::var_os("CONFORMANCE").is_some();
    for line in CASES.lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        let mut job = bases[&case.base].clone();
        json_patch::patch(&mut job, &case.patch).unwrap();
        let report = validate(&job.to_string());
        let accepted = report.accepted == Some(true);
        let found = causes(&report);
        let same_causes = found == case.causes;
        let invalid = case.rejected_as.as_deref() == Some("invalid");
        let warnings = report.count(Severity::Warning);
        for tally in [&mut total, subjects.entry(subject(&case)).or_default()] {
            tally.cases += 1;
            tally.verdicts += usize::from(accepted == case.accepted);
            tally.invalid += usize::from(invalid);
            tally.same_causes += usize::from(invalid && same_causes);
            tally.warned += usize::from(case.accepted);
            tally.same_warnings += usize::from(case.accepted && warnings == case.warnings);
        }
        accepted_but_rejected += usize::from(case.accepted && !accepted);
        let differs =
            accepted != case.accepted || invalid && !same_causes || case.accepted && warnings != case.warnings;
        if verbose && differs {
            println!("{} {} {:?}", case.id, case.base, case.patch);
            println!("   server: {} {:?} {:?} {}", case.accepted, case.rejected_as, case.causes, case.warnings);
            println!("   ours:   {accepted} {found:?} {warnings}");
        }
    }
    println!("{:<28} {:>6} {:>9} {:>8} {:>7} {:>9}", "SUBJECT", "CASES", "VERDICTS", "INVALID", "CAUSES", "WARNINGS");
    for (subject, tally) in subjects.iter().chain([(&"all".to_owned(), &total)]) {
        println!(
            "{subject:<28} {:>6} {:>8.1}% {:>8} {:>6.1}% {:>8.1}%",
            tally.cases,
            share(tally.verdicts, tally.cases) * 100.0,
            tally.invalid,
            share(tally.same_causes, tally.invalid) * 100.0,
            share(tally.same_warnings, tally.warned) * 100.0
        );
    }
    assert_eq!(accepted_but_rejected, 0, "Jobs that the server accepts and this rejects");
    assert!(share(total.verdicts, total.cases) >= VERDICTS, "{} of {} verdicts", total.verdicts, total.cases);
    assert!(share(total.same_causes, total.invalid) >= CAUSES, "{} of {} causes", total.same_causes, total.invalid);
}

#[allow(clippy::cast_precision_loss)] // A few thousand at most.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

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
        let mut validator = Validator::new(Sources { api: true, tuning: false });
        validator.add("case", &text);
        let reports = validator.finish();
        let accepted = !reports.is_empty() && reports.iter().all(|report| report.accepted == Some(true));
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

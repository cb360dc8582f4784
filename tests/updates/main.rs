//! `plan --diff`, held against what a real server did (see README.md beside this file).
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};

use kubectl_arbtune::apimachinery::Version;
use kubectl_arbtune::diff::{Cause, Verdict};
use serde::Deserialize;
use serde_json::Value;

const CASES: &str = include_str!("cases.jsonl");
const MORE: &str = include_str!("more.jsonl");
/// The first Job of the baseline session.
const MANIFEST: &str = include_str!("manifest.json");

#[derive(Deserialize)]
struct Case {
    id: String,
    change: String,
    state: String,
    made_by: String,
    existing: Value,
    result: String,
    fields: BTreeSet<String>,
    /// What was applied, where it is not the first Job of the baseline session.
    #[serde(default)]
    manifest: Option<Value>,
}

/// Whether what is said of a Job is what happened to it.
fn agrees(case: &Case, verdict: &Verdict) -> bool {
    let named: BTreeSet<String> = verdict.causes.iter().map(|cause| cause.field.to_string()).collect();
    let is_refused = verdict.fields.iter().any(|field| field.immutable);
    if is_refused == named.is_empty() {
        return false;
    }
    match case.result.as_str() {
        "refused" if case.fields.is_empty() => {
            let is_conflict = |cause: &Cause| cause.reason == "FieldManagerConflict";
            named.len() > 1 || verdict.causes.iter().any(is_conflict)
        }
        "refused" => named == case.fields,
        "unchanged" => verdict.is_unchanged(),
        "configured" => !is_refused && !verdict.is_unchanged(),
        "serverside-applied" => !is_refused,
        other => panic!("{other}"),
    }
}

#[test]
fn every_recorded_case() {
    let manifest: Value = serde_json::from_str(MANIFEST).unwrap();
    let mut tally: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    let others = std::env::var_os("UPDATES").map(|path| std::fs::read_to_string(path).unwrap());
    let lines =
        others.as_deref().map_or_else(|| CASES.lines().chain(MORE.lines()), |text| text.lines().chain("".lines()));
    for line in lines {
        let case: Case = serde_json::from_str(line).unwrap();
        let verdict = Verdict::of(case.manifest.as_ref().unwrap_or(&manifest), &case.existing, Version::NEWEST);
        let (cases, right) = tally.entry(case.made_by.clone()).or_default();
        *cases += 1;
        if agrees(&case, &verdict) {
            *right += 1;
        } else {
            wrong.push(format!(
                "{} {} · {} · {}: {} {:?}, and not {:?} {:?}",
                case.id,
                case.made_by,
                case.state,
                case.change,
                case.result,
                case.fields,
                verdict.causes,
                verdict.fields
            ));
        }
    }
    assert!(wrong.is_empty(), "{tally:?}\n{}", wrong.join("\n"));
    assert!(others.is_some() || tally.values().map(|(cases, _)| cases).sum::<usize>() == 754);
}

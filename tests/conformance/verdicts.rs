//! Every recorded verdict, for each version: whether the object is accepted, why not, and with how many warnings.

use std::collections::{BTreeMap, BTreeSet};

use kubectl_arbtune::apimachinery::{VERSIONS, Version};
use kubectl_arbtune::diagnostic::Severity;
use kubectl_arbtune::manifest::Text;
use kubectl_arbtune::validate::{Checks, DocumentReport, Sources, Validator};
use serde::Deserialize;
use serde_json::Value;

pub const BASES: &str = include_str!("bases.json");
pub const CASES: &str = include_str!("cases.jsonl");
const VERSION_CASES: &str = include_str!("versions/cases.jsonl");
const CRON_JOB_BASES: &str = include_str!("cronjobs/bases.json");
const CRON_JOB_CASES: &str = include_str!("cronjobs/cases.jsonl");

/// The rows of `cases.jsonl` that another version than the newest answers in its own way.
fn own_answers(version: Version) -> &'static str {
    match version.to_string().as_str() {
        "1.33" => include_str!("versions/1.33.jsonl"),
        "1.34" => include_str!("versions/1.34.jsonl"),
        "1.35" => include_str!("versions/1.35.jsonl"),
        "1.36" => "",
        other => panic!("Kubernetes {other} has no record"),
    }
}

/// A base, changed.
#[derive(Deserialize)]
pub struct Change {
    pub id: String,
    base: String,
    patch: json_patch::Patch,
}

#[derive(Deserialize)]
pub struct Case {
    #[serde(flatten)]
    pub change: Change,
    #[serde(flatten)]
    verdict: Verdict,
}

#[derive(Deserialize)]
struct CaseOfVersions {
    #[serde(flatten)]
    change: Change,
    verdicts: BTreeMap<String, Verdict>,
}

#[derive(Deserialize)]
struct OwnAnswer {
    id: String,
    #[serde(flatten)]
    verdict: Verdict,
}

/// What the server said.
#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Verdict {
    accepted: bool,
    #[serde(default)]
    rejected_as: Option<String>,
    /// Where the rules refused it: the fields and the reasons.
    #[serde(default)]
    causes: BTreeSet<Cause>,
    /// Where it was accepted.
    #[serde(default)]
    warnings: usize,
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Cause {
    field: String,
    reason: String,
}

pub type Bases = BTreeMap<String, Value>;

pub fn bases(text: &str) -> Bases {
    serde_json::from_str(text).unwrap()
}

pub fn rows<T: for<'de> Deserialize<'de>>(text: &str) -> impl Iterator<Item = T> {
    text.lines().map(|line| serde_json::from_str(line).unwrap())
}

/// The object that the server was sent.
///
/// When the Jobs were recorded, `seed` had one map for the labels of the Job and for those of its pods (an anchor and an
/// alias in YAML), so that a change of the former was one of the latter too.
pub fn object(bases: &Bases, change: &Change) -> Value {
    const LABELS: &str = "/metadata/labels";
    let mut object = bases[&change.base].clone();
    json_patch::patch(&mut object, &change.patch).unwrap();
    let changes_labels =
        change.patch.0.iter().any(|operation| operation.path().as_str().starts_with("/metadata/labels/"));
    if change.base == "seed" && object["kind"] != "CronJob" && changes_labels {
        let labels = object.pointer(LABELS).unwrap().clone();
        *object.pointer_mut("/spec/template/metadata/labels").unwrap() = labels;
    }
    object
}

fn validate(object: &Value, version: Version) -> Verdict {
    let checks = Checks { version, ..Checks::from(Sources { api: true, tuning: false }) };
    let mut validator = Validator::new(checks);
    validator.add("case", &Text::decode(object.to_string().into_bytes()));
    let reports = validator.finish();
    let [report] = reports.as_slice() else { panic!("{} documents in {object}", reports.len()) };
    verdict(report)
}

/// The report in the record's words.
fn verdict(report: &DocumentReport) -> Verdict {
    let accepted = report.accepted == Some(true);
    let errors = || report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let breaks = |rule: &str| errors().any(|finding| finding.rule.name == rule);
    let rejected_as = match accepted {
        true => None,
        _ if breaks("object-kind") => Some("unknown-kind"),
        _ if breaks("field-type") => Some("type"),
        _ if breaks("field-quantity") => Some("quantity"),
        _ if breaks("unknown-field") => Some("unknown-field"),
        _ => Some("invalid"),
    };
    let cause = |field: &str, reason: &str| Cause { field: field.to_owned(), reason: reason.to_owned() };
    let of_rules = rejected_as == Some("invalid");
    Verdict {
        accepted,
        rejected_as: rejected_as.map(str::to_owned),
        causes: errors().filter(|_| of_rules).map(|finding| cause(&finding.path, finding.reason.as_str())).collect(),
        warnings: if accepted { report.count(Severity::Warning) } else { 0 },
    }
}

/// Demands every verdict, with its causes and its number of warnings.
fn demand<'v>(version: Version, cases: impl Iterator<Item = (String, Value, &'v Verdict)>) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (id, object, recorded) in cases {
        count += 1;
        let ours = validate(&object, version);
        if ours != *recorded {
            wrong.push(format!("{id}: {ours:#?}\nThe server: {recorded:#?}\n{object}"));
        }
    }
    assert!(count > 100, "only {count} cases");
    assert!(wrong.is_empty(), "{} of {count} on {version}:\n{}", wrong.len(), wrong.join("\n"));
}

fn demand_cases(version: &str) {
    let version: Version = version.parse().unwrap();
    let bases = bases(BASES);
    let own: BTreeMap<String, Verdict> =
        rows(own_answers(version)).map(|row: OwnAnswer| (row.id, row.verdict)).collect();
    let cases: Vec<Case> = rows(CASES).collect();
    demand(
        version,
        cases.iter().map(|Case { change, verdict }| {
            (change.id.clone(), object(&bases, change), own.get(&change.id).unwrap_or(verdict))
        }),
    );
}

#[test]
fn jobs_by_1_33() {
    demand_cases("1.33");
}

#[test]
fn jobs_by_1_34() {
    demand_cases("1.34");
}

#[test]
fn jobs_by_1_35() {
    demand_cases("1.35");
}

#[test]
fn jobs_by_1_36() {
    demand_cases("1.36");
}

#[test]
fn fields_and_gates_of_each_version() {
    let bases = bases(BASES);
    let cases: Vec<CaseOfVersions> = rows(VERSION_CASES).collect();
    for version in VERSIONS {
        demand(
            *version,
            cases.iter().map(|CaseOfVersions { change, verdicts }| {
                (change.id.clone(), object(&bases, change), &verdicts[&version.to_string()])
            }),
        );
    }
}

#[test]
fn cron_jobs() {
    let bases = bases(CRON_JOB_BASES);
    let cases: Vec<Case> = rows(CRON_JOB_CASES).collect();
    demand(
        Version::NEWEST,
        cases.iter().map(|Case { change, verdict }| (change.id.clone(), object(&bases, change), verdict)),
    );
}

#[test]
fn the_readme_claims_what_is_demanded() {
    let rows = |text: &str| text.lines().count();
    let count = VERSIONS.len() * (rows(CASES) + rows(VERSION_CASES)) + rows(CRON_JOB_CASES);
    let claim = format!("{},{:03} recorded verdicts", count / 1000, count % 1000);
    assert!(include_str!("../../README.md").contains(&claim), "{claim}");
    let claim = claim.replace(" recorded verdicts", "건");
    assert!(include_str!("../../README.ko.md").contains(&claim), "{claim}");
}

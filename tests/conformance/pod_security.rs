//! What the Pod Security admission of 1.36 said of accepted Jobs: the names of the checks, for each level; and what its
//! policies of each version say of templates.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::PodTemplateSpec;
use kubectl_arbtune::diagnostic::Source;
use kubectl_arbtune::manifest::Text;
use kubectl_arbtune::validate::pod_security_standards::{Level, PolicyVersion, breaches};
use kubectl_arbtune::validate::{Checks, Sources, Validator};
use serde::Deserialize;
use serde_json::Value;

use super::verdicts::{BASES, CASES, Case, bases, object, rows};

const ANSWERS: &str = include_str!("pod-security.jsonl");
const VERSIONS: &str = include_str!("pod-security-versions.jsonl");

/// The newest version of the policies on record.
const NEWEST: u16 = 36;

/// A template, and what it breaks in each version: a row wherever that changes, from 1.0 on.
#[derive(Deserialize)]
struct ByVersion {
    template: PodTemplateSpec,
    baseline: Vec<(u16, BTreeSet<String>)>,
    restricted: Vec<(u16, BTreeSet<String>)>,
}

#[derive(Deserialize)]
struct Answer {
    id: String,
    baseline: BTreeSet<String>,
    restricted: BTreeSet<String>,
}

/// The server's names of the checks that an accepted object breaks.
fn broken(object: &Value, level: Level) -> BTreeSet<String> {
    let checks = Checks { pod_security: Some(level), ..Checks::from(Sources { api: true, tuning: false }) };
    let mut validator = Validator::new(checks);
    validator.add("case", &Text::decode(object.to_string().into_bytes()));
    let reports = validator.finish();
    assert_eq!(reports[0].accepted, Some(true), "{object}");
    let findings = reports[0].findings.iter().filter(|finding| finding.rule.source == Source::PodSecurity);
    findings.map(|finding| finding.reason.as_str().to_owned()).collect()
}

#[test]
fn the_standards_find_what_the_server_found() {
    let bases = bases(BASES);
    let cases: BTreeMap<String, Case> = rows(CASES).map(|case: Case| (case.change.id.clone(), case)).collect();
    let (mut count, mut wrong) = (0, Vec::new());
    for answer in rows::<Answer>(ANSWERS) {
        let object = object(&bases, &cases[&answer.id].change);
        for (level, recorded) in [(Level::Baseline, &answer.baseline), (Level::Restricted, &answer.restricted)] {
            count += 1;
            let ours = broken(&object, level);
            if ours != *recorded {
                wrong.push(format!("{} {level}: {ours:?}, and the server: {recorded:?}", answer.id));
            }
        }
    }
    assert!(count > 2000, "only {count} answers");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_version_has_its_own_checks() {
    let (mut count, mut wrong) = (0, Vec::new());
    for row in rows::<ByVersion>(VERSIONS) {
        for (level, changes) in [(Level::Baseline, &row.baseline), (Level::Restricted, &row.restricted)] {
            for minor in 0..=NEWEST {
                count += 1;
                let (_, recorded) = changes.iter().rfind(|(since, _)| *since <= minor).unwrap();
                let found = breaches(&row.template, level, PolicyVersion::minor(minor));
                let ours: BTreeSet<String> = found.into_iter().map(|(check, _)| check.to_owned()).collect();
                if ours != *recorded {
                    wrong.push(format!("{level} of 1.{minor}: {ours:?}, and the server: {recorded:?}"));
                }
            }
        }
    }
    assert!(count > 20_000, "only {count} answers");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

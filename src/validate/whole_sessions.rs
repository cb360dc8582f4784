//! Tests of the rules about all Jobs of a session.

use super::{Sources, Validator};
use crate::config::session::tests::{K8S, session};
use crate::job::{CreatedAt, K8sTuningJobFactory};
use crate::manifest::Text;
use crate::plan::Part;

/// The manifests of a session of five workers and seven iterations.
fn manifests() -> Vec<String> {
    made(Part::whole(5))
}

/// The manifests of a part of it.
fn made(part: Part) -> Vec<String> {
    let text = K8S.replace("total_iterations: 6", "total_iterations: 7").replace("workers: 2", "workers: 5");
    let session = session(&text, None).unwrap();
    let factory = K8sTuningJobFactory::new(&session, CreatedAt::parse("2025-11-16T18:21:45Z").unwrap(), None).unwrap();
    factory.with_part(part).jobs().map(|job| serde_json::to_string(&job).unwrap()).collect()
}

/// The findings of all documents: document index, rule and message.
fn said(manifests: &[String]) -> Vec<(usize, &'static str, String)> {
    let mut validator = Validator::new(Sources { api: true, tuning: true });
    for manifest in manifests {
        validator.add("x.json", &Text::decode(manifest.as_bytes().to_vec()));
    }
    let mut said = Vec::new();
    for (nth, report) in validator.finish().into_iter().enumerate() {
        said.extend(report.findings.into_iter().map(|finding| (nth, finding.rule.name, finding.message)));
    }
    said
}

#[test]
fn a_whole_session_is_sound() {
    assert_eq!(said(&manifests()), []);
    assert_eq!(said(&manifests()[3..4]), [], "one Job says nothing of the others");
}

#[test]
fn missing_workers_are_told_once() {
    let mut manifests = manifests();
    manifests.remove(1);
    let found = said(&manifests);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0, found[0].1), (3, "tuning-workers"));
    assert!(found[0].2.contains("up to worker-5, but worker-2 is missing"));
    manifests.remove(1);
    assert!(said(&manifests)[0].2.contains("worker-2 and 1 more are missing"));
}

#[test]
fn a_job_that_occurs_twice() {
    let mut manifests = manifests();
    manifests.push(manifests[0].clone());
    let found = said(&manifests);
    assert_eq!(
        found.iter().map(|(nth, rule, _)| (*nth, *rule)).collect::<Vec<_>>(),
        [(5, "tuning-duplicate-name"), (5, "tuning-workers")]
    );
}

#[test]
fn attempts_of_a_worker_stand_side_by_side() {
    let retried = |index: u32, attempt| {
        let mut part = Part::default();
        part.extend(index..index + 1, attempt);
        made(part).remove(0)
    };
    let mut all = manifests();
    all.extend([retried(2, 2), retried(2, 3), retried(4, 2)]);
    assert_eq!(said(&all), []);
    all.remove(1);
    assert!(said(&all)[0].2.contains("worker-2 is missing"), "{:?}", said(&all));
    assert_eq!(said(&[retried(2, 2), retried(4, 3), manifests().remove(0)]), [], "The rest of a session.");
    let found = said(&[retried(2, 2), retried(2, 2).replace("worker-3-2-r2", "worker-3-2-r3")]);
    let rules: Vec<_> = found.iter().map(|(nth, rule, _)| (*nth, *rule)).collect();
    assert_eq!(rules, [(1, "tuning-labels"), (1, "tuning-args")]);
    let found = said(&[retried(2, 2), retried(2, 2)]);
    assert!(found[1].2.contains("already has a worker-3 in attempt 2"), "{found:?}");
    for (from, to, expected) in [
        ("_r2.csv", ".csv", "tuning-args"),
        ("_r2.csv", "_r3.csv", "tuning-args"),
        ("\"attempt\":\"2\",", "", "tuning-labels"),
        ("\"attempt\":\"2\"", "\"attempt\":\"3\"", "tuning-labels"),
    ] {
        let changed = retried(2, 2).replace(from, to);
        assert!(said(&[changed]).iter().any(|(_, rule, _)| *rule == expected), "{to}");
    }
    let first = manifests().remove(0);
    let labelled = |attempt| first.replace("\"app\":", &format!("\"attempt\":\"{attempt}\",\"app\":"));
    assert_eq!(said(&[labelled(1)]), []);
    assert!(said(&[labelled(2)]).iter().all(|(_, rule, _)| *rule == "tuning-labels"));
    assert_eq!(said(&[labelled(2)]).len(), 1);
}

#[test]
fn another_short_name_of_the_session_is_told() {
    let mut manifests = manifests();
    manifests[2] = manifests[2].replace("arb-tuning-d29-k8s--", "arb-tuning-d29-new-");
    let found = said(&manifests);
    assert_eq!(found.iter().map(|(nth, rule, _)| (*nth, *rule)).collect::<Vec<_>>(), [(2, "tuning-session-short")]);
}

#[test]
fn an_uneven_split_is_told_where_it_shows() {
    let mut manifests = manifests();
    manifests[3] = manifests[3].replace("\"--iterations\",\"1\"", "\"--iterations\",\"9\"");
    let found = said(&manifests);
    assert_eq!(found.iter().map(|(nth, rule, _)| (*nth, *rule)).collect::<Vec<_>>(), [(3, "tuning-split")]);
}

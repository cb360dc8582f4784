#![allow(clippy::needless_pass_by_value)] // `json!` is written where it is used.

use serde_json::{Value, json};

use super::*;
use crate::apimachinery::version::V1_36;

fn job(spec: Value) -> Job {
    serde_json::from_value(json!({"metadata": {"name": "j"}, "spec": spec})).unwrap()
}

/// A Job with one container with these resources.
fn plain(resources: Value) -> Job {
    job(
        json!({"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "resources": resources}]}}}),
    )
}

fn policies(objects: Value) -> Policies {
    let file = tempfile::NamedTempFile::with_suffix(".json").unwrap();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    std::fs::write(file.path(), list.to_string()).unwrap();
    Policies::read(&[file.path().to_owned()], "bots").unwrap()
}

fn quota(name: &str, hard: Value, used: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": name},
        "spec": {"hard": hard}, "status": {"used": used}})
}

fn limits(items: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "bounds"}, "spec": {"limits": items}})
}

fn ask(job: &Job, workers: u32, objects: Value) -> Answer {
    answer(job, workers, "bots", &policies(objects), V1_36)
}

/// The refusals: policy, kind, first affected worker, and number of workers.
fn refusals(answer: &Answer) -> Vec<(String, &'static str, u32, u32)> {
    answer.refusals.iter().map(|it| (it.by.clone(), it.object, it.index, it.workers)).collect()
}

#[test]
fn the_first_worker_that_does_not_fit_is_found_exactly() {
    let job = plain(json!({"requests": {"cpu": "300m"}}));
    let found = ask(&job, 10, json!([quota("q", json!({"requests.cpu": "2"}), json!({"requests.cpu": "500m"}))]));
    assert_eq!(refusals(&found), [("ResourceQuota q".to_owned(), "Pod", 5, 5)]);
    let [row] = found.quotas.as_slice() else { panic!("{found:?}") };
    assert_eq!((row.left.as_str(), row.each.as_str(), row.asked.as_str(), row.workers), ("1500m", "300m", "3", 5));
    let found = ask(&job, 5, json!([quota("q", json!({"requests.cpu": "2"}), json!({"requests.cpu": "500m"}))]));
    assert!(!found.refuses(), "{found:?}");
}

#[test]
fn a_job_that_is_refused_has_no_pod() {
    let both = quota("q", json!({"count/jobs.batch": "5", "pods": "5"}), json!({"count/jobs.batch": "2", "pods": "0"}));
    let found = ask(&plain(json!({})), 8, json!([both]));
    assert_eq!(refusals(&found), [("ResourceQuota q".to_owned(), "Job", 3, 5)]);
    let none = quota("q", json!({"pods": "5"}), json!({"pods": "9"}));
    let found = ask(&plain(json!({})), 2, json!([none]));
    assert_eq!(refusals(&found), [("ResourceQuota q".to_owned(), "Pod", 0, 2)]);
    assert!(found.refusals[0].message.contains("pods: 9 of 5 is used and nothing is left."), "{found:?}");
}

#[test]
fn a_quota_of_cpu_wants_it_set_or_a_default() {
    let cpu = quota("q", json!({"limits.cpu": "8"}), json!({"limits.cpu": "0"}));
    let found = ask(&plain(json!({})), 2, json!([cpu]));
    assert_eq!(refusals(&found), [("ResourceQuota q".to_owned(), "Pod", 0, 2)]);
    assert!(found.refusals[0].message.contains("limits.cpu, which is not set for container \"a\""), "{found:?}");
    let found =
        ask(&plain(json!({})), 2, json!([cpu, limits(json!([{"type": "Container", "default": {"cpu": "3"}}]))]));
    assert!(!found.refuses(), "{found:?}");
    assert_eq!(found.quotas[0].asked, "6");
    assert_eq!(found.filled_in.len(), 2);
}

#[test]
fn a_default_limit_below_the_request_is_refused() {
    let low = limits(json!([{"type": "Container", "default": {"cpu": "100m"}}]));
    let found = ask(&plain(json!({"requests": {"cpu": "1"}})), 3, json!([low]));
    assert_eq!(refusals(&found), [("LimitRange bounds".to_owned(), "Pod", 0, 3)]);
    assert!(found.refusals[0].message.contains("requests 1 of cpu and is limited to 100m"), "{found:?}");
}

#[test]
fn labels_refuse_and_warn() {
    let namespace = |labels: Value| {
        json!({"apiVersion": "v1", "kind": "Namespace",
        "metadata": {"name": "bots", "labels": labels}})
    };
    let enforced = namespace(json!({"pod-security.kubernetes.io/enforce": "restricted"}));
    let found = ask(&plain(json!({})), 2, json!([enforced]));
    assert_eq!(found.refusals.len(), 4);
    assert!(found.refusals.iter().all(|it| it.by.starts_with("Pod Security restricted (1.36), ") && it.workers == 2));
    assert!(found.warnings.is_empty());
    let warned = namespace(
        json!({"pod-security.kubernetes.io/warn": "restricted", "pod-security.kubernetes.io/audit": "restricted"}),
    );
    let found = ask(&plain(json!({})), 2, json!([warned]));
    assert!(!found.refuses());
    assert_eq!((found.warnings.len(), found.notes.len()), (4, 1));
}

#[test]
fn all_pods_of_a_job_run_at_once_and_a_suspended_one_has_none() {
    let with = |more: Value| {
        let mut spec = json!({"template": {"spec": {"containers": [{"name": "a"}]}}});
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ask(&job(spec), 3, json!([quota("q", json!({"pods": "4"}), json!({"pods": "0"}))]))
    };
    assert_eq!(
        refusals(&with(json!({"parallelism": 2, "completions": 5}))),
        [("ResourceQuota q".to_owned(), "Pod", 2, 1)]
    );
    assert!(!with(json!({"parallelism": 2, "completions": 1})).refuses());
    assert!(!with(json!({"parallelism": 9, "suspend": true})).refuses());
}

#[test]
fn rival_defaults_and_other_quotas_are_noted() {
    let mut other = limits(json!([{"type": "Container", "default": {"cpu": "2"}}]));
    other["metadata"]["name"] = "other".into();
    let scoped = json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"},
        "spec": {"hard": {"pods": "1"}, "scopes": ["Terminating"]}});
    let objects = json!([limits(json!([{"type": "Container", "default": {"cpu": "1"}}])), other, scoped]);
    let found = ask(&plain(json!({})), 3, objects);
    assert_eq!(
        found.notes,
        [
            "The limit ranges have different defaults for the limits of cpu, and any of them may be applied.",
            "The limit ranges have different defaults for the requests of cpu, and any of them may be applied.",
            "1 quota reports no usage; it is taken as zero.",
            "1 quota counts nothing of this session: it has other scopes or resources."
        ]
    );
    assert!(!found.refuses());
}

#[test]
fn the_status_says_what_may_be_used() {
    let one = |hard: Value, status: Value| {
        let object = json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"},
            "spec": {"hard": hard}, "status": status});
        ask(&plain(json!({})), 3, json!([object]))
    };
    let jobs = |number: &str| json!({"count/jobs.batch": number});
    let all = |found: &Answer| refusals(found) == [("ResourceQuota q".to_owned(), "Job", 0, 3)];
    assert!(all(&one(jobs("100"), json!({"hard": jobs("1"), "used": jobs("1")}))));
    assert!(all(&one(json!({}), json!({"hard": jobs("1"), "used": jobs("1")}))));
    assert!(!one(jobs("1"), json!({"hard": jobs("9"), "used": jobs("1")})).refuses());
    assert!(all(&one(json!({}), json!({"hard": jobs("9")}))), "Its use is unknown.");
    assert_eq!(refusals(&one(jobs("1"), json!({})))[0].2, 1, "A quota that nobody has counted yet.");
}

#[test]
fn jobs_in_a_queue_ask_for_their_pods() {
    let mut queued = plain(json!({}));
    queued.metadata.labels = Some([(QUEUE_LABEL.to_owned(), "q".to_owned())].into());
    queued.spec.as_mut().unwrap().suspend = Some(true);
    let found = ask(&queued, 3, json!([quota("q", json!({"pods": "2"}), json!({"pods": "0"}))]));
    assert_eq!(refusals(&found), [("ResourceQuota q".to_owned(), "Pod", 2, 1)]);
    assert!(found.notes[0].contains("Kueue"), "{:?}", found.notes);
}

#[test]
fn a_namespace_that_is_being_deleted_takes_nothing() {
    let namespace = |phase: &str| {
        let object =
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "bots"}, "status": {"phase": phase}});
        ask(&plain(json!({})), 3, json!([object]))
    };
    assert_eq!(refusals(&namespace("Terminating")), [("Namespace bots".to_owned(), "Job", 0, 3)]);
    assert!(namespace("Active").judged && !namespace("Active").refuses());
}

#[test]
fn a_policy_that_comes_twice_counts_once_as_it_came_last() {
    let of = |used: &str| quota("q", json!({"pods": "3"}), json!({"pods": used}));
    let range = limits(json!([{"type": "Container", "default": {"cpu": "1"}}]));
    let found = ask(&plain(json!({})), 3, json!([of("3"), range, of("0"), range]));
    assert_eq!((found.quotas.len(), found.filled_in.len(), found.refuses()), (1, 2, false));
    assert_eq!(found.notes, ["2 policies are given more than once; only the last copy of each is used."]);
}

#[test]
fn the_first_worker_without_its_configmap_is_named() {
    let policies = policies(json!([quota("q", json!({"configmaps": "5"}), json!({"configmaps": "3"}))]));
    let config_maps = ConfigMaps { count: 4, first_worker: &|nth| nth * 10 };
    let found = answer_with(config_maps, &plain(json!({})), 35, "bots", &policies, V1_36);
    assert_eq!(refusals(&found), [("ResourceQuota q".to_owned(), "ConfigMap", 20, 15)]);
    assert_eq!((found.quotas[0].asked.as_str(), found.quotas[0].workers), ("4", 20));
}

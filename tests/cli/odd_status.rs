//! `status` of what a cluster seldom says, or says only for a moment.

use serde_json::{Value, json};

use crate::common::{Ran, run_with, text_of};

fn status(input: impl Into<Vec<u8>>, more: &[&str]) -> Ran {
    run_with(&[&["status", "-f", "-"], more].concat(), input)
}

fn list(items: &[Value]) -> String {
    json!({"apiVersion": "v1", "items": items, "kind": "List"}).to_string()
}

fn job(worker: u32, status: &Value) -> Value {
    let labels = json!({"session_id": "s", "worker_id": format!("worker-{worker}")});
    json!({
        "apiVersion": "batch/v1", "kind": "Job", "status": status,
        "metadata": {"name": name(worker), "namespace": "ns", "labels": labels, "creationTimestamp": "2026-11-24T10:00:00Z"},
    })
}

fn name(worker: u32) -> String {
    format!("arb-tuning-s-worker-{worker}-{}", worker - 1)
}

fn pod(worker: u32, status: &Value) -> Value {
    let labels = json!({"session_id": "s", "worker_id": format!("worker-{worker}"), "job-name": name(worker)});
    let name = format!("{}-x", name(worker));
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "ns", "labels": labels}, "status": status})
}

/// The first worker of the only session.
fn worker(items: &[Value]) -> Value {
    let ran = status(list(items), &["-o", "json"]);
    let mut all: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.err));
    all["sessions"][0]["workers"][0].take()
}

#[test]
fn a_job_that_lags_behind_its_pods_shows_the_state_of_its_pod() {
    let active = json!({"active": 1, "ready": 0});
    let lost = json!({"phase": "Failed", "reason": "NodeLost", "message": "m"});
    for (status_of_job, status_of_pod, summary) in [
        (&active, &lost, "its pod failed: NodeLost"),
        (&json!({"failed": 1}), &lost, "its pod failed: NodeLost"),
        (&active, &json!({"phase": "Succeeded"}), "its pod succeeded; the Job has not counted it yet"),
        (&json!({}), &json!({"phase": "Succeeded"}), "its pod succeeded; the Job has not counted it yet"),
        // A second pod is under way that the input does not have.
        (&json!({"active": 1, "ready": 0, "failed": 1}), &lost, "its pod is not ready"),
    ] {
        let found = worker(&[job(1, status_of_job), pod(1, status_of_pod)]);
        assert_eq!((found["phase"].as_str(), found["cause"]["summary"].as_str()), (Some("pending"), Some(summary)));
    }
    // Whether another pod comes is not known.
    assert_eq!(worker(&[job(1, &json!({"failed": 1}))])["cause"]["summary"], "its pod failed");
}

#[test]
fn a_container_that_is_not_the_sessions_is_named() {
    let failed = json!({"terminated": {"exitCode": 7, "reason": "Error"}});
    let statuses =
        |container: &str| json!({"phase": "Failed", "initContainerStatuses": [{"name": container, "state": failed}]});
    let decided = json!({"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]});
    let summary =
        |container: &str| worker(&[job(1, &decided), pod(1, &statuses(container))])["cause"]["summary"].take();
    assert_eq!(summary("fetch"), "fetch: exit code 7");
    assert_eq!(summary(&name(1)), "exit code 7");
    let starts = json!({"phase": "Pending", "containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "ContainerCreating"}}}]});
    assert_eq!(worker(&[job(1, &json!({"active": 1})), pod(1, &starts)])["cause"]["summary"], "ContainerCreating");
}

#[test]
fn a_time_that_no_object_contains_is_not_invented() {
    // The Job started at 10:00; when its second pod did, the Job alone does not say.
    let second = |ready: u32| json!({"startTime": "2026-11-24T10:00:00Z", "active": 1, "ready": ready, "failed": 1});
    for ready in [0, 1] {
        let found = worker(&[job(1, &second(ready))]);
        assert_eq!((&found["since"], &found["seconds"]), (&Value::Null, &Value::Null), "{found}");
    }
    let started = json!({"terminated": {"exitCode": 1, "finishedAt": "2026-11-24T10:05:00Z"}});
    let failed = json!({"phase": "Failed", "containerStatuses": [{"name": "c", "state": started}]});
    assert_eq!(worker(&[job(1, &json!({"failed": 1})), pod(1, &failed)])["since"], "2026-11-24T10:05:00Z");
    // A server whose clock is ahead of this one's.
    let found = worker(&[job(1, &json!({"startTime": "2999-01-01T00:00:00Z", "active": 1, "ready": 1}))]);
    assert_eq!((&found["since"], &found["seconds"]), (&json!("2999-01-01T00:00:00Z"), &Value::Null));
}

#[test]
fn a_list_may_name_its_kind_after_its_items() {
    let mut item = job(1, &json!({"active": 1, "ready": 1}));
    item.as_object_mut().unwrap().retain(|key, _| key != "kind" && key != "apiVersion");
    for (text, code) in [
        (format!(r#"{{"apiVersion": "batch/v1", "items": [{item}], "kind": "JobList"}}"#), 0),
        (format!(r#"{{"items": [{item}]}}"#), 3),
        (format!(r#"{{"items": [{item}], "kind": "List", "apiVersion": "v1"}}"#), 3),
        (format!("[{item}]"), 3),
    ] {
        let ran = status(text.as_str(), &[]);
        assert_eq!(ran.code, code, "{text}: {}{}", ran.out, ran.err);
        assert_eq!(ran.out.contains("worker-1   running"), code == 0, "{}", ran.out);
    }
}

#[test]
fn a_yaml_list_that_is_cut_off_is_an_error() {
    let whole = text_of("tests/after/jobs-pods.yaml");
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    for count in [10, lines.len() / 2, lines.len() - 5] {
        let ran = status(lines[..count].concat(), &[]);
        assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{count} lines: {}", ran.err);
    }
    let ran = status(lines[..lines.len() / 2].concat(), &[]);
    assert!(ran.err.contains("standard input ends within a list"), "{}", ran.err);
}

#[test]
fn input_that_is_not_an_object_is_reported_on_one_line() {
    let table = format!("NAME   STATUS\n{}", "arb-tuning-s-worker-1-0   Running\n".repeat(10_000));
    for (input, said) in [
        (table.as_str(), "standard input:1 is not a Kubernetes object. Without -o json or -o yaml, kubectl get prints"),
        ("job.batch/a\n", "standard input:1 is not a Kubernetes object."),
        (
            r#"{"apiVersion": "batch/v1", "kind": "Job", "metadata": "x"}"#,
            "invalid type: string \"x\", expected an object.",
        ),
        (r#"{"apiVersion": "batch/v1", "ki"#, "standard input ends within its first object. Run kubectl get again."),
    ] {
        let ran = status(input, &[]);
        assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{said}");
        assert!(ran.err.contains(said) && ran.err.len() < 300, "{}", ran.err);
    }
}

#[test]
fn a_watch_that_the_server_aborted_is_reported() {
    let added = job(1, &json!({"active": 1, "ready": 1}));
    let bookmark = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"resourceVersion": "9"}});
    let gone =
        json!({"apiVersion": "v1", "kind": "Status", "status": "Failure", "message": "too old resource version"});
    let event = |kind: &str, object: &Value| json!({"type": kind, "object": object}).to_string() + "\n";
    let yaml = |objects: &[&Value]| {
        objects.iter().map(|one| serde_yaml::to_string(one).unwrap()).collect::<Vec<_>>().join("---\n")
    };
    for text in [
        event("ADDED", &added) + &event("BOOKMARK", &bookmark) + &event("ERROR", &gone),
        format!("{added}\n{bookmark}\n{gone}\n"),
        yaml(&[&added, &bookmark, &gone]),
    ] {
        for more in [&[][..], &["--watch"]] {
            let ran = status(text.as_str(), more);
            let expected = "warning: standard input contains an error from the API server: too old resource version. \
                            What happened after it is not known.\n";
            assert_eq!((ran.code, ran.err.as_str()), (0, expected), "{text}");
        }
    }
}

#[test]
fn workers_that_are_too_many_to_list_still_count_as_missing() {
    let running = json!({"active": 1, "ready": 1});
    let ran = status(list(&[job(1, &running), job(4_000_000_000, &running)]), &[]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let said = "3999999998 workers up to worker-4000000000 have no Job; they are too many to list.";
    assert!(ran.err.contains(said), "{}", ran.err);
}

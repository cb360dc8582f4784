//! What the API server does with a Job's fields: which ones it fills in by itself, and which ones it
//! lets nobody change. A field's path comes in, and yes or no goes out.

use serde_json::Value;

/// What the server writes into an object's metadata.
const METADATA: [&str; 8] = [
    "metadata.creationTimestamp",
    "metadata.deletionGracePeriodSeconds",
    "metadata.deletionTimestamp",
    "metadata.generation",
    "metadata.managedFields",
    "metadata.resourceVersion",
    "metadata.selfLink",
    "metadata.uid",
];
/// Where labels and annotations of the server's own are found, and kubectl's memory of the last apply.
const MAPS: [&str; 4] = [
    "metadata.annotations[",
    "metadata.labels[",
    "spec.template.metadata.annotations[",
    "spec.template.metadata.labels[",
];
/// Prefixes of their keys.
const PREFIXES: [&str; 2] = ["batch.kubernetes.io/", "kubectl.kubernetes.io/"];
/// The labels by which a Job finds its pods; the older two have no prefix.
const TRACKING: [&str; 2] = ["controller-uid", "job-name"];

/// What may not change as long as the Job exists (Kubernetes, update of a Job's spec).
const IMMUTABLE: [&str; 8] = [
    "spec.backoffLimitPerIndex",
    "spec.completionMode",
    "spec.completions",
    "spec.managedBy",
    "spec.podFailurePolicy",
    "spec.selector",
    "spec.successPolicy",
    "spec.template",
];
/// What may change all the same while the Job is suspended and none of its pods runs, as may the requests and limits
/// of its containers (Kubernetes 1.36, KEP-2926 and KEP-5440).
const SCHEDULING: [&str; 6] = [
    "spec.template.metadata.annotations",
    "spec.template.metadata.labels",
    "spec.template.spec.affinity.nodeAffinity",
    "spec.template.spec.nodeSelector",
    "spec.template.spec.schedulingGates",
    "spec.template.spec.tolerations",
];

/// Whether the server, a controller or kubectl has put this field there.
pub fn fills_in(path: &str, value: &Value) -> bool {
    if path == "status" || METADATA.contains(&path) {
        return true;
    }
    if path == "spec.selector" {
        let labels = value.get("matchLabels").and_then(Value::as_object);
        return value.as_object().is_some_and(|selector| selector.len() == 1)
            && labels.is_some_and(|labels| labels.keys().all(|key| is_own_key(key)));
    }
    MAPS.iter().filter_map(|map| path.strip_prefix(map)).any(|key| is_own_key(key.trim_end_matches(']')))
}

fn is_own_key(key: &str) -> bool {
    TRACKING.contains(&key) || PREFIXES.iter().any(|prefix| key.starts_with(prefix))
}

/// Whether the server refuses a change of this field of an object that exists.
pub fn is_immutable(path: &str, existing: &Value) -> bool {
    let within = |list: &[&str]| list.iter().any(|field| is_within(path, field));
    within(&IMMUTABLE) && !(is_waiting(existing) && (within(&SCHEDULING) || is_amount(path)))
}

/// Whether the Job is suspended, and has either never started or come to rest.
fn is_waiting(job: &Value) -> bool {
    let is_suspended = |condition: &Value| condition["type"] == "Suspended" && condition["status"] == "True";
    let status = &job["status"];
    let has_rested = status["conditions"].as_array().is_some_and(|all| all.iter().any(is_suspended));
    job["spec"]["suspend"] == true
        && (status["startTime"].is_null() || has_rested)
        && status["active"].as_u64().unwrap_or(0) == 0
}

/// Whether this is a request or a limit of a container, or all of them.
fn is_amount(path: &str) -> bool {
    ["spec.template.spec.containers[", "spec.template.spec.initContainers["]
        .iter()
        .filter_map(|list| path.strip_prefix(list)?.split_once(']'))
        .any(|(_, field)| {
            field == ".resources" || is_within(field, ".resources.requests") || is_within(field, ".resources.limits")
        })
}

fn is_within(path: &str, field: &str) -> bool {
    path.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_server_writes_is_nobodys_change() {
        let uid = json!({"matchLabels": {"batch.kubernetes.io/controller-uid": "x"}});
        assert!(fills_in("spec.selector", &uid) && fills_in("metadata.uid", &json!("x")));
        assert!(!fills_in("spec.selector", &json!({"matchLabels": {"app": "x"}})));
        let label = |path| fills_in(path, &json!("x"));
        assert!(label("spec.template.metadata.labels[job-name]"));
        assert!(label("metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]"));
        assert!(!label("metadata.labels[team]") && !label("spec.suspend"));
    }

    #[test]
    fn the_template_is_immutable_and_a_waiting_jobs_scheduling_is_not() {
        let running = json!({"spec": {"suspend": false}});
        let waiting = json!({"spec": {"suspend": true}});
        let stopped = json!({"spec": {"suspend": true}, "status": {"startTime": "2025-11-16T18:21:45Z"}});
        let condition = json!([{"type": "Suspended", "status": "True"}]);
        let rested = json!({"spec": {"suspend": true}, "status": {"startTime": "x", "conditions": condition}});
        let busy = json!({"spec": {"suspend": true}, "status": {"active": 1, "conditions": condition}});
        let selector = "spec.template.spec.nodeSelector[disk]";
        assert!(is_immutable(selector, &running) && is_immutable(selector, &stopped));
        assert!(!is_immutable(selector, &waiting) && !is_immutable(selector, &rested) && is_immutable(selector, &busy));
        let amount = "spec.template.spec.containers[0].resources.requests[cpu]";
        assert!(!is_immutable(amount, &rested) && is_immutable(amount, &running));
        assert!(is_immutable("spec.template.spec.containers[0].resources.claims", &rested));
        assert!(is_immutable("spec.template.spec.containers[0].args[4]", &waiting));
        assert!(!is_immutable("spec.backoffLimit", &running) && !is_immutable("metadata.labels[mode]", &running));
        assert!(is_immutable("spec.backoffLimitPerIndex", &running));
    }
}

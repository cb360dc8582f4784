//! The server's rules for updating a Job (Kubernetes 1.36): the causes for which the server would reject a change.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::{Map, Value};

use super::field_path::FieldPath;
use super::stored::Stored;
use crate::apimachinery::Version;
use crate::diagnostic::Reason;
use crate::validate::faults_of;

/// Immutable fields of a Job, in addition to those with their own rules.
const IMMUTABLE: [&str; 6] =
    ["selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"];
/// Fields of the pod template that a suspended Job may change, in addition to node affinity and container resources.
const SCHEDULING: [&str; 3] = ["nodeSelector", "tolerations", "schedulingGates"];

/// The pod template of a Job, …
const TEMPLATE: [&str; 2] = ["spec", "template"];
/// … and the pods in it.
const POD_SPEC: [&str; 3] = ["spec", "template", "spec"];

/// The labels by which a Job finds its pods; the two older ones have no prefix.
const PREFIXED: [&str; 2] = ["batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"];

/// Why the server rejects a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// The field in the server's message.
    pub field: FieldPath,
    /// The server's reason.
    pub reason: &'static str,
    /// The reason as a sentence.
    pub message: String,
    /// The kind of cause.
    #[serde(skip)]
    pub kind: CauseKind,
}

/// Kinds of causes, which differ in their remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CauseKind {
    /// The field is immutable: create a new Job.
    Immutable,
    /// The field's value is not valid: use another value.
    Fault,
    /// Another manager owns the field: force the change, or leave the field alone.
    Conflict,
}

impl Cause {
    fn immutable(field: FieldPath) -> Self {
        let message = "This field is immutable: it cannot be changed while the Job exists.".to_owned();
        Self { field, reason: "FieldValueInvalid", message, kind: CauseKind::Immutable }
    }

    fn fault(field: FieldPath, reason: &'static str, message: String) -> Self {
        Self { field, reason, message, kind: CauseKind::Fault }
    }
}

/// A change of a Job's pod template that the server does not allow.
#[derive(Debug)]
pub struct TemplateChange {
    /// The old template with all allowed changes applied.
    pub old: Value,
    /// The field in the server's message.
    pub field: FieldPath,
}

impl Cause {
    /// Whether the server names the pod template as a whole, whatever has changed in it.
    pub fn is_of_template(&self) -> bool {
        [&TEMPLATE[..], &POD_SPEC].iter().any(|names| self.field == FieldPath::of_fields(names))
    }
}

/// The causes for which the server rejects the update from `old` to `new`. `existing` is the object with its status.
pub fn causes(existing: &Value, old: &Stored, new: &Stored, version: Version) -> Vec<Cause> {
    let (before, after) = (&old.value["spec"], &new.value["spec"]);
    let mut causes = new_faults(old, new, version);
    causes.extend(selector_faults(existing, old, new));
    if completions_are_fixed(before, after) {
        causes.push(Cause::immutable(FieldPath::of_fields(&["spec", "completions"])));
    }
    if let Some(change) = template_change(existing, old, new) {
        causes.push(Cause::immutable(change.field));
    }
    for field in IMMUTABLE.iter().filter(|field| before.get(field) != after.get(field)) {
        causes.push(Cause::immutable(FieldPath::of_fields(&["spec", field])));
    }
    causes
}

/// New faults of the Job itself. Faults that it had before have already been accepted by the server.
fn new_faults(old: &Stored, new: &Stored, version: Version) -> Vec<Cause> {
    let (Some(old), Some(new)) = (&old.job, &new.job) else { return Vec::new() };
    let before = faults_of(old, version).into_iter();
    let before: HashSet<(String, Reason)> = before.map(|(field, reason, _)| (field, reason)).collect();
    let faults = faults_of(new, version).into_iter();
    let faults = faults.filter(|(field, reason, _)| !before.contains(&(field.clone(), *reason)));
    faults.map(|(field, reason, message)| Cause::fault(FieldPath::parse(&field), reason.as_str(), message)).collect()
}

/// A Job from a server has a selector and labels to find its pods, and must keep them.
fn selector_faults(existing: &Value, old: &Stored, new: &Stored) -> Vec<Cause> {
    let mut causes = Vec::new();
    let Some(uid) = existing.pointer("/metadata/uid") else { return causes };
    let mut fault = |field: FieldPath, reason, message: String| causes.push(Cause::fault(field, reason, message));
    let spec = &new.value["spec"];
    let pod_labels = || FieldPath::of_fields(&["spec", "template", "metadata", "labels"]);
    if spec.get("selector").is_none() {
        let message = "An existing Job keeps its selector, but this change would remove it.";
        fault(FieldPath::of_fields(&["spec", "selector"]), "FieldValueRequired", message.to_owned());
        let message = "Without a selector, nothing selects these labels.";
        fault(pod_labels(), "FieldValueInvalid", message.to_owned());
    } else if spec["manualSelector"] != true {
        let labels = |stored: &Stored| stored.value["spec"]["template"]["metadata"]["labels"].clone();
        let (before, after) = (labels(old), labels(new));
        // Jobs from before the server set these labels need not have them.
        let has_prefixed = PREFIXED.iter().all(|label| before.get(label).is_some());
        let name = &new.value["metadata"]["name"];
        for (label, expected) in [(PREFIXED[0], uid), (PREFIXED[1], name), ("controller-uid", uid), ("job-name", name)]
        {
            let found = after.get(label);
            if found == Some(expected) || !has_prefixed && PREFIXED.contains(&label) {
                continue;
            }
            let reason = if found.is_none() { "FieldValueRequired" } else { "FieldValueInvalid" };
            let message = format!("The server finds the Job's pods by this label, which must be {expected}.");
            fault(pod_labels().key(label), reason, message);
        }
    }
    causes
}

/// The completions of an Indexed Job may change together with its parallelism.
fn completions_are_fixed(before: &Value, after: &Value) -> bool {
    let (completions, is_indexed) = (after.get("completions"), after["completionMode"] == "Indexed");
    before.get("completions") != completions
        && (!is_indexed || completions.is_some() && completions != after.get("parallelism"))
}

/// The part of a template change that the server does not allow; none if it allows everything.
pub fn template_change(existing: &Value, old: &Stored, new: &Stored) -> Option<TemplateChange> {
    let template = |stored: &Stored| stored.value["spec"]["template"].clone();
    let (mut old, new) = (template(old), template(new));
    if !is_at_rest(existing) {
        return (old != new).then_some(TemplateChange { old, field: FieldPath::of_fields(&TEMPLATE) });
    }
    if let (Value::Object(before), Value::Object(after)) = (&mut old, &new) {
        copy_field(before, after, "metadata");
        if let (Some(Value::Object(before)), Some(Value::Object(after))) = (before.get_mut("spec"), after.get("spec")) {
            copy_what_may_change(before, after);
        }
    }
    (old != new).then_some(TemplateChange { old, field: FieldPath::of_fields(&POD_SPEC) })
}

/// Whether a Job is suspended and none of its pods runs.
fn is_at_rest(job: &Value) -> bool {
    let is_suspended = |condition: &Value| condition["type"] == "Suspended" && condition["status"] == "True";
    let status = &job["status"];
    let has_rested = status["conditions"].as_array().is_some_and(|all| all.iter().any(is_suspended));
    job["spec"]["suspend"] == true
        && (status["startTime"].is_null() || has_rested)
        && status["active"].as_i64().unwrap_or(0) == 0
}

fn copy_what_may_change(before: &mut Map<String, Value>, after: &Map<String, Value>) {
    for field in SCHEDULING {
        copy_field(before, after, field);
    }
    copy_node_affinity(before, after);
    for list in ["containers", "initContainers"] {
        let (Some(Value::Array(before)), Some(Value::Array(after))) = (before.get_mut(list), after.get(list)) else {
            continue;
        };
        if before.len() == after.len() {
            for (before, after) in before.iter_mut().zip(after) {
                if let (Value::Object(before), Value::Object(after)) = (before, after)
                    && before.get("name") == after.get("name")
                {
                    copy_field(before, after, "resources");
                }
            }
        }
    }
}

/// An affinity with nothing but node affinity may be added and removed.
fn copy_node_affinity(before: &mut Map<String, Value>, after: &Map<String, Value>) {
    const NODES: &str = "nodeAffinity";
    let new = after.get("affinity").and_then(Value::as_object);
    let Some(new) = new else {
        if let Some(Value::Object(old)) = before.get_mut("affinity") {
            old.remove(NODES);
            if old.is_empty() {
                before.remove("affinity");
            }
        }
        return;
    };
    let old = before.entry("affinity").or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(old) = old {
        copy_field(old, new, NODES);
    }
}

fn copy_field(before: &mut Map<String, Value>, after: &Map<String, Value>, field: &str) {
    match after.get(field) {
        Some(value) => before.insert(field.to_owned(), value.clone()),
        None => before.remove(field),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn job(spec: &Value, status: &Value) -> Value {
        let mut job = json!({"metadata": {"name": "a"}, "spec": spec, "status": status});
        job["spec"]["template"]["spec"]["containers"] = json!([{"name": "a", "image": "x:1"}]);
        job["spec"]["template"]["spec"]["restartPolicy"] = "Never".into();
        job
    }

    fn change(existing: &Value, path: &str, value: &Value) -> Vec<String> {
        let mut new = existing.clone();
        let (parent, key) = path.rsplit_once('/').unwrap();
        new.pointer_mut(parent).unwrap()[key] = value.clone();
        let causes = causes(existing, &Stored::of(existing), &Stored::of(&new), Version::NEWEST);
        causes.into_iter().map(|cause| cause.field.to_string()).collect()
    }

    #[test]
    fn the_template_of_a_waiting_job_may_change_in_part() {
        let condition = json!([{"type": "Suspended", "status": "True"}]);
        let waiting = job(&json!({"suspend": true}), &json!({}));
        let rested = job(&json!({"suspend": true}), &json!({"startTime": "x", "conditions": condition}));
        let stopping = job(&json!({"suspend": true}), &json!({"startTime": "x", "active": 1, "conditions": condition}));
        let stopped = job(&json!({"suspend": true}), &json!({"startTime": "x"}));
        let running = job(&json!({}), &json!({"startTime": "x", "active": 1}));
        let pod = "/spec/template/spec";
        for (path, value) in [
            (format!("{pod}/nodeSelector"), json!({"disk": "ssd"})),
            (format!("{pod}/tolerations"), json!([{"operator": "Exists"}])),
            (format!("{pod}/affinity"), json!({})),
            (format!("{pod}/containers/0/resources"), json!({"limits": {"cpu": "1"}})),
            ("/spec/template/metadata".to_owned(), json!({"labels": {"a": "b"}})),
        ] {
            for free in [&waiting, &rested] {
                assert_eq!(change(free, &path, &value), [""; 0], "{path}");
            }
            for fixed in [&stopping, &stopped, &running] {
                assert_eq!(change(fixed, &path, &value), ["spec.template"], "{path}");
            }
        }
        let image = format!("{pod}/containers/0/image");
        assert_eq!(change(&waiting, &image, &json!("y:1")), ["spec.template.spec"]);
        let pods = json!({"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
            [{"topologyKey": "z", "labelSelector": {"matchLabels": {"a": "b"}}}]}});
        assert_eq!(change(&waiting, &format!("{pod}/affinity"), &pods), ["spec.template.spec"]);
    }

    #[test]
    fn what_a_job_keeps_for_life() {
        let plain = job(&json!({"completions": 2, "parallelism": 2}), &json!({}));
        assert_eq!(change(&plain, "/spec/completions", &json!(3)), ["spec.completions"]);
        assert_eq!(change(&plain, "/spec/parallelism", &json!(3)), [""; 0]);
        assert_eq!(change(&plain, "/spec/backoffLimit", &json!(3)), [""; 0]);
        assert_eq!(change(&plain, "/spec/managedBy", &json!("a.b/c")), ["spec.managedBy"]);
        let indexed = job(&json!({"completions": 2, "parallelism": 3, "completionMode": "Indexed"}), &json!({}));
        assert_eq!(change(&indexed, "/spec/completions", &json!(3)), [""; 0]);
        assert_eq!(change(&indexed, "/spec/completions", &json!(4)), ["spec.completions"]);
        assert_eq!(change(&indexed, "/spec/backoffLimitPerIndex", &json!(-1)).len(), 2, "wrong, and immutable");
    }
}

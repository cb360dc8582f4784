//! What a partial Job may not change: whatever tells which worker a Job is and what it runs, and what the guide says of
//! every Job. The Job before and after the merge come in, and what has changed of this goes out.

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Container, PodSpec};

use super::partial::TUNER;
use crate::config::IDENTITY;
use crate::config::metadata::{ANNOTATIONS, LABELS};

/// The environment variables that every worker has, whatever their values.
const SETTINGS: [&str; 3] = ["APP_ENV", "REDIS_HOST", "REDIS_PORT"];

/// One step to a field of a partial Job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A field, or an entry of a map.
    Field(&'static str),
    /// The element of a list that has this name.
    Named(&'static str),
}

/// A field that a partial Job has changed and may not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The way to the field.
    pub path: Vec<Step>,
    /// What it is to the worker, as the end of a sentence.
    pub because: &'static str,
}

const WHO: &str = "says which worker the Job is";
const WHAT: &str = "says what the worker runs";
const NEEDED: &str = "every worker needs";
const GUIDE: &str = "is the same for every tuning Job";

/// The protected fields that differ.
#[must_use]
pub fn changes(before: &Job, after: &Job) -> Vec<Change> {
    use Step::{Field, Named};
    let mut found = Vec::new();
    let mut compare = |is_same: bool, path: &[Step], because| {
        if !is_same {
            found.push(Change { path: path.to_vec(), because });
        }
    };
    let (old, new) = (&before.metadata, &after.metadata);
    compare(old.name == new.name && old.generate_name == new.generate_name, &[Field("metadata"), Field("name")], WHO);
    compare(old.namespace == new.namespace, &[Field("metadata"), Field("namespace")], WHO);
    for key in LABELS {
        let path = [Field("metadata"), Field("labels"), Field(key)];
        compare(entry(old.labels.as_ref(), key) == entry(new.labels.as_ref(), key), &path, WHO);
        let path = [Field("spec"), Field("template"), Field("metadata"), Field("labels"), Field(key)];
        compare(pod_label(before, key) == pod_label(after, key), &path, WHO);
    }
    for key in ANNOTATIONS {
        let path = [Field("metadata"), Field("annotations"), Field(key)];
        compare(entry(old.annotations.as_ref(), key) == entry(new.annotations.as_ref(), key), &path, GUIDE);
    }
    let backoff_limit = |job: &Job| job.spec.as_ref().and_then(|spec| spec.backoff_limit);
    compare(backoff_limit(before) == backoff_limit(after), &[Field("spec"), Field("backoffLimit")], GUIDE);
    let pod_path = [Field("spec"), Field("template"), Field("spec")];
    let restart_policy = |job| pod(job).and_then(|pod| pod.restart_policy.as_deref());
    let path = [&pod_path[..], &[Field("restartPolicy")]].concat();
    compare(restart_policy(before) == restart_policy(after), &path, GUIDE);
    if let (Some(old), Some(new)) = (worker(before), worker(after)) {
        let within = |steps: &[Step]| [&pod_path[..], &[Field("containers"), Named(TUNER)], steps].concat();
        compare(old.command == new.command, &within(&[Field("command")]), WHAT);
        compare(old.args == new.args, &within(&[Field("args")]), WHAT);
        let variable = |container: &Container, name: &str| {
            container.env.iter().flatten().find(|variable| variable.name == name).cloned()
        };
        for name in IDENTITY {
            compare(variable(old, name) == variable(new, name), &within(&[Field("env"), Named(name)]), WHO);
        }
        for name in SETTINGS {
            compare(variable(new, name).is_some(), &within(&[Field("env"), Named(name)]), NEEDED);
        }
    }
    found
}

fn entry<'m>(map: Option<&'m BTreeMap<String, String>>, key: &str) -> Option<&'m String> {
    map.and_then(|map| map.get(key))
}

fn pod_label<'j>(job: &'j Job, key: &str) -> Option<&'j String> {
    entry(job.spec.as_ref()?.template.metadata.as_ref()?.labels.as_ref(), key)
}

fn pod(job: &Job) -> Option<&PodSpec> {
    job.spec.as_ref()?.template.spec.as_ref()
}

fn worker(job: &Job) -> Option<&Container> {
    pod(job)?.containers.iter().find(|container| container.name == TUNER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn base() -> Value {
        let labels: serde_json::Map<String, Value> =
            LABELS.iter().map(|key| ((*key).to_owned(), Value::from("x"))).collect();
        let env: Vec<Value> =
            IDENTITY.iter().chain(&SETTINGS).map(|name| json!({"name": name, "value": "x"})).collect();
        json!({
            "metadata": {"name": "n", "namespace": "s", "labels": labels, "annotations": {"description": "d", "created_at": "c"}},
            "spec": {"backoffLimit": 0, "template": {"metadata": {"labels": labels}, "spec": {
                "restartPolicy": "Never",
                "containers": [{"name": TUNER, "command": ["python"], "args": ["a"], "env": env}]
            }}}
        })
    }

    fn typed(value: Value) -> Job {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn each_protected_field_is_noticed() {
        let protected = [
            "/metadata/name",
            "/metadata/namespace",
            "/metadata/annotations/description",
            "/metadata/annotations/created_at",
            "/spec/template/spec/restartPolicy",
            "/spec/template/spec/containers/0/command/0",
            "/spec/template/spec/containers/0/args/0",
            "/spec/template/spec/containers/0/env/0/value",
            "/spec/template/spec/containers/0/env/2/value",
        ];
        let labels = LABELS
            .iter()
            .flat_map(|key| [format!("/metadata/labels/{key}"), format!("/spec/template/metadata/labels/{key}")]);
        for pointer in protected.into_iter().map(str::to_owned).chain(labels) {
            let mut changed = base();
            *changed.pointer_mut(&pointer).unwrap() = "other".into();
            assert_eq!(changes(&typed(base()), &typed(changed)).len(), 1, "{pointer}");
        }
        let mut changed = base();
        changed["spec"]["backoffLimit"] = 2.into();
        assert_eq!(
            changes(&typed(base()), &typed(changed))[0].path,
            [Step::Field("spec"), Step::Field("backoffLimit")]
        );
        assert_eq!(changes(&typed(base()), &typed(base())), []);
    }

    #[test]
    fn the_rest_is_free() {
        let mut changed = base();
        changed["metadata"]["labels"]["team"] = "x".into();
        changed["spec"]["ttlSecondsAfterFinished"] = 60.into();
        changed["spec"]["template"]["spec"]["containers"][0]["image"] = "i".into();
        assert_eq!(changes(&typed(base()), &typed(changed)), []);
    }
}

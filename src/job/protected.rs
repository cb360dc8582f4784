//! The fields that a partial Job must not change: those that identify the worker and define what it runs, and those
//! that the guide sets on every Job. Compares the Job before and after the merge.

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Container, EnvVar, PodSpec, Volume};

use super::additions::RESULTS_VOLUME;
use super::partial::TUNER;
use crate::config::IDENTITY;
use crate::config::metadata::{ANNOTATIONS, LABELS, QUEUE_LABEL};
use crate::tuning_file::mount::VOLUME as TUNING_FILE_VOLUME;

/// The environment variables that every worker has, with any values.
const SETTINGS: [&str; 3] = ["APP_ENV", "REDIS_HOST", "REDIS_PORT"];

/// One step to a field of a partial Job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A field, or an entry of a map.
    Field(&'static str),
    /// The element of a list with this name.
    Named(&'static str),
}

/// A field that a partial Job must not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path of the field.
    pub path: Vec<Step>,
    /// Why it must not change, as the end of a sentence.
    pub because: &'static str,
}

const WHO: &str = "identifies the worker";
const WHAT: &str = "defines what the worker runs";
const NEEDED: &str = "every worker needs";
const ONE_POD: &str = "ensures that each worker has one pod that runs once";
const KEYS: &str = "is set by another key of the configuration";
const GUIDE: &str = "must be the same for every tuning Job";

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
    let queue = entry(old.labels.as_ref(), QUEUE_LABEL);
    let is_same = queue.is_none() || queue == entry(new.labels.as_ref(), QUEUE_LABEL);
    compare(is_same, &[Field("metadata"), Field("labels"), Field(QUEUE_LABEL)], KEYS);
    for key in ANNOTATIONS {
        let path = [Field("metadata"), Field("annotations"), Field(key)];
        compare(entry(old.annotations.as_ref(), key) == entry(new.annotations.as_ref(), key), &path, GUIDE);
    }
    let spec = |job: &'_ Job| job.spec.clone().unwrap_or_default();
    let (old_spec, new_spec) = (spec(before), spec(after));
    compare(old_spec.backoff_limit == new_spec.backoff_limit, &[Field("spec"), Field("backoffLimit")], GUIDE);
    for (field, is_one) in [
        ("completions", matches!(new_spec.completions, None | Some(1))),
        ("parallelism", matches!(new_spec.parallelism, None | Some(1))),
        ("completionMode", new_spec.completion_mode.as_deref().is_none_or(|mode| mode == "NonIndexed")),
        ("manualSelector", new_spec.manual_selector != Some(true)),
        ("selector", new_spec.selector.is_none()),
    ] {
        compare(is_one, &[Field("spec"), Field(field)], ONE_POD);
    }
    compare(
        old_spec.suspend == new_spec.suspend || old_spec.suspend.is_none(),
        &[Field("spec"), Field("suspend")],
        KEYS,
    );
    let pod_path = [Field("spec"), Field("template"), Field("spec")];
    let restart_policy = |job| pod(job).and_then(|pod| pod.restart_policy.as_deref());
    let path = [&pod_path[..], &[Field("restartPolicy")]].concat();
    compare(restart_policy(before) == restart_policy(after), &path, GUIDE);
    // Volumes from other keys must match what plan shows.
    for name in volumes(before) {
        let path = [&pod_path[..], &[Field("volumes"), Named(name)]].concat();
        compare(volume(before, name) == volume(after, name), &path, KEYS);
    }
    if let (Some(old), Some(new)) = (worker(before), worker(after)) {
        let within = |steps: &[Step]| [&pod_path[..], &[Field("containers"), Named(TUNER)], steps].concat();
        compare(old.command == new.command, &within(&[Field("command")]), WHAT);
        compare(old.args == new.args, &within(&[Field("args")]), WHAT);
        compare(new.restart_policy.is_none(), &within(&[Field("restartPolicy")]), GUIDE);
        compare(new.restart_policy_rules.is_none(), &within(&[Field("restartPolicyRules")]), GUIDE);
        let is_same = old.working_dir.is_none() || old.working_dir == new.working_dir;
        compare(is_same, &within(&[Field("workingDir")]), KEYS);
        for mount in old.volume_mounts.iter().flatten() {
            let is_there = new.volume_mounts.iter().flatten().any(|other| other == mount);
            compare(is_there, &within(&[Field("volumeMounts")]), KEYS);
        }
        // The kubelet uses the last of several variables with the same name, so all of them matter.
        let variables = |container: &Container, name: &str| -> Vec<EnvVar> {
            container.env.iter().flatten().filter(|variable| variable.name == name).cloned().collect()
        };
        for name in IDENTITY {
            compare(variables(old, name) == variables(new, name), &within(&[Field("env"), Named(name)]), WHO);
        }
        for name in SETTINGS {
            compare(!variables(new, name).is_empty(), &within(&[Field("env"), Named(name)]), NEEDED);
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

/// The volumes from the config's other keys.
fn volumes(job: &Job) -> impl Iterator<Item = &'static str> {
    [RESULTS_VOLUME, TUNING_FILE_VOLUME].into_iter().filter(|name| volume(job, name).is_some())
}

fn volume<'j>(job: &'j Job, name: &str) -> Option<&'j Volume> {
    pod(job)?.volumes.iter().flatten().find(|volume| volume.name == name)
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
    fn what_would_start_a_worker_twice_is_noticed() {
        for (pointer, value, field) in [
            ("/spec", json!({"completions": 3}), "completions"),
            ("/spec", json!({"parallelism": 2}), "parallelism"),
            ("/spec", json!({"completionMode": "Indexed", "completions": 1}), "completionMode"),
            ("/spec/template/spec/containers/0", json!({"restartPolicy": "Always"}), "restartPolicy"),
        ] {
            let mut changed = base();
            let Value::Object(fields) = value else { unreachable!() };
            changed.pointer_mut(pointer).unwrap().as_object_mut().unwrap().extend(fields);
            let found = changes(&typed(base()), &typed(changed));
            assert!(found.iter().any(|change| change.path.last() == Some(&Step::Field(field))), "{field}: {found:?}");
        }
        let mut twice = base();
        let env = twice["spec"]["template"]["spec"]["containers"][0]["env"].as_array_mut().unwrap();
        env.push(json!({"name": "MODE", "value": "live"}));
        assert_eq!(changes(&typed(base()), &typed(twice)).len(), 1);
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

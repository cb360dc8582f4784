//! Merges the config's partial Job (`job_template`) over the factory's Job as a strategic merge patch. In it, the
//! worker's container is named `tuner`, because its real name differs for each worker.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Container, EnvVarSource, PodSpec, ResourceFieldSelector, VolumeProjection};
use thiserror::Error;

use crate::apply::{JOB, PatchError, strategic_merge};
use crate::manifest::Node;

/// The name of the worker's container in a partial Job.
pub const TUNER: &str = "tuner";
/// The annotation that names the container whose logs `kubectl logs` shows.
const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";
/// The prefix of the annotation with a container's `AppArmor` profile.
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Why a partial Job cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PartialJobError {
    /// It does not fit the Job.
    #[error(transparent)]
    Patch(#[from] PatchError),
    /// The result is not a valid Job.
    #[error("The result of merging job_template is not a valid Job: {0}.")]
    NotAJob(String),
    /// The worker's container was removed.
    #[error("job_template removes the container {TUNER}, which runs the worker.")]
    NoWorker,
}

/// Merges a partial Job over a Job whose worker container is named [`TUNER`].
pub(super) fn merge(job: &Job, partial: &Node) -> Result<Job, PartialJobError> {
    let not_a_job = |error: serde_json::Error| PartialJobError::NotAJob(error.to_string());
    let object = serde_json::to_value(job).map_err(not_a_job)?;
    let merged = strategic_merge(object, partial.to_json(), &JOB)?;
    let job: Job = serde_json::from_value(merged).map_err(not_a_job)?;
    let pod = job.spec.as_ref().and_then(|spec| spec.template.spec.as_ref());
    let has_worker = pod.is_some_and(|pod| pod.containers.iter().any(|container| container.name == TUNER));
    if has_worker { Ok(job) } else { Err(PartialJobError::NoWorker) }
}

/// Gives the worker's container its real name, also in all references to it.
pub(super) fn name_worker(job: &mut Job, name: &str) {
    let spec = job.spec.get_or_insert_default();
    for rule in spec.pod_failure_policy.iter_mut().flat_map(|policy| &mut policy.rules) {
        rename(rule.on_exit_codes.as_mut().and_then(|codes| codes.container_name.as_mut()), name);
    }
    for metadata in [Some(&mut job.metadata), spec.template.metadata.as_mut()].into_iter().flatten() {
        let Some(annotations) = metadata.annotations.as_mut() else { continue };
        rename(annotations.get_mut(DEFAULT_CONTAINER), name);
        if let Some(profile) = annotations.remove(&format!("{APP_ARMOR}{TUNER}")) {
            annotations.insert(format!("{APP_ARMOR}{name}"), profile);
        }
    }
    if let Some(pod) = spec.template.spec.as_mut() {
        name_in_pod(pod, name);
    }
}

fn name_in_pod(pod: &mut PodSpec, name: &str) {
    for container in pod.init_containers.iter_mut().flatten().chain(&mut pod.containers) {
        for variable in container.env.iter_mut().flatten() {
            name_in_field(variable.value_from.as_mut().and_then(resource_field), name);
        }
    }
    for volume in pod.volumes.iter_mut().flatten() {
        let files = volume.downward_api.iter_mut().flat_map(|volume| volume.items.iter_mut().flatten());
        let sources = volume.projected.iter_mut().flat_map(|volume| volume.sources.iter_mut().flatten());
        let projected = sources.flat_map(|VolumeProjection { downward_api, .. }| {
            downward_api.iter_mut().flat_map(|projection| projection.items.iter_mut().flatten())
        });
        for file in files.chain(projected) {
            name_in_field(file.resource_field_ref.as_mut(), name);
        }
    }
    if let Some(worker) = worker_container(pod, TUNER) {
        name.clone_into(&mut worker.name);
    }
}

const fn resource_field(source: &mut EnvVarSource) -> Option<&mut ResourceFieldSelector> {
    source.resource_field_ref.as_mut()
}

fn name_in_field(field: Option<&mut ResourceFieldSelector>, name: &str) {
    rename(field.and_then(|field| field.container_name.as_mut()), name);
}

fn rename(container: Option<&mut String>, name: &str) {
    if let Some(container) = container.filter(|container| *container == TUNER) {
        name.clone_into(container);
    }
}

/// The container of this name.
pub(super) fn worker_container<'p>(pod: &'p mut PodSpec, name: &str) -> Option<&'p mut Container> {
    pod.containers.iter_mut().find(|container| container.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn job(pod: &Value) -> Job {
        serde_json::from_value(json!({"metadata": {}, "spec": {"template": {"spec": pod}}})).unwrap()
    }

    fn partial(text: &str) -> Node {
        let mut root = None;
        crate::manifest::documents(text, |document| root = document.ok().map(|document| document.root));
        root.unwrap()
    }

    #[test]
    fn containers_merge_by_their_names() {
        let job = job(&json!({"containers": [{"name": TUNER, "image": "x"}]}));
        let text = "spec: {template: {spec: {containers: [{name: tuner, tty: true}, {name: side, image: z}]}}}";
        let merged = merge(&job, &partial(text)).unwrap();
        let containers = serde_json::to_value(&merged.spec.unwrap().template.spec.unwrap().containers).unwrap();
        assert_eq!(containers, json!([{"name": TUNER, "image": "x", "tty": true}, {"name": "side", "image": "z"}]));
    }

    #[test]
    fn the_worker_stays() {
        let job = job(&json!({"containers": [{"name": TUNER}]}));
        for containers in ["[{name: tuner, $patch: delete}]", "[{name: a}, {$patch: replace}]"] {
            let text = format!("spec: {{template: {{spec: {{containers: {containers}}}}}}}");
            assert_eq!(merge(&job, &partial(&text)), Err(PartialJobError::NoWorker), "{containers}");
        }
        let nameless = "spec: {template: {spec: {containers: [{image: a}]}}}";
        assert!(matches!(merge(&job, &partial(nameless)), Err(PartialJobError::Patch(_))));
    }

    #[test]
    fn whatever_names_the_worker_follows_it() {
        let field = |name: &str| json!({"resource": "limits.cpu", "containerName": name});
        let object = |name: &str| {
            json!({
                "metadata": {"annotations": {(DEFAULT_CONTAINER): name, (format!("{APP_ARMOR}{name}")): "x"}},
                "spec": {
                    "podFailurePolicy": {"rules": [
                        {"action": "FailJob", "onExitCodes": {"containerName": name, "operator": "In", "values": [2]}}
                    ]},
                    "template": {
                        "metadata": {"annotations": {(DEFAULT_CONTAINER): name}},
                        "spec": {
                            "initContainers": [{"name": "init", "env": [
                                {"name": "CPU", "valueFrom": {"resourceFieldRef": field(name)}}
                            ]}],
                            "containers": [{"name": name}, {"name": "side"}],
                            "volumes": [
                                {"name": "a", "downwardAPI": {"items": [{"path": "x", "resourceFieldRef": field(name)}]}},
                                {"name": "b", "projected": {"sources": [{"downwardAPI": {"items": [
                                    {"path": "x", "resourceFieldRef": field(name)}
                                ]}}]}}
                            ]
                        }
                    }
                }
            })
        };
        let typed = |name: &str| serde_json::from_value::<Job>(object(name)).unwrap();
        let mut job = typed(TUNER);
        name_worker(&mut job, "arb-tuning-a-worker-1-0");
        assert_eq!(job, typed("arb-tuning-a-worker-1-0"));
    }
}

//! The second step of making a Job: converts a [`K8sJobSpec`] into a `batch/v1` Job.

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::{Job, JobSpec};
use k8s_openapi::api::core::v1::{Container, EnvVar, PodSpec, PodTemplateSpec, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::spec::K8sJobSpec;
use crate::tuning_file::mount::volume_and_mount;

/// Makes the API object of a worker's Job.
pub fn build_job(spec: K8sJobSpec) -> Job {
    let labels: BTreeMap<String, String> = spec.labels.into_iter().collect();
    let (volume, mount) =
        spec.tuning_file.map(|source| volume_and_mount(&source.config_map, &source.key, &source.path)).unzip();
    let container = Container {
        name: spec.name.clone(),
        image: Some(spec.image),
        command: Some(spec.command),
        args: Some(spec.args),
        env: Some(spec.env.into_iter().map(env_var).collect()),
        resources: resources(spec.requests, spec.limits),
        volume_mounts: mount.map(|mount| vec![mount]),
        working_dir: spec.working_dir,
        ..Container::default()
    };
    let pod = PodSpec {
        containers: vec![container],
        restart_policy: Some(spec.restart_policy),
        volumes: volume.map(|volume| vec![volume]),
        ..PodSpec::default()
    };
    Job {
        metadata: ObjectMeta {
            name: Some(spec.name),
            namespace: Some(spec.namespace),
            labels: Some(labels.clone()),
            annotations: Some(spec.annotations.into_iter().collect()),
            ..ObjectMeta::default()
        },
        spec: Some(JobSpec {
            backoff_limit: Some(spec.backoff_limit),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta { labels: Some(labels), ..ObjectMeta::default() }),
                spec: Some(pod),
            },
            ..JobSpec::default()
        }),
        status: None,
    }
}

fn env_var((name, value): (String, String)) -> EnvVar {
    EnvVar { name, value: Some(value), value_from: None }
}

fn resources(requests: Vec<(String, String)>, limits: Vec<(String, String)>) -> Option<ResourceRequirements> {
    let amounts = |pairs: Vec<(String, String)>| {
        (!pairs.is_empty()).then(|| pairs.into_iter().map(|(name, amount)| (name, Quantity(amount))).collect())
    };
    let (requests, limits) = (amounts(requests), amounts(limits));
    (requests.is_some() || limits.is_some()).then(|| ResourceRequirements { requests, limits, ..Default::default() })
}

//! Adds the effects of a config's optional keys ([`Additions`]) to the guide's Job.

use std::collections::HashMap;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{
    ConfigMapEnvSource, Container, EnvFromSource, EnvVar, EnvVarSource, PersistentVolumeClaimVolumeSource, PodSpec,
    SecretEnvSource, SecretKeySelector, Volume, VolumeMount,
};

use crate::config::Additions;
use crate::config::Session;
use crate::config::environment::{EnvSource, EnvSourceKind, SecretVariable};
use crate::config::metadata::QUEUE_LABEL;
use crate::names::OUTPUT_DIR;

/// The volume for the results.
pub const RESULTS_VOLUME: &str = "results";

/// Adds everything except the partial Job, which is merged over the result, and the requirements of a security
/// standard.
pub(super) fn add(job: &mut Job, session: &Session) {
    let additions = &session.additions;
    add_metadata(job, additions);
    let spec = job.spec.get_or_insert_default();
    if let Some(queue) = &additions.queue {
        job.metadata.labels.get_or_insert_default().insert(QUEUE_LABEL.to_owned(), queue.clone());
        // Kueue starts the Job once the queue has room for it.
        spec.suspend = Some(true);
    }
    let pod = spec.template.spec.get_or_insert_default();
    if let Some(container) = pod.containers.first_mut() {
        add_environment(container, additions);
    }
    if let (Some(claim), Some(working_dir)) = (&additions.results_claim, &session.working_dir) {
        mount_results(pod, claim, working_dir, &session.session_id);
    }
}

/// The guide's labels and annotations stay unchanged; the config's checks reject these keys.
fn add_metadata(job: &mut Job, additions: &Additions) {
    let template = job.spec.get_or_insert_default().template.metadata.get_or_insert_default();
    for metadata in [&mut job.metadata, template] {
        for (pairs, map) in
            [(&additions.labels, &mut metadata.labels), (&additions.annotations, &mut metadata.annotations)]
        {
            for (key, value) in pairs {
                map.get_or_insert_default().entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
    }
}

fn add_environment(container: &mut Container, additions: &Additions) {
    let variables = container.env.get_or_insert_default();
    let places: HashMap<String, usize> = variables.iter().map(|known| known.name.clone()).zip(0..).collect();
    for secret in &additions.secret_env {
        // The names in a mapping are unique, so the new variables cannot contain this name.
        match places.get(&secret.name) {
            Some(place) => variables[*place] = from_secret(secret),
            None => variables.push(from_secret(secret)),
        }
    }
    if !additions.env_from.is_empty() {
        container.env_from = Some(additions.env_from.iter().map(env_from).collect());
    }
}

/// `optional: false` is left out because it is the default.
const fn optional(is_optional: bool) -> Option<bool> {
    if is_optional { Some(true) } else { None }
}

fn from_secret(SecretVariable { name, secret, key, optional: is_optional }: &SecretVariable) -> EnvVar {
    let selector = SecretKeySelector { name: secret.clone(), key: key.clone(), optional: optional(*is_optional) };
    EnvVar {
        name: name.clone(),
        value: None,
        value_from: Some(EnvVarSource { secret_key_ref: Some(selector), ..EnvVarSource::default() }),
    }
}

fn env_from(source: &EnvSource) -> EnvFromSource {
    let (name, optional) = (source.name.clone(), optional(source.optional));
    let prefix = source.prefix.clone();
    match source.kind {
        EnvSourceKind::Secret => {
            EnvFromSource { secret_ref: Some(SecretEnvSource { name, optional }), prefix, ..Default::default() }
        }
        EnvSourceKind::ConfigMap => {
            EnvFromSource { config_map_ref: Some(ConfigMapEnvSource { name, optional }), prefix, ..Default::default() }
        }
    }
}

/// Each session has its own directory on the volume, so that sessions do not overwrite each other's results.
fn mount_results(pod: &mut PodSpec, claim: &str, working_dir: &str, session_id: &str) {
    let claim = PersistentVolumeClaimVolumeSource { claim_name: claim.to_owned(), read_only: None };
    pod.volumes.get_or_insert_default().push(Volume {
        name: RESULTS_VOLUME.to_owned(),
        persistent_volume_claim: Some(claim),
        ..Volume::default()
    });
    if let Some(container) = pod.containers.first_mut() {
        container.volume_mounts.get_or_insert_default().push(VolumeMount {
            name: RESULTS_VOLUME.to_owned(),
            mount_path: in_directory(working_dir, OUTPUT_DIR),
            sub_path: Some(session_id.to_owned()),
            ..VolumeMount::default()
        });
    }
}

/// A path from the guide, as an absolute path in the container.
#[must_use]
pub fn in_directory(working_dir: &str, path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("{}/{path}", working_dir.trim_end_matches('/')) }
}

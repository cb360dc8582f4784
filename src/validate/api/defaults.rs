//! The server's defaults, which are applied before its rules: those of a Job's own fields, and those of nested fields
//! on which rules depend.

use k8s_openapi::api::batch::v1::{CronJob, Job, JobSpec};
use k8s_openapi::api::core::v1::{
    Container, EmptyDirVolumeSource, EnvVar, HTTPGetAction, LifecycleHandler, ObjectFieldSelector, PodSpec, Probe,
    Volume, VolumeProjection,
};

use super::common::{for_each_container_mut, text};
use super::volumes::count_sources;
use crate::apimachinery::version::{V1_34, Version};

/// Fills in the defaults of a Job.
pub(crate) fn fill_in(job: &mut Job) {
    let spec = job.spec.get_or_insert_default();
    job_spec(spec);
    let template_labels = spec.template.metadata.as_ref().and_then(|metadata| metadata.labels.clone());
    if job.metadata.labels.as_ref().is_none_or(std::collections::BTreeMap::is_empty) {
        job.metadata.labels = template_labels;
    }
    pod(spec.template.spec.get_or_insert_default());
}

/// Fills in the defaults of a `CronJob`. The defaults of a Job's own fields are applied to each of its Jobs later.
pub(super) fn fill_in_cron_job(cron_job: &mut CronJob, version: Version) {
    let spec = &mut cron_job.spec;
    or_empty(&mut spec.concurrency_policy, "Allow");
    or(&mut spec.suspend, false);
    or(&mut spec.successful_jobs_history_limit, 3);
    or(&mut spec.failed_jobs_history_limit, 1);
    let spec = spec.job_template.spec.get_or_insert_default();
    if version >= V1_34 {
        pod_conditions(spec);
    }
    pod(spec.template.spec.get_or_insert_default());
}

fn or<T>(field: &mut Option<T>, default: impl Into<T>) {
    field.get_or_insert_with(|| default.into());
}

/// Sets a default if the field is empty or absent, which are the same to the server.
fn or_empty(field: &mut Option<String>, default: &str) {
    if text(field).is_empty() {
        *field = Some(default.to_owned());
    }
}

/// Sets a default if the field is zero or absent, which are the same to the server.
fn or_zero(field: &mut Option<i32>, default: i32) {
    if field.unwrap_or_default() == 0 {
        *field = Some(default);
    }
}

fn job_spec(spec: &mut JobSpec) {
    if spec.completions.is_none() && spec.parallelism.is_none() {
        spec.completions = Some(1);
    }
    or(&mut spec.parallelism, 1);
    let unlimited = spec.backoff_limit_per_index.is_some();
    or(&mut spec.backoff_limit, if unlimited { i32::MAX } else { 6 });
    or(&mut spec.completion_mode, "NonIndexed");
    or(&mut spec.suspend, false);
    or(&mut spec.manual_selector, false);
    let replacement = if spec.pod_failure_policy.is_some() { "Failed" } else { "TerminatingOrFailed" };
    or(&mut spec.pod_replacement_policy, replacement);
    pod_conditions(spec);
}

fn pod_conditions(spec: &mut JobSpec) {
    for rule in spec.pod_failure_policy.iter_mut().flat_map(|policy| &mut policy.rules) {
        for pattern in rule.on_pod_conditions.iter_mut().flatten() {
            or_empty(&mut pattern.status, "True");
        }
    }
}

fn pod(pod: &mut PodSpec) {
    or_empty(&mut pod.restart_policy, "Always");
    or_empty(&mut pod.dns_policy, "ClusterFirst");
    or_empty(&mut pod.scheduler_name, "default-scheduler");
    or(&mut pod.termination_grace_period_seconds, 30_i64);
    if text(&pod.service_account_name).is_empty() {
        pod.service_account_name.clone_from(&pod.service_account);
    }
    for_each_container_mut(pod, container);
    for one in pod.volumes.iter_mut().flatten() {
        volume(one);
    }
}

fn container(container: &mut Container) {
    or_empty(&mut container.termination_message_path, "/dev/termination-log");
    or_empty(&mut container.termination_message_policy, "File");
    let image = text(&container.image);
    let latest = !image.contains('@')
        && image.rsplit('/').next().is_some_and(|last| !last.contains(':') || last.ends_with(":latest"));
    or_empty(&mut container.image_pull_policy, if latest { "Always" } else { "IfNotPresent" });
    for port in container.ports.iter_mut().flatten() {
        or_empty(&mut port.protocol, "TCP");
    }
    container.env.iter_mut().flatten().for_each(env_var);
    for one in [&mut container.liveness_probe, &mut container.readiness_probe, &mut container.startup_probe] {
        one.iter_mut().for_each(probe);
    }
    if let Some(lifecycle) = &mut container.lifecycle {
        for handler in [&mut lifecycle.post_start, &mut lifecycle.pre_stop].into_iter().flatten() {
            lifecycle_handler(handler);
        }
    }
}

fn env_var(variable: &mut EnvVar) {
    if let Some(field) = variable.value_from.as_mut().and_then(|source| source.field_ref.as_mut()) {
        field_ref(field);
    }
}

fn field_ref(field: &mut ObjectFieldSelector) {
    or_empty(&mut field.api_version, "v1");
}

fn http_get(action: &mut HTTPGetAction) {
    or_empty(&mut action.path, "/");
    or_empty(&mut action.scheme, "HTTP");
}

fn lifecycle_handler(handler: &mut LifecycleHandler) {
    handler.http_get.iter_mut().for_each(http_get);
}

fn probe(probe: &mut Probe) {
    or_zero(&mut probe.timeout_seconds, 1);
    or_zero(&mut probe.period_seconds, 10);
    or_zero(&mut probe.success_threshold, 1);
    or_zero(&mut probe.failure_threshold, 3);
    probe.http_get.iter_mut().for_each(http_get);
}

fn volume(volume: &mut Volume) {
    if count_sources(volume) == 0 {
        volume.empty_dir = Some(EmptyDirVolumeSource::default());
    }
    for item in volume.downward_api.iter_mut().filter_map(|source| source.items.as_mut()).flatten() {
        item.field_ref.iter_mut().for_each(field_ref);
    }
    for source in volume.projected.iter_mut().filter_map(|source| source.sources.as_mut()).flatten() {
        projection(source);
    }
    if let Some(disk) = &mut volume.azure_disk {
        or(&mut disk.kind, "Shared");
        or(&mut disk.caching_mode, "ReadWrite");
    }
    if let Some(template) = volume.ephemeral.as_mut().and_then(|source| source.volume_claim_template.as_mut()) {
        or(&mut template.spec.volume_mode, "Filesystem");
    }
    if let Some(image) = &mut volume.image {
        or_empty(&mut image.pull_policy, "IfNotPresent");
    }
}

fn projection(projection: &mut VolumeProjection) {
    for item in projection.downward_api.iter_mut().filter_map(|source| source.items.as_mut()).flatten() {
        item.field_ref.iter_mut().for_each(field_ref);
    }
    if let Some(token) = &mut projection.service_account_token {
        or(&mut token.expiration_seconds, 3600_i64);
    }
}

//! The API server's rules for Jobs and `CronJobs`, subject by subject and in the server's order.
//!
//! First, the fields of disabled gates are dropped and the server's defaults are applied, because the server's rules
//! see the object after that.

// `pub(crate)` items let the compiler find dead code.
#![warn(unreachable_pub)]

mod affinity;
pub(super) mod annotations;
mod claims;
pub(super) mod common;
mod config_map;
mod container;
mod container_security;
mod cron;
mod cron_job;
mod defaults;
mod deprecated;
mod env;
pub(crate) mod gates;
mod image;
mod job;
mod job_policy;
mod managed_fields;
mod metadata;
mod mounts;
mod network;
mod node_labels;
mod operating_system;
mod overlaps;
mod pod;
mod pod_resources;
mod pod_security;
mod ports;
mod prelude;
mod probes;
mod projections;
mod resources;
mod restart_rules;
mod schedule;
mod scheduling;
mod selector;
mod stored;
mod volume_claim;
mod volume_sources;
mod volumes;
mod warnings;

pub(super) use defaults::fill_in;
pub(crate) use stored::fill_in_all;

use k8s_openapi::api::batch::v1::{CronJob, Job, JobSpec};
use k8s_openapi::api::core::v1::ConfigMap;
use serde::Serialize;
use serde_json::Value;

use super::findings::Findings;
use super::rule::Rule;
use crate::apimachinery::{Path, path};

/// The rules of all subjects, in their order.
pub(super) static RULES: &[&[&Rule]] = &[
    metadata::RULES,
    managed_fields::RULES,
    selector::RULES,
    job::RULES,
    job_policy::RULES,
    cron_job::RULES,
    schedule::RULES,
    config_map::RULES,
    pod::RULES,
    annotations::RULES,
    volumes::RULES,
    volume_sources::RULES,
    projections::RULES,
    volume_claim::RULES,
    claims::RULES,
    container::RULES,
    image::RULES,
    ports::RULES,
    env::RULES,
    mounts::RULES,
    resources::RULES,
    pod_resources::RULES,
    restart_rules::RULES,
    probes::RULES,
    container_security::RULES,
    network::RULES,
    pod_security::RULES,
    affinity::RULES,
    scheduling::RULES,
    operating_system::RULES,
    warnings::RULES,
    overlaps::RULES,
    node_labels::RULES,
    deprecated::RULES,
];

/// Adds the server's errors and warnings for a decoded Job.
pub(super) fn check_job(job: &Job, findings: &mut Findings<'_>) {
    let mut job = job.clone();
    let one_map = job::takes_labels_of_its_pods(&job);
    fill_in(&mut job);
    job.spec.iter_mut().for_each(|spec| drop_fields(spec, findings));
    managed_fields::check(&job.metadata, || json(&job), &path!(.metadata), findings);
    job::add_own_labels(&mut job, one_map, findings);
    job::check(&job, findings);
    warnings::check_metadata(&job.metadata, findings);
    if let Some(spec) = &job.spec {
        warnings::check(spec, &path!(.spec), findings);
    }
}

/// Adds the server's errors and warnings for a decoded `CronJob`.
pub(super) fn check_cron_job(cron_job: &CronJob, findings: &mut Findings<'_>) {
    let mut cron_job = cron_job.clone();
    defaults::fill_in_cron_job(&mut cron_job, findings.version());
    cron_job.spec.job_template.spec.iter_mut().for_each(|spec| drop_fields(spec, findings));
    managed_fields::check(&cron_job.metadata, || json(&cron_job), &path!(.metadata), findings);
    cron_job::check(&cron_job, findings);
    warnings::check_metadata(&cron_job.metadata, findings);
    if let Some(spec) = &cron_job.spec.job_template.spec {
        let root = Path::root();
        warnings::check(spec, &path!(root.spec.jobTemplate.spec), findings);
    }
}

/// Adds the server's errors and warnings for a decoded `ConfigMap`.
pub(crate) fn check_config_map(config_map: &ConfigMap, findings: &mut Findings<'_>) {
    managed_fields::check(&config_map.metadata, || json(config_map), &path!(.metadata), findings);
    config_map::check(config_map, findings);
    warnings::check_metadata(&config_map.metadata, findings);
}

fn json(object: &impl Serialize) -> Value {
    serde_json::to_value(object).unwrap_or_default()
}

/// The changes to a template by conversion and gates, after its defaults have been applied.
fn drop_fields(spec: &mut JobSpec, findings: &Findings<'_>) {
    if let Some(pod) = &mut spec.template.spec {
        gates::drop_fields(pod, findings.version());
    }
}

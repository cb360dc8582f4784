//! The API server's rules for a Job, subject by subject and in the server's order.
//!
//! A decoded Job comes in; the server's defaults are filled in first, because its rules see them;
//! findings go out.

mod affinity;
mod claims;
mod common;
mod container;
mod container_security;
mod defaults;
mod env;
mod image;
mod job;
mod job_policy;
mod metadata;
mod mounts;
mod network;
mod operating_system;
mod pod;
mod pod_security;
mod ports;
mod probes;
mod projections;
mod resources;
mod restart_rules;
mod scheduling;
mod selector;
mod stored;
mod volume_claim;
mod volume_sources;
mod volumes;
mod warnings;

pub use defaults::fill_in;
pub use stored::fill_in_all;

use k8s_openapi::api::batch::v1::Job;

use super::findings::Findings;
use super::rule::Rule;

/// The rules of all subjects, in their order.
pub static RULES: &[&[&Rule]] = &[
    metadata::RULES,
    selector::RULES,
    job::RULES,
    job_policy::RULES,
    pod::RULES,
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
    restart_rules::RULES,
    probes::RULES,
    container_security::RULES,
    network::RULES,
    pod_security::RULES,
    affinity::RULES,
    scheduling::RULES,
    operating_system::RULES,
    warnings::RULES,
];

/// Adds what the server would refuse or warn of in a decoded Job.
pub fn check(job: &Job, findings: &mut Findings<'_>) {
    let mut job = job.clone();
    fill_in(&mut job);
    job::check(&job, findings);
    warnings::check(&job, findings);
}

//! A `CronJob`: when its Jobs start, how many are kept, and the template for them.

use k8s_openapi::api::batch::v1::{CronJob, CronJobSpec};

use super::metadata::{self, effective_name};
use super::prelude::*;
use super::{job, schedule};

rules! {
    Api;

    /// A CronJob's name has at most 52 characters, because the server appends eleven more for each Job.
    NAME = "cron-job-name" in CronJob:
        "metadata:\n  name: tuning-of-the-advanced-strategy-every-night-at-half-past-two",
        "metadata:\n  name: tuning-of-the-advanced-strategy-every-night";
    /// The numbers in a CronJob's spec are not negative.
    NUMBERS = "cron-job-numbers" in CronJob:
        "spec:\n  startingDeadlineSeconds: -1", "spec:\n  startingDeadlineSeconds: 300";
    /// concurrencyPolicy is Allow, Forbid or Replace.
    CONCURRENCY = "cron-job-concurrency-policy" in CronJob:
        "spec:\n  concurrencyPolicy: Never", "spec:\n  concurrencyPolicy: Forbid";
    /// The server generates the selectors of a CronJob's Jobs; the template has none.
    SELECTOR = "cron-job-selector" in CronJob:
        "spec:\n  jobTemplate:\n    spec:\n      manualSelector: true", "spec:\n  jobTemplate:\n    spec:\n      manualSelector: false";
}

/// The longest name of a Job, minus the suffix that the server appends.
const NAME_MAX: usize = 63 - 11;

/// The whole `CronJob`, after defaulting.
pub(super) fn check(cron_job: &CronJob, findings: &mut Findings<'_>) {
    let root = Path::root();
    let metadata_path = path!(root.metadata);
    metadata::check(&cron_job.metadata, &metadata_path, findings);
    check_spec(&cron_job.spec, &path!(root.spec), findings);
    let name = effective_name(&cron_job.metadata);
    if name.len() > NAME_MAX {
        let wording = (format!("{name:?} is longer than {NAME_MAX} characters."), "Shorten it.");
        findings.invalid(&NAME, &path!(metadata_path.name), wording);
    }
}

fn check_spec(spec: &CronJobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    schedule::check(spec, path, findings);
    let policy = text(&spec.concurrency_policy);
    findings.one_of(&CONCURRENCY, &path!(path.concurrencyPolicy), policy, &["Allow", "Forbid", "Replace"]);
    for (field, value) in fields![
        startingDeadlineSeconds = spec.starting_deadline_seconds,
        successfulJobsHistoryLimit = spec.successful_jobs_history_limit.map(i64::from),
        failedJobsHistoryLimit = spec.failed_jobs_history_limit.map(i64::from)
    ] {
        findings.not_negative(&NUMBERS, &path.at(field), value);
    }
    let Some(template) = &spec.job_template.spec else { return };
    let path = path!(path.jobTemplate.spec);
    job::check_spec(template, &path, findings);
    if template.selector.is_some() {
        findings.invalid(&SELECTOR, &path!(path.selector), ("The server generates the selector.", "Remove this one."));
    }
    if is_true(template.manual_selector) {
        findings.one_of(&SELECTOR, &path!(path.manualSelector), "true", &["false"]);
    }
}

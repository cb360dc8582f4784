//! The Job itself: how many pods it runs, how often, for how long, and how it selects them.

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::{Job, JobSpec};
use k8s_openapi::api::core::v1::PodTemplateSpec;

use super::metadata::{self, check_annotations, check_labels, effective_name};
use super::prelude::*;
use super::{job_policy, pod, selector};

rules! {
    Api;

    /// The numbers in a Job's spec are not negative.
    NUMBERS = "job-numbers" in JobSpec: "parallelism: -1", "parallelism: 1";
    /// completionMode is NonIndexed or Indexed.
    COMPLETION_MODE = "job-completion-mode" in JobSpec:
        "completions: 2\ncompletionMode: indexed", "completions: 2\ncompletionMode: Indexed";
    /// An Indexed Job sets completions, and its pods' host names, which end with the index, are DNS labels. With more
    /// than 100,000 completions, parallelism and maxFailedIndexes are at most 10,000.
    INDEXED = "job-indexed" in JobSpec:
        "completionMode: Indexed\nparallelism: 200000\ncompletions: 5",
        "completionMode: Indexed\nparallelism: 2\ncompletions: 5";
    /// backoffLimitPerIndex and maxFailedIndexes count failures per index, so the Job must be Indexed, and
    /// maxFailedIndexes needs backoffLimitPerIndex.
    PER_INDEX = "job-backoff-per-index" in JobSpec:
        "backoffLimitPerIndex: 1", "completionMode: Indexed\ncompletions: 5\nbackoffLimitPerIndex: 1";
    /// The server generates the selector of a Job. A selector of your own needs manualSelector: true and selects the
    /// labels of the Job's pods.
    SELECTOR = "job-selector" in JobSpec:
        "selector:\n  matchLabels: {app: arbitrage-tuning}", "manualSelector: true\nselector:\n  matchLabels: {app: arbitrage-tuning}";
    /// The server labels the pods of a Job with the Job's name (which must be a valid label value of up to 63
    /// characters) and its uid. Other values for these labels are refused.
    POD_LABELS = "job-pod-labels" in JobSpec:
        "template:\n  metadata:\n    labels: {job-name: another}", "template:\n  metadata:\n    labels: {for-job: another}";
    /// podReplacementPolicy is TerminatingOrFailed or Failed; with a podFailurePolicy, it is Failed.
    POD_REPLACEMENT = "job-pod-replacement-policy" in JobSpec:
        "podReplacementPolicy: Never", "podReplacementPolicy: Failed";
    /// managedBy names a controller by a domain and a path of at most 63 characters, such as example.com/controller.
    MANAGED_BY = "job-managed-by" in JobSpec: "managedBy: kueue", "managedBy: kueue.x-k8s.io/multikueue";
    /// The restartPolicy of a Job's pods is Never or OnFailure: a pod that always restarts would never complete.
    RESTART_POLICY = "job-restart-policy" in Pod: "restartPolicy: Always", "restartPolicy: Never";
}

/// The server's limits for Indexed Jobs.
const INDEXED_MAX: i32 = 100_000;
const INDEXED_MAX_ABOVE: i32 = 10_000;
/// The maximum length of managedBy in bytes.
const MANAGED_BY_MAX: usize = 63;
/// The label that the server selects a Job's pods by.
const OWN_UID: &str = "batch.kubernetes.io/controller-uid";
/// The labels of a Job's pods that the server sets, and whether each contains the Job's name or its uid.
const OWN_LABELS: [(&str, bool); 4] =
    [("controller-uid", false), (OWN_UID, false), ("job-name", true), ("batch.kubernetes.io/job-name", true)];

/// A placeholder for the uid that the server will assign.
const UID: &str = "c8f6a0b2-97f1-4c5e-8d0a-5b1e7f3d2a46";

/// Whether the server uses the labels of the pods as the Job's labels and keeps both as the same map, so that what it
/// adds to one is also in the other. A Job with a generateName is copied once more, which separates them.
pub(super) fn takes_labels_of_its_pods(job: &Job) -> bool {
    let metadata = &job.metadata;
    let named = !text(&metadata.name).is_empty() || text(&metadata.generate_name).is_empty();
    let pods = job.spec.as_ref().and_then(|spec| spec.template.metadata.as_ref());
    named
        && metadata.labels.as_ref().is_none_or(BTreeMap::is_empty)
        && pods.is_some_and(|metadata| metadata.labels.is_some())
}

/// Adds the generated pod labels and the matching selector to the Job, unless the user writes the selector. With
/// `one_map`, the pod labels are the Job's labels too.
pub(super) fn add_own_labels(job: &mut Job, one_map: bool, findings: &mut Findings<'_>) {
    let name = effective_name(&job.metadata);
    let spec = job.spec.get_or_insert_default();
    if is_true(spec.manual_selector) {
        return;
    }
    let root = Path::root();
    check_own_labels(spec, &name, &path!(root.spec), findings);
    let labels = spec.template.metadata.get_or_insert_default().labels.get_or_insert_default();
    for (key, is_name) in OWN_LABELS {
        labels.entry(key.to_owned()).or_insert_with(|| if is_name { name.as_str() } else { UID }.to_owned());
    }
    if one_map {
        job.metadata.labels = Some(labels.clone());
    }
    let selected = spec.selector.get_or_insert_default().match_labels.get_or_insert_default();
    selected.entry(OWN_UID.to_owned()).or_insert_with(|| UID.to_owned());
}

/// Checks a whole Job, after defaulting and with the server's own labels.
pub(super) fn check(job: &Job, findings: &mut Findings<'_>) {
    let root = Path::root();
    let path = path!(root.spec);
    let name = effective_name(&job.metadata);
    metadata::check(&job.metadata, &path!(root.metadata), findings);
    if let Some(spec) = &job.spec {
        check_spec(spec, &path, findings);
        check_selector(spec, &name, &path, findings);
        check_host_names(spec, &name, findings);
    }
}

/// The rules that apply to both a Job and the template of a `CronJob`, below `path`.
pub(super) fn check_spec(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    check_numbers(spec, path, findings);
    check_indexed(spec, path, findings);
    job_policy::check(spec, path, findings);
    check_replacement(spec, path, findings);
    check_managed_by(spec, path, findings);
    check_template(&spec.template, &path!(path.template), findings);
    check_restart_policy(spec, path, findings);
}

/// Conflicts with the labels that the server sets on the pods of a Job.
fn check_own_labels(spec: &JobSpec, name: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    let labels = path!(path.template.metadata.labels);
    for (key, is_name) in OWN_LABELS {
        let Some(value) = template_label(&spec.template, key) else { continue };
        if !is_name || value != name {
            let wording = (format!("The server sets the label {key} itself."), "Remove it.");
            findings.invalid(&POD_LABELS, &labels.key(key), wording);
        }
    }
}

fn template_label<'t>(template: &'t PodTemplateSpec, key: &str) -> Option<&'t str> {
    template.metadata.as_ref()?.labels.as_ref()?.get(key).map(String::as_str)
}

fn check_numbers(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (field, value) in fields![
        parallelism = spec.parallelism.map(i64::from),
        completions = spec.completions.map(i64::from),
        activeDeadlineSeconds = spec.active_deadline_seconds,
        backoffLimit = spec.backoff_limit.map(i64::from),
        ttlSecondsAfterFinished = spec.ttl_seconds_after_finished.map(i64::from),
        backoffLimitPerIndex = spec.backoff_limit_per_index.map(i64::from),
        maxFailedIndexes = spec.max_failed_indexes.map(i64::from)
    ] {
        findings.not_negative(&NUMBERS, &path.at(field), value);
    }
}

fn check_indexed(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    if spec.max_failed_indexes.is_some() && spec.backoff_limit_per_index.is_none() {
        let wording = ("maxFailedIndexes needs backoffLimitPerIndex.", "Add it.");
        findings.required(&PER_INDEX, &path!(path.backoffLimitPerIndex), wording);
    }
    // There is no default in the template of a CronJob.
    let mode = spec.completion_mode.as_deref().unwrap_or("NonIndexed");
    findings.one_of(&COMPLETION_MODE, &path!(path.completionMode), mode, &["NonIndexed", "Indexed"]);
    if mode == "Indexed" {
        check_indexed_bounds(spec, path, findings);
    }
    if mode == "NonIndexed" {
        for (field, set) in fields![
            backoffLimitPerIndex = spec.backoff_limit_per_index.is_some(),
            maxFailedIndexes = spec.max_failed_indexes.is_some()
        ] {
            if set {
                let message = format!("{field} needs completionMode: Indexed.");
                findings.invalid(&PER_INDEX, &path.at(field), message);
            }
        }
    }
}

fn check_indexed_bounds(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let at_most = |field: FieldName, value: Option<i32>, max: i32, findings: &mut Findings<'_>| {
        if let Some(value) = value.filter(|value| *value > max) {
            findings.invalid(&INDEXED, &path.at(field), format!("{value} is more than the maximum of {max}."));
        }
    };
    at_most(field!(parallelism), spec.parallelism, INDEXED_MAX, findings);
    at_most(field!(maxFailedIndexes), spec.max_failed_indexes, INDEXED_MAX, findings);
    let Some(completions) = spec.completions else {
        let wording = ("An Indexed Job needs completions.", "Add it.");
        findings.required(&INDEXED, &path!(path.completions), wording);
        return;
    };
    at_most(field!(maxFailedIndexes), spec.max_failed_indexes, completions, findings);
    if completions > INDEXED_MAX && spec.backoff_limit_per_index.is_some() {
        if spec.max_failed_indexes.is_none() {
            let message = format!("With more than {INDEXED_MAX} completions, maxFailedIndexes must be set.");
            findings.required(&INDEXED, &path!(path.maxFailedIndexes), message);
        }
        at_most(field!(parallelism), spec.parallelism, INDEXED_MAX_ABOVE, findings);
        at_most(field!(maxFailedIndexes), spec.max_failed_indexes, INDEXED_MAX_ABOVE, findings);
    }
}

fn check_host_names(spec: &JobSpec, name: &str, findings: &mut Findings<'_>) {
    if text(&spec.completion_mode) != "Indexed" {
        return;
    }
    let Some(completions) = spec.completions.filter(|completions| *completions > 0) else { return };
    let host = format!("{name}-{}", completions - 1);
    if let Err(fault) = dns_label(&host) {
        let wording = (
            format!("The last pod's host name would be {host:?}, which is not valid: {fault}."),
            "Choose another name.",
        );
        findings.invalid(&INDEXED, &path!(.metadata.name), wording);
    }
}

fn check_replacement(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(policy) = &spec.pod_replacement_policy else { return };
    let allowed: &[&str] =
        if spec.pod_failure_policy.is_some() { &["Failed"] } else { &["Failed", "TerminatingOrFailed"] };
    findings.one_of(&POD_REPLACEMENT, &path!(path.podReplacementPolicy), policy, allowed);
}

fn check_managed_by(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(manager) = &spec.managed_by else { return };
    let path = path!(path.managedBy);
    match manager.split_once('/') {
        _ if manager.is_empty() => {
            findings.required(&MANAGED_BY, &path, "Write the controller's name, or remove the field.");
        }
        Some((domain, rest)) if !domain.is_empty() && !rest.is_empty() => {
            findings.check_format(&MANAGED_BY, &path, domain, dns_subdomain);
            let allowed = |c: char| c.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:%".contains(c);
            if !rest.chars().all(allowed) {
                findings.invalid(
                    &MANAGED_BY,
                    &path,
                    (format!("{rest:?} is not a valid path."), "Write letters and digits."),
                );
            }
        }
        _ => findings.invalid(&MANAGED_BY, &path, format!("{manager:?} must be a domain, '/' and a path.")),
    }
    findings.no_longer(&MANAGED_BY, &path, manager, MANAGED_BY_MAX);
}

fn check_template(template: &PodTemplateSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let metadata = template.metadata.as_ref();
    // The server omits this step from the paths.
    let metadata_path = path!(path.metadata).hidden();
    let labels = metadata.and_then(|metadata| metadata.labels.as_ref());
    // They include the Job's name, which must be a label value here.
    check_labels(&metadata::LABELS, labels, &path!(metadata_path.labels), findings);
    let annotations = metadata.and_then(|metadata| metadata.annotations.as_ref());
    check_annotations(annotations, &path!(metadata_path.annotations), findings);
    if let Some(spec) = &template.spec {
        pod::check(spec, annotations, path, findings);
    }
}

fn check_restart_policy(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let pod = path!(path.template.spec);
    let path = path!(pod.restartPolicy);
    let policy = spec.template.spec.as_ref().map_or("", |pod| text(&pod.restart_policy));
    if matches!(policy, "" | "Always") {
        findings.required(&RESTART_POLICY, &path, "Write restartPolicy: Never or OnFailure.");
    } else if !matches!(policy, "Never" | "OnFailure") {
        findings.one_of(&RESTART_POLICY, &path, policy, &["Never", "OnFailure"]);
    } else if spec.pod_failure_policy.is_some() && policy != "Never" {
        findings.invalid(&RESTART_POLICY, &path, "A podFailurePolicy needs restartPolicy: Never.");
    }
}

/// Checks the selector after the server has added its own label, unless the user writes it.
fn check_selector(spec: &JobSpec, name: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    let selector_path = path!(path.selector);
    let labels = path!(path.template.metadata.labels);
    let Some(selector) = &spec.selector else {
        let wording = ("manualSelector: true needs a selector.", "Add one, or remove manualSelector.");
        findings.required(&SELECTOR, &selector_path, wording);
        // Without a selector, nothing is selected, not even the Job's own pods.
        findings.invalid(&SELECTOR, &labels, ("There is no selector for these labels.", "Write one."));
        return;
    };
    let own = |key: &str| {
        OWN_LABELS.iter().find(|(own, _)| *own == key).map(|(_, is_name)| if *is_name { name } else { UID })
    };
    if !is_true(spec.manual_selector) && selector::selects(selector, own) == Some(false) {
        let wording = ("The server generates the selector of a Job.", "Remove this one, or add manualSelector: true.");
        findings.invalid(&SELECTOR, &selector_path, wording);
    }
    selector::check(Some(selector), &selector_path, findings);
    if selector::selects(selector, |key| template_label(&spec.template, key)) == Some(false) {
        findings.invalid(&SELECTOR, &labels, ("The selector does not select these labels.", "Make the two agree."));
    }
}

//! The Job itself: how many pods, how often, for how long, and which ones are its own.

use k8s_openapi::api::batch::v1::{Job, JobSpec};
use k8s_openapi::api::core::v1::PodTemplateSpec;

use super::common::{is_true, text};
use super::metadata::{self, check_annotations, check_labels_at, effective_name};
use super::{job_policy, pod, selector};
use crate::apimachinery::Path;
use crate::apimachinery::names::{dns_label, dns_subdomain, label_value};
use crate::validate::Reason::FieldValueInvalid;
use crate::validate::findings::Findings;
use crate::validate::rule::rules;

rules! {
    Api;

    /// The counts and times of a Job are not negative.
    NUMBERS = "job-numbers" in JobSpec: "parallelism: -1", "parallelism: 1";
    /// completionMode is NonIndexed or Indexed.
    COMPLETION_MODE = "job-completion-mode" in JobSpec:
        "completions: 2\ncompletionMode: indexed", "completions: 2\ncompletionMode: Indexed";
    /// An Indexed Job says how many completions it has, and its pods' host names, which end with their
    /// index, are DNS labels. Above 100,000 completions its parallelism and maxFailedIndexes are at most 10,000.
    INDEXED = "job-indexed" in JobSpec:
        "completionMode: Indexed\nparallelism: 200000\ncompletions: 5",
        "completionMode: Indexed\nparallelism: 2\ncompletions: 5";
    /// backoffLimitPerIndex and maxFailedIndexes count failures index by index, so the Job has to be
    /// Indexed, and the second one needs the first.
    PER_INDEX = "job-backoff-per-index" in JobSpec:
        "backoffLimitPerIndex: 1", "completionMode: Indexed\ncompletions: 5\nbackoffLimitPerIndex: 1";
    /// The server makes the selector of a Job by itself. One that you write needs manualSelector: true,
    /// and selects the labels of the Job's own pods.
    SELECTOR = "job-selector" in JobSpec:
        "selector:\n  matchLabels: {app: arbitrage-tuning}", "manualSelector: true\nselector:\n  matchLabels: {app: arbitrage-tuning}";
    /// The pods of a Job carry labels that the server puts there: the Job's name (which must be a label value,
    /// up to 63 characters) and its uid. Others under these keys are refused.
    POD_LABELS = "job-pod-labels" in JobSpec:
        "template:\n  metadata:\n    labels: {job-name: another}", "template:\n  metadata:\n    labels: {for-job: another}";
    /// podReplacementPolicy is TerminatingOrFailed or Failed, and Failed where there is a podFailurePolicy.
    POD_REPLACEMENT = "job-pod-replacement-policy" in JobSpec:
        "podReplacementPolicy: Never", "podReplacementPolicy: Failed";
    /// managedBy names a controller as a domain and a path, such as example.com/controller, in 63 characters at most.
    MANAGED_BY = "job-managed-by" in JobSpec: "managedBy: kueue", "managedBy: kueue.x-k8s.io/multikueue";
    /// The restartPolicy of a Job's pods is Never or OnFailure: a pod that always restarts never completes.
    RESTART_POLICY = "job-restart-policy" in Pod: "restartPolicy: Always", "restartPolicy: Never";
}

/// The server's bounds of Indexed Jobs.
const INDEXED_MAX: i32 = 100_000;
const INDEXED_MAX_ABOVE: i32 = 10_000;
/// Bytes in a managedBy.
const MANAGED_BY_MAX: usize = 63;
/// The labels by which the server tells a Job's pods, with the part of the Job that they hold.
const OWN_LABELS: [(&str, bool); 4] = [
    ("controller-uid", false),
    ("batch.kubernetes.io/controller-uid", false),
    ("job-name", true),
    ("batch.kubernetes.io/job-name", true),
];

/// The whole Job, after defaulting.
pub fn check(job: &Job, findings: &mut Findings<'_>) {
    let root = Path::root();
    metadata::check(&job.metadata, &root.field("metadata"), findings);
    let Some(spec) = &job.spec else { return };
    let name = effective_name(&job.metadata);
    let path = root.field("spec");
    check_own_labels(spec, &name, &path, findings);
    check_numbers(spec, &path, findings);
    check_indexed(spec, &name, &path, findings);
    job_policy::check(spec, &path, findings);
    check_replacement(spec, &path, findings);
    check_managed_by(spec, &path, findings);
    check_template(&spec.template, &name, is_true(spec.manual_selector), &path.field("template"), findings);
    check_restart_policy(spec, &path, findings);
    check_selector(spec, &name, &path, findings);
}

/// The labels that the server has put on the pods before its rules see them.
fn check_own_labels(spec: &JobSpec, name: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    if is_true(spec.manual_selector) {
        return;
    }
    let template = path.field("template");
    let metadata = template.field("metadata");
    let labels = metadata.field("labels");
    for (key, is_name) in OWN_LABELS {
        let Some(value) = template_label(&spec.template, key) else { continue };
        if !is_name || value != name {
            let message = format!("The server sets the label {key} itself. Remove it.");
            findings.error_at(&POD_LABELS, &labels, &labels.key(key), FieldValueInvalid, message);
        }
    }
}

fn template_label<'t>(template: &'t PodTemplateSpec, key: &str) -> Option<&'t str> {
    template.metadata.as_ref()?.labels.as_ref()?.get(key).map(String::as_str)
}

fn check_numbers(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (field, value) in [
        ("parallelism", spec.parallelism.map(i64::from)),
        ("completions", spec.completions.map(i64::from)),
        ("activeDeadlineSeconds", spec.active_deadline_seconds),
        ("backoffLimit", spec.backoff_limit.map(i64::from)),
        ("ttlSecondsAfterFinished", spec.ttl_seconds_after_finished.map(i64::from)),
        ("backoffLimitPerIndex", spec.backoff_limit_per_index.map(i64::from)),
        ("maxFailedIndexes", spec.max_failed_indexes.map(i64::from)),
    ] {
        findings.not_negative(&NUMBERS, &path.field(field), value);
    }
}

fn check_indexed(spec: &JobSpec, name: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    if spec.max_failed_indexes.is_some() && spec.backoff_limit_per_index.is_none() {
        let message = "maxFailedIndexes needs backoffLimitPerIndex. Add it.";
        findings.required(&PER_INDEX, &path.field("backoffLimitPerIndex"), message);
    }
    let mode = text(&spec.completion_mode);
    findings.one_of(&COMPLETION_MODE, &path.field("completionMode"), mode, &["NonIndexed", "Indexed"]);
    if mode == "Indexed" {
        check_indexed_bounds(spec, path, findings);
        check_host_names(spec, name, findings);
    }
    if mode == "NonIndexed" {
        for (field, set) in [
            ("backoffLimitPerIndex", spec.backoff_limit_per_index.is_some()),
            ("maxFailedIndexes", spec.max_failed_indexes.is_some()),
        ] {
            if set {
                let message = format!("{field} needs completionMode: Indexed.");
                findings.invalid(&PER_INDEX, &path.field(field), message);
            }
        }
    }
}

fn check_indexed_bounds(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let at_most = |field: &str, value: Option<i32>, max: i32, findings: &mut Findings<'_>| {
        if let Some(value) = value.filter(|value| *value > max) {
            findings.invalid(
                &INDEXED,
                &path.field(field),
                format!("{value} is more than {max}, the most there may be."),
            );
        }
    };
    at_most("parallelism", spec.parallelism, INDEXED_MAX, findings);
    let Some(completions) = spec.completions else {
        let message = "An Indexed Job has a number of completions. Add it.";
        findings.required(&INDEXED, &path.field("completions"), message);
        return;
    };
    at_most("maxFailedIndexes", spec.max_failed_indexes, completions, findings);
    at_most("maxFailedIndexes", spec.max_failed_indexes, INDEXED_MAX, findings);
    if completions > INDEXED_MAX && spec.backoff_limit_per_index.is_some() {
        if spec.max_failed_indexes.is_none() {
            let message = format!("Above {INDEXED_MAX} completions, maxFailedIndexes must be set.");
            findings.required(&INDEXED, &path.field("maxFailedIndexes"), message);
        }
        at_most("parallelism", spec.parallelism, INDEXED_MAX_ABOVE, findings);
        at_most("maxFailedIndexes", spec.max_failed_indexes, INDEXED_MAX_ABOVE, findings);
    }
}

fn check_host_names(spec: &JobSpec, name: &str, findings: &mut Findings<'_>) {
    let Some(completions) = spec.completions.filter(|completions| *completions > 0) else { return };
    let host = format!("{name}-{}", completions - 1);
    if let Err(fault) = dns_label(&host) {
        let root = Path::root();
        let metadata = root.field("metadata");
        let message = format!("The last pod's host name would be {host:?}, and {fault}. Choose another name.");
        findings.invalid(&INDEXED, &metadata.field("name"), message);
    }
}

fn check_replacement(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(policy) = &spec.pod_replacement_policy else { return };
    let allowed: &[&str] =
        if spec.pod_failure_policy.is_some() { &["Failed"] } else { &["Failed", "TerminatingOrFailed"] };
    findings.one_of(&POD_REPLACEMENT, &path.field("podReplacementPolicy"), policy, allowed);
}

fn check_managed_by(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(manager) = &spec.managed_by else { return };
    let path = path.field("managedBy");
    match manager.split_once('/') {
        Some((domain, rest)) if !domain.is_empty() && !rest.is_empty() => {
            findings.spelled(&MANAGED_BY, &path, domain, dns_subdomain);
            let allowed = |c: char| c.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@%".contains(c);
            if !rest.chars().all(allowed) {
                findings.invalid(
                    &MANAGED_BY,
                    &path,
                    format!("{rest:?} cannot stand in a path. Write letters and digits."),
                );
            }
        }
        _ => findings.invalid(&MANAGED_BY, &path, format!("{manager:?} must be a domain, '/' and a path.")),
    }
    if manager.len() > MANAGED_BY_MAX {
        findings.too_long(&MANAGED_BY, &path, MANAGED_BY_MAX);
    }
}

fn check_template(template: &PodTemplateSpec, name: &str, manual: bool, path: &Path<'_>, findings: &mut Findings<'_>) {
    let metadata_path = path.field("metadata");
    let (labels_path, shown) = (metadata_path.field("labels"), path.field("labels"));
    // The server has put the Job's name among the labels, where it has to be a label's value.
    let has_name = template_label(template, "job-name").is_some();
    if let Err(fault) = label_value(name)
        && !manual
        && !has_name
        && !name.is_empty()
    {
        let root = Path::root();
        let metadata = root.field("metadata");
        let message = format!("The Job's name becomes a label of its pods, and {name:?} cannot: {fault}.");
        findings.error_at(&POD_LABELS, &shown, &metadata.field("name"), FieldValueInvalid, message);
    }
    let metadata = template.metadata.as_ref();
    let labels = metadata.and_then(|metadata| metadata.labels.as_ref());
    check_labels_at(&metadata::LABELS, labels, &shown, &labels_path, findings);
    let annotations = metadata.and_then(|metadata| metadata.annotations.as_ref());
    check_annotations(annotations, &path.field("annotations"), &metadata_path.field("annotations"), findings);
    if let Some(spec) = &template.spec {
        pod::check(spec, annotations, path, findings);
    }
}

fn check_restart_policy(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let template = path.field("template");
    let pod = template.field("spec");
    let path = pod.field("restartPolicy");
    let policy = spec.template.spec.as_ref().map_or("", |pod| text(&pod.restart_policy));
    if matches!(policy, "" | "Always") {
        findings.required(&RESTART_POLICY, &path, "Write restartPolicy: Never or OnFailure.");
    } else {
        findings.one_of(&RESTART_POLICY, &path, policy, &["Never", "OnFailure"]);
    }
    if spec.pod_failure_policy.is_some() && policy != "Never" {
        findings.invalid(&RESTART_POLICY, &path, "A podFailurePolicy needs restartPolicy: Never.");
    }
}

fn check_selector(spec: &JobSpec, name: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    let path_of_selector = path.field("selector");
    let manual = is_true(spec.manual_selector);
    let Some(selector) = &spec.selector else {
        if manual {
            let message = "manualSelector: true needs a selector. Write one, or leave manualSelector out.";
            findings.required(&SELECTOR, &path_of_selector, message);
            // No selector selects nothing, and so not the Job's own pods either.
            let template = path.field("template");
            let metadata = template.field("metadata");
            findings.invalid(&SELECTOR, &metadata.field("labels"), "No selector selects these labels. Write one.");
        }
        return;
    };
    selector::check(Some(selector), &path_of_selector, findings);
    let own = |key: &str| match OWN_LABELS.iter().find(|(own, _)| *own == key) {
        Some((_, true)) => Some(name.to_owned()),
        // The uid is the server's to give, so nothing that is written equals it.
        Some((_, false)) => Some(String::from("\0")),
        None => None,
    };
    if !manual && selector::selects(selector, own) == Some(false) {
        let message = "The server makes the selector of a Job. Remove this one, or add manualSelector: true.";
        findings.invalid(&SELECTOR, &path_of_selector, message);
    }
    let of_pods = |key: &str| {
        let written = template_label(&spec.template, key).map(str::to_owned);
        if manual { written } else { written.or_else(|| own(key)) }
    };
    if selector::selects(selector, of_pods) == Some(false) {
        let template = path.field("template");
        let metadata = template.field("metadata");
        let message = "The selector does not select these labels. Make the two agree.";
        findings.invalid(&SELECTOR, &metadata.field("labels"), message);
    }
}

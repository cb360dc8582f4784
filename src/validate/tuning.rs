//! The guide's own rules for a Job of a tuning session (D29 guide, "Job manifest"). Turns each departure of a typed Job
//! from the guide into a finding.

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::{Job, JobSpec};
use k8s_openapi::api::core::v1::{Container, PodSpec};

use super::findings::Findings;
use crate::apimachinery::image::{self, ImageError};
use crate::apimachinery::{Path, path, time};
use crate::config::metadata::ATTEMPT_LABEL;
use crate::config::vocabulary::{Env, Mode, Optimizer};
use crate::diagnostic::Reason::{FieldValueForbidden, FieldValueInvalid, FieldValueNotSupported, FieldValueRequired};
use crate::diagnostic::rule::rules;
use crate::job::factory::{COMMAND, SCRIPT, description};
use crate::names::{APP, COMPONENT, NameParts, output_csv, parse_job_name};
use crate::nearest::one_of;

rules! {
    Tuning;

    /// A Job has apiVersion: batch/v1 and kind: Job. The API server could infer them from the URL of the request, but
    /// kubectl, which applies the file, needs them.
    TYPE = "tuning-type" in Job: "kind: \"\"", "kind: Job";

    /// A tuning Job is named arb-tuning-{session_short}-worker-{k}-{k-1}, so that `kubectl get jobs` shows its session
    /// and its worker. session_short is the first 8 characters of the session's id, unless the session sets it. The
    /// name of a later attempt ends with -r{attempt}.
    NAME = "tuning-name" in Job:
        "metadata:\n  name: tuning-worker-1",
        "metadata:\n  name: arb-tuning-d29-k8s--worker-1-0";

    /// The Job and its pods have the same labels app=arbitrage-tuning, component=tuning, session_id, worker_id, mode
    /// and env, and they agree with the Job's name. From a worker's second attempt on, they also have the label
    /// attempt. Selectors and dashboards rely on these labels.
    LABELS = "tuning-labels" in Job:
        "metadata:\n  labels:\n    worker_id: worker-7",
        "metadata:\n  labels:\n    worker_id: worker-1";

    /// The Job has the annotations description (Arbitrage tuning job for {worker_id}) and created_at (RFC 3339, with or
    /// without a time zone).
    ANNOTATIONS = "tuning-annotations" in Job:
        "metadata:\n  annotations:\n    created_at: yesterday",
        "metadata:\n  annotations:\n    created_at: \"2025-11-16T18:21:45.000000Z\"";

    /// The container that runs the worker has the name of the Job, so that logs can be found by either name. There may
    /// be other containers.
    CONTAINER = "tuning-container" in Job:
        "spec:\n  template:\n    spec:\n      containers:\n      - name: main",
        "spec:\n  template:\n    spec:\n      containers:\n      - name: arb-tuning-d29-k8s--worker-1-0";

    /// The container runs python with scripts/run_d24_tuning_session.py and the options --config, --iterations, --mode,
    /// --env, --optimizer, --session-id, --worker-id and --output-csv, one list item per token, in agreement with the
    /// labels. A worker with another worker's arguments would overwrite that worker's results; from the second attempt
    /// on, the name of the CSV file includes the attempt.
    ARGS = "tuning-args" in Job:
        "spec:\n  template:\n    spec:\n      containers:\n      - command: [sh]",
        "spec:\n  template:\n    spec:\n      containers:\n      - command: [python]";

    /// The container has the variables APP_ENV, REDIS_HOST, REDIS_PORT, SESSION_ID, WORKER_ID and MODE,
    /// and the last three agree with the labels.
    #[severity(Error, Warning)]
    ENV = "tuning-env" in Job:
        "spec:\n  template:\n    spec:\n      containers:\n      - env:\n        - name: APP_ENVIRONMENT",
        "spec:\n  template:\n    spec:\n      containers:\n      - env:\n        - name: APP_ENV";

    /// restartPolicy is Never: a failed tuning run is investigated, not repeated in the same pod.
    RESTART_POLICY = "tuning-restart-policy" in Job:
        "spec:\n  template:\n    spec:\n      restartPolicy: OnFailure",
        "spec:\n  template:\n    spec:\n      restartPolicy: Never";

    /// backoffLimit is 0: a failed worker is not restarted, because it has already written some of its results.
    BACKOFF_LIMIT = "tuning-backoff-limit" in Job:
        "spec:\n  backoffLimit: 3",
        "spec:\n  backoffLimit: 0";

    /// Each image is a valid image reference: an optional registry, a lowercase path, and a tag or a digest. The API
    /// server accepts any text, but the pod would wait with InvalidImageName, so this is a warning.
    #[severity(Warning)]
    IMAGE = "tuning-image" in Job:
        "spec:\n  template:\n    spec:\n      containers:\n      - image: your-registry/Arbitrage-lite:latest",
        "spec:\n  template:\n    spec:\n      containers:\n      - image: your-registry/arbitrage-lite:latest";

    /// A Job with mode live trades with real money. This is a warning, so that nobody applies one by accident.
    #[severity(Warning)]
    LIVE_MODE = "tuning-live-mode" in Job:
        "metadata:\n  labels:\n    mode: live",
        "metadata:\n  labels:\n    mode: paper";
}

/// A Job's membership in a session, for the rules across documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The session id from its label.
    pub session_id: String,
    /// The session's short name in the Job's name.
    pub session_short: String,
    /// The worker's number, from 1.
    pub worker: u64,
    /// The worker's attempt, from 1.
    pub attempt: u64,
    /// The iterations in its arguments.
    pub iterations: Option<u64>,
}

/// Checks a Job against the guide's rules; returns its membership in a session if it can be determined.
pub fn check(job: &Job, findings: &mut Findings<'_>) -> Option<Membership> {
    let name = job.metadata.name.as_deref().unwrap_or_default();
    let labels = job.metadata.labels.clone().unwrap_or_default();
    let parts = check_name(name, findings);
    check_labels(&labels, parts, findings);
    let default_spec = JobSpec::default();
    let spec = job.spec.as_ref().unwrap_or(&default_spec);
    let template_labels = spec.template.metadata.as_ref().and_then(|metadata| metadata.labels.as_ref());
    check_template_labels(&labels, template_labels, findings);
    check_annotations(job, &labels, findings);
    check_spec(spec, findings);
    let default_pod = PodSpec::default();
    let pod = spec.template.spec.as_ref().unwrap_or(&default_pod);
    check_restart_policy(pod, findings);
    check_images(pod, findings);
    let container = check_container(pod, name, findings);
    let attempt = parts.map_or(1, |parts| parts.attempt);
    let iterations = container.and_then(|(nth, container)| check_command(nth, container, &labels, attempt, findings));
    if let Some((nth, container)) = container {
        check_env(nth, container, &labels, findings);
    }
    let session_id = labels.get("session_id")?.clone();
    let NameParts { session_short, worker, .. } = parts?;
    Some(Membership { session_id, session_short: session_short.to_owned(), worker, attempt, iterations })
}

type Labels = BTreeMap<String, String>;

fn check_name<'n>(name: &'n str, findings: &mut Findings<'_>) -> Option<NameParts<'n>> {
    let path = path!(.metadata.name);
    let Some(parts) = parse_job_name(name) else {
        let reason = if name.is_empty() { FieldValueRequired } else { FieldValueInvalid };
        let message = if name.is_empty() { "The Job has no name." } else { "This is not the name of a tuning Job." };
        findings.error(&NAME, &path, reason, (message, "Write arb-tuning-{session_short}-worker-{k}-{k-1}."));
        return None;
    };
    // Workers are numbered from 1, which `parse_job_name` ensures; the largest index has no successor.
    if parts.worker - 1 != parts.index {
        let (worker, index) = (parts.worker, parts.worker - 1);
        findings.error(
            &NAME,
            &path,
            FieldValueInvalid,
            format!("worker-{worker} has the index {index}, but this name says {}.", parts.index),
        );
    }
    Some(parts)
}

fn check_labels(labels: &Labels, parts: Option<NameParts<'_>>, findings: &mut Findings<'_>) {
    let path = path!(.metadata.labels);
    let worker_id = parts.map(|parts| format!("worker-{}", parts.worker));
    for (key, expected) in [
        ("app", Some(APP)),
        ("session_id", None),
        ("worker_id", worker_id.as_deref()),
        ("component", Some(COMPONENT)),
        ("mode", None),
        ("env", None),
    ] {
        let path = path.key(key);
        match (labels.get(key), expected) {
            (None, _) => {
                let wording = (format!("The Job does not have the label {key}."), "Add it.");
                findings.error(&LABELS, &path, FieldValueRequired, wording);
            }
            (Some(value), Some(expected)) if value != expected => {
                let message = format!("The label {key} is {value:?}, but must be {expected:?} here.");
                let wording = (message, format!("Write {key}: {expected}."));
                findings.error(&LABELS, &path, FieldValueInvalid, wording);
            }
            _ => {}
        }
    }
    if let Some(parts) = parts {
        check_attempt(labels.get(ATTEMPT_LABEL), parts.attempt, &path.key(ATTEMPT_LABEL), findings);
    }
    check_word(&path.key("mode"), labels.get("mode"), Mode::WORDS, findings);
    check_word(&path.key("env"), labels.get("env"), Env::WORDS, findings);
    if labels.get("mode").is_some_and(|mode| mode == Mode::Live.as_str()) {
        let wording = "Once applied, this Job trades with real money.";
        findings.warning(&LIVE_MODE, &path.key("mode"), FieldValueInvalid, wording);
    }
}

/// First attempts need no label, but may have one.
fn check_attempt(label: Option<&String>, attempt: u64, path: &Path<'_>, findings: &mut Findings<'_>) {
    let expected = attempt.to_string();
    match label {
        None if attempt > 1 => {
            let message = format!(
                "The Job does not have the label {ATTEMPT_LABEL}, but its name says that it is attempt {expected}."
            );
            let wording = (message, format!("Write {ATTEMPT_LABEL}: \"{expected}\"."));
            findings.error(&LABELS, path, FieldValueRequired, wording);
        }
        Some(label) if *label != expected => {
            let message = format!(
                "The label {ATTEMPT_LABEL} is {label:?}, but the Job's name says that it is attempt {expected}."
            );
            let help = if attempt > 1 {
                format!("Write {ATTEMPT_LABEL}: \"{expected}\".")
            } else {
                format!("Remove it, or add -r{{{ATTEMPT_LABEL}}} to the name.")
            };
            findings.error(&LABELS, path, FieldValueInvalid, (message, help));
        }
        _ => {}
    }
}

fn check_word(path: &Path<'_>, value: Option<&String>, words: &[&str], findings: &mut Findings<'_>) {
    if let Some(value) = value.filter(|value| !words.contains(&value.as_str())) {
        let wording = format!("{value:?} must be {}.", one_of(words));
        findings.error(&LABELS, path, FieldValueNotSupported, wording);
    }
}

fn check_template_labels(labels: &Labels, template: Option<&Labels>, findings: &mut Findings<'_>) {
    let path = path!(.spec.template.metadata.labels);
    for key in ["app", "session_id", "worker_id", "component", "mode", "env", ATTEMPT_LABEL] {
        let path = path.key(key);
        let Some(expected) = labels.get(key) else {
            if key == ATTEMPT_LABEL && template.is_some_and(|template| template.contains_key(key)) {
                let wording = (format!("The pods have the label {key}, but the Job does not."), "Remove it.");
                findings.error(&LABELS, &path, FieldValueInvalid, wording);
            }
            continue;
        };
        match template.and_then(|template| template.get(key)) {
            None => {
                let message = format!("The pods do not have the Job's label {key}.");
                let wording = (message, format!("Write {key}: {expected}, as on the Job."));
                findings.error(&LABELS, &path, FieldValueRequired, wording);
            }
            Some(value) if value != expected => {
                let message = format!("The label {key} of the pods is {value:?}, but the Job's is {expected:?}.");
                let wording = (message, format!("Write {key}: {expected}, as on the Job."));
                findings.error(&LABELS, &path, FieldValueInvalid, wording);
            }
            Some(_) => {}
        }
    }
}

fn check_annotations(job: &Job, labels: &Labels, findings: &mut Findings<'_>) {
    let path = path!(.metadata.annotations);
    let annotation = |key: &str| job.metadata.annotations.as_ref().and_then(|annotations| annotations.get(key));
    let expected = labels.get("worker_id").map(|worker_id| description(worker_id));
    match (annotation("description"), expected) {
        (None, expected) => {
            let expected = expected.unwrap_or_else(|| description("{worker_id}"));
            let wording =
                ("The Job does not have the annotation description.", format!("Add description: {expected}."));
            findings.error(&ANNOTATIONS, &path.key("description"), FieldValueRequired, wording);
        }
        (Some(value), Some(expected)) if *value != expected => {
            let message = format!("The description is {value:?}, but must be {expected:?} for this worker.");
            let wording = (message, format!("Write {expected:?}."));
            findings.error(&ANNOTATIONS, &path.key("description"), FieldValueInvalid, wording);
        }
        _ => {}
    }
    let example = "Write a date and a time, such as 2025-11-16T18:21:45.000000Z.";
    match annotation("created_at") {
        None => {
            let wording = ("The Job does not have the annotation created_at.", example);
            findings.error(&ANNOTATIONS, &path.key("created_at"), FieldValueRequired, wording);
        }
        Some(value) if !time::is_date_time(value) => {
            let wording = (format!("{value:?} is not a time."), example);
            findings.error(&ANNOTATIONS, &path.key("created_at"), FieldValueInvalid, wording);
        }
        Some(_) => {}
    }
}

fn check_spec(spec: &JobSpec, findings: &mut Findings<'_>) {
    if spec.backoff_limit != Some(0) {
        let message = match spec.backoff_limit {
            None => "A tuning Job has backoffLimit 0, but this one has none.".to_owned(),
            Some(limit) => format!("A tuning Job has backoffLimit 0, but this one has {limit}."),
        };
        let wording = (message, "Write backoffLimit: 0.");
        findings.error(&BACKOFF_LIMIT, &path!(.spec.backoffLimit), FieldValueInvalid, wording);
    }
}

fn check_restart_policy(pod: &PodSpec, findings: &mut Findings<'_>) {
    let policy = pod.restart_policy.as_deref();
    if policy != Some("Never") {
        let message = match policy {
            None => "A tuning Job has restartPolicy Never, but this one has none.".to_owned(),
            Some(policy) => format!("A tuning Job has restartPolicy Never, but this one has {policy}."),
        };
        let wording = (message, "Write restartPolicy: Never.");
        findings.error(&RESTART_POLICY, &path!(.spec.template.spec.restartPolicy), FieldValueInvalid, wording);
    }
}

/// The images of all containers, since a pod waits for each of them.
fn check_images(pod: &PodSpec, findings: &mut Findings<'_>) {
    let inits = pod.init_containers.as_deref().unwrap_or_default();
    let (in_inits, in_containers) = (path!(.spec.template.spec.initContainers), path!(.spec.template.spec.containers));
    for (path, container) in in_inits.each(inits).chain(in_containers.each(pod.containers.as_slice())) {
        let image = container.image.as_deref().unwrap_or_default();
        let Err(fault) = image::reference(image) else { continue };
        // A missing image is reported by the server's rules.
        if fault == ImageError::Empty {
            continue;
        }
        let help =
            image::meant(image).map_or_else(|| "Write registry/name:tag.".to_owned(), |it| format!("Write {it}."));
        let wording = (format!("The image {image:?} {fault}."), help);
        findings.warning(&IMAGE, &path!(path.image), FieldValueInvalid, wording);
    }
}

/// The container that runs the worker, and its index: the one with the Job's name, or else the first.
fn check_container<'p>(
    pod: &'p PodSpec,
    job_name: &str,
    findings: &mut Findings<'_>,
) -> Option<(usize, &'p Container)> {
    let named = pod.containers.iter().enumerate().find(|(_, container)| container.name == job_name);
    if named.is_some() {
        return named;
    }
    let path = path!(.spec.template.spec.containers);
    let first = path.index(0);
    match pod.containers.as_slice() {
        [] => {
            let wording = ("The pod has no containers.", "Add the one that runs the worker.");
            findings.error(&CONTAINER, &path, FieldValueRequired, wording);
        }
        [container] => {
            let message = format!("The container is named {:?}, but the Job is named {job_name:?}.", container.name);
            let wording = (message, "Give the container the name of the Job.");
            findings.error(&CONTAINER, &path!(first.name), FieldValueInvalid, wording);
        }
        [_, ..] => {
            let message = format!("No container has the name of the Job, {job_name:?}.");
            let wording = (message, "Give the container that runs the worker the name of the Job.");
            findings.error(&CONTAINER, &path!(first.name), FieldValueInvalid, wording);
        }
    }
    pod.containers.first().map(|container| (0, container))
}

fn check_command(
    nth: usize,
    container: &Container,
    labels: &Labels,
    attempt: u64,
    findings: &mut Findings<'_>,
) -> Option<u64> {
    let args = container.args.as_deref().unwrap_or_default();
    let mut iterations = None;
    let containers = path!(.spec.template.spec.containers);
    let container_path = containers.index(nth);
    if container.command.as_deref() != Some(&[COMMAND.to_owned()]) {
        let wording = (format!("The command is not just {COMMAND}."), format!("Write command: [{COMMAND}]."));
        findings.error(&ARGS, &path!(container_path.command), FieldValueInvalid, wording);
    }
    let path = path!(container_path.args);
    if args.first().map(String::as_str) != Some(SCRIPT) {
        let wording = ("The arguments do not start with the worker's script.", format!("Write {SCRIPT} first."));
        findings.error(&ARGS, &path.index(0), FieldValueInvalid, wording);
    }
    let worker_id = labels.get("worker_id");
    let expected_csv = worker_id.map(|worker_id| output_csv(worker_id, attempt));
    for (option, expected) in [
        ("--config", None),
        ("--iterations", None),
        ("--mode", labels.get("mode")),
        ("--env", labels.get("env")),
        ("--optimizer", None),
        ("--session-id", labels.get("session_id")),
        ("--worker-id", worker_id),
        ("--output-csv", expected_csv.as_ref()),
    ] {
        let value = check_option(option, args, expected.map(String::as_str), &path, findings);
        if option == "--iterations" {
            iterations = value.and_then(|value| value.parse().ok());
        }
    }
    iterations
}

/// Checks an option, which must be given exactly once with the expected value.
fn check_option<'a>(
    option: &str,
    args: &'a [String],
    expected: Option<&str>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) -> Option<&'a str> {
    let Some(nth) = args.iter().position(|arg| arg == option) else {
        let wording = (format!("The arguments do not include {option}."), "Add it and its value, as two items.");
        findings.error(&ARGS, path, FieldValueRequired, wording);
        return None;
    };
    let Some(value) = args.get(nth + 1) else {
        let wording = (format!("{option} has no value."), "Add it as the next item.");
        findings.error(&ARGS, &path.index(nth), FieldValueRequired, wording);
        return None;
    };
    let value_path = path.index(nth + 1);
    let fault = match (option, expected) {
        (_, Some(expected)) if value != expected => {
            let message = format!("{option} is {value:?}, but must be {expected:?} here.");
            Some((FieldValueInvalid, (message, format!("Write {expected}, as in the labels."))))
        }
        ("--iterations", _) if value.parse::<u64>().map_or(true, |count| count == 0) => {
            let message = format!("{option} is {value:?}, but must be a positive number.");
            Some((FieldValueInvalid, (message, "Write a whole number of at least 1.".to_owned())))
        }
        ("--optimizer", _) if !Optimizer::WORDS.contains(&value.as_str()) => {
            let message = format!("{option} is {value:?}, which is not a known optimizer.");
            Some((FieldValueNotSupported, (message, format!("Write {}.", one_of(Optimizer::WORDS)))))
        }
        ("--config", _) if value.is_empty() => {
            let message = format!("{option} is empty.");
            Some((FieldValueRequired, (message, "Write the path of the parameter file.".to_owned())))
        }
        _ => None,
    };
    if let Some((reason, wording)) = fault {
        findings.error(&ARGS, &value_path, reason, wording);
    }
    if let Some(again) = args.iter().skip(nth + 1).position(|arg| arg == option) {
        let again_path = path.index(nth + 1 + again);
        let wording = (format!("{option} is given twice."), "Remove one of the two.");
        findings.error(&ARGS, &again_path, FieldValueForbidden, wording);
    }
    Some(value)
}

fn check_env(nth: usize, container: &Container, labels: &Labels, findings: &mut Findings<'_>) {
    let variables = container.env.as_deref().unwrap_or_default();
    let containers = path!(.spec.template.spec.containers);
    let container_path = containers.index(nth);
    let path = path!(container_path.env);
    for (name, label) in [
        ("APP_ENV", Some("env")),
        ("REDIS_HOST", None),
        ("REDIS_PORT", None),
        ("SESSION_ID", Some("session_id")),
        ("WORKER_ID", Some("worker_id")),
        ("MODE", Some("mode")),
    ] {
        // The kubelet uses the last of several variables with the same name.
        let Some(position) = variables.iter().rposition(|variable| variable.name == name) else {
            let wording = (format!("The container does not have the variable {name}."), "Add it.");
            findings.error(&ENV, &path, FieldValueRequired, wording);
            continue;
        };
        let expected = label.and_then(|label| labels.get(label));
        let value = variables[position].value.as_deref().unwrap_or_default();
        if variables[position].value_from.is_none() && expected.is_some_and(|expected| expected != value) {
            let variable_path = path.index(position);
            let expected = expected.map(String::as_str).unwrap_or_default();
            let message = format!("{name} is {value:?}, but the labels say {expected:?}.");
            // extra_env may intentionally set APP_ENV to something else.
            if name == "APP_ENV" {
                findings.warning(&ENV, &path!(variable_path.value), FieldValueInvalid, message);
            } else {
                findings.error(&ENV, &path!(variable_path.value), FieldValueInvalid, message);
            }
        }
    }
}

//! The guide's own rules: what a Job of a tuning session looks like (D29 guide, "Job manifest").
//! A typed Job comes in, and where it departs from the guide, findings go out.

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

    /// A Job says what it is: apiVersion: batch/v1 and kind: Job. The API server can do without, because it is asked
    /// at an address for Jobs; kubectl, which applies the file, cannot.
    TYPE = "tuning-type" in Job: "kind: \"\"", "kind: Job";

    /// A tuning Job is named arb-tuning-{session_short}-worker-{k}-{k-1}: who looks at `kubectl get jobs`
    /// sees which session and which worker it is. session_short is the first 8 characters of the
    /// session's id, or what the session has instead. A later attempt of a worker has -r{attempt} behind it.
    NAME = "tuning-name" in Job:
        "metadata:\n  name: tuning-worker-1",
        "metadata:\n  name: arb-tuning-d29-k8s--worker-1-0";

    /// The Job and its pods carry the labels app=arbitrage-tuning, component=tuning, session_id,
    /// worker_id, mode and env, the same on both, and they agree with the Job's name. From the second attempt of a
    /// worker on there is the label attempt too. Selectors and dashboards rely on them.
    LABELS = "tuning-labels" in Job:
        "metadata:\n  labels:\n    worker_id: worker-7",
        "metadata:\n  labels:\n    worker_id: worker-1";

    /// The Job carries the annotations description (Arbitrage tuning job for {worker_id}) and created_at
    /// (RFC 3339, or the same without a zone).
    ANNOTATIONS = "tuning-annotations" in Job:
        "metadata:\n  annotations:\n    created_at: yesterday",
        "metadata:\n  annotations:\n    created_at: \"2025-11-16T18:21:45.000000Z\"";

    /// The container that runs the worker is named as the Job, so that logs can be found by either name. There may be
    /// others beside it.
    CONTAINER = "tuning-container" in Job:
        "spec:\n  template:\n    spec:\n      containers:\n      - name: main",
        "spec:\n  template:\n    spec:\n      containers:\n      - name: arb-tuning-d29-k8s--worker-1-0";

    /// The container runs python with scripts/run_d24_tuning_session.py and the options --config,
    /// --iterations, --mode, --env, --optimizer, --session-id, --worker-id and --output-csv, one token an
    /// item, in agreement with the labels. A worker with another worker's arguments would overwrite that
    /// worker's results; from the second attempt on, the name of the CSV file says which attempt it is.
    ARGS = "tuning-args" in Job:
        "spec:\n  template:\n    spec:\n      containers:\n      - command: [sh]",
        "spec:\n  template:\n    spec:\n      containers:\n      - command: [python]";

    /// The container has the variables APP_ENV, REDIS_HOST, REDIS_PORT, SESSION_ID, WORKER_ID and MODE,
    /// and the last three agree with the labels.
    #[severity(Error, Warning)]
    ENV = "tuning-env" in Job:
        "spec:\n  template:\n    spec:\n      containers:\n      - env:\n        - name: APP_ENVIRONMENT",
        "spec:\n  template:\n    spec:\n      containers:\n      - env:\n        - name: APP_ENV";

    /// restartPolicy is Never: a tuning run that failed is looked at, not repeated in the same pod.
    RESTART_POLICY = "tuning-restart-policy" in Job:
        "spec:\n  template:\n    spec:\n      restartPolicy: OnFailure",
        "spec:\n  template:\n    spec:\n      restartPolicy: Never";

    /// backoffLimit is 0: a failed worker is not started again, because half of its results are written
    /// already.
    BACKOFF_LIMIT = "tuning-backoff-limit" in Job:
        "spec:\n  backoffLimit: 3",
        "spec:\n  backoffLimit: 0";

    /// Each image is a reference as container runtimes read it: an optional registry, a path in lowercase, and a tag or a
    /// digest. The API server takes any text, and the pod would wait with InvalidImageName. This is a warning.
    #[severity(Warning)]
    IMAGE = "tuning-image" in Job:
        "spec:\n  template:\n    spec:\n      containers:\n      - image: your-registry/Arbitrage-lite:latest",
        "spec:\n  template:\n    spec:\n      containers:\n      - image: your-registry/arbitrage-lite:latest";

    /// A Job with mode live trades real money. This is a warning, so that nobody applies one by accident.
    #[severity(Warning)]
    LIVE_MODE = "tuning-live-mode" in Job:
        "metadata:\n  labels:\n    mode: live",
        "metadata:\n  labels:\n    mode: paper";
}

/// What is known of a Job's place in its session, for the rules across documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The session, as its label has it.
    pub session_id: String,
    /// What stands for the session in the Job's name.
    pub session_short: String,
    /// The worker's number, from 1.
    pub worker: u64,
    /// Which attempt of the worker it is, from 1.
    pub attempt: u64,
    /// The iterations that its arguments ask for.
    pub iterations: Option<u64>,
}

/// Holds a Job against the guide's rules; gives its place in its session if it can be told.
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
    // Workers count from 1, which `parse_job_name` sees to; the largest index has no successor.
    if parts.worker - 1 != parts.index {
        let (worker, index) = (parts.worker, parts.worker - 1);
        findings.error(
            &NAME,
            &path,
            FieldValueInvalid,
            format!("worker-{worker} stands at index {index}, and this name says {}.", parts.index),
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
                let wording = (format!("The Job lacks the label {key}."), "Add it.");
                findings.error(&LABELS, &path, FieldValueRequired, wording);
            }
            (Some(value), Some(expected)) if value != expected => {
                let message = format!("The label {key} is {value:?}, and must be {expected:?} here.");
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
        let wording = "This Job trades real money once it is applied.";
        findings.warning(&LIVE_MODE, &path.key("mode"), FieldValueInvalid, wording);
    }
}

/// First attempts need no label; they may say that they are the first.
fn check_attempt(label: Option<&String>, attempt: u64, path: &Path<'_>, findings: &mut Findings<'_>) {
    let expected = attempt.to_string();
    match label {
        None if attempt > 1 => {
            let message =
                format!("The Job lacks the label {ATTEMPT_LABEL}, and its name says that it is attempt {expected}.");
            let wording = (message, format!("Write {ATTEMPT_LABEL}: \"{expected}\"."));
            findings.error(&LABELS, path, FieldValueRequired, wording);
        }
        Some(label) if *label != expected => {
            let message = format!(
                "The label {ATTEMPT_LABEL} is {label:?}, and the Job's name says that it is attempt {expected}."
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
                let wording = (format!("The pods have the label {key}, and the Job has not."), "Remove it.");
                findings.error(&LABELS, &path, FieldValueInvalid, wording);
            }
            continue;
        };
        match template.and_then(|template| template.get(key)) {
            None => {
                let message = format!("The pods lack the label {key}, which the Job has.");
                let wording = (message, format!("Write {key}: {expected}, as on the Job."));
                findings.error(&LABELS, &path, FieldValueRequired, wording);
            }
            Some(value) if value != expected => {
                let message = format!("The label {key} of the pods is {value:?}, and the Job's is {expected:?}.");
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
            let wording = ("The Job lacks the annotation description.", format!("Add description: {expected}."));
            findings.error(&ANNOTATIONS, &path.key("description"), FieldValueRequired, wording);
        }
        (Some(value), Some(expected)) if *value != expected => {
            let message = format!("The description is {value:?}, and the worker's is {expected:?}.");
            let wording = (message, format!("Write {expected:?}."));
            findings.error(&ANNOTATIONS, &path.key("description"), FieldValueInvalid, wording);
        }
        _ => {}
    }
    let example = "Write a date and a time, such as 2025-11-16T18:21:45.000000Z.";
    match annotation("created_at") {
        None => {
            let wording = ("The Job lacks the annotation created_at.", example);
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
            None => "A tuning Job has backoffLimit 0, and this one has none.".to_owned(),
            Some(limit) => format!("A tuning Job has backoffLimit 0, and this one has {limit}."),
        };
        let wording = (message, "Write backoffLimit: 0.");
        findings.error(&BACKOFF_LIMIT, &path!(.spec.backoffLimit), FieldValueInvalid, wording);
    }
}

fn check_restart_policy(pod: &PodSpec, findings: &mut Findings<'_>) {
    let policy = pod.restart_policy.as_deref();
    if policy != Some("Never") {
        let message = match policy {
            None => "A tuning Job has restartPolicy Never, and this one has none.".to_owned(),
            Some(policy) => format!("A tuning Job has restartPolicy Never, and this one has {policy}."),
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
        // That there is none is for the server to say.
        if fault == ImageError::Empty {
            continue;
        }
        let help =
            image::meant(image).map_or_else(|| "Write registry/name:tag.".to_owned(), |it| format!("Write {it}."));
        let wording = (format!("The image {image:?} {fault}."), help);
        findings.warning(&IMAGE, &path!(path.image), FieldValueInvalid, wording);
    }
}

/// The container that runs the worker, and its index: the one named as the Job, or else the first.
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
            let wording = ("The pod has no container.", "Add the one that runs the worker.");
            findings.error(&CONTAINER, &path, FieldValueRequired, wording);
        }
        [container] => {
            let message = format!("The container is named {:?}, and the Job {job_name:?}.", container.name);
            let wording = (message, "Give the container the name of the Job.");
            findings.error(&CONTAINER, &path!(first.name), FieldValueInvalid, wording);
        }
        [_, ..] => {
            let message = format!("No container is named {job_name:?}, as the Job is.");
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
        let wording = (format!("The command is not {COMMAND} alone."), format!("Write command: [{COMMAND}]."));
        findings.error(&ARGS, &path!(container_path.command), FieldValueInvalid, wording);
    }
    let path = path!(container_path.args);
    if args.first().map(String::as_str) != Some(SCRIPT) {
        let wording = ("The arguments do not start with the script of a worker.", format!("Write {SCRIPT} first."));
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

/// The value of an option, which must be there once and agree with what is expected of it.
fn check_option<'a>(
    option: &str,
    args: &'a [String],
    expected: Option<&str>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) -> Option<&'a str> {
    let Some(nth) = args.iter().position(|arg| arg == option) else {
        let wording = (format!("The arguments lack {option}."), "Add it and its value, as two items.");
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
            let message = format!("{option} is {value:?}, and must be {expected:?} here.");
            Some((FieldValueInvalid, (message, format!("Write {expected}, as the labels say."))))
        }
        ("--iterations", _) if value.parse::<u64>().map_or(true, |count| count == 0) => {
            let message = format!("{option} is {value:?}, and must be a number.");
            Some((FieldValueInvalid, (message, "Write a whole number from 1.".to_owned())))
        }
        ("--optimizer", _) if !Optimizer::WORDS.contains(&value.as_str()) => {
            let message = format!("{option} is {value:?}, which is no optimizer.");
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
        let wording = (format!("{option} stands here again."), "Remove one of the two.");
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
        // The kubelet gives the pod the last of several variables of one name.
        let Some(position) = variables.iter().rposition(|variable| variable.name == name) else {
            let wording = (format!("The container lacks the variable {name}."), "Add it.");
            findings.error(&ENV, &path, FieldValueRequired, wording);
            continue;
        };
        let expected = label.and_then(|label| labels.get(label));
        let value = variables[position].value.as_deref().unwrap_or_default();
        if variables[position].value_from.is_none() && expected.is_some_and(|expected| expected != value) {
            let variable_path = path.index(position);
            let expected = expected.map(String::as_str).unwrap_or_default();
            let message = format!("{name} is {value:?}, and the labels say {expected:?}.");
            // extra_env may set APP_ENV to something else on purpose.
            if name == "APP_ENV" {
                findings.warning(&ENV, &path!(variable_path.value), FieldValueInvalid, message);
            } else {
                findings.error(&ENV, &path!(variable_path.value), FieldValueInvalid, message);
            }
        }
    }
}

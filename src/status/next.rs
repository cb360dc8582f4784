//! The next command for a worker: it shows more about the worker and can be copied into a shell.

use super::book::Slot;
use super::cause::Cause;
use super::record::{PodRecord, Removal};
use super::standing::{Phase, Standing};
use crate::printable::quoted;

/// The command, if one helps.
#[must_use]
pub fn command(standing: &Standing<'_>, slot: &Slot, cause: Option<&Cause>) -> Option<String> {
    let there = |pod: &&PodRecord| pod.removal != Some(Removal::Done);
    let exited = cause.and_then(|cause| cause.container.as_ref()).filter(|container| container.exit_code.is_some());
    let words: Vec<String> = match (standing.phase, standing.pod().filter(there)) {
        (Phase::Failed, Some(pod)) if exited.is_some() && cause.is_some_and(|cause| cause.pod.is_none()) => {
            logs(pod, slot, cause)
        }
        (Phase::Running, Some(pod)) if standing.needs_attention() && exited.is_some() => {
            let mut words = logs(pod, slot, cause);
            words.push("--previous".to_owned());
            words
        }
        (Phase::Failed | Phase::Pending, Some(pod)) => describe("pod", &pod.name),
        (Phase::Running, Some(pod)) if standing.needs_attention() => describe("pod", &pod.name),
        // Its pod has been deleted, or the input contains only the Job.
        (Phase::Failed, None) if cause.is_some_and(|cause| cause.reason == "BackoffLimitExceeded") => {
            ["kubectl".to_owned(), "logs".to_owned(), format!("job/{}", slot.name)].into()
        }
        (Phase::Pending, None) if standing.job.is_some_and(|job| job.active > 0) => {
            let label = format!("batch.kubernetes.io/job-name={}", slot.name);
            ["kubectl", "describe", "pods", "-l", &label].map(ToOwned::to_owned).into()
        }
        (Phase::Failed | Phase::Pending, None) => describe("job", &slot.name),
        _ => return None,
    };
    let namespace = ["-n".to_owned(), slot.namespace.to_string()];
    let namespace = if slot.namespace.is_empty() { &[][..] } else { &namespace };
    let words: Option<Vec<String>> = words.iter().chain(namespace).map(|word| quoted(word)).collect();
    words.map(|words| words.join(" "))
}

/// The command that deletes Jobs. This tool has made their names, so they need no quotes.
#[must_use]
pub fn delete(namespace: &str, jobs: &[String]) -> String {
    format!("kubectl delete job -n {namespace} {}", jobs.join(" "))
}

fn describe(kind: &str, name: &str) -> Vec<String> {
    ["kubectl", "describe", kind, name].map(ToOwned::to_owned).into()
}

fn logs(pod: &PodRecord, slot: &Slot, cause: Option<&Cause>) -> Vec<String> {
    let mut words = ["kubectl", "logs", &pod.name].map(ToOwned::to_owned).to_vec();
    // The worker's container has the name of its Job and is the default; any other has to be named.
    let container = cause.and_then(|cause| cause.container.as_ref()).map(|container| container.name.as_str());
    if let Some(container) = container.filter(|name| *name != &*slot.name && !name.is_empty()) {
        words.extend(["-c".to_owned(), container.to_owned()]);
    }
    words
}

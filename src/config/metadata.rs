//! The user's labels and annotations, and the queue, which is a label.

use super::problem::Problems;
use super::rules;
use crate::apimachinery::names;
use crate::diagnostic::Reason::{FieldValueDuplicate, FieldValueForbidden, FieldValueInvalid};
use crate::yaml::{Given, OrderedMap, Spanned};

/// The labels of tuning Jobs and of their pods; first attempts do not have `attempt`.
pub const LABELS: [&str; 7] = ["app", "session_id", "worker_id", "component", "mode", "env", ATTEMPT_LABEL];
/// The label with the number of a worker's attempt; first attempts have none.
pub const ATTEMPT_LABEL: &str = "attempt";
/// The annotations of every tuning Job.
pub const ANNOTATIONS: [&str; 2] = ["description", "created_at"];
/// The label that tells Kueue the queue of a Job.
pub const QUEUE_LABEL: &str = "kueue.x-k8s.io/queue-name";

/// Checks labels: valid keys and values, and none of the guide's keys.
pub fn check_labels(key: &str, labels: &Spanned<OrderedMap<String>>, problems: &mut Problems<'_>) {
    check_keys(key, labels, &LABELS, problems);
    for (Spanned { value: name, .. }, Spanned { value, position }) in labels.value.iter() {
        if let Err(fault) = names::label_value(value) {
            let message = format!("{key}.{name} is {value:?}, which cannot be a label's value: {fault}.");
            let wording = (message, "Write at most 63 letters, digits, '-', '_' and '.'; annotations take any text.");
            problems.add(&rules::LABELS, FieldValueInvalid, format!("{key}.{name}"), *position, wording);
        }
    }
}

/// The queue is a label, so its label must not be set as well.
pub fn check_queue_label(queue: &Given<String>, labels: &Given<OrderedMap<String>>, problems: &mut Problems<'_>) {
    let Some(queue) = queue.written() else { return };
    let keys = labels.get().into_iter().flat_map(|labels| &labels.0).map(|(key, _)| key);
    for Spanned { position, .. } in keys.filter(|key| key.value == QUEUE_LABEL) {
        let message = format!("queue already sets the label {QUEUE_LABEL} ({}).", problems.place(queue.position));
        let wording = (message, "Keep one of the two.");
        problems.add(&rules::LABELS, FieldValueDuplicate, format!("labels.{QUEUE_LABEL}"), *position, wording);
    }
}

/// Checks annotations: valid keys, and none of the guide's.
pub fn check_annotations(key: &str, annotations: &Spanned<OrderedMap<String>>, problems: &mut Problems<'_>) {
    check_keys(key, annotations, &ANNOTATIONS, problems);
}

fn check_keys(key: &str, map: &Spanned<OrderedMap<String>>, of_guide: &[&str], problems: &mut Problems<'_>) {
    for (Spanned { value: name, position }, _) in &map.value.0 {
        let path = format!("{key}.{name}");
        if problems.is_read_otherwise(&rules::LABELS, &path, name, *position) {
            continue;
        }
        // The prefix of a key can be in any case; the server checks it in lowercase.
        if let Err(fault) = names::qualified_name(name) {
            let wording = (format!("{name:?} is not a valid key: {fault}."), "Write a name such as example.com/team.");
            problems.add(&rules::LABELS, FieldValueInvalid, path.as_str(), *position, wording);
        }
        if of_guide.contains(&name.as_str()) {
            let message = match name.as_str() {
                ATTEMPT_LABEL => format!("{name} is set by this tool: it is the number of a worker's attempt."),
                _ => format!("{name} is set by this tool on every tuning Job."),
            };
            problems.add(&rules::LABELS, FieldValueForbidden, path, *position, (message, "Use another name."));
        }
    }
}

/// Checks the name of a queue, which is a label value.
pub fn check_queue(key: &str, queue: &Spanned<String>, problems: &mut Problems<'_>) {
    let fault = names::dns_subdomain(&queue.value).err().or_else(|| names::label_value(&queue.value).err());
    if let Some(fault) = fault {
        let message = format!("{key} is {:?}, which cannot be the name of a queue: {fault}.", queue.value);
        let wording = (message, "Write the name of a LocalQueue in the session's namespace, such as tuning.");
        problems.add(&rules::QUEUE, FieldValueInvalid, key, queue.position, wording);
    }
}

//! `managedFields`: the managers of fields, as far as the server keeps them when an object is created.
//!
//! If one entry cannot be read, the server drops all of them. Otherwise, it removes the fields that the new object sets
//! from each entry, because its creator now owns them, and drops entries without fields. The rest must be well-formed.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ManagedFieldsEntry, ObjectMeta};
use serde_json::Value;

use super::prelude::*;

rules! {
    Api;

    /// If an entry of managedFields names fields that the object does not set, its manager has at most 128 printable
    /// bytes and its subresource at most 256. It is best to remove managedFields: the server writes them.
    MANAGED_FIELDS = "metadata-managed-fields" in Job:
        "metadata:\n  managedFields: [{manager: \"a\\tb\", operation: Update, apiVersion: batch/v1, fieldsType: FieldsV1, fieldsV1: {\"f:status\": {}}}]",
        "metadata:\n  managedFields: [{manager: a b, operation: Update, apiVersion: batch/v1, fieldsType: FieldsV1, fieldsV1: {\"f:status\": {}}}]";
}

/// The maximum lengths of the names of a manager and a subresource in bytes.
const MANAGER_MAX: usize = 128;
const SUBRESOURCE_MAX: usize = 256;
/// The fields that every object has, which do not count as set.
const ALWAYS_THERE: &[&str] = &["metadata", "spec", "template", "jobTemplate", "containers", "status"];

/// The entries in the metadata at `path` of an object with its defaults.
pub(super) fn check(
    metadata: &ObjectMeta,
    object: impl FnOnce() -> Value,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let entries = metadata.managed_fields.elements();
    if entries.iter().all(is_well_formed) {
        return;
    }
    let Some(sets) = entries.iter().map(fields).collect::<Option<Vec<_>>>() else { return };
    let object = object();
    let mut kept: Vec<&ManagedFieldsEntry> = entries
        .iter()
        .zip(sets)
        .filter(|(entry, set)| text(&entry.api_version) == "batch/v1" && is_left(set, Some(&object), ""))
        .map(|(entry, _)| entry)
        .collect();
    // The order in which the server writes them.
    kept.sort_by_key(|entry| {
        let words = [&entry.operation, &entry.manager, &entry.subresource].map(|word| text(word).to_owned());
        let [operation, manager, subresource] = words;
        (operation, entry.time.clone(), manager, subresource)
    });
    let list = path!(path.managedFields);
    for (nth, entry) in kept.into_iter().enumerate() {
        check_entry(entry, &list.index(nth), findings);
    }
}

fn is_well_formed(entry: &ManagedFieldsEntry) -> bool {
    let manager = text(&entry.manager);
    manager.len() <= MANAGER_MAX
        && manager.chars().all(is_printable)
        && text(&entry.subresource).len() <= SUBRESOURCE_MAX
}

fn check_entry(entry: &ManagedFieldsEntry, path: &Path<'_>, findings: &mut Findings<'_>) {
    let (manager, field) = (text(&entry.manager), path!(path.manager));
    findings.no_longer(&MANAGED_FIELDS, &field, manager, MANAGER_MAX);
    if !manager.chars().all(is_printable) {
        findings.invalid(&MANAGED_FIELDS, &field, format!("{manager:?} contains non-printable characters."));
    }
    findings.no_longer(&MANAGED_FIELDS, &path!(path.subresource), text(&entry.subresource), SUBRESOURCE_MAX);
}

/// Whether a character is a letter, a mark, a digit, a sign or a space.
fn is_printable(c: char) -> bool {
    // It follows a letter, because a combining mark by itself would be escaped.
    matches!(c, '"' | '\'' | '\\') || format!("a{c}").escape_debug().nth(1) == Some(c)
}

/// The fields of an entry; none if the server cannot read it.
fn fields(entry: &ManagedFieldsEntry) -> Option<Value> {
    let known = matches!(text(&entry.operation), "Apply" | "Update") && text(&entry.fields_type) == "FieldsV1";
    let version = text(&entry.api_version);
    let set = entry.fields_v1.as_ref().map_or(Value::Null, |fields| fields.0.clone());
    (known && !version.is_empty() && version.matches('/').count() < 2 && is_set(&set)).then_some(set)
}

/// Whether this is a set of fields: objects in objects, whose keys are steps of a path.
fn is_set(set: &Value) -> bool {
    match set {
        Value::Null => true,
        Value::Object(steps) => steps.iter().all(|(step, below)| {
            step == "."
                || is_set(below)
                    && step.split_once(':').is_some_and(|(kind, rest)| match kind {
                        "f" => true,
                        "i" => rest.parse::<i64>().is_ok(),
                        "v" => serde_json::from_str::<Value>(rest).is_ok(),
                        "k" => serde_json::from_str::<Value>(rest).is_ok_and(|key| key.is_object()),
                        _ => false,
                    })
        }),
        _ => false,
    }
}

/// Whether a set has a field that the object does not set; `name` is the name of the current field.
fn is_left(set: &Value, object: Option<&Value>, name: &str) -> bool {
    let Some(steps) = set.as_object().filter(|steps| !steps.is_empty()) else {
        return !name.is_empty() && is_unset(object, name);
    };
    steps.iter().any(|(step, below)| match step.split_once(':') {
        None => !name.is_empty() && is_unset(object, name),
        Some((kind, rest)) => {
            let name = if kind == "f" { rest } else { step };
            is_left(below, object.and_then(|object| follow(object, kind, rest)), name)
        }
    })
}

fn is_unset(object: Option<&Value>, name: &str) -> bool {
    object.is_none_or(Value::is_null) || ALWAYS_THERE.contains(&name)
}

fn follow<'v>(object: &'v Value, kind: &str, rest: &str) -> Option<&'v Value> {
    match (kind, object) {
        ("f", object) => object.get(rest),
        ("i", Value::Array(items)) => items.get(rest.parse::<usize>().ok()?),
        ("v", Value::Array(items)) => {
            let value: Value = serde_json::from_str(rest).ok()?;
            items.iter().find(|item| **item == value)
        }
        ("k", Value::Array(items)) => {
            let key: Value = serde_json::from_str(rest).ok()?;
            let key = key.as_object()?;
            items.iter().find(|item| key.iter().all(|(name, value)| item.get(name) == Some(value)))
        }
        _ => None,
    }
}

//! Object metadata: names, labels, annotations, owners and finalizers.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};

use super::prelude::*;

rules! {
    Api;

    /// An object has a name, or a generateName from which the server generates one. It is a DNS subdomain: lowercase
    /// letters, digits, '-' and '.', up to 253 characters.
    NAME = "metadata-name" in Job:
        "metadata:\n  name: Night_Run", "metadata:\n  name: night-run";
    /// generateName is a DNS subdomain once the server has appended five characters.
    GENERATE_NAME = "metadata-generate-name" in Job:
        "metadata:\n  generateName: Night_", "metadata:\n  generateName: night-";
    /// A namespace is a DNS label: lowercase letters, digits and '-', up to 63 characters.
    NAMESPACE = "metadata-namespace" in Job:
        "metadata:\n  namespace: Trading_Bots", "metadata:\n  namespace: trading-bots";
    /// A label's key is a name with an optional DNS subdomain before a '/'; its value is empty or up to
    /// 63 letters, digits, '-', '_' and '.', with a letter or digit at both ends.
    LABELS = "metadata-labels" in Job:
        "metadata:\n  labels:\n    team: the quants", "metadata:\n  labels:\n    team: the-quants";
    /// An annotation's key has the format of a label's key; its value can be any text. All annotations of an object
    /// together take at most 256 KiB.
    ANNOTATIONS = "metadata-annotations" in Job:
        "metadata:\n  annotations:\n    reviewed by: me", "metadata:\n  annotations:\n    reviewed-by: me";
    /// An owner reference has apiVersion, kind, name and uid, and at most one owner is the controller.
    OWNERS = "metadata-owner-references" in Job:
        "metadata:\n  ownerReferences:\n  - {apiVersion: batch/v1, kind: CronJob, name: nightly, uid: \"\"}",
        "metadata:\n  ownerReferences:\n  - {apiVersion: batch/v1, kind: CronJob, name: nightly, uid: 1d7f7a0e-5a6f}";
    /// A finalizer is a qualified name, such as example.com/protect, or one of Kubernetes' own: orphan,
    /// foregroundDeletion or kubernetes. orphan and foregroundDeletion exclude each other.
    FINALIZERS = "metadata-finalizers" in Job:
        "metadata:\n  finalizers: [protect]", "metadata:\n  finalizers: [example.com/protect]";
}

/// The length of the suffix that the server appends to a generateName.
const SUFFIX: &str = "xxxxx";
/// The part of a generateName that the server keeps.
const BASE_MAX: usize = 58;
/// The maximum size of all annotations of an object in bytes.
const ANNOTATIONS_MAX: usize = 256 * 1024;

/// The name that the object has or would get.
pub(super) fn effective_name(metadata: &ObjectMeta) -> String {
    let (name, base) = (text(&metadata.name), text(&metadata.generate_name));
    if !name.is_empty() || base.is_empty() {
        return name.to_owned();
    }
    let end = (0..=base.len().min(BASE_MAX)).rev().find(|end| base.is_char_boundary(*end)).unwrap_or(0);
    format!("{}{SUFFIX}", &base[..end])
}

/// The metadata of the Job or `CronJob` itself.
pub(super) fn check(metadata: &ObjectMeta, path: &Path<'_>, findings: &mut Findings<'_>) {
    let base = text(&metadata.generate_name);
    findings.optional_format(&GENERATE_NAME, &path!(path.generateName), base, dns_subdomain_prefix);
    let name = effective_name(metadata);
    findings.required_format(
        &NAME,
        &path!(path.name),
        &name,
        dns_subdomain,
        "An object needs a name or a generateName.",
    );
    let namespace = text(&metadata.namespace);
    findings.optional_format(&NAMESPACE, &path!(path.namespace), namespace, dns_label);
    check_labels(&LABELS, metadata.labels.as_ref(), &path!(path.labels), findings);
    check_annotations(metadata.annotations.as_ref(), &path!(path.annotations), findings);
    check_owners(metadata.owner_references.elements(), &path!(path.ownerReferences), findings);
    check_finalizers(metadata.finalizers.elements(), &path!(path.finalizers), findings);
}

/// A map of labels; the server names the map and not the key.
pub(super) fn check_labels(
    rule: &'static Rule,
    labels: Option<&BTreeMap<String, String>>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    for (key, value) in labels.into_iter().flatten() {
        if let Err(fault) = qualified_name(key) {
            let message = format!("{key:?} is not a valid key: {fault}.");
            findings.invalid(rule, &path.key(key).hidden(), message);
        }
        if let Err(fault) = label_value(value) {
            let message = format!("{value:?} is not a valid value for {key}: {fault}.");
            findings.invalid(rule, &path.key(key).hidden(), message);
        }
    }
}

/// A map of annotations.
pub(super) fn check_annotations(
    annotations: Option<&BTreeMap<String, String>>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(annotations) = annotations else { return };
    for key in annotations.keys() {
        // The server checks the key in lowercase, so uppercase letters are accepted in its prefix.
        if let Err(fault) = qualified_name(&lower_case(key)) {
            let message = format!("{key:?} is not a valid key: {fault}.");
            findings.invalid(&ANNOTATIONS, &path.key(key).hidden(), message);
        }
    }
    let size: usize = annotations.iter().map(|(key, value)| key.len() + value.len()).sum();
    if size > ANNOTATIONS_MAX {
        let message = format!("The annotations are {size} bytes long in total; the maximum is {ANNOTATIONS_MAX}.");
        findings.error(&ANNOTATIONS, path, FieldValueTooLong, message);
    }
}

fn check_owners(owners: &[OwnerReference], path: &Path<'_>, findings: &mut Findings<'_>) {
    for (path, owner) in path.each(owners) {
        // The server names the list, not its elements.
        check_owner(owner, &path.hidden(), findings);
    }
    // The server drops duplicates, with a warning, before it counts.
    let controllers: BTreeSet<_> = owners.iter().filter(|owner| is_true(owner.controller)).map(all_of).collect();
    if controllers.len() > 1 {
        findings.invalid(
            &OWNERS,
            path,
            ("Only one owner can be the controller.", "Set controller on only one of them."),
        );
    }
}

/// All fields of an owner, to identify it.
pub(super) fn all_of(owner: &OwnerReference) -> impl Ord + '_ {
    let OwnerReference { api_version, block_owner_deletion, controller, kind, name, uid } = owner;
    (api_version, kind, name, uid, block_owner_deletion, controller)
}

fn check_owner(owner: &OwnerReference, path: &Path<'_>, findings: &mut Findings<'_>) {
    let version = match owner.api_version.matches('/').count() {
        0 | 1 => owner.api_version.rsplit('/').next().unwrap_or_default(),
        _ => "",
    };
    for (field, empty) in fields![
        apiVersion = version.is_empty(),
        kind = owner.kind.is_empty(),
        name = owner.name.is_empty(),
        uid = owner.uid.is_empty()
    ] {
        if empty {
            findings.invalid(&OWNERS, &path.at(field), format!("An owner reference needs {field}."));
        }
    }
    if matches!(owner.api_version.as_str(), "v1" | "/v1") && owner.kind == "Event" {
        findings.invalid(&OWNERS, path, "An Event cannot own other objects.");
    }
}

fn check_finalizers(finalizers: &[String], path: &Path<'_>, findings: &mut Findings<'_>) {
    const KNOWN: &[&str] = &["kubernetes", "orphan", "foregroundDeletion"];
    for (element, finalizer) in path.each(finalizers) {
        if let Err(fault) = qualified_name(finalizer) {
            let message = format!("{finalizer:?} is not a valid finalizer: {fault}.");
            findings.invalid(&FINALIZERS, &element.hidden(), message);
        }
        if !finalizer.contains('/') && !KNOWN.contains(&finalizer.as_str()) {
            let message = format!("{finalizer:?} needs a domain, such as example.com/{finalizer}.");
            findings.invalid(&FINALIZERS, &element, message);
        }
    }
    let has = |name: &str| finalizers.iter().any(|finalizer| finalizer == name);
    if has("orphan") && has("foregroundDeletion") {
        findings.invalid(&FINALIZERS, path, ("orphan and foregroundDeletion exclude each other.", "Keep one."));
    }
}

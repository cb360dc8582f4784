//! The pod annotations that Kubernetes reads or used to read.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{PodSpec, Toleration};

use super::common::check_relative;
use super::prelude::*;
use super::scheduling;

rules! {
    Api;

    /// Kubernetes itself reads some pod annotations: controller.kubernetes.io/pod-deletion-cost is a 32-bit integer,
    /// kubernetes.io/config.mirror is only on mirror pods, which have a nodeName, and
    /// scheduler.alpha.kubernetes.io/tolerations is a JSON list of tolerations.
    ANNOTATIONS = "pod-annotations" in JobSpec:
        "template:\n  metadata:\n    annotations: {controller.kubernetes.io/pod-deletion-cost: high}",
        "template:\n  metadata:\n    annotations: {controller.kubernetes.io/pod-deletion-cost: \"100\"}";
    /// The legacy annotations for seccomp and AppArmor profiles name a container of the pod and a profile:
    /// runtime/default, unconfined, or localhost/ and its name. If the field sets a profile too, the two agree.
    PROFILES = "pod-profile-annotations" in JobSpec:
        "template:\n  metadata:\n    annotations: {seccomp.security.alpha.kubernetes.io/pod: default}",
        "template:\n  spec:\n    securityContext: {seccompProfile: {type: RuntimeDefault}}";
}

/// The keys of the profile annotations; a container's name follows the second and the third.
pub(crate) const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
/// See [`SECCOMP_POD`].
pub(crate) const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
/// See [`SECCOMP_POD`].
pub(crate) const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

const MIRROR: &str = "kubernetes.io/config.mirror";
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";
const TOLERATIONS: &str = "scheduler.alpha.kubernetes.io/tolerations";
const LOCALHOST: &str = "localhost/";

/// Checks each annotation of a template by itself.
pub(super) fn check(
    pod: &PodSpec,
    annotations: Option<&BTreeMap<String, String>>,
    template: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(annotations) = annotations else { return };
    // The server omits the template's metadata from the paths.
    let metadata = path!(template.metadata).hidden();
    let path = &path!(metadata.annotations);
    if annotations.contains_key(MIRROR) && text(&pod.node_name).is_empty() {
        let wording = ("Only a mirror pod has this annotation, and a mirror pod has a nodeName.", "Remove it.");
        findings.invalid(&ANNOTATIONS, &path.key(MIRROR), wording);
    }
    if let Some(value) = annotations.get(DELETION_COST) {
        let canonical = value == "0" || value.starts_with(|c: char| c == '-' || ('1'..='9').contains(&c));
        if !canonical || value.parse::<i32>().is_err() {
            let message = format!("{value:?} must be a 32-bit integer, such as \"100\".");
            findings.invalid(&ANNOTATIONS, &path.key(DELETION_COST), message);
        }
    }
    check_tolerations(annotations, path, findings);
    check_seccomp(annotations, path, findings);
    check_app_armor(pod, annotations, path, findings);
}

fn check_tolerations(annotations: &BTreeMap<String, String>, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(value) = annotations.get(TOLERATIONS).filter(|value| !value.is_empty()) else { return };
    let Some(tolerations) = tolerations(value) else {
        let wording = ("This must be a list of tolerations in JSON.", "Use the pod's tolerations instead.");
        findings.invalid(&ANNOTATIONS, &path.key(TOLERATIONS).hidden(), wording);
        return;
    };
    let list = path.key(TOLERATIONS).shown_as(TOLERATIONS);
    for (path, toleration) in list.each(&tolerations) {
        scheduling::check_toleration(toleration, &path, findings);
    }
}

/// Parses tolerations in JSON, with case-insensitive field names.
fn tolerations(value: &str) -> Option<Vec<Toleration>> {
    use serde_json::Value;
    let items = match serde_json::from_str(value).ok()? {
        Value::Null => return Some(Vec::new()),
        Value::Array(items) => items,
        _ => return None,
    };
    let read = |item: Value| {
        let mut toleration = Toleration::default();
        let fields = match item {
            Value::Null => return Some(toleration),
            Value::Object(fields) => fields,
            _ => return None,
        };
        for (key, value) in fields {
            let string = || match &value {
                Value::Null => Some(None),
                Value::String(text) => Some(Some(text.clone())),
                _ => None,
            };
            match key.to_ascii_lowercase().as_str() {
                "key" => toleration.key = string()?,
                "operator" => toleration.operator = string()?,
                "value" => toleration.value = string()?,
                "effect" => toleration.effect = string()?,
                "tolerationseconds" if !value.is_null() => toleration.toleration_seconds = Some(value.as_i64()?),
                _ => {}
            }
        }
        Some(toleration)
    };
    items.into_iter().map(read).collect()
}

/// The server appends a dot and the key to the path.
fn check_seccomp(annotations: &BTreeMap<String, String>, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (key, profile) in
        annotations.iter().filter(|(key, _)| *key == SECCOMP_POD || key.starts_with(SECCOMP_CONTAINER))
    {
        let path = path.key(key).shown_as(key);
        match profile.strip_prefix(LOCALHOST) {
            Some(file) => check_relative(&PROFILES, &path, file, findings),
            None if matches!(profile.as_str(), "runtime/default" | "docker/default" | "unconfined") => {}
            None => {
                let wording = (
                    format!("{profile:?} is not a valid seccomp profile."),
                    "Set securityContext.seccompProfile instead.",
                );
                findings.invalid(&PROFILES, &path, wording);
            }
        }
    }
}

fn check_app_armor(
    pod: &PodSpec,
    annotations: &BTreeMap<String, String>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    for (key, profile) in annotations {
        let Some(name) = key.strip_prefix(APP_ARMOR) else { continue };
        let path = path.key(key);
        if !containers(pod).any(|container| container.name == name) {
            let wording = (format!("The pod has no container {name:?}."), "Use the name of an existing container.");
            findings.invalid(&PROFILES, &path, wording);
        }
        let known = matches!(profile.as_str(), "" | "runtime/default" | "unconfined") || profile.starts_with(LOCALHOST);
        if !known {
            let wording = (
                format!("{profile:?} is not a valid AppArmor profile."),
                "Set securityContext.appArmorProfile instead.",
            );
            findings.invalid(&PROFILES, &path, wording);
        }
    }
}

/// Compares the annotations with the fields that replaced them, in the pod at `path`.
pub(super) fn check_against_profiles(
    pod: &PodSpec,
    annotations: Option<&BTreeMap<String, String>>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(annotations) = annotations.filter(|annotations| !annotations.is_empty()) else { return };
    let of_pod = pod.security_context.as_ref();
    if let Some(profile) = of_pod.and_then(|context| context.seccomp_profile.as_ref())
        && let Some(annotation) = annotations.get(SECCOMP_POD)
    {
        let field = (profile.type_.as_str(), profile.localhost_profile.as_deref());
        check_agreement(annotation, field, true, &path!(path.securityContext.seccompProfile), findings);
    }
    for (path, container) in containers_at(pod, path) {
        let context = container.security_context.as_ref();
        let path = path!(path.securityContext);
        if let Some(profile) = context.and_then(|context| context.seccomp_profile.as_ref())
            && let Some(annotation) = annotations.get(&format!("{SECCOMP_CONTAINER}{}", container.name))
        {
            let field = (profile.type_.as_str(), profile.localhost_profile.as_deref());
            check_agreement(annotation, field, true, &path!(path.seccompProfile), findings);
        }
        let own = context.and_then(|context| context.app_armor_profile.as_ref());
        let profile = own.or(of_pod.and_then(|context| context.app_armor_profile.as_ref()));
        if let Some(profile) = profile.filter(|_| pod.os.as_ref().is_none_or(|os| os.name != "windows"))
            && let Some(annotation) = annotations.get(&format!("{APP_ARMOR}{}", container.name))
        {
            let field = (profile.type_.as_str(), profile.localhost_profile.as_deref());
            check_agreement(annotation, field, false, &path!(path.appArmorProfile), findings);
        }
    }
}

/// Compares an annotation with the field `(type, localhostProfile)` at `path`.
fn check_agreement(
    annotation: &str,
    field: (&str, Option<&str>),
    seccomp: bool,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let (path, agrees) = match field {
        ("Unconfined", _) => (path!(path.type), annotation == "unconfined"),
        ("RuntimeDefault", _) => {
            (path!(path.type), annotation == "runtime/default" || seccomp && annotation == "docker/default")
        }
        ("Localhost", file) => match annotation.strip_prefix(LOCALHOST) {
            None => (path!(path.type), false),
            Some(annotated) => (path!(path.localhostProfile), file == Some(annotated)),
        },
        _ => return,
    };
    if !agrees {
        let wording = (
            format!("The annotation says {annotation:?}, but this field says something else."),
            "Remove the annotation.",
        );
        findings.forbidden(&PROFILES, &path, wording);
    }
}

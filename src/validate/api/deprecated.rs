//! Deprecated annotations and volumes: the server accepts them with a warning.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{AppArmorProfile, PodSpec};

use super::annotations::{APP_ARMOR, SECCOMP_CONTAINER, SECCOMP_POD};
use super::prelude::*;
use crate::apimachinery::version::V1_34;

rules! {
    Api;

    /// Deprecated labels and annotations are replaced by their successors: some of them no longer have any effect.
    #[severity(Warning)]
    DEPRECATED = "deprecated" in Pod:
        "nodeSelector: {beta.kubernetes.io/os: linux}", "nodeSelector: {kubernetes.io/os: linux}";
    /// Deprecated volume types, which Kubernetes removes or has removed, are replaced by CSI drivers.
    #[severity(Warning)]
    DEPRECATED_VOLUME = "deprecated-volume" in Volume:
        "gitRepo: {repository: \"https://example.com/x.git\"}", "emptyDir: {}";
}

/// The annotations of a template, at `path`.
pub(super) fn check_annotations(
    pod: &PodSpec,
    annotations: Option<&BTreeMap<String, String>>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(annotations) = annotations.filter(|annotations| !annotations.is_empty()) else { return };
    let compared = findings.version() >= V1_34;
    let mut deprecated = |key: &str, instead: &str| {
        if annotations.contains_key(key) {
            let wording = ("This annotation no longer has any effect.", format!("Set {instead}."));
            findings.warning(&DEPRECATED, &path.key(key), FieldValueInvalid, wording);
        }
    };
    deprecated("scheduler.alpha.kubernetes.io/critical-pod", "priorityClassName");
    deprecated("security.alpha.kubernetes.io/sysctls", "securityContext.sysctls");
    deprecated("security.alpha.kubernetes.io/unsafe-sysctls", "securityContext.sysctls");
    let of_pod = pod.security_context.as_ref();
    if of_pod.is_none_or(|context| context.seccomp_profile.is_none()) {
        deprecated(SECCOMP_POD, "securityContext.seccompProfile");
    }
    let profile_of_pod = of_pod.and_then(|context| context.app_armor_profile.as_ref());
    let mut seen = std::collections::BTreeSet::new();
    for container in containers(pod) {
        // A second container with the same name is skipped.
        if !seen.insert(container.name.clone()) {
            continue;
        }
        let context = container.security_context.as_ref();
        if context.is_none_or(|context| context.seccomp_profile.is_none()) {
            deprecated(&format!("{SECCOMP_CONTAINER}{}", container.name), "securityContext.seccompProfile");
        }
        let key = format!("{APP_ARMOR}{}", container.name);
        // Before 1.34, any profile of the pod was sufficient; since then, it must be the same.
        let covered = match profile_of_pod {
            Some(profile) if compared => Some(profile) == annotations.get(&key).and_then(|it| profile_of(it)).as_ref(),
            other => other.is_some(),
        };
        if context.is_none_or(|context| context.app_armor_profile.is_none()) && !covered {
            deprecated(&key, "securityContext.appArmorProfile");
        }
    }
}

/// The profile in an annotation.
fn profile_of(annotation: &str) -> Option<AppArmorProfile> {
    let named = |type_: &str| AppArmorProfile { type_: type_.to_owned(), localhost_profile: None };
    match annotation {
        "unconfined" => Some(named("Unconfined")),
        "runtime/default" => Some(named("RuntimeDefault")),
        other => {
            let file = other.strip_prefix("localhost/").filter(|file| !file.is_empty())?;
            Some(AppArmorProfile { localhost_profile: Some(file.to_owned()), ..named("Localhost") })
        }
    }
}

/// The volumes of a pod at `path`.
pub(super) fn check_volumes(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (path, volume) in path!(path.volumes).each(&pod.volumes) {
        for (field, set) in fields![
            photonPersistentDisk = volume.photon_persistent_disk.is_some(),
            gitRepo = volume.git_repo.is_some(),
            scaleIO = volume.scale_io.is_some(),
            flocker = volume.flocker.is_some(),
            storageos = volume.storageos.is_some(),
            quobyte = volume.quobyte.is_some(),
            glusterfs = volume.glusterfs.is_some(),
            cephfs = volume.cephfs.is_some(),
            rbd = volume.rbd.is_some()
        ] {
            if set {
                let wording = (format!("{field} is deprecated or removed."), "Use a CSI driver instead.");
                findings.warning(&DEPRECATED_VOLUME, &path.at(field), FieldValueInvalid, wording);
            }
        }
    }
}

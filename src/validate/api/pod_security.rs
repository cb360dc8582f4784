//! The security context of a pod.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{PodSecurityContext, PodSpec};

use super::common::check_id;
use super::container_security::{self, IDS};
use super::prelude::*;

rules! {
    Api;

    /// shareProcessNamespace and hostPID exclude each other.
    SHARE_PROCESSES = "pod-share-process-namespace" in Pod:
        "shareProcessNamespace: true\nhostPID: true", "shareProcessNamespace: true";
    /// Each sysctl has a valid name, such as net.core.somaxconn, and is set only once; with hostNetwork or hostIPC, the
    /// settings of that namespace cannot be changed.
    SYSCTLS = "pod-sysctls" in Pod:
        "securityContext: {sysctls: [{name: Net.Core, value: \"1\"}]}",
        "securityContext: {sysctls: [{name: net.core.somaxconn, value: \"1024\"}]}";
    /// fsGroupChangePolicy is OnRootMismatch or Always, supplementalGroupsPolicy is Merge or Strict, and
    /// seLinuxChangePolicy is Recursive; MountOption needs the feature gate SELinuxMount.
    POLICIES = "pod-security-policies" in Pod:
        "securityContext: {fsGroupChangePolicy: Never}", "securityContext: {fsGroupChangePolicy: OnRootMismatch}";
}

/// The maximum length of a sysctl's name.
const SYSCTL_MAX: usize = 253;

/// The security context of a pod at `path`.
pub(super) fn check(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    if is_true(pod.share_process_namespace) && is_true(pod.host_pid) {
        let wording = ("shareProcessNamespace and hostPID exclude each other.", "Remove one of them.");
        let field = path!(path.shareProcessNamespace).shown_as("securityContext.shareProcessNamespace");
        findings.invalid(&SHARE_PROCESSES, &field, wording);
    }
    let path = path!(path.securityContext);
    let Some(context) = &pod.security_context else { return };
    check_id(&IDS, &path!(path.fsGroup), context.fs_group, findings);
    check_id(&IDS, &path!(path.runAsUser), context.run_as_user, findings);
    check_id(&IDS, &path!(path.runAsGroup), context.run_as_group, findings);
    for (path, group) in path!(path.supplementalGroups).each(&context.supplemental_groups) {
        check_id(&IDS, &path, Some(*group), findings);
    }
    check_sysctls(context, pod, &path!(path.sysctls), findings);
    for (field, (policy, allowed)) in fields![
        fsGroupChangePolicy = (&context.fs_group_change_policy, ["Always", "OnRootMismatch"].as_slice()),
        supplementalGroupsPolicy = (&context.supplemental_groups_policy, &["Merge", "Strict"]),
        seLinuxChangePolicy = (&context.se_linux_change_policy, &["Recursive"])
    ] {
        if let Some(policy) = policy {
            findings.one_of(&POLICIES, &path.at(field), policy, allowed);
        }
    }
    container_security::check_seccomp(context.seccomp_profile.as_ref(), &path!(path.seccompProfile), findings);
    container_security::check_windows(context.windows_options.as_ref(), &path!(path.windowsOptions), findings);
    container_security::check_app_armor(context.app_armor_profile.as_ref(), &path!(path.appArmorProfile), findings);
}

fn check_sysctls(context: &PodSecurityContext, pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for (path, sysctl) in path.each(&context.sysctls) {
        let (name, field) = (sysctl.name.as_str(), path!(path.name));
        if name.is_empty() {
            findings.required(&SYSCTLS, &field, "Write the name of a setting, such as net.core.somaxconn.");
        } else if !is_sysctl(name) {
            let message = format!("{name:?} is not a valid sysctl name; write one such as net.core.somaxconn.");
            findings.invalid(&SYSCTLS, &field, message);
        } else if !seen.insert(name) {
            findings.duplicate(&SYSCTLS, &field, (format!("{name} is set twice."), "Remove one."));
        }
        let namespace = namespace_of(name);
        if is_true(pod.host_network) && namespace == Some(Namespace::Net) {
            findings.invalid(&SYSCTLS, &field, ("This cannot be set together with hostNetwork.", "Remove it."));
        }
        if is_true(pod.host_ipc) && namespace == Some(Namespace::Ipc) {
            findings.invalid(&SYSCTLS, &field, ("This cannot be set together with hostIPC.", "Remove it."));
        }
    }
}

/// A kernel namespace.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Namespace {
    Net,
    Ipc,
}

/// The namespace that a setting belongs to.
fn namespace_of(name: &str) -> Option<Namespace> {
    const IPC: [&str; 10] = [
        "kernel.sem",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
        "kernel.shm_rmid_forced",
        "kernel.shm",
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.msg",
    ];
    // If a slash comes first in a name, dots and slashes are swapped.
    let dotted = match name.find(['.', '/']) {
        Some(first) if name[first..].starts_with('/') => {
            let swap = |c| match c {
                '.' => '/',
                '/' => '.',
                other => other,
            };
            name.chars().map(swap).collect()
        }
        _ => name.to_owned(),
    };
    let stem = dotted.split('*').next().unwrap_or_default();
    if IPC.contains(&stem) || stem.starts_with("fs.mqueue.") {
        Some(Namespace::Ipc)
    } else {
        stem.starts_with("net.").then_some(Namespace::Net)
    }
}

fn is_sysctl(name: &str) -> bool {
    let alphanumeric = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let part = |part: &str| {
        let bytes = part.as_bytes();
        let ends = bytes.first().is_some_and(|b| alphanumeric(*b)) && bytes.last().is_some_and(|b| alphanumeric(*b));
        ends && bytes.iter().all(|b| alphanumeric(*b) || matches!(b, b'-' | b'_'))
    };
    name.len() <= SYSCTL_MAX && name.split(['.', '/']).all(part)
}

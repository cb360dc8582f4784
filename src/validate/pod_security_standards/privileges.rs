//! The privileges of a container.

use k8s_openapi::api::core::v1::Capabilities;

use super::subject::{Pod, Report};
use crate::apimachinery::{Elements, path};
use crate::validate::api::common::is_true;
use crate::validate::rule::rules;

rules! {
    PodSecurity;

    /// Baseline: no container is privileged.
    PRIVILEGED = "pss-privileged" in Container:
        "securityContext: {privileged: true}", "securityContext: {privileged: false}";
    /// Restricted: each container sets allowPrivilegeEscalation: false. Windows pods are exempt.
    ESCALATION = "pss-privilege-escalation" in Container:
        "securityContext: {allowPrivilegeEscalation: true}", "securityContext: {allowPrivilegeEscalation: false}";
    /// Baseline: no container adds capabilities beyond the container runtime's default set.
    CAPABILITIES_BASELINE = "pss-capabilities-baseline" in Container:
        "securityContext: {capabilities: {add: [SYS_ADMIN]}}", "securityContext: {capabilities: {add: [CHOWN]}}";
    /// Restricted: each container drops ALL capabilities and adds at most NET_BIND_SERVICE. Windows pods are exempt.
    CAPABILITIES_RESTRICTED = "pss-capabilities-restricted" in Container:
        "securityContext: {capabilities: {drop: [NET_RAW]}}", "securityContext: {capabilities: {drop: [ALL]}}";
    /// Baseline: procMount is Default. Since 1.35, it may be Unmasked in a pod with hostUsers: false.
    PROC_MOUNT = "pss-proc-mount" in Container:
        "securityContext: {procMount: Unmasked}", "securityContext: {procMount: Default}";
    /// Restricted: procMount is Default, regardless of hostUsers.
    PROC_MOUNT_RESTRICTED = "pss-proc-mount-restricted" [since V1_35] in Pod:
        "hostUsers: false\ncontainers: [{securityContext: {procMount: Unmasked}}]",
        "hostUsers: false\ncontainers: [{securityContext: {procMount: Default}}]";
}

/// The capabilities that baseline allows.
const USUAL: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

pub(super) fn check_privileged(pod: &Pod<'_>, report: &mut Report<'_>) {
    pod.each_context(|container, context, path| {
        if is_true(context.privileged) {
            let message = format!("The container {:?} is privileged.", container.name);
            report.breach("privileged", &path!(path.privileged), message, "Remove privileged.");
        }
    });
}

pub(super) fn check_escalation(pod: &Pod<'_>, report: &mut Report<'_>) {
    if pod.is_windows() {
        return;
    }
    pod.each_container(|container, path| {
        let allows = container.security_context.as_ref().and_then(|context| context.allow_privilege_escalation);
        if allows != Some(false) {
            let message = format!("The container {:?} allows privilege escalation.", container.name);
            let path = path!(path.securityContext);
            let help = "Set allowPrivilegeEscalation: false in its securityContext.";
            report.breach("allowPrivilegeEscalation != false", &path!(path.allowPrivilegeEscalation), message, help);
        }
    });
}

pub(super) fn check_capabilities_baseline(pod: &Pod<'_>, report: &mut Report<'_>) {
    let is_allowed = |capability: &str| USUAL.contains(&capability);
    check_added(pod, is_allowed, "non-default capabilities", "Remove it from add.", report);
}

pub(super) fn check_capabilities_restricted(pod: &Pod<'_>, report: &mut Report<'_>) {
    const NAME: &str = "unrestricted capabilities";
    if pod.is_windows() {
        return;
    }
    pod.each_container(|container, path| {
        let capabilities = container.security_context.as_ref().and_then(|context| context.capabilities.as_ref());
        let dropped = capabilities.map_or(&[][..], |capabilities: &Capabilities| capabilities.drop.elements());
        if !dropped.iter().any(|capability| capability == "ALL") {
            let message = format!("The container {:?} does not drop all capabilities.", container.name);
            let (path, help) = (path!(path.securityContext), "Set capabilities: {drop: [ALL]} in its securityContext.");
            report.breach(NAME, &path!(path.capabilities.drop), message, help);
        }
    });
    let is_allowed = |capability: &str| capability == "NET_BIND_SERVICE";
    check_added(pod, is_allowed, NAME, "Remove it from add; only NET_BIND_SERVICE may be added.", report);
}

fn check_added(
    pod: &Pod<'_>,
    is_allowed: impl Fn(&str) -> bool,
    name: &'static str,
    help: &'static str,
    report: &mut Report<'_>,
) {
    pod.each_context(|container, context, path| {
        let added = context.capabilities.as_ref().map_or(&[][..], |capabilities| capabilities.add.elements());
        let (path, field) = (path!(path.capabilities), "add");
        let path = path.field(field);
        for (nth, capability) in added.iter().enumerate().filter(|(_, capability)| !is_allowed(capability)) {
            let message = format!("The container {:?} adds the capability {capability:?}.", container.name);
            report.breach(name, &path.index(nth), message, help);
        }
    });
}

pub(super) fn check_proc_mount_baseline(pod: &Pod<'_>, report: &mut Report<'_>) {
    if !pod.has_own_users() {
        check_proc_mount(pod, report);
    }
}

pub(super) fn check_proc_mount(pod: &Pod<'_>, report: &mut Report<'_>) {
    pod.each_context(|container, context, path| {
        if let Some(mount) = context.proc_mount.as_ref().filter(|mount| *mount != "Default") {
            let message = format!("The container {:?} has /proc mounted as {mount:?}.", container.name);
            report.breach("procMount", &path!(path.procMount), message, "Remove procMount.");
        }
    });
}

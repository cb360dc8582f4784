//! The security context of a container, and the profiles that pods can have too.

use k8s_openapi::api::core::v1::{
    AppArmorProfile, Container, PodSpec, SeccompProfile, SecurityContext, WindowsSecurityContextOptions,
};

use super::common::{check_id, check_relative};
use super::prelude::*;

rules! {
    Api;

    /// runAsUser, runAsGroup, fsGroup and supplementalGroups are ids from 0 to 2147483647.
    IDS = "security-ids" in Container: "securityContext: {runAsUser: -1}", "securityContext: {runAsUser: 1000}";
    /// procMount is Default or Unmasked, and Unmasked needs hostUsers: false in the pod.
    PROC_MOUNT = "security-proc-mount" in Container:
        "securityContext: {procMount: Masked}", "securityContext: {procMount: Default}";
    /// A container that is privileged or has the capability SYS_ADMIN can always escalate its privileges, so it cannot
    /// also set allowPrivilegeEscalation: false.
    ESCALATION = "security-privilege-escalation" in Container:
        "securityContext: {privileged: true, allowPrivilegeEscalation: false}",
        "securityContext: {allowPrivilegeEscalation: false}";
    /// A seccompProfile has the type RuntimeDefault, Unconfined or Localhost; only Localhost has a localhostProfile,
    /// which is a relative path without '..'.
    SECCOMP = "security-seccomp-profile" in Container:
        "securityContext: {seccompProfile: {type: Default}}", "securityContext: {seccompProfile: {type: RuntimeDefault}}";
    /// An appArmorProfile has the type RuntimeDefault, Unconfined or Localhost; only Localhost has a localhostProfile,
    /// which has no leading or trailing whitespace.
    APP_ARMOR = "security-app-armor-profile" in Container:
        "securityContext: {appArmorProfile: {type: Default}}", "securityContext: {appArmorProfile: {type: RuntimeDefault}}";
    /// runAsUserName is a valid Windows USER or DOMAIN\USER; a gMSA credential spec is named by a DNS subdomain and has
    /// at most 64 KiB.
    WINDOWS = "security-windows-options" in Pod:
        "os: {name: windows}\nsecurityContext: {windowsOptions: {runAsUserName: \"a/b\"}}",
        "os: {name: windows}\nsecurityContext: {windowsOptions: {runAsUserName: ContainerUser}}";
}

/// Bytes in a gMSA credential spec, and in the name of an `AppArmor` profile.
const CREDENTIAL_SPEC_MAX: usize = 64 * 1024;
const APP_ARMOR_MAX: usize = 4095;

/// The security context of a container, at `path`.
pub(super) fn check(container: &Container, pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(context) = &container.security_context else { return };
    if let Some(mount) = &context.proc_mount {
        let path = path!(path.procMount);
        findings.one_of(&PROC_MOUNT, &path, mount, &["Default", "Unmasked"]);
        if mount == "Unmasked" && pod.host_users != Some(false) {
            findings.invalid(&PROC_MOUNT, &path, "Unmasked needs hostUsers: false in the pod.");
        }
    }
    check_id(&IDS, &path!(path.runAsUser), context.run_as_user, findings);
    check_id(&IDS, &path!(path.runAsGroup), context.run_as_group, findings);
    check_seccomp(context.seccomp_profile.as_ref(), &path!(path.seccompProfile), findings);
    check_escalation(context, path, findings);
    check_windows(context.windows_options.as_ref(), &path!(path.windowsOptions), findings);
    check_app_armor(context.app_armor_profile.as_ref(), &path!(path.appArmorProfile), findings);
}

fn check_escalation(context: &SecurityContext, path: &Path<'_>, findings: &mut Findings<'_>) {
    if context.allow_privilege_escalation != Some(false) {
        return;
    }
    if is_true(context.privileged) {
        findings.invalid(
            &ESCALATION,
            path,
            ("A privileged container can always escalate its privileges.", "Remove one of the two."),
        );
    }
    let added = context.capabilities.iter().flat_map(|capabilities| capabilities.add.elements());
    if added.into_iter().any(|capability| capability == "CAP_SYS_ADMIN") {
        findings.invalid(
            &ESCALATION,
            path,
            ("A container with CAP_SYS_ADMIN can always escalate its privileges.", "Remove one of the two."),
        );
    }
}

/// A seccomp profile of a pod or container.
pub(super) fn check_seccomp(profile: Option<&SeccompProfile>, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(profile) = profile else { return };
    let (kind, local) = (path!(path.type), path!(path.localhostProfile));
    match profile.type_.as_str() {
        "" => findings.required(&SECCOMP, &kind, "Write RuntimeDefault, Unconfined or Localhost."),
        other => findings.one_of(&SECCOMP, &kind, other, &["Localhost", "RuntimeDefault", "Unconfined"]),
    }
    match (&profile.localhost_profile, profile.type_ == "Localhost") {
        (None, true) => findings.required(&SECCOMP, &local, "Localhost needs the path of a profile."),
        (Some(value), true) => check_relative(&SECCOMP, &local, value, findings),
        (Some(_), false) => {
            findings.invalid(&SECCOMP, &local, ("Only the type Localhost takes a profile path.", "Remove it."));
        }
        (None, false) => {}
    }
}

/// An `AppArmor` profile of a pod or container.
pub(super) fn check_app_armor(profile: Option<&AppArmorProfile>, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(profile) = profile else { return };
    let (kind, local) = (path!(path.type), path!(path.localhostProfile));
    match (profile.type_.as_str(), profile.localhost_profile.as_deref()) {
        ("", _) => findings.required(&APP_ARMOR, &kind, "Write RuntimeDefault, Unconfined or Localhost."),
        ("Localhost", None) => findings.required(&APP_ARMOR, &local, "Localhost needs the name of a profile."),
        ("Localhost", Some(name)) => {
            if name.trim() != name {
                findings.invalid(
                    &APP_ARMOR,
                    &local,
                    (format!("{name:?} has leading or trailing whitespace."), "Remove it."),
                );
            } else if name.is_empty() {
                findings.required(&APP_ARMOR, &local, "Localhost needs the name of a profile.");
            }
            findings.no_longer(&APP_ARMOR, &local, name, APP_ARMOR_MAX);
        }
        ("RuntimeDefault" | "Unconfined", Some(_)) => {
            findings.invalid(&APP_ARMOR, &local, ("Only the type Localhost takes a profile name.", "Remove it."));
        }
        (other, _) => findings.one_of(&APP_ARMOR, &kind, other, &["Localhost", "RuntimeDefault", "Unconfined"]),
    }
}

/// The Windows options of a pod or container.
pub(super) fn check_windows(
    options: Option<&WindowsSecurityContextOptions>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(options) = options else { return };
    if let Some(name) = &options.gmsa_credential_spec_name {
        findings.check_format(&WINDOWS, &path!(path.gmsaCredentialSpecName), name, dns_subdomain);
    }
    if let Some(spec) = &options.gmsa_credential_spec
        && (spec.is_empty() || spec.len() > CREDENTIAL_SPEC_MAX)
    {
        let message = format!("A credential spec must have between 1 and {CREDENTIAL_SPEC_MAX} bytes.");
        findings.invalid(&WINDOWS, &path!(path.gmsaCredentialSpec), message);
    }
    if let Some(name) = &options.run_as_user_name
        && let Some(fault) = user_name_error(name)
    {
        findings.invalid(&WINDOWS, &path!(path.runAsUserName), format!("{name:?} is not a valid user: {fault}."));
    }
}

fn user_name_error(name: &str) -> Option<&'static str> {
    const USER_MAX: usize = 104;
    const DOMAIN_MAX: usize = 255;
    if name.is_empty() {
        return Some("it is empty");
    }
    if name.bytes().any(|b| b.is_ascii_control()) {
        return Some("it contains a control character");
    }
    let (domain, user) = match name.split('\\').collect::<Vec<_>>().as_slice() {
        [user] => (None, *user),
        [domain, user] => (Some(*domain), *user),
        _ => return Some("it contains more than one '\\'"),
    };
    if user.trim_matches(['.', ' ']).is_empty() {
        return Some("the user name has no letters");
    }
    if user.len() > USER_MAX {
        return Some("the user name is longer than 104 bytes");
    }
    if user.contains(['"', '/', '\\', ':', ';', '|', '=', ',', '+', '*', '?', '<', '>', '@', '[', ']']) {
        return Some("it contains a character that user names cannot have");
    }
    let domain = domain?;
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let net_bios = (1..=15).contains(&domain.chars().count())
        && !domain.starts_with('.')
        && !domain.contains(['\\', '/', ':', '*', '?', '"', '<', '>', '|']);
    let dns = domain.split('.').all(label);
    (domain.len() > DOMAIN_MAX || !net_bios && !dns).then_some("the domain is not valid")
}

//! Fields that a pod's operating system rules out.

use k8s_openapi::api::core::v1::{PodSecurityContext, PodSpec};

use super::prelude::*;

rules! {
    Api;

    /// os.name is linux or windows.
    NAME = "pod-os" in Pod: "os: {name: Linux}", "os: {name: linux}";
    /// A pod for Windows has no Linux-only settings, and a pod for Linux has no Windows-only settings.
    FIELDS = "pod-os-fields" in Pod:
        "os: {name: windows}\nsecurityContext: {runAsUser: 1000}",
        "os: {name: windows}\nsecurityContext: {windowsOptions: {runAsUserName: ContainerUser}}";
    /// In a Windows pod, either all containers or none are host processes (windowsOptions.hostProcess), and a pod with
    /// host processes has hostNetwork: true.
    HOST_PROCESS = "pod-windows-host-process" in Pod:
        "securityContext: {windowsOptions: {hostProcess: true}}",
        "hostNetwork: true\nsecurityContext: {windowsOptions: {hostProcess: true}}";
}

/// The operating system of a pod at `path`.
pub(super) fn check(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    check_host_process(pod, path, findings);
    let Some(os) = &pod.os else { return };
    match os.name.as_str() {
        "" => {
            findings.required(&NAME, &path!(path.os.name), "Write linux or windows.");
        }
        "linux" => check_linux(pod, path, findings),
        "windows" => check_windows(pod, path, findings),
        other => findings.one_of(&NAME, &path!(path.os), other, &["linux", "windows"]),
    }
}

fn forbid(os: &str, field: FieldName, set: bool, path: &Path<'_>, findings: &mut Findings<'_>) {
    if set {
        findings.forbidden(&FIELDS, &path.at(field), (format!("A pod for {os} cannot have {field}."), "Remove it."));
    }
}

fn check_linux(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    const WINDOWS_OPTIONS: FieldName = field!(windowsOptions);
    if let Some(context) = &pod.security_context {
        let path = path!(path.securityContext);
        forbid("linux", WINDOWS_OPTIONS, context.windows_options.is_some(), &path, findings);
    }
    for (path, container) in containers_at(pod, path) {
        let context = container.security_context.as_ref();
        let set = context.is_some_and(|context| context.windows_options.is_some());
        forbid("linux", WINDOWS_OPTIONS, set, &path!(path.securityContext), findings);
    }
}

fn check_windows(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(context) = &pod.security_context {
        check_pod_context(context, &path!(path.securityContext), findings);
    }
    for (field, set) in fields![
        shareProcessNamespace = pod.share_process_namespace.is_some(),
        hostUsers = pod.host_users.is_some(),
        hostPID = is_true(pod.host_pid),
        hostIPC = is_true(pod.host_ipc)
    ] {
        forbid("windows", field, set, path, findings);
    }
    for (path, container) in containers_at(pod, path) {
        let Some(context) = &container.security_context else { continue };
        let path = path!(path.securityContext);
        for (field, set) in fields![
            appArmorProfile = context.app_armor_profile.is_some(),
            seLinuxOptions = context.se_linux_options.is_some(),
            seccompProfile = context.seccomp_profile.is_some(),
            capabilities = context.capabilities.is_some(),
            readOnlyRootFilesystem = context.read_only_root_filesystem.is_some(),
            privileged = context.privileged.is_some(),
            allowPrivilegeEscalation = context.allow_privilege_escalation.is_some(),
            procMount = context.proc_mount.is_some(),
            runAsUser = context.run_as_user.is_some(),
            runAsGroup = context.run_as_group.is_some()
        ] {
            forbid("windows", field, set, &path, findings);
        }
    }
}

fn check_pod_context(context: &PodSecurityContext, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (field, set) in fields![
        appArmorProfile = context.app_armor_profile.is_some(),
        seLinuxOptions = context.se_linux_options.is_some(),
        seLinuxChangePolicy = context.se_linux_change_policy.is_some(),
        seccompProfile = context.seccomp_profile.is_some(),
        fsGroup = context.fs_group.is_some(),
        fsGroupChangePolicy = context.fs_group_change_policy.is_some(),
        sysctls = !context.sysctls.elements().is_empty(),
        runAsUser = context.run_as_user.is_some(),
        runAsGroup = context.run_as_group.is_some(),
        supplementalGroups = context.supplemental_groups.is_some(),
        supplementalGroupsPolicy = context.supplemental_groups_policy.is_some()
    ] {
        forbid("windows", field, set, path, findings);
    }
}

/// Windows host processes, which any pod may request.
fn check_host_process(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let of_pod = pod.security_context.as_ref().and_then(|context| context.windows_options.as_ref()?.host_process);
    let (mut all, mut hosts) = (0, 0);
    for (path, container) in containers_at(pod, path) {
        let own = container.security_context.as_ref().and_then(|own| own.windows_options.as_ref()?.host_process);
        all += 1;
        hosts += usize::from(own.or(of_pod) == Some(true));
        if own.is_some() && of_pod.is_some() && own != of_pod {
            let message = "This must have the same value as in the pod's windowsOptions.";
            findings.invalid(&HOST_PROCESS, &path!(path.securityContext.windowsOptions.hostProcess), message);
        }
    }
    if hosts == 0 {
        return;
    }
    if hosts != all {
        findings.invalid(&HOST_PROCESS, path, "Either all containers or none must be host processes.");
    }
    if !is_true(pod.host_network) {
        findings.invalid(&HOST_PROCESS, &path!(path.hostNetwork), "A pod with host processes needs hostNetwork: true.");
    }
}

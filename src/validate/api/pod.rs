//! The pod of a Job's template: its parts in the server's order, and everything that has no file of its own.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::PodSpec;

use super::prelude::*;
use super::{
    affinity, annotations, claims, container, env, metadata, network, operating_system, pod_resources, pod_security,
    resources, scheduling, volumes,
};

rules! {
    Api;

    /// A pod's restartPolicy is Always, OnFailure or Never.
    RESTART_POLICY = "pod-restart-policy" in Pod: "restartPolicy: never", "restartPolicy: Never";
    /// A pod's activeDeadlineSeconds is between 1 and 2147483647.
    DEADLINE = "pod-active-deadline" in Pod: "activeDeadlineSeconds: 0", "activeDeadlineSeconds: 3600";
    /// The names that a pod references (service account, node, priority class, runtime class) are DNS subdomains.
    REFERENCES = "pod-references" in Pod: "serviceAccountName: Tuning_Bot", "serviceAccountName: tuning-bot";
    /// nodeSelector is a map of labels.
    NODE_SELECTOR = "pod-node-selector" in Pod:
        "nodeSelector: {disk type: ssd}", "nodeSelector: {disk-type: ssd}";
    /// preemptionPolicy is PreemptLowerPriority or Never.
    PREEMPTION = "pod-preemption-policy" in Pod: "preemptionPolicy: Always", "preemptionPolicy: Never";
    /// A readiness gate names a pod condition, which is a qualified name.
    READINESS_GATES = "pod-readiness-gates" in Pod:
        "readinessGates: [{conditionType: is ready}]", "readinessGates: [{conditionType: example.com/ready}]";
    /// A scheduling gate has a unique, qualified name.
    SCHEDULING_GATES = "pod-scheduling-gates" in Pod:
        "schedulingGates: [{name: my gate}]", "schedulingGates: [{name: example.com/gate}]";
    /// With hostUsers: false, the pod runs in its own user namespace, so it cannot use the host's network, processes or
    /// IPC.
    HOST_USERS = "pod-host-users" in Pod: "hostUsers: false\nhostPID: true", "hostUsers: false";
    /// With hostUsers: false, the pod runs in its own user namespace, so it cannot use block devices.
    HOST_USERS_DEVICES = "pod-host-users-devices" [since V1_34] in Pod:
        "hostUsers: false\nvolumes: [{name: v, persistentVolumeClaim: {claimName: c}}]\ncontainers: [{volumeDevices: [{name: v, devicePath: /dev/x}]}]",
        "volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]\ncontainers: [{volumeDevices: [{name: v, devicePath: /dev/x}]}]";
    /// Ephemeral containers can only be added to a running pod; a template has none.
    EPHEMERAL_CONTAINERS = "pod-ephemeral-containers" in Pod:
        "ephemeralContainers: [{name: debug, image: busybox}]", "ephemeralContainers: []";
}

/// The pod of a template at `template`.
pub(super) fn check(
    pod: &PodSpec,
    annotations: Option<&BTreeMap<String, String>>,
    template: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    annotations::check(pod, annotations, template, findings);
    let path = &path!(template.spec);
    let volumes = volumes::check(pod.volumes.elements(), &path!(path.volumes), findings);
    let claims = pod.resource_claims.elements();
    let names: BTreeSet<&str> =
        claims.iter().map(|claim| claim.name.as_str()).filter(|name| !name.is_empty()).collect();
    claims::check(claims, &path!(path.resourceClaims), findings);
    container::check_all(pod, &volumes, &names, path, findings);
    pod_resources::check(pod, &names, path, findings);
    network::check_host_ports(pod, path, findings);
    findings.one_of(
        &RESTART_POLICY,
        &path!(path.restartPolicy),
        text(&pod.restart_policy),
        &["Always", "Never", "OnFailure"],
    );
    network::check(pod, path, findings);
    metadata::check_labels(&NODE_SELECTOR, pod.node_selector.as_ref(), &path!(path.nodeSelector), findings);
    pod_security::check(pod, path, findings);
    affinity::check(pod.affinity.as_ref(), &path!(path.affinity), findings);
    check_gates(pod, path, findings);
    scheduling::check(pod, path, findings);
    check_host_users(pod, path, findings);
    check_references(pod, path, findings);
    check_numbers(pod, path, findings);
    resources::check_overhead(pod.overhead.as_ref(), &path!(path.overhead), findings);
    operating_system::check(pod, path, findings);
    env::check_files(pod, path, findings);
    annotations::check_against_profiles(pod, annotations, path, findings);
    if !pod.ephemeral_containers.elements().is_empty() {
        let wording =
            ("A template cannot have ephemeral containers.", "Write a container, or add them with kubectl debug.");
        findings.forbidden(&EPHEMERAL_CONTAINERS, &path!(path.ephemeralContainers), wording);
    }
}

fn check_gates(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (path, gate) in path!(path.readinessGates).each(&pod.readiness_gates) {
        findings.check_format(&READINESS_GATES, &path!(path.conditionType), &gate.condition_type, qualified_name);
    }
    let mut seen = BTreeSet::new();
    for (path, gate) in path!(path.schedulingGates).each(&pod.scheduling_gates) {
        findings.check_format(&SCHEDULING_GATES, &path, &gate.name, qualified_name);
        if !seen.insert(&gate.name) {
            findings.duplicate(&SCHEDULING_GATES, &path, format!("The gate {} is listed twice.", gate.name));
        }
    }
}

fn check_host_users(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    if pod.host_users != Some(false) {
        return;
    }
    // The server capitalizes two of the fields.
    for (field, (shown, set)) in fields![
        hostNetwork = ("hostNetwork", is_true(pod.host_network)),
        hostPID = ("HostPID", is_true(pod.host_pid)),
        hostIPC = ("HostIPC", is_true(pod.host_ipc))
    ] {
        if set {
            let wording = (format!("{field} cannot be combined with hostUsers: false."), "Remove one of them.");
            findings.forbidden(&HOST_USERS, &path.at(field).shown_as(shown), wording);
        }
    }
    for (path, container) in containers_at(pod, path) {
        if !container.volume_devices.elements().is_empty() {
            let wording = ("Block devices cannot be combined with hostUsers: false.", "Remove one of them.");
            findings.forbidden(&HOST_USERS_DEVICES, &path!(path.volumeDevices), wording);
        }
    }
}

fn check_references(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (field, name) in fields![
        serviceAccountName = &pod.service_account_name,
        nodeName = &pod.node_name,
        priorityClassName = &pod.priority_class_name
    ] {
        findings.optional_format(&REFERENCES, &path.at(field), text(name), dns_subdomain);
    }
    if let Some(name) = &pod.runtime_class_name {
        findings.check_format(&REFERENCES, &path!(path.runtimeClassName), name, dns_subdomain);
    }
}

fn check_numbers(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(seconds) = pod.active_deadline_seconds.filter(|seconds| !(1..=i64::from(i32::MAX)).contains(seconds)) {
        let message = format!("{seconds} must be between 1 and {}.", i32::MAX);
        findings.invalid(&DEADLINE, &path!(path.activeDeadlineSeconds), message);
    }
    let path = path!(path.preemptionPolicy);
    match &pod.preemption_policy {
        None => {}
        Some(policy) if policy.is_empty() => {
            findings.required(&PREEMPTION, &path, "Write Never or PreemptLowerPriority, or remove the field.");
        }
        Some(policy) => findings.one_of(&PREEMPTION, &path, policy, &["Never", "PreemptLowerPriority"]),
    }
}

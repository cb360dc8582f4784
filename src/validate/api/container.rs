//! A pod's containers and init containers: their names, and each of their parts in the server's order.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, PodSpec, ResourceRequirements};

use super::common::as_container;
use super::prelude::*;
use super::volumes::Volumes;
use super::{claims, container_security, env, image, mounts, ports, probes, resources, restart_rules};

rules! {
    Api;

    /// A pod has at least one container.
    CONTAINERS = "pod-containers" in JobSpec:
        "template: {spec: {containers: []}}", "template: {spec: {containers: [{name: main, image: busybox}]}}";
    /// The name of a container is unique within its pod, init containers included. It is a DNS label: lowercase
    /// letters, digits and '-', up to 63 characters.
    NAME = "container-name" in Container: "name: Main_Loop", "name: main-loop";
    /// terminationMessagePolicy is File or FallbackToLogsOnError.
    TERMINATION_MESSAGE = "container-termination-message-policy" in Container:
        "terminationMessagePolicy: Logs", "terminationMessagePolicy: FallbackToLogsOnError";
    /// An init container that ends before the pod starts has no probes or lifecycle handlers; one with restartPolicy: Always
    /// (a sidecar) may have them.
    INIT = "init-container-fields" in Pod:
        "initContainers:\n- name: fetch\n  image: busybox\n  livenessProbe: {exec: {command: [\"true\"]}}",
        "initContainers:\n- name: fetch\n  image: busybox\n  restartPolicy: Always\n  livenessProbe: {exec: {command: [\"true\"]}}";
    /// An ephemeral container has no ports, resources, probes, lifecycle handlers, restart policies or subPaths, and
    /// its targetContainerName is one of the pod's other containers.
    EPHEMERAL = "ephemeral-container-fields" in Pod:
        "ephemeralContainers: [{name: debug, image: busybox, ports: [{containerPort: 80}]}]",
        "ephemeralContainers: []";
}

/// What a container's rules need to know about its pod.
pub(super) struct PodContext<'p> {
    /// The pod.
    pub pod: &'p PodSpec,
    /// The pod's valid volumes.
    pub volumes: &'p Volumes<'p>,
    /// The names of the pod's resource claims.
    pub claims: &'p BTreeSet<&'p str>,
}

/// All containers of a pod at `path`.
pub(super) fn check_all(
    pod: &PodSpec,
    volumes: &Volumes<'_>,
    claims: &BTreeSet<&str>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let context = PodContext { pod, volumes, claims };
    let list = path!(path.containers);
    if pod.containers.is_empty() {
        findings.required(&CONTAINERS, &list, "A pod needs at least one container.");
    }
    let mut names = BTreeSet::new();
    for (path, container) in list.each(&pod.containers) {
        check_common(container, &context, &path, findings);
        check_unique(container, &names, &path, findings);
        names.insert(container.name.clone());
        probes::check(container, pod, &path, findings);
        restart_rules::check(container, &path, findings);
    }
    ports::check_conflicts(&pod.containers, &list, findings);
    let list = path!(path.initContainers);
    for (path, container) in list.each(&pod.init_containers) {
        check_common(container, &context, &path, findings);
        check_unique(container, &names, &path, findings);
        // Two init containers without names do not conflict.
        names.extend(Some(container.name.clone()).filter(|name| !name.is_empty()));
        restart_rules::check_init(container, &path, findings);
        if text(&container.restart_policy) == "Always" {
            probes::check(container, pod, &path, findings);
        } else {
            check_without_restart(container, &path, findings);
        }
        // Init containers run one by one; the server always names the first of them.
        ports::check_conflicts(std::slice::from_ref(container), &list, findings);
    }
    names.extend(pod.init_containers.elements().iter().map(|container| container.name.clone()));
    check_ephemeral(pod, &context, names, path, findings);
}

/// Ephemeral containers. A template cannot have them, but the server still validates them.
fn check_ephemeral(
    pod: &PodSpec,
    context: &PodContext<'_>,
    mut names: BTreeSet<String>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let others = names.clone();
    for (path, ephemeral) in path!(path.ephemeralContainers).each(&pod.ephemeral_containers) {
        let container = as_container(ephemeral);
        check_common(&container, context, &path, findings);
        let image = text(&container.image);
        if image.trim() != image {
            let wording = (format!("{image:?} has leading or trailing whitespace."), "Remove it.");
            findings.invalid(&EPHEMERAL, &path!(path.image), wording);
        }
        check_unique(&container, &names, &path, findings);
        names.insert(container.name.clone());
        let target = text(&ephemeral.target_container_name);
        if !target.is_empty() && !others.contains(target) {
            let wording = (format!("The pod has no container {target:?}."), "Use the name of an existing container.");
            findings.not_found(&EPHEMERAL, &path!(path.targetContainerName), wording);
        }
        check_forbidden_fields(&container, &path, findings);
    }
}

/// The fields of an ephemeral container that the server refuses even if they are empty.
fn check_forbidden_fields(container: &Container, path: &Path<'_>, findings: &mut Findings<'_>) {
    let resources = container.resources.as_ref();
    for (field, set) in fields![
        ports = container.ports.is_some(),
        resources = resources.is_some_and(|resources| *resources != ResourceRequirements::default()),
        resizePolicy = container.resize_policy.is_some(),
        restartPolicy = container.restart_policy.is_some(),
        restartPolicyRules = container.restart_policy_rules.is_some(),
        livenessProbe = container.liveness_probe.is_some(),
        readinessProbe = container.readiness_probe.is_some(),
        startupProbe = container.startup_probe.is_some(),
        lifecycle = container.lifecycle.is_some()
    ] {
        if set {
            let wording = (format!("An ephemeral container cannot have {field}."), "Remove it.");
            findings.forbidden(&EPHEMERAL, &path.at(field), wording);
        }
    }
    for (path, mount) in path!(path.volumeMounts).each(&container.volume_mounts) {
        for (field, value) in fields![subPath = &mount.sub_path, subPathExpr = &mount.sub_path_expr] {
            if !text(value).is_empty() {
                let wording = (format!("A mount of an ephemeral container cannot have {field}."), "Remove it.");
                findings.forbidden(&EPHEMERAL, &path.at(field), wording);
            }
        }
    }
}

/// What all containers have in common.
fn check_common(container: &Container, context: &PodContext<'_>, path: &Path<'_>, findings: &mut Findings<'_>) {
    let name = path!(path.name);
    findings.required_format(&NAME, &name, &container.name, dns_label, "A container needs a name.");
    image::check(container, path, findings);
    findings.one_of(
        &TERMINATION_MESSAGE,
        &path!(path.terminationMessagePolicy),
        text(&container.termination_message_policy),
        &["FallbackToLogsOnError", "File"],
    );
    ports::check(container.ports.elements(), &path!(path.ports), findings);
    env::check(container, path, findings);
    mounts::check(container, context.volumes, path, findings);
    if let Some(resources) = &container.resources {
        let path = path!(path.resources);
        resources::check(resources, &path, findings);
        claims::check_references(resources.claims.elements(), context.claims, &path!(path.claims), findings);
    }
    resources::check_resize(container, context.pod, &path!(path.resizePolicy), findings);
    container_security::check(container, context.pod, &path!(path.securityContext), findings);
}

fn check_unique(container: &Container, names: &BTreeSet<String>, path: &Path<'_>, findings: &mut Findings<'_>) {
    if names.contains(&container.name) {
        let wording = (format!("Another container is also named {:?}.", container.name), "Rename one.");
        findings.duplicate(&NAME, &path!(path.name), wording);
    }
}

fn check_without_restart(container: &Container, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (field, set) in fields![
        lifecycle = container.lifecycle.is_some(),
        livenessProbe = container.liveness_probe.is_some(),
        readinessProbe = container.readiness_probe.is_some(),
        startupProbe = container.startup_probe.is_some()
    ] {
        if set {
            let message = format!("An init container can have a {field} only with restartPolicy: Always.");
            findings.forbidden(&INIT, &path.at(field), message);
        }
    }
    resources::check_resize_of_init(container, &path!(path.resizePolicy), findings);
}

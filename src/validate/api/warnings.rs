//! What the server accepts, and answers with a warning.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Container, PodSpec, Volume, VolumeProjection};

use super::common::{each, text};
use super::metadata::{all_of, effective_name};
use super::pod::containers;
use crate::apimachinery::names::dns_label;
use crate::apimachinery::{Path, Quantity};
use crate::validate::Reason::{FieldValueDuplicate, FieldValueInvalid, FieldValueRequired};
use crate::validate::findings::Findings;
use crate::validate::rule::rules;

rules! {
    Api;

    /// A Job's name becomes part of its pods' names and host names. Where it is no DNS label (with a '.' in it, or longer
    /// than 63 characters), host names are cut or surprising.
    HOST_NAME = "job-host-name" in Job: "metadata:\n  name: night.run", "metadata:\n  name: night-run";
    /// Of two variables with the same name the last one counts.
    DUPLICATE_ENV = "env-duplicate" in Container:
        "env: [{name: APP_ENV, value: docker}, {name: APP_ENV, value: prod}]",
        "env: [{name: APP_ENV, value: docker}, {name: REDIS_HOST, value: prod}]";
    /// Two ports of a container with the same number and protocol, or the same name in two containers, cannot be told apart.
    DUPLICATE_PORT = "port-duplicate" in Container:
        "ports: [{containerPort: 80}, {containerPort: 80}]", "ports: [{containerPort: 80}, {containerPort: 81}]";
    /// Labels and annotations that Kubernetes has replaced still mean something in some places and nothing in others.
    DEPRECATED = "deprecated" in Pod:
        "nodeSelector: {beta.kubernetes.io/os: linux}", "nodeSelector: {kubernetes.io/os: linux}";
    /// These kinds of volume have been removed or are being removed; a CSI driver takes their place.
    DEPRECATED_VOLUME = "deprecated-volume" in Volume:
        "gitRepo: {repository: \"https://example.com/x.git\"}", "emptyDir: {}";
    /// A source of a projected volume names what it projects.
    EMPTY_SOURCE = "volume-projected-nothing" in Volume:
        "projected: {sources: [{}]}", "projected: {sources: [{configMap: {name: settings}}]}";
    /// An owner stands once in the list: the server drops its repetitions.
    DUPLICATE_OWNER = "metadata-duplicate-owner" in Job:
        "metadata:\n  ownerReferences:\n  - {apiVersion: batch/v1, kind: CronJob, name: nightly, uid: 1d7f7a0e-5a6f}\n  - {apiVersion: batch/v1, kind: CronJob, name: nightly, uid: 1d7f7a0e-5a6f}",
        "metadata:\n  ownerReferences:\n  - {apiVersion: batch/v1, kind: CronJob, name: nightly, uid: 1d7f7a0e-5a6f}";
    /// Bytes come in whole numbers: a fraction of one is rounded up.
    FRACTION = "resource-fraction" in Container:
        "resources: {limits: {memory: 1500m}}", "resources: {limits: {memory: 1500M}}";
    /// A selector that is not there selects no pod, so that the constraint has no effect.
    NULL_SELECTOR = "null-label-selector" in Pod:
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway}]",
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {}}]";
    /// A terminationGracePeriodSeconds below zero counts as 1.
    GRACE_PERIOD = "pod-grace-period" in Pod:
        "terminationGracePeriodSeconds: -5", "terminationGracePeriodSeconds: 5";
    /// imagePullSecrets name each Secret once.
    PULL_SECRETS = "pod-image-pull-secrets" in Pod:
        "imagePullSecrets: [{name: registry}, {name: registry}]", "imagePullSecrets: [{name: registry}]";
    /// An IP address has one spelling: no leading zeros, no IPv4 in IPv6's clothes.
    ADDRESS = "ip-address-spelling" in Pod:
        "hostAliases: [{ip: 010.0.0.1, hostnames: [redis.local]}]", "hostAliases: [{ip: 10.0.0.1, hostnames: [redis.local]}]";
}

/// What the server warns of in a Job, after defaulting.
pub fn check(job: &Job, findings: &mut Findings<'_>) {
    let root = Path::root();
    let metadata = root.field("metadata");
    let name = effective_name(&job.metadata);
    if let Err(fault) = dns_label(&name)
        && !name.is_empty()
    {
        let message = format!("{name:?} makes a bad host name: {fault}.");
        findings.warning(&HOST_NAME, &metadata.field("name"), FieldValueInvalid, message);
    }
    let owners = each(&job.metadata.owner_references);
    let mut seen = BTreeSet::new();
    if let Some(nth) = owners.iter().position(|owner| !seen.insert(all_of(owner))) {
        let list = metadata.field("ownerReferences");
        let message = "This owner stands above already, and the server drops it. Remove it.";
        findings.warning(&DUPLICATE_OWNER, &list.index(nth), FieldValueDuplicate, message);
    }
    let Some(spec) = &job.spec else { return };
    let spec_path = root.field("spec");
    let template = spec_path.field("template");
    let Some(pod) = &spec.template.spec else { return };
    let path = template.field("spec");
    check_deprecated_labels(pod, &path, findings);
    let metadata = template.field("metadata");
    let annotations = spec.template.metadata.as_ref().and_then(|metadata| metadata.annotations.as_ref());
    check_annotations(annotations, &metadata.field("annotations"), findings);
    check_selectors(pod, &path, findings);
    check_addresses(pod, &path, findings);
    check_pull_secrets(pod, &path, findings);
    check_volumes(pod, &path, findings);
    if pod.termination_grace_period_seconds.is_some_and(|seconds| seconds < 0) {
        let message = "This is negative, and counts as 1. Write 0 or more.";
        findings.warning(&GRACE_PERIOD, &path.field("terminationGracePeriodSeconds"), FieldValueInvalid, message);
    }
    let mut ports = BTreeMap::new();
    for (list, nth, container) in containers(&spec.template) {
        let list = path.field(list);
        let path = list.index(nth);
        check_env(container, &path, findings);
        check_resources(container, &path, findings);
        check_ports(container, &mut ports, &path, findings);
    }
    if let Some(overhead) = &pod.overhead {
        check_fractions(
            overhead.iter().map(|(name, amount)| (name.as_str(), amount.0.as_str())),
            &path.field("overhead"),
            findings,
        );
    }
}

/// The label that has taken another one's place.
fn replacement(label: &str) -> Option<&'static str> {
    Some(match label {
        "beta.kubernetes.io/arch" => "kubernetes.io/arch",
        "beta.kubernetes.io/os" => "kubernetes.io/os",
        "failure-domain.beta.kubernetes.io/region" => "topology.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone" => "topology.kubernetes.io/zone",
        "beta.kubernetes.io/instance-type" => "node.kubernetes.io/instance-type",
        _ => return None,
    })
}

fn deprecated_label(label: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(new) = replacement(label) {
        let message = format!("The label {label} is deprecated. Write {new}.");
        findings.warning(&DEPRECATED, path, FieldValueInvalid, message);
    }
}

fn check_deprecated_labels(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let selector = path.field("nodeSelector");
    for label in pod.node_selector.iter().flat_map(BTreeMap::keys) {
        deprecated_label(label, &selector.key(label), findings);
    }
    let affinity_path = path.field("affinity");
    let nodes_path = affinity_path.field("nodeAffinity");
    if let Some(nodes) = pod.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref()) {
        let required = nodes_path.field("requiredDuringSchedulingIgnoredDuringExecution");
        let terms = required.field("nodeSelectorTerms");
        let selector = nodes.required_during_scheduling_ignored_during_execution.as_ref();
        for (nth, term) in selector.iter().flat_map(|selector| &selector.node_selector_terms).enumerate() {
            check_deprecated_keys(each(&term.match_expressions), &terms.index(nth), findings);
        }
        let preferred = nodes_path.field("preferredDuringSchedulingIgnoredDuringExecution");
        for (nth, term) in each(&nodes.preferred_during_scheduling_ignored_during_execution).iter().enumerate() {
            let place = preferred.index(nth);
            check_deprecated_keys(each(&term.preference.match_expressions), &place.field("preference"), findings);
        }
    }
    let constraints = path.field("topologySpreadConstraints");
    for (nth, constraint) in each(&pod.topology_spread_constraints).iter().enumerate() {
        let place = constraints.index(nth);
        deprecated_label(&constraint.topology_key, &place.field("topologyKey"), findings);
    }
}

fn check_deprecated_keys(
    requirements: &[k8s_openapi::api::core::v1::NodeSelectorRequirement],
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let list = path.field("matchExpressions");
    for (nth, requirement) in requirements.iter().enumerate() {
        let place = list.index(nth);
        deprecated_label(&requirement.key, &place.field("key"), findings);
    }
}

fn check_annotations(annotations: Option<&BTreeMap<String, String>>, path: &Path<'_>, findings: &mut Findings<'_>) {
    for key in annotations.into_iter().flat_map(BTreeMap::keys) {
        let instead = if key == "seccomp.security.alpha.kubernetes.io/pod"
            || key.starts_with("container.seccomp.security.alpha.kubernetes.io/")
        {
            "securityContext.seccompProfile"
        } else if key.starts_with("container.apparmor.security.beta.kubernetes.io/") {
            "securityContext.appArmorProfile"
        } else if key == "scheduler.alpha.kubernetes.io/critical-pod" {
            "priorityClassName"
        } else {
            continue;
        };
        let message = format!("This annotation has no effect any more. Set {instead}.");
        findings.warning(&DEPRECATED, &path.key(key), FieldValueInvalid, message);
    }
}

fn check_selectors(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let message = "No labelSelector selects no pod at all. Add one.";
    let list = path.field("topologySpreadConstraints");
    for (nth, constraint) in each(&pod.topology_spread_constraints).iter().enumerate() {
        if constraint.label_selector.is_none() {
            let place = list.index(nth);
            findings.warning(&NULL_SELECTOR, &place.field("labelSelector"), FieldValueRequired, message);
        }
    }
    let Some(affinity) = &pod.affinity else { return };
    let affinity_path = path.field("affinity");
    let near = affinity.pod_affinity.as_ref().map(|pods| {
        (
            "podAffinity",
            &pods.required_during_scheduling_ignored_during_execution,
            &pods.preferred_during_scheduling_ignored_during_execution,
        )
    });
    let far = affinity.pod_anti_affinity.as_ref().map(|pods| {
        (
            "podAntiAffinity",
            &pods.required_during_scheduling_ignored_during_execution,
            &pods.preferred_during_scheduling_ignored_during_execution,
        )
    });
    for (field, required, preferred) in [near, far].into_iter().flatten() {
        let path = affinity_path.field(field);
        let list = path.field("requiredDuringSchedulingIgnoredDuringExecution");
        for (nth, _) in each(required).iter().enumerate().filter(|(_, term)| term.label_selector.is_none()) {
            let place = list.index(nth);
            findings.warning(&NULL_SELECTOR, &place.field("labelSelector"), FieldValueRequired, message);
        }
        let list = path.field("preferredDuringSchedulingIgnoredDuringExecution");
        for (nth, term) in each(preferred).iter().enumerate() {
            if term.pod_affinity_term.label_selector.is_none() {
                let place = list.index(nth);
                let term = place.field("podAffinityTerm");
                findings.warning(&NULL_SELECTOR, &term.field("labelSelector"), FieldValueRequired, message);
            }
        }
    }
}

fn check_addresses(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let list = path.field("hostAliases");
    for (nth, alias) in each(&pod.host_aliases).iter().enumerate() {
        let place = list.index(nth);
        check_address(&alias.ip, &place.field("ip"), findings);
    }
    let config = path.field("dnsConfig");
    let list = config.field("nameservers");
    let servers = pod.dns_config.iter().flat_map(|config| each(&config.nameservers));
    for (nth, server) in servers.enumerate() {
        check_address(server, &list.index(nth), findings);
    }
}

fn check_address(value: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(address) = super::network::parse_ip(value) else { return };
    let canonical = address.to_canonical().to_string();
    if canonical != value {
        let message = format!("{value:?} has another spelling in other programs. Write {canonical}.");
        findings.warning(&ADDRESS, path, FieldValueInvalid, message);
    }
}

fn check_pull_secrets(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let list = path.field("imagePullSecrets");
    let mut seen = BTreeSet::new();
    for (nth, secret) in each(&pod.image_pull_secrets).iter().enumerate() {
        let place = list.index(nth);
        if secret.name.is_empty() {
            let message = "An empty name names no Secret. Remove it.";
            findings.warning(&PULL_SECRETS, &place.field("name"), FieldValueInvalid, message);
        } else if !seen.insert(&secret.name) {
            let message = format!("{} stands here twice. Remove one.", secret.name);
            findings.warning(&PULL_SECRETS, &place.field("name"), FieldValueDuplicate, message);
        }
    }
}

fn check_volumes(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let list = path.field("volumes");
    for (nth, volume) in each(&pod.volumes).iter().enumerate() {
        let place = list.index(nth);
        check_projected(volume, &place, findings);
        for (field, set) in [
            ("photonPersistentDisk", volume.photon_persistent_disk.is_some()),
            ("gitRepo", volume.git_repo.is_some()),
            ("scaleIO", volume.scale_io.is_some()),
            ("flocker", volume.flocker.is_some()),
            ("storageos", volume.storageos.is_some()),
            ("quobyte", volume.quobyte.is_some()),
            ("glusterfs", volume.glusterfs.is_some()),
            ("cephfs", volume.cephfs.is_some()),
            ("rbd", volume.rbd.is_some()),
        ] {
            if set {
                let message = format!("{field} is deprecated or removed. Use a CSI driver instead.");
                findings.warning(&DEPRECATED_VOLUME, &place.field(field), FieldValueInvalid, message);
            }
        }
    }
}

fn check_projected(volume: &Volume, path: &Path<'_>, findings: &mut Findings<'_>) {
    let projected = path.field("projected");
    let list = projected.field("sources");
    for (nth, source) in volume.projected.iter().flat_map(|volume| each(&volume.sources)).enumerate() {
        if *source == VolumeProjection::default() {
            let message = "This source projects nothing. Name one, such as secret, or remove it.";
            findings.warning(&EMPTY_SOURCE, &list.index(nth), FieldValueRequired, message);
        }
    }
}

fn check_env(container: &Container, path: &Path<'_>, findings: &mut Findings<'_>) {
    let list = path.field("env");
    let mut seen = BTreeSet::new();
    for (nth, variable) in each(&container.env).iter().enumerate() {
        if !seen.insert(&variable.name) && !variable.name.is_empty() {
            let place = list.index(nth);
            let message = format!("{} is set above already, and this one counts. Remove one.", variable.name);
            findings.warning(&DUPLICATE_ENV, &place, FieldValueDuplicate, message);
        }
    }
}

fn check_resources(container: &Container, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(resources) = &container.resources else { return };
    let path = path.field("resources");
    for (field, amounts) in [("requests", &resources.requests), ("limits", &resources.limits)] {
        let amounts = amounts.iter().flatten().map(|(name, amount)| (name.as_str(), amount.0.as_str()));
        check_fractions(amounts, &path.field(field), findings);
    }
}

fn check_fractions<'a>(
    amounts: impl Iterator<Item = (&'a str, &'a str)>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    for (name, amount) in amounts {
        let whole = Quantity::parse(amount).is_none_or(|amount| amount.is_whole());
        if matches!(name, "memory" | "ephemeral-storage") && !whole {
            let message = format!("{amount} is no whole number of bytes. Write one.");
            findings.warning(&FRACTION, &path.key(name), FieldValueInvalid, message);
        }
    }
}

type Ports<'j> = BTreeMap<String, &'j str>;

fn check_ports<'j>(container: &'j Container, ports: &mut Ports<'j>, path: &Path<'_>, findings: &mut Findings<'_>) {
    let list = path.field("ports");
    let mut here = BTreeSet::new();
    for (nth, port) in each(&container.ports).iter().enumerate() {
        let place = list.index(nth);
        let number = (port.container_port, text(&port.protocol), text(&port.host_ip), port.host_port);
        if !here.insert(number) {
            let message = "This port stands above already. Remove one of the two.";
            findings.warning(&DUPLICATE_PORT, &place, FieldValueDuplicate, message);
        }
        let name = text(&port.name);
        if !name.is_empty() && ports.insert(name.to_owned(), &container.name).is_some() {
            let message = format!("Another container has a port named {name}. Rename one.");
            findings.warning(&DUPLICATE_PORT, &place.field("name"), FieldValueDuplicate, message);
        }
    }
}

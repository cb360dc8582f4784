//! What the server accepts with a warning.

use std::collections::{BTreeSet, HashMap};

use k8s_openapi::api::batch::v1::JobSpec;
use k8s_openapi::api::core::v1::{Container, ContainerPort, PodSpec, PodTemplateSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::affinity::pod_affinities;
use super::metadata::{all_of, effective_name};
use super::prelude::*;
use super::{deprecated, node_labels, overlaps};
use crate::apimachinery::ip;

rules! {
    Api;

    /// A Job's name is a DNS label, because it becomes part of its pods' names and host names. If it contains a '.' or
    /// is longer than 63 characters, host names are truncated or unexpected.
    #[severity(Warning)]
    HOST_NAME = "job-host-name" in Job: "metadata:\n  name: night.run", "metadata:\n  name: night-run";
    /// A variable is set only once: of two with the same name, the last one wins, and `kubectl apply` may drop one of
    /// them. An exception is a value that refers to the first one, such as $(PATH):/opt/bin.
    #[severity(Warning)]
    DUPLICATE_ENV = "env-duplicate" in Container:
        "env: [{name: APP_ENV, value: docker}, {name: APP_ENV, value: prod}]",
        "env: [{name: APP_ENV, value: docker}, {name: REDIS_HOST, value: prod}]";
    /// Two ports of a pod with the same number and protocol, or with the same name, are ambiguous. A hostIP has no
    /// effect without a hostPort.
    #[severity(Warning)]
    DUPLICATE_PORT = "port-duplicate" in Container:
        "ports: [{containerPort: 80}, {containerPort: 80}]", "ports: [{containerPort: 80}, {containerPort: 81}]";
    /// Each owner is listed only once: the server drops duplicates.
    #[severity(Warning)]
    DUPLICATE_OWNER = "metadata-duplicate-owner" in Job:
        "metadata:\n  ownerReferences:\n  - {apiVersion: batch/v1, kind: CronJob, name: nightly, uid: 1d7f7a0e-5a6f}\n  - {apiVersion: batch/v1, kind: CronJob, name: nightly, uid: 1d7f7a0e-5a6f}",
        "metadata:\n  ownerReferences:\n  - {apiVersion: batch/v1, kind: CronJob, name: nightly, uid: 1d7f7a0e-5a6f}";
    /// Amounts in bytes are whole numbers: fractions are rounded up.
    #[severity(Warning)]
    FRACTION = "resource-fraction" in Container:
        "resources: {limits: {memory: 1500m}}", "resources: {limits: {memory: 1500M}}";
    /// A constraint has a labelSelector: without one it selects no pods and has no effect.
    #[severity(Warning)]
    NULL_SELECTOR = "null-label-selector" in Pod:
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway}]",
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {}}]";
    /// terminationGracePeriodSeconds is not negative: the server treats a negative value as 1.
    #[severity(Warning)]
    GRACE_PERIOD = "pod-grace-period" in Pod:
        "terminationGracePeriodSeconds: -5", "terminationGracePeriodSeconds: 5";
    /// imagePullSecrets lists each Secret only once.
    #[severity(Warning)]
    PULL_SECRETS = "pod-image-pull-secrets" in Pod:
        "imagePullSecrets: [{name: registry}, {name: registry}]", "imagePullSecrets: [{name: registry}]";
    /// IPv6 addresses are in canonical form: lowercase, with the longest run of zeros as '::'.
    #[severity(Warning)]
    ADDRESS = "ip-address-spelling" in Pod:
        "hostAliases: [{ip: \"2001:DB8::1\", hostnames: [redis.local]}]", "hostAliases: [{ip: \"2001:db8::1\", hostnames: [redis.local]}]";
    /// hostAliases lists each address only once, with all of its names.
    #[severity(Warning)]
    DUPLICATE_ALIAS = "host-aliases-duplicate" in Pod:
        "hostAliases: [{ip: 10.0.0.1, hostnames: [a]}, {ip: 10.0.0.1, hostnames: [b]}]", "hostAliases: [{ip: 10.0.0.1, hostnames: [a, b]}]";
    /// An Indexed Job with more than 100,000 completions has a parallelism of at most 10,000; above that, it may lose
    /// track of its indexes.
    #[severity(Warning)]
    MANY_INDEXES = "job-many-indexes" in JobSpec:
        "completionMode: Indexed\ncompletions: 200000\nparallelism: 20000", "completionMode: Indexed\ncompletions: 200000\nparallelism: 10000";
}

/// Warnings about the metadata of a Job or `CronJob`.
pub(super) fn check_metadata(metadata: &ObjectMeta, findings: &mut Findings<'_>) {
    let path = path!(.metadata);
    let name = effective_name(metadata);
    if let Err(fault) = dns_label(&name) {
        let message = format!("{name:?} is not suitable as a host name: {fault}.");
        findings.warning(&HOST_NAME, &path!(path.name), FieldValueInvalid, message);
    }
    // The server reports this once.
    let owners = metadata.owner_references.elements();
    let mut seen = BTreeSet::new();
    if let Some(nth) = owners.iter().position(|owner| !seen.insert(all_of(owner))) {
        let list = path!(path.ownerReferences);
        let wording = ("This owner is already listed above, and the server drops it.", "Remove it.");
        findings.warning(&DUPLICATE_OWNER, &list.index(nth), FieldValueDuplicate, wording);
    }
}

/// Warnings about a Job's fields at `path` and below, after defaulting.
pub(super) fn check(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    const COMPLETIONS: i32 = 100_000;
    const PARALLELISM: i32 = 10_000;
    let indexed = text(&spec.completion_mode) == "Indexed";
    let above = |value: Option<i32>, most| value.unwrap_or_default() > most;
    if indexed && above(spec.completions, COMPLETIONS) && above(spec.parallelism, PARALLELISM) {
        let message =
            format!("With more than {COMPLETIONS} completions, a parallelism above {PARALLELISM} is not safe.");
        findings.warning(&MANY_INDEXES, &path!(path.parallelism), FieldValueInvalid, message);
    }
    check_template(&spec.template, &path!(path.template), findings);
}

fn check_template(template: &PodTemplateSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(pod) = &template.spec else { return };
    let metadata = path!(path.metadata);
    let annotations = template.metadata.as_ref().and_then(|metadata| metadata.annotations.as_ref());
    deprecated::check_annotations(pod, annotations, &path!(metadata.annotations), findings);
    let path = path!(path.spec);
    node_labels::check(pod, &path, findings);
    deprecated::check_volumes(pod, &path, findings);
    overlaps::check(pod, &path, findings);
    check_selectors(pod, &path, findings);
    check_addresses(pod, &path, findings);
    check_pull_secrets(pod, &path, findings);
    if pod.termination_grace_period_seconds.is_some_and(|seconds| seconds < 0) {
        let wording = ("This is negative and is treated as 1.", "Write 0 or more.");
        findings.warning(&GRACE_PERIOD, &path!(path.terminationGracePeriodSeconds), FieldValueInvalid, wording);
    }
    for (path, container) in containers_at(pod, &path) {
        check_env(&container, &path, findings);
        check_resources(&container, &path, findings);
    }
    check_ports(pod, &path, findings);
    check_claims(pod, &path, findings);
    let overhead = pod.overhead.iter().flatten().map(|(name, amount)| (name.as_str(), amount.0.as_str()));
    check_fractions(overhead, &path!(path.overhead), findings);
}

fn check_selectors(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let mut warn = |is_missing: bool, path: &Path<'_>| {
        if is_missing {
            let wording = ("Without a labelSelector, no pods are selected.", "Add one.");
            findings.warning(&NULL_SELECTOR, &path!(path.labelSelector), FieldValueRequired, wording);
        }
    };
    for (path, constraint) in path!(path.topologySpreadConstraints).each(&pod.topology_spread_constraints) {
        warn(constraint.label_selector.is_none(), &path);
    }
    let Some(affinity) = &pod.affinity else { return };
    let affinity_path = path!(path.affinity);
    for (field, required, preferred) in pod_affinities(affinity) {
        let path = affinity_path.at(field);
        for (path, term) in path!(path.requiredDuringSchedulingIgnoredDuringExecution).each(required) {
            warn(term.label_selector.is_none(), &path);
        }
        for (path, term) in path!(path.preferredDuringSchedulingIgnoredDuringExecution).each(preferred) {
            warn(term.pod_affinity_term.label_selector.is_none(), &path!(path.podAffinityTerm));
        }
    }
}

fn check_addresses(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let list = path!(path.hostAliases);
    let mut seen = BTreeSet::new();
    for (path, alias) in list.each(&pod.host_aliases) {
        check_address(&alias.ip, &path!(path.ip), findings);
        if !seen.insert(&alias.ip) {
            let wording = (format!("{} is already listed above.", alias.ip), "Put all host names there.");
            findings.warning(&DUPLICATE_ALIAS, &path!(path.ip), FieldValueDuplicate, wording);
        }
    }
    let config = path!(path.dnsConfig);
    let list = path!(config.nameservers);
    let servers = pod.dns_config.iter().flat_map(|config| config.nameservers.elements());
    for (nth, server) in servers.enumerate() {
        check_address(server, &list.index(nth), findings);
    }
}

fn check_address(value: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(better) = ip::better_spelling(value) {
        let wording = (format!("{value:?} is not in canonical form."), format!("Write {better}."));
        findings.warning(&ADDRESS, path, FieldValueInvalid, wording);
    }
}

fn check_pull_secrets(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for (path, secret) in path!(path.imagePullSecrets).each(&pod.image_pull_secrets) {
        let name = path!(path.name);
        if !seen.insert(&secret.name) {
            let wording = (format!("{:?} is listed twice.", secret.name), "Remove one.");
            findings.warning(&PULL_SECRETS, &name, FieldValueDuplicate, wording);
        }
        if secret.name.is_empty() {
            findings.warning(
                &PULL_SECRETS,
                &name,
                FieldValueInvalid,
                ("The name of the Secret is empty.", "Remove it."),
            );
        }
    }
}

fn check_env(container: &Container, path: &Path<'_>, findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for (path, variable) in path!(path.env).each(&container.env) {
        if seen.insert(&variable.name) {
            continue;
        }
        let (value, reference) = (text(&variable.value), format!("$({})", variable.name));
        if variable.value_from.is_some() || value == reference || !value.contains(&reference) {
            let wording = (format!("{} is already set above; this value overrides it.", variable.name), "Remove one.");
            findings.warning(&DUPLICATE_ENV, &path, FieldValueDuplicate, wording);
        }
    }
}

fn check_resources(container: &Container, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(resources) = &container.resources else { return };
    let path = path!(path.resources);
    for (field, amounts) in fields![requests = &resources.requests, limits = &resources.limits] {
        let amounts = amounts.iter().flatten().map(|(name, amount)| (name.as_str(), amount.0.as_str()));
        check_fractions(amounts, &path.at(field), findings);
    }
}

/// The claims of ephemeral volumes.
fn check_claims(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (path, volume) in path!(path.volumes).each(&pod.volumes) {
        let template = volume.ephemeral.as_ref().and_then(|source| source.volume_claim_template.as_ref());
        let Some(resources) = template.and_then(|template| template.spec.resources.as_ref()) else { continue };
        let path = path!(path.ephemeral.volumeClaimTemplate.spec.resources);
        for (field, amounts) in fields![requests = &resources.requests, limits = &resources.limits] {
            let storage = amounts.as_ref().and_then(|amounts| amounts.get("storage"));
            check_fractions(
                storage.map(|amount| ("storage", amount.0.as_str())).into_iter(),
                &path.at(field),
                findings,
            );
        }
    }
}

fn check_fractions<'a>(
    amounts: impl Iterator<Item = (&'a str, &'a str)>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    for (name, amount) in amounts {
        let whole = Quantity::parse(amount).is_none_or(|amount| amount.is_whole());
        if matches!(name, "memory" | "ephemeral-storage" | "storage") && !whole {
            let wording = (format!("{amount} is not a whole number of bytes."), "Write a whole number.");
            findings.warning(&FRACTION, &path.key(name), FieldValueInvalid, wording);
        }
    }
}

/// The maximum number of warnings per port; the server's answer has no room for more.
const MAX_PER_PORT: usize = 100;
/// The maximum number of warnings per pod: thousands of equal ports are not an accident.
const MAX_PER_POD: usize = 1000;

/// Ports of a pod with the same number and protocol, counted by host port and address.
#[derive(Default)]
struct SamePorts {
    all: usize,
    by_host_port: HashMap<i32, Addresses>,
}

/// The number of ports on a host port, by address.
#[derive(Default)]
struct Addresses {
    all: usize,
    by_ip: HashMap<String, usize>,
}

impl SamePorts {
    /// The number of ports that conflict with this one, also on the host.
    fn indistinguishable_from(&self, port: &ContainerPort) -> usize {
        let on = |host_port: i32| self.by_host_port.get(&host_port);
        let count = |host_port| on(host_port).map_or(0, |addresses| addresses.all);
        match (host_port(port), text(&port.host_ip)) {
            (0, _) => self.all,
            (number, "") => count(0) + count(number),
            (number, ip) => {
                let same = |on: &Addresses| [ip, ""].iter().filter_map(|ip| on.by_ip.get(*ip)).sum::<usize>();
                count(0) + on(number).map_or(0, same)
            }
        }
    }

    fn push(&mut self, port: &ContainerPort) {
        self.all += 1;
        let addresses = self.by_host_port.entry(host_port(port)).or_default();
        addresses.all += 1;
        *addresses.by_ip.entry(text(&port.host_ip).to_owned()).or_default() += 1;
    }
}

fn host_port(port: &ContainerPort) -> i32 {
    port.host_port.unwrap_or_default()
}

/// Ports across all containers: their numbers, and their names.
fn check_ports(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let mut numbers: HashMap<(i32, String), SamePorts> = HashMap::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut left = MAX_PER_POD;
    for (path, container) in containers_at(pod, path) {
        for (path, port) in path!(path.ports).each(&container.ports) {
            // The server's warning quotes the address, and a header cannot contain control characters.
            let shown = |ip: &str| !ip.is_empty() && !ip.contains(char::is_control);
            if shown(text(&port.host_ip)) && host_port(port) == 0 {
                let wording = ("A hostIP has no effect without a hostPort.", "Add a hostPort, or remove the hostIP.");
                findings.warning(&DUPLICATE_PORT, &path!(path.hostIP), FieldValueInvalid, wording);
            }
            let others = numbers.entry((port.container_port, text(&port.protocol).to_owned())).or_default();
            let repeated = others.indistinguishable_from(port).min(MAX_PER_PORT).min(left);
            left -= repeated;
            for _ in 0..repeated {
                let wording = ("This port is already listed above.", "Remove one of the two.");
                findings.warning(&DUPLICATE_PORT, &path, FieldValueDuplicate, wording);
            }
            others.push(port);
            let name = text(&port.name);
            if !name.is_empty() && !names.insert(name.to_owned()) {
                let wording = (format!("Another container also has a port named {name}."), "Rename one.");
                findings.warning(&DUPLICATE_PORT, &path!(path.name), FieldValueDuplicate, wording);
            }
        }
    }
}

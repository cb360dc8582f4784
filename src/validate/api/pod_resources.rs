//! Pod-level resources, compared with those of the containers.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{Container, PodSpec, ResourceRequirements};

use super::claims;
use super::prelude::*;
use super::resources::{Amounts, NAME, amount, check_with};
use crate::apimachinery::resource::{STANDARD, is_huge_pages};

rules! {
    Api;

    /// Pod-level resources are cpu, memory and huge pages, without claims; the pod's requests are not below the total
    /// of its containers, and no container's limit is above the pod's. A pod for Windows has none.
    POD = "pod-resources" [since V1_34] in Pod:
        "resources: {requests: {cpu: 1m}}", "resources: {requests: {cpu: 4}}";
}

/// Names that a quota can limit but that are not pod-level resources.
const QUOTA_RESOURCES: [&str; 17] = [
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "storage",
    "requests.storage",
    "services.nodeports",
    "services.loadbalancers",
];

/// The resources of the pod at `pod_path`, given the names of its claims.
pub(super) fn check(pod: &PodSpec, claims: &BTreeSet<&str>, pod_path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(resources) = &pod.resources else { return };
    let path = &path!(pod_path.resources);
    if pod.os.as_ref().is_some_and(|os| os.name == "windows") {
        findings.forbidden(
            &POD,
            path,
            ("A pod for Windows cannot have pod-level resources.", "Set them on its containers."),
        );
        return;
    }
    if let Some(references) = &resources.claims {
        let path = path!(path.claims);
        findings.forbidden(&POD, &path, ("Pod-level resources cannot have claims.", "Set them on a container."));
        claims::check_references(references, claims, &path, findings);
    }
    check_with(resources, check_name, path, findings);
    let (requests, requests_path) = (resources.requests.as_ref(), path!(path.requests));
    for (name, together) in together(pod, |resources| resources.requests.as_ref()) {
        if let Some(most) = requests.and_then(|requests| requests.get(name)).map(amount)
            && together > most
        {
            let message = format!("The containers request {together} in total, more than the pod's {most}.");
            findings.invalid(&POD, &requests_path.key(name), message);
        }
    }
    if let Some(limits) = &resources.limits {
        check_limits(pod, limits, pod_path, findings);
    }
}

fn check_limits(pod: &PodSpec, limits: &Amounts, path: &Path<'_>, findings: &mut Findings<'_>) {
    let limits_path = path!(path.resources.limits);
    for (name, together) in together(pod, |resources| resources.limits.as_ref()) {
        if let Some(most) = limits.get(name).map(amount).filter(|most| is_huge_pages(name) && together > *most) {
            let message = format!("The limits of the containers are {together} in total, more than the pod's {most}.");
            findings.invalid(&POD, &limits_path.key(name), message);
        }
    }
    for (path, container) in path!(path.containers).shown_as("resources.containers").each(&pod.containers) {
        let own = container.resources.iter().filter_map(|own| own.limits.as_ref()).flatten();
        for (name, limit) in own {
            if limits.get(name).is_some_and(|most| amount(limit) > amount(most)) {
                // The server puts the resource before its field.
                let limits_path = path!(path.resources.limits).hidden();
                let shown = format!("[{name}].limits");
                let message = "A container's limit is above the pod's limit.";
                findings.invalid(&POD, &limits_path.key(name).shown_as(&shown), message);
            }
        }
    }
}

fn check_name(name: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    let is_elsewhere =
        || QUOTA_RESOURCES.contains(&name) || STANDARD.contains(&name) || name.starts_with("requests.hugepages-");
    if !findings.check_format(&NAME, path, name, qualified_name)
        || matches!(name, "cpu" | "memory")
        || is_huge_pages(name)
    {
        return;
    }
    let wording = (format!("{name:?} is not supported as a pod-level resource."), "Set it on a container.");
    if name.contains('/') || is_elsewhere() {
        findings.error(&POD, path, FieldValueNotSupported, wording);
    } else {
        findings.invalid(&POD, path, wording);
    }
}

/// The total of each resource over a pod's containers: the sum of those that run at the same time, or the maximum of
/// the init containers.
fn together(pod: &PodSpec, of: fn(&ResourceRequirements) -> Option<&Amounts>) -> BTreeMap<&str, Quantity> {
    let mut running: BTreeMap<&str, Quantity> = BTreeMap::new();
    let mut sidecars: BTreeMap<&str, Quantity> = BTreeMap::new();
    let mut largest: BTreeMap<&str, Quantity> = BTreeMap::new();
    for (name, amount) in pod.containers.iter().flat_map(|container| own(container, of)) {
        add(&mut running, name, amount);
    }
    for container in pod.init_containers.elements() {
        let sidecar = text(&container.restart_policy) == "Always";
        for (name, amount) in own(container, of) {
            let before = sidecars.get(name).copied().unwrap_or(Quantity::ZERO);
            let most = largest.entry(name).or_insert(Quantity::ZERO);
            *most = (*most).max(before + amount);
            if sidecar {
                add(&mut running, name, amount);
                add(&mut sidecars, name, amount);
            }
        }
    }
    for (name, amount) in largest {
        let sum = running.entry(name).or_insert(amount);
        *sum = (*sum).max(amount);
    }
    running
}

fn own(
    container: &Container,
    of: fn(&ResourceRequirements) -> Option<&Amounts>,
) -> impl Iterator<Item = (&str, Quantity)> {
    let amounts = container.resources.as_ref().and_then(of).into_iter().flatten();
    amounts.map(|(name, raw)| (name.as_str(), amount(raw)))
}

fn add<'n>(amounts: &mut BTreeMap<&'n str, Quantity>, name: &'n str, amount: Quantity) {
    let sum = amounts.entry(name).or_insert(Quantity::ZERO);
    *sum = *sum + amount;
}

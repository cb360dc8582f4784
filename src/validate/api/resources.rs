//! Amounts of resources: of containers, and of the pod's overhead.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{Container, PodSpec, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as RawQuantity;

use super::prelude::*;
use crate::apimachinery::resource::{HUGE_PAGES_PREFIX, is_container_resource, is_huge_pages};

rules! {
    Api;

    /// A container's resources are cpu, memory, ephemeral-storage, hugepages-SIZE, and extended resources with a
    /// domain, such as example.com/gpu.
    NAME = "resource-name" in Container:
        "resources: {limits: {gpu: 1}}", "resources: {limits: {example.com/gpu: 1}}";
    /// Amounts are not negative; extended resources come in whole numbers, and huge pages in whole pages.
    AMOUNT = "resource-amount" in Container:
        "resources: {limits: {example.com/gpu: 500m}}", "resources: {limits: {example.com/gpu: 1}}";
    /// A request is not above its limit. Extended resources and huge pages cannot be overcommitted: they need a limit,
    /// and their request equals it.
    REQUEST = "resource-request" in Container:
        "resources: {requests: {cpu: 2}, limits: {cpu: 1}}", "resources: {requests: {cpu: 1}, limits: {cpu: 2}}";
    /// A container that requests huge pages also requests cpu or memory.
    HUGE_PAGES = "resource-huge-pages" in Pod:
        "containers:\n- {name: main, image: busybox}\n- {name: pages, image: busybox, resources: {limits: {hugepages-2Mi: 4Mi}}}",
        "containers:\n- {name: main, image: busybox}\n- {name: pages, image: busybox, resources: {limits: {hugepages-2Mi: 4Mi, memory: 1Gi}}}";
    /// A resizePolicy has at most one entry each for cpu and memory: NotRequired or RestartContainer; in a pod with
    /// restartPolicy: Never, only NotRequired.
    RESIZE = "container-resize-policy" in Container:
        "resizePolicy: [{resourceName: cpu, restartPolicy: RestartContainer}]",
        "resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]";
    /// The resizePolicy of an init container without restartPolicy: Always is NotRequired.
    RESIZE_INIT = "init-container-resize-policy" [since V1_36] in Pod:
        "restartPolicy: OnFailure\ninitContainers: [{name: i, image: busybox, resizePolicy: [{resourceName: cpu, restartPolicy: RestartContainer}]}]",
        "restartPolicy: OnFailure\ninitContainers: [{name: i, image: busybox, resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]}]";
}

/// Amounts by resource name.
pub(super) type Amounts = BTreeMap<String, RawQuantity>;

/// An amount that has been decoded.
pub(super) fn amount(raw: &RawQuantity) -> Quantity {
    Quantity::parse(&raw.0).unwrap_or(Quantity::ZERO)
}

fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

fn is_extended(name: &str) -> bool {
    !is_native(name) && !name.starts_with("requests.") && qualified_name(&format!("requests.{name}")).is_ok()
}

pub(super) fn can_overcommit(name: &str) -> bool {
    is_native(name) && !is_huge_pages(name)
}

fn check_name(name: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    findings.check_format(&NAME, path, name, qualified_name);
    if name.contains('/') {
        if !is_native(name) && !is_extended(name) {
            findings.invalid(&NAME, path, format!("{name:?} is not a valid name for an extended resource."));
        }
    } else if !is_container_resource(name) {
        let wording = (
            format!("{name:?} is not a container resource."),
            format!("Extended resources have a domain: example.com/{name}."),
        );
        findings.invalid(&NAME, path, wording);
    }
}

/// Names that a quota can limit but a container cannot request.
const QUOTA_RESOURCES: [&str; 9] = [
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];

fn check_amount(name: &str, amount: Quantity, path: &Path<'_>, findings: &mut Findings<'_>) {
    if amount.is_negative() {
        findings.invalid(&AMOUNT, path, (format!("{amount} is negative."), "Write 0 or more."));
    }
    if (is_extended(name) || QUOTA_RESOURCES.contains(&name)) && !amount.is_whole() {
        findings.invalid(&AMOUNT, path, format!("{amount} must be a whole number: {name} cannot be divided."));
    }
    let Some(page) = name.strip_prefix(HUGE_PAGES_PREFIX) else { return };
    let size = Quantity::parse(page).filter(|size| *size > Quantity::ZERO && size.is_whole());
    if size.is_none_or(|size| amount.units().checked_rem(size.units()) != Some(0)) {
        findings.invalid(&AMOUNT, path, format!("{amount} is not a whole number of {page} pages."));
    }
}

/// The resources of a container.
pub(super) fn check(resources: &ResourceRequirements, path: &Path<'_>, findings: &mut Findings<'_>) {
    check_with(resources, check_name, path, findings);
}

/// Resources whose names are checked by `check_name`.
pub(super) fn check_with(
    resources: &ResourceRequirements,
    check_name: fn(&str, &Path<'_>, &mut Findings<'_>),
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let none = Amounts::new();
    let (limits, requests) = (resources.limits.as_ref().unwrap_or(&none), resources.requests.as_ref().unwrap_or(&none));
    let (limits_path, requests_path) = (path!(path.limits), path!(path.requests));
    for (name, limit) in limits {
        let path = limits_path.key(name);
        check_name(name, &path, findings);
        check_amount(name, amount(limit), &path, findings);
    }
    for (name, raw) in requests {
        let field = requests_path.key(name);
        check_name(name, &field, findings);
        let request = amount(raw);
        check_amount(name, request, &field, findings);
        check_against_limit(name, request, limits.get(name).map(amount), path, findings);
    }
    let has = |wanted: fn(&str) -> bool| limits.keys().chain(requests.keys()).any(|name| wanted(name));
    if has(is_huge_pages) && !has(|name| matches!(name, "cpu" | "memory")) {
        findings.forbidden(&HUGE_PAGES, path, ("Huge pages also need cpu or memory.", "Add one."));
    }
}

/// The server names all requests or limits here.
fn check_against_limit(
    name: &str,
    request: Quantity,
    limit: Option<Quantity>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let requests = path!(path.requests);
    let field = requests.key(name).hidden();
    match limit {
        Some(limit) if request > limit => {
            let message = format!("The request for {name} is {request}, above its limit of {limit}.");
            findings.invalid(&REQUEST, &field, message);
        }
        Some(limit) if !can_overcommit(name) && request != limit => {
            let message = format!("The request for {name} must equal its limit of {limit}.");
            findings.invalid(&REQUEST, &field, message);
        }
        None if !can_overcommit(name) => {
            let message = format!("{name} needs a limit that equals its request of {request}.");
            let requests = requests.shown_as("limits");
            findings.required(&REQUEST, &requests.key(name).hidden(), message);
        }
        _ => {}
    }
}

/// The overhead of a runtime class, which the server treats like limits.
pub(super) fn check_overhead(overhead: Option<&Amounts>, path: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(overhead) = overhead {
        let resources = ResourceRequirements { limits: Some(overhead.clone()), ..ResourceRequirements::default() };
        check(&resources, &path.untyped(), findings);
    }
}

/// The resizePolicy at `path` of a container. The server names the list, except for repeated resources.
pub(super) fn check_resize(container: &Container, pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for (element, policy) in path.each(&container.resize_policy) {
        let hidden = element.hidden();
        let (resource, resource_path) = (policy.resource_name.as_str(), path!(hidden.resourceName).hidden());
        match resource {
            "cpu" | "memory" => {}
            "" => findings.required(&RESIZE, &resource_path, "Write a resource: cpu or memory."),
            other => {
                let message = format!("{other:?} must be cpu or memory.");
                findings.error(&RESIZE, &resource_path, FieldValueNotSupported, message);
            }
        }
        if !seen.insert(resource) {
            findings.duplicate(&RESIZE, &element, format!("{resource} already has a policy."));
        }
        let (action, action_path) = (policy.restart_policy.as_str(), path!(hidden.restartPolicy).hidden());
        match action {
            "NotRequired" | "RestartContainer" => {}
            "" => findings.required(&RESIZE, &action_path, "Write NotRequired or RestartContainer."),
            other => {
                let message = format!("{other:?} must be NotRequired or RestartContainer.");
                findings.error(&RESIZE, &action_path, FieldValueNotSupported, message);
            }
        }
        if text(&pod.restart_policy) == "Never" && action != "NotRequired" {
            let message = "In a pod with restartPolicy: Never, this must be NotRequired.";
            findings.invalid(&RESIZE, &action_path, message);
        }
    }
}

/// The same for an init container that is not a sidecar.
pub(super) fn check_resize_of_init(container: &Container, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (path, policy) in path.each(&container.resize_policy) {
        if policy.restart_policy == "RestartContainer" {
            let wording = ("An init container without restartPolicy: Always cannot have this.", "Write NotRequired.");
            findings.invalid(&RESIZE_INIT, &path!(path.restartPolicy), wording);
        }
    }
}

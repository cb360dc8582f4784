//! `ResourceQuota`: its remaining amounts, and the pods that it counts.

use k8s_openapi::api::core::v1 as api;
use k8s_openapi::api::core::v1::{PodAffinityTerm, PodSpec};

use super::amounts::{Amounts, amounts};
use super::pod::PodResources;
use crate::apimachinery::Quantity;

/// The name under which Jobs are counted.
pub(crate) const JOBS: &str = "count/jobs.batch";

/// The names under which ConfigMaps are counted.
const CONFIG_MAPS: [&str; 2] = ["configmaps", "count/configmaps"];

/// Resources that every container must set if a quota limits them.
const DEMANDED: [&str; 6] = ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

/// A quota of the namespace.
#[derive(Debug)]
pub(crate) struct ResourceQuota {
    /// Its name.
    pub(crate) name: String,
    /// The hard limits from the status, which is what the server uses. The status follows the spec within moments, so
    /// the spec is used if there is no status yet.
    pub(crate) hard: Amounts,
    /// What is used.
    pub(crate) used: Amounts,
    /// Whether the status contains the usage. For a new quota, it does not until the usage has been counted.
    pub(crate) is_measured: bool,
    /// Whether the hard limits come from the status.
    is_hard_of_status: bool,
    scopes: Vec<Scope>,
}

/// The traits of a pod that scopes select.
#[derive(Debug)]
pub(crate) struct Traits<'p> {
    is_terminating: bool,
    is_best_effort: bool,
    priority_class: &'p str,
    reaches_other_namespaces: bool,
}

impl<'p> Traits<'p> {
    /// The traits of a pod with this spec.
    #[must_use]
    pub(crate) fn of(spec: &'p PodSpec, resources: &PodResources) -> Self {
        Self {
            is_terminating: spec.active_deadline_seconds.is_some_and(|seconds| seconds >= 0),
            is_best_effort: resources.is_best_effort(),
            priority_class: spec.priority_class_name.as_deref().unwrap_or_default(),
            reaches_other_namespaces: reaches_other_namespaces(spec),
        }
    }
}

/// A scope: a condition on pods.
#[derive(Debug)]
struct Scope {
    name: String,
    operator: String,
    values: Vec<String>,
}

impl ResourceQuota {
    /// Converts an API object.
    #[must_use]
    pub(crate) fn of(object: &api::ResourceQuota) -> Self {
        let spec = object.spec.clone().unwrap_or_default();
        let exists = |name: String| Scope { name, operator: "Exists".to_owned(), values: Vec::new() };
        let named = spec.scopes.into_iter().flatten().map(exists);
        let selected = spec.scope_selector.and_then(|selector| selector.match_expressions).into_iter().flatten();
        let selected = selected.map(|term| Scope {
            name: term.scope_name,
            operator: term.operator,
            values: term.values.unwrap_or_default(),
        });
        let scopes = named.chain(selected).collect();
        let status = object.status.as_ref();
        let hard = status.and_then(|status| status.hard.as_ref()).filter(|hard| !hard.is_empty());
        let used = status.and_then(|status| status.used.as_ref());
        Self {
            name: object.metadata.name.clone().unwrap_or_default(),
            hard: amounts(hard.or(spec.hard.as_ref())),
            used: amounts(used),
            is_measured: used.is_some(),
            is_hard_of_status: hard.is_some(),
            scopes,
        }
    }

    /// The hard limit, the usage and the rest of a resource; none if the quota does not count it.
    #[must_use]
    pub(crate) fn balance(&self, resource: &str) -> Option<[Quantity; 3]> {
        let hard = *self.hard.get(resource)?;
        let used = self.used.get(resource).copied().unwrap_or(Quantity::ZERO);
        Some([hard, used, hard.minus(used)])
    }

    /// Whether the status limits a resource without its usage; the server then refuses all requests for it.
    #[must_use]
    pub(crate) fn is_status_unknown(&self, resource: &str) -> bool {
        self.is_hard_of_status && !self.used.contains_key(resource)
    }

    /// Whether the quota counts Jobs. A quota with scopes only counts pods.
    #[must_use]
    pub(crate) fn counts_jobs(&self) -> bool {
        self.scopes.is_empty() && self.hard.contains_key(JOBS)
    }

    /// The names under which the quota counts ConfigMaps.
    pub(crate) fn of_config_maps(&self) -> impl Iterator<Item = &'static str> {
        let is_counted = |name: &&str| self.scopes.is_empty() && self.hard.contains_key(*name);
        CONFIG_MAPS.into_iter().filter(is_counted)
    }

    /// Whether the quota counts such a pod.
    #[must_use]
    pub(crate) fn counts_pod(&self, pod: &Traits<'_>) -> bool {
        self.hard.keys().any(|name| is_of_pods(name)) && self.scopes.iter().all(|scope| scope.holds(pod))
    }

    /// The resources that the quota requires in every container, with the containers that do not set them.
    #[must_use]
    pub(crate) fn unset(&self, pod: &PodResources) -> Vec<(&'static str, Vec<String>)> {
        if pod.speaks_for_its_containers() {
            return Vec::new();
        }
        let without = |resource: &&'static str| {
            let lacking = pod.containers.iter().filter(|container| !container.sets(resource));
            let lacking: Vec<String> = lacking.map(super::pod::ContainerResources::title).collect();
            (!lacking.is_empty()).then_some((*resource, lacking))
        };
        DEMANDED.iter().filter(|name| self.hard.contains_key(**name)).filter_map(without).collect()
    }
}

impl Scope {
    fn holds(&self, pod: &Traits<'_>) -> bool {
        match self.name.as_str() {
            "Terminating" => pod.is_terminating,
            "NotTerminating" => !pod.is_terminating,
            "BestEffort" => pod.is_best_effort,
            "NotBestEffort" => !pod.is_best_effort,
            "PriorityClass" => self.selects(pod.priority_class),
            "CrossNamespacePodAffinity" => pod.reaches_other_namespaces,
            _ => false,
        }
    }

    /// Whether the scope selects a pod with this priority class; an empty name means a pod without one.
    fn selects(&self, class: &str) -> bool {
        let is_listed = || self.values.iter().any(|value| value == class);
        match self.operator.as_str() {
            "Exists" => !class.is_empty(),
            "DoesNotExist" => class.is_empty(),
            "In" => !class.is_empty() && is_listed(),
            "NotIn" => class.is_empty() || !is_listed(),
            _ => false,
        }
    }
}

/// Whether a quota can limit this resource for pods.
fn is_of_pods(name: &str) -> bool {
    const NAMED: [&str; 5] =
        ["pods", "count/pods", "ephemeral-storage", "requests.ephemeral-storage", "limits.ephemeral-storage"];
    let of_devices = name.strip_prefix("requests.").is_some_and(|rest| {
        rest.starts_with("deviceclass.resource.kubernetes.io/")
            || (rest.contains('/') && !rest.contains("kubernetes.io/"))
    });
    DEMANDED.contains(&name)
        || NAMED.contains(&name)
        || name.starts_with("hugepages-")
        || name.starts_with("requests.hugepages-")
        || of_devices
}

fn reaches_other_namespaces(spec: &PodSpec) -> bool {
    let Some(affinity) = &spec.affinity else { return false };
    let mut terms: Vec<&PodAffinityTerm> = Vec::new();
    if let Some(near) = &affinity.pod_affinity {
        terms.extend(near.required_during_scheduling_ignored_during_execution.iter().flatten());
        let weighted = near.preferred_during_scheduling_ignored_during_execution.iter().flatten();
        terms.extend(weighted.map(|term| &term.pod_affinity_term));
    }
    if let Some(far) = &affinity.pod_anti_affinity {
        terms.extend(far.required_during_scheduling_ignored_during_execution.iter().flatten());
        let weighted = far.preferred_during_scheduling_ignored_during_execution.iter().flatten();
        terms.extend(weighted.map(|term| &term.pod_affinity_term));
    }
    terms.iter().any(|term| {
        term.namespaces.as_ref().is_some_and(|names| !names.is_empty()) || term.namespace_selector.is_some()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::needless_pass_by_value)] // `json!` is written where it is used.

    use serde_json::{Value, json};

    use super::*;

    fn quota(spec: Value) -> ResourceQuota {
        ResourceQuota::of(&serde_json::from_value(json!({"metadata": {"name": "q"}, "spec": spec})).unwrap())
    }

    fn counts(quota_spec: Value, pod: Value) -> bool {
        let spec: PodSpec = serde_json::from_value(pod).unwrap();
        quota(quota_spec).counts_pod(&Traits::of(&spec, &PodResources::of(&spec)))
    }

    #[test]
    fn scopes_choose_pods() {
        let plain = json!({"containers": [{"name": "a"}]});
        let deadline = json!({"activeDeadlineSeconds": 5, "containers": [{"name": "a"}]});
        let scoped = |name: &str| json!({"hard": {"pods": "1"}, "scopes": [name]});
        for (name, of_plain, of_deadline) in [
            ("Terminating", false, true),
            ("NotTerminating", true, false),
            ("BestEffort", true, true),
            ("NotBestEffort", false, false),
            ("PriorityClass", false, false),
            ("CrossNamespacePodAffinity", false, false),
            ("VolumeAttributesClass", false, false),
        ] {
            let found = (counts(scoped(name), plain.clone()), counts(scoped(name), deadline.clone()));
            assert_eq!(found, (of_plain, of_deadline), "{name}");
        }
    }

    #[test]
    fn priority_classes_are_selected() {
        let by = |operator: &str| {
            let term = json!({"scopeName": "PriorityClass", "operator": operator, "values": ["high"]});
            json!({"hard": {"pods": "1"}, "scopeSelector": {"matchExpressions": [term]}})
        };
        let pod = |class: &str| json!({"priorityClassName": class, "containers": [{"name": "a"}]});
        let counted = |operator| ["", "low", "high"].map(|class| counts(by(operator), pod(class)));
        assert_eq!(counted("In"), [false, false, true]);
        assert_eq!(counted("NotIn"), [true, true, false]);
        assert_eq!(counted("Exists"), [false, true, true]);
        assert_eq!(counted("DoesNotExist"), [true, false, false]);
    }

    #[test]
    fn what_no_pod_uses_counts_no_pods() {
        let pod = json!({"containers": [{"name": "a"}]});
        assert!(!counts(json!({"hard": {"configmaps": "1", "count/jobs.batch": "1"}}), pod.clone()));
        assert!(counts(json!({"hard": {"requests.example.com/gpu": "1"}}), pod));
        assert!(quota(json!({"hard": {"count/jobs.batch": "1"}})).counts_jobs());
        assert!(!quota(json!({"hard": {"count/jobs.batch": "1"}, "scopes": ["Terminating"]})).counts_jobs());
    }
}

//! Affinity and anti-affinity to nodes and other pods.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{
    Affinity, NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm, PodAffinityTerm, WeightedPodAffinityTerm,
};

use super::prelude::*;
use super::selector;

rules! {
    Api;

    /// A node selector term matches nodes by label (matchExpressions: a key, an operator In, NotIn, Exists,
    /// DoesNotExist, Gt or Lt, and its values) or by name (matchFields: metadata.name, In or NotIn, and one value).
    NODE = "affinity-node-selector" in Pod:
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: Is, values: [a]}]}]}}}",
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a]}]}]}}}";
    /// The weight of a preferred term is between 1 and 100.
    WEIGHT = "affinity-weight" in Pod:
        "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 0, preference: {}}]}}",
        "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {}}]}}";
    /// A pod affinity term has a topologyKey (a node label), and its namespaces are DNS labels; matchLabelKeys and
    /// mismatchLabelKeys narrow its labelSelector and have no key in common.
    POD_TERM = "affinity-pod-term" in Pod:
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: \"\"}]}}",
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {}}]}}";
    /// The server adds the matchLabelKeys of a term to its labelSelector; none of these keys may then occur in it
    /// twice.
    REPEATED_KEYS = "affinity-repeated-keys" in Pod:
        "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, matchLabelKeys: [app], labelSelector: {matchLabels: {app: a}, matchExpressions: [{key: app, operator: Exists}]}}]}}",
        "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, matchLabelKeys: [app], labelSelector: {matchLabels: {app: a}}}]}}";
}

/// A pod's affinity.
pub(super) fn check(affinity: Option<&Affinity>, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(affinity) = affinity else { return };
    if let Some(nodes) = &affinity.node_affinity {
        check_nodes(nodes, &path!(path.nodeAffinity), findings);
    }
    for (field, required, preferred) in pod_affinities(affinity) {
        let path = path.at(field);
        for (path, term) in path!(path.requiredDuringSchedulingIgnoredDuringExecution).each(required) {
            check_pod_term(term, &path, findings);
        }
        for (path, term) in path!(path.preferredDuringSchedulingIgnoredDuringExecution).each(preferred) {
            check_weight(term.weight, &path, findings);
            check_pod_term(&term.pod_affinity_term, &path!(path.podAffinityTerm), findings);
        }
    }
}

/// Affinity and anti-affinity to other pods: the field, and its required and its preferred terms.
pub(super) fn pod_affinities(
    affinity: &Affinity,
) -> impl Iterator<Item = (FieldName, &[PodAffinityTerm], &[WeightedPodAffinityTerm])> {
    let near = affinity.pod_affinity.iter().map(|pods| {
        (
            field!(podAffinity),
            pods.required_during_scheduling_ignored_during_execution.elements(),
            pods.preferred_during_scheduling_ignored_during_execution.elements(),
        )
    });
    let far = affinity.pod_anti_affinity.iter().map(|pods| {
        (
            field!(podAntiAffinity),
            pods.required_during_scheduling_ignored_during_execution.elements(),
            pods.preferred_during_scheduling_ignored_during_execution.elements(),
        )
    });
    near.chain(far)
}

fn check_nodes(nodes: &NodeAffinity, path: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(selector) = &nodes.required_during_scheduling_ignored_during_execution {
        let list = path!(path.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms);
        if selector.node_selector_terms.is_empty() {
            findings.required(&NODE, &list, "At least one term is needed.");
        }
        for (path, term) in list.each(&selector.node_selector_terms) {
            check_node_term(term, true, &path, findings);
        }
    }
    let list = path!(path.preferredDuringSchedulingIgnoredDuringExecution);
    for (path, term) in list.each(&nodes.preferred_during_scheduling_ignored_during_execution) {
        check_weight(term.weight, &path, findings);
        check_node_term(&term.preference, false, &path!(path.preference), findings);
    }
}

fn check_weight(weight: i32, path: &Path<'_>, findings: &mut Findings<'_>) {
    if !(1..=100).contains(&weight) {
        findings.invalid(&WEIGHT, &path!(path.weight), format!("{weight} must be between 1 and 100."));
    }
}

fn check_node_term(term: &NodeSelectorTerm, required: bool, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (path, requirement) in path!(path.matchExpressions).each(&term.match_expressions) {
        check_node_labels(requirement, required, &path, findings);
    }
    for (path, requirement) in path!(path.matchFields).each(&term.match_fields) {
        check_node_fields(requirement, &path, findings);
    }
}

fn check_node_labels(
    requirement: &NodeSelectorRequirement,
    required: bool,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let (values, list) = (requirement.values.elements(), path!(path.values));
    match requirement.operator.as_str() {
        "In" | "NotIn" if values.is_empty() => {
            findings.required(&NODE, &list, "In and NotIn need at least one value.");
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            findings.forbidden(&NODE, &list, ("Exists and DoesNotExist take no values.", "Remove them."));
        }
        "Gt" | "Lt" if values.len() != 1 => findings.required(&NODE, &list, "Gt and Lt need one value."),
        "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" => {}
        other => {
            let message = format!("{other:?} must be In, NotIn, Exists, DoesNotExist, Gt or Lt.");
            findings.invalid(&NODE, &path!(path.operator), message);
        }
    }
    findings.check_format(&NODE, &path!(path.key), &requirement.key, qualified_name);
    if required {
        for (path, value) in list.each(values) {
            findings.check_format(&NODE, &path, value, label_value);
        }
    }
}

fn check_node_fields(requirement: &NodeSelectorRequirement, path: &Path<'_>, findings: &mut Findings<'_>) {
    let (values, list) = (requirement.values.elements(), path!(path.values));
    match requirement.operator.as_str() {
        "In" | "NotIn" if values.len() != 1 => findings.required(&NODE, &list, "Write one value, the node's name."),
        "In" | "NotIn" => {}
        other => {
            findings.invalid(&NODE, &path!(path.operator), format!("{other:?} must be In or NotIn."));
        }
    }
    if requirement.key == "metadata.name" {
        for (path, value) in list.each(values) {
            findings.check_format(&NODE, &path, value, dns_subdomain);
        }
    } else {
        let message = format!("{:?} must be metadata.name, the only field that can be matched.", requirement.key);
        findings.invalid(&NODE, &path!(path.key), message);
    }
}

fn check_pod_term(term: &PodAffinityTerm, path: &Path<'_>, findings: &mut Findings<'_>) {
    let label_selector = term.label_selector.as_ref();
    selector::check(label_selector, &path!(path.labelSelector), findings);
    selector::check(term.namespace_selector.as_ref(), &path!(path.namespaceSelector), findings);
    // The server uses a different name for the list and does not name its elements.
    for (path, namespace) in path!(path.namespaces).shown_as("namespace").each(&term.namespaces) {
        if let Err(fault) = dns_label(namespace) {
            let message = format!("{namespace:?} is not a valid namespace: {fault}.");
            findings.invalid(&POD_TERM, &path.hidden(), message);
        }
    }
    let (matched, list) = (term.match_label_keys.elements(), path!(path.matchLabelKeys));
    selector::check_label_keys(matched, label_selector, &list, findings);
    let mismatched = term.mismatch_label_keys.elements();
    selector::check_label_keys(mismatched, label_selector, &path!(path.mismatchLabelKeys), findings);
    selector::check_repeated_keys(&REPEATED_KEYS, matched, label_selector, path, findings);
    let mismatched: BTreeSet<&String> = mismatched.iter().collect();
    for (path, key) in list.each(matched) {
        if mismatched.contains(key) {
            findings.invalid(&POD_TERM, &path, (format!("{key} is also in mismatchLabelKeys."), "Remove one."));
        }
    }
    let key = path!(path.topologyKey);
    findings.not_empty(&POD_TERM, &key, &term.topology_key, "Write a node label, such as kubernetes.io/hostname.");
    findings.check_format(&POD_TERM, &key, &term.topology_key, qualified_name);
}

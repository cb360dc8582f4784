//! Where a pod wants to run: near to or far from nodes and other pods.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{
    Affinity, NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm, PodAffinityTerm, WeightedPodAffinityTerm,
};

use super::common::each;
use super::selector;
use crate::apimachinery::Path;
use crate::apimachinery::names::{dns_label, dns_subdomain, label_value, qualified_name};
use crate::diagnostic::Reason::FieldValueInvalid;
use crate::diagnostic::rule::rules;
use crate::validate::findings::Findings;

rules! {
    Api;

    /// A node is selected by its labels (matchExpressions: a key, and In, NotIn, Exists, DoesNotExist, Gt or Lt with
    /// the values that belong to it) or by its name (matchFields: metadata.name, In or NotIn, and one value).
    NODE = "affinity-node-selector" in Pod:
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: Is, values: [a]}]}]}}}",
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a]}]}]}}}";
    /// The weight of a preference is from 1 to 100.
    WEIGHT = "affinity-weight" in Pod:
        "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 0, preference: {}}]}}",
        "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {}}]}}";
    /// A term about other pods has a topologyKey (a node's label) and names namespaces by DNS labels; matchLabelKeys and
    /// mismatchLabelKeys narrow its labelSelector, and have no key in common.
    POD_TERM = "affinity-pod-term" in Pod:
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: \"\"}]}}",
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {}}]}}";
    /// The server makes requirements of a term's matchLabelKeys; none of these keys is in its labelSelector twice.
    REPEATED_KEYS = "affinity-repeated-keys" in Pod:
        "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, matchLabelKeys: [app], labelSelector: {matchLabels: {app: a}, matchExpressions: [{key: app, operator: Exists}]}}]}}",
        "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, matchLabelKeys: [app], labelSelector: {matchLabels: {app: a}}}]}}";
}

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// A pod's affinity.
pub fn check(affinity: Option<&Affinity>, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(affinity) = affinity else { return };
    if let Some(nodes) = &affinity.node_affinity {
        check_nodes(nodes, &path.field("nodeAffinity"), findings);
    }
    if let Some(pods) = &affinity.pod_affinity {
        let (required, preferred) = (
            each(&pods.required_during_scheduling_ignored_during_execution),
            each(&pods.preferred_during_scheduling_ignored_during_execution),
        );
        check_pods(required, preferred, &path.field("podAffinity"), findings);
    }
    if let Some(pods) = &affinity.pod_anti_affinity {
        let (required, preferred) = (
            each(&pods.required_during_scheduling_ignored_during_execution),
            each(&pods.preferred_during_scheduling_ignored_during_execution),
        );
        check_pods(required, preferred, &path.field("podAntiAffinity"), findings);
    }
}

fn check_nodes(nodes: &NodeAffinity, path: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(selector) = &nodes.required_during_scheduling_ignored_during_execution {
        let path = path.field(REQUIRED);
        let list = path.field("nodeSelectorTerms");
        if selector.node_selector_terms.is_empty() {
            findings.required(&NODE, &list, "At least one term is needed.");
        }
        for (nth, term) in selector.node_selector_terms.iter().enumerate() {
            check_node_term(term, true, &list.index(nth), findings);
        }
    }
    let list = path.field(PREFERRED);
    for (nth, term) in each(&nodes.preferred_during_scheduling_ignored_during_execution).iter().enumerate() {
        let path = list.index(nth);
        check_weight(term.weight, &path, findings);
        check_node_term(&term.preference, false, &path.field("preference"), findings);
    }
}

fn check_weight(weight: i32, path: &Path<'_>, findings: &mut Findings<'_>) {
    if !(1..=100).contains(&weight) {
        findings.invalid(&WEIGHT, &path.field("weight"), format!("{weight} must be from 1 to 100."));
    }
}

fn check_node_term(term: &NodeSelectorTerm, required: bool, path: &Path<'_>, findings: &mut Findings<'_>) {
    let list = path.field("matchExpressions");
    for (nth, requirement) in each(&term.match_expressions).iter().enumerate() {
        check_node_labels(requirement, required, &list.index(nth), findings);
    }
    let list = path.field("matchFields");
    for (nth, requirement) in each(&term.match_fields).iter().enumerate() {
        check_node_fields(requirement, &list.index(nth), findings);
    }
}

fn check_node_labels(
    requirement: &NodeSelectorRequirement,
    required: bool,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let (values, list) = (each(&requirement.values), path.field("values"));
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
            findings.invalid(&NODE, &path.field("operator"), message);
        }
    }
    findings.spelled(&NODE, &path.field("key"), &requirement.key, qualified_name);
    if required {
        for (nth, value) in values.iter().enumerate() {
            findings.spelled(&NODE, &list.index(nth), value, label_value);
        }
    }
}

fn check_node_fields(requirement: &NodeSelectorRequirement, path: &Path<'_>, findings: &mut Findings<'_>) {
    let (values, list) = (each(&requirement.values), path.field("values"));
    match requirement.operator.as_str() {
        "In" | "NotIn" if values.len() != 1 => findings.required(&NODE, &list, "Write one value, the node's name."),
        "In" | "NotIn" => {}
        other => {
            findings.invalid(&NODE, &path.field("operator"), format!("{other:?} must be In or NotIn."));
        }
    }
    if requirement.key == "metadata.name" {
        for (nth, value) in values.iter().enumerate() {
            findings.spelled(&NODE, &list.index(nth), value, dns_subdomain);
        }
    } else {
        let message = format!("{:?} must be metadata.name, the one field of a node there is.", requirement.key);
        findings.invalid(&NODE, &path.field("key"), message);
    }
}

fn check_pods(
    required: &[PodAffinityTerm],
    preferred: &[WeightedPodAffinityTerm],
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let list = path.field(REQUIRED);
    for (nth, term) in required.iter().enumerate() {
        check_pod_term(term, &list.index(nth), findings);
    }
    let list = path.field(PREFERRED);
    for (nth, term) in preferred.iter().enumerate() {
        let path = list.index(nth);
        check_weight(term.weight, &path, findings);
        check_pod_term(&term.pod_affinity_term, &path.field("podAffinityTerm"), findings);
    }
}

fn check_pod_term(term: &PodAffinityTerm, path: &Path<'_>, findings: &mut Findings<'_>) {
    let label_selector = term.label_selector.as_ref();
    selector::check(label_selector, &path.field("labelSelector"), findings);
    selector::check(term.namespace_selector.as_ref(), &path.field("namespaceSelector"), findings);
    let (shown, list) = (path.field("namespace"), path.field("namespaces"));
    for (nth, namespace) in each(&term.namespaces).iter().enumerate() {
        if let Err(fault) = dns_label(namespace) {
            let message = format!("{namespace:?} cannot be a namespace: {fault}.");
            findings.error_at(&POD_TERM, &shown, &list.index(nth), FieldValueInvalid, message);
        }
    }
    let (matched, list) = (each(&term.match_label_keys), path.field("matchLabelKeys"));
    selector::check_label_keys(matched, label_selector, &list, findings);
    let mismatched = each(&term.mismatch_label_keys);
    selector::check_label_keys(mismatched, label_selector, &path.field("mismatchLabelKeys"), findings);
    selector::check_repeated_keys(&REPEATED_KEYS, matched, label_selector, path, findings);
    let mismatched: BTreeSet<&String> = mismatched.iter().collect();
    for (nth, key) in matched.iter().enumerate() {
        if mismatched.contains(key) {
            findings.invalid(
                &POD_TERM,
                &list.index(nth),
                (format!("{key} is in mismatchLabelKeys too."), "Remove one."),
            );
        }
    }
    let key = path.field("topologyKey");
    if term.topology_key.is_empty() {
        findings.required(&POD_TERM, &key, "Name a node's label, such as kubernetes.io/hostname.");
    }
    findings.spelled(&POD_TERM, &key, &term.topology_key, qualified_name);
}

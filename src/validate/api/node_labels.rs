//! The node labels that a pod selects: deprecated labels, and values that no label can have.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{NodeSelectorTerm, PodSpec};

use super::deprecated::DEPRECATED;
use super::prelude::*;

rules! {
    Api;

    /// The values of a preferred node affinity term are valid label values; no node could match any other value.
    #[severity(Warning)]
    PREFERRED_VALUE = "affinity-preferred-value" in Pod:
        "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: zone, operator: In, values: [a b]}]}}]}}",
        "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: zone, operator: In, values: [a-b]}]}}]}}";
}

/// The deprecated labels, each with its replacement if there is one.
const DEPRECATED_LABELS: [(&str, Option<&str>); 8] = [
    ("beta.kubernetes.io/arch", Some("kubernetes.io/arch")),
    ("beta.kubernetes.io/os", Some("kubernetes.io/os")),
    ("failure-domain.beta.kubernetes.io/region", Some("topology.kubernetes.io/region")),
    ("failure-domain.beta.kubernetes.io/zone", Some("topology.kubernetes.io/zone")),
    ("beta.kubernetes.io/instance-type", Some("node.kubernetes.io/instance-type")),
    ("node-role.kubernetes.io/master", Some("node-role.kubernetes.io/control-plane")),
    ("app.kubernetes.io/created-by", None),
    ("scheduler.alpha.kubernetes.io/preferAvoidPods", None),
];

fn check_label(label: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some((_, new)) = DEPRECATED_LABELS.iter().find(|(old, _)| *old == label) else { return };
    let help = new.map_or_else(|| "Remove it.".to_owned(), |new| format!("Write {new}."));
    let wording = (format!("The label {label} is deprecated."), help);
    findings.warning(&DEPRECATED, path, FieldValueInvalid, wording);
}

/// The labels in a pod at `path`.
pub(super) fn check(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let selector = path!(path.nodeSelector);
    for label in pod.node_selector.iter().flat_map(BTreeMap::keys) {
        check_label(label, &selector.key(label), findings);
    }
    let nodes_path = path!(path.affinity.nodeAffinity);
    if let Some(nodes) = pod.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref()) {
        let terms = path!(nodes_path.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms);
        let selector = nodes.required_during_scheduling_ignored_during_execution.as_ref();
        for (nth, term) in selector.iter().flat_map(|selector| &selector.node_selector_terms).enumerate() {
            check_term(term, false, &terms.index(nth), findings);
        }
        for (path, term) in path!(nodes_path.preferredDuringSchedulingIgnoredDuringExecution)
            .each(&nodes.preferred_during_scheduling_ignored_during_execution)
        {
            check_term(&term.preference, true, &path!(path.preference), findings);
        }
    }
    for (path, constraint) in path!(path.topologySpreadConstraints).each(&pod.topology_spread_constraints) {
        check_label(&constraint.topology_key, &path!(path.topologyKey), findings);
    }
}

/// Checks a term; the values of a preferred term have not been checked yet.
fn check_term(term: &NodeSelectorTerm, preferred: bool, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (requirement_path, requirement) in path!(path.matchExpressions).each(&term.match_expressions) {
        check_label(&requirement.key, &path!(requirement_path.key), findings);
        for (path, value) in path!(requirement_path.values).each(&requirement.values).filter(|_| preferred) {
            // The header of a warning cannot contain control characters, so the server omits the warning.
            if let Err(fault) = label_value(value)
                && !value.chars().any(char::is_control)
            {
                let message = format!("{value:?} is not a valid label value: {fault}.");
                findings.warning(&PREFERRED_VALUE, &path, FieldValueInvalid, message);
            }
        }
    }
}

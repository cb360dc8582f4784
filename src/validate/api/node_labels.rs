//! The labels of nodes that a pod asks for: some have been replaced, and some values no label can have.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{NodeSelectorTerm, PodSpec};

use super::common::each;
use super::deprecated::DEPRECATED;
use super::warnings::PREFERRED_VALUE;
use crate::apimachinery::Path;
use crate::apimachinery::names::label_value;
use crate::diagnostic::Reason::FieldValueInvalid;
use crate::validate::findings::Findings;

/// The labels that have been replaced, each with the one in its place, and those that nothing has replaced.
const REPLACED: [(&str, Option<&str>); 8] = [
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
    let Some((_, new)) = REPLACED.iter().find(|(old, _)| *old == label) else { return };
    let help = new.map_or_else(|| "Remove it.".to_owned(), |new| format!("Write {new}."));
    let wording = (format!("The label {label} is deprecated."), help);
    findings.warning(&DEPRECATED, path, FieldValueInvalid, wording);
}

/// The labels in a pod at `path`.
pub fn check(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let selector = path.field("nodeSelector");
    for label in pod.node_selector.iter().flat_map(BTreeMap::keys) {
        check_label(label, &selector.key(label), findings);
    }
    let affinity_path = path.field("affinity");
    let nodes_path = affinity_path.field("nodeAffinity");
    if let Some(nodes) = pod.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref()) {
        let required = nodes_path.field("requiredDuringSchedulingIgnoredDuringExecution");
        let terms = required.field("nodeSelectorTerms");
        let selector = nodes.required_during_scheduling_ignored_during_execution.as_ref();
        for (nth, term) in selector.iter().flat_map(|selector| &selector.node_selector_terms).enumerate() {
            check_term(term, false, &terms.index(nth), findings);
        }
        let preferred = nodes_path.field("preferredDuringSchedulingIgnoredDuringExecution");
        for (nth, term) in each(&nodes.preferred_during_scheduling_ignored_during_execution).iter().enumerate() {
            let place = preferred.index(nth);
            check_term(&term.preference, true, &place.field("preference"), findings);
        }
    }
    let constraints = path.field("topologySpreadConstraints");
    for (nth, constraint) in each(&pod.topology_spread_constraints).iter().enumerate() {
        let place = constraints.index(nth);
        check_label(&constraint.topology_key, &place.field("topologyKey"), findings);
    }
}

/// One term; the values of a mere preference are not checked before.
fn check_term(term: &NodeSelectorTerm, preferred: bool, path: &Path<'_>, findings: &mut Findings<'_>) {
    let list = path.field("matchExpressions");
    for (nth, requirement) in each(&term.match_expressions).iter().enumerate() {
        let place = list.index(nth);
        check_label(&requirement.key, &place.field("key"), findings);
        let values = place.field("values");
        for (nth, value) in each(&requirement.values).iter().enumerate().filter(|_| preferred) {
            // The header of a warning takes no control characters, and the server leaves it out then.
            if let Err(fault) = label_value(value)
                && !value.chars().any(char::is_control)
            {
                let message = format!("No label has the value {value:?}: {fault}.");
                findings.warning(&PREFERRED_VALUE, &values.index(nth), FieldValueInvalid, message);
            }
        }
    }
}

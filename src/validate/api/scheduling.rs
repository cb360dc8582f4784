//! Tolerations, and how pods are spread over the nodes.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{PodSpec, Toleration, TopologySpreadConstraint};

use super::common::{each, text};
use super::selector;
use crate::apimachinery::Path;
use crate::apimachinery::names::{label_value, qualified_name};
use crate::validate::findings::Findings;
use crate::validate::rule::rules;

rules! {
    Api;

    /// A toleration has the operator Equal, with a value, or Exists, without one and perhaps without a key. Its effect
    /// is NoSchedule, PreferNoSchedule or NoExecute, and NoExecute where tolerationSeconds is set.
    TOLERATION = "toleration" in Pod:
        "tolerations: [{key: dedicated, operator: Exists, value: tuning}]",
        "tolerations: [{key: dedicated, operator: Equal, value: tuning}]";
    /// A spread constraint has a maxSkew above 0, a topologyKey, and whenUnsatisfiable (DoNotSchedule or ScheduleAnyway).
    /// minDomains goes with DoNotSchedule; nodeAffinityPolicy and nodeTaintsPolicy are Honor or Ignore.
    SPREAD = "topology-spread-constraint" in Pod:
        "topologySpreadConstraints: [{maxSkew: 0, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {}}]",
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {}}]";
}

/// The tolerations and constraints of a pod at `path`.
pub fn check(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let list = path.field("topologySpreadConstraints");
    let mut seen = BTreeSet::new();
    for (nth, constraint) in each(&pod.topology_spread_constraints).iter().enumerate() {
        let is_repeated = !seen.insert((&constraint.topology_key, &constraint.when_unsatisfiable));
        check_constraint(constraint, is_repeated, &list.index(nth), findings);
    }
    let list = path.field("tolerations");
    for (nth, toleration) in each(&pod.tolerations).iter().enumerate() {
        check_toleration(toleration, &list.index(nth), findings);
    }
}

fn check_toleration(toleration: &Toleration, path: &Path<'_>, findings: &mut Findings<'_>) {
    let (key, value) = (text(&toleration.key), text(&toleration.value));
    let (operator, effect) = (text(&toleration.operator), text(&toleration.effect));
    if !key.is_empty() {
        findings.spelled(&TOLERATION, &path.field("key"), key, qualified_name);
    }
    let place = path.field("operator");
    if key.is_empty() && operator != "Exists" {
        findings.invalid(&TOLERATION, &place, "Without a key this must be Exists, which tolerates every taint.");
    }
    match operator {
        "" | "Equal" => {
            if let Err(fault) = label_value(value) {
                findings.invalid(&TOLERATION, &place, format!("The value {value:?} cannot stand here: {fault}."));
            }
        }
        "Exists" => {
            if !value.is_empty() {
                findings.invalid(&TOLERATION, &place, "Exists takes no value. Remove it, or write Equal.");
            }
        }
        other => findings.one_of(&TOLERATION, &place, other, &["Equal", "Exists"]),
    }
    let place = path.field("effect");
    if toleration.toleration_seconds.is_some() && effect != "NoExecute" {
        findings.invalid(&TOLERATION, &place, "tolerationSeconds needs effect: NoExecute.");
    }
    if !effect.is_empty() {
        findings.one_of(&TOLERATION, &place, effect, &["NoExecute", "NoSchedule", "PreferNoSchedule"]);
    }
}

fn check_constraint(
    constraint: &TopologySpreadConstraint,
    is_repeated: bool,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let skew = constraint.max_skew;
    if skew <= 0 {
        findings.invalid(&SPREAD, &path.field("maxSkew"), format!("{skew} must be greater than 0."));
    }
    if constraint.topology_key.is_empty() {
        let message = "Name a node's label, such as kubernetes.io/hostname.";
        findings.required(&SPREAD, &path.field("topologyKey"), message);
    }
    let when = constraint.when_unsatisfiable.as_str();
    findings.one_of(&SPREAD, &path.field("whenUnsatisfiable"), when, &["DoNotSchedule", "ScheduleAnyway"]);
    if is_repeated {
        let message = "Another constraint has the same topologyKey and whenUnsatisfiable. Remove one.";
        findings.duplicate(&SPREAD, &path.field("{topologyKey, whenUnsatisfiable}"), message);
    }
    if let Some(domains) = constraint.min_domains {
        let place = path.field("minDomains");
        if domains <= 0 {
            findings.invalid(&SPREAD, &place, format!("{domains} must be greater than 0."));
        }
        if when != "DoNotSchedule" {
            findings.invalid(&SPREAD, &place, "minDomains needs whenUnsatisfiable: DoNotSchedule.");
        }
    }
    for (field, policy) in
        [("nodeAffinityPolicy", &constraint.node_affinity_policy), ("nodeTaintsPolicy", &constraint.node_taints_policy)]
    {
        if let Some(policy) = policy {
            findings.one_of(&SPREAD, &path.field(field), policy, &["Honor", "Ignore"]);
        }
    }
    let label_selector = constraint.label_selector.as_ref();
    let keys = path.field("matchLabelKeys");
    selector::check_match_label_keys(each(&constraint.match_label_keys), label_selector, &keys, findings);
    selector::check(label_selector, &path.field("labelSelector"), findings);
}

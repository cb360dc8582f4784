//! Tolerations, and how pods are spread over the nodes.

use std::collections::{BTreeSet, HashMap};

use k8s_openapi::api::core::v1::{PodSpec, Toleration, TopologySpreadConstraint};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::prelude::*;
use super::selector;

rules! {
    Api;

    /// A toleration has the operator Equal with a value, or Exists without a value and optionally without a key. Its
    /// effect is NoSchedule, PreferNoSchedule or NoExecute; tolerationSeconds needs NoExecute.
    TOLERATION = "toleration" in Pod:
        "tolerations: [{key: dedicated, operator: Exists, value: tuning}]",
        "tolerations: [{key: dedicated, operator: Equal, value: tuning}]";
    /// A spread constraint has a maxSkew above 0, a topologyKey, and whenUnsatisfiable (DoNotSchedule or ScheduleAnyway).
    /// minDomains goes with DoNotSchedule; nodeAffinityPolicy and nodeTaintsPolicy are Honor or Ignore.
    SPREAD = "topology-spread-constraint" in Pod:
        "topologySpreadConstraints: [{maxSkew: 0, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {}}]",
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {}}]";
    /// The server adds the matchLabelKeys of a constraint to its labelSelector; none of these keys may then occur in it
    /// twice.
    REPEATED_KEYS = "topology-spread-repeated-keys" [since V1_34] in Pod:
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, matchLabelKeys: [app], labelSelector: {matchLabels: {app: a}, matchExpressions: [{key: app, operator: Exists}]}}]",
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, matchLabelKeys: [app], labelSelector: {matchLabels: {app: a}}}]";
    /// The matchLabelKeys of a constraint are not also in its labelSelector.
    SELECTED_KEYS = "topology-spread-selected-keys" [until V1_33] in Pod:
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, matchLabelKeys: [app], labelSelector: {matchLabels: {app: a}}}]",
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, matchLabelKeys: [app], labelSelector: {matchLabels: {mode: a}}}]";
}

/// The tolerations and constraints of a pod at `path`.
pub(super) fn check(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let constraints = pod.topology_spread_constraints.elements();
    let kind = |constraint: &TopologySpreadConstraint| {
        (constraint.topology_key.clone(), constraint.when_unsatisfiable.clone())
    };
    let last_indexes: HashMap<_, usize> = constraints.iter().enumerate().map(|(nth, one)| (kind(one), nth)).collect();
    for (nth, (path, constraint)) in path!(path.topologySpreadConstraints).each(constraints).enumerate() {
        let repeated = last_indexes.get(&kind(constraint)).is_some_and(|last| *last > nth);
        check_constraint(constraint, repeated, &path, findings);
    }
    for (path, toleration) in path!(path.tolerations).each(&pod.tolerations) {
        check_toleration(toleration, &path, findings);
    }
}

/// A toleration at `path`.
pub(super) fn check_toleration(toleration: &Toleration, path: &Path<'_>, findings: &mut Findings<'_>) {
    let (key, value) = (text(&toleration.key), text(&toleration.value));
    let (operator, effect) = (text(&toleration.operator), text(&toleration.effect));
    findings.optional_format(&TOLERATION, &path!(path.key), key, qualified_name);
    let field = path!(path.operator);
    if key.is_empty() && operator != "Exists" {
        findings.invalid(
            &TOLERATION,
            &field,
            "Without a key, the operator must be Exists, which tolerates every taint.",
        );
    }
    match operator {
        "" | "Equal" => {
            if let Err(fault) = label_value(value) {
                findings.invalid(&TOLERATION, &field, format!("{value:?} is not a valid value: {fault}."));
            }
        }
        "Exists" => {
            if !value.is_empty() {
                findings.invalid(&TOLERATION, &field, ("Exists takes no value.", "Remove it, or write Equal."));
            }
        }
        other => findings.one_of(&TOLERATION, &field, other, &["Equal", "Exists"]),
    }
    let field = path!(path.effect);
    if toleration.toleration_seconds.is_some() && effect != "NoExecute" {
        findings.invalid(&TOLERATION, &field, "tolerationSeconds needs effect: NoExecute.");
    }
    if !effect.is_empty() {
        findings.one_of(&TOLERATION, &field, effect, &["NoExecute", "NoSchedule", "PreferNoSchedule"]);
    }
}

fn check_constraint(
    constraint: &TopologySpreadConstraint,
    repeated: bool,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let skew = constraint.max_skew;
    if skew <= 0 {
        findings.invalid(&SPREAD, &path!(path.maxSkew), format!("{skew} must be greater than 0."));
    }
    if constraint.topology_key.is_empty() {
        let message = "Write a node label, such as kubernetes.io/hostname.";
        findings.required(&SPREAD, &path!(path.topologyKey), message);
    }
    let when = constraint.when_unsatisfiable.as_str();
    findings.one_of(&SPREAD, &path!(path.whenUnsatisfiable), when, &["DoNotSchedule", "ScheduleAnyway"]);
    if repeated {
        let wording = ("Another constraint has the same topologyKey and whenUnsatisfiable.", "Remove one.");
        findings.duplicate(&SPREAD, &path.with_suffix("{topologyKey, whenUnsatisfiable}"), wording);
    }
    if let Some(domains) = constraint.min_domains {
        let field = path!(path.minDomains);
        if domains <= 0 {
            findings.invalid(&SPREAD, &field, format!("{domains} must be greater than 0."));
        }
        if when != "DoNotSchedule" {
            findings.invalid(&SPREAD, &field, "minDomains needs whenUnsatisfiable: DoNotSchedule.");
        }
    }
    for (field, policy) in fields![
        nodeAffinityPolicy = &constraint.node_affinity_policy,
        nodeTaintsPolicy = &constraint.node_taints_policy
    ] {
        if let Some(policy) = policy {
            findings.one_of(&SPREAD, &path.at(field), policy, &["Honor", "Ignore"]);
        }
    }
    let label_selector = constraint.label_selector.as_ref();
    let (keys, list) = (constraint.match_label_keys.elements(), path!(path.matchLabelKeys));
    selector::check_label_keys(keys, label_selector, &list, findings);
    selector::check_repeated_keys(&REPEATED_KEYS, keys, label_selector, path, findings);
    check_selected_keys(keys, label_selector, &list, findings);
    selector::check(label_selector, &path!(path.labelSelector), findings);
}

/// The older rule, from before the server merged the keys into the selector.
fn check_selected_keys(
    keys: &[String],
    selector: Option<&LabelSelector>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(selector) = selector else {
        for (path, key) in path.each(keys) {
            findings.check_format(&SELECTED_KEYS, &path, key, qualified_name);
        }
        return;
    };
    let labels = selector.match_labels.iter().flatten().map(|(key, _)| key);
    let selected: BTreeSet<&String> =
        labels.chain(selector.match_expressions.elements().iter().map(|it| &it.key)).collect();
    for (nth, key) in keys.iter().enumerate().filter(|(_, key)| selected.contains(key)) {
        let wording = (format!("{key} is already in the labelSelector."), "Remove it from one of them.");
        findings.invalid(&SELECTED_KEYS, &path.index(nth), wording);
    }
}

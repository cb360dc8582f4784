//! Label selectors, wherever they occur.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};

use super::metadata::check_labels;
use super::prelude::*;

rules! {
    Api;

    /// A selector's matchLabels are labels, and each of its matchExpressions has a label key, an operator (In, NotIn,
    /// Exists or DoesNotExist), and values only for In and NotIn.
    SELECTOR = "label-selector" in Pod:
        "topologySpreadConstraints:\n- maxSkew: 1\n  topologyKey: kubernetes.io/hostname\n  whenUnsatisfiable: ScheduleAnyway\n  labelSelector: {matchExpressions: [{key: app, operator: Equals, values: [a]}]}",
        "topologySpreadConstraints:\n- maxSkew: 1\n  topologyKey: kubernetes.io/hostname\n  whenUnsatisfiable: ScheduleAnyway\n  labelSelector: {matchExpressions: [{key: app, operator: In, values: [a]}]}";
}

/// Checks an optional selector.
pub(super) fn check(selector: Option<&LabelSelector>, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(selector) = selector else { return };
    check_labels(&SELECTOR, selector.match_labels.as_ref(), &path!(path.matchLabels), findings);
    for (path, requirement) in path!(path.matchExpressions).each(&selector.match_expressions) {
        check_requirement(requirement, &path, findings);
    }
}

fn check_requirement(requirement: &LabelSelectorRequirement, path: &Path<'_>, findings: &mut Findings<'_>) {
    let values = requirement.values.elements();
    match requirement.operator.as_str() {
        "In" | "NotIn" if values.is_empty() => {
            findings.required(&SELECTOR, &path!(path.values), "In and NotIn need at least one value.");
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            findings.forbidden(
                &SELECTOR,
                &path!(path.values),
                ("Exists and DoesNotExist take no values.", "Remove them, or write In."),
            );
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        other => {
            let message = format!("{other:?} must be In, NotIn, Exists or DoesNotExist.");
            findings.invalid(&SELECTOR, &path!(path.operator), message);
        }
    }
    findings.check_format(&SELECTOR, &path!(path.key), &requirement.key, qualified_name);
    for (path, value) in path!(path.values).each(values) {
        findings.check_format(&SELECTOR, &path, value, label_value);
    }
}

/// Whether a selector is valid and selects these labels.
pub(super) fn selects<'l>(selector: &LabelSelector, label: impl Fn(&str) -> Option<&'l str>) -> Option<bool> {
    let mut all = true;
    for (key, value) in selector.match_labels.iter().flatten() {
        if qualified_name(key).is_err() || label_value(value).is_err() {
            return None;
        }
        all &= label(key) == Some(value.as_str());
    }
    for requirement in selector.match_expressions.elements() {
        let values = requirement.values.elements();
        if qualified_name(&requirement.key).is_err() || values.iter().any(|value| label_value(value).is_err()) {
            return None;
        }
        let found = label(&requirement.key);
        let listed = found.is_some_and(|found| values.iter().any(|value| value == found));
        all &= match requirement.operator.as_str() {
            "In" if !values.is_empty() => listed,
            "NotIn" if !values.is_empty() => !listed,
            "Exists" if values.is_empty() => found.is_some(),
            "DoesNotExist" if values.is_empty() => found.is_none(),
            _ => return None,
        };
    }
    Some(all)
}

/// Checks the keys of `matchLabelKeys` or `mismatchLabelKeys`: they are label keys and need a selector to narrow.
pub(super) fn check_label_keys(
    keys: &[String],
    selector: Option<&LabelSelector>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    if !keys.is_empty() && selector.is_none() {
        findings.forbidden(&SELECTOR, path, ("These keys narrow a labelSelector, but there is none.", "Add one."));
        return;
    }
    for (path, key) in path.each(keys) {
        findings.check_format(&SELECTOR, &path, key, qualified_name);
    }
}

/// The server adds `matchLabelKeys` to the selector, so none of them can occur in it twice. The server's path consists
/// of the owner of both lists, at `path`, and the index of the key in `matchLabelKeys`.
pub(super) fn check_repeated_keys(
    rule: &'static Rule,
    keys: &[String],
    selector: Option<&LabelSelector>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(selector) = selector.filter(|_| !keys.is_empty()) else { return };
    let indexes: BTreeMap<&str, usize> = keys.iter().enumerate().map(|(nth, key)| (key.as_str(), nth)).collect();
    let mut seen: BTreeSet<&str> = selector.match_labels.iter().flatten().map(|(key, _)| key.as_str()).collect();
    let list = path!(path.matchLabelKeys).hidden();
    for requirement in selector.match_expressions.elements() {
        let key = requirement.key.as_str();
        if !seen.insert(key)
            && let Some(index) = indexes.get(key)
        {
            let wording =
                (format!("{key} is in the labelSelector twice, and in matchLabelKeys."), "Remove it from one of them.");
            findings.invalid(rule, &list.index(*index), wording);
        }
    }
}

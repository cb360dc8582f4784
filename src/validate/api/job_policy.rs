//! How a Job reacts to failed and successful pods: podFailurePolicy and successPolicy.

use std::collections::BTreeSet;

use k8s_openapi::api::batch::v1::{
    JobSpec, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule,
    SuccessPolicyRule,
};

use super::prelude::*;

rules! {
    Api;

    /// A podFailurePolicy has at most 20 rules. Each has an action (FailJob, FailIndex, Ignore or Count) and either
    /// onExitCodes or onPodConditions; FailIndex needs backoffLimitPerIndex.
    FAILURE_RULE = "job-failure-policy" in JobSpec:
        "podFailurePolicy:\n  rules:\n  - action: Fail\n    onExitCodes: {operator: In, values: [42]}",
        "podFailurePolicy:\n  rules:\n  - action: FailJob\n    onExitCodes: {operator: In, values: [42]}";
    /// onExitCodes has the operator In or NotIn and up to 255 unique codes in ascending order, without 0 for In. Its
    /// containerName is a container of the pod.
    EXIT_CODES = "job-failure-exit-codes" in JobSpec:
        "podFailurePolicy:\n  rules:\n  - action: FailJob\n    onExitCodes: {operator: In, values: [42, 7]}",
        "podFailurePolicy:\n  rules:\n  - action: FailJob\n    onExitCodes: {operator: In, values: [7, 42]}";
    /// onPodConditions has at most 20 items, each with a condition type and a status: True, False or Unknown.
    POD_CONDITIONS = "job-failure-pod-conditions" in JobSpec:
        "podFailurePolicy:\n  rules:\n  - action: Ignore\n    onPodConditions: [{type: Disruption Target}]",
        "podFailurePolicy:\n  rules:\n  - action: Ignore\n    onPodConditions: [{type: DisruptionTarget}]";
    /// A successPolicy belongs to an Indexed Job and has 1 to 20 rules, each with succeededIndexes (ascending
    /// numbers and ranges below completions, such as 0-2,5), succeededCount, or both.
    SUCCESS = "job-success-policy" in JobSpec:
        "completionMode: Indexed\ncompletions: 5\nsuccessPolicy:\n  rules: [{succeededIndexes: 3-1}]",
        "completionMode: Indexed\ncompletions: 5\nsuccessPolicy:\n  rules: [{succeededIndexes: 1-3}]";
}

const RULES_MAX: usize = 20;
const PATTERNS_MAX: usize = 20;
const CODES_MAX: usize = 255;
/// The maximum length of succeededIndexes in bytes.
const INDEXES_MAX: usize = 64 * 1024;

/// Both policies.
pub(super) fn check(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(policy) = &spec.pod_failure_policy {
        let rules = path!(path.podFailurePolicy.rules);
        findings.at_most(&FAILURE_RULE, &rules, policy.rules.len(), RULES_MAX);
        let pod = spec.template.spec.iter();
        let containers = pod.flat_map(|pod| pod.containers.iter().chain(pod.init_containers.elements()));
        let containers = containers.map(|container| container.name.as_str()).collect();
        for (path, rule) in rules.each(&policy.rules) {
            check_failure_rule(spec, &containers, rule, &path, findings);
        }
    }
    if let Some(policy) = &spec.success_policy {
        let path = path!(path.successPolicy);
        if text(&spec.completion_mode) == "Indexed" {
            check_success_rules(spec, &policy.rules, &path!(path.rules), findings);
        } else {
            findings.invalid(&SUCCESS, &path, "A successPolicy needs completionMode: Indexed.");
        }
    }
}

fn check_failure_rule(
    spec: &JobSpec,
    containers: &BTreeSet<&str>,
    rule: &PodFailurePolicyRule,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let action = path!(path.action);
    match rule.action.as_str() {
        "" => findings.required(&FAILURE_RULE, &action, "Write FailJob, FailIndex, Ignore or Count."),
        "FailIndex" if spec.backoff_limit_per_index.is_none() => {
            findings.invalid(
                &FAILURE_RULE,
                &action,
                ("FailIndex needs backoffLimitPerIndex.", "Add it, or write FailJob."),
            );
        }
        other => findings.one_of(&FAILURE_RULE, &action, other, &["Count", "FailIndex", "FailJob", "Ignore"]),
    }
    if let Some(codes) = &rule.on_exit_codes {
        check_exit_codes(containers, codes, &path!(path.onExitCodes), findings);
    }
    let conditions = rule.on_pod_conditions.elements();
    let conditions_path = path!(path.onPodConditions);
    findings.at_most(&POD_CONDITIONS, &conditions_path, conditions.len(), PATTERNS_MAX);
    for (path, pattern) in conditions_path.each(conditions) {
        check_condition(pattern, &path, findings);
    }
    match (rule.on_exit_codes.is_some(), !conditions.is_empty()) {
        (true, true) => {
            let wording = ("A rule can have onExitCodes or onPodConditions, not both.", "Split it into two rules.");
            findings.invalid(&FAILURE_RULE, path, wording);
        }
        (false, false) => {
            findings.invalid(&FAILURE_RULE, path, ("A rule needs onExitCodes or onPodConditions.", "Add one of them."));
        }
        _ => {}
    }
}

fn check_exit_codes(
    containers: &BTreeSet<&str>,
    codes: &PodFailurePolicyOnExitCodesRequirement,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let operator = path!(path.operator);
    match codes.operator.as_str() {
        "" => findings.required(&EXIT_CODES, &operator, "Write In or NotIn."),
        other => findings.one_of(&EXIT_CODES, &operator, other, &["In", "NotIn"]),
    }
    if let Some(name) = codes.container_name.as_ref().filter(|name| !containers.contains(name.as_str())) {
        let wording = (format!("The pod has no container {name:?}."), "Use the name of an existing container.");
        findings.invalid(&EXIT_CODES, &path!(path.containerName), wording);
    }
    let (values, list) = (&codes.values, path!(path.values));
    if values.is_empty() {
        findings.invalid(&EXIT_CODES, &list, "At least one exit code is needed.");
    }
    findings.at_most(&EXIT_CODES, &list, values.len(), CODES_MAX);
    let mut seen = BTreeSet::new();
    for (nth, code) in values.iter().enumerate() {
        if codes.operator == "In" && *code == 0 {
            findings.invalid(&EXIT_CODES, &list.index(nth), ("0 is success and cannot be a failure.", "Remove it."));
        }
        if !seen.insert(code) {
            findings.duplicate(&EXIT_CODES, &list.index(nth), (format!("{code} is listed twice."), "Remove one."));
        }
    }
    if !values.is_sorted() {
        findings.invalid(&EXIT_CODES, &list, ("Exit codes must be in ascending order.", "Sort them."));
    }
}

fn check_condition(pattern: &PodFailurePolicyOnPodConditionsPattern, path: &Path<'_>, findings: &mut Findings<'_>) {
    findings.check_format(&POD_CONDITIONS, &path!(path.type), &pattern.type_, qualified_name);
    let (status, field) = (text(&pattern.status), path!(path.status));
    if status.is_empty() {
        findings.required(&POD_CONDITIONS, &field, "Write True, False or Unknown.");
    } else {
        findings.one_of(&POD_CONDITIONS, &field, status, &["False", "True", "Unknown"]);
    }
}

fn check_success_rules(spec: &JobSpec, rules: &[SuccessPolicyRule], path: &Path<'_>, findings: &mut Findings<'_>) {
    if rules.is_empty() {
        findings.required(&SUCCESS, path, "A successPolicy needs at least one rule.");
    }
    findings.at_most(&SUCCESS, path, rules.len(), RULES_MAX);
    for (path, rule) in path.each(rules) {
        check_success_rule(spec, rule, &path, findings);
    }
}

fn check_success_rule(spec: &JobSpec, rule: &SuccessPolicyRule, path: &Path<'_>, findings: &mut Findings<'_>) {
    if rule.succeeded_count.is_none() && rule.succeeded_indexes.is_none() {
        findings.required(&SUCCESS, path, "A rule needs succeededIndexes, succeededCount, or both.");
    }
    let mut named = None;
    let completions = spec.completions.unwrap_or_default();
    if let Some(indexes) = &rule.succeeded_indexes {
        let field = path!(path.succeededIndexes);
        findings.no_longer(&SUCCESS, &field, indexes, INDEXES_MAX);
        match count_indexes(indexes, completions) {
            Ok(count) => named = Some(count),
            Err(fault) => {
                findings.invalid(&SUCCESS, &field, format!("{indexes:?} is not a valid list of indexes: {fault}."));
                named = Some(0);
            }
        }
    }
    let Some(count) = rule.succeeded_count else { return };
    let field = path!(path.succeededCount);
    findings.not_negative(&SUCCESS, &field, Some(count));
    if count > completions {
        let message = format!("{count} is more than the {completions} completions of the Job.");
        findings.invalid(&SUCCESS, &field, message);
    }
    if let Some(named) = named.filter(|named| i64::from(count) > *named) {
        let message = format!("{count} is more than the {named} indexes in succeededIndexes.");
        findings.invalid(&SUCCESS, &field, message);
    }
}

/// The number of indexes in a list such as `0-2,5`.
fn count_indexes(text: &str, completions: i32) -> Result<i64, String> {
    let completions = i64::from(completions);
    if text.is_empty() {
        return Ok(0);
    }
    let mut count = 0;
    let mut last = None;
    for part in text.split(',') {
        let ends: Vec<&str> = part.split('-').collect();
        let number = |text: &str| text.parse::<i64>().map_err(|_| format!("{text:?} is not an index"));
        let (first, end) = match ends.as_slice() {
            [one] => (number(one)?, number(one)?),
            [first, end] => (number(first)?, number(end)?),
            _ => return Err(format!("{part:?} is not a range")),
        };
        if ends.len() == 2 && first >= end {
            return Err(format!("{part:?} is not in ascending order"));
        }
        if last.is_some_and(|last| last >= first) {
            return Err(format!("{first} is not greater than the index before it"));
        }
        if end >= completions {
            return Err(format!("the last index is {}", completions.saturating_sub(1)));
        }
        count += end - first + 1;
        last = Some(end);
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::count_indexes;

    #[test]
    fn indexes_ascend_below_the_completions() {
        assert_eq!(count_indexes("0-2,5,7-9", 10), Ok(7));
        assert_eq!(count_indexes("", 10), Ok(0));
        for wrong in ["10", "2-1", "1-1", "1,1", "5,3", "a", "1-2-3", "-1", "1,", " 1"] {
            assert!(count_indexes(wrong, 10).is_err(), "{wrong}");
        }
    }
}

//! The restart policy of a single container, and its rules by exit code.

use k8s_openapi::api::core::v1::{Container, ContainerRestartRule};

use super::prelude::*;
use crate::apimachinery::Version;
use crate::apimachinery::version::V1_36;

rules! {
    Api;

    /// A container's own restartPolicy is Always, OnFailure or Never.
    POLICY = "container-restart-policy" [since V1_34] in Container: "restartPolicy: never", "restartPolicy: Never";
    /// A container has no restartPolicy of its own, except Always for an init container.
    NO_POLICY = "container-no-restart-policy" [until V1_33] in Container: "restartPolicy: Never", "name: arb-tuning-d29-k8s--worker-1-0";
    /// restartPolicyRules need a restartPolicy and have at most 20 items; each has the action Restart or
    /// RestartAllContainers, and exitCodes with the operator In or NotIn and up to 255 values.
    RULE = "container-restart-rules" [since V1_34] in Container:
        "restartPolicy: Never\nrestartPolicyRules: [{action: Retry, exitCodes: {operator: In, values: [42]}}]",
        "restartPolicy: Never\nrestartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]";
    /// The action of a restart rule is Restart, and an init container with restartPolicy: Always has no rules.
    RESTART_ALL = "container-restart-all" [until V1_35] in Container:
        "restartPolicy: Never\nrestartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [42]}}]",
        "restartPolicy: Never\nrestartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]";
}

const RULES_MAX: usize = 20;
const CODES_MAX: usize = 255;
/// Since this version, the server reports a long list as having too many elements, not as being too long.
const COUNTED_SINCE: Version = V1_36;

/// The restart policy of a container at `path`.
pub(super) fn check(container: &Container, path: &Path<'_>, findings: &mut Findings<'_>) {
    if container.restart_policy.is_some() {
        let wording = ("A container cannot have its own restartPolicy.", "Remove it.");
        findings.forbidden(&NO_POLICY, &path!(path.restartPolicy), wording);
    }
    check_policy(container, path, findings);
}

/// The restart policy of an init container at `path`.
pub(super) fn check_init(container: &Container, path: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(policy) = &container.restart_policy {
        findings.one_of(&NO_POLICY, &path!(path.restartPolicy), policy, &["Always"]);
    }
    let rules = container.restart_policy_rules.elements();
    if text(&container.restart_policy) == "Always" && !rules.is_empty() && RESTART_ALL.span.contains(findings.version())
    {
        let wording = ("An init container with restartPolicy: Always cannot have restartPolicyRules.", "Remove them.");
        findings.forbidden(&RESTART_ALL, &path!(path.restartPolicyRules), wording);
        return;
    }
    if container.restart_policy.is_none() && !rules.is_empty() {
        let message = "restartPolicyRules need a restartPolicy.";
        findings.required(&RULE, &path!(path.restartPolicy), message);
        return;
    }
    check_policy(container, path, findings);
}

fn check_policy(container: &Container, path: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(policy) = &container.restart_policy {
        findings.one_of(&POLICY, &path!(path.restartPolicy), policy, &["Always", "Never", "OnFailure"]);
    }
    let rules = container.restart_policy_rules.elements();
    let list = path!(path.restartPolicyRules);
    if !rules.is_empty() && container.restart_policy.is_none() {
        findings.required(&RULE, &path!(path.restartPolicy), "restartPolicyRules need a restartPolicy.");
    }
    check_length(rules.len(), RULES_MAX, &list, findings);
    for (path, rule) in list.each(rules) {
        check_rule(rule, &path, findings);
    }
}

fn check_length(found: usize, max: usize, path: &Path<'_>, findings: &mut Findings<'_>) {
    if found > max {
        let reason = if findings.version() >= COUNTED_SINCE { FieldValueTooMany } else { FieldValueTooLong };
        findings.error(&RULE, path, reason, (format!("There are {found}; the maximum is {max}."), "Remove some."));
    }
}

fn check_rule(rule: &ContainerRestartRule, path: &Path<'_>, findings: &mut Findings<'_>) {
    let action = path!(path.action);
    findings.one_of(&RULE, &action, &rule.action, &["Restart", "RestartAllContainers"]);
    if rule.action == "RestartAllContainers" {
        findings.one_of(&RESTART_ALL, &action, &rule.action, &["Restart"]);
    }
    let codes_path = path!(path.exitCodes);
    let Some(codes) = &rule.exit_codes else {
        findings.required(&RULE, &codes_path, "A rule needs exitCodes.");
        return;
    };
    findings.one_of(&RULE, &path!(codes_path.operator), &codes.operator, &["In", "NotIn"]);
    check_length(codes.values.elements().len(), CODES_MAX, &path!(codes_path.values), findings);
}

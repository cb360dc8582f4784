//! The restart policy of a single container, and its rules by exit code.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, ContainerRestartRule};

use super::common::each;
use crate::apimachinery::Path;
use crate::validate::findings::Findings;
use crate::validate::rule::rules;

rules! {
    Api;

    /// A container's own restartPolicy is Always, OnFailure or Never.
    POLICY = "container-restart-policy" in Container: "restartPolicy: never", "restartPolicy: Never";
    /// restartPolicyRules stand beside a restartPolicy, 20 at most; each has the action Restart or RestartAllContainers
    /// and exitCodes with the operator In or NotIn and up to 255 values, each once.
    RULE = "container-restart-rules" in Container:
        "restartPolicy: Never\nrestartPolicyRules: [{action: Retry, exitCodes: {operator: In, values: [42]}}]",
        "restartPolicy: Never\nrestartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]";
}

const RULES_MAX: usize = 20;
const CODES_MAX: usize = 255;

/// The restart policy of a container at `path`.
pub fn check(container: &Container, path: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(policy) = &container.restart_policy {
        findings.one_of(&POLICY, &path.field("restartPolicy"), policy, &["Always", "Never", "OnFailure"]);
    }
    let rules = each(&container.restart_policy_rules);
    let list = path.field("restartPolicyRules");
    if !rules.is_empty() && container.restart_policy.is_none() {
        findings.required(&RULE, &path.field("restartPolicy"), "restartPolicyRules need a restartPolicy beside them.");
    }
    if rules.len() > RULES_MAX {
        findings.too_long(&RULE, &list, RULES_MAX);
    }
    for (nth, rule) in rules.iter().enumerate() {
        check_rule(rule, &list.index(nth), findings);
    }
}

fn check_rule(rule: &ContainerRestartRule, path: &Path<'_>, findings: &mut Findings<'_>) {
    findings.one_of(&RULE, &path.field("action"), &rule.action, &["Restart", "RestartAllContainers"]);
    let codes_path = path.field("exitCodes");
    let Some(codes) = &rule.exit_codes else {
        findings.required(&RULE, &codes_path, "A rule needs exitCodes.");
        return;
    };
    findings.one_of(&RULE, &codes_path.field("operator"), &codes.operator, &["In", "NotIn"]);
    let (values, list) = (each(&codes.values), codes_path.field("values"));
    if values.len() > CODES_MAX {
        findings.too_long(&RULE, &list, CODES_MAX);
    }
    let mut seen = BTreeSet::new();
    for (nth, code) in values.iter().enumerate() {
        if !seen.insert(code) {
            findings.duplicate(&RULE, &list.index(nth), format!("{code} stands here already. Remove one."));
        }
    }
}

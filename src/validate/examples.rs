//! Applies every rule's examples: the bad one breaks the rule, and the good one breaks none.

use serde_json::Value as Json;

use super::{Checks, DocumentReport, Sources, Validator, rules};
use crate::apimachinery::VERSIONS;
use crate::diagnostic::rule::Scope;
use crate::diagnostic::{Rule, Source};
use crate::manifest::Text;

const ALL: Sources = Sources { api: true, tuning: true };

/// A Job of a session, as `generate` writes it.
const BASE: &str = include_str!("../../tests/data/worker-1.yaml");

/// A minimal `CronJob`.
const CRON_JOB: &str = "\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: nightly-tuning
spec:
  schedule: 30 2 * * *
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: trading-bot
            image: your-registry/arbitrage-lite:latest
";

/// The `ConfigMap` of a session's tuning file.
const CONFIG_MAP: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: arb-tuning-x-tuning-0123456789
  labels: {app: arbitrage-tuning, component: tuning, session_id: x}
immutable: true
data:
  tuning.yaml: \"tuning: {seed: 42}\"
";

fn report(text: &str) -> DocumentReport {
    report_by(text, Checks::from(ALL))
}

fn report_by(text: &str, checks: Checks) -> DocumentReport {
    let mut validator = Validator::new(checks);
    validator.add("job.yaml", &Text::decode(text.as_bytes().to_vec()));
    let mut reports = validator.finish();
    assert!(!reports.is_empty(), "no document in {text}");
    reports.swap_remove(0)
}

/// The first document of a text as JSON; none if it cannot be read.
fn json(text: &str) -> Option<Json> {
    let mut first = None;
    crate::manifest::documents(text, |document| {
        first.get_or_insert(document.ok().filter(|document| document.duplicates.is_empty()));
    });
    first.flatten().map(|document| document.root.to_json())
}

/// Merges an example into a whole Job: objects by key, lists by index.
fn lay_over(base: &mut Json, piece: Json) {
    match (base, piece) {
        (Json::Object(base), Json::Object(piece)) => {
            for (key, value) in piece {
                lay_over(base.entry(key).or_insert(Json::Null), value);
            }
        }
        (Json::Array(base), Json::Array(piece)) if !piece.is_empty() && piece.iter().all(Json::is_object) => {
            for (nth, value) in piece.into_iter().enumerate() {
                match base.get_mut(nth) {
                    Some(item) => lay_over(item, value),
                    None => base.push(value),
                }
            }
        }
        (base, piece) => *base = piece,
    }
}

/// The base of the rule's scope with an example merged into it, in the newest version that has the rule; an example
/// that is not clean YAML is used by itself.
fn with(rule: &Rule, piece: &str) -> DocumentReport {
    let newest = VERSIONS.iter().rev().find(|version| rule.span.contains(**version)).unwrap();
    let pod_security = super::pod_security_standards::level_of(rule);
    let checks = Checks { pod_security, version: *newest, fail_on_skipped: true, ..Checks::from(ALL) };
    match json(piece) {
        None => report_by(&format!("apiVersion: batch/v1\nkind: Job\n{piece}"), checks),
        Some(piece) => {
            let base = match rule.scope {
                Scope::CronJob => CRON_JOB,
                Scope::ConfigMap => CONFIG_MAP,
                _ => BASE,
            };
            let mut object = json(base).unwrap();
            lay_over(&mut object, piece);
            report_by(&object.to_string(), checks)
        }
    }
}

/// Rules about several documents or a configuration are tested elsewhere.
fn concerns_one_document(rule: &Rule) -> bool {
    !super::set::RULES.contains(&rule) && rule.source != Source::Config
}

fn breaks(report: &DocumentReport, rule: &Rule) -> bool {
    report.findings.iter().any(|finding| finding.rule == rule)
}

#[test]
fn the_bases_are_sound() {
    for base in [BASE, CRON_JOB, CONFIG_MAP] {
        let report = report(base);
        assert!(report.findings.is_empty(), "{:#?}", report.findings);
        assert_eq!(report.accepted, Some(true));
    }
}

#[test]
fn bad_examples_break_their_rule_and_good_ones_keep_it() {
    let mut wrong = Vec::new();
    for rule in rules().into_iter().filter(|rule| concerns_one_document(rule)) {
        let bad = with(rule, &rule.bad_example());
        if !breaks(&bad, rule) {
            wrong.push(format!("{}: the bad example passes: {:#?}", rule.name, bad.findings));
        }
        let good = with(rule, &rule.good_example());
        let api: Vec<_> = good.findings.iter().filter(|finding| finding.rule.source == Source::Api).collect();
        if breaks(&good, rule) || !api.is_empty() {
            wrong.push(format!("{}: the good example fails: {api:#?}", rule.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_are_unique_and_docs_are_sentences() {
    let mut names: Vec<&str> = rules().iter().map(|rule| rule.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    for rule in rules() {
        assert!(rule.doc().ends_with('.') && rule.doc().len() > 25, "{}: {}", rule.name, rule.doc());
    }
}

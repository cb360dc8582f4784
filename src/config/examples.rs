//! Applies the examples of each configuration rule to the guide's configuration: the bad one breaks the rule, and the
//! good one breaks none.

use super::ConfigError;
use super::rules::RULES;
use super::session::tests::{K8S, ORCHESTRATOR, session};

/// The key of a line; a commented-out key means that the key is absent.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.strip_prefix("# ").unwrap_or(line).split_once(':')?;
    key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit()).then_some(key)
}

/// The baseline with the keys of an example replaced.
fn with(piece: &str) -> String {
    let replaced: Vec<&str> = piece.lines().filter_map(key).collect();
    let mut is_replaced = false;
    let kept = K8S.lines().filter(|line| {
        if let Some(key) = key(line) {
            is_replaced = replaced.contains(&key);
        }
        !is_replaced
    });
    kept.chain(piece.lines()).collect::<Vec<_>>().join("\n")
}

/// The names of the rules that the baseline breaks with an example.
fn broken(piece: &str) -> Vec<&'static str> {
    match session(&with(piece), piece.contains("orchestrator config").then_some(ORCHESTRATOR)) {
        Ok(session) => session.warnings.iter().map(|warning| warning.rule.name).collect(),
        Err(ConfigError::Invalid(problems)) => problems.iter().map(|problem| problem.rule.name).collect(),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn bad_examples_break_their_rule_and_good_ones_keep_all() {
    for rule in RULES {
        assert_eq!(broken(&rule.bad_example()), [rule.name]);
        assert_eq!(broken(&rule.good_example()), [""; 0], "{}", rule.name);
    }
}

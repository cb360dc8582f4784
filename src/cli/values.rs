//! Values of flags: how they are parsed, and their completions.

use std::ffi::OsStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap_complete::CompletionCandidate;

use crate::apimachinery::{VERSIONS, Version};
use crate::config::set::KEYS;
use crate::config::{namespace_fault, session_id_fault, session_short_fault};
use crate::diagnostic::Source;
use crate::validate::{gates, rules};

/// Parses a supported version, and offers the supported versions as completions.
pub(super) fn version() -> impl TypedValueParser<Value = Version> {
    PossibleValuesParser::new(VERSIONS.iter().map(ToString::to_string)).try_map(|text| text.parse::<Version>())
}

/// Completions for `--skip-rule`.
pub(super) fn rules_to_skip() -> Vec<CompletionCandidate> {
    let of_the_guide = rules().into_iter().filter(|rule| rule.source == Source::Tuning);
    of_the_guide.map(|rule| CompletionCandidate::new(rule.name).help(Some(rule.summary().into()))).collect()
}

/// Completions for `--set`: the keys that begin with `start`. A value has no completions.
pub(super) fn keys_to_set(start: &OsStr) -> Vec<CompletionCandidate> {
    let with_value = |key: &&str| if key.ends_with('.') { (*key).to_owned() } else { format!("{key}=") };
    let goes_on = |key: &String| key.len() > start.len() && key.as_bytes().starts_with(start.as_encoded_bytes());
    KEYS.iter().map(with_value).filter(goes_on).map(CompletionCandidate::new).collect()
}

/// Completions for `--explain`: rules and feature gates.
pub(super) fn rules_to_explain() -> Vec<CompletionCandidate> {
    let rules = rules().into_iter().map(|rule| CompletionCandidate::new(rule.name).help(Some(rule.summary().into())));
    let gates = gates::GATES.iter().map(|gate| CompletionCandidate::new(gate.name).help(Some("A feature gate".into())));
    rules.chain(gates).collect()
}

/// Parses the name of a namespace.
pub(super) fn namespace(text: &str) -> Result<String, String> {
    namespace_fault(text).map_or_else(|| Ok(text.to_owned()), Err)
}

/// Parses a session's id.
pub(super) fn session_id(text: &str) -> Result<String, String> {
    match session_id_fault(text) {
        None => Ok(text.to_owned()),
        Some((message, help)) => Err(format!("{message} {help}")),
    }
}

/// Parses a session's short name in Job names.
pub(super) fn session_short(text: &str) -> Result<String, String> {
    session_short_fault(text).map_or_else(|| Ok(text.to_owned()), Err)
}

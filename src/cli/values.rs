//! What flags take: how a value is read, and what a shell may offer for it.

use std::ffi::OsStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap_complete::CompletionCandidate;

use crate::apimachinery::{VERSIONS, Version};
use crate::config::set::KEYS;
use crate::config::{namespace_fault, session_id_fault, session_short_fault};
use crate::diagnostic::Source;
use crate::validate::{gates, rules};

/// One of the versions on record, offered to who completes the flag.
pub(super) fn version() -> impl TypedValueParser<Value = Version> {
    PossibleValuesParser::new(VERSIONS.iter().map(ToString::to_string)).try_map(|text| text.parse::<Version>())
}

/// The rules that `--skip-rule` takes, for who completes it.
pub(super) fn rules_to_skip() -> Vec<CompletionCandidate> {
    let of_the_guide = rules().into_iter().filter(|rule| rule.source == Source::Tuning);
    of_the_guide.map(|rule| CompletionCandidate::new(rule.name).help(Some(rule.summary().into()))).collect()
}

/// Keys that `--set` takes and that start like this, for who completes it. Behind the key there is nothing to complete.
pub(super) fn keys_to_set(start: &OsStr) -> Vec<CompletionCandidate> {
    let with_value = |key: &&str| if key.ends_with('.') { (*key).to_owned() } else { format!("{key}=") };
    let goes_on = |key: &String| key.len() > start.len() && key.as_bytes().starts_with(start.as_encoded_bytes());
    KEYS.iter().map(with_value).filter(goes_on).map(CompletionCandidate::new).collect()
}

/// The rules and gates that `--explain` takes, for who completes it.
pub(super) fn rules_to_explain() -> Vec<CompletionCandidate> {
    let rules = rules().into_iter().map(|rule| CompletionCandidate::new(rule.name).help(Some(rule.summary().into())));
    let gates = gates::GATES.iter().map(|gate| CompletionCandidate::new(gate.name).help(Some("A feature gate".into())));
    rules.chain(gates).collect()
}

/// The name of a namespace.
pub(super) fn namespace(text: &str) -> Result<String, String> {
    namespace_fault(text).map_or_else(|| Ok(text.to_owned()), Err)
}

/// The id of a session.
pub(super) fn session_id(text: &str) -> Result<String, String> {
    match session_id_fault(text) {
        None => Ok(text.to_owned()),
        Some((message, help)) => Err(format!("{message} {help}")),
    }
}

/// What stands for a session in Job names.
pub(super) fn session_short(text: &str) -> Result<String, String> {
    session_short_fault(text).map_or_else(|| Ok(text.to_owned()), Err)
}

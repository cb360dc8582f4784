//! The key `job_template`: a partial Job. This checks its form and lists what it sets; `validate` checks its content.

use serde::de::IgnoredAny;

use super::environment::literal_credential;
use super::file::ConfigFile;
use super::problem::Problems;
use super::rules;
use super::setting::{Origin, Setting, Settings};
use super::source::Source;
use super::vocabulary::Mode;
use crate::credentials::{self, HIDDEN};
use crate::diagnostic::Reason::{FieldValueForbidden, FieldValueTypeInvalid};
use crate::diagnostic::Wording;
use crate::manifest::text::Excerpt;
use crate::manifest::{Node, Position, Value};
use crate::yaml::Given;

pub use super::set::JOB_TEMPLATE as KEY;

/// A partial Job and its file.
#[derive(Debug, Clone)]
pub struct PartialJob {
    /// Its content.
    pub node: Node,
    source: Source,
}

impl PartialJob {
    /// The partial Job at a node of a file.
    #[must_use]
    pub fn new(node: &Node, file: &ConfigFile) -> Self {
        Self { node: node.clone(), source: file.source.clone() }
    }

    /// An excerpt of it.
    #[must_use]
    pub fn excerpt(&self, position: Position) -> Excerpt {
        self.source.excerpt(position)
    }

    /// A message about a position in it, without the credentials that it may quote.
    #[must_use]
    pub fn wording(&self, wording: Wording, position: Position) -> Wording {
        self.source.wording(wording, position)
    }
}

/// The partial Job of a file.
#[must_use]
pub fn node<'f>(file: &'f ConfigFile, given: &Given<IgnoredAny>) -> Option<&'f Node> {
    given.written().and_then(|_| file.root().get(KEY)).filter(|node| node.value != Value::Null)
}

/// Checks the form of a partial Job, and that it sets only what can be merged.
pub fn check(partial: &Node, mode: Option<Mode>, problems: &mut Problems<'_>) {
    for (name, position) in credentials::literals(partial) {
        literal_credential(name, KEY.to_owned(), position, mode, problems);
    }
    let Some(entries) = partial.as_mapping() else {
        let message = format!("{KEY} must be a mapping, not {}.", partial.kind());
        let wording = (message, "Write a partial Job, such as spec: {ttlSecondsAfterFinished: 3600}.");
        return problems.add(&rules::JOB_TEMPLATE, FieldValueTypeInvalid, KEY, partial.position, wording);
    };
    for entry in entries {
        let is_said = |expected: &str| entry.value.as_str() == Some(expected);
        let is_fine = match entry.key.as_str() {
            "apiVersion" => is_said("batch/v1"),
            "kind" => is_said("Job"),
            "status" => false,
            _ => true,
        };
        if !is_fine {
            let message = format!("{KEY} is a partial batch/v1 Job and cannot set {}.", entry.key);
            let path = format!("{KEY}.{}", entry.key);
            let wording = (message, "Remove it.");
            problems.add(&rules::JOB_TEMPLATE, FieldValueForbidden, path, entry.key_position, wording);
        }
    }
    let metadata = partial.get("metadata").and_then(Node::as_mapping).unwrap_or_default();
    for entry in metadata.iter().filter(|entry| !matches!(entry.key.as_str(), "labels" | "annotations")) {
        let message = format!("{KEY} cannot set metadata.{}: each worker's Job has its own.", entry.key);
        let wording = (message, "Under metadata, only labels and annotations can be set.");
        let path = format!("{KEY}.metadata.{}", entry.key);
        problems.add(&rules::JOB_TEMPLATE, FieldValueForbidden, path, entry.key_position, wording);
    }
}

/// Lists what a partial Job sets, one setting per value.
pub fn list(partial: &Node, file: &ConfigFile, settings: &mut Settings) {
    list_below(KEY, partial, file, settings);
}

fn list_below(name: &str, node: &Node, file: &ConfigFile, settings: &mut Settings) {
    match &node.value {
        Value::Mapping(entries) if !entries.is_empty() => {
            // The name of an element is already in its path.
            let is_named = name.ends_with(']') && entries.len() > 1;
            for entry in entries.iter().filter(|entry| !(is_named && entry.key == "name")) {
                list_below(&format!("{name}.{}", entry.key), &entry.value, file, settings);
            }
        }
        Value::Sequence(items) if !items.is_empty() => {
            for (nth, item) in items.iter().enumerate() {
                let own = item.get("name").and_then(Node::as_str).map_or_else(|| nth.to_string(), ToOwned::to_owned);
                list_below(&format!("{name}[{own}]"), item, file, settings);
            }
        }
        _ => {
            let value = match &node.value {
                Value::Mapping(_) => "{}".to_owned(),
                Value::Sequence(_) => "[]".to_owned(),
                _ => node.as_written().unwrap_or_default(),
            };
            push(name.to_owned(), value, node, file, settings);
        }
    }
}

fn push(name: String, value: String, node: &Node, file: &ConfigFile, settings: &mut Settings) {
    let value = if file.source.hides(node.position) { HIDDEN.to_owned() } else { value };
    let origin = Origin::at(file, node.position);
    settings.0.push(Setting { name, value, origin });
}

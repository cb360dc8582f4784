//! A config's partial Job, held against the API and against what a worker's Job has to stay: what is wrong with it is
//! told at its place in the config.

use k8s_openapi::api::batch::v1::Job;

use super::decode::{DecodingErrorKind, decode};
use crate::apimachinery::Version;
use crate::config::partial_job::{KEY, PartialJob};
use crate::config::rules::JOB_TEMPLATE;
use crate::config::{ConfigError, Session};
use crate::diagnostic::{Diagnostic, Reason, Severity, Wording};
use crate::job::protected::{Change, Step, changes};
use crate::job::{CreatedAt, K8sTuningJobFactory, PartialJobError};
use crate::manifest::{Node, Position};
use crate::tuning_file::Delivery;

/// The factory of a session's Jobs, unless something is wrong with the partial Job of its config.
///
/// # Errors
/// All that is wrong with the partial Job.
pub fn factory<'s>(
    session: &'s Session,
    created_at: CreatedAt,
    delivery: Option<&'s Delivery>,
    version: Version,
) -> Result<K8sTuningJobFactory<'s>, ConfigError> {
    let partial = session.additions.job_template.as_ref();
    let refuse = |problems: Vec<Diagnostic>| match problems.is_empty() {
        true => Ok(()),
        false => Err(ConfigError::Invalid(problems)),
    };
    refuse(partial.map(|partial| check_fields(partial, version)).unwrap_or_default())?;
    let factory = K8sTuningJobFactory::new(session, created_at, delivery).map_err(|error| {
        ConfigError::Invalid(partial.map(|partial| not_merged(partial, &error)).into_iter().collect())
    })?;
    refuse(partial.map(|partial| check_changes(partial, &factory)).unwrap_or_default())?;
    Ok(factory)
}

/// What does not fit the type of a Job, decoded as strictly as a server of a version decodes a whole one. The directives
/// of a strategic merge patch are no fields of it.
fn check_fields(partial: &PartialJob, version: Version) -> Vec<Diagnostic> {
    let errors = match decode::<Job>(&partial.node, version) {
        Ok((_, unknown)) => unknown,
        Err(error) => vec![error],
    };
    let is_directive = |field: &str| field.rsplit('.').next().is_some_and(|name| name.starts_with('$'));
    errors
        .into_iter()
        .filter(|error| error.kind != DecodingErrorKind::UnknownField || !is_directive(&error.field))
        .map(|error| {
            let reason = match error.kind {
                DecodingErrorKind::Type => Reason::FieldValueTypeInvalid,
                DecodingErrorKind::Quantity => Reason::FieldValueInvalid,
                DecodingErrorKind::UnknownField => Reason::FieldUnknown,
            };
            diagnostic(partial, &error.field, reason, error.wording, error.position)
        })
        .collect()
}

/// That it cannot be merged.
fn not_merged(partial: &PartialJob, error: &PartialJobError) -> Diagnostic {
    diagnostic(partial, "", Reason::FieldValueInvalid, error.to_string(), partial.node.position)
}

/// What it changes of a worker's Job and may not change.
fn check_changes(partial: &PartialJob, factory: &K8sTuningJobFactory<'_>) -> Vec<Diagnostic> {
    let Some(extended) = factory.extended() else { return Vec::new() };
    let forbidden = |Change { path, because }: Change| {
        let shown = shown(&path);
        let wording = (format!("{KEY} changes {shown}, which {because}."), "Remove it.");
        diagnostic(partial, &shown, Reason::FieldValueForbidden, wording, locate(&partial.node, &path))
    };
    changes(&factory.common(), extended).into_iter().map(forbidden).collect()
}

fn diagnostic(
    partial: &PartialJob,
    field: &str,
    reason: Reason,
    wording: impl Into<Wording>,
    position: Position,
) -> Diagnostic {
    let Wording { message, help } = wording.into();
    let path = if field.is_empty() { KEY.to_owned() } else { format!("{KEY}.{field}") };
    let excerpt = partial.excerpt(position);
    Diagnostic { severity: Severity::Error, rule: &JOB_TEMPLATE, path, reason, message, help, excerpt }
}

fn shown(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Field(name) if text.is_empty() => text += name,
            Step::Field(name) => text.extend([".", name]),
            Step::Named(name) => text.extend(["[", name, "]"]),
        }
    }
    text
}

/// The place of a field in a partial Job; of what encloses it, where it is a directive that changes it.
fn locate(root: &Node, path: &[Step]) -> Position {
    let (mut node, mut position) = (root, root.position);
    for step in path {
        let next = match step {
            Step::Field(name) => node.entry(name).map(|entry| (&entry.value, entry.key_position)),
            Step::Named(name) => {
                let items = node.as_sequence().unwrap_or_default();
                let is_it = |item: &&Node| item.get("name").and_then(Node::as_str) == Some(name);
                items.iter().find(is_it).map(|item| (item, item.position))
            }
        };
        let Some(next) = next else { break };
        (node, position) = next;
    }
    position
}

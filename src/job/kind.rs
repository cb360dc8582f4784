//! The kind of a document, according to its apiVersion and kind: a Job, something that was probably meant to be one, or
//! something unrelated.

use crate::names::{APP, COMPONENT};
use crate::yaml::{Node, Value};

/// The kind of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// A Job.
    Job,
    /// Probably meant to be a Job: its type is mistyped, or this key is missing.
    LikelyJob(Option<&'static str>),
    /// A `CronJob`.
    CronJob,
    /// A `ConfigMap` of a tuning session.
    ConfigMap,
    /// An object of another kind, which this tool does not check.
    Other,
    /// An object without this key, so that kubectl cannot tell its type.
    Unnamed(&'static str),
}

impl DocumentKind {
    /// The kind of an object, alone or as an item of `list`.
    pub fn of(object: &Node, list: Option<&Node>) -> Self {
        let text = |key| match object.get(key).map(|node| &node.value) {
            None | Some(Value::Null) => Some(""),
            Some(Value::String(text)) => Some(text.as_str()),
            Some(_) => None,
        };
        // The items of a JobList or CronJobList may leave out their type.
        let list = list.and_then(|list| list.get("kind")).and_then(Node::as_str);
        match (text("apiVersion"), text("kind")) {
            (Some(""), Some("")) if list == Some("JobList") => Self::Job,
            (Some(""), Some("")) if list == Some("CronJobList") => Self::CronJob,
            (Some(version), Some("Job")) if is_batch(version) => Self::Job,
            // The server infers a missing apiVersion from the URL of the request; kubectl does not send the object at
            // all.
            (Some(""), Some("Job")) => Self::LikelyJob(Some("apiVersion")),
            (Some("batch/v1"), Some("")) => Self::LikelyJob(Some("kind")),
            (Some("" | "batch/v1"), Some("CronJob")) => Self::CronJob,
            (Some(""), _) => Self::Unnamed("apiVersion"),
            (_, Some("")) => Self::Unnamed("kind"),
            (_, Some("Job") | None) | (None, _) => Self::LikelyJob(None),
            // Any other kind of this group and version may be a mistyped Job, except these.
            (Some("batch/v1"), Some(kind)) if !matches!(kind, "CronJobList" | "JobList") => Self::LikelyJob(None),
            (Some(version), Some("CronJob")) if version == "v1" || is_batch(version) => Self::CronJob,
            (Some("v1"), Some("ConfigMap")) if is_of_session(object) => Self::ConfigMap,
            _ => Self::Other,
        }
    }
}

/// Whether an object has this tool's labels, including a session.
#[must_use]
pub fn is_of_session(object: &Node) -> bool {
    let labels = object.get("metadata").and_then(|metadata| metadata.get("labels"));
    let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Node::as_str).unwrap_or_default();
    label("app") == APP && label("component") == COMPONENT && !label("session_id").is_empty()
}

/// Whether this is a version of the group `batch`.
fn is_batch(version: &str) -> bool {
    version.split_once('/').is_some_and(|(group, _)| group == "batch")
}

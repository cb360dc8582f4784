//! What a document is, by its apiVersion and kind: a Job, something that was meant to be one, or nothing that concerns
//! this tool. Who asks it, asks here.

use crate::names::{APP, COMPONENT};
use crate::yaml::{Node, Value};

/// What a document is to this tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// A Job.
    Job,
    /// Meant to be a Job: its type is mistyped, or lacks this key.
    LikelyJob(Option<&'static str>),
    /// A `CronJob`.
    CronJob,
    /// A `ConfigMap` of a tuning session.
    ConfigMap,
    /// An object of another kind, for another tool to judge.
    Other,
    /// An object that lacks the key by which kubectl knows its type.
    Unnamed(&'static str),
}

impl DocumentKind {
    /// What an object is, alone or as an item of `list`.
    pub fn of(object: &Node, list: Option<&Node>) -> Self {
        let text = |key| match object.get(key).map(|node| &node.value) {
            None | Some(Value::Null) => Some(""),
            Some(Value::String(text)) => Some(text.as_str()),
            Some(_) => None,
        };
        // The items of a JobList or CronJobList may leave out what the list has said.
        let list = list.and_then(|list| list.get("kind")).and_then(Node::as_str);
        match (text("apiVersion"), text("kind")) {
            (Some(""), Some("")) if list == Some("JobList") => Self::Job,
            (Some(""), Some("")) if list == Some("CronJobList") => Self::CronJob,
            (Some(version), Some("Job")) if is_batch(version) => Self::Job,
            // The server takes an absent apiVersion from the address that it is asked at; kubectl sends it nothing.
            (Some(""), Some("Job")) => Self::LikelyJob(Some("apiVersion")),
            (Some("batch/v1"), Some("")) => Self::LikelyJob(Some("kind")),
            (Some("" | "batch/v1"), Some("CronJob")) => Self::CronJob,
            (Some(""), _) => Self::Unnamed("apiVersion"),
            (_, Some("")) => Self::Unnamed("kind"),
            (_, Some("Job") | None) | (None, _) => Self::LikelyJob(None),
            // Nothing else of this group and version can be told from a mistyped Job, except these.
            (Some("batch/v1"), Some(kind)) if !matches!(kind, "CronJobList" | "JobList") => Self::LikelyJob(None),
            (Some(version), Some("CronJob")) if version == "v1" || is_batch(version) => Self::CronJob,
            (Some("v1"), Some("ConfigMap")) if is_of_session(object) => Self::ConfigMap,
            _ => Self::Other,
        }
    }
}

/// Whether an object has the labels of this tool, and names a session in them.
#[must_use]
pub fn is_of_session(object: &Node) -> bool {
    let labels = object.get("metadata").and_then(|metadata| metadata.get("labels"));
    let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Node::as_str).unwrap_or_default();
    label("app") == APP && label("component") == COMPONENT && !label("session_id").is_empty()
}

/// Whether this is a version of the group of Jobs.
fn is_batch(version: &str) -> bool {
    version.split_once('/').is_some_and(|(group, _)| group == "batch")
}

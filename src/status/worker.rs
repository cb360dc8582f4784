//! One worker: from its Job and its pods follow its phase, since when, and why.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::book::Slot;
use super::cause::{self, Cause};
use super::next;
use super::standing::{Context, Phase, Standing};

/// The identity of a worker.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkerId {
    /// `worker-1`, `worker-2`, …
    Number(u32),
    /// Any other name.
    Other(String),
}

impl WorkerId {
    /// The worker of a label.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let number = text.strip_prefix("worker-").and_then(|digits| digits.parse().ok());
        match number {
            Some(number) if number > 0 && text == format!("worker-{number}") => Self::Number(number),
            _ => Self::Other(text.to_owned()),
        }
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "worker-{number}"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// The status of one worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Worker {
    /// Its identity.
    #[serde(rename = "worker_id", serialize_with = "as_text")]
    pub id: WorkerId,
    /// Its phase.
    pub phase: Phase,
    /// Whether it will not, or may not, proceed without intervention.
    pub attention: bool,
    /// How many iterations it runs.
    pub iterations: Option<u64>,
    /// Which attempt its newest Job is, from 1.
    pub attempt: Option<u32>,
    /// How often its program was started, or was meant to be, over all its Jobs and their pods.
    pub attempts: u64,
    /// Its newest Job.
    pub job: Option<String>,
    /// The pod that the status describes.
    pub pod: Option<String>,
    /// When this phase began.
    #[serde(serialize_with = "as_time")]
    pub since: Option<DateTime<Utc>>,
    /// For how long it has been running or waiting, or how long it took if it has ended.
    #[serde(rename = "seconds", serialize_with = "as_seconds")]
    pub duration: Option<TimeDelta>,
    /// Why.
    pub cause: Option<Cause>,
    /// The command to run next, ready for a shell.
    pub next_command: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde calls it.
fn as_text<S: serde::Serializer>(id: &WorkerId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

#[allow(clippy::ref_option)] // As serde calls it.
fn as_time<S: serde::Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(time_text).serialize(serializer)
}

#[allow(clippy::ref_option)] // As serde calls it.
fn as_seconds<S: serde::Serializer>(duration: &Option<TimeDelta>, serializer: S) -> Result<S::Ok, S::Error> {
    duration.map(|duration| duration.num_seconds()).serialize(serializer)
}

/// A time as Kubernetes writes it.
#[must_use]
pub fn time_text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

impl Worker {
    /// A worker without a Job.
    #[must_use]
    pub const fn missing(id: WorkerId, iterations: Option<u64>) -> Self {
        Self {
            id,
            phase: Phase::Missing,
            attention: true,
            iterations,
            attempt: None,
            attempts: 0,
            job: None,
            pod: None,
            since: None,
            duration: None,
            cause: None,
            next_command: None,
        }
    }

    /// A worker by its newest Job, with the attempts that came before it.
    #[must_use]
    pub fn new(id: WorkerId, slot: &Slot, earlier: u64, planned: Option<u64>, context: Context) -> Self {
        let standing = Standing::of(slot, context);
        let job = slot.job.as_ref();
        let since = standing.since(context.now);
        let cause = cause::of(&standing, slot, context);
        Self {
            phase: standing.phase,
            attention: standing.needs_attention(),
            iterations: job.and_then(|job| job.iterations).or(planned),
            attempt: Some(slot.attempt()),
            attempts: earlier + slot.starts(),
            job: Some(slot.name.to_string()),
            pod: standing.pod().map(|pod| pod.name.to_string()),
            since: since.0,
            duration: since.1,
            next_command: next::command(&standing, slot, cause.as_ref()),
            cause,
            id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_are_ordered_by_their_numbers() {
        let mut ids: Vec<WorkerId> =
            ["worker-10", "worker-02", "x", "worker-2", "worker-0"].map(WorkerId::of).into_iter().collect();
        ids.sort();
        let shown: Vec<String> = ids.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["worker-2", "worker-10", "worker-0", "worker-02", "x"]);
    }
}

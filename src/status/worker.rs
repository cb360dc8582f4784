//! One worker: what is known of its Job and its pods comes in, and its phase, since when, and why goes out.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::book::Slot;
use super::cause::{self, Cause};
use super::next;
use super::record::{JobRecord, PodPhase, PodRecord, Removal, VerdictKind};

/// How far a worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It has done its iterations.
    Succeeded,
    /// It runs.
    Running,
    /// Its pod does not run yet.
    Pending,
    /// Its Job waits for somebody to let it go on.
    Suspended,
    /// It has failed, and is not tried again.
    Failed,
    /// It has no Job.
    Missing,
}

impl Phase {
    /// All of them, in the order in which they are counted.
    pub const ALL: [Self; 6] =
        [Self::Succeeded, Self::Running, Self::Pending, Self::Suspended, Self::Failed, Self::Missing];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Running => "running",
            Self::Pending => "pending",
            Self::Suspended => "suspended",
            Self::Failed => "failed",
            Self::Missing => "missing",
        }
    }
}

/// Who a worker is.
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
    /// Who it is.
    #[serde(rename = "worker_id", serialize_with = "as_text")]
    pub id: WorkerId,
    /// How far it is.
    pub phase: Phase,
    /// Whether it will not go on, or may not, unless somebody does something.
    pub attention: bool,
    /// How many iterations it runs.
    pub iterations: Option<u64>,
    /// Which attempt its newest Job is, from 1.
    pub attempt: Option<u32>,
    /// How often its program was started, or was meant to be, over all its Jobs and their pods.
    pub attempts: u64,
    /// Its newest Job.
    pub job: Option<String>,
    /// The pod that the status speaks of.
    pub pod: Option<String>,
    /// Since when it is in this phase.
    #[serde(serialize_with = "as_time")]
    pub since: Option<DateTime<Utc>>,
    /// For how long it runs or waits; how long it took, once it has ended.
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

/// A moment as Kubernetes writes it.
#[must_use]
pub fn time_text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// What is known besides a worker's own objects.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The moment at which durations end.
    pub now: DateTime<Utc>,
    /// Whether the input holds any Job of the session.
    pub has_jobs: bool,
    /// Whether the input holds any pod of the session.
    pub has_pods: bool,
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
            attempt: Some(attempt(slot)),
            attempts: earlier + starts(slot),
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

/// Which attempt of its worker a Job is, from 1.
#[must_use]
pub fn attempt(slot: &Slot) -> u32 {
    let of_pods = slot.pods.iter().map(|pod| pod.attempt).max();
    slot.job.as_ref().map(|job| job.attempt).or(of_pods).unwrap_or(1)
}

/// How often the program of a Job was started, or was meant to be. The Job counts its pods, and may be behind; the
/// input may not have all of them.
#[must_use]
pub fn starts(slot: &Slot) -> u64 {
    let counted = slot
        .job
        .as_ref()
        .map_or(0, |job| [job.active, job.failed, job.succeeded].into_iter().map(u64::from).sum::<u64>());
    let restarts = slot.pods.iter().map(|pod| u64::from(pod.restarts)).sum::<u64>();
    counted.max(slot.pods.len() as u64) + restarts
}

/// Where a worker stands, and the objects that say so.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'s> {
    /// The phase.
    pub phase: Phase,
    /// The Job, if the input has it.
    pub job: Option<&'s JobRecord>,
    /// The newest pod that has not ended and is not being deleted.
    pub current: Option<&'s PodRecord>,
    /// The newest pod that has failed.
    pub failed: Option<&'s PodRecord>,
    /// The newest pod that has succeeded.
    pub succeeded: Option<&'s PodRecord>,
}

impl<'s> Standing<'s> {
    /// Where the worker of a Job stands.
    #[must_use]
    pub fn of(slot: &'s Slot, context: Context) -> Self {
        let newest = |is_it: fn(&PodRecord) -> bool| {
            slot.pods.iter().filter(|pod| is_it(pod)).max_by(|a, b| (a.created, &a.name).cmp(&(b.created, &b.name)))
        };
        let mut standing = Self {
            phase: Phase::Pending,
            job: slot.job.as_ref(),
            current: newest(|pod| !pod.has_ended() && pod.removal.is_none()),
            failed: newest(|pod| pod.phase == PodPhase::Failed),
            succeeded: newest(|pod| pod.phase == PodPhase::Succeeded),
        };
        standing.phase = match standing.job {
            Some(job) => standing.by_job(job),
            None if context.has_jobs => Phase::Missing,
            None => standing.by_pods(),
        };
        standing
    }

    fn by_job(&self, job: &JobRecord) -> Phase {
        match (job.verdict.as_ref().map(|verdict| verdict.kind), job.removal) {
            (Some(VerdictKind::Complete), _) => Phase::Succeeded,
            (_, Some(Removal::Done)) => Phase::Missing,
            (Some(VerdictKind::Failed), _) => Phase::Failed,
            (_, Some(Removal::Asked(_))) => Phase::Missing,
            _ if job.is_suspended => Phase::Suspended,
            _ => match self.current {
                Some(pod) => by_pod(pod),
                // A server before 1.24 does not say whether a pod is ready.
                None if job.active > 0 && job.ready != Some(0) => Phase::Running,
                None => Phase::Pending,
            },
        }
    }

    /// Without any Job in the input the pods have to do.
    fn by_pods(&self) -> Phase {
        match (self.current, self.succeeded, self.failed) {
            (Some(pod), ..) => by_pod(pod),
            (None, Some(_), _) => Phase::Succeeded,
            (None, None, Some(_)) => Phase::Failed,
            (None, None, None) => Phase::Missing,
        }
    }

    /// The pod that the phase comes from.
    #[must_use]
    pub const fn pod(&self) -> Option<&'s PodRecord> {
        match self.phase {
            Phase::Succeeded => self.succeeded,
            Phase::Running => self.current,
            Phase::Pending => match self.current {
                Some(pod) => Some(pod),
                None => self.failed,
            },
            Phase::Failed => self.failed,
            Phase::Suspended | Phase::Missing => None,
        }
    }

    /// Whether the worker will not go on, or may not, unless somebody does something.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        match self.phase {
            Phase::Failed | Phase::Missing | Phase::Suspended => true,
            Phase::Succeeded => false,
            Phase::Running | Phase::Pending => self.current.is_some_and(cause::is_stuck),
        }
    }

    /// Since when the phase lasts, and for how long; how long it took, where it has ended.
    fn since(&self, now: DateTime<Utc>) -> (Option<DateTime<Utc>>, Option<TimeDelta>) {
        let started = self.job.and_then(|job| job.started);
        let created = self.job.and_then(|job| job.created);
        let verdict = self.job.and_then(|job| job.verdict.as_ref()).and_then(|verdict| verdict.since);
        let pod = self.pod();
        let lasting = |since: Option<DateTime<Utc>>| (since, since.map(|since| now - since));
        match self.phase {
            Phase::Succeeded | Phase::Failed => {
                let ended = verdict.or_else(|| pod.and_then(|pod| pod.ended));
                let started = started.or_else(|| pod.and_then(|pod| pod.started)).or(created);
                (ended, ended.zip(started).map(|(ended, started)| ended - started))
            }
            Phase::Running => lasting(pod.and_then(|pod| pod.started).or(started)),
            Phase::Pending => lasting(self.current.and_then(|pod| pod.created).or(started).or(created)),
            Phase::Suspended => lasting(verdict.or(created)),
            Phase::Missing => lasting(match self.job.and_then(|job| job.removal) {
                Some(Removal::Asked(since)) => Some(since),
                Some(Removal::Done) | None => None,
            }),
        }
    }
}

const fn by_pod(pod: &PodRecord) -> Phase {
    match pod.phase {
        PodPhase::Running | PodPhase::Unknown => Phase::Running,
        PodPhase::Succeeded => Phase::Succeeded,
        PodPhase::Failed => Phase::Failed,
        PodPhase::Pending => Phase::Pending,
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

//! The standing of a worker: its phase, and the Job and the pods from which the phase follows.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::book::Slot;
use super::record::{JobRecord, PodPhase, PodRecord, Removal, VerdictKind};

/// The phase of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// It has run its iterations.
    Succeeded,
    /// It is running.
    Running,
    /// Its pod is not running yet.
    Pending,
    /// Its Job is suspended.
    Suspended,
    /// It has failed and is not retried.
    Failed,
    /// It has no Job.
    Missing,
}

impl Phase {
    /// All phases, in the order in which they are counted.
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

/// What a standing depends on besides the worker's own objects.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The time at which durations end.
    pub now: DateTime<Utc>,
    /// Whether the input holds any Job of the session.
    pub has_jobs: bool,
    /// Whether the input holds any pod of the session.
    pub has_pods: bool,
}

/// The phase of a worker, and the objects from which it follows.
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
    /// The standing of the worker of a Job.
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

    /// The phase from the pods alone, for an input without Jobs.
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

    /// Whether the worker will not, or may not, proceed without intervention.
    #[must_use]
    pub fn needs_attention(&self) -> bool {
        match self.phase {
            Phase::Failed | Phase::Missing | Phase::Suspended => true,
            Phase::Succeeded => false,
            Phase::Running | Phase::Pending => self.current.is_some_and(PodRecord::is_stuck),
        }
    }

    /// When the phase began, and how long it has lasted, or how long the worker took if it has ended.
    #[must_use]
    pub fn since(&self, now: DateTime<Utc>) -> (Option<DateTime<Utc>>, Option<TimeDelta>) {
        let started = self.job.and_then(|job| job.started);
        let created = self.job.and_then(|job| job.created);
        let verdict = self.job.and_then(|job| job.verdict.as_ref()).and_then(|verdict| verdict.since);
        let pod = self.pod();
        // Clocks that disagree can make a duration negative.
        let between = |start, end| Some(end - start).filter(|duration| *duration >= TimeDelta::zero());
        let lasting = |since: Option<DateTime<Utc>>| (since, since.and_then(|since| between(since, now)));
        // Once a pod has failed, the Job's own start says nothing about the pod that replaced it.
        let first_start = started.filter(|_| self.job.is_none_or(|job| job.failed == 0) && self.failed.is_none());
        match self.phase {
            Phase::Succeeded | Phase::Failed => {
                let ended = verdict.or_else(|| pod.and_then(|pod| pod.ended));
                let started = started.or_else(|| pod.and_then(|pod| pod.started)).or(created);
                (ended, started.zip(ended).and_then(|(started, ended)| between(started, ended)))
            }
            Phase::Running => lasting(pod.and_then(|pod| pod.started).or(first_start)),
            Phase::Pending => lasting(match (self.current, self.failed) {
                (Some(pod), _) => pod.created.or(first_start),
                (None, Some(pod)) => pod.ended,
                (None, None) if started.is_some() => first_start,
                (None, None) => created,
            }),
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

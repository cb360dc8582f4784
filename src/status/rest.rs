//! The rest of a session: its status comes in, and the Jobs of the workers that have failed or have none go out, each
//! as the attempt that it is to be. Together with the Jobs that have succeeded or go on they are the session.

use super::next;
use super::session::SessionStatus;
use crate::config::Session;
use crate::names::job_name;
use crate::plan::{Part, WorkerShare};

/// So many Jobs are deleted by one command, which a shell and a terminal can still hold.
const DELETED_AT_ONCE: usize = 100;

/// What is done about a worker that has had a Job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It gets one more, as the attempt after the newest one.
    Again,
    /// It gets the same once more, in the place of the one that stands there.
    Replace,
}

/// The Jobs that a session lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// The workers, and which attempt each gets.
    pub part: Part,
    /// The workers of these that have failed.
    pub failed: Part,
    /// The Jobs that have to be deleted before, because those that are made have their names.
    replaced: Vec<String>,
    namespace: String,
}

impl Rest {
    /// What a planned session lacks, or what it lacks of the workers of `only`.
    #[must_use]
    pub fn of(status: &SessionStatus<'_>, session: &Session, only: Option<&Part>, retry: Retry) -> Self {
        let mut rest = Self {
            part: Part::default(),
            failed: Part::default(),
            replaced: Vec::new(),
            namespace: session.namespace.clone(),
        };
        let is_asked_for = |index| only.is_none_or(|only| only.attempt(index).is_some());
        for worker in status.unfinished().filter(|worker| is_asked_for(worker.index)) {
            let index = worker.index;
            let attempt = match (worker.highest, retry) {
                (None, _) => 1,
                (Some(highest), Retry::Again) => highest + 1,
                (Some(highest), Retry::Replace) => highest,
            };
            rest.part.extend(index..index + 1, attempt);
            if worker.has_failed {
                rest.failed.extend(index..index + 1, attempt);
            }
            let share = WorkerShare { worker_id: format!("worker-{}", index + 1), index, iterations: 0, attempt };
            let name = job_name(&session.session_short, &share);
            // A Job of another name, made by hand or under another session_short, is in nobody's way.
            if worker.job == Some(name.as_str()) {
                rest.replaced.push(name);
            }
        }
        rest
    }

    /// The commands that make room for the Jobs, ready for a shell; none where there is nothing in their place.
    #[must_use]
    pub fn deletions(&self) -> Vec<String> {
        self.replaced.chunks(DELETED_AT_ONCE).map(|names| next::delete(&self.namespace, names)).collect()
    }
}

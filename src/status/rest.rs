//! The rest of a session: from its status follow the workers that have failed or have no Job, and the attempt that each
//! of them gets. Together with the Jobs that have succeeded or are still active, they make up the session.

use super::next;
use super::session::SessionStatus;
use crate::config::Session;
use crate::names::job_name;
use crate::plan::{Part, WorkerShare};

/// The maximum number of Jobs in one delete command; shells and terminals limit the length of a line.
const DELETED_AT_ONCE: usize = 100;

/// How a worker that already had a Job is run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// With a new Job, as the attempt after the newest one.
    Again,
    /// With a Job of the same name, which replaces the existing one.
    Replace,
}

/// The Jobs that a session lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// The workers, each with its attempt.
    pub part: Part,
    /// Those of the workers that have failed.
    pub failed: Part,
    /// The existing Jobs that have to be deleted first, because the new Jobs reuse their names.
    replaced: Vec<String>,
    namespace: String,
}

impl Rest {
    /// The Jobs that a planned session lacks, restricted to the workers of `only` if it is given.
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
            // A Job of another name, made by hand or with another session_short, does not conflict.
            if worker.job == Some(name.as_str()) {
                rest.replaced.push(name);
            }
        }
        rest
    }

    /// The commands that delete the existing Jobs, ready for a shell; none if no name is taken.
    #[must_use]
    pub fn deletions(&self) -> Vec<String> {
        self.replaced.chunks(DELETED_AT_ONCE).map(|names| next::delete(&self.namespace, names)).collect()
    }
}

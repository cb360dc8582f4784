//! What applying a session would change: its Jobs and the manifests that exist already come in, and
//! for each Job whether it would be created, changed or left alone, field by field, goes out.
//!
//! Manifests may come from a directory that `generate` wrote, or from a cluster by
//! `kubectl get jobs -o yaml`: what the server has filled in is no difference.

pub mod compare;
pub mod existing;
mod server;

pub use compare::{FieldChange, Wanted};
pub use existing::{ExistingError, ExistingJob};

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::config::Session;
use crate::job::names::job_name;
use crate::job::{CreatedAt, JobIdentity, K8sTuningJobFactory};
use crate::plan::{WorkerShare, plan_jobs};

/// What applying would do with a Job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// There is none yet.
    Create,
    /// There is one, and it differs.
    Change,
    /// There is one, and it means the same.
    Unchanged,
    /// There is one of this session that the session no longer makes; apply leaves it alone.
    Stale,
}

impl Action {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
            Self::Unchanged => "unchanged",
            Self::Stale => "stale",
        }
    }
}

/// One Job of the session, or one that is left over of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobDiff {
    /// The Job's name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// What applying would do.
    pub action: Action,
    /// The file that the existing one stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The session of the existing one, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_session: Option<String>,
    /// The fields that differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
}

impl JobDiff {
    fn new(identity: &JobIdentity, action: Action) -> Self {
        Self {
            name: identity.name.clone(),
            namespace: identity.namespace.clone(),
            action,
            file: None,
            other_session: None,
            fields: Vec::new(),
        }
    }

    /// Whether a cluster would refuse the change.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.fields.iter().any(|field| field.immutable)
    }
}

/// The Jobs of a run, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Jobs that would be created.
    pub create: usize,
    /// Jobs that would be changed.
    pub change: usize,
    /// Changes that a cluster would refuse.
    pub refused: usize,
    /// Jobs that stay as they are.
    pub unchanged: usize,
    /// Jobs that are left over.
    pub stale: usize,
}

impl Counts {
    /// Counts the Jobs of a run.
    #[must_use]
    pub fn of(diffs: &[JobDiff]) -> Self {
        let count = |action| diffs.iter().filter(|diff| diff.action == action).count();
        Self {
            create: count(Action::Create),
            change: count(Action::Change),
            refused: diffs.iter().filter(|diff| diff.is_refused()).count(),
            unchanged: count(Action::Unchanged),
            stale: count(Action::Stale),
        }
    }

    /// Whether nothing differs.
    #[must_use]
    pub const fn is_same(&self) -> bool {
        self.create + self.change + self.stale == 0
    }
}

/// A session against what exists.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionDiff {
    /// The session's Jobs in their order, then what is left over of it.
    pub jobs: Vec<JobDiff>,
    /// Jobs that stand there twice, and what was passed over, as sentences.
    pub warnings: Vec<String>,
}

impl SessionDiff {
    /// Holds a session's Jobs against those of a directory, a file, or standard input (`-`).
    ///
    /// # Errors
    /// What exists cannot be read.
    pub fn new(session: &Session, created_at: CreatedAt, path: &Path) -> Result<Self, ExistingError> {
        let mut comparison = Comparison {
            session,
            factory: K8sTuningJobFactory::new(session, created_at),
            found: BTreeMap::new(),
            stale: BTreeMap::new(),
            warnings: Vec::new(),
        };
        let passed_over = existing::each_job(path, |job| comparison.add(&job))?;
        comparison.warnings.extend(passed_over);
        Ok(comparison.finish())
    }
}

/// What has been found so far; the existing Jobs themselves are not kept.
struct Comparison<'s> {
    session: &'s Session,
    factory: K8sTuningJobFactory<'s>,
    /// By the worker's index.
    found: BTreeMap<u32, JobDiff>,
    /// By their order, with namespace and name to tell one that comes twice.
    stale: BTreeMap<(String, String), (usize, JobDiff)>,
    warnings: Vec<String>,
}

impl Comparison<'_> {
    fn add(&mut self, job: &ExistingJob<'_>) {
        let before = match job.identity.share_in(self.session) {
            Some(share) => self.found.insert(share.index, self.compare(&share, job)),
            None if job.identity.session_id.as_ref() == Some(&self.session.session_id) => {
                let diff = JobDiff { file: Some(job.file.to_owned()), ..JobDiff::new(&job.identity, Action::Stale) };
                let key = (diff.namespace.clone(), diff.name.clone());
                let nth = self.stale.len();
                self.stale.insert(key, (nth, diff)).map(|(_, before)| before)
            }
            None => None,
        };
        // As for apply, the last of two counts.
        if let Some(first) = before.and_then(|before| before.file) {
            let (name, last) = (&job.identity.name, job.file);
            let where_ = if first == last { format!("twice in {last}") } else { format!("in {first} and in {last}") };
            self.warnings.push(format!("The Job {name} stands {where_}; the last one counts."));
        }
    }

    fn compare(&self, share: &WorkerShare, existing: &ExistingJob<'_>) -> JobDiff {
        let fields = Wanted::new(&self.factory.job(share)).changes_to(&existing.object.to_json());
        let action = if fields.is_empty() { Action::Unchanged } else { Action::Change };
        JobDiff {
            namespace: self.session.namespace.clone(),
            file: Some(existing.file.to_owned()),
            other_session: existing.identity.session_id.clone().filter(|id| *id != self.session.session_id),
            fields,
            ..JobDiff::new(&existing.identity, action)
        }
    }

    fn finish(mut self) -> SessionDiff {
        let mut jobs: Vec<JobDiff> = plan_jobs(self.session.total_iterations, self.session.workers)
            .map(|share| {
                self.found.remove(&share.index).unwrap_or_else(|| {
                    let name = job_name(&self.session.session_short, &share.worker_id, share.index);
                    let identity = JobIdentity { namespace: self.session.namespace.clone(), name, session_id: None };
                    JobDiff::new(&identity, Action::Create)
                })
            })
            .collect();
        let mut stale: Vec<_> = self.stale.into_values().collect();
        stale.sort_by_key(|(nth, _)| *nth);
        jobs.extend(stale.into_iter().map(|(_, diff)| diff));
        SessionDiff { jobs, warnings: self.warnings }
    }
}

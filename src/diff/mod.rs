//! What applying a session would change: its Jobs and the manifests that exist already come in, and
//! for each Job whether it would be created, changed or left alone, field by field, goes out.
//!
//! Manifests may come from a directory that `generate` wrote, or from a cluster by
//! `kubectl get jobs -o yaml`: what the server has filled in is no difference.

pub mod compare;
pub mod existing;
mod server;

pub use compare::{FieldChange, Wanted};
pub use existing::{Existing, ExistingError, ExistingJob};

use k8s_openapi::api::batch::v1::Job;
use serde::Serialize;

use crate::config::Session;

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

/// Holds the Jobs of a session against those that exist: the session's in their order, then what is left over.
#[must_use]
pub fn session(session: &Session, jobs: impl Iterator<Item = Job>, existing: Existing) -> Vec<JobDiff> {
    let mut existing = existing;
    let mut diffs: Vec<JobDiff> = jobs.map(|job| diff_of(session, &job, &mut existing)).collect();
    let stale = existing.into_rest().filter(|job| job.identity.session_id.as_ref() == Some(&session.session_id));
    diffs.extend(stale.map(|job| JobDiff {
        name: job.identity.name,
        namespace: job.identity.namespace,
        action: Action::Stale,
        file: Some(job.file),
        other_session: None,
        fields: Vec::new(),
    }));
    diffs
}

fn diff_of(session: &Session, job: &Job, existing: &mut Existing) -> JobDiff {
    let name = job.metadata.name.clone().unwrap_or_default();
    let namespace = session.namespace.clone();
    let Some(found) = existing.take(&namespace, &name) else {
        return JobDiff {
            name,
            namespace,
            action: Action::Create,
            file: None,
            other_session: None,
            fields: Vec::new(),
        };
    };
    let fields = Wanted::new(job).changes_to(&found.object);
    let action = if fields.is_empty() { Action::Unchanged } else { Action::Change };
    let other_session = found.identity.session_id.filter(|id| *id != session.session_id);
    JobDiff { name, namespace, action, file: Some(found.file), other_session, fields }
}

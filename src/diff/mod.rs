//! What applying a session would change: compares its Jobs with existing manifests, and tells for each Job whether it
//! would be created, changed or left alone, field by field.
//!
//! Manifests may come from a directory written by `generate`, or from a cluster through `kubectl get jobs -o yaml`: the
//! server's defaults do not count as differences.

mod applied;
pub(crate) mod compare;
pub(crate) mod existing;
pub(crate) mod field_path;
mod last_applied;
mod stored;
mod update;
pub(crate) mod verdict;

pub(crate) use applied::Assumption;
pub(crate) use compare::FieldChange;
pub(crate) use existing::{ExistingError, ExistingJob};
pub use update::Cause;
pub(crate) use update::CauseKind;
pub use verdict::Verdict;

use std::collections::BTreeMap;
use std::path::Path;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::ConfigMap;
use serde::Serialize;

use self::last_applied::is_moment;
use crate::apimachinery::Version;
use crate::config::Session;
use crate::job::{JobIdentity, K8sTuningJobFactory};
use crate::manifest::Node;
use crate::names::job_name;
use crate::nearest::words;
use crate::plan::plan_jobs;
use crate::validate::decode::decode;

/// The annotation with the creation time of a Job, which does not affect what it does.
const CREATED_AT: &str = "created_at";

words! {
    /// What applying would do to a Job.
    Action {
        /// The Job does not exist yet.
        Create = "create",
        /// The Job exists and differs.
        Change = "change",
        /// The Job exists and is equivalent.
        Unchanged = "unchanged",
        /// The Job exists, but is no longer part of the session; apply leaves it alone.
        Stale = "stale",
    }
}

/// One Job of the session, or a stale one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobDiff {
    /// The Job's name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// What applying would do.
    pub action: Action,
    /// The file of the existing Job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The session of the existing Job, if it is a different one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_session: Option<String>,
    /// The fields that differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
    /// Why a cluster would reject the change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
    /// The assumption behind the answer, if the existing Job does not show how it was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumption: Option<Assumption>,
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
            causes: Vec::new(),
            assumption: None,
        }
    }

    /// Whether a cluster would reject the change.
    pub fn is_refused(&self) -> bool {
        !self.causes.is_empty()
    }

    /// Whether a cluster would reject a change of an immutable field.
    pub fn is_immutable(&self) -> bool {
        self.causes.iter().any(|cause| cause.kind == CauseKind::Immutable)
    }

    /// Why a cluster would reject the change, apart from immutable fields, as sentences.
    pub fn refusals(&self) -> impl Iterator<Item = String> {
        let causes = self.causes.iter().filter(|cause| cause.kind != CauseKind::Immutable);
        causes.map(|cause| {
            if cause.field.is_root() { cause.message.clone() } else { format!("{}: {}", cause.field, cause.message) }
        })
    }
}

/// The Jobs of a run, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Jobs that would be created.
    pub create: usize,
    /// Jobs that would be changed.
    pub change: usize,
    /// Changes that a cluster would reject.
    pub refused: usize,
    /// Jobs that would stay unchanged.
    pub unchanged: usize,
    /// Stale Jobs.
    pub stale: usize,
}

impl Counts {
    /// Counts the Jobs of a run.
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

    /// Whether there are no differences.
    pub const fn is_same(&self) -> bool {
        self.create + self.change + self.stale == 0
    }
}

/// A session compared with the existing Jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionDiff {
    /// The session's Jobs in order, then its stale Jobs.
    pub jobs: Vec<JobDiff>,
    /// Duplicate Jobs and skipped inputs, as sentences.
    pub warnings: Vec<String>,
}

impl SessionDiff {
    /// The assumptions about Jobs that do not show how they were created, if they matter.
    pub fn assumptions(&self) -> Vec<Assumption> {
        let assumed = |assumption: &Assumption| self.jobs.iter().any(|job| job.assumption == Some(*assumption));
        [Assumption::AppliedAsItStands, Assumption::NeverApplied].into_iter().filter(assumed).collect()
    }

    /// Compares a session's Jobs with those of a directory, a file, or standard input (`-`), as a cluster of this
    /// version would.
    ///
    /// # Errors
    /// The existing Jobs cannot be read.
    pub fn new(factory: &K8sTuningJobFactory<'_>, path: &Path, version: Version) -> Result<Self, ExistingError> {
        let session = factory.session();
        let comparison = SessionComparison { session, factory, version };
        let mut found_jobs = FoundJobs::default();
        let passed_over = existing::each_job(path, |job| comparison.compare(job), |found| found_jobs.add(found))?;
        let mut diff = found_jobs.finish(session);
        diff.warnings.extend(passed_over);
        let config_maps = factory.config_map_count();
        if config_maps > 0 {
            diff.warnings.push(format!(
                "{} with the tuning file: not compared. Its name changes with its content, and the Jobs change with it.",
                if config_maps == 1 { "The ConfigMap".to_owned() } else { format!("The {config_maps} ConfigMaps") }
            ));
        }
        Ok(diff)
    }
}

/// An existing Job, compared with the desired one.
struct ComparedJob {
    /// The worker's index and attempt; none for a stale Job.
    place: Option<(u32, u32)>,
    diff: JobDiff,
}

struct SessionComparison<'s> {
    session: &'s Session,
    factory: &'s K8sTuningJobFactory<'s>,
    version: Version,
}

impl SessionComparison<'_> {
    /// None for a Job of another session.
    fn compare(&self, job: &ExistingJob<'_>) -> Option<ComparedJob> {
        let identity = &job.identity;
        let file = Some(job.file.to_owned());
        let Some(share) = identity.share_in(self.session) else {
            let is_stale = identity.session_id.as_ref() == Some(&self.session.session_id);
            return is_stale
                .then(|| ComparedJob { place: None, diff: JobDiff { file, ..JobDiff::new(identity, Action::Stale) } });
        };
        let verdict = verdict(&self.factory.job(&share), job.object, self.version);
        let action = if verdict.is_unchanged() { Action::Unchanged } else { Action::Change };
        let diff = JobDiff {
            namespace: self.session.namespace.clone(),
            file,
            other_session: identity.session_id.clone().filter(|id| *id != self.session.session_id),
            fields: verdict.fields,
            causes: verdict.causes,
            assumption: verdict.assumption,
            ..JobDiff::new(identity, action)
        };
        Some(ComparedJob { place: Some((share.index, share.attempt)), diff })
    }
}

/// Whether applying a Job to an existing object would change nothing.
pub fn is_unchanged(desired: &Job, existing: &Node) -> bool {
    // A change counts whether or not a version would reject it.
    verdict(desired, existing, Version::NEWEST).is_unchanged()
}

/// Whether an object is the desired ConfigMap.
#[must_use]
pub fn is_config_map(desired: &ConfigMap, existing: &Node) -> bool {
    decode::<ConfigMap>(existing, Version::NEWEST).is_ok_and(|(found, unknown)| found == *desired && unknown.is_empty())
}

fn verdict(desired: &Job, existing: &Node, version: Version) -> Verdict {
    if is_as_written(desired, existing) {
        return Verdict::default();
    }
    Verdict::of(&serde_json::to_value(desired).unwrap_or_default(), &existing.to_json(), version)
}

/// Whether an object is the desired Job, apart from `created_at`. This is a fast path for the unchanged majority of a
/// directory.
fn is_as_written(desired: &Job, object: &Node) -> bool {
    let Ok((existing, unknown)) = decode::<Job>(object, Version::NEWEST) else { return false };
    let moment = |job: &Job| job.metadata.annotations.as_ref().and_then(|all| all.get(CREATED_AT).cloned());
    let Some(created_at) = moment(&existing).filter(|moment| unknown.is_empty() && is_moment(moment)) else {
        return false;
    };
    let mut desired = desired.clone();
    if let Some(mine) = desired.metadata.annotations.as_mut().and_then(|all| all.get_mut(CREATED_AT)) {
        *mine = created_at;
    }
    desired == existing
}

/// The results so far, without the existing Jobs themselves.
#[derive(Default)]
struct FoundJobs {
    /// The results and attempts by worker index; the newest attempt is kept.
    desired: BTreeMap<u32, (u32, JobDiff)>,
    /// The number of earlier attempts.
    earlier: u64,
    /// In input order, with namespace and name to detect duplicates.
    stale: BTreeMap<(String, String), (usize, JobDiff)>,
    warnings: Vec<String>,
}

impl FoundJobs {
    fn add(&mut self, ComparedJob { place, diff }: ComparedJob) {
        let (name, file) = (diff.name.clone(), diff.file.clone());
        let before = if let Some((index, attempt)) = place {
            let newest = self.desired.get(&index).map_or(0, |(newest, _)| *newest);
            self.earlier += u64::from(newest > 0 && newest != attempt);
            if attempt < newest {
                return;
            }
            let before = self.desired.insert(index, (attempt, diff));
            before.filter(|_| newest == attempt).map(|(_, before)| before)
        } else {
            let nth = self.stale.len();
            let key = (diff.namespace.clone(), diff.name.clone());
            self.stale.insert(key, (nth, diff)).map(|(_, before)| before)
        };
        // As for kubectl apply, the last of two wins.
        if let (Some(first), Some(last)) = (before.and_then(|before| before.file), file) {
            let where_ = if first == last { format!("twice in {last}") } else { format!("in {first} and in {last}") };
            self.warnings.push(format!("The Job {name} occurs {where_}; the last one is used."));
        }
    }

    fn finish(mut self, session: &Session) -> SessionDiff {
        let mut jobs: Vec<JobDiff> = plan_jobs(session.total_iterations, session.workers)
            .map(|share| {
                let create = || {
                    let name = job_name(&session.session_short, &share);
                    let identity = JobIdentity { namespace: session.namespace.clone(), name, session_id: None };
                    JobDiff::new(&identity, Action::Create)
                };
                self.desired.remove(&share.index).map_or_else(create, |(_, diff)| diff)
            })
            .collect();
        let mut stale: Vec<_> = self.stale.into_values().collect();
        stale.sort_by_key(|(nth, _)| *nth);
        jobs.extend(stale.into_iter().map(|(_, diff)| diff));
        match self.earlier {
            0 => {}
            1 => self.warnings.push("A Job is an earlier attempt of its worker: not compared.".to_owned()),
            count => self.warnings.push(format!("{count} Jobs are earlier attempts of their workers: not compared.")),
        }
        SessionDiff { jobs, warnings: self.warnings }
    }
}

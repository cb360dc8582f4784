//! The status of a session: its workers, each by its newest attempt, compared with the plan if there is one.
//! Workers are computed on demand, so that they take no memory in a session of any size.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::book::{Book, Slot};
use super::cause::Cause;
use super::record::Removal;
use super::standing::{Context, Phase, Standing};
use super::worker::{Worker, WorkerId};
use crate::config::Session;
use crate::names::parse_job_name;
use crate::plan::plan_jobs;

/// Without a plan, gaps in the numbering are missing workers, up to this number of them.
const MAX_GAPS: u32 = 100_000;
/// The maximum number of workers that a warning names.
const NAMED: usize = 5;

/// The status of one session.
#[derive(Debug)]
pub struct SessionStatus<'b> {
    /// Its namespace.
    pub namespace: String,
    /// Its id.
    pub session_id: String,
    /// Warnings, as sentences.
    pub warnings: Vec<String>,
    plan: Option<(u64, u32)>,
    /// The Jobs, one per worker, those of numbered workers first.
    entries: Vec<Entry<'b>>,
    /// Workers 1 to this number are all listed, whether they have a Job or not.
    dense: u32,
    /// The number of workers without a Job that are not listed.
    unlisted: u32,
    context: Context,
}

/// The newest Job of a worker.
#[derive(Debug)]
struct Entry<'b> {
    id: WorkerId,
    slot: &'b Slot,
    /// How often the program was started by earlier attempts.
    earlier: u64,
    /// The highest known attempt of the worker, whether or not its Job still exists.
    highest: u32,
}

/// A worker that has failed or has no Job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfinished<'b> {
    /// The worker's index, from 0.
    pub index: u32,
    /// Whether it has failed.
    pub has_failed: bool,
    /// Its highest known attempt; none if it never had a Job.
    pub highest: Option<u32>,
    /// Its existing Job, if it has one.
    pub job: Option<&'b str>,
}

/// The workers and their iterations, counted by phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    /// Workers.
    pub workers: Counts,
    /// Iterations, as far as they are known: without a plan, those of a missing worker are not.
    pub iterations: Counts,
    /// The number of workers that will not, or may not, proceed without intervention.
    pub attention: u64,
}

/// Counts by phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// All of them.
    pub total: u64,
    /// Succeeded.
    pub succeeded: u64,
    /// Running.
    pub running: u64,
    /// Pending.
    pub pending: u64,
    /// Suspended.
    pub suspended: u64,
    /// Failed.
    pub failed: u64,
    /// Missing.
    pub missing: u64,
}

impl Counts {
    fn add(&mut self, phase: Phase, count: u64) {
        let of_phase = match phase {
            Phase::Succeeded => &mut self.succeeded,
            Phase::Running => &mut self.running,
            Phase::Pending => &mut self.pending,
            Phase::Suspended => &mut self.suspended,
            Phase::Failed => &mut self.failed,
            Phase::Missing => &mut self.missing,
        };
        *of_phase = of_phase.saturating_add(count);
        self.total = self.total.saturating_add(count);
    }

    /// The count of a phase.
    #[must_use]
    pub const fn of(&self, phase: Phase) -> u64 {
        match phase {
            Phase::Succeeded => self.succeeded,
            Phase::Running => self.running,
            Phase::Pending => self.pending,
            Phase::Suspended => self.suspended,
            Phase::Failed => self.failed,
            Phase::Missing => self.missing,
        }
    }
}

/// The sessions in the input and the planned ones, by namespace and id.
#[must_use]
pub fn sessions<'b>(book: &'b Book, plans: &[Session], now: DateTime<Utc>) -> Vec<SessionStatus<'b>> {
    let mut found: BTreeMap<(String, String), Vec<&'b Slot>> = BTreeMap::new();
    for plan in plans {
        found.insert((plan.namespace.clone(), plan.session_id.clone()), Vec::new());
    }
    for slot in book.slots() {
        let Some(session_id) = session_of(slot) else { continue };
        // A manifest may have no namespace, because kubectl fills it in.
        let planned = plans.iter().find(|plan| slot.namespace.is_empty() && plan.session_id == session_id);
        let namespace = planned.map_or_else(|| slot.namespace.to_string(), |plan| plan.namespace.clone());
        found.entry((namespace, session_id.to_owned())).or_default().push(slot);
    }
    let status = |((namespace, session_id), slots)| {
        let plan = plans.iter().find(|plan| plan.namespace == namespace && plan.session_id == session_id);
        SessionStatus::new(namespace, session_id, plan, slots, now)
    };
    found.into_iter().map(status).collect()
}

/// The session that a Job, or else one of its pods, belongs to.
fn session_of(slot: &Slot) -> Option<&str> {
    let of_pods = || slot.pods.iter().find_map(|pod| pod.session_id.as_deref());
    slot.job.as_ref().and_then(|job| job.session_id.as_deref()).or_else(of_pods)
}

/// The session and the worker of a single Job, regardless of the rest of the input.
#[must_use]
pub fn observe(slot: &Slot, now: DateTime<Utc>) -> Option<(&str, Worker)> {
    let context = Context { now, has_jobs: slot.job.is_some(), has_pods: !slot.pods.is_empty() };
    Some((session_of(slot)?, Worker::new(worker_of(slot), slot, 0, None, context)))
}

/// The worker of a Job: by its label, or that of a pod, or else by its name.
fn worker_of(slot: &Slot) -> WorkerId {
    let of_job = slot.job.as_ref().and_then(|job| job.worker_id.as_deref());
    let of_pods = || slot.pods.iter().find_map(|pod| pod.worker_id.as_deref());
    let of_name =
        || parse_job_name(&slot.name).and_then(|parts| u32::try_from(parts.worker).ok()).map(WorkerId::Number);
    of_job.or_else(of_pods).map(WorkerId::of).or_else(of_name).unwrap_or_else(|| WorkerId::of(&slot.name))
}

impl<'b> SessionStatus<'b> {
    fn new(
        namespace: String,
        session_id: String,
        plan: Option<&Session>,
        slots: Vec<&'b Slot>,
        now: DateTime<Utc>,
    ) -> Self {
        let context = Context {
            now,
            has_jobs: slots.iter().any(|slot| slot.job.is_some()),
            has_pods: slots.iter().any(|slot| !slot.pods.is_empty()),
        };
        let entries = newest(slots);
        let plan = plan.map(|plan| (plan.total_iterations, plan.workers));
        let mut status =
            Self { namespace, session_id, warnings: Vec::new(), plan, entries, dense: 0, unlisted: 0, context };
        status.dense = match plan {
            Some((_, workers)) => workers,
            None => status.without_gaps(),
        };
        status.warnings.extend(status.not_planned());
        status.warnings.extend(status.other_iterations());
        if !status.entries.is_empty() && !context.has_jobs {
            let text = "The input contains no Job of this session; the phases come from its pods.";
            status.warnings.push(text.to_owned());
        }
        status
    }

    /// The highest number up to which workers are listed if there is no plan.
    fn without_gaps(&mut self) -> u32 {
        let numbers = || self.entries.iter().filter_map(number);
        let highest = numbers().next_back().unwrap_or(0);
        let count = u32::try_from(numbers().count()).unwrap_or(u32::MAX);
        if highest - count <= MAX_GAPS {
            return highest;
        }
        self.unlisted = highest - count;
        let text = format!("{} workers up to worker-{highest} have no Job; they are too many to list.", self.unlisted);
        self.warnings.push(text);
        0
    }

    fn not_planned(&self) -> Option<String> {
        let (_, workers) = self.plan?;
        let others = self.entries.iter().filter(|entry| number(entry).is_none_or(|number| number > workers));
        let named = named(others.map(|entry| entry.id.to_string()))?;
        Some(format!("The configuration has {workers} workers; {named} is not among them."))
    }

    fn other_iterations(&self) -> Option<String> {
        self.plan?;
        let others = self.entries.iter().filter_map(|entry| {
            let (ours, planned) = (entry.slot.job.as_ref()?.iterations?, self.planned(number(entry)?)?);
            (ours != planned).then(|| format!("{} ({ours}, not {planned})", entry.id))
        });
        named(others).map(|named| format!("The number of iterations differs from the plan: {named}."))
    }

    /// How many iterations the plan gives to a worker.
    fn planned(&self, number: u32) -> Option<u64> {
        let (total, workers) = self.plan?;
        let nth = usize::try_from(number.checked_sub(1)?).ok()?;
        plan_jobs(total, workers).nth(nth).map(|share| share.iterations)
    }

    /// The number of workers, including the missing ones.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::try_from(self.dense).unwrap_or(usize::MAX).saturating_add(self.entries.len() - self.listed())
    }

    /// How many of the entries are workers 1 to `dense`.
    fn listed(&self) -> usize {
        self.entries.partition_point(|entry| number(entry).is_some_and(|number| number <= self.dense))
    }

    /// A worker by its position: planned workers in the order of the plan, then the others.
    #[must_use]
    pub fn worker(&self, nth: usize) -> Option<Worker> {
        let listed = self.listed();
        let Some(number) = u32::try_from(nth).ok().filter(|nth| *nth < self.dense).map(|nth| nth + 1) else {
            let dense = usize::try_from(self.dense).unwrap_or(usize::MAX);
            return self.entries.get(listed + (nth - dense)).map(|entry| self.present(entry));
        };
        let id = WorkerId::Number(number);
        Some(match self.entries[..listed].binary_search_by(|entry| entry.id.cmp(&id)) {
            Ok(place) => self.present(&self.entries[place]),
            Err(_) => Worker { cause: Some(Cause::no_job()), ..Worker::missing(id, self.planned(number)) },
        })
    }

    /// All workers.
    pub fn workers(&self) -> impl Iterator<Item = Worker> {
        (0..self.len()).filter_map(|nth| self.worker(nth))
    }

    /// The workers that have a Job, or at least a pod.
    pub fn present_workers(&self) -> impl Iterator<Item = Worker> {
        self.entries.iter().map(|entry| self.present(entry))
    }

    /// The numbers of the workers without a Job, as ranges.
    pub fn gaps(&self) -> impl Iterator<Item = (u32, u32)> {
        let mut next = 1;
        let numbers = self.entries[..self.listed()].iter().filter_map(number);
        numbers.chain([self.dense.saturating_add(1)]).filter_map(move |number| {
            let gap = (next, number - 1);
            next = number.saturating_add(1);
            (gap.0 <= gap.1).then_some(gap)
        })
    }

    /// The planned workers that have failed or have no Job, in the order of the plan.
    pub fn unfinished(&self) -> impl Iterator<Item = Unfinished<'b>> {
        let mut entries = self.entries[..self.listed()].iter().peekable();
        (0..self.dense).filter_map(move |index| {
            let Some(entry) = entries.next_if(|entry| number(entry) == Some(index + 1)) else {
                return Some(Unfinished { index, has_failed: false, highest: None, job: None });
            };
            let phase = Standing::of(entry.slot, self.context).phase;
            let job = entry.slot.job.as_ref().filter(|job| job.removal != Some(Removal::Done));
            matches!(phase, Phase::Failed | Phase::Missing).then_some(Unfinished {
                index,
                has_failed: phase == Phase::Failed,
                highest: Some(entry.highest),
                job: job.map(|_| &*entry.slot.name),
            })
        })
    }

    /// Whether the input contains Jobs of this session.
    #[must_use]
    pub const fn has_jobs(&self) -> bool {
        self.context.has_jobs
    }

    /// Whether the input contains nothing of this session.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        self.entries.is_empty()
    }

    fn present(&self, entry: &Entry<'_>) -> Worker {
        let planned = number(entry).and_then(|number| self.planned(number));
        Worker::new(entry.id.clone(), entry.slot, entry.earlier, planned, self.context)
    }

    /// Whether the input contains its pods. Without them, a Job does not show why its pod is waiting or has failed.
    #[must_use]
    pub const fn has_pods(&self) -> bool {
        self.context.has_pods
    }

    /// The counts of its workers by phase.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        let (mut planned_there, listed) = (0, self.listed());
        for entry in &self.entries {
            let standing = Standing::of(entry.slot, self.context);
            let planned = number(entry).and_then(|number| self.planned(number));
            planned_there += planned.unwrap_or(0);
            let iterations = entry.slot.job.as_ref().and_then(|job| job.iterations).or(planned);
            summary.workers.add(standing.phase, 1);
            summary.iterations.add(standing.phase, iterations.unwrap_or(0));
            summary.attention += u64::from(standing.needs_attention());
        }
        let missing = u64::from(self.dense) - listed as u64;
        summary.workers.add(Phase::Missing, missing);
        summary.iterations.add(Phase::Missing, self.plan.map_or(0, |(total, _)| total.saturating_sub(planned_there)));
        summary.attention += missing + u64::from(self.unlisted);
        summary
    }
}

fn number(entry: &Entry<'_>) -> Option<u32> {
    match entry.id {
        WorkerId::Number(number) => Some(number),
        WorkerId::Other(_) => None,
    }
}

/// The newest Job of each worker: of the highest attempt and, among several of that attempt, the one created last.
fn newest(slots: Vec<&Slot>) -> Vec<Entry<'_>> {
    let age = |slot: &Slot| (slot.job.is_some(), slot.attempt(), slot.job.as_ref().and_then(|job| job.created));
    let mut entries: Vec<Entry<'_>> = slots
        .into_iter()
        .map(|slot| Entry { id: worker_of(slot), slot, earlier: 0, highest: slot.attempt() })
        .collect();
    entries.sort_by(|a, b| (&a.id, age(a.slot), &a.slot.name).cmp(&(&b.id, age(b.slot), &b.slot.name)));
    let mut newest: Vec<Entry<'_>> = Vec::with_capacity(entries.len());
    for mut entry in entries {
        match newest.last_mut() {
            Some(before) if before.id == entry.id => {
                entry.earlier = before.earlier + before.slot.starts().max(1);
                entry.highest = entry.highest.max(before.highest);
                *before = entry;
            }
            _ => newest.push(entry),
        }
    }
    for entry in &mut newest {
        // Attempts whose Jobs have been deleted still count.
        entry.earlier = entry.earlier.max(u64::from(entry.slot.attempt()) - 1);
    }
    newest
}

/// `worker-7 and 3 more`; none if there are no workers.
fn named(mut names: impl Iterator<Item = String>) -> Option<String> {
    let first: Vec<String> = names.by_ref().take(NAMED).collect();
    let more = names.count();
    match (first.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(first.join(", ")),
        (false, more) => Some(format!("{} and {more} more", first.join(", "))),
    }
}

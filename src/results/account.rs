//! An account of a session's results, compared with the plan if there is one.

use std::path::Path;

use serde::{Serialize, Serializer};

use super::index::{Index, Key, WorkerRows};
use super::ranges::Ranges;
use crate::config::Session;
use crate::plan::plan_jobs;
use crate::printable;
use crate::status::WorkerId;

/// The rows that are present, and what is missing.
#[derive(Debug, Serialize)]
pub struct Account {
    /// The workers that have rows, in the order of the plan.
    pub workers: Vec<WorkerAccount>,
    /// The workers that have no rows, as ranges of their numbers.
    #[serde(serialize_with = "as_text")]
    pub missing_workers: Ranges,
    /// The number of rows that are merged.
    pub rows: u64,
    /// Rows of other sessions, which are left out.
    pub other_sessions: Vec<OtherSession>,
    /// What is wrong with files and rows that are left out.
    pub trouble: Vec<String>,
}

/// The results of a worker.
#[derive(Debug, Serialize)]
pub struct WorkerAccount {
    /// The session.
    pub session_id: String,
    /// The worker.
    pub worker_id: String,
    /// Which attempt the rows are from: the newest one that has any.
    pub attempt: u64,
    /// The number of rows of earlier attempts, which are left out.
    pub earlier_rows: u64,
    /// The number of rows.
    pub rows: u64,
    /// The number of different iterations.
    pub iterations: u64,
    /// The number of iterations that there should be.
    pub planned: Option<u64>,
    /// The iterations that are missing.
    #[serde(serialize_with = "as_text")]
    pub missing: Ranges,
    /// The iterations that occur more than once.
    #[serde(serialize_with = "as_text")]
    pub repeated: Ranges,
    /// The iterations that are not in the plan.
    #[serde(serialize_with = "as_text")]
    pub unplanned: Ranges,
    /// The positions of its rows.
    pub files: Vec<String>,
}

/// A session other than the requested one.
#[derive(Debug, Serialize)]
pub struct OtherSession {
    /// Its id.
    pub session_id: String,
    /// The number of its rows.
    pub rows: u64,
}

fn as_text<S: Serializer>(ranges: &Ranges, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(
        ranges.iter().map(|(first, last)| if first == last { first.to_string() } else { format!("{first}..{last}") }),
    )
}

impl Account {
    /// The account of an index.
    #[must_use]
    pub fn new(index: &Index, session: Option<&Session>) -> Self {
        // If any worker has an iteration 0, all workers count from 0: one of them may have lost its first row.
        let from_zero = index.workers.values().any(|rows| rows.iterations.first() == Some(0));
        let first = u64::from(!from_zero);
        let workers =
            index.workers.iter().map(|(key, rows)| WorkerAccount::new(key, rows, index, session, first)).collect();
        let trouble = index.trouble.iter().map(|trouble| {
            let place = trouble.line.map_or_else(String::new, |line| format!(":{line}"));
            format!("{}{place}: {}", printable::path(&trouble.file), printable::printable(&trouble.message))
        });
        let other = |(session_id, rows): (&String, &u64)| OtherSession { session_id: session_id.clone(), rows: *rows };
        Self {
            workers,
            missing_workers: missing_workers(index, session),
            rows: index.workers.values().map(|rows| rows.rows).sum(),
            other_sessions: index.others.iter().map(other).collect(),
            trouble: trouble.collect(),
        }
    }

    /// Whether the results are complete and contain nothing else. Files without rows are not results.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.rows > 0
            && self.missing_workers.is_empty()
            && self.other_sessions.is_empty()
            && self.trouble.is_empty()
            && self.workers.iter().all(WorkerAccount::is_whole)
    }
}

impl WorkerAccount {
    fn new(key: &Key, rows: &WorkerRows, index: &Index, session: Option<&Session>, first: u64) -> Self {
        let planned = session.map(|session| planned(&key.worker, session).unwrap_or(0));
        let last = match planned {
            Some(count) => (first + count).checked_sub(1),
            None => rows.iterations.last(),
        };
        let (missing, unplanned) = match last {
            Some(last) if last >= first => (rows.iterations.missing(first, last), rows.iterations.outside(first, last)),
            _ => (Ranges::default(), rows.iterations.clone()),
        };
        let mut places: Vec<usize> = rows.runs.iter().map(|run| run.file).collect();
        places.dedup();
        let name = |place: usize| index.files[place].path.file_name().unwrap_or_default();
        let mut files: Vec<String> =
            places.into_iter().map(|place| Path::new(name(place)).to_string_lossy().into_owned()).collect();
        files.dedup();
        Self {
            session_id: key.session_id.clone(),
            worker_id: key.worker.to_string(),
            attempt: rows.attempt,
            earlier_rows: rows.earlier,
            rows: rows.rows,
            iterations: rows.iterations.count(),
            planned,
            missing,
            repeated: rows.repeated.clone(),
            unplanned: if planned.is_some() { unplanned } else { Ranges::default() },
            files,
        }
    }

    /// Whether each planned iteration occurs exactly once, and no other iteration does.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.missing.is_empty() && self.repeated.is_empty() && self.unplanned.is_empty()
    }
}

/// How many iterations the plan gives to a worker; none if it has no such worker.
fn planned(worker: &WorkerId, session: &Session) -> Option<u64> {
    let WorkerId::Number(number) = worker else { return None };
    let nth = usize::try_from(number.checked_sub(1)?).ok()?;
    plan_jobs(session.total_iterations, session.workers).nth(nth).map(|share| share.iterations)
}

/// The workers without rows: those of the plan, or else the gaps in the numbering.
fn missing_workers(index: &Index, session: Option<&Session>) -> Ranges {
    let number = |key: &Key| match key.worker {
        WorkerId::Number(number) => Some(u64::from(number)),
        WorkerId::Other(_) => None,
    };
    let mut there = Ranges::default();
    for number in index.workers.keys().filter_map(number) {
        there.insert(number);
    }
    match session.map(|session| u64::from(session.workers)).or_else(|| there.last()) {
        Some(last) => there.missing(1, last),
        None => Ranges::default(),
    }
}

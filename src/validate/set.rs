//! Rules across documents, about the Jobs of one session. Inconsistencies are reported for the document in which they
//! appear.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::finding::DocumentReport;
use super::tuning::Membership;
use crate::diagnostic::rule::rules;
use crate::diagnostic::{Diagnostic, Reason, Rule, Severity, Wording};

rules! {
    Tuning;

    /// The name of a Job is unique within its namespace. kubectl would apply a second Job over the first one, which
    /// fails on the immutable pod template or loses a worker.
    DUPLICATE_NAME = "tuning-duplicate-name" in Job:
        "# in a second document\nmetadata:\n  name: arb-tuning-d29-k8s--worker-1-0",
        "# in a second document\nmetadata:\n  name: arb-tuning-d29-k8s--worker-2-1";

    /// The Jobs of a session are worker-1 to worker-n, with each attempt of a worker only once. The iterations of a
    /// missing worker would never run, and a repeated worker would overwrite the other's results. If a worker has only
    /// a later attempt, the rest of the session is expected to be elsewhere, and no worker is reported as missing.
    WORKERS = "tuning-workers" in Job:
        "# worker-1 and worker-3, but no worker-2",
        "# worker-1, worker-2 and worker-3";

    /// The Jobs of a session have the same session_short in their names. A different one is a sign of Jobs that were
    /// generated twice, or of a copied label.
    SHORT = "tuning-session-short" in Job:
        "# in a second document of the same session\nmetadata:\n  name: arb-tuning-d29-new-worker-2-1",
        "# in a second document of the same session\nmetadata:\n  name: arb-tuning-d29-k8s--worker-2-1";

    /// The iterations of a session are split evenly: workers differ by at most one. A larger difference is a sign of
    /// Jobs from different plans.
    SPLIT = "tuning-split" in Job:
        "# worker-1 with --iterations 3 and worker-2 with --iterations 1",
        "# worker-1 with --iterations 3 and worker-2 with --iterations 2";
}

/// The state over all documents so far.
#[derive(Debug, Default)]
pub struct Sets {
    /// Namespace and name with the file in which they occurred first.
    names: HashMap<(String, String), Arc<str>>,
    /// Session and namespace, and its workers.
    sessions: BTreeMap<(String, String), SessionJobs>,
}

#[derive(Debug, Default)]
struct SessionJobs {
    /// The short name in its first Job's name.
    short: Option<String>,
    /// The workers' numbers with the report indexes of their Jobs.
    workers: BTreeMap<u64, WorkerJobs>,
    /// The numbers of iterations with the report index of the first Job for each.
    iterations: BTreeMap<u64, usize>,
}

/// The Jobs of one worker.
#[derive(Debug)]
struct WorkerJobs {
    /// The report index of the first one.
    nth: usize,
    /// The attempts so far.
    attempts: BTreeSet<u64>,
}

impl Sets {
    /// Adds the Job at index `nth` of the reports; inconsistencies are added to its findings.
    pub fn add(&mut self, nth: usize, member: Option<Membership>, report: &mut DocumentReport) {
        if !report.name.is_empty() {
            let key = (report.namespace.clone(), report.name.clone());
            if let Some(first) = self.names.get(&key) {
                let message = format!("The Job {} is already in {first}.", report.name);
                let wording = (message, "Give each Job its own name.");
                let finding = finding(&DUPLICATE_NAME, "metadata.name", Reason::FieldValueDuplicate, wording, report);
                report.findings.push(finding);
            } else {
                self.names.insert(key, Arc::clone(&report.file));
            }
        }
        let Some(member) = member else { return };
        let key = (member.session_id.clone(), report.namespace.clone());
        let session = self.sessions.entry(key).or_default();
        let short = session.short.get_or_insert_with(|| member.session_short.clone());
        if *short != member.session_short {
            let message = format!(
                "The session {} is called {} in the previous Job names, but {} in this one.",
                member.session_id,
                quoted(short),
                member.session_short
            );
            report.findings.push(finding(&SHORT, "metadata.name", Reason::FieldValueInvalid, message, report));
        }
        let worker = session.workers.entry(member.worker).or_insert(WorkerJobs { nth, attempts: BTreeSet::new() });
        if !worker.attempts.insert(member.attempt) {
            let again = match member.attempt {
                1 => String::new(),
                attempt => format!(" in attempt {attempt}"),
            };
            let message = format!("The session {} already has a worker-{}{again}.", member.session_id, member.worker);
            let finding = finding(&WORKERS, "metadata.labels[worker_id]", Reason::FieldValueDuplicate, message, report);
            report.findings.push(finding);
        }
        let Some(iterations) = member.iterations else { return };
        session.iterations.entry(iterations).or_insert(nth);
        if let (Some((&least, _)), Some((&most, _))) =
            (session.iterations.first_key_value(), session.iterations.last_key_value())
            && most - least > 1
        {
            let message =
                format!("The workers of session {} run between {least} and {most} iterations each.", member.session_id);
            let wording = (message, "Split the iterations evenly: workers may differ by at most one.");
            let path = "spec.template.spec.containers[0].args";
            let finding = finding(&SPLIT, path, Reason::FieldValueInvalid, wording, report);
            report.findings.push(finding);
            // Removed again, so that one deviating Job does not affect all that follow.
            session.iterations.remove(&iterations);
        }
    }

    /// Adds missing workers to the findings of the last Job of each session. A single Job says nothing about the
    /// others.
    pub fn finish(self, reports: &mut [DocumentReport]) {
        for ((session_id, _), session) in self.sessions {
            let Some((&last, &WorkerJobs { nth, .. })) = session.workers.last_key_value() else { continue };
            let is_rest = session.workers.values().any(|worker| !worker.attempts.contains(&1));
            if session.workers.len() < 2 || is_rest {
                continue;
            }
            let missing: Vec<u64> = gaps(&session.workers).collect();
            let (Some(first), Some(report)) = (missing.first(), reports.get_mut(nth)) else { continue };
            let missing_count = last - session.workers.len() as u64;
            let who = match missing_count {
                1 => format!("worker-{first} is"),
                more => format!("worker-{first} and {} more are", more - 1),
            };
            let message = format!("The session {session_id} goes up to worker-{last}, but {who} missing.");
            let wording = (message, "Validate the whole session at once.");
            let finding = finding(&WORKERS, "metadata.labels[worker_id]", Reason::FieldValueRequired, wording, report);
            report.findings.push(finding);
        }
    }
}

/// Truncates a text of another document for a message: a long text repeated in many messages would need too much
/// memory.
fn quoted(text: &str) -> String {
    const MAX: usize = 60;
    match text.char_indices().nth(MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The first missing number of each gap.
fn gaps(workers: &BTreeMap<u64, WorkerJobs>) -> impl Iterator<Item = u64> + '_ {
    let mut expected = 1;
    workers.keys().filter_map(move |worker| {
        let missing = (*worker > expected).then_some(expected);
        // Nothing follows the largest number.
        expected = worker.saturating_add(1);
        missing
    })
}

fn finding(
    rule: &'static Rule,
    path: &str,
    reason: Reason,
    wording: impl Into<Wording>,
    report: &DocumentReport,
) -> Diagnostic {
    Diagnostic::new(Severity::Error, rule, path, reason, wording, report.name_excerpt.clone())
}

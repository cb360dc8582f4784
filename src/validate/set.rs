//! Rules across documents: the Jobs of one session, taken together.
//! Each Job's place in its session comes in as it is read; what does not fit together comes out on
//! the document that shows it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::finding::DocumentReport;
use super::tuning::Membership;
use crate::diagnostic::rule::rules;
use crate::diagnostic::{Diagnostic, Reason, Rule, Severity, Wording};

rules! {
    Tuning;

    /// Each Job has a name of its own within its namespace. kubectl would apply the second one over the
    /// first, which fails on the immutable pod template, or loses a worker.
    DUPLICATE_NAME = "tuning-duplicate-name" in Job:
        "# in a second document\nmetadata:\n  name: arb-tuning-d29-k8s--worker-1-0",
        "# in a second document\nmetadata:\n  name: arb-tuning-d29-k8s--worker-2-1";

    /// The Jobs of a session are worker-1 to worker-n, each attempt of each once. A missing worker's iterations would
    /// never run, and a repeated one would write over the other's results. Where a worker has a later attempt only, its
    /// first one is elsewhere; so may other workers be, and none is missed.
    WORKERS = "tuning-workers" in Job:
        "# worker-1 and worker-3, but no worker-2",
        "# worker-1, worker-2 and worker-3";

    /// The Jobs of a session have the same session_short in their names. Another one is the sign of Jobs that were
    /// made twice, or of a label that was copied.
    SHORT = "tuning-session-short" in Job:
        "# in a second document of the same session\nmetadata:\n  name: arb-tuning-d29-new-worker-2-1",
        "# in a second document of the same session\nmetadata:\n  name: arb-tuning-d29-k8s--worker-2-1";

    /// The iterations of a session are split evenly: two workers differ by one at the most. A larger
    /// difference is the sign of Jobs from different plans.
    SPLIT = "tuning-split" in Job:
        "# worker-1 with --iterations 3 and worker-2 with --iterations 1",
        "# worker-1 with --iterations 3 and worker-2 with --iterations 2";
}

/// What has been seen of all documents so far.
#[derive(Debug, Default)]
pub struct Sets {
    /// Namespace and name, and the file where they stood first.
    names: HashMap<(String, String), Arc<str>>,
    /// Session and namespace, and its workers.
    sessions: BTreeMap<(String, String), SessionJobs>,
}

#[derive(Debug, Default)]
struct SessionJobs {
    /// What stands for it in the name of its first Job.
    short: Option<String>,
    /// The workers' numbers, and the index in the list of reports of the Job of each.
    workers: BTreeMap<u64, WorkerJobs>,
    /// The numbers of iterations that have been seen, and the place of the first Job of each.
    iterations: BTreeMap<u64, usize>,
}

/// The Jobs of one worker.
#[derive(Debug)]
struct WorkerJobs {
    /// The place in the list of reports of the one that came first.
    nth: usize,
    /// Which attempts there are.
    attempts: BTreeSet<u64>,
}

impl Sets {
    /// Takes in the Job at index `nth` in the list of reports; adds what does not fit to its findings.
    pub fn add(&mut self, nth: usize, member: Option<Membership>, report: &mut DocumentReport) {
        if !report.name.is_empty() {
            let key = (report.namespace.clone(), report.name.clone());
            if let Some(first) = self.names.get(&key) {
                let message = format!("The Job {} stands in {first} already.", report.name);
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
                "The session {} is called {} in the names before, and {} in this one.",
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
            let message = format!("The session {} has a worker-{}{again} already.", member.session_id, member.worker);
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
                format!("The workers of session {} run between {least} and {most} iterations.", member.session_id);
            let wording = (message, "Split the iterations evenly: two workers differ by one at the most.");
            let path = "spec.template.spec.containers[0].args";
            let finding = finding(&SPLIT, path, Reason::FieldValueInvalid, wording, report);
            report.findings.push(finding);
            // Taken out again, so that one odd Job does not make odd ones of all that follow.
            session.iterations.remove(&iterations);
        }
    }

    /// Adds to the last Job of each session which workers are missing. A Job that was looked at alone
    /// says nothing about the others.
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
            let message = format!("The session {session_id} goes up to worker-{last}, and {who} missing.");
            let wording = (message, "Validate the whole session at once.");
            let finding = finding(&WORKERS, "metadata.labels[worker_id]", Reason::FieldValueRequired, wording, report);
            report.findings.push(finding);
        }
    }
}

/// A text of another document as a message quotes it: with as many messages as documents, a long one would grow beyond
/// measure.
fn quoted(text: &str) -> String {
    const MAX: usize = 60;
    match text.char_indices().nth(MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The first number that is missing before each number that is there.
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

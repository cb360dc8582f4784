//! Documents become findings: what the API server would say of a Job, and what the guide demands of
//! a tuning Job.
//!
//! [`decode`] makes a node a typed Job, the rules look at that Job, and every finding is brought
//! back to the place in the file that it speaks of.

#[cfg(test)]
mod any_session;
mod api;
pub(crate) mod checks;
pub mod decode;
pub(crate) mod document;
#[cfg(test)]
mod examples;
pub(crate) mod fields;
pub(crate) mod finding;
pub(crate) mod findings;
pub(crate) mod job_template;
pub(crate) mod origins;
pub mod pod_security_standards;
mod positions;
pub(crate) mod preflight;
pub(crate) mod server;
pub(crate) mod set;
mod threads;
pub(crate) mod tuning;

pub(crate) use api::fill_in_all as fill_in_defaults;
pub(crate) use api::gates;
pub use checks::{Checks, Sources};
pub use finding::{DocumentReport, Summary};

use std::sync::Arc;

use rayon::prelude::*;

use self::findings::Findings;
use self::origins::Origins;
use crate::apimachinery::Version;
use crate::{config, tuning_file};
// The files of rules in `api` find the macro here.
use crate::diagnostic::rule;
use crate::diagnostic::{self, Reason, Rule, Severity};
use crate::job::K8sJobSpec;
use crate::manifest::{self, Input, InputError, Node, Position, Text, Value};

/// What the rules of a server say of a Job by itself that no file holds: a field, the reason and a sentence for each
/// fault.
#[must_use]
pub fn faults_of(job: &k8s_openapi::api::batch::v1::Job, version: Version) -> Vec<(String, Reason, String)> {
    let (nowhere, file, text) = (Node::new(Value::Null, Position::default()), "".into(), Text::decode(Vec::new()));
    let checks = Checks { version, ..Checks::from(Sources { api: true, tuning: false }) };
    let mut findings = Findings::new(&nowhere, &file, &text, &checks);
    api::check_job(job, &mut findings);
    let errors = findings.into_vec().into_iter().filter(|finding| finding.severity == Severity::Error);
    errors
        .map(|finding| {
            let message = finding.with_help();
            (finding.path, finding.reason, message)
        })
        .collect()
}

/// So many inputs are read before their reports are put in order.
const BATCH: usize = 2048;
/// Fewer inputs than this are checked on one core.
const FEW: usize = 16;

/// All rules, in the order in which they are applied.
#[must_use]
pub fn rules() -> Vec<&'static Rule> {
    let api: &[&[&Rule]] = &[diagnostic::RULES, document::RULES, server::RULES];
    let own = &[tuning::RULES, set::RULES, config::rules::RULES, tuning_file::RULES, job_template::RULES];
    [api, api::RULES, pod_security_standards::RULES, own].concat().concat()
}

/// Checks documents one file after the other, and then what they are to each other.
#[derive(Debug)]
pub struct Validator {
    checks: Checks,
    sets: set::Sets,
    reports: Vec<DocumentReport>,
}

impl Validator {
    /// Nothing checked yet; `checks` says which rules to apply.
    #[must_use]
    pub fn new(checks: impl Into<Checks>) -> Self {
        Self { checks: checks.into(), sets: set::Sets::default(), reports: Vec::new() }
    }

    /// Checks all documents of one file.
    pub fn add(&mut self, file: &str, text: &Text) {
        for checked in check_text(file, text, &self.checks) {
            self.take(checked);
        }
    }

    /// Checks a Job of a session as it would be written. What is found is told at the keys that caused it, in the file
    /// that the session comes from.
    pub fn add_job(&mut self, spec: &K8sJobSpec, text: &Text, origins: &Origins<'_>) {
        manifest::documents(text.as_str(), |read| {
            let of_job = read.as_ref().ok().map(|document| origins.of_job(spec, &document.root));
            for (mut report, member) in document::check(origins.file(), text, read, self.reports.len(), &self.checks) {
                if let Some(of_job) = &of_job {
                    of_job.apply(&mut report);
                }
                self.take((report, member));
            }
        });
    }

    /// Checks all documents of several inputs, on all cores; `done` is called after each input.
    ///
    /// # Errors
    /// The first input that cannot be read.
    pub fn add_inputs(&mut self, inputs: &[Input], done: impl Fn() + Sync) -> Result<(), InputError> {
        let checks = self.checks.clone();
        let check = |input: &Input| {
            let checked = input.read().map(|text| check_text(&input.name(), &text, &checks));
            done();
            checked
        };
        // Starting threads for a few files would take longer than the files.
        let pool = if inputs.len() < FEW { None } else { threads::pool(threads::cores(), threads::start) };
        // A batch at a time, so that what is waiting to be taken stays small.
        for batch in inputs.chunks(BATCH) {
            let checked: Vec<_> = match &pool {
                None => batch.iter().map(check).collect(),
                Some(pool) => pool.install(|| batch.par_iter().map(check).collect()),
            };
            for result in checked {
                for one in result? {
                    self.take(one);
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, (mut report, member): document::Checked) {
        if self.checks.sources.tuning && !report.skipped {
            self.sets.add(self.reports.len(), member, &mut report);
            report.findings.retain(|finding| self.checks.apply(finding.rule));
        }
        self.reports.push(report);
    }

    /// The reports of all documents, in the order in which they came.
    #[must_use]
    pub fn finish(mut self) -> Vec<DocumentReport> {
        // Which workers are missing is all that is left to say.
        if self.checks.sources.tuning && self.checks.apply(&set::WORKERS) {
            self.sets.finish(&mut self.reports);
        }
        self.reports
    }
}

/// Checks the documents of one file by themselves.
#[must_use]
pub fn check_text(file: &str, text: &Text, checks: &Checks) -> Vec<document::Checked> {
    let mut all = Vec::new();
    let file = Arc::from(file);
    manifest::documents(text.as_str(), |read| {
        let checked = document::check(&file, text, read, all.len(), checks);
        all.extend(checked);
    });
    all
}

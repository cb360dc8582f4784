//! Checks documents against the API server's rules for Jobs and the guide's rules for tuning Jobs.
//!
//! [`decode`] turns a node into a typed Job, the rules check that Job, and every finding is mapped back to its position
//! in the file.

#[cfg(test)]
mod any_session;
mod api;
pub(crate) mod checks;
#[cfg(test)]
mod config_maps;
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
#[cfg(test)]
mod whole_sessions;

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
// Makes the macro available to the rules in `api`.
use crate::diagnostic::rule;
use crate::diagnostic::{self, Reason, Rule, Severity};
use crate::job::K8sJobSpec;
use crate::manifest::{self, Input, InputError, Node, Position, Text, Value};

/// Checks a Job that is not in a file against a server's rules: returns the field, the reason and a sentence for each
/// fault.
pub fn faults_of(job: &k8s_openapi::api::batch::v1::Job, version: Version) -> Vec<(String, Reason, String)> {
    let (nowhere, file, text) = (Node::new(Value::Null, Position::default()), "".into(), Text::decode(Vec::new()));
    let checks = Checks { version, ..Checks::from(Sources { api: true, tuning: false }) };
    let mut found = Vec::new();
    api::check_job(job, &mut Findings::new(&nowhere, &file, &text, &checks, &mut found));
    let errors = found.into_iter().filter(|finding| finding.severity == Severity::Error);
    let told = |finding: diagnostic::Diagnostic| {
        let message = finding.with_help();
        (finding.path, finding.reason, message)
    };
    errors.map(told).collect()
}

/// The number of inputs per batch.
const BATCH: usize = 2048;
/// Fewer inputs than this are checked on one core.
const FEW: usize = 16;

/// All rules, in the order in which they are applied.
pub fn rules() -> Vec<&'static Rule> {
    let api: &[&[&Rule]] = &[diagnostic::RULES, document::RULES, server::RULES];
    let own = &[tuning::RULES, set::RULES, config::rules::RULES, tuning_file::RULES, job_template::RULES];
    [api, api::RULES, pod_security_standards::RULES, own].concat().concat()
}

/// Checks documents one file at a time, and then the documents of a session together.
#[derive(Debug)]
pub struct Validator {
    checks: Checks,
    sets: set::Sets,
    reports: Vec<DocumentReport>,
}

impl Validator {
    /// A new validator; `checks` says which rules to apply.
    pub fn new(checks: impl Into<Checks>) -> Self {
        Self { checks: checks.into(), sets: set::Sets::default(), reports: Vec::new() }
    }

    /// Checks all documents of one file.
    pub fn add(&mut self, file: &str, text: &Text) {
        for checked in check_text(file, text, &self.checks) {
            self.take(checked);
        }
    }

    /// Checks a Job of a session as it would be written. Findings are reported at the keys of the session's file that
    /// caused them.
    pub fn add_job(&mut self, spec: &K8sJobSpec, text: &Text, origins: &Origins<'_>) {
        let first = self.reports.len();
        for (mut report, member) in check_text_from(first, origins.file(), text, &self.checks) {
            origins.tell(&mut report, spec, text);
            self.take((report, member));
        }
    }

    /// Checks all documents of several inputs, on all cores; `done` is called after each input.
    ///
    /// # Errors
    /// An input cannot be read.
    pub fn add_inputs(&mut self, inputs: &[Input], done: impl Fn() + Sync) -> Result<(), InputError> {
        let checks = self.checks.clone();
        let check = |input: &Input| {
            let checked = input.read().map(|text| check_text(&input.name(), &text, &checks));
            done();
            checked
        };
        // For a few files, starting threads would take longer than checking them.
        let pool = if inputs.len() < FEW { None } else { threads::pool(threads::cores(), threads::start) };
        // One batch at a time, to limit the number of pending reports.
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

    /// The reports of all documents, in input order.
    pub fn finish(mut self) -> Vec<DocumentReport> {
        // Only the missing workers remain to be reported.
        if self.checks.sources.tuning && self.checks.apply(&set::WORKERS) {
            self.sets.finish(&mut self.reports);
        }
        self.reports
    }
}

/// Checks the documents of one file.
pub fn check_text(file: &str, text: &Text, checks: &Checks) -> Vec<document::Checked> {
    check_text_from(0, &Arc::from(file), text, checks)
}

/// The same, after the given number of documents of the file.
fn check_text_from(first: usize, file: &Arc<str>, text: &Text, checks: &Checks) -> Vec<document::Checked> {
    let mut all = Vec::new();
    manifest::documents(text.as_str(), |read| {
        let checked = document::check(file, text, read, first + all.len(), checks);
        all.extend(checked);
    });
    all
}

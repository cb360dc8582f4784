//! Checks one document of a file: Lists are split into their items, documents that are not Jobs are skipped, and Jobs
//! are checked against the requested rules.

use std::sync::Arc;

use k8s_openapi::api::batch::v1::{CronJob, Job, JobSpec};

use super::api;
use super::checks::Checks;
use super::finding::DocumentReport;
use super::findings::Findings;
use super::pod_security_standards::{self, PolicyVersion};
use super::positions::Positions;
use super::server;
use super::tuning::{self, Membership, TYPE};
use crate::apimachinery::{Path, path};
use crate::config::recognize;
use crate::diagnostic::rule::rules;
use crate::diagnostic::{Diagnostic, Reason, Severity};
use crate::job::DocumentKind;
use crate::manifest::text::Excerpt;
use crate::manifest::{Document, Node, ReadError, Text};

rules! {
    Api;

    /// Each key occurs only once in its mapping. kubectl silently keeps the last of two, so the first value is lost
    /// before the server sees it. The server accepts the rest, so this is a warning.
    #[severity(Warning)]
    DUPLICATE_KEY = "duplicate-key" in Job:
        "spec:\n  suspend: true\n  suspend: false",
        "spec:\n  suspend: false";

    /// With --fail-on-skipped, every document is a Job or a CronJob. Other kinds are not checked, so they would
    /// otherwise pass unnoticed.
    SKIPPED = "skipped-document" in Job: "kind: Secret\napiVersion: v1", "kind: Job\napiVersion: batch/v1";
}

/// A report, and the Job's membership in a session if it has one.
pub type Checked = (DocumentReport, Option<Membership>);

/// Checks a document of a file, which may be a List; `first` is the index of the next report in its file.
pub fn check(
    file: &Arc<str>,
    text: &Text,
    read: Result<Document, ReadError>,
    first: usize,
    checks: &Checks,
) -> Vec<Checked> {
    let document = match read {
        Ok(document) => document,
        Err(error) => return vec![(unreadable(file, text, &error, first), None)],
    };
    let mut checked = Vec::new();
    document.root.each_object(&mut |node, list| {
        checked.push(check_object(file, text, node, list, first + checked.len(), checks));
    });
    if let Some((report, _)) = checked.first_mut().filter(|_| checks.sources.api) {
        let mut findings = Findings::new(&document.root, file, text, checks, &mut report.findings)
            .with_duplicates(&document.duplicates);
        for duplicate in &document.duplicates {
            let line = duplicate.first.line;
            let message =
                format!("Duplicate key {} (first on line {line}); kubectl keeps only this one.", duplicate.key);
            let (wording, reason) = ((message, "Remove one of the two."), Reason::FieldValueDuplicate);
            findings.push(Severity::Warning, &DUPLICATE_KEY, duplicate.key.clone(), reason, wording, duplicate.last);
        }
    }
    checked
}

fn unreadable(file: &Arc<str>, text: &Text, error: &ReadError, index: usize) -> DocumentReport {
    let diagnostic = Diagnostic::unreadable(error, Arc::clone(file), text);
    DocumentReport {
        file: Arc::clone(file),
        index,
        accepted: Some(false),
        name_excerpt: diagnostic.excerpt.clone(),
        findings: vec![diagnostic],
        ..DocumentReport::default()
    }
}

fn check_object(
    file: &Arc<str>,
    text: &Text,
    node: &Node,
    list: Option<&Node>,
    index: usize,
    checks: &Checks,
) -> Checked {
    let string = |node: Option<&Node>| node.and_then(Node::as_str).unwrap_or_default().to_owned();
    let metadata = node.get("metadata");
    let name_position = Positions::new(node).locate(&path!(.metadata.name).segments());
    let mut report = DocumentReport {
        file: Arc::clone(file),
        index,
        kind: string(node.get("kind")),
        name: string(metadata.and_then(|metadata| metadata.get("name"))),
        namespace: string(metadata.and_then(|metadata| metadata.get("namespace"))),
        name_excerpt: Excerpt::cut(Arc::clone(file), text, name_position),
        ..DocumentReport::default()
    };
    let mut findings = Findings::new(node, file, text, checks, &mut report.findings);
    let mut member = None;
    let is_judged = match DocumentKind::of(node, list) {
        DocumentKind::Unnamed(key) => {
            let message = format!("kubectl cannot tell what kind of object this is: {key} is missing.");
            let instead = recognize::instead_of_manifest(node, file);
            let help = instead.unwrap_or_else(|| "A Job has apiVersion: batch/v1 and kind: Job.".to_owned());
            let wording = (message, help);
            findings.error(&server::KIND, &Path::root().field(key), Reason::FieldValueRequired, wording);
            true
        }
        // The guide has no rules for ConfigMaps.
        DocumentKind::ConfigMap if checks.sources.api => {
            if let Some(config_map) = server::check(node, &mut findings) {
                api::check_config_map(&config_map, &mut findings);
            }
            true
        }
        DocumentKind::CronJob if checks.sources.api || checks.pod_security.is_some() => {
            let cron_job: Option<CronJob> = server::check(node, &mut findings);
            if !checks.sources.api {
                findings.clear();
            } else if let Some(cron_job) = &cron_job {
                api::check_cron_job(cron_job, &mut findings);
            }
            if let Some(job) = cron_job.and_then(|cron_job| cron_job.spec.job_template.spec) {
                check_standard(&job, &path!(.spec.jobTemplate.spec.template), &mut findings, checks);
            }
            checks.sources.api
        }
        // The guide has no CronJobs.
        DocumentKind::Other | DocumentKind::CronJob | DocumentKind::ConfigMap => {
            report.skipped = true;
            if checks.fail_on_skipped {
                let message = format!("Objects of kind {} are not checked.", report.kind);
                let wording = (message, "Remove the document, or run without --fail-on-skipped.");
                findings.error(&SKIPPED, &path!(.kind), Reason::FieldValueNotSupported, wording);
            }
            false
        }
        kind @ (DocumentKind::Job | DocumentKind::LikelyJob(_)) => {
            let missing = if let DocumentKind::LikelyJob(key) = kind { key } else { None };
            let job: Option<Job> = server::check(node, &mut findings);
            if !checks.sources.api {
                findings.clear();
            } else if let Some(job) = &job {
                api::check_job(job, &mut findings);
            }
            if let Some(spec) = job.as_ref().and_then(|job| job.spec.as_ref()) {
                check_standard(spec, &path!(.spec.template), &mut findings, checks);
            }
            if let Some(key) = missing.filter(|_| checks.sources.tuning) {
                let wording = ("kubectl recognizes a Job by apiVersion: batch/v1 and kind: Job.", "Write both.");
                findings.error(&TYPE, &Path::root().field(key), Reason::FieldValueRequired, wording);
            }
            if let Some(job) = job.filter(|_| checks.sources.tuning) {
                member = tuning::check(&job, &mut findings);
            }
            checks.sources.api
        }
    };
    if is_judged {
        report.settle();
    }
    (report, member)
}

/// Checks the pods of a Job, whose template is at `path`, against the requested standard.
fn check_standard(spec: &JobSpec, path: &Path<'_>, findings: &mut Findings<'_>, checks: &Checks) {
    let Some(level) = checks.pod_security else { return };
    let version = PolicyVersion::of(checks.version);
    pod_security_standards::check(&spec.template, path, level, version, |breach| {
        let wording = (breach.message, breach.help);
        findings.error(breach.rule, breach.path, Reason::PodSecurity(breach.check), wording);
    });
}

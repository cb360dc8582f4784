//! Checks a session's Jobs against the API server's rules before any of them is written.

use super::Validator;
use super::checks::{Checks, Sources};
use super::origins::Origins;
use crate::apimachinery::Version;
use crate::diagnostic::{Diagnostic, Severity};
use crate::job::K8sTuningJobFactory;
use crate::manifest::Format;
use crate::yaml::Text;
use crate::yaml::write::WriteError;

/// Why a server version would reject the Jobs, each problem at the key of the configuration that causes it; empty if it
/// would accept them.
///
/// This catches everything that the configuration's rules miss. The Jobs of a session differ only in their worker,
/// iterations and attempt, so the first, the last and the one with the longest name represent all.
///
/// # Errors
/// A Job that cannot be written.
pub fn preflight(factory: &K8sTuningJobFactory<'_>, version: Version) -> Result<Vec<Diagnostic>, WriteError> {
    let checks = Checks { version, ..Checks::from(Sources { api: true, tuning: false }) };
    let origins = Origins::of(factory.session());
    for share in factory.samples() {
        let mut content = Vec::new();
        Format::Yaml.push(&factory.job(&share), &mut content)?;
        let mut validator = Validator::new(checks.clone());
        validator.add_job(&factory.job_spec(&share), &Text::decode(content), &origins);
        let findings = validator.finish().into_iter().flat_map(|report| report.findings);
        let rejections = findings.filter(|finding| finding.severity == Severity::Error);
        // The excerpt shows the configuration, so the message names the field of the Job.
        let named = |finding: Diagnostic| {
            let message = format!("{}: {}", finding.subject(), finding.message);
            Diagnostic { message, ..finding }
        };
        let problems: Vec<Diagnostic> = rejections.map(named).collect();
        if !problems.is_empty() {
            return Ok(problems);
        }
    }
    Ok(Vec::new())
}

//! What the API server would say of a session's Jobs before any of them is written.
//! A session comes in, and what is wrong with its Jobs goes out.

use super::Validator;
use super::checks::{Checks, Sources};
use super::origins::Origins;
use crate::apimachinery::Version;
use crate::diagnostic::{Diagnostic, Severity};
use crate::job::K8sTuningJobFactory;
use crate::manifest::Format;
use crate::yaml::Text;
use crate::yaml::write::WriteError;

/// Why the server of a version would refuse the Jobs, each told at the key of the configuration that it comes from; none
/// where it would take them.
///
/// Whatever slips through the rules of a configuration is caught here. Jobs of a session differ in their worker, their
/// iterations and their attempt only, so that the first, the last and the one with the longest name speak for all.
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
        let refusals = findings.filter(|finding| finding.severity == Severity::Error);
        // The field is that of a Job, which the configuration does not show.
        let named = |finding: Diagnostic| {
            let message = format!("{}: {}", finding.subject(), finding.message);
            Diagnostic { message, ..finding }
        };
        let problems: Vec<Diagnostic> = refusals.map(named).collect();
        if !problems.is_empty() {
            return Ok(problems);
        }
    }
    Ok(Vec::new())
}

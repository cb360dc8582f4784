//! What the API server would say of a session's Jobs before any of them is written.
//! A session comes in, and what is wrong with its Jobs goes out.

use super::CommandError;
use crate::apimachinery::Version;
use crate::config::Session;
use crate::diagnostic::Severity;
use crate::job::{CreatedAt, K8sTuningJobFactory};
use crate::manifest::{Format, Text};
use crate::output::manifests::OutputError;
use crate::plan::first_and_last;
use crate::printable::printable;
use crate::validate::{Checks, Sources, check_text};

/// Why the server of a version would refuse the Jobs, a line for each cause; none where it would take them.
///
/// Whatever slips through the rules of a configuration is caught here. Jobs of a session differ in their worker and
/// their iterations only, so the first and the last, with the longest name, speak for all.
///
/// # Errors
/// A Job that cannot be written.
pub fn refusal(session: &Session, created_at: CreatedAt, version: Version) -> Result<Option<String>, CommandError> {
    let checks = Checks { version, ..Checks::from(Sources { api: true, tuning: false }) };
    let factory = K8sTuningJobFactory::new(session, created_at);
    for share in first_and_last(session.total_iterations, session.workers) {
        let mut content = Vec::new();
        Format::Yaml.push(&factory.job(&share), &mut content).map_err(OutputError::from)?;
        let checked = check_text("", &Text::decode(content), &checks);
        let findings = checked.into_iter().flat_map(|(report, _)| report.findings);
        let causes: Vec<String> = findings
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| format!("\n  {}", printable(&finding.summary())))
            .collect();
        if !causes.is_empty() {
            return Ok(Some(causes.concat()));
        }
    }
    Ok(None)
}

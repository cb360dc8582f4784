//! Checks a session's Jobs against the API server's rules before any of them is written.

use super::checks::{Checks, Sources};
use crate::apimachinery::Version;
use crate::diagnostic::Severity;
use crate::job::K8sTuningJobFactory;
use crate::manifest::Format;
use crate::printable::printable;
use crate::yaml::Text;
use crate::yaml::write::WriteError;

/// Why a server version would reject the Jobs, as printable lines; empty if it would accept them.
///
/// This catches everything that the configuration's rules miss. The Jobs of a session differ only in their worker,
/// iterations and attempt, so the first, the last and the one with the longest name represent all.
///
/// # Errors
/// A Job that cannot be written.
pub fn preflight(factory: &K8sTuningJobFactory<'_>, version: Version) -> Result<Vec<String>, WriteError> {
    let checks = Checks { version, ..Checks::from(Sources { api: true, tuning: false }) };
    for share in factory.samples() {
        let mut content = Vec::new();
        Format::Yaml.push(&factory.job(&share), &mut content)?;
        let checked = super::check_text("", &Text::decode(content), &checks);
        let findings = checked.into_iter().flat_map(|(report, _)| report.findings);
        let causes: Vec<String> = findings
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| printable(&finding.summary()).into_owned())
            .collect();
        if !causes.is_empty() {
            return Ok(causes);
        }
    }
    Ok(Vec::new())
}

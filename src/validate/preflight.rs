//! What the API server would say of a session's Jobs before any of them is written.
//! A session comes in, and what is wrong with its Jobs goes out.

use super::checks::{Checks, Sources};
use crate::apimachinery::Version;
use crate::diagnostic::Severity;
use crate::job::K8sTuningJobFactory;
use crate::manifest::Format;
use crate::printable::printable;
use crate::yaml::Text;
use crate::yaml::write::WriteError;

/// Why the server of a version would refuse the Jobs, as lines that can be shown; none where it would take them.
///
/// Whatever slips through the rules of a configuration is caught here. Jobs of a session differ in their worker, their
/// iterations and their attempt only, so that the first, the last and the one with the longest name speak for all.
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

//! The key `results`: the volume for the workers' results.

use serde::Deserialize;

use super::problem::Problems;
use super::rules;
use crate::apimachinery::names;
use crate::diagnostic::Reason::{FieldValueInvalid, FieldValueRequired};
use crate::yaml::{Given, Spanned};

/// Where the results are stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Results {
    /// An existing `PersistentVolumeClaim`.
    pub claim: Given<String>,
}

/// Checks the name of the claim.
pub fn check(key: &str, results: &Spanned<Results>, problems: &mut Problems<'_>) {
    let path = format!("{key}.claim");
    let help = "Write the name of a PersistentVolumeClaim in the session's namespace.";
    match &results.value.claim {
        Given::Absent => {
            let wording = (format!("{path} is missing."), help);
            problems.add(&rules::RESULTS, FieldValueRequired, path, results.position, wording);
        }
        Given::Value(Spanned { value, position }) => {
            if let Err(fault) = names::dns_subdomain(value) {
                let message = format!("{path} is {value:?}, which cannot be a name: {fault}.");
                problems.add(&rules::RESULTS, FieldValueInvalid, path, *position, (message, help));
            }
        }
        Given::Default(_) | Given::Wrong => {}
    }
}

/// Results are mounted at a path below the working directory, and a mount needs an absolute path.
pub fn check_mount(results: &Given<Results>, working_dir: &Given<String>, problems: &mut Problems<'_>) {
    let Some(Spanned { position, .. }) = results.written() else { return };
    match working_dir {
        Given::Absent => {
            let message = "The results go to outputs/, a relative path, but a mount needs an absolute one.";
            let wording =
                (message, "Add working_dir, the project's directory in the image, such as working_dir: /app.");
            problems.add(&rules::RESULTS, FieldValueRequired, "results", *position, wording);
        }
        Given::Value(Spanned { value, position }) if value.contains(':') => {
            let wording =
                ("working_dir contains a colon, which is not allowed in a mount path.", "Use another directory.");
            problems.add(&rules::RESULTS, FieldValueInvalid, "working_dir", *position, wording);
        }
        _ => {}
    }
}

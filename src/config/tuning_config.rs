//! The key `tuning_config`: how the file at `config_path` reaches the workers.

use std::fmt;

use serde::Deserialize;
use thiserror::Error;

use super::problem::Problems;
use super::rules;
use crate::diagnostic::Reason::FieldValueInvalid;
use crate::yaml::{Given, Spanned};

/// How the tuning file reaches the workers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct TuningConfig {
    /// Whether the workers get the local file from a ConfigMap instead of the image.
    pub mount: Given<bool>,
    /// Which seed each worker gets; by default, the file's seed.
    pub seed: Given<Seeds>,
}

/// Which seed each worker gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Seeds {
    /// Worker k gets the file's seed plus k - 1.
    #[serde(rename = "per-worker")]
    PerWorker,
}

impl fmt::Display for Seeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PerWorker => f.write_str("per-worker"),
        }
    }
}

/// Checks the key by itself: a seed can be changed only in a mounted file.
pub fn check(key: &str, tuning: &Spanned<TuningConfig>, problems: &mut Problems<'_>) {
    if let Some(seed) = tuning.value.seed.written()
        && matches!(&tuning.value.mount, Given::Absent | Given::Value(Spanned { value: false, .. }))
    {
        let message = format!("{key}.seed is {}, which needs the tuning file to be mounted.", seed.value);
        let wording = (message, format!("Write {key}: {{mount: true, seed: {}}}.", seed.value));
        problems.add(&rules::TUNING_CONFIG, FieldValueInvalid, format!("{key}.seed"), seed.position, wording);
    }
}

/// Checks that a file to be mounted has a valid mount path.
pub fn check_mount(
    tuning: &Given<TuningConfig>,
    config_path: &Given<String>,
    working_dir: &Given<String>,
    problems: &mut Problems<'_>,
) {
    let mount = tuning.get().and_then(|tuning| tuning.mount.written());
    let (Some(Spanned { value: true, position }), Some(path)) = (mount, config_path.get()) else { return };
    if matches!(working_dir, Given::Wrong) {
        return;
    }
    if let Err(error) = mount_path(working_dir.get().map(String::as_str), path) {
        let position = config_path.written().map_or(*position, |path| path.position);
        problems.add(&rules::TUNING_CONFIG, FieldValueInvalid, "tuning_config.mount", position, error.to_string());
    }
}

/// Why a tuning file cannot be mounted at its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MountPathError {
    /// The path is relative to an unknown directory.
    #[error(
        "config_path is relative, but a mount needs an absolute path. Add working_dir, the project's directory in \
         the image, such as working_dir: /app."
    )]
    NeedsWorkingDir,
    /// The path contains `..`.
    #[error("config_path contains .., and a file cannot be mounted at such a path. Write the path without it.")]
    LeadsBack,
    /// The path contains a colon, which Kubernetes does not allow.
    #[error("config_path contains a colon, which is not allowed in a mount path.")]
    Colon,
    /// The path is a directory.
    #[error("config_path is a directory. Name the file inside it.")]
    Directory,
}

/// The absolute path of a tuning file in the worker's container.
///
/// # Errors
/// The path is not a valid mount path.
pub fn mount_path(working_dir: Option<&str>, config_path: &str) -> Result<String, MountPathError> {
    if config_path.contains(':') {
        return Err(MountPathError::Colon);
    }
    if config_path.split('/').any(|part| part == "..") {
        return Err(MountPathError::LeadsBack);
    }
    if config_path.ends_with('/') || config_path.split('/').next_back() == Some(".") {
        return Err(MountPathError::Directory);
    }
    if config_path.starts_with('/') {
        return Ok(config_path.to_owned());
    }
    let working_dir = working_dir.ok_or(MountPathError::NeedsWorkingDir)?;
    Ok(format!("{}/{}", working_dir.trim_end_matches('/'), config_path.trim_start_matches("./")))
}

//! The key `tuning_config`: how the file at `config_path` reaches the workers.

use std::fmt;

use serde::Deserialize;

use super::problem::Problems;
use crate::tuning_file::mount::mount_path;
use crate::yaml::{Given, Spanned};

/// How the tuning file reaches the workers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TuningConfig {
    /// Whether the local file travels in a ConfigMap, instead of being in the image.
    pub mount: Given<bool>,
    /// Which seed each worker gets; the file's own where it is not said.
    pub seed: Given<Seeds>,
}

/// Which seed each worker gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Seeds {
    /// Worker k gets the file's seed, raised by k - 1.
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

/// Checks the key by itself: a seed can be changed only in a file that is mounted.
pub fn check(key: &str, tuning: &Spanned<TuningConfig>, problems: &mut Problems<'_>) {
    if let Some(seed) = tuning.value.seed.written()
        && matches!(&tuning.value.mount, Given::Absent | Given::Value(Spanned { value: false, .. }))
    {
        let message = format!("{key}.seed is {}, which needs the tuning file to be mounted.", seed.value);
        problems.add(seed.position, message, format!("Write {key}: {{mount: true, seed: {}}}.", seed.value));
    }
}

/// Checks that a file which is to be mounted can be.
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
        problems.add(position, error.to_string(), "");
    }
}

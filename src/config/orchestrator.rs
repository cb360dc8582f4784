//! The D28 file: a session as the local orchestrator runs it.
//! A configuration file comes in, and an [`OrchestratorConfig`] or all its problems go out.

use serde::{Deserialize, Serialize};

use super::checks::{self, Key, Problems, check_file};
use super::file::ConfigFile;
use super::k8s::{default_config_path, typed};
use super::problem::ConfigError;
use super::vocabulary::{Env, Mode, Optimizer};

/// A tuning session of the D28 orchestrator (D28 guide, "Orchestrator Config").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrchestratorConfig {
    /// The name of the D28 session; the Jobs carry the D29 one.
    pub session_id: String,
    /// Iterations of the whole session, at least as many as workers.
    pub total_iterations: u64,
    /// How many workers share the iterations.
    pub workers: u32,
    /// Whether orders are real.
    #[serde(default = "default_mode")]
    pub mode: Mode,
    /// The environment that the workers run in.
    #[serde(default = "default_env")]
    pub env: Env,
    /// How the next parameters are chosen.
    #[serde(default = "default_optimizer")]
    pub optimizer: Optimizer,
    /// The parameter file.
    #[serde(default = "default_config_path")]
    pub config_path: String,
    /// Where the D28 orchestrator writes its results; the Jobs write to their own files.
    #[serde(default)]
    pub base_output_csv: Option<String>,
}

fn default_mode() -> Mode {
    Mode::Paper
}

fn default_env() -> Env {
    Env::Docker
}

fn default_optimizer() -> Optimizer {
    Optimizer::Bayesian
}

const KEYS: &[Key] = &[
    Key { name: "session_id", required: true, check: checks::session_id },
    Key { name: "total_iterations", required: true, check: checks::count },
    Key { name: "workers", required: true, check: checks::count },
    Key { name: "mode", required: false, check: checks::word::<Mode> },
    Key { name: "env", required: false, check: checks::word::<Env> },
    Key { name: "optimizer", required: false, check: checks::word::<Optimizer> },
    Key { name: "config_path", required: false, check: checks::non_empty },
    Key { name: "base_output_csv", required: false, check: checks::non_empty },
];

impl OrchestratorConfig {
    /// Reads the configuration out of its file.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] with every problem of the file.
    pub fn from_file(file: &ConfigFile) -> Result<Self, ConfigError> {
        let mut problems = Problems::of(file);
        check_file(file, KEYS, &mut problems);
        checks::workers_within_iterations(file.root(), &mut problems);
        problems.finish()?;
        typed(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_the_guides() {
        let text = "session_id: a\ntotal_iterations: 3\nworkers: 1\n";
        let file = ConfigFile::parse("o.yaml".to_owned(), text.into()).unwrap();
        let config = OrchestratorConfig::from_file(&file).unwrap();
        assert_eq!((config.mode, config.env, config.optimizer), (Mode::Paper, Env::Docker, Optimizer::Bayesian));
    }
}

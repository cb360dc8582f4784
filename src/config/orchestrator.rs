//! The D28 file, which describes a session for the local orchestrator. Parses it into typed values and a list of all
//! its problems.

use std::num::{NonZeroU32, NonZeroU64};

use serde::Deserialize;

use super::checks;
use super::file::ConfigFile;
use super::keys::Keys;
use super::problem::Problems;
use super::vocabulary::{DEFAULT_CONFIG_PATH, Env, Mode, Optimizer};
use crate::yaml::Given;

/// The file of a tuning session for the D28 orchestrator (D28 guide, "Orchestrator Config").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct OrchestratorConfig {
    /// The id of the D28 session; the Jobs use the D29 one.
    pub session_id: Given<String>,
    /// Iterations of the whole session, at least as many as workers.
    pub total_iterations: Given<NonZeroU64>,
    /// How many workers share the iterations.
    pub workers: Given<NonZeroU32>,
    /// Whether orders are real.
    pub mode: Given<Mode>,
    /// The environment that the workers run in.
    pub env: Given<Env>,
    /// How the next parameters are chosen.
    pub optimizer: Given<Optimizer>,
    /// The tuning file.
    pub config_path: Given<String>,
    /// Where the D28 orchestrator writes its results; the Jobs do not use it.
    pub base_output_csv: Given<String>,
}

impl Default for OrchestratorConfig {
    fn default() -> Self {
        Self {
            session_id: Given::Absent,
            total_iterations: Given::Absent,
            workers: Given::Absent,
            mode: Given::Default(Mode::Paper),
            env: Given::Default(Env::Docker),
            optimizer: Given::Default(Optimizer::Bayesian),
            config_path: Given::Default(DEFAULT_CONFIG_PATH.to_owned()),
            base_output_csv: Given::Absent,
        }
    }
}

impl OrchestratorConfig {
    /// Reads and checks the configuration; none if the file is not a mapping.
    pub fn read(file: &ConfigFile) -> (Option<Self>, Problems<'_>) {
        let (config, mut keys) = Keys::read::<Self>(file);
        if let Some(config) = &config {
            config.check(&mut keys);
        }
        (config, keys.problems)
    }

    fn check(&self, keys: &mut Keys<'_>) {
        keys.required("session_id", &self.session_id, checks::session_id);
        keys.required("total_iterations", &self.total_iterations, checks::plain_number);
        keys.required("workers", &self.workers, checks::plain_number);
        keys.optional("config_path", &self.config_path, checks::non_empty);
        keys.optional("base_output_csv", &self.base_output_csv, checks::non_empty);
        checks::workers_within_iterations(&self.total_iterations, &self.workers, &mut keys.problems);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_the_guides() {
        let text = "session_id: a\ntotal_iterations: 3\nworkers: 1\n";
        let file = ConfigFile::parse("o.yaml".to_owned(), text.into()).unwrap();
        let (config, problems) = OrchestratorConfig::read(&file);
        let (config, _) = Problems::finish([problems], config).unwrap();
        assert_eq!(config.mode, Given::Default(Mode::Paper));
        assert_eq!(config.env, Given::Default(Env::Docker));
        assert_eq!(config.optimizer, Given::Default(Optimizer::Bayesian));
    }
}

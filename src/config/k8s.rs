//! The D29 file: what a session's Jobs look like on Kubernetes.
//! A configuration file comes in, and a [`K8sOrchestratorConfig`] or all its problems go out.

use serde::{Deserialize, Serialize};

use super::checks::{self, Key, Problems, check_file};
use super::file::ConfigFile;
use super::problem::ConfigError;
use super::session::Overrides;
use super::vocabulary::{Env, Mode, Optimizer};
use crate::manifest::node::{Node, Value};

/// The parameter file of a session whose configuration names none.
pub const DEFAULT_CONFIG_PATH: &str = "configs/d23_tuning/advanced_baseline.yaml";

/// A tuning session on Kubernetes (D29 guide, "K8s Orchestrator Config").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct K8sOrchestratorConfig {
    /// The session's name: a label value whose first 8 characters can stand in a Job's name, unless
    /// `session_short` does.
    pub session_id: String,
    /// What stands for the session in Job names, instead of its id's first 8 characters.
    #[serde(default)]
    pub session_short: Option<String>,
    /// The namespace of the Jobs.
    pub k8s_namespace: String,
    /// The container image of the workers.
    pub image: String,
    /// Whether orders are real.
    pub mode: Mode,
    /// The environment that the workers run in.
    pub env: Env,
    /// Iterations of the whole session, at least as many as workers.
    pub total_iterations: u64,
    /// How many Jobs share the iterations.
    pub workers: u32,
    /// How the next parameters are chosen.
    pub optimizer: Optimizer,
    /// The parameter file, as a path inside the image.
    #[serde(default = "default_config_path")]
    pub config_path: String,
    /// Environment variables to add or to replace, in the file's order.
    #[serde(default)]
    pub extra_env: serde_yaml::Mapping,
    /// What each container asks for, and may use at most.
    #[serde(default)]
    pub resources: Resources,
}

/// Requests and limits of a container: resource name to quantity, in the file's order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resources {
    /// What the scheduler sets aside.
    pub requests: serde_yaml::Mapping,
    /// What the container may use at most.
    pub limits: serde_yaml::Mapping,
}

/// The default of `config_path`.
#[must_use]
pub fn default_config_path() -> String {
    DEFAULT_CONFIG_PATH.to_owned()
}

const KEYS: &[Key] = &[
    Key { name: "session_id", required: true, check: checks::session_id },
    Key { name: "session_short", required: false, check: checks::session_short },
    Key { name: "k8s_namespace", required: true, check: checks::namespace },
    Key { name: "image", required: true, check: checks::image },
    Key { name: "mode", required: true, check: checks::word::<Mode> },
    Key { name: "env", required: true, check: checks::word::<Env> },
    Key { name: "total_iterations", required: true, check: checks::count },
    Key { name: "workers", required: true, check: checks::count },
    Key { name: "optimizer", required: true, check: checks::word::<Optimizer> },
    Key { name: "config_path", required: false, check: checks::non_empty },
    Key { name: "extra_env", required: false, check: checks::extra_env },
    Key { name: "resources", required: false, check: checks::resources },
];

impl K8sOrchestratorConfig {
    /// Reads the configuration out of its file; `overrides` may make up for what it lacks.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] with every problem of the file.
    pub fn from_file(file: &ConfigFile, overrides: &Overrides) -> Result<Self, ConfigError> {
        let mut problems = Problems::of(file);
        check_file(file, KEYS, &mut problems);
        if overrides.session_short.is_none() && file.root().get("session_short").is_none() {
            checks::session_id_start(file.root(), &mut problems);
        }
        checks::workers_within_iterations(file.root(), &mut problems);
        problems.finish()?;
        typed(file)
    }
}

/// Makes the typed form of a file that has passed its checks.
///
/// # Errors
/// [`ConfigError::Invalid`] if the checks and the type disagree, which is a defect of the checks.
pub(super) fn typed<T: for<'de> Deserialize<'de>>(file: &ConfigFile) -> Result<T, ConfigError> {
    serde_yaml::from_value(bridge(file.root())).or_else(|error| {
        let mut problems = Problems::of(file);
        problems.add(file.root().position, format!("The file does not have the expected form: {error}."), "");
        problems.finish()?;
        Err(ConfigError::Invalid(Vec::new()))
    })
}

/// A node as serde's value. An absent value is left out, so that defaults apply.
fn bridge(node: &Node) -> serde_yaml::Value {
    match &node.value {
        Value::Null => serde_yaml::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::String(value) => value.clone().into(),
        Value::Sequence(items) => items.iter().map(bridge).collect::<Vec<_>>().into(),
        Value::Mapping(entries) => entries
            .iter()
            .filter(|entry| entry.value.value != Value::Null)
            .map(|entry| (entry.key.clone().into(), bridge(&entry.value)))
            .collect::<serde_yaml::Mapping>()
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASELINE: &str = include_str!("../../configs/d29_k8s/orchestrator_k8s_baseline.yaml");

    fn read(text: &str) -> Result<K8sOrchestratorConfig, ConfigError> {
        K8sOrchestratorConfig::from_file(&ConfigFile::parse("k8s.yaml".to_owned(), text.into())?, &Overrides::default())
    }

    /// What is said of the baseline after a replacement: line, column, message and help of each problem.
    fn said(from: &str, to: &str) -> Vec<(u32, u32, String)> {
        assert!(BASELINE.contains(from), "{from}");
        match read(&BASELINE.replacen(from, to, 1)) {
            Err(ConfigError::Invalid(problems)) => problems
                .into_iter()
                .map(|problem| {
                    let position = problem.excerpt.position;
                    (
                        position.line,
                        position.column,
                        format!("{} {}", problem.message, problem.help.unwrap_or_default()),
                    )
                })
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_baseline_is_read() {
        let config = read(BASELINE).unwrap();
        assert_eq!((config.total_iterations, config.workers, config.mode), (6, 2, Mode::Paper));
        assert_eq!(config.extra_env.len(), 3);
        assert_eq!(config.resources.limits.get("cpu"), Some(&"1".into()));
    }

    #[test]
    fn optional_keys_may_be_absent_or_empty() {
        let end = BASELINE.find("config_path").unwrap();
        let config = read(&format!("{}extra_env:\nresources:\n", &BASELINE[..end])).unwrap();
        assert_eq!(config.config_path, DEFAULT_CONFIG_PATH);
        assert!(config.extra_env.is_empty() && config.resources == Resources::default());
    }

    #[test]
    fn each_problem_has_its_place_and_its_mend() {
        for (from, to, line, column, words) in [
            ("workers: 2", "workrs: 2", 8, 1, "The key workrs is unknown. Did you mean workers?"),
            ("mode: paper", "mode: papr", 5, 7, "must be paper, shadow or live. Did you mean paper?"),
            ("env: docker", "env: yes", 6, 6, "kubectl reads yes as a boolean. Quote it: \"yes\"."),
            ("workers: 2", "workers: 0", 8, 10, "must be at least 1"),
            ("workers: 2", "workers: \"2\"", 8, 10, "must be a whole number, and this is a string"),
            ("workers: 2", "workers: 9", 8, 10, "3 pods would start with nothing to do. Write 6 workers"),
            ("total_iterations: 6", "total_iterations: 1.5", 7, 19, "must be a whole number"),
            ("REDIS_PORT: \"6379\"", "REDIS_PORT: 6379", 15, 15, "reads 6379 as a whole number. Quote it: \"6379\"."),
            ("REDIS_PORT: \"6379\"", "FLAG: yes", 15, 9, "reads yes as a boolean. Quote it: \"yes\"."),
            ("REDIS_PORT: \"6379\"", "FLAG:", 15, 7, "or \"\" for an empty one"),
            ("REDIS_PORT:", "REDIS PORT:", 15, 3, "character 6 is ' '"),
            ("REDIS_PORT:", "WORKER_ID:", 15, 3, "Remove this line."),
            ("session_id: d29", "session_id: D29", 2, 13, "character 1 is 'D'"),
            ("k8s_namespace:", "session_short: d29-second\nk8s_namespace:", 3, 16, "10 characters long, and 8 may be"),
            ("k8s_namespace: trading", "k8s_namespace: Trading", 3, 16, "character 1 is 'T'"),
            ("image: your-registry", "image: your registry", 4, 8, "white space at character 5"),
            ("image: your-registry/arbitrage-lite:latest", "image: \"\"", 4, 8, "image is empty"),
            ("cpu: 500m", "cpu: 500mm", 18, 10, "\"500mm\" is no amount of cpu"),
            ("cpu: 500m", "cpu: 2", 18, 10, "The request for cpu is 2, above its limit of 1"),
            ("memory: 512Mi", "memroy: 512Mi", 19, 5, "Did you mean memory?"),
            ("mode: paper", "mode: paper\nmode: live", 6, 1, "line 5 has it already"),
        ] {
            let said = said(from, to);
            assert!(
                said.iter().any(|(l, c, text)| (*l, *c) == (line, column) && text.contains(words)),
                "{to}: {said:?}"
            );
        }
    }

    #[test]
    fn all_problems_come_in_one_go() {
        let missing = said("mode: paper\nenv: docker", "mode: papr");
        assert_eq!(missing.iter().map(|(line, ..)| *line).collect::<Vec<_>>(), [2, 5], "{missing:?}");
        assert!(missing[0].2.contains("The key env is missing"));
        let said = said("mode: paper\nenv: docker", "mode: papr\nenvi: docker");
        let lines: Vec<u32> = said.iter().map(|(line, ..)| *line).collect();
        assert_eq!(lines, [5, 6], "{said:?}");
        assert!(said[1].2.contains("Did you mean env?"), "A mistyped key is not also a missing one.");
    }
}

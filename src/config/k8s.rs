//! The D29 file, which describes a session's Jobs on Kubernetes. Parses it into typed values and a list of all its
//! problems.

use std::num::{NonZeroU32, NonZeroU64};

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::additions::PodSecurity;
use super::checks;
use super::environment::{self, EnvFrom, SecretKey};
use super::file::ConfigFile;
use super::keys::Keys;
use super::metadata;
use super::partial_job;
use super::problem::Problems;
use super::resources::{self, Resources};
use super::results::{self, Results};
use super::tuning_config::{self, TuningConfig};
use super::vocabulary::{DEFAULT_CONFIG_PATH, Env, Mode, Optimizer};
use crate::yaml::{Given, OrderedMap};

/// The file of a tuning session on Kubernetes (D29 guide, "K8s Orchestrator Config").
///
/// Each key belongs in this list and in `K8sOrchestratorConfig::check`; `Session` resolves its effect.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct K8sOrchestratorConfig {
    /// The session's id: a label value. Its first 8 characters are part of each Job's name, unless `session_short` is
    /// set.
    pub session_id: Given<String>,
    /// The session's short name in Job names, instead of the first 8 characters of its id.
    pub session_short: Given<String>,
    /// The namespace of the Jobs.
    pub k8s_namespace: Given<String>,
    /// The container image of the workers.
    pub image: Given<String>,
    /// Whether orders are real.
    pub mode: Given<Mode>,
    /// The environment that the workers run in.
    pub env: Given<Env>,
    /// Iterations of the whole session, at least as many as workers.
    pub total_iterations: Given<NonZeroU64>,
    /// How many Jobs share the iterations.
    pub workers: Given<NonZeroU32>,
    /// How the next parameters are chosen.
    pub optimizer: Given<Optimizer>,
    /// The tuning file, as a path inside the image.
    #[serde(default = "default_config_path")]
    pub config_path: Given<String>,
    /// The directory that the workers start in; by default, the image's working directory.
    pub working_dir: Given<String>,
    /// How the tuning file reaches the workers.
    pub tuning_config: Given<TuningConfig>,
    /// Environment variables to add or to replace, in the file's order.
    pub extra_env: Given<OrderedMap<String>>,
    /// Resource requests and limits of each container.
    pub resources: Given<Resources>,
    /// Variables whose values come from Secrets.
    pub secret_env: Given<OrderedMap<SecretKey>>,
    /// Secrets and ConfigMaps whose keys become variables.
    pub env_from: Given<Vec<Given<EnvFrom>>>,
    /// The volume for the results.
    pub results: Given<Results>,
    /// The Kueue queue that admits the Jobs.
    pub queue: Given<String>,
    /// The Pod Security Standard that the pods must meet.
    pub pod_security: Given<PodSecurity>,
    /// Labels of the Jobs and their pods, in addition to the guide's.
    pub labels: Given<OrderedMap<String>>,
    /// Annotations of the Jobs and their pods, in addition to the guide's.
    pub annotations: Given<OrderedMap<String>>,
    /// A partial Job that is merged over each generated Job.
    #[cfg_attr(test, schemars(with = "serde_json::Map<String, serde_json::Value>"))]
    pub job_template: Given<IgnoredAny>,
}

fn default_config_path() -> Given<String> {
    Given::Default(DEFAULT_CONFIG_PATH.to_owned())
}

impl K8sOrchestratorConfig {
    /// Reads and checks the configuration; none if the file is not a mapping. The start of its session id is not
    /// checked if the session's short name comes from elsewhere (`is_short`).
    pub fn read(file: &ConfigFile, is_short: bool) -> (Option<Self>, Problems<'_>) {
        let (config, mut keys) = Keys::read::<Self>(file);
        if let Some(config) = &config {
            config.check(&mut keys, is_short);
            if let Some(partial) = partial_job::node(file, &config.job_template) {
                partial_job::check(partial, config.mode.get().copied(), &mut keys.problems);
            }
        }
        (config, keys.problems)
    }

    fn check(&self, keys: &mut Keys<'_>, is_short: bool) {
        keys.required("session_id", &self.session_id, checks::session_id);
        keys.optional("session_short", &self.session_short, checks::session_short);
        keys.required("k8s_namespace", &self.k8s_namespace, checks::namespace);
        keys.required("image", &self.image, checks::image);
        keys.required("mode", &self.mode, checks::by_type);
        keys.required("env", &self.env, checks::by_type);
        keys.required("total_iterations", &self.total_iterations, checks::plain_number);
        keys.required("workers", &self.workers, checks::plain_number);
        keys.required("optimizer", &self.optimizer, checks::by_type);
        keys.optional("config_path", &self.config_path, checks::non_empty);
        keys.optional("working_dir", &self.working_dir, checks::absolute_path);
        keys.optional("tuning_config", &self.tuning_config, tuning_config::check);
        keys.optional("extra_env", &self.extra_env, checks::extra_env);
        keys.optional("resources", &self.resources, resources::check);
        keys.optional("secret_env", &self.secret_env, environment::check_secret_env);
        keys.optional("env_from", &self.env_from, environment::check_env_from);
        keys.optional("results", &self.results, results::check);
        keys.optional("queue", &self.queue, metadata::check_queue);
        keys.optional("pod_security", &self.pod_security, checks::by_type);
        keys.optional("labels", &self.labels, metadata::check_labels);
        keys.optional("annotations", &self.annotations, metadata::check_annotations);
        if !is_short && self.session_short == Given::Absent {
            checks::session_id_start(&self.session_id, &mut keys.problems);
        }
        tuning_config::check_mount(&self.tuning_config, &self.config_path, &self.working_dir, &mut keys.problems);
        results::check_mount(&self.results, &self.working_dir, &mut keys.problems);
        metadata::check_queue_label(&self.queue, &self.labels, &mut keys.problems);
        checks::env_of_worker(&self.env, &mut keys.problems);
        environment::check_both(&self.extra_env, &self.secret_env, &mut keys.problems);
        environment::check_literals(&self.extra_env, self.mode.get().copied(), &mut keys.problems);
        checks::workers_within_iterations(&self.total_iterations, &self.workers, &mut keys.problems);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigError;

    const BASELINE: &str = include_str!("../../configs/d29_k8s/orchestrator_k8s_baseline.yaml");

    fn read(text: &str) -> Result<K8sOrchestratorConfig, ConfigError> {
        let file = ConfigFile::parse("k8s.yaml".to_owned(), text.into())?;
        let (config, problems) = K8sOrchestratorConfig::read(&file, false);
        Problems::finish([problems], config).map(|(config, _)| config)
    }

    /// The problems of the baseline after a replacement: line, column, message and help.
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
        let numbers = (config.total_iterations.get().unwrap().get(), config.workers.get().unwrap().get());
        assert_eq!((numbers, config.mode.get()), ((6, 2), Some(&Mode::Paper)));
        assert_eq!(config.extra_env.get().unwrap().0.len(), 3);
        let Resources { limits, .. } = config.resources.get().unwrap();
        let cpu = limits.get().unwrap().iter().find(|(name, _)| name.value == "cpu").unwrap();
        assert_eq!(cpu.1.value.0, "1");
        assert_eq!((cpu.0.position.line, cpu.1.position.column), (21, 10));
    }

    #[test]
    fn optional_keys_may_be_absent_or_empty() {
        let end = BASELINE.find("config_path").unwrap();
        let config = read(&format!("{}extra_env:\nresources:\n", &BASELINE[..end])).unwrap();
        assert_eq!(config.config_path, Given::Default(DEFAULT_CONFIG_PATH.to_owned()));
        assert!(config.extra_env.get().unwrap().0.is_empty());
        assert_eq!(config.resources.get(), Some(&Resources::default()));
    }

    #[test]
    fn each_problem_has_its_place_and_its_mend() {
        for (from, to, line, column, words) in [
            ("workers: 2", "workrs: 2", 8, 1, "Unknown key workrs. Did you mean workers?"),
            ("mode: paper", "mode: papr", 5, 7, "must be paper, shadow or live. Did you mean paper?"),
            ("env: docker", "env: yes", 6, 6, "kubectl reads yes as a boolean. Quote it: \"yes\"."),
            ("workers: 2", "workers: 0", 8, 10, "must be at least 1"),
            ("workers: 2", "workers: \"2\"", 8, 10, "must be a whole number, not a string"),
            ("workers: 2", "workers: 9", 8, 10, "3 pods would start with nothing to do. Write at most 6 workers"),
            ("workers: 2", "workers: 010", 8, 10, "or raise total_iterations. kubectl reads 010 as 8."),
            ("workers: 2", "workers: 99999999999999999999", 8, 10, "9999, but must be at most 4294967295"),
            ("total_iterations: 6", "total_iterations: 1.5", 7, 19, "must be a whole number"),
            ("REDIS_PORT: \"6379\"", "REDIS_PORT: 6379", 15, 15, "reads 6379 as a whole number. Quote it: \"6379\"."),
            ("REDIS_PORT: \"6379\"", "FLAG: yes", 15, 9, "reads yes as a boolean. Quote it: \"yes\"."),
            ("REDIS_PORT: \"6379\"", "FLAG:", 15, 7, "or \"\" for an empty string"),
            ("REDIS_PORT:", "REDIS PORT:", 15, 3, "character 6 is ' '"),
            ("REDIS_PORT:", "WORKER_ID:", 15, 3, "Remove this line."),
            ("session_id: d29", "session_id: D29", 2, 13, "character 1 is 'D'"),
            (
                "k8s_namespace:",
                "session_short: d29-second\nk8s_namespace:",
                3,
                16,
                "10 characters long; the maximum is 8",
            ),
            ("k8s_namespace: trading", "k8s_namespace: Trading", 3, 16, "character 1 is 'T'"),
            ("image: your-registry", "image: your registry", 4, 8, "whitespace at character 5"),
            ("image: your-registry/arbitrage-lite:latest", "image: \"\"", 4, 8, "image is empty"),
            ("cpu: 500m", "cpu: 500mm", 18, 10, "\"500mm\" is not a valid amount of cpu"),
            ("cpu: 500m", "cpu: 2", 18, 10, "The request for cpu is 2, above its limit of 1"),
            ("memory: 512Mi", "memroy: 512Mi", 19, 5, "Did you mean memory?"),
            ("mode: paper", "mode: paper\nmode: live", 6, 1, "Duplicate key mode (first on line 5)"),
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
        assert!(missing[0].2.contains("Missing key env"));
        let said = said("mode: paper\nenv: docker", "mode: papr\nenvi: docker");
        let lines: Vec<u32> = said.iter().map(|(line, ..)| *line).collect();
        assert_eq!(lines, [5, 6], "{said:?}");
        assert!(said[1].2.contains("Did you mean env?"), "A mistyped key is not also a missing one.");
    }
}

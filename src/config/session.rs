//! The two configurations and the flags, resolved into the one session that everything else is
//! made from. Where a setting came from is kept, so that `plan` can show it.

use std::path::Path;

use super::checks::{SHORT_LEN, session_id_start_fault};
use super::file::ConfigFile;
use super::k8s::{K8sOrchestratorConfig, Resources};
use super::orchestrator::OrchestratorConfig;
use super::problem::ConfigError;
use super::rules;
use super::vocabulary::{Env, Mode, Optimizer};
use crate::diagnostic::{Diagnostic, Reason, Severity};

/// A tuning session, complete and checked.
#[derive(Debug, Clone)]
pub struct Session {
    /// The session's name.
    pub session_id: String,
    /// What stands for the session in each Job's name: the id's first 8 characters, unless it was given.
    pub session_short: String,
    /// The namespace of the Jobs.
    pub namespace: String,
    /// The container image of the workers.
    pub image: String,
    /// Whether orders are real.
    pub mode: Mode,
    /// The environment that the workers run in.
    pub env: Env,
    /// How the next parameters are chosen.
    pub optimizer: Optimizer,
    /// The parameter file, as a path inside the image.
    pub config_path: String,
    /// Iterations of the whole session.
    pub total_iterations: u64,
    /// How many Jobs share them; never more than iterations.
    pub workers: u32,
    /// Environment variables to add or to replace, in the file's order.
    pub extra_env: Vec<(String, String)>,
    /// Requests: resource name and quantity.
    pub requests: Vec<(String, String)>,
    /// Limits: resource name and quantity.
    pub limits: Vec<(String, String)>,
    /// Where each setting came from.
    pub settings: Vec<Setting>,
    /// What the user should know and what keeps nobody from going on.
    pub warnings: Vec<String>,
}

/// One setting of a session and its origin.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Setting {
    /// The key, with a dot before each level below the first: `resources.limits.cpu`.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The file or the flag that it came from, or `default`.
    pub from: String,
}

/// Settings that a flag replaces.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--namespace`.
    pub namespace: Option<String>,
    /// `--session-id`.
    pub session_id: Option<String>,
    /// `--session-short`.
    pub session_short: Option<String>,
}

impl Session {
    /// Reads the configuration files and resolves them.
    ///
    /// # Errors
    /// Whatever is wrong with either file, and settings on which they must not disagree.
    pub fn load(k8s: &Path, orchestrator: Option<&Path>, overrides: &Overrides) -> Result<Self, ConfigError> {
        let k8s = ConfigFile::read(k8s);
        let orchestrator = orchestrator.map(ConfigFile::read).transpose();
        let (k8s, orchestrator) = both(k8s, orchestrator)?;
        Self::resolve(&k8s, orchestrator.as_ref(), overrides)
    }

    /// Resolves two configuration files that have been read.
    ///
    /// # Errors
    /// As [`Session::load`].
    pub fn resolve(
        k8s_file: &ConfigFile,
        orchestrator_file: Option<&ConfigFile>,
        overrides: &Overrides,
    ) -> Result<Self, ConfigError> {
        let orchestrator = orchestrator_file.map(OrchestratorConfig::from_file).transpose();
        let (k8s, orchestrator) = both(K8sOrchestratorConfig::from_file(k8s_file, overrides), orchestrator)?;
        let mut warnings = Vec::new();
        if let (Some(file), Some(config)) = (orchestrator_file, &orchestrator) {
            refuse_disagreement(k8s_file, &k8s, file, config)?;
            warnings = overruled(k8s_file, &k8s, file, config);
        }
        warnings.extend(expansions(&k8s));
        let settings = settings(k8s_file, &k8s, orchestrator_file.zip(orchestrator.as_ref()), overrides);
        let session_id = overrides.session_id.clone().unwrap_or(k8s.session_id);
        let session_short = match overrides.session_short.clone().or(k8s.session_short) {
            Some(short) => short,
            None => start_of(&session_id)?,
        };
        let numbers = orchestrator.map(|config| (config.total_iterations, config.workers));
        let (total_iterations, workers) = numbers.unwrap_or((k8s.total_iterations, k8s.workers));
        let Resources { requests, limits } = &k8s.resources;
        Ok(Self {
            session_id,
            session_short,
            namespace: overrides.namespace.clone().unwrap_or(k8s.k8s_namespace),
            image: k8s.image,
            mode: k8s.mode,
            env: k8s.env,
            optimizer: k8s.optimizer,
            config_path: k8s.config_path,
            total_iterations,
            workers,
            extra_env: pairs(&k8s.extra_env),
            requests: pairs(requests),
            limits: pairs(limits),
            settings,
            warnings,
        })
    }
}

/// What stands in Job names for a session that has no `session_short`. A file's id has been checked where it stands,
/// so that only `--session-id` can be at fault here.
fn start_of(session_id: &str) -> Result<String, ConfigError> {
    match session_id_start_fault(session_id) {
        None => Ok(session_id.chars().take(SHORT_LEN).collect()),
        Some((message, help)) => Err(ConfigError::Flag(format!("{message} {help}"))),
    }
}

/// Both results, or the problems of both files together.
fn both<A, B>(first: Result<A, ConfigError>, second: Result<B, ConfigError>) -> Result<(A, B), ConfigError> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(ConfigError::Invalid(mut problems)), Err(ConfigError::Invalid(more))) => {
            problems.extend(more);
            Err(ConfigError::Invalid(problems))
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

/// Paper in one file and live in the other must never pass, nor stage here and prod there.
fn refuse_disagreement(
    k8s_file: &ConfigFile,
    k8s: &K8sOrchestratorConfig,
    file: &ConfigFile,
    config: &OrchestratorConfig,
) -> Result<(), ConfigError> {
    let pairs =
        [("mode", k8s.mode.to_string(), config.mode.to_string()), ("env", k8s.env.to_string(), config.env.to_string())];
    let problems: Vec<Diagnostic> = pairs
        .into_iter()
        .filter(|(_, ours, theirs)| ours != theirs)
        .map(|(key, ours, theirs)| {
            let default = if file.root().get(key).is_none() { " by default" } else { "" };
            Diagnostic {
                severity: Severity::Error,
                rule: &rules::VALUE,
                path: key.to_owned(),
                reason: Reason::FieldValueInvalid,
                excerpt: k8s_file.excerpt(key),
                message: format!("{key} is {ours} here, and {theirs}{default} in {}.", file.name),
                help: Some(format!("Write the same {key} in both files.")),
            }
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(ConfigError::Invalid(problems)) }
}

/// Settings on which the files may differ, and which file wins.
fn overruled(
    k8s_file: &ConfigFile,
    k8s: &K8sOrchestratorConfig,
    file: &ConfigFile,
    config: &OrchestratorConfig,
) -> Vec<String> {
    let pairs = [
        ("optimizer", k8s.optimizer.to_string(), config.optimizer.to_string()),
        ("config_path", k8s.config_path.clone(), config.config_path.clone()),
    ];
    pairs
        .into_iter()
        .filter(|(key, ours, theirs)| ours != theirs && file.root().get(key).is_some())
        .map(|(key, ours, theirs)| {
            format!("{key} is {ours} in {} and {theirs} in {}; {} wins.", k8s_file.name, file.name, k8s_file.name)
        })
        .collect()
}

/// The kubelet replaces `$(NAME)` and `$$` in variables and arguments; a value that holds one may
/// not arrive as it was written.
fn expansions(k8s: &K8sOrchestratorConfig) -> Vec<String> {
    let config_path = ("config_path".to_owned(), k8s.config_path.clone());
    pairs(&k8s.extra_env)
        .into_iter()
        .map(|(name, value)| (format!("extra_env.{name}"), value))
        .chain([config_path])
        .filter(|(_, value)| value.contains("$(") || value.contains("$$"))
        .map(|(key, value)| {
            format!("{key} is {value:?}: the kubelet expands $(NAME) and turns $$ into $. Write $$ for a literal $.")
        })
        .collect()
}

fn settings(
    k8s_file: &ConfigFile,
    k8s: &K8sOrchestratorConfig,
    orchestrator: Option<(&ConfigFile, &OrchestratorConfig)>,
    overrides: &Overrides,
) -> Vec<Setting> {
    let from_k8s = |name: &str, value: &dyn std::fmt::Display| {
        let present = k8s_file.root().get(name).is_some();
        let from = if present { k8s_file.name.clone() } else { "default".to_owned() };
        Setting { name: name.to_owned(), value: value.to_string(), from }
    };
    let flag = |flag: &str, value: &Option<String>, setting: Setting| match value {
        Some(value) => Setting { value: value.clone(), from: flag.to_owned(), ..setting },
        None => setting,
    };
    let number = |name: &str, ours: u64, theirs: fn(&OrchestratorConfig) -> u64| match orchestrator {
        Some((file, config)) => {
            Setting { name: name.to_owned(), value: theirs(config).to_string(), from: file.name.clone() }
        }
        None => from_k8s(name, &ours),
    };
    let short = || {
        flag(
            "--session-short",
            &overrides.session_short,
            from_k8s("session_short", &k8s.session_short.as_deref().unwrap_or_default()),
        )
    };
    let mut settings = vec![flag("--session-id", &overrides.session_id, from_k8s("session_id", &k8s.session_id))];
    settings.extend((overrides.session_short.is_some() || k8s.session_short.is_some()).then(short));
    settings.extend([
        flag("--namespace", &overrides.namespace, from_k8s("k8s_namespace", &k8s.k8s_namespace)),
        from_k8s("image", &k8s.image),
        from_k8s("mode", &k8s.mode),
        from_k8s("env", &k8s.env),
        from_k8s("optimizer", &k8s.optimizer),
        from_k8s("config_path", &k8s.config_path),
        number("total_iterations", k8s.total_iterations, |config| config.total_iterations),
        number("workers", u64::from(k8s.workers), |config| u64::from(config.workers)),
    ]);
    let Resources { requests, limits } = &k8s.resources;
    for (group, mapping) in
        [("extra_env", &k8s.extra_env), ("resources.requests", requests), ("resources.limits", limits)]
    {
        settings.extend(pairs(mapping).into_iter().map(|(name, value)| Setting {
            name: format!("{group}.{name}"),
            value,
            from: k8s_file.name.clone(),
        }));
    }
    settings
}

/// The entries of a checked mapping as text; an amount may have been written as a number.
fn pairs(mapping: &serde_yaml::Mapping) -> Vec<(String, String)> {
    let text = |value: &serde_yaml::Value| match value {
        serde_yaml::Value::String(text) => text.clone(),
        serde_yaml::Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    mapping.iter().map(|(key, value)| (text(key), text(value))).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const K8S: &str = include_str!("../../configs/d29_k8s/orchestrator_k8s_baseline.yaml");
    const ORCHESTRATOR: &str = include_str!("../../configs/d28_orchestrator/demo_baseline.yaml");

    pub(crate) fn session(k8s: &str, orchestrator: Option<&str>) -> Result<Session, ConfigError> {
        let k8s = ConfigFile::parse("k8s.yaml".to_owned(), k8s.into())?;
        let orchestrator = orchestrator.map(|text| ConfigFile::parse("o.yaml".to_owned(), text.into())).transpose()?;
        Session::resolve(&k8s, orchestrator.as_ref(), &Overrides::default())
    }

    #[test]
    fn the_orchestrator_gives_the_numbers_and_nothing_else() {
        let text =
            ORCHESTRATOR.replace("total_iterations: 6", "total_iterations: 9").replace("workers: 2", "workers: 4");
        let session = session(K8S, Some(&text)).unwrap();
        assert_eq!((session.total_iterations, session.workers), (9, 4));
        assert_eq!(session.session_id, "d29-k8s-demo-session");
        assert_eq!(session.session_short, "d29-k8s-");
        let workers = session.settings.iter().find(|setting| setting.name == "workers").unwrap();
        assert_eq!(workers.from, "o.yaml");
        assert!(session.warnings.is_empty());
    }

    #[test]
    fn a_session_short_stands_for_the_id_in_names() {
        let odd_id = K8S.replace("session_id: d29-k8s-demo-session", "session_id: D29_second");
        assert!(session(&odd_id, None).is_err());
        let with_key = odd_id.replace("k8s_namespace", "session_short: second\nk8s_namespace");
        let resolved = session(&with_key, None).unwrap();
        assert_eq!((resolved.session_id.as_str(), resolved.session_short.as_str()), ("D29_second", "second"));
        let file = ConfigFile::parse("k8s.yaml".to_owned(), with_key.into()).unwrap();
        let overrides = Overrides { session_short: Some("third".to_owned()), ..Overrides::default() };
        let resolved = Session::resolve(&file, None, &overrides).unwrap();
        assert_eq!(resolved.session_short, "third");
        let setting = resolved.settings.iter().find(|setting| setting.name == "session_short").unwrap();
        assert_eq!((setting.value.as_str(), setting.from.as_str()), ("third", "--session-short"));
    }

    #[test]
    fn mode_and_env_must_agree() {
        let live = ORCHESTRATOR.replace("mode: paper", "mode: live").replace("env: docker", "env: prod");
        let Err(ConfigError::Invalid(problems)) = session(K8S, Some(&live)) else { panic!("passed") };
        assert_eq!(problems[0].message, "mode is paper here, and live in o.yaml.");
        assert_eq!(problems[1].message, "env is docker here, and prod in o.yaml.");
        let silent = ORCHESTRATOR.replace("mode: paper\n", "");
        let Err(ConfigError::Invalid(problems)) = session(&K8S.replace("mode: paper", "mode: live"), Some(&silent))
        else {
            panic!("passed")
        };
        assert_eq!(problems[0].message, "mode is live here, and paper by default in o.yaml.");
    }

    #[test]
    fn optimizer_and_config_path_warn() {
        let other = ORCHESTRATOR.replace("optimizer: bayesian", "optimizer: grid");
        assert_eq!(
            session(K8S, Some(&other)).unwrap().warnings,
            ["optimizer is bayesian in k8s.yaml and grid in o.yaml; k8s.yaml wins."]
        );
    }

    #[test]
    fn what_the_kubelet_would_expand_is_told() {
        let text = K8S.replace("arbitrage-redis", "$(HOST)");
        assert!(session(&text, None).unwrap().warnings[0].contains("extra_env.REDIS_HOST"));
    }

    #[test]
    fn problems_of_both_files_come_together() {
        let broken = ORCHESTRATOR.replace("workers: 2", "workers: 0");
        let Err(ConfigError::Invalid(problems)) = session(&K8S.replace("mode: paper", "mode: x"), Some(&broken)) else {
            panic!("passed")
        };
        assert_eq!(problems.len(), 2);
    }
}

//! The two configurations and the flags, resolved into the one session that everything else is based on. The origin of
//! each setting is kept, so that `plan` can show it.

use std::fmt;
use std::num::{NonZeroU32, NonZeroU64};
use std::path::Path;

use super::additions::Additions;
use super::checks::{SHORT_LEN, reading, session_id_start_fault, surplus};
use super::environment::{EnvFrom, SecretKey};
use super::file::ConfigFile;
use super::k8s::K8sOrchestratorConfig;
use super::orchestrator::OrchestratorConfig;
use super::partial_job::{self, PartialJob};
use super::problem::{ConfigError, Problems};
use super::recognize;
use super::resources::Resources;
use super::rules;
use super::set::Assignment;
use super::setting::{EXTRA_ENV, Said, Setting, Settings, by_file, by_flag};
use super::vocabulary::{Env, Mode, Optimizer};
use crate::credentials;
use crate::diagnostic::{Diagnostic, Reason};
use crate::yaml::{Given, OrderedMap, Spanned};

/// A tuning session, complete and checked.
#[derive(Debug, Clone)]
pub struct Session {
    /// The session's id.
    pub session_id: String,
    /// The session's short name in each Job's name: by default, the first 8 characters of its id.
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
    /// The tuning file, as a path inside the image.
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
    /// The directory that the workers start in; none for the image's working directory.
    pub working_dir: Option<String>,
    /// Whether the workers get the tuning file at `config_path` from ConfigMaps.
    pub mounts_tuning_file: bool,
    /// Whether each worker gets its own seed in it.
    pub has_own_seeds: bool,
    /// Additions to the guide's Jobs.
    pub additions: Additions,
    /// Each setting with its origin.
    pub settings: Vec<Setting>,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
}

/// Settings from flags, which override the files.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--namespace`.
    pub namespace: Option<String>,
    /// `--session-id`.
    pub session_id: Option<String>,
    /// `--session-short`.
    pub session_short: Option<String>,
    /// `--set`: keys of the K8s configuration.
    pub set: Vec<Assignment>,
}

impl Overrides {
    /// Two flags must not set the same key.
    fn refuse_both(&self) -> Result<(), ConfigError> {
        let own = [
            ("--namespace", "k8s_namespace", &self.namespace),
            ("--session-id", "session_id", &self.session_id),
            ("--session-short", "session_short", &self.session_short),
        ];
        let is_set = |key: &str| self.set.iter().any(|assignment| assignment.top_level_key() == Some(key));
        match own.iter().find(|(_, key, value)| value.is_some() && is_set(key)) {
            Some((flag, key, _)) => {
                Err(ConfigError::Flag(format!("{flag} and --set {key}=… set the same key. Remove one of them.")))
            }
            None => Ok(()),
        }
    }
}

impl Session {
    /// Reads the configuration files and resolves them.
    ///
    /// # Errors
    /// One of the files is not valid, or they disagree on a setting on which they must agree.
    pub fn load(k8s: &Path, orchestrator: Option<&Path>, overrides: &Overrides) -> Result<Self, ConfigError> {
        overrides.refuse_both()?;
        let k8s = ConfigFile::read(k8s).map(|file| file.with(&overrides.set));
        let orchestrator = orchestrator.map(ConfigFile::read).transpose();
        let (k8s, orchestrator) = both(k8s, orchestrator)?;
        Self::resolve(&k8s, orchestrator.as_ref(), overrides)
    }

    /// Resolves two configuration files.
    ///
    /// # Errors
    /// As [`Session::load`].
    pub fn resolve(
        k8s_file: &ConfigFile,
        orchestrator_file: Option<&ConfigFile>,
        overrides: &Overrides,
    ) -> Result<Self, ConfigError> {
        let mut problems = [k8s_file.problems(), orchestrator_file.unwrap_or(k8s_file).problems()];
        if recognize::refuse_others(k8s_file, orchestrator_file, &mut problems) {
            return Problems::finish(problems, None).map(|(session, _)| session);
        }
        let (k8s, mut problems) = K8sOrchestratorConfig::read(k8s_file, overrides.session_short.is_some());
        let (orchestrator, more) = orchestrator_file.map(OrchestratorConfig::read).unzip();
        let session = k8s.and_then(|k8s| {
            let orchestrator = orchestrator_file.zip(orchestrator.flatten());
            let files = Files { k8s_file, k8s, orchestrator };
            files.refuse_disagreement(&mut problems);
            files.refuse_surplus(&mut problems);
            files.session(overrides)
        });
        let (mut session, warnings) = Problems::finish([problems].into_iter().chain(more), session)?;
        check_flag(&session, overrides)?;
        session.warnings.splice(0..0, warnings);
        Ok(session)
    }
}

/// The files of a session with their values.
struct Files<'f> {
    k8s_file: &'f ConfigFile,
    k8s: K8sOrchestratorConfig,
    orchestrator: Option<(&'f ConfigFile, OrchestratorConfig)>,
}

impl Files<'_> {
    /// The session, unless a required key has no value.
    fn session(&self, overrides: &Overrides) -> Option<Session> {
        let Self { k8s_file: file, k8s, .. } = self;
        let mut settings = Settings::default();
        let session_id = by_flag("--session-id", overrides.session_id.as_ref()).or(by_file(file, &k8s.session_id));
        let session_id = settings.take("session_id", session_id)?;
        let short = by_flag("--session-short", overrides.session_short.as_ref());
        let short = settings.take("session_short", short.or(by_file(file, &k8s.session_short)));
        let namespace = by_flag("--namespace", overrides.namespace.as_ref()).or(by_file(file, &k8s.k8s_namespace));
        let (total_iterations, workers) = (self.total_iterations(), self.workers());
        let Resources { requests, limits } = k8s.resources.get().cloned().unwrap_or_default();
        let tuning = k8s.tuning_config.get().cloned().unwrap_or_default();
        Some(Session {
            session_short: short.unwrap_or_else(|| session_id.chars().take(SHORT_LEN).collect()),
            session_id,
            namespace: settings.take("k8s_namespace", namespace)?,
            image: settings.take("image", by_file(file, &k8s.image))?,
            mode: settings.take("mode", by_file(file, &k8s.mode))?,
            env: settings.take("env", by_file(file, &k8s.env))?,
            optimizer: settings.take("optimizer", by_file(file, &k8s.optimizer))?,
            config_path: settings.take("config_path", by_file(file, &k8s.config_path))?,
            working_dir: settings.take("working_dir", by_file(file, &k8s.working_dir)),
            mounts_tuning_file: settings.take("tuning_config.mount", by_file(file, &tuning.mount)).unwrap_or_default(),
            has_own_seeds: settings.take("tuning_config.seed", by_file(file, &tuning.seed)).is_some(),
            total_iterations: settings.take("total_iterations", total_iterations)?.get(),
            workers: settings.take("workers", workers)?.get(),
            extra_env: settings.take_all(EXTRA_ENV, file, &k8s.extra_env),
            requests: settings.take_all("resources.requests", file, &requests),
            limits: settings.take_all("resources.limits", file, &limits),
            additions: self.additions(&mut settings),
            settings: settings.without_credentials(&file.source),
            warnings: self.warnings(),
        })
    }

    /// The iterations and their origin: a flag, else the orchestrator configuration, else the K8s configuration.
    fn total_iterations(&self) -> Said<NonZeroU64> {
        let ours = &self.k8s.total_iterations;
        match &self.orchestrator {
            Some((file, config)) if !self.k8s_file.is_set(ours) => by_file(file, &config.total_iterations),
            _ => by_file(self.k8s_file, ours),
        }
    }

    /// The workers, in the same way.
    fn workers(&self) -> Said<NonZeroU32> {
        let ours = &self.k8s.workers;
        match &self.orchestrator {
            Some((file, config)) if !self.k8s_file.is_set(ours) => by_file(file, &config.workers),
            _ => by_file(self.k8s_file, ours),
        }
    }

    /// Checks that there are not more workers than iterations if one of the numbers comes from a flag; the numbers of a
    /// file have already been checked.
    fn refuse_surplus(&self, problems: &mut Problems<'_>) {
        let (ours_total, ours_workers) = (self.k8s.total_iterations.written(), self.k8s.workers.written());
        let flags =
            [("workers", ours_workers.map(|it| it.position)), ("total_iterations", ours_total.map(|it| it.position))];
        let flag =
            flags.into_iter().find_map(|(key, position)| Some((key, position.filter(|it| problems.is_flag(*it))?)));
        let (Some((key, position)), Some((total, _)), Some((workers, _))) =
            (flag, self.total_iterations(), self.workers())
        else {
            return;
        };
        if let Some((message, help)) = surplus(total, workers) {
            let number = if key == "workers" { workers.to_string() } else { total.to_string() };
            let wording = (message, help + &reading(&number, position, problems));
            problems.add(&rules::WORKERS, Reason::FieldValueInvalid, key, position, wording);
        }
    }

    /// The additions from the optional keys.
    fn additions(&self, settings: &mut Settings) -> Additions {
        let Self { k8s_file: file, k8s, .. } = self;
        let results = k8s.results.get().cloned().unwrap_or_default();
        let additions = Additions {
            secret_env: settings.take_each("secret_env", file, &k8s.secret_env, SecretKey::variable),
            env_from: settings.take_items("env_from", file, &k8s.env_from, EnvFrom::source),
            results_claim: settings.take("results.claim", by_file(file, &results.claim)),
            queue: settings.take("queue", by_file(file, &k8s.queue)),
            pod_security: settings.take("pod_security", by_file(file, &k8s.pod_security)),
            labels: settings.take_all("labels", file, &k8s.labels),
            annotations: settings.take_all("annotations", file, &k8s.annotations),
            job_template: partial_job::node(file, &k8s.job_template).map(|node| PartialJob::new(node, file)),
        };
        if let Some(partial) = &additions.job_template {
            partial_job::list(&partial.node, file, settings);
        }
        // Each worker has its own file.
        let unused = self.orchestrator.as_ref().and_then(|(file, config)| by_file(file, &config.base_output_csv));
        settings.take("base_output_csv", unused.map(|(path, origin)| (format!("{path} (unused)"), origin)));
        additions
    }

    /// Paper in one file and live in the other must never be accepted, nor stage in one and prod in the other.
    fn refuse_disagreement(&self, problems: &mut Problems<'_>) {
        let Some((file, config)) = &self.orchestrator else { return };
        disagreement("mode", &self.k8s.mode, file, &config.mode, problems);
        disagreement("env", &self.k8s.env, file, &config.env, problems);
    }

    /// Warnings: settings on which the files differ, and values that may not arrive as written.
    fn warnings(&self) -> Vec<Diagnostic> {
        let mut overruled = Vec::new();
        if let Some((file, config)) = &self.orchestrator {
            let (ours, mut found) = (self.k8s_file, file.problems());
            overrule("optimizer", ours, &self.k8s.optimizer, file, &config.optimizer, &mut found);
            overrule("config_path", ours, &self.k8s.config_path, file, &config.config_path, &mut found);
            overruled = found.into_vec();
        }
        let mut found = self.k8s_file.problems();
        for (name, value) in self.k8s.extra_env.get().into_iter().flat_map(OrderedMap::iter) {
            warn_of_expansion(&format!("extra_env.{}", name.value), value, &mut found);
        }
        if let Some(path) = self.k8s.config_path.written() {
            warn_of_expansion("config_path", path, &mut found);
        }
        overruled.into_iter().chain(found.into_vec()).collect()
    }
}

/// The kubelet replaces `$(NAME)` and `$$` in variables and arguments; a value that contains one may not arrive as
/// written.
fn warn_of_expansion(key: &str, Spanned { value, position }: &Spanned<String>, found: &mut Problems<'_>) {
    if value.contains("$(") || value.contains("$$") {
        let value = credentials::shown(key.strip_prefix("extra_env.").unwrap_or_default(), value);
        let message = format!("{key} is {value:?}: the kubelet expands $(NAME) and turns $$ into $.");
        found.warn(&rules::EXPANSION, key, *position, (message, "Write $$ for a literal $."));
    }
}

fn disagreement<W: PartialEq + fmt::Display>(
    key: &str,
    ours: &Given<W>,
    file: &ConfigFile,
    theirs: &Given<W>,
    problems: &mut Problems<'_>,
) {
    let (Some(Spanned { value: ours, position }), Some(other)) = (ours.written(), theirs.get()) else { return };
    if ours != other {
        let default = if theirs.written().is_none() { " by default" } else { "" };
        let message = format!("{key} is {ours} here, but {other}{default} in {}.", file.name());
        let wording = (message, format!("Write the same {key} in both files."));
        problems.add(&rules::AGREEMENT, Reason::FieldValueInvalid, key, *position, wording);
    }
}

/// Reports a setting that differs between the two files.
fn overrule<T: PartialEq + fmt::Display>(
    key: &str,
    our_file: &ConfigFile,
    ours: &Given<T>,
    file: &ConfigFile,
    theirs: &Given<T>,
    found: &mut Problems<'_>,
) {
    let is_flag = our_file.is_set(ours);
    let (Some(ours), Some(Spanned { value: theirs, position })) = (ours.get(), theirs.written()) else { return };
    let our_file = if is_flag { "--set" } else { our_file.name() };
    if ours != theirs {
        let message = format!("{key} is {ours} in {our_file} and {theirs} in {}; {our_file} wins.", file.name());
        found.warn(&rules::OVERRULED, key, *position, message);
    }
}

/// The start of an id from a file has already been checked; an id from `--session-id` is part of Job names too.
fn check_flag(session: &Session, Overrides { session_id, .. }: &Overrides) -> Result<(), ConfigError> {
    let is_short = session.settings.iter().any(|setting| setting.name == "session_short");
    match session_id.as_deref().filter(|_| !is_short).and_then(session_id_start_fault) {
        Some((message, help)) => Err(ConfigError::Flag(format!("{message} {help}"))),
        None => Ok(()),
    }
}

/// Both values, or the problems of both files.
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

#[cfg(test)]
pub(crate) mod tests {
    use super::super::setting::Origin;
    use super::*;
    use crate::manifest::text::Excerpt;

    pub(crate) const K8S: &str = include_str!("../../configs/d29_k8s/orchestrator_k8s_baseline.yaml");
    pub(crate) const ORCHESTRATOR: &str = include_str!("../../configs/d28_orchestrator/demo_baseline.yaml");

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
        assert_eq!(workers.origin.to_string(), "o.yaml");
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
        assert_eq!((setting.value.as_str(), setting.origin.to_string().as_str()), ("third", "--session-short"));
    }

    #[test]
    fn a_setting_knows_its_line() {
        let text = K8S.replace("config_path: configs/d23_tuning/advanced_baseline.yaml\n", "");
        let session = session(&text, Some(ORCHESTRATOR)).unwrap();
        let origin = |name: &str| {
            let setting = session.settings.iter().find(|setting| setting.name == name).unwrap();
            match &setting.origin {
                Origin::File(Excerpt { file, position, window }) => {
                    format!("{file}:{}: {}", position.line, window.text)
                }
                other => other.to_string(),
            }
        };
        assert_eq!(origin("session_id"), "k8s.yaml:2: session_id: d29-k8s-demo-session");
        assert_eq!(origin("extra_env.REDIS_PORT"), "k8s.yaml:14:   REDIS_PORT: \"6379\"");
        assert_eq!(origin("resources.limits.cpu"), "k8s.yaml:20:     cpu: \"1\"");
        assert_eq!(origin("workers"), "o.yaml:4: workers: 2");
        assert_eq!(origin("config_path"), "default");
    }

    #[test]
    fn mode_and_env_must_agree() {
        let live = ORCHESTRATOR.replace("mode: paper", "mode: live").replace("env: docker", "env: prod");
        let Err(ConfigError::Invalid(problems)) = session(K8S, Some(&live)) else { panic!("passed") };
        assert_eq!(problems[0].message, "mode is paper here, but live in o.yaml.");
        assert_eq!(problems[1].message, "env is docker here, but prod in o.yaml.");
        let silent = ORCHESTRATOR.replace("mode: paper\n", "");
        let Err(ConfigError::Invalid(problems)) = session(&K8S.replace("mode: paper", "mode: live"), Some(&silent))
        else {
            panic!("passed")
        };
        assert_eq!(problems[0].message, "mode is live here, but paper by default in o.yaml.");
    }

    #[test]
    fn optimizer_and_config_path_warn() {
        let other = ORCHESTRATOR.replace("optimizer: bayesian", "optimizer: grid");
        let [warning] = &session(K8S, Some(&other)).unwrap().warnings[..] else { panic!("not one") };
        assert_eq!(
            (warning.with_help().as_str(), warning.excerpt.position.line),
            ("optimizer is bayesian in k8s.yaml and grid in o.yaml; k8s.yaml wins.", 7)
        );
    }

    #[test]
    fn what_the_kubelet_would_expand_is_told() {
        let text = K8S.replace("arbitrage-redis", "$(HOST)");
        let warning = &session(&text, None).unwrap().warnings[0];
        assert!(warning.message.contains("extra_env.REDIS_HOST"));
        assert_eq!(warning.excerpt.position.line, 13);
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

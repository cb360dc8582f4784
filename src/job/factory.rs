//! Makes each worker's [`K8sJobSpec`] from the session (D29 guide, "`K8sTuningJobFactory`").

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::ConfigMap;

use super::additions;
use super::api_object::build_job;
use super::created_at::CreatedAt;
use super::hardening::harden;
use super::partial::{self, PartialJobError, TUNER};
use super::spec::{K8sJobSpec, TuningFileSource};
use crate::config::Session;
use crate::config::metadata::ATTEMPT_LABEL;
use crate::manifest::Format;
use crate::names::{APP, COMPONENT, config_map_file_name, job_name, output_csv};
use crate::plan::{Part, WorkerShare};
use crate::tuning_file::{Delivery, mount};

/// The command of the workers.
pub const COMMAND: &str = "python";
/// The script inside the image that runs one worker's part of a session.
pub const SCRIPT: &str = "scripts/run_d24_tuning_session.py";
/// The `description` annotation of a worker's Job.
pub fn description(worker_id: &str) -> String {
    format!("Arbitrage tuning job for {worker_id}")
}

/// Makes the Jobs of one session, all with the same `created_at`, and the ConfigMaps that they need.
#[derive(Debug, Clone)]
pub struct K8sTuningJobFactory<'s> {
    session: &'s Session,
    created_at: String,
    delivery: Option<&'s Delivery>,
    /// The workers whose Jobs it makes.
    part: Part,
    /// The first worker's Job with the config's additions, its container named [`TUNER`]; none if there are no
    /// additions.
    extended: Option<Box<Job>>,
}

impl<'s> K8sTuningJobFactory<'s> {
    /// A factory for the Jobs of `session`. With a delivery, the workers get their tuning file from ConfigMaps.
    ///
    /// # Errors
    /// The config's partial Job cannot be merged.
    pub fn new(
        session: &'s Session,
        created_at: CreatedAt,
        delivery: Option<&'s Delivery>,
    ) -> Result<Self, PartialJobError> {
        let part = Part::whole(session.workers);
        let factory = Self { session, created_at: created_at.to_string(), delivery, part, extended: None };
        if session.additions.is_empty() {
            return Ok(factory);
        }
        let extended = factory.extend()?;
        Ok(Self { extended: Some(Box::new(extended)), ..factory })
    }

    /// The same factory for a part of the session; each worker keeps its share of the session's plan.
    #[must_use]
    pub fn with_part(self, part: Part) -> Self {
        Self { part, ..self }
    }

    /// The workers whose Jobs it makes.
    #[must_use]
    pub const fn part(&self) -> &Part {
        &self.part
    }

    /// The shares of these workers.
    #[must_use]
    pub fn shares(&self) -> impl ExactSizeIterator<Item = WorkerShare> {
        self.part.shares(self.session.total_iterations, self.session.workers)
    }

    /// Shares whose Jobs represent all the others.
    #[must_use]
    pub fn samples(&self) -> Vec<WorkerShare> {
        let of_kind = |retry| self.part.samples(self.session.total_iterations, self.session.workers, retry);
        [of_kind(false), of_kind(true)].concat()
    }

    /// The session.
    #[must_use]
    pub const fn session(&self) -> &'s Session {
        self.session
    }

    /// The `created_at` of all its Jobs.
    #[must_use]
    pub fn created_at(&self) -> &str {
        &self.created_at
    }

    /// The ConfigMaps of the tuning file that its workers need, made lazily; none if the file is in the image.
    pub fn config_maps(&self) -> impl Iterator<Item = ConfigMap> {
        let maps = self.delivery.map(|delivery| &delivery.config_maps);
        maps.into_iter().flat_map(|maps| maps.needed_by(&self.part).filter_map(|nth| maps.config_map_at(nth)))
    }

    /// The file names of these ConfigMaps, which sort before those of the Jobs. They are the same as in a run for the
    /// whole session.
    pub fn config_map_files(&self, format: Format) -> impl Iterator<Item = String> {
        let maps = self.delivery.map(|delivery| &delivery.config_maps);
        maps.into_iter().flat_map(move |maps| {
            let name = move |nth| config_map_file_name(&self.session.session_short, nth, maps.len(), format);
            maps.needed_by(&self.part).map(name)
        })
    }

    /// The name of the ConfigMap for the worker at an index; none if the file is in the image.
    #[must_use]
    pub fn config_map(&self, index: u32) -> Option<String> {
        self.delivery.map(|delivery| delivery.config_maps.source(index).0)
    }

    /// How the tuning file reaches the workers; none if it is in the image.
    pub const fn delivery(&self) -> Option<&'s Delivery> {
        self.delivery
    }

    /// The number of ConfigMaps of the whole session.
    pub fn config_map_count(&self) -> usize {
        self.delivery.map_or(0, |delivery| delivery.config_maps.len())
    }

    /// The names of the ConfigMaps that its workers need, made lazily.
    pub fn config_map_names(&self) -> impl Iterator<Item = String> {
        let maps = self.delivery.map(|delivery| &delivery.config_maps);
        maps.into_iter().flat_map(|maps| maps.needed_by(&self.part).filter_map(|nth| maps.names().nth(nth)))
    }

    /// The Job for the first attempt of the worker `worker_id`, which has the index `index` and runs `iterations`.
    pub fn create_job_for_worker(&self, worker_id: &str, iterations: u64, index: u32) -> K8sJobSpec {
        self.job_spec(&WorkerShare { worker_id: worker_id.to_owned(), index, iterations, attempt: 1 })
    }

    /// The Job for a worker's share, before it becomes an API object.
    #[must_use]
    pub fn job_spec(&self, share: &WorkerShare) -> K8sJobSpec {
        let session = self.session;
        let WorkerShare { worker_id, index, .. } = share;
        K8sJobSpec {
            name: job_name(&session.session_short, share),
            namespace: session.namespace.clone(),
            image: session.image.clone(),
            command: vec![COMMAND.to_owned()],
            args: self.args(share),
            env: self.env(worker_id),
            labels: self.labels(share),
            annotations: vec![
                ("description".to_owned(), description(worker_id)),
                ("created_at".to_owned(), self.created_at.clone()),
            ],
            working_dir: session.working_dir.clone(),
            tuning_file: self.delivery.map(|delivery| {
                let (config_map, key) = delivery.config_maps.source(*index);
                TuningFileSource { config_map, key, path: delivery.mount_path.clone() }
            }),
            restart_policy: "Never".to_owned(),
            backoff_limit: 0,
            requests: session.requests.clone(),
            limits: session.limits.clone(),
        }
    }

    /// The API object for a worker's share.
    pub fn job(&self, share: &WorkerShare) -> Job {
        let spec = self.job_spec(share);
        match &self.extended {
            None => build_job(spec),
            Some(extended) => give_to_worker((**extended).clone(), spec, &share.worker_id),
        }
    }

    /// The first worker's Job with the config's additions. It is merged once, not for each worker, because a partial
    /// Job must not change what the workers differ in.
    fn extend(&self) -> Result<Job, PartialJobError> {
        let mut job = self.common();
        if let Some(partial) = &self.session.additions.job_template {
            job = partial::merge(&job, &partial.node)?;
        }
        let pod = job.spec.get_or_insert_default().template.spec.get_or_insert_default();
        if let Some(level) = self.session.additions.pod_security {
            harden(pod, level);
        }
        Ok(job)
    }

    /// The first worker's Job with the config's additions, its container named `TUNER`; none if there are no
    /// additions.
    #[must_use]
    pub fn extended(&self) -> Option<&Job> {
        self.extended.as_deref()
    }

    /// The first worker's Job before a partial Job is merged over it, its container named `TUNER`.
    #[must_use]
    pub fn common(&self) -> Job {
        let mut spec = self.create_job_for_worker("worker-1", 1, 0);
        TUNER.clone_into(&mut spec.name);
        let mut job = build_job(spec);
        additions::add(&mut job, self.session);
        job
    }

    /// The Jobs of its workers, made lazily.
    pub fn jobs(&self) -> impl Iterator<Item = Job> {
        self.shares().map(|share| self.job(&share))
    }

    fn args(&self, share: &WorkerShare) -> Vec<String> {
        let session = self.session;
        let options = [
            ("--config", session.config_path.clone()),
            ("--iterations", share.iterations.to_string()),
            ("--mode", session.mode.to_string()),
            ("--env", session.env.to_string()),
            ("--optimizer", session.optimizer.to_string()),
            ("--session-id", session.session_id.clone()),
            ("--worker-id", share.worker_id.clone()),
            ("--output-csv", output_csv(&share.worker_id, share.attempt.into())),
        ];
        let options = options.into_iter().flat_map(|(name, value)| [name.to_owned(), value]);
        std::iter::once(SCRIPT.to_owned()).chain(options).collect()
    }

    fn env(&self, worker_id: &str) -> Vec<(String, String)> {
        let session = self.session;
        let mut env = owned([
            ("APP_ENV", &session.env.to_string()),
            ("REDIS_HOST", "arbitrage-redis"),
            ("REDIS_PORT", "6379"),
            ("SESSION_ID", &session.session_id),
            ("WORKER_ID", worker_id),
            ("MODE", &session.mode.to_string()),
        ]);
        let own = env.len();
        for (name, value) in &session.extra_env {
            // A mapping has unique names, so only the variables above can already exist.
            match env[..own].iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => known.clone_from(value),
                None => env.push((name.clone(), value.clone())),
            }
        }
        env
    }

    fn labels(&self, share: &WorkerShare) -> Vec<(String, String)> {
        let session = self.session;
        let mut labels = owned([
            ("app", APP),
            ("session_id", &session.session_id),
            ("worker_id", &share.worker_id),
            ("component", COMPONENT),
            ("mode", &session.mode.to_string()),
            ("env", &session.env.to_string()),
        ]);
        if share.attempt > 1 {
            labels.push((ATTEMPT_LABEL.to_owned(), share.attempt.to_string()));
        }
        labels
    }
}

/// Turns the common Job into the Job of one worker.
fn give_to_worker(mut job: Job, spec: K8sJobSpec, worker_id: &str) -> Job {
    partial::name_worker(&mut job, &spec.name);
    let template = &mut job.spec.get_or_insert_default().template;
    for (key, value) in spec.labels.into_iter().filter(|(key, _)| key == "worker_id" || key == ATTEMPT_LABEL) {
        template.metadata.get_or_insert_default().labels.get_or_insert_default().insert(key.clone(), value.clone());
        job.metadata.labels.get_or_insert_default().insert(key, value);
    }
    job.metadata.annotations.get_or_insert_default().extend(spec.annotations);
    let pod = template.spec.get_or_insert_default();
    if let Some(container) = partial::worker_container(pod, &spec.name) {
        container.args = Some(spec.args);
        for variable in container.env.iter_mut().flatten().filter(|variable| variable.name == "WORKER_ID") {
            variable.value = Some(worker_id.to_owned());
        }
    }
    if let Some(TuningFileSource { config_map, key, .. }) = spec.tuning_file {
        mount::point_at(pod, config_map, key);
    }
    job.metadata.name = Some(spec.name);
    job
}

fn owned<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::session::tests::{K8S, session};

    #[test]
    fn a_later_attempt_has_a_name_a_label_and_a_file_of_its_own() {
        let created_at = CreatedAt::parse("2025-11-16T18:21:45Z").unwrap();
        for more in ["", "labels: {team: a}\njob_template: {metadata: {annotations: {a: b}}}\n"] {
            let session = session(&format!("{K8S}{more}"), None).unwrap();
            let mut part = Part::default();
            part.extend(1..2, 3);
            let factory = K8sTuningJobFactory::new(&session, created_at, None).unwrap();
            let plain = serde_json::to_value(factory.jobs().nth(1).unwrap()).unwrap();
            let again: Vec<Job> = factory.with_part(part).jobs().collect();
            assert_eq!(again.len(), 1);
            let mut again = serde_json::to_value(&again[0]).unwrap();
            let template = again.pointer_mut("/spec/template/metadata/labels").unwrap();
            assert_eq!(template.as_object_mut().unwrap().remove("attempt").unwrap(), "3");
            let labels = again.pointer_mut("/metadata/labels").unwrap();
            assert_eq!(labels.as_object_mut().unwrap().remove("attempt").unwrap(), "3");
            // Nothing else differs.
            let text = again.to_string();
            let text = text.replace("worker-2-1-r3\"", "worker-2-1\"").replace("worker-2_r3.csv\"", "worker-2.csv\"");
            assert_eq!(text, plain.to_string());
        }
    }

    #[test]
    fn extra_env_replaces_in_place_and_appends_in_order() {
        let text = K8S
            .replace("  APP_ENV: docker", "  ZED: z\n  REDIS_HOST: other\n  A: a")
            .replace("  REDIS_HOST: arbitrage-redis\n", "");
        let session = session(&text, None).unwrap();
        let factory =
            K8sTuningJobFactory::new(&session, CreatedAt::parse("2025-11-16T18:21:45Z").unwrap(), None).unwrap();
        let spec = factory.create_job_for_worker("worker-1", 3, 0);
        let env: Vec<String> = spec.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            env,
            [
                "APP_ENV=docker",
                "REDIS_HOST=other",
                "REDIS_PORT=6379",
                "SESSION_ID=d29-k8s-demo-session",
                "WORKER_ID=worker-1",
                "MODE=paper",
                "ZED=z",
                "A=a",
            ]
        );
    }
}

//! Makes one worker's [`K8sJobSpec`] out of the session (D29 guide, "`K8sTuningJobFactory`").

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::ConfigMap;

use super::additions;
use super::api_object::build_job;
use super::created_at::CreatedAt;
use super::hardening::harden;
use super::names::{config_map_file_name, job_name};
use super::partial::{self, PartialJobError, TUNER};
use super::spec::{K8sJobSpec, TuningFileSource};
use crate::config::Session;
use crate::manifest::Format;
use crate::plan::{WorkerShare, plan_jobs};
use crate::tuning_file::{Delivery, mount};

/// What the workers run; they take the rest as arguments.
pub const COMMAND: &str = "python";
/// The script inside the image that runs one worker's part of a session.
pub const SCRIPT: &str = "scripts/run_d24_tuning_session.py";
/// The `app` label of every tuning Job.
pub const APP: &str = "arbitrage-tuning";
/// The `component` label of every tuning Job.
pub const COMPONENT: &str = "tuning";

/// The directory that the workers write their results to.
pub const OUTPUT_DIR: &str = "outputs";

/// The argument that says where a worker writes its results.
pub fn output_csv(worker_id: &str) -> String {
    format!("{OUTPUT_DIR}/d29_k8s_session_{worker_id}.csv")
}

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
    /// What the config makes of the first worker's Job, its container called [`TUNER`]; none where it adds nothing.
    extended: Option<Box<Job>>,
}

impl<'s> K8sTuningJobFactory<'s> {
    /// A factory for the Jobs of `session`, whose workers get their tuning file from ConfigMaps if there is a delivery.
    ///
    /// # Errors
    /// A partial Job in the config that cannot be merged.
    pub fn new(
        session: &'s Session,
        created_at: CreatedAt,
        delivery: Option<&'s Delivery>,
    ) -> Result<Self, PartialJobError> {
        let factory = Self { session, created_at: created_at.to_string(), delivery, extended: None };
        if session.additions.is_empty() {
            return Ok(factory);
        }
        let extended = factory.extend()?;
        Ok(Self { extended: Some(Box::new(extended)), ..factory })
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

    /// The ConfigMaps of the tuning file, each made when it is asked for; none where the image has it.
    pub fn config_maps(&self) -> impl Iterator<Item = ConfigMap> {
        self.delivery.into_iter().flat_map(|delivery| delivery.config_maps.config_maps())
    }

    /// The files of these ConfigMaps, which sort before those of the Jobs.
    pub fn config_map_files(&self, format: Format) -> impl Iterator<Item = String> {
        let (short, count) = (&self.session.session_short, self.config_map_count());
        (0..count).map(move |nth| config_map_file_name(short, nth, count, format))
    }

    /// The name of the ConfigMap of the worker at a place, from 0; none where the image has its file.
    #[must_use]
    pub fn config_map(&self, index: u32) -> Option<String> {
        self.delivery.map(|delivery| delivery.config_maps.source(index).0)
    }

    /// How the tuning file reaches the workers; none where the image has it.
    #[must_use]
    pub const fn delivery(&self) -> Option<&'s Delivery> {
        self.delivery
    }

    /// How many these ConfigMaps are.
    #[must_use]
    pub fn config_map_count(&self) -> usize {
        self.delivery.map_or(0, |delivery| delivery.config_maps.len())
    }

    /// The names of these ConfigMaps, each made when it is asked for.
    pub fn config_map_names(&self) -> impl Iterator<Item = String> {
        self.delivery.into_iter().flat_map(|delivery| delivery.config_maps.names())
    }

    /// The Job of the worker `worker_id`, which is at `index` (from 0) and runs `iterations`.
    pub fn create_job_for_worker(&self, worker_id: &str, iterations: u64, index: u32) -> K8sJobSpec {
        let session = self.session;
        K8sJobSpec {
            name: job_name(&session.session_short, worker_id, index),
            namespace: session.namespace.clone(),
            image: session.image.clone(),
            command: vec![COMMAND.to_owned()],
            args: self.args(worker_id, iterations),
            env: self.env(worker_id),
            labels: self.labels(worker_id),
            annotations: vec![
                ("description".to_owned(), description(worker_id)),
                ("created_at".to_owned(), self.created_at.clone()),
            ],
            working_dir: session.working_dir.clone(),
            tuning_file: self.delivery.map(|delivery| {
                let (config_map, key) = delivery.config_maps.source(index);
                TuningFileSource { config_map, key, path: delivery.mount_path.clone() }
            }),
            restart_policy: "Never".to_owned(),
            backoff_limit: 0,
            requests: session.requests.clone(),
            limits: session.limits.clone(),
        }
    }

    /// The API object of a worker's share.
    pub fn job(&self, share: &WorkerShare) -> Job {
        let spec = self.create_job_for_worker(&share.worker_id, share.iterations, share.index);
        match &self.extended {
            None => build_job(spec),
            Some(extended) => give_to_worker((**extended).clone(), spec, &share.worker_id),
        }
    }

    /// The first worker's Job with everything that the config adds. It is merged once, not once for each worker: a
    /// partial Job may not touch what the workers differ in.
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

    /// The first worker's Job with everything that the config adds, its container called [`TUNER`]; none where it adds
    /// nothing.
    #[must_use]
    pub fn extended(&self) -> Option<&Job> {
        self.extended.as_deref()
    }

    /// The first worker's Job as a partial Job is merged over it, its container called [`TUNER`].
    #[must_use]
    pub fn common(&self) -> Job {
        let mut spec = self.create_job_for_worker("worker-1", 1, 0);
        TUNER.clone_into(&mut spec.name);
        let mut job = build_job(spec);
        additions::add(&mut job, self.session);
        job
    }

    /// All Jobs of the session, made one at a time.
    pub fn jobs(&self) -> impl Iterator<Item = Job> {
        plan_jobs(self.session.total_iterations, self.session.workers).map(|share| self.job(&share))
    }

    fn args(&self, worker_id: &str, iterations: u64) -> Vec<String> {
        let session = self.session;
        let options = [
            ("--config", session.config_path.clone()),
            ("--iterations", iterations.to_string()),
            ("--mode", session.mode.to_string()),
            ("--env", session.env.to_string()),
            ("--optimizer", session.optimizer.to_string()),
            ("--session-id", session.session_id.clone()),
            ("--worker-id", worker_id.to_owned()),
            ("--output-csv", output_csv(worker_id)),
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
            // A mapping has each name once, so that only the variables above can be there already.
            match env[..own].iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => known.clone_from(value),
                None => env.push((name.clone(), value.clone())),
            }
        }
        env
    }

    fn labels(&self, worker_id: &str) -> Vec<(String, String)> {
        let session = self.session;
        owned([
            ("app", APP),
            ("session_id", &session.session_id),
            ("worker_id", worker_id),
            ("component", COMPONENT),
            ("mode", &session.mode.to_string()),
            ("env", &session.env.to_string()),
        ])
    }
}

/// Turns what all workers have in common into the Job of one.
fn give_to_worker(mut job: Job, spec: K8sJobSpec, worker_id: &str) -> Job {
    partial::name_worker(&mut job, &spec.name);
    let template = &mut job.spec.get_or_insert_default().template;
    for (key, value) in spec.labels.into_iter().filter(|(key, _)| key == "worker_id") {
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

//! Makes one worker's [`K8sJobSpec`] out of the session (D29 guide, "`K8sTuningJobFactory`").

use k8s_openapi::api::batch::v1::Job;

use super::api_object::build_job;
use super::created_at::CreatedAt;
use super::names::job_name;
use super::spec::K8sJobSpec;
use crate::config::Session;
use crate::plan::{WorkerShare, plan_jobs};

/// What the workers run; they take the rest as arguments.
pub const COMMAND: &str = "python";
/// The script inside the image that runs one worker's part of a session.
pub const SCRIPT: &str = "scripts/run_d24_tuning_session.py";
/// The `app` label of every tuning Job.
pub const APP: &str = "arbitrage-tuning";
/// The `component` label of every tuning Job.
pub const COMPONENT: &str = "tuning";

/// The argument that says where a worker writes its results.
pub fn output_csv(worker_id: &str) -> String {
    format!("outputs/d29_k8s_session_{worker_id}.csv")
}

/// The `description` annotation of a worker's Job.
pub fn description(worker_id: &str) -> String {
    format!("Arbitrage tuning job for {worker_id}")
}

/// Makes the Jobs of one session, all with the same `created_at`.
#[derive(Debug, Clone)]
pub struct K8sTuningJobFactory<'s> {
    session: &'s Session,
    created_at: String,
}

impl<'s> K8sTuningJobFactory<'s> {
    /// A factory for the Jobs of `session`.
    pub fn new(session: &'s Session, created_at: CreatedAt) -> Self {
        Self { session, created_at: created_at.to_string() }
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
            restart_policy: "Never".to_owned(),
            backoff_limit: 0,
            requests: session.requests.clone(),
            limits: session.limits.clone(),
        }
    }

    /// The API object of a worker's share.
    pub fn job(&self, share: &WorkerShare) -> Job {
        build_job(self.create_job_for_worker(&share.worker_id, share.iterations, share.index))
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
        let factory = K8sTuningJobFactory::new(&session, CreatedAt::parse("2025-11-16T18:21:45Z").unwrap());
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

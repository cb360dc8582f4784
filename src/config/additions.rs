//! Additions to the guide's Jobs: the optional keys of the K8s config after they have been checked.

use std::fmt;

use serde::Deserialize;

use super::environment::{EnvSource, SecretVariable};
use super::partial_job::PartialJob;

/// Everything that a K8s config adds to the guide's Jobs; by default nothing.
#[derive(Debug, Clone, Default)]
pub struct Additions {
    /// Labels of the Jobs and their pods, in addition to the guide's.
    pub labels: Vec<(String, String)>,
    /// Annotations of the Jobs and their pods, in addition to the guide's.
    pub annotations: Vec<(String, String)>,
    /// Variables whose values come from Secrets, in the file's order.
    pub secret_env: Vec<SecretVariable>,
    /// Secrets and `ConfigMap`s whose keys become variables, in the file's order.
    pub env_from: Vec<EnvSource>,
    /// The `PersistentVolumeClaim` for the results.
    pub results_claim: Option<String>,
    /// The Kueue queue that admits the Jobs.
    pub queue: Option<String>,
    /// The Pod Security Standard that the pods must meet.
    pub pod_security: Option<PodSecurity>,
    /// A partial Job that is merged over the factory's Job.
    pub job_template: Option<PartialJob>,
}

impl Additions {
    /// Whether there is nothing to add.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { labels, annotations, secret_env, env_from, results_claim, queue, pod_security, job_template } = self;
        labels.is_empty()
            && annotations.is_empty()
            && secret_env.is_empty()
            && env_from.is_empty()
            && results_claim.is_none()
            && queue.is_none()
            && pod_security.is_none()
            && job_template.is_none()
    }
}

/// The Pod Security Standards that restrict something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PodSecurity {
    /// Prevents known privilege escalations.
    Baseline,
    /// Also requires current hardening practices.
    Restricted,
}

impl fmt::Display for PodSecurity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
        })
    }
}

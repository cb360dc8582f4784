//! The effect of a namespace's policies on a session: what quotas, limit ranges and Pod Security labels would refuse,
//! set or warn of in the session's Jobs.
//!
//! A ConfigMap counts against `configmaps`, and a Job only against `count/jobs.batch`. Everything else applies to the
//! pods that the Job controller creates after the Job was accepted: first, a `LimitRange` sets defaults in the
//! containers; then, the pod is checked against its bounds, against the namespace's Pod Security labels, and finally
//! against each `ResourceQuota`.

mod amounts;
mod answer;
mod limit_range;
mod namespace;
pub(crate) mod pod;
mod read;
mod resource_quota;

pub use answer::{Answer, ConfigMaps, Refusal, Row, answer, answer_with};
pub use read::{Policies, PolicyError};

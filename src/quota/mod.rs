//! What the policies of a namespace mean for a session: quotas, limit ranges and the labels of Pod Security come in,
//! with the Jobs of a session, and what the server would refuse, fill in or warn of goes out.
//!
//! A ConfigMap counts against `configmaps`, and a Job against `count/jobs.batch` alone. Everything else is asked of the pods that the Job's controller makes,
//! after the Job itself was taken: first a `LimitRange` fills in what a container does not say, then the pod is held
//! against its bounds, against the namespace's Pod Security labels, and at last against each `ResourceQuota`.

mod amounts;
mod answer;
mod limit_range;
mod namespace;
pub(crate) mod pod;
mod read;
mod resource_quota;

pub use answer::{Answer, ConfigMaps, Refusal, Row, answer, answer_with};
pub use read::{Policies, PolicyError};

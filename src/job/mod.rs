//! A worker's share becomes a [`K8sJobSpec`], and that a `batch/v1` Job.
//! Every rule of what a tuning Job looks like is in here, and nowhere else.

pub mod build;
pub mod created_at;
pub mod factory;
pub mod identity;
pub mod kind;
pub mod names;
pub mod spec;

pub use build::build_job;
pub use created_at::CreatedAt;
pub use factory::K8sTuningJobFactory;
pub use identity::JobIdentity;
pub use kind::DocumentKind;
pub use spec::K8sJobSpec;

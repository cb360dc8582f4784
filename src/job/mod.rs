//! A worker's share becomes a [`K8sJobSpec`], and that a `batch/v1` Job.
//! Every rule of what a tuning Job looks like is in here, and nowhere else.

pub mod additions;
pub mod build;
pub mod created_at;
pub mod factory;
mod hardening;
pub mod identity;
pub mod names;
pub mod partial;
pub mod protected;
pub mod spec;

pub use build::build_job;
pub use created_at::CreatedAt;
pub use factory::K8sTuningJobFactory;
pub use identity::{JobIdentity, config_map_session};
pub use partial::PartialJobError;
pub use spec::K8sJobSpec;

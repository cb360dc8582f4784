//! A worker's share becomes a `K8sJobSpec`, and that a `batch/v1` Job.
//! Every rule of what a tuning Job looks like is in here, and nowhere else.

pub(crate) mod additions;
pub(crate) mod api_object;
pub(crate) mod created_at;
pub(crate) mod destination;
pub(crate) mod factory;
mod hardening;
pub(crate) mod identity;
pub(crate) mod kind;
pub(crate) mod kustomization;
pub(crate) mod partial;
pub(crate) mod protected;
pub(crate) mod spec;

pub use created_at::CreatedAt;
pub use factory::K8sTuningJobFactory;
pub(crate) use identity::{JobIdentity, config_map_session};
pub(crate) use kind::DocumentKind;
pub use partial::PartialJobError;
pub(crate) use spec::K8sJobSpec;

//! Turns a worker's share into a `K8sJobSpec`, and that into a `batch/v1` Job. All decisions about a tuning Job's
//! content are made here and nowhere else.

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

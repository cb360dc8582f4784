//! The two configuration files of a session: read strictly, checked as a whole, and resolved into one [`Session`]. All
//! problems of a file are reported in one run, with their positions and what to do about them.

pub mod additions;
mod amounts;
mod checks;
pub mod environment;
#[cfg(test)]
mod examples;
pub mod file;
mod file_kind;
#[cfg(test)]
mod json_schema;
pub mod k8s;
mod keys;
pub mod metadata;
pub mod orchestrator;
pub mod partial_job;
pub mod problem;
mod quotes;
pub mod recognize;
pub mod resources;
pub mod results;
pub mod rules;
pub mod session;
pub mod set;
pub mod setting;
pub mod source;
pub mod tuning_config;
pub mod vocabulary;

pub use additions::Additions;
pub use file::ConfigFile;
pub use k8s::K8sOrchestratorConfig;
pub use orchestrator::OrchestratorConfig;
pub use problem::{ConfigError, Problems};
pub use resources::Resources;
pub use session::{Overrides, Session};
pub use set::{Assignment, AssignmentError};
pub use setting::{Origin, Setting};
pub use vocabulary::{Env, Mode, Optimizer};

pub use checks::{IDENTITY, namespace_fault, session_id_fault, session_id_start_fault, session_short_fault};

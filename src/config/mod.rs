//! The two configuration files of a session: read strictly, checked as a whole, and resolved into
//! one [`Session`]. Every problem of a file comes out in one go, with its position and what to do about it.

mod checks;
#[cfg(test)]
mod examples;
pub mod file;
pub mod k8s;
mod keys;
pub mod orchestrator;
pub mod problem;
pub mod resources;
pub mod rules;
pub mod session;
pub mod setting;
pub mod vocabulary;

pub use file::ConfigFile;
pub use k8s::K8sOrchestratorConfig;
pub use orchestrator::OrchestratorConfig;
pub use problem::{ConfigError, Problems};
pub use resources::Resources;
pub use session::{Overrides, Session};
pub use setting::{Origin, Setting};
pub use vocabulary::{Env, Mode, Optimizer};

pub use checks::{namespace_fault, session_id_fault, session_id_start_fault, session_short_fault};

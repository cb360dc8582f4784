//! The library behind `kubectl arbtune`: turns two small configuration files of a parameter-tuning session into
//! Kubernetes Jobs, one per worker, and checks existing Jobs.
//!
//! Data flows one way: [`config`] → [`plan`] → [`job`] → [`manifest`] → [`output`], and from any manifest through
//! [`validate`] to `report`, or through [`diff`] to [`output`]. [`quota`] compares the Jobs with a namespace's
//! policies. After apply, kubectl's output goes through `status` to `report`, and the workers' files go through
//! `results`. Nothing here opens a socket or starts a process; `clippy.toml` enforces this.

#[cfg(not(unix))]
compile_error!(
    "kubectl-arbtune runs on Linux and macOS only: it relies on file system calls that Windows does not have."
);

pub mod apimachinery;
pub mod apply;
pub mod cli;
pub mod commands;
pub mod config;
pub mod credentials;
pub mod diagnostic;
pub mod diff;
pub mod help;
pub mod job;
pub mod manifest;
pub(crate) mod names;
pub(crate) mod nearest;
pub mod output;
pub mod plan;
pub mod printable;
pub mod quota;
pub(crate) mod report;
pub(crate) mod results;
pub(crate) mod starter;
pub(crate) mod status;
pub(crate) mod tuning_file;
pub mod usage;
pub mod validate;
pub mod yaml;

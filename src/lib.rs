//! The library behind `kubectl arbtune`: two small configuration files of a parameter-tuning session
//! come in, and Kubernetes Jobs, one per worker, or the truth about existing ones, go out.
//!
//! Data goes one way: [`config`] → [`plan`] → [`job`] → [`manifest`] → [`output`], and from any
//! manifest through [`validate`] to `report`, or through [`diff`] to [`output`]; what a namespace allows goes with
//! the Jobs through [`quota`] to [`output`]. After apply, what kubectl prints goes through `status` to `report`, and
//! what the workers have written through `results`. Nothing here opens a socket or starts a process;
//! `clippy.toml` has the compiler keep it so.

#[cfg(not(unix))]
compile_error!("kubectl-arbtune runs on Linux and macOS only: it works with directories by means that Windows lacks.");

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

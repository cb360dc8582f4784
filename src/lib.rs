//! The library behind `kubectl arbtune`: two small configuration files of a parameter-tuning session
//! come in, and Kubernetes Jobs, one per worker, or the truth about existing ones, go out.
//!
//! Data goes one way: [`config`] → [`plan`] → [`job`] → [`manifest`] → [`output`], and from any
//! manifest through [`validate`] to `report`, or through [`diff`] to [`output`]. Nothing here opens
//! a socket or starts a process;
//! `clippy.toml` has the compiler keep it so.

pub mod apimachinery;
pub mod apply;
pub mod cli;
pub mod commands;
pub mod config;
pub mod diagnostic;
pub mod diff;
pub mod job;
pub mod manifest;
pub(crate) mod nearest;
pub mod output;
pub mod plan;
pub mod printable;
pub(crate) mod report;
pub mod validate;
pub mod yaml;

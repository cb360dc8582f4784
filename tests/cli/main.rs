//! What a user sees: each command as a process, on files, pipes and terminals.
#![allow(clippy::disallowed_types, clippy::disallowed_methods)] // Tests start processes; the tool never does.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod additions;
mod common;
mod completions;
mod configs;
mod diff;
#[cfg(unix)]
mod directory;
#[cfg(target_os = "linux")]
mod faults;
mod generate;
mod golden;
mod hints;
#[cfg(target_os = "linux")]
mod hostile;
#[cfg(unix)]
mod init;
#[cfg(unix)]
mod interrupted;
mod kubectl;
#[cfg(unix)]
mod kustomize;
#[cfg(unix)]
mod large;
mod man;
#[cfg(target_os = "linux")]
mod meddling;
mod odd_files;
mod odd_status;
#[cfg(unix)]
mod pages;
#[cfg(unix)]
mod pipelines;
mod plan;
mod plugin;
mod pod_security;
mod printed;
mod quota;
#[cfg(unix)]
mod readme;
mod rest;
#[cfg(unix)]
mod results;
mod rules;
mod rules_page;
mod set;
#[cfg(target_os = "linux")]
mod shells;
#[cfg(unix)]
mod snippets;
mod status;
#[cfg(unix)]
mod streams;
#[cfg(target_os = "linux")]
mod system_calls;
#[cfg(target_os = "linux")]
mod terminal;
mod tuning;
mod usage;
mod validate;

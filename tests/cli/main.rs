//! What a user sees: each command as a process, on files, pipes and terminals.
#![allow(clippy::disallowed_types, clippy::disallowed_methods)] // Tests start processes; the tool never does.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod completions;
mod configs;
mod diff;
#[cfg(unix)]
mod directory;
mod generate;
mod golden;
#[cfg(unix)]
mod interrupted;
mod kubectl;
mod odd_files;
mod plan;
mod plugin;
mod readme;
mod rules;
mod validate;

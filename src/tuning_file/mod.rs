//! The tuning file: the third small file of a session, which `config_path` names and the workers read. What it says
//! is checked here against what the worker does with it, and it becomes the ConfigMaps that carry it to the pods.
//!
//! ```text
//! path ─▶ file ─┬▶ settings ─▶ remarks, proposals
//!               └▶ seed ─▶ parcels ─▶ ConfigMaps, and each worker's mount
//! ```
//!
//! What is known of the worker was read in the original project: `run_d24_tuning_session.py` takes the mapping
//! `tuning` out of the file with PyYAML, and its keys method, scenarios, search_space, max_iterations, seed,
//! grid_points and acquisition_fn out of that; `--optimizer` overrides the method and `--iterations` is used
//! instead of max_iterations.

pub mod file;
pub mod python;

pub use file::{TuningFile, TuningFileError};

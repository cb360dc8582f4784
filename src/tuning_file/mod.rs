//! The tuning file: the third small file of a session, which `config_path` names and the workers read. What it says
//! is checked here against what the worker does with it, and it becomes the ConfigMaps that carry it to the pods.
//!
//! ```text
//! path ─▶ file ─┬▶ settings ─▶ remarks, proposals
//!               └▶ seed ─▶ config_map, mount ─▶ delivery
//! ```
//!
//! What is known of the worker was read in the original project: `run_d24_tuning_session.py` takes the mapping
//! `tuning` out of the file with PyYAML, and its keys method, scenarios, `search_space`, `max_iterations`, seed,
//! `grid_points` and `acquisition_fn` out of that; `--optimizer` overrides the method and `--iterations` is used
//! instead of `max_iterations`.

pub mod config_map;
pub mod delivery;
pub mod file;
pub mod grid;
pub mod mount;
pub mod proposals;
pub mod python;
pub mod remark;
pub mod review;
pub mod seed;
pub mod settings;

use crate::diagnostic::rule::rules;

rules! {
    Config;

    /// The tuning file is one that the worker can read, and what it says goes with the session: known keys, ranges that
    /// are ranges, scenarios that exist. One that is not mounted is only warned of.
    #[severity(Error, Warning)]
    RULE = "tuning-file" in Config: "# in the tuning file\ntuning:\n  methd: bayesian", "# in the tuning file\ntuning:\n  method: bayesian";
}

pub use delivery::{Delivery, Tuning, TuningError, Warning};

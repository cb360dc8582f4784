//! The tuning file: the third small file of a session, which `config_path` names and the workers read. Its content is
//! checked against what the worker does with it, and it is packed into ConfigMaps for the pods.
//!
//! ```text
//! path ─▶ file ─┬▶ settings ─▶ remarks, proposals
//!               └▶ seed ─▶ config_map, mount ─▶ delivery
//! ```
//!
//! The facts about the worker come from the original project: `run_d24_tuning_session.py` reads the mapping `tuning`
//! from the file with PyYAML, and from that the keys method, scenarios, `search_space`, `max_iterations`, seed,
//! `grid_points` and `acquisition_fn`; `--optimizer` overrides the method and `--iterations` is used instead of
//! `max_iterations`.

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

    /// The worker can read the tuning file, and its content fits the session: known keys, valid ranges, existing
    /// scenarios. For a file that is not mounted, problems are only warnings.
    #[severity(Error, Warning)]
    RULE = "tuning-file" in Config: "# in the tuning file\ntuning:\n  methd: bayesian", "# in the tuning file\ntuning:\n  method: bayesian";
}

pub use delivery::{Delivery, Tuning, TuningError, Warning};

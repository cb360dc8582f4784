//! The rules of the two configuration files, by which problems are known in reports.

use crate::diagnostic::rule::rules;

rules! {
    Config;

    /// Each key has a value that a session can be made from.
    VALUE = "config-value" in Config: "mode: papr", "mode: paper";
}

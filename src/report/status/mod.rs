//! The status of sessions, in the form that its reader wants: a table for a person, or a notation for a program.

pub mod github;
pub mod junit;
pub mod table;
pub mod view;
pub mod watch;

use crate::status::Phase;

/// `worker-9`, or `worker-9..12` for several in a row.
fn range((first, last): (u32, u32)) -> String {
    if first == last { format!("worker-{first}") } else { format!("worker-{first}..{last}") }
}

/// Phases and how many of each there are, those that there are.
fn phases(count: impl Fn(Phase) -> u64) -> String {
    let parts: Vec<String> = Phase::ALL
        .into_iter()
        .filter(|phase| count(*phase) > 0)
        .map(|phase| format!("{} {}", count(phase), phase.as_str()))
        .collect();
    parts.join(", ")
}

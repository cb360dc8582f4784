//! The status of sessions in various formats: a table for people, and formats for other programs.

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

/// The phases that occur, with their counts.
fn phases(count: impl Fn(Phase) -> u64) -> String {
    let parts: Vec<String> = Phase::ALL
        .into_iter()
        .filter(|phase| count(*phase) > 0)
        .map(|phase| format!("{} {}", count(phase), phase.as_str()))
        .collect();
    parts.join(", ")
}

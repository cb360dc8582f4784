//! The status of sessions as workflow commands, which GitHub shows with the run.

use std::io::{self, Write};

use super::range;
use crate::report::github::{data, property};
use crate::status::{Phase, SessionStatus};

/// Writes a command for each worker that has failed or needs attention.
///
/// # Errors
/// The stream cannot be written.
pub fn write(sessions: &[SessionStatus<'_>], out: &mut impl Write) -> io::Result<()> {
    for session in sessions {
        for worker in session.present_workers().filter(|worker| worker.attention) {
            let level = if worker.phase == Phase::Failed { "error" } else { "warning" };
            let title = format!("{} of {} {}", worker.id, session.session_id, worker.phase.as_str());
            let said = worker.cause.as_ref().map_or_else(String::new, |cause| match cause.message.as_str() {
                "" => cause.summary.clone(),
                message => format!("{}: {message}", cause.summary),
            });
            let next = worker.next_command.map_or_else(String::new, |command| format!(" Next: {command}"));
            writeln!(out, "::{level} title={}::{}{}", property(&title), data(&said), data(&next))?;
        }
        for gap in session.gaps() {
            let title = format!("{} of {} missing", range(gap), session.session_id);
            writeln!(out, "::warning title={}::no Job", property(&title))?;
        }
    }
    Ok(())
}

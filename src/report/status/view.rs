//! The status of sessions for a program: JSON, YAML, or the names of the Jobs. Each worker is made as it is written.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use crate::manifest::write::{self, WriteError};
use crate::manifest::write_json;
use crate::printable::printable;
use crate::status::{Phase, SessionStatus, Summary};

/// All sessions.
#[derive(Serialize)]
struct View<'s> {
    sessions: Vec<SessionView<'s>>,
}

#[derive(Serialize)]
struct SessionView<'s> {
    session_id: &'s str,
    namespace: &'s str,
    summary: Summary,
    workers: Workers<'s>,
    warnings: &'s [String],
}

/// The workers of a session; a list of them as such would take more memory than all that is known of them.
struct Workers<'s>(&'s SessionStatus<'s>);

impl Serialize for Workers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.workers())
    }
}

fn view<'s>(sessions: &'s [SessionStatus<'s>]) -> View<'s> {
    let of_session = |session: &'s SessionStatus<'s>| SessionView {
        session_id: &session.session_id,
        namespace: &session.namespace,
        summary: session.summary(),
        workers: Workers(session),
        warnings: &session.warnings,
    };
    View { sessions: sessions.iter().map(of_session).collect() }
}

/// Writes all sessions as indented JSON.
///
/// # Errors
/// Whatever the stream answers.
pub fn json(sessions: &[SessionStatus<'_>], out: &mut impl Write) -> io::Result<()> {
    write_json::json(&view(sessions), "  ", out)?;
    out.write_all(b"\n")
}

/// The same as YAML.
///
/// # Errors
/// A value that has no form in YAML; there is none.
pub fn yaml(sessions: &[SessionStatus<'_>]) -> Result<Vec<u8>, WriteError> {
    let mut text = Vec::new();
    write::yaml(&view(sessions), &mut text)?;
    Ok(text)
}

/// Writes the newest Job of each worker as kubectl names it: `job.batch/NAME`.
///
/// # Errors
/// Whatever the stream answers.
pub fn names(sessions: &[SessionStatus<'_>], out: &mut impl Write) -> io::Result<()> {
    let workers = sessions.iter().flat_map(SessionStatus::present_workers);
    let jobs = workers.filter(|worker| worker.phase != Phase::Missing).filter_map(|worker| worker.job);
    for job in jobs {
        writeln!(out, "job.batch/{}", printable(&job))?;
    }
    Ok(())
}

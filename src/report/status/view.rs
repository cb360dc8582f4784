//! The status of sessions for other programs: JSON, YAML, or the names of the Jobs. Workers are serialized one at a
//! time.

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

/// The workers of a session, serialized lazily: a list of them would take more memory than the session itself.
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
/// The stream cannot be written.
pub fn json(sessions: &[SessionStatus<'_>], out: &mut impl Write) -> io::Result<()> {
    write_json::json(&view(sessions), "  ", out)?;
    out.write_all(b"\n")
}

/// The same as YAML.
///
/// # Errors
/// A value cannot be written as YAML, which does not happen.
pub fn yaml(sessions: &[SessionStatus<'_>]) -> Result<Vec<u8>, WriteError> {
    let mut text = Vec::new();
    write::yaml(&view(sessions), &mut text)?;
    Ok(text)
}

/// Writes the name of the newest Job of each worker in kubectl's format: `job.batch/NAME`.
///
/// # Errors
/// The stream cannot be written.
pub fn names(sessions: &[SessionStatus<'_>], out: &mut impl Write) -> io::Result<()> {
    let workers = sessions.iter().flat_map(SessionStatus::present_workers);
    let jobs = workers.filter(|worker| worker.phase != Phase::Missing).filter_map(|worker| worker.job);
    for job in jobs {
        writeln!(out, "job.batch/{}", printable(&job))?;
    }
    Ok(())
}

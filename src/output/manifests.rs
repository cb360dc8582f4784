//! A session's Jobs as bytes: one YAML stream, one JSON `List`, or names.
//! Each worker's part is written as soon as it is made, so that memory does not grow with them.

use std::io::{self, Write};

use thiserror::Error;

use super::template::Template;
use crate::config::Session;
use crate::job::CreatedAt;
use crate::job::names::job_name;
use crate::manifest::Format;
use crate::manifest::write::WriteError;
use crate::plan::{WorkerShare, plan_jobs};

/// Bytes that are gathered before a write: large enough for the pipe, small enough for the cache.
const BUFFER: usize = 128 * 1024;

/// Why manifests could not be written.
#[derive(Debug, Error)]
pub enum OutputError {
    /// The stream or file did not take them.
    #[error("The manifests cannot be written: {0}.")]
    Io(#[from] io::Error),
    /// A Job has no form in the notation; a defect of this program.
    #[error("{0}")]
    Write(#[from] WriteError),
}

impl OutputError {
    /// Whether the reader of the stream has gone, as `head` does: nothing that anyone must hear of.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Writes a session's Jobs as one YAML stream, `---` between documents.
///
/// # Errors
/// [`OutputError`] if a Job or the stream does not allow it.
pub fn yaml_stream(
    session: &Session,
    created_at: CreatedAt,
    out: &mut impl Write,
    step: impl FnMut(),
) -> Result<(), OutputError> {
    let template = Template::document(session, created_at, Format::Yaml)?;
    buffered(session, out, step, |share, buffer| {
        if share.index > 0 {
            buffer.extend_from_slice(b"---\n");
        }
        template.push(share, buffer);
    })
}

/// Writes a session's Jobs as the items of one `v1` List.
///
/// # Errors
/// As [`yaml_stream`].
pub fn json_list(
    session: &Session,
    created_at: CreatedAt,
    out: &mut impl Write,
    step: impl FnMut(),
) -> Result<(), OutputError> {
    let template = Template::item(session, created_at, 2)?;
    out.write_all(b"{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"List\",\n    \"metadata\": {},\n    \"items\": [")?;
    buffered(session, out, step, |share, buffer| {
        buffer.extend_from_slice(if share.index > 0 { b",\n        " } else { b"\n        " });
        template.push(share, buffer);
    })?;
    out.write_all(b"\n    ]\n}\n")?;
    Ok(())
}

/// Writes each Job of a session as kubectl names it: `job.batch/NAME`.
///
/// # Errors
/// The stream does not allow it.
pub fn names(session: &Session, out: &mut impl Write, step: impl FnMut()) -> Result<(), OutputError> {
    buffered(session, out, step, |share, buffer| {
        buffer.extend_from_slice(b"job.batch/");
        buffer.extend_from_slice(job_name(&session.session_short, &share.worker_id, share.index).as_bytes());
        buffer.push(b'\n');
    })
}

/// Has each worker's part pushed, and writes when enough has come together.
fn buffered(
    session: &Session,
    out: &mut impl Write,
    mut step: impl FnMut(),
    mut push: impl FnMut(&WorkerShare, &mut Vec<u8>),
) -> Result<(), OutputError> {
    let mut buffer = Vec::with_capacity(BUFFER + BUFFER / 4);
    for share in plan_jobs(session.total_iterations, session.workers) {
        push(&share, &mut buffer);
        if buffer.len() >= BUFFER {
            out.write_all(&buffer)?;
            buffer.clear();
        }
        step();
    }
    out.write_all(&buffer)?;
    Ok(())
}

//! A session's Jobs as bytes: one YAML stream, one JSON `List`, or names.
//! Jobs come in one at a time and are written at once, so that memory does not grow with them.

use std::io::{self, Write};

use k8s_openapi::api::batch::v1::Job;
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};
use thiserror::Error;

use crate::manifest::write::{self, WriteError};

/// Bytes that are gathered before a write: large enough for the pipe, small enough for the cache.
const BUFFER: usize = 128 * 1024;

/// The notation of a manifest file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Block-style YAML.
    Yaml,
    /// Indented JSON.
    Json,
}

impl FileKind {
    /// The ending of its file names.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Json => "json",
        }
    }
}

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
    #[must_use]
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Appends one Job as a document of its own.
///
/// # Errors
/// [`OutputError::Write`].
pub fn push_document(job: &Job, kind: FileKind, out: &mut Vec<u8>) -> Result<(), OutputError> {
    match kind {
        FileKind::Yaml => write::yaml(job, out)?,
        FileKind::Json => push_json(job, 0, out)?,
    }
    Ok(())
}

/// Appends a value as JSON with kubectl's indentation of four spaces, starting `depth` levels deep.
fn push_json(value: &impl Serialize, depth: usize, out: &mut Vec<u8>) -> Result<(), OutputError> {
    let start = out.len();
    let mut serializer = Serializer::with_formatter(&mut *out, PrettyFormatter::with_indent(b"    "));
    value.serialize(&mut serializer).map_err(|error| WriteError::Value(error.to_string()))?;
    if depth > 0 {
        // JSON escapes line breaks inside strings, so each one here starts a line of the notation.
        let text = out.split_off(start);
        let indent = "    ".repeat(depth);
        for (nth, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if nth > 0 {
                out.push(b'\n');
                out.extend_from_slice(indent.as_bytes());
            }
            out.extend_from_slice(line);
        }
    }
    if depth == 0 {
        out.push(b'\n');
    }
    Ok(())
}

/// Writes Jobs as one YAML stream, `---` between documents.
///
/// # Errors
/// [`OutputError`] if a Job or the stream does not allow it.
pub fn yaml_stream(jobs: impl Iterator<Item = Job>, out: &mut impl Write) -> Result<(), OutputError> {
    buffered(jobs, out, |nth, job, buffer| {
        if nth > 0 {
            buffer.extend_from_slice(b"---\n");
        }
        push_document(job, FileKind::Yaml, buffer)
    })
}

/// Writes Jobs as the items of one `v1` List.
///
/// # Errors
/// As [`yaml_stream`].
pub fn json_list(jobs: impl Iterator<Item = Job>, out: &mut impl Write) -> Result<(), OutputError> {
    out.write_all(b"{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"List\",\n    \"metadata\": {},\n    \"items\": [")?;
    buffered(jobs, out, |nth, job, buffer| {
        buffer.extend_from_slice(if nth > 0 { b",\n        " } else { b"\n        " });
        push_json(job, 2, buffer)
    })?;
    out.write_all(b"\n    ]\n}\n")?;
    Ok(())
}

/// Writes each Job as kubectl names it: `job.batch/NAME`.
///
/// # Errors
/// As [`yaml_stream`].
pub fn names(jobs: impl Iterator<Item = Job>, out: &mut impl Write) -> Result<(), OutputError> {
    buffered(jobs, out, |_, job, buffer| {
        writeln!(buffer, "job.batch/{}", job.metadata.name.as_deref().unwrap_or_default())?;
        Ok(())
    })
}

fn buffered(
    jobs: impl Iterator<Item = Job>,
    out: &mut impl Write,
    mut push: impl FnMut(usize, &Job, &mut Vec<u8>) -> Result<(), OutputError>,
) -> Result<(), OutputError> {
    let mut buffer = Vec::with_capacity(BUFFER + BUFFER / 4);
    for (nth, job) in jobs.enumerate() {
        push(nth, &job, &mut buffer)?;
        if buffer.len() >= BUFFER {
            out.write_all(&buffer)?;
            buffer.clear();
        }
    }
    out.write_all(&buffer)?;
    Ok(())
}

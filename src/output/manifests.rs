//! Writes a session's Jobs as one stream, one JSON `List`, or names. Each worker's Job is written immediately, so that
//! memory use does not grow with the number of workers.

use std::io::{self, Write};

use thiserror::Error;

use super::template::Template;
use crate::job::K8sTuningJobFactory;
use crate::manifest::Format;
use crate::manifest::format::push_json;
use crate::manifest::write::WriteError;
use crate::names::job_name;
use crate::plan::WorkerShare;

/// The size of the write buffer: large enough for the pipe, small enough for the cache.
const BUFFER: usize = 128 * 1024;
/// The nesting depth of a List's items.
const ITEM_DEPTH: usize = 2;

/// Why manifests could not be written.
#[derive(Debug, Error)]
pub enum OutputError {
    /// The stream or file could not be written.
    #[error("The manifests cannot be written: {0}.")]
    Io(#[from] io::Error),
    /// A Job cannot be written in the format; this is a bug.
    #[error("{0}")]
    Write(#[from] WriteError),
}

impl OutputError {
    /// Whether the reader has closed the pipe, as `head` does, which is not worth an error message.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Writes a session's ConfigMaps and Jobs as one stream of documents, `---` between them.
///
/// # Errors
/// [`OutputError`] if a Job or the stream cannot be written.
pub fn stream(
    factory: &K8sTuningJobFactory<'_>,
    format: Format,
    out: &mut impl Write,
    step: impl FnMut(),
) -> Result<(), OutputError> {
    let template = Template::document(factory, format)?;
    let mut is_first = true;
    let mut separator = || {
        let is_first = std::mem::take(&mut is_first);
        if is_first || format.has_start() { b"".as_slice() } else { b"---\n" }
    };
    let mut document = Vec::new();
    for config_map in factory.config_maps() {
        document.clear();
        format.push(&config_map, &mut document)?;
        out.write_all(separator())?;
        out.write_all(&document)?;
    }
    buffered(factory, out, step, |share, buffer| {
        buffer.extend_from_slice(separator());
        template.push(share, buffer);
    })
}

/// Writes a session's ConfigMaps and Jobs as the items of one `v1` List.
///
/// # Errors
/// As [`stream`].
pub fn json_list(
    factory: &K8sTuningJobFactory<'_>,
    out: &mut impl Write,
    step: impl FnMut(),
) -> Result<(), OutputError> {
    let template = Template::item(factory, ITEM_DEPTH)?;
    out.write_all(b"{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"List\",\n    \"metadata\": {},\n    \"items\": [")?;
    let mut is_first = true;
    let mut separator = || if std::mem::take(&mut is_first) { b"\n        ".as_slice() } else { b",\n        " };
    let mut item = Vec::new();
    for config_map in factory.config_maps() {
        item.clear();
        push_json(&config_map, ITEM_DEPTH, &mut item)?;
        out.write_all(separator())?;
        out.write_all(&item)?;
    }
    buffered(factory, out, step, |share, buffer| {
        buffer.extend_from_slice(separator());
        template.push(share, buffer);
    })?;
    out.write_all(b"\n    ]\n}\n")?;
    Ok(())
}

/// Writes the name of each object of a session in kubectl's format: `configmap/NAME` and `job.batch/NAME`.
///
/// # Errors
/// The stream cannot be written.
pub fn names(factory: &K8sTuningJobFactory<'_>, out: &mut impl Write, step: impl FnMut()) -> Result<(), OutputError> {
    let session = factory.session();
    for name in factory.config_map_names() {
        writeln!(out, "configmap/{name}")?;
    }
    buffered(factory, out, step, |share, buffer| {
        buffer.extend_from_slice(b"job.batch/");
        buffer.extend_from_slice(job_name(&session.session_short, share).as_bytes());
        buffer.push(b'\n');
    })
}

/// Collects the text of each worker and writes it in large pieces.
fn buffered(
    factory: &K8sTuningJobFactory<'_>,
    out: &mut impl Write,
    mut step: impl FnMut(),
    mut push: impl FnMut(&WorkerShare, &mut Vec<u8>),
) -> Result<(), OutputError> {
    let mut buffer = Vec::with_capacity(BUFFER + BUFFER / 4);
    for share in factory.shares() {
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

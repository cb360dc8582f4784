//! Findings as one JSON object: every document with its verdict and findings, and the counts.

use std::io::{self, Write};

use serde::Serialize;

use crate::validate::{DocumentReport, Summary};

#[derive(Serialize)]
struct Report<'r> {
    documents: &'r [DocumentReport],
    summary: Summary,
}

/// Writes all reports as indented JSON.
///
/// # Errors
/// Whatever the stream answers.
pub fn write(reports: &[DocumentReport], out: &mut impl Write) -> io::Result<()> {
    let report = Report { documents: reports, summary: Summary::of(reports) };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    out.write_all(b"\n")
}

//! Findings as one JSON object: every document with its verdict and findings, and the counts.

use std::io::{self, Write};

use serde::Serialize;

use crate::manifest::write_json::json;
use crate::validate::{DocumentReport, Summary};

#[derive(Serialize)]
struct Report<'r> {
    documents: &'r [DocumentReport],
    summary: Summary,
}

/// Writes all reports as indented JSON.
pub fn write(reports: &[DocumentReport], out: &mut impl Write) -> io::Result<()> {
    json(&Report { documents: reports, summary: Summary::of(reports) }, "  ", out)?;
    out.write_all(b"\n")
}

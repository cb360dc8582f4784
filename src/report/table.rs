//! Findings for a person: each with the line it speaks of, then a table of the documents, then the
//! counts.

use std::io::{self, Write};

use crate::output::session::plural;
use crate::output::snippet::{Heading, Snippet};
use crate::output::{Line, Role, Screen, Table};
use crate::validate::{DocumentReport, Finding, Severity, Summary};

/// Up to so many documents are listed even where there is nothing to say of them.
const LIST_ALL: usize = 40;

/// Writes the findings, the documents and the counts.
///
/// # Errors
/// Whatever the stream answers.
pub fn write(reports: &[DocumentReport], screen: &mut Screen<impl Write>) -> io::Result<()> {
    write_findings(reports, screen)?;
    let listed = |report: &&DocumentReport| reports.len() <= LIST_ALL || !report.findings.is_empty();
    let headers = ["FILE", "DOC", "KIND", "NAME", "VERDICT", "FINDINGS"];
    screen.table(&Table::new(headers, reports.iter().filter(listed).map(row).collect()))?;
    screen.line(counts(&Summary::of(reports)))
}

/// Writes the findings alone; nothing where there are none.
///
/// # Errors
/// Whatever the stream answers.
pub fn write_findings(reports: &[DocumentReport], screen: &mut Screen<impl Write>) -> io::Result<()> {
    for report in reports {
        for finding in &report.findings {
            show(report, finding, screen)?;
            screen.blank()?;
        }
    }
    Ok(())
}

fn show(report: &DocumentReport, finding: &Finding, screen: &mut Screen<impl Write>) -> io::Result<()> {
    let heading = match finding.severity {
        Severity::Error => Heading::ErrorOf(finding.rule.name),
        Severity::Warning => Heading::WarningOf(finding.rule.name),
    };
    let title = if finding.field.is_empty() {
        finding.reason.as_str().to_owned()
    } else {
        format!("{}: {}", finding.field, finding.reason.as_str())
    };
    screen.snippet(&Snippet {
        heading,
        message: &title,
        file: &report.file,
        position: finding.position,
        window: &finding.window,
        help: Some(&finding.message),
    })
}

fn row(report: &DocumentReport) -> [Line<'_>; 6] {
    let verdict = match report.accepted {
        Some(true) => Line::new(Role::Good, "accepted"),
        Some(false) => Line::new(Role::Bad, "rejected"),
        None if report.skipped => Line::new(Role::Dim, "skipped"),
        None => "-".into(),
    };
    let mut said = Vec::new();
    for (severity, noun) in [(Severity::Error, "error"), (Severity::Warning, "warning")] {
        match report.count(severity) {
            0 => {}
            count => said.push(plural(count as u64, noun)),
        }
    }
    let said = if said.is_empty() { "-".to_owned() } else { said.join(", ") };
    [
        report.file.as_str().into(),
        report.index.to_string().into(),
        or_dash(&report.kind).into(),
        or_dash(&report.name).into(),
        verdict,
        said.into(),
    ]
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

fn counts(summary: &Summary) -> String {
    let Summary { documents, accepted, rejected, skipped, errors, warnings } = *summary;
    let mut parts = Vec::new();
    for (count, word) in [(accepted, "accepted"), (rejected, "rejected"), (skipped, "skipped")] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    parts.push(plural(errors as u64, "error"));
    parts.push(plural(warnings as u64, "warning"));
    format!("{}: {}", plural(documents as u64, "document"), parts.join(", "))
}

//! Findings for a person: each with the line it speaks of, then a table of the documents, then the
//! counts.

use std::io::{self, Write};

use crate::manifest::text::Excerpt;
use crate::output::session::plural;
use crate::output::snippet::{self, Heading};
use crate::output::{Style, table};
use crate::validate::{DocumentReport, Finding, Severity, Summary};

/// Up to so many documents are listed even where there is nothing to say of them.
const LIST_ALL: usize = 40;

/// Writes the findings, the documents and the counts.
///
/// # Errors
/// Whatever the stream answers.
pub fn write(reports: &[DocumentReport], style: Style, out: &mut impl Write) -> io::Result<()> {
    for report in reports {
        for finding in &report.findings {
            writeln!(out, "{}", show(report, finding, style))?;
        }
    }
    let listed = |report: &&DocumentReport| reports.len() <= LIST_ALL || !report.findings.is_empty();
    let rows: Vec<[String; 6]> = reports.iter().filter(listed).map(|report| row(report, style)).collect();
    if !rows.is_empty() {
        let headers = ["FILE", "DOC", "KIND", "NAME", "VERDICT", "FINDINGS"];
        write!(out, "{}", table::render(headers, rows, style))?;
    }
    write!(out, "{}", counts(&Summary::of(reports)))
}

fn show(report: &DocumentReport, finding: &Finding, style: Style) -> String {
    let excerpt = Excerpt { file: report.file.clone(), position: finding.position, line: finding.line_text.clone() };
    let heading = match finding.severity {
        Severity::Error => Heading::ErrorOf(finding.rule.name),
        Severity::Warning => Heading::WarningOf(finding.rule.name),
    };
    let title = if finding.field.is_empty() {
        finding.reason.as_str().to_owned()
    } else {
        format!("{}: {}", finding.field, finding.reason.as_str())
    };
    snippet::render(heading, &title, &excerpt, Some(&finding.message), style)
}

fn row(report: &DocumentReport, style: Style) -> [String; 6] {
    let verdict = match report.accepted {
        Some(true) => style.good("accepted"),
        Some(false) => style.bad("rejected"),
        None if report.skipped => style.dim("skipped"),
        None => "-".to_owned(),
    };
    let mut said = Vec::new();
    for (severity, noun) in [(Severity::Error, "error"), (Severity::Warning, "warning")] {
        match report.count(severity) {
            0 => {}
            count => said.push(plural(count as u64, noun)),
        }
    }
    let or_dash = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    [
        report.file.clone(),
        report.index.to_string(),
        or_dash(&report.kind),
        or_dash(&report.name),
        verdict,
        or_dash(&said.join(", ")),
    ]
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
    format!("{}: {}\n", plural(documents as u64, "document"), parts.join(", "))
}

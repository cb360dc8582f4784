//! Findings as text: each with its line, then a table of the documents, then the counts.

use std::io::{self, Write};

use super::once::{Told, each_once, in_more};
use crate::diagnostic::Severity;
use crate::output::session_view::plural;
use crate::output::snippet::{Heading, Snippet};
use crate::output::{Line, Role, Screen, Table};
use crate::validate::{DocumentReport, Summary};

/// Up to this number, all documents are listed, even those without new findings.
const LIST_ALL: usize = 40;

/// Writes the findings, the documents and the counts.
pub fn write(reports: &[DocumentReport], screen: &mut Screen<impl Write>) -> io::Result<()> {
    let findings: Vec<Told<'_>> = each_once(reports).collect();
    write_each(&findings, screen)?;
    let mut listed: Vec<&DocumentReport> = findings.iter().map(|told| told.report).collect();
    listed.dedup_by(|a, b| std::ptr::eq(*a, *b));
    if reports.len() <= LIST_ALL {
        listed = reports.iter().collect();
    }
    let headers = ["FILE", "DOC", "KIND", "NAME", "VERDICT", "FINDINGS"];
    screen.table(&Table::new(headers, listed.into_iter().map(row).collect()))?;
    screen.line(counts(&Summary::of(reports)))
}

/// Writes only the findings; nothing if there are none.
///
/// # Errors
/// The stream cannot be written.
pub fn write_findings(reports: &[DocumentReport], screen: &mut Screen<impl Write>) -> io::Result<()> {
    write_each(&each_once(reports).collect::<Vec<_>>(), screen)
}

fn write_each(findings: &[Told<'_>], screen: &mut Screen<impl Write>) -> io::Result<()> {
    findings.iter().try_for_each(|told| {
        show(told, screen)?;
        screen.blank()
    })
}

fn show(told: &Told<'_>, screen: &mut Screen<impl Write>) -> io::Result<()> {
    let finding = told.diagnostic;
    let mut notes = Vec::new();
    if !finding.path.is_empty() && !finding.names_its_key() {
        notes.push(("path", format!("{} ({})", finding.path, finding.reason.as_str())));
    }
    if told.more > 0 {
        notes.push(("note", in_more(told.more)));
    }
    screen.snippet(&Snippet { heading: Heading::Rule, diagnostic: finding, notes: &notes })
}

fn row(report: &DocumentReport) -> [Line<'_>; 6] {
    let verdict = match report.accepted {
        Some(true) if report.breaks_guide() => {
            Line::new(Role::Good, "accepted").text(", ").and(Role::Bad, "tuning errors")
        }
        Some(true) => Line::new(Role::Good, "accepted"),
        Some(false) => Line::new(Role::Bad, "rejected"),
        None if report.skipped => Line::new(Role::Dim, "skipped"),
        None if report.breaks_guide() => Line::new(Role::Bad, "tuning errors"),
        None if report.count(Severity::Error) > 0 => Line::new(Role::Bad, "invalid"),
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
        (&*report.file).into(),
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
    let Summary { documents, accepted, accepted_with_tuning_errors: broken, rejected, skipped, errors, warnings } =
        *summary;
    let accepted_words = match broken {
        0 => "accepted".to_owned(),
        broken if broken == accepted => "accepted with tuning errors".to_owned(),
        broken => format!("accepted ({broken} with tuning errors)"),
    };
    let mut parts = Vec::new();
    for (count, words) in [(accepted, accepted_words.as_str()), (rejected, "rejected"), (skipped, "skipped")] {
        if count > 0 {
            parts.push(format!("{count} {words}"));
        }
    }
    parts.push(plural(errors as u64, "error"));
    parts.push(plural(warnings as u64, "warning"));
    format!("{}: {}", plural(documents as u64, "document"), parts.join(", "))
}

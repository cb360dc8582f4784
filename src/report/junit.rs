//! Findings as a `JUnit` report: one suite a file, one test case a document.

use std::fmt::Write as _;
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::validate::{DocumentReport, Finding, Severity};

/// Writes all reports as XML.
///
/// # Errors
/// Whatever the stream answers.
pub fn write(reports: &[DocumentReport], out: &mut impl Write) -> io::Result<()> {
    let mut report = Report::new("kubectl-arbtune");
    for documents in reports.chunk_by(|a, b| a.file == b.file) {
        let mut suite = TestSuite::new(documents[0].file.as_str());
        suite.add_test_cases(documents.iter().map(test_case));
        report.add_test_suite(suite);
    }
    report.serialize(&mut *out).map_err(io::Error::other)
}

fn test_case(document: &DocumentReport) -> TestCase {
    let name = match (document.kind.as_str(), document.name.as_str()) {
        ("", _) => format!("document {}", document.index),
        (kind, "") => format!("{kind} {}", document.index),
        (kind, name) => format!("{kind} {name}"),
    };
    let of = |severity| document.findings.iter().filter(move |finding| finding.severity == severity);
    let status = if document.skipped {
        TestCaseStatus::skipped()
    } else if let Some(first) = of(Severity::Error).next() {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        let count = document.count(Severity::Error);
        let message = if count == 1 { line(document, first) } else { format!("{count} errors") };
        status.set_type(first.rule.name).set_message(message);
        status.set_description(lines(document, of(Severity::Error)));
        status
    } else {
        TestCaseStatus::success()
    };
    let mut case = TestCase::new(name, status);
    case.set_classname(document.file.as_str());
    let warnings = lines(document, of(Severity::Warning));
    if !warnings.is_empty() {
        case.set_system_out(warnings);
    }
    case
}

fn line(document: &DocumentReport, finding: &Finding) -> String {
    let position = finding.position;
    let place = format!("{}:{}:{}", document.file, position.line, position.column);
    format!("{place}: {} [{}]", finding.summary(), finding.rule.name)
}

fn lines<'f>(document: &DocumentReport, findings: impl Iterator<Item = &'f Finding>) -> String {
    let mut text = String::new();
    for finding in findings {
        let _ = writeln!(text, "{}", line(document, finding));
    }
    text
}

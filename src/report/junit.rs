//! Findings as a `JUnit` report: one suite per file and one test case per document, written one at a time.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::QName;

use crate::diagnostic::{Diagnostic, Severity};
use crate::manifest::text::Excerpt;
use crate::printable::{Part, parts, push_escape};
use crate::validate::DocumentReport;

/// Writes all reports as XML.
pub fn write(reports: &[DocumentReport], out: &mut impl Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(&mut *out, b' ', 4);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.write_event(Event::Start(counted("testsuites", "kubectl-arbtune", reports)))?;
    for documents in reports.chunk_by(|a, b| a.file == b.file) {
        xml.write_event(Event::Start(counted("testsuite", &documents[0].file, documents)))?;
        documents.iter().try_for_each(|document| test_case(document, &mut xml))?;
        end("testsuite", &mut xml)?;
    }
    end("testsuites", &mut xml)?;
    out.write_all(b"\n")
}

/// The start of an element with a name and counts of documents.
fn counted(element: &'static str, name: &str, documents: &[DocumentReport]) -> BytesStart<'static> {
    let failed = |document: &&DocumentReport| !document.skipped && document.count(Severity::Error) > 0;
    let skipped = documents.iter().filter(|document| document.skipped).count();
    let failures = documents.iter().filter(failed).count();
    let (tests, skipped, failures) = (documents.len().to_string(), skipped.to_string(), failures.to_string());
    start(
        element,
        &[("name", name), ("tests", &tests), ("skipped", &skipped), ("failures", &failures), ("errors", "0")],
    )
}

fn test_case<W: Write>(document: &DocumentReport, xml: &mut Writer<W>) -> io::Result<()> {
    let name = match (document.kind.as_str(), document.name.as_str()) {
        ("", _) => format!("document {}", document.index),
        (kind, "") => format!("{kind} {}", document.index),
        (kind, name) => format!("{kind} {name}"),
    };
    let of = |severity| document.findings.iter().filter(move |finding| finding.severity == severity);
    let case = start("testcase", &[("name", &name), ("classname", &document.file)]);
    let has_warnings = of(Severity::Warning).next().is_some();
    let first = of(Severity::Error).next().filter(|_| !document.skipped);
    if first.is_none() && !has_warnings && !document.skipped {
        return xml.write_event(Event::Empty(case));
    }
    xml.write_event(Event::Start(case))?;
    if document.skipped {
        xml.write_event(Event::Empty(start("skipped", &[])))?;
    }
    if let Some(first) = first {
        let count = document.count(Severity::Error);
        let message = if count == 1 { line(first) } else { format!("{count} errors") };
        xml.write_event(Event::Start(start("failure", &[("message", &message), ("type", first.rule.name)])))?;
        lines(of(Severity::Error), xml)?;
        end("failure", xml)?;
    }
    if has_warnings {
        xml.write_event(Event::Start(start("system-out", &[])))?;
        lines(of(Severity::Warning), xml)?;
        end("system-out", xml)?;
    }
    end("testcase", xml)
}

fn line(finding: &Diagnostic) -> String {
    let Excerpt { file, position, .. } = &finding.excerpt;
    format!("{file}:{}:{}: {} [{}]", position.line, position.column, finding.summary(), finding.rule.name)
}

fn lines<'f, W: Write>(findings: impl Iterator<Item = &'f Diagnostic>, xml: &mut Writer<W>) -> io::Result<()> {
    for finding in findings {
        let text = escaped(&line(finding)) + "\n";
        xml.write_event(Event::Text(BytesText::from_escaped(text)))?;
    }
    Ok(())
}

pub(in crate::report) fn start(element: &'static str, attributes: &[(&str, &str)]) -> BytesStart<'static> {
    let mut start = BytesStart::new(element);
    for (name, value) in attributes {
        let value = Cow::Owned(escaped(value).into_bytes());
        start.push_attribute(Attribute { key: QName(name.as_bytes()), value });
    }
    start
}

pub(in crate::report) fn end<W: Write>(element: &'static str, xml: &mut Writer<W>) -> io::Result<()> {
    xml.write_event(Event::End(BytesEnd::new(element)))
}

/// Escapes text for XML. XML 1.0 has no escapes for most control characters; they are shown as in text for people,
/// because a report that contains one could not be parsed at all.
pub(in crate::report) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for part in parts(text) {
        match part {
            Part::Plain(plain) => escaped += &quick_xml::escape::escape(plain),
            Part::Escape(c) if is_xml(c) => _ = write!(escaped, "&#x{:X};", u32::from(c)),
            Part::Escape(c) => push_escape(c, &mut escaped),
        }
    }
    escaped
}

/// Whether XML 1.0 allows the character.
const fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_arrive_exactly_where_xml_can_hold_them() {
        assert_eq!(escaped("<a> & \"b\"\n\t\r"), "&lt;a&gt; &amp; &quot;b&quot;&#xA;&#x9;&#xD;");
        assert_eq!(escaped("한\u{9b}\u{202e}##[error]"), "한&#x9B;&#x202E;&#x23;#[error]");
        assert_eq!(escaped("\u{1b}[2J\0\u{ffff}"), "\\u{1b}[2J\\u{0}\\u{ffff}");
    }
}

//! Findings as SARIF 2.1.0, the notation of code scanners: one run, its rules, and a result a finding.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::validate::{DocumentReport, Finding, rules};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Writes all findings as one SARIF log.
///
/// # Errors
/// Whatever the stream answers.
pub fn write(reports: &[DocumentReport], out: &mut impl Write) -> io::Result<()> {
    let rules = rules();
    let places: BTreeMap<&str, usize> = rules.iter().enumerate().map(|(nth, rule)| (rule.name, nth)).collect();
    let results: Vec<Value> = reports
        .iter()
        .flat_map(|report| report.findings.iter().map(move |finding| (report, finding)))
        .map(|(report, finding)| result(report, finding, places.get(finding.rule.name).copied()))
        .collect();
    let rules: Vec<Value> = rules
        .iter()
        .map(|rule| {
            json!({
                "id": rule.name,
                "fullDescription": {"text": rule.doc()},
                "help": {"text": format!("Bad:\n{}\nGood:\n{}", rule.bad_example(), rule.good_example())},
                "properties": {"source": rule.source.as_str()},
            })
        })
        .collect();
    let driver = json!({"name": "kubectl-arbtune", "version": env!("CARGO_PKG_VERSION"), "rules": rules});
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn result(report: &DocumentReport, finding: &Finding, rule_index: Option<usize>) -> Value {
    let position = finding.position;
    json!({
        "ruleId": finding.rule.name,
        "ruleIndex": rule_index,
        "level": finding.severity.as_str(),
        "message": {"text": finding.summary()},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": uri(&report.file)},
                "region": {
                    "startLine": position.line.max(1),
                    "startColumn": position.column.max(1),
                    "endColumn": position.column.max(1) + position.width.max(1),
                },
            },
            "logicalLocations": [{"fullyQualifiedName": finding.subject()}],
        }],
    })
}

/// A path as a URI reference: what means something in a URI is escaped.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    let mut uri = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

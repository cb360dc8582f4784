//! Findings as SARIF 2.1.0, the notation of code scanners: one run, its rules, and a result a finding.
//! Each result is written as it is made.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::ser::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::manifest::write_json;
use crate::validate::{DocumentReport, Finding, rules};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Writes all findings as one SARIF log.
///
/// # Errors
/// Whatever the stream answers.
pub fn write(reports: &[DocumentReport], out: &mut impl Write) -> io::Result<()> {
    let rules = rules();
    let places = rules.iter().enumerate().map(|(nth, rule)| (rule.name, nth)).collect();
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
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: json!({"driver": driver}),
            column_kind: "unicodeCodePoints",
            results: Results { reports, places },
        }],
    };
    write_json::json(&log, "  ", out)?;
    out.write_all(b"\n")
}

#[derive(serde::Serialize)]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Value,
    column_kind: &'static str,
    results: Results<'r>,
}

/// The results of all documents; a list of them as such would take ten times the memory of the findings.
struct Results<'r> {
    reports: &'r [DocumentReport],
    /// The place of each rule in the list of rules.
    places: BTreeMap<&'static str, usize>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let findings =
            self.reports.iter().flat_map(|report| report.findings.iter().map(move |finding| (report, finding)));
        serializer.collect_seq(
            findings.map(|(report, finding)| result(report, finding, self.places.get(finding.rule.name).copied())),
        )
    }
}

fn result(report: &DocumentReport, finding: &Finding, rule_index: Option<usize>) -> Value {
    let position = finding.position;
    let column = position.column.max(1);
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
                    "startColumn": column,
                    "endColumn": column.saturating_add(position.width.max(1)),
                },
            },
            "logicalLocations": [{"fullyQualifiedName": finding.subject()}],
        }],
    })
}

/// A path as a URI reference: what means something in a URI is escaped, and what starts with two slashes would name a
/// host.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    let path = if path.starts_with("//") { format!("/{}", path.trim_start_matches('/')) } else { path.to_owned() };
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

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_path_is_a_reference_to_a_file() {
        assert_eq!(uri("a b/ü\n:1.yaml"), "a%20b/%C3%BC%0A%3A1.yaml");
        assert_eq!(uri("//host/x.yaml"), "/host/x.yaml");
    }
}

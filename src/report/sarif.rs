//! Findings as SARIF 2.1.0, the notation of code scanners: one run, its rules, and a result a finding.
//! Each result is written as it is made.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::ser::{Serialize, Serializer};
use serde_json::{Value, json};

use super::once::{Told, each_once};
use crate::manifest::text::Excerpt;
use crate::manifest::write_json;
use crate::validate::{DocumentReport, rules};

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
        let index = |told: &Told<'_>| self.places.get(told.diagnostic.rule.name).copied();
        serializer.collect_seq(each_once(self.reports).map(|told| result(told, index(&told))))
    }
}

fn result(Told { diagnostic: finding, more, .. }: Told<'_>, rule_index: Option<usize>) -> SarifResult<'_> {
    let Excerpt { file, position, .. } = &finding.excerpt;
    let (line, column) = (position.line.max(1), position.column.max(1));
    SarifResult {
        rule_id: finding.rule.name,
        rule_index,
        level: finding.severity.as_str(),
        message: Message { text: finding.summary() },
        occurrence_count: (more > 0).then_some(more + 1),
        locations: [Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri: uri(file) },
                region: Region {
                    start_line: line,
                    start_column: column,
                    end_column: column.saturating_add(position.width.max(1)),
                },
            },
            logical_locations: [LogicalLocation { fully_qualified_name: finding.subject() }],
        }],
    }
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'r> {
    rule_id: &'static str,
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    /// In how many Jobs it is the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    occurrence_count: Option<usize>,
    locations: [Location<'r>; 1],
}

#[derive(serde::Serialize)]
struct Message {
    text: String,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'r> {
    physical_location: PhysicalLocation,
    logical_locations: [LogicalLocation<'r>; 1],
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(serde::Serialize)]
struct ArtifactLocation {
    uri: String,
}

/// Columns count characters, as `columnKind` says.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_column: u32,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'r> {
    fully_qualified_name: &'r str,
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

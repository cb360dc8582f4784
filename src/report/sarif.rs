//! Findings as SARIF 2.1.0, the format of code scanners: one run with its rules and one result per finding. Results are
//! written one at a time.

use std::collections::BTreeMap;
use std::io::{self, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::ser::{Serialize, Serializer};
use serde_json::{Value, json};

use super::once::{Told, each_once};
use crate::manifest::text::Excerpt;
use crate::manifest::write_json;
use crate::validate::{DocumentReport, rules};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Writes all findings as one SARIF log.
pub fn write(reports: &[DocumentReport], out: &mut impl Write) -> io::Result<()> {
    let rules = rules();
    let indexes = rules.iter().enumerate().map(|(nth, rule)| (rule.name, nth)).collect();
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
        // Columns are counted in characters.
        runs: [Run {
            tool: json!({"driver": driver}),
            column_kind: "unicodeCodePoints",
            results: Results { reports, indexes },
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

/// The results of all documents, serialized lazily: a list of them would take ten times the memory of the findings.
struct Results<'r> {
    reports: &'r [DocumentReport],
    /// The index of each rule in the list of rules.
    indexes: BTreeMap<&'static str, usize>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(each_once(self.reports).map(|Told { diagnostic, more, .. }| {
            let Excerpt { file, position, .. } = &diagnostic.excerpt;
            let (line, column) = (position.line.max(1), position.column.max(1));
            let end = column.saturating_add(position.width.max(1));
            let mut result = json!({
                "ruleId": diagnostic.rule.name,
                "ruleIndex": self.indexes.get(diagnostic.rule.name),
                "level": diagnostic.severity,
                "message": {"text": diagnostic.summary()},
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": {"uri": uri(file)},
                        "region": {"startLine": line, "startColumn": column, "endColumn": end},
                    },
                    "logicalLocations": [{"fullyQualifiedName": diagnostic.subject()}],
                }],
            });
            if more > 0 {
                result["occurrenceCount"] = json!(more + 1);
            }
            result
        }))
    }
}

/// Characters that are special or not allowed in a URI.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A path as a URI reference; two leading slashes would start a host name.
fn uri(path: &str) -> String {
    let relative = path.trim_start_matches('/');
    let root = if relative.len() < path.len() { "/" } else { "" };
    format!("{root}{}", utf8_percent_encode(relative, ESCAPED))
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

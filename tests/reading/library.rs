//! What a YAML library alone makes of the recorded texts: the measured reason for a reader of our own.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;
use serde_json::Value;

use crate::record::{Reading, Row, as_kubectl_counts};

/// `serde_yaml` reads each document into JSON, as a program does that has no reader of its own. Empty documents are left
/// out, as in the record.
fn serde_yaml(bytes: &[u8]) -> Reading {
    let mut reading = Reading { documents: Vec::new(), error: None };
    for document in serde_yaml::Deserializer::from_slice(bytes) {
        match Value::deserialize(document) {
            Ok(Value::Null) => {}
            Ok(value) => reading.documents.push(as_kubectl_counts(&value)),
            Err(error) => {
                reading.error = Some(error.to_string());
                break;
            }
        }
    }
    reading
}

/// How the answers for one kind of text compare with kubectl's.
#[derive(Default)]
struct Tally {
    texts: usize,
    /// Texts on which this reader agrees.
    here: usize,
    /// Texts on which the library agrees, and the ways in which it does not.
    same: usize,
    other_values: usize,
    takes_what_kubectl_refuses: usize,
    refuses_what_kubectl_takes: usize,
}

impl Tally {
    fn add(&mut self, row: &Row) {
        let (kubectl, library) = (row.kubectl(), serde_yaml(&row.bytes()));
        self.texts += 1;
        self.here += usize::from(row.difference().is_none());
        *match (kubectl.error.is_some(), library.error.is_some()) {
            (true, false) => &mut self.takes_what_kubectl_refuses,
            (false, true) => &mut self.refuses_what_kubectl_takes,
            _ if kubectl.documents == library.documents => &mut self.same,
            _ => &mut self.other_values,
        } += 1;
    }
}

/// The table of ARCHITECTURE.md.
fn table(rows: &[Row]) -> String {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut all = Tally::default();
    for row in rows {
        tallies.entry(&row.kind).or_default().add(row);
        all.add(row);
    }
    let mut table = "| kind | texts | this reader agrees | serde_yaml agrees | serde_yaml: other values | serde_yaml: \
                     accepts what kubectl refuses | serde_yaml: refuses what kubectl accepts |\n\
                     | --- | --: | --: | --: | --: | --: | --: |\n"
        .to_owned();
    for (kind, tally) in tallies.into_iter().chain([("all", all)]) {
        let Tally { texts, here, same, other_values, takes_what_kubectl_refuses, refuses_what_kubectl_takes } = tally;
        writeln!(
            table,
            "| {kind} | {texts} | {here} | {same} | {other_values} | {takes_what_kubectl_refuses} | \
             {refuses_what_kubectl_takes} |"
        )
        .unwrap();
    }
    table
}

#[test]
fn the_table_of_the_architecture_is_current() {
    let rows: Vec<Row> = crate::TEXTS.split_terminator('\n').map(|line| serde_json::from_str(line).unwrap()).collect();
    let table = table(&rows);
    print!("{table}");
    assert!(include_str!("../../ARCHITECTURE.md").contains(&table), "ARCHITECTURE.md has another table.");
}

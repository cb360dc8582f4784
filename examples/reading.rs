//! Compares this reader with what kubectl's decoder made of recorded texts.
//!
//! `cargo run --release --example reading -- FILE.jsonl…` reads rows in the form of `tests/reading/` (see the README
//! there), prints for each kind of text how many rows agree, and the first ten differences. It exits with 1 if there
//! is any.
#![allow(clippy::print_stdout, clippy::print_stderr)] // That is what an example does.

use std::collections::BTreeMap;
use std::process::ExitCode;

#[path = "../tests/reading/record.rs"]
mod record;

/// So many differences are printed.
const SHOWN: usize = 10;

fn main() -> ExitCode {
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut differences = Vec::new();
    for path in std::env::args().skip(1) {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("error: {path} cannot be read: {error}.");
                return ExitCode::from(2);
            }
        };
        for (nth, line) in (1..).zip(text.split_terminator('\n')) {
            let row: record::Row = match serde_json::from_str(line) {
                Ok(row) => row,
                Err(error) => {
                    eprintln!("error: {path}:{nth} is not a row of a record: {error}.");
                    return ExitCode::from(2);
                }
            };
            let (same, all) = kinds.entry(row.kind.clone()).or_default();
            *all += 1;
            match row.difference() {
                None => *same += 1,
                Some(difference) => differences.push(format!("{path}:{nth}: {difference}")),
            }
        }
    }
    for (kind, (same, all)) in &kinds {
        println!("{kind}: same {same} of {all}");
    }
    for difference in differences.iter().take(SHOWN) {
        println!("\n{difference}");
    }
    ExitCode::from(u8::from(!differences.is_empty()))
}

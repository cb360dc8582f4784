//! What is read, held against what kubectl's decoder made of the same texts (see README.md beside this file).
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod library;
mod record;

use std::collections::BTreeMap;

const TEXTS: &str = include_str!("texts.jsonl");

#[test]
fn every_recorded_text_is_read_as_kubectl_reads_it() {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let mut differences = Vec::new();
    for (nth, line) in (1..).zip(TEXTS.split_terminator('\n')) {
        let row: record::Row = serde_json::from_str(line).unwrap();
        differences.extend(row.difference().map(|difference| format!("line {nth}: {difference}")));
        *kinds.entry(row.kind).or_default() += 1;
    }
    let expected = [("grammar", 2496), ("job", 2498), ("value", 1307)].map(|(kind, count)| (kind.to_owned(), count));
    assert_eq!(kinds, BTreeMap::from(expected));
    assert!(differences.is_empty(), "{} rows differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn the_readmes_claim_what_is_demanded() {
    let count = TEXTS.lines().count();
    let count = format!("{},{:03}", count / 1000, count % 1000);
    for (readme, claim) in [
        (include_str!("../../README.md"), format!("all {count} recorded texts")),
        (include_str!("../../README.ko.md"), format!("텍스트 {count}개")),
    ] {
        assert!(readme.contains(&claim), "{claim}");
    }
}

//! Merges the same diagnostic of several documents: the Jobs of a session share the keys of its configuration, so a
//! fault of one is a fault of all, at the same position.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::output::session_view::plural;
use crate::validate::DocumentReport;

/// A diagnostic and the first document with it.
#[derive(Debug, Clone, Copy)]
pub struct Told<'r> {
    /// The first document.
    pub report: &'r DocumentReport,
    /// The diagnostic.
    pub diagnostic: &'r Diagnostic,
    /// The number of other documents with it.
    pub more: usize,
}

/// The diagnostics of all documents in order, each only once.
pub fn each_once(reports: &[DocumentReport]) -> impl Iterator<Item = Told<'_>> {
    reports.chunk_by(|a, b| a.name_excerpt.position == b.name_excerpt.position && a.file == b.file).flat_map(of_place)
}

/// The diagnostics of documents at the same position.
fn of_place(reports: &[DocumentReport]) -> Vec<Told<'_>> {
    let mut all: Vec<Told<'_>> = Vec::new();
    // A rule may have several diagnostics at one position in a document, so the nth one is merged with the nth of the
    // other documents.
    let mut first: HashMap<_, usize> = HashMap::new();
    for report in reports {
        let mut counts: HashMap<_, usize> = HashMap::new();
        for diagnostic in &report.findings {
            let Diagnostic { rule, path, excerpt, .. } = diagnostic;
            let what = (rule.name, path.as_str(), &*excerpt.file, excerpt.position.line, excerpt.position.column);
            let nth = counts.entry(what).or_default();
            if let Some(told) = first.get(&(what, *nth)) {
                all[*told].more += 1;
            } else {
                first.insert((what, *nth), all.len());
                all.push(Told { report, diagnostic, more: 0 });
            }
            *nth += 1;
        }
    }
    all
}

/// The note that a diagnostic applies to more documents.
pub fn in_more(more: usize) -> String {
    format!("The same applies to {}.", plural(more as u64, "more Job"))
}

//! What is told once, however many documents it concerns: the Jobs of a session share the keys of its configuration, so
//! that what is wrong with one of them is wrong with all, at the same position.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::output::session_view::plural;
use crate::validate::DocumentReport;

/// A diagnostic, and the first document that it concerns.
#[derive(Debug, Clone, Copy)]
pub struct Told<'r> {
    /// The first document.
    pub report: &'r DocumentReport,
    /// What is said of it.
    pub diagnostic: &'r Diagnostic,
    /// How many more documents it concerns.
    pub more: usize,
}

/// The diagnostics of all documents, in their order, each once.
pub fn each_once(reports: &[DocumentReport]) -> impl Iterator<Item = Told<'_>> {
    reports.chunk_by(|a, b| a.name_excerpt.position == b.name_excerpt.position && a.file == b.file).flat_map(of_place)
}

/// The diagnostics of documents that stand at the same position.
fn of_place(reports: &[DocumentReport]) -> Vec<Told<'_>> {
    let mut all: Vec<Told<'_>> = Vec::new();
    // A rule may say several things of one position in one document, so that the nth is told with the nth of the others.
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

/// That something is the same in more documents than the first.
pub fn in_more(more: usize) -> String {
    format!("It is the same in {}.", plural(more as u64, "more Job"))
}

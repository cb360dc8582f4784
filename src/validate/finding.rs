//! The results of `validate` for one document and for all documents of a run.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::manifest::text::Excerpt;

/// The results for one document.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DocumentReport {
    /// The file, or `standard input`.
    #[serde(serialize_with = "as_text")]
    pub file: Arc<str>,
    /// The document's index in its file, from 0; the items of a List count one by one.
    pub index: usize,
    /// Its kind, empty if it has none.
    pub kind: String,
    /// Its name, empty if it has none.
    pub name: String,
    /// Its namespace, empty if it has none.
    pub namespace: String,
    /// The API server's verdict; none if the document is not a Job or the API rules were not requested.
    pub accepted: Option<bool>,
    /// The findings, in the server's order of subjects.
    pub findings: Vec<Diagnostic>,
    /// Whether the document was skipped because it is not a Job.
    #[serde(skip)]
    pub skipped: bool,
    /// The excerpt of its name, for findings about the whole document.
    #[serde(skip)]
    pub name_excerpt: Excerpt,
}

fn as_text<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

impl DocumentReport {
    /// Reports on configurations, one for each of the files.
    pub fn of_configs(problems: &[Diagnostic]) -> Vec<Self> {
        let of_file = |problems: &[Diagnostic]| Self {
            file: Arc::clone(&problems[0].excerpt.file),
            findings: problems.to_vec(),
            name_excerpt: problems[0].excerpt.clone(),
            ..Self::default()
        };
        problems.chunk_by(|a, b| a.excerpt.file == b.excerpt.file).map(of_file).collect()
    }

    /// The number of findings of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether the Job breaks the guide's rules, regardless of the server's verdict.
    pub fn breaks_guide(&self) -> bool {
        let refused =
            |finding: &Diagnostic| finding.rule.source == Source::Tuning && finding.severity == Severity::Error;
        self.findings.iter().any(refused)
    }

    /// Sets the verdict: the server accepts the document if no API rule has an error.
    pub fn settle(&mut self) {
        let refused = |finding: &Diagnostic| finding.rule.source == Source::Api && finding.severity == Severity::Error;
        self.accepted = Some(!self.findings.iter().any(refused));
    }
}

/// The documents of a run, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// All documents.
    pub documents: usize,
    /// Jobs that the API server would accept.
    pub accepted: usize,
    /// Accepted Jobs that break the guide's rules.
    pub accepted_with_tuning_errors: usize,
    /// Jobs that it would reject.
    pub rejected: usize,
    /// Documents of another kind.
    pub skipped: usize,
    /// Findings that make a document unusable.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
}

impl Summary {
    /// Counts the documents of a run.
    pub fn of(documents: &[DocumentReport]) -> Self {
        let count = |wanted: fn(&DocumentReport) -> bool| documents.iter().filter(|document| wanted(document)).count();
        Self {
            documents: documents.len(),
            accepted: count(|document| document.accepted == Some(true)),
            accepted_with_tuning_errors: count(|document| document.accepted == Some(true) && document.breaks_guide()),
            rejected: count(|document| document.accepted == Some(false)),
            skipped: count(|document| document.skipped),
            errors: documents.iter().map(|document| document.count(Severity::Error)).sum(),
            warnings: documents.iter().map(|document| document.count(Severity::Warning)).sum(),
        }
    }
}

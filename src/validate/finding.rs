//! What `validate` found out about one document, and about all documents of a run.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::manifest::text::Excerpt;

/// Everything that was found out about one document.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DocumentReport {
    /// The file, or `standard input`.
    #[serde(serialize_with = "as_text")]
    pub file: Arc<str>,
    /// The document's index in its file, from 0; the items of a List count one by one.
    pub index: usize,
    /// Its kind, empty where it has none.
    pub kind: String,
    /// Its name, empty where it has none.
    pub name: String,
    /// Its namespace, empty where it has none.
    pub namespace: String,
    /// The API server's verdict; none where there is none, because the document is no Job or the
    /// API rules were not asked for.
    pub accepted: Option<bool>,
    /// What there is to say, in the server's order of subjects.
    pub findings: Vec<Diagnostic>,
    /// Whether the document was passed over because it is no Job.
    #[serde(skip)]
    pub skipped: bool,
    /// Where its name stands, for findings that concern it as a whole.
    #[serde(skip)]
    pub name_excerpt: Excerpt,
}

fn as_text<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

impl DocumentReport {
    /// What is wrong with configurations: a report on each of the files.
    pub fn of_configs(problems: &[Diagnostic]) -> Vec<Self> {
        let of_file = |problems: &[Diagnostic]| Self {
            file: Arc::clone(&problems[0].excerpt.file),
            findings: problems.to_vec(),
            name_excerpt: problems[0].excerpt.clone(),
            ..Self::default()
        };
        problems.chunk_by(|a, b| a.excerpt.file == b.excerpt.file).map(of_file).collect()
    }

    /// How many findings are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Whether the guide refuses the Job, whatever the server says.
    pub fn breaks_guide(&self) -> bool {
        let refused =
            |finding: &Diagnostic| finding.rule.source == Source::Tuning && finding.severity == Severity::Error;
        self.findings.iter().any(refused)
    }

    /// Settles the verdict: the server accepts what no API rule refuses.
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
    /// Those among the accepted that the guide refuses.
    pub accepted_with_tuning_errors: usize,
    /// Jobs that it would reject.
    pub rejected: usize,
    /// Documents of another kind.
    pub skipped: usize,
    /// Findings that make a document unusable.
    pub errors: usize,
    /// Findings that deserve a look.
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

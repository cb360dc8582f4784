//! What `validate` has to say: a [`Finding`] for one place, a [`DocumentReport`] for one document.

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use super::rule::{Rule, Source};
use crate::manifest::Position;
use crate::manifest::text::Window;

/// Whether a finding makes the document unusable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The API server, or the guide, refuses it.
    Error,
    /// It is accepted, and probably not what was meant.
    Warning,
}

impl Severity {
    /// The severity as reports have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Why, in the API server's words for the causes of a rejection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A value that must be there is not.
    FieldValueRequired,
    /// A value that cannot be.
    FieldValueInvalid,
    /// A value outside a closed list.
    FieldValueNotSupported,
    /// A value that may stand once stands twice.
    FieldValueDuplicate,
    /// A field that may not be set here.
    FieldValueForbidden,
    /// More characters or bytes than allowed.
    FieldValueTooLong,
    /// More elements than allowed.
    FieldValueTooMany,
    /// A reference to something that is not there.
    FieldValueNotFound,
    /// A value of the wrong type.
    FieldValueTypeInvalid,
    /// A field that the type does not have.
    FieldUnknown,
    /// Text that is no document.
    SyntaxError,
    /// A check of the Pod Security Standards, by the name that the server gives it.
    PodSecurity(&'static str),
}

impl Reason {
    /// The reason as the API server spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FieldValueRequired => "FieldValueRequired",
            Self::FieldValueInvalid => "FieldValueInvalid",
            Self::FieldValueNotSupported => "FieldValueNotSupported",
            Self::FieldValueDuplicate => "FieldValueDuplicate",
            Self::FieldValueForbidden => "FieldValueForbidden",
            Self::FieldValueTooLong => "FieldValueTooLong",
            Self::FieldValueTooMany => "FieldValueTooMany",
            Self::FieldValueNotFound => "FieldValueNotFound",
            Self::FieldValueTypeInvalid => "FieldValueTypeInvalid",
            Self::FieldUnknown => "FieldUnknown",
            Self::SyntaxError => "SyntaxError",
            Self::PodSecurity(check) => check,
        }
    }
}

/// One thing that `validate` has to say of a document.
#[derive(Debug, Clone)]
pub struct Finding {
    /// How serious it is.
    pub severity: Severity,
    /// The rule that says it.
    pub rule: &'static Rule,
    /// The field's path, as the API server writes it.
    pub field: String,
    /// Why.
    pub reason: Reason,
    /// What is wrong and what to write instead, as a sentence.
    pub message: String,
    /// Where in the file.
    pub position: Position,
    /// What stands there.
    pub window: Window,
}

impl Finding {
    /// What is wrong and with which field, in a line.
    #[must_use]
    pub fn summary(&self) -> String {
        format!("{}: {}", self.subject(), self.message)
    }

    /// The field, or the document as a whole.
    #[must_use]
    pub fn subject(&self) -> &str {
        if self.field.is_empty() { "document" } else { &self.field }
    }
}

/// A finding as reports for programs have it: flat, and without the line's text.
impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Finding", 8)?;
        object.serialize_field("severity", &self.severity)?;
        object.serialize_field("source", &self.rule.source)?;
        object.serialize_field("rule", self.rule.name)?;
        object.serialize_field("field", &self.field)?;
        object.serialize_field("reason", self.reason.as_str())?;
        object.serialize_field("message", &self.message)?;
        object.serialize_field("line", &self.position.line)?;
        object.serialize_field("column", &self.position.column)?;
        object.end()
    }
}

/// Everything that was found out about one document.
#[derive(Debug, Clone, Serialize)]
pub struct DocumentReport {
    /// The file, or `standard input`.
    pub file: String,
    /// The document's place in its file, from 0; the items of a List count one by one.
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
    pub findings: Vec<Finding>,
    /// Whether the document was passed over because it is no Job.
    #[serde(skip)]
    pub skipped: bool,
    /// Where its name stands, for findings that concern it as a whole.
    #[serde(skip)]
    pub name_position: Position,
    /// What stands there.
    #[serde(skip)]
    pub name_window: Window,
}

impl DocumentReport {
    /// How many findings are of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Settles the verdict: the server accepts what no API rule refuses.
    pub fn settle(&mut self) {
        let refused = |finding: &Finding| finding.rule.source == Source::Api && finding.severity == Severity::Error;
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
    #[must_use]
    pub fn of(documents: &[DocumentReport]) -> Self {
        let count = |wanted: fn(&DocumentReport) -> bool| documents.iter().filter(|document| wanted(document)).count();
        Self {
            documents: documents.len(),
            accepted: count(|document| document.accepted == Some(true)),
            rejected: count(|document| document.accepted == Some(false)),
            skipped: count(|document| document.skipped),
            errors: documents.iter().map(|document| document.count(Severity::Error)).sum(),
            warnings: documents.iter().map(|document| document.count(Severity::Warning)).sum(),
        }
    }
}

//! Gathers the findings of one document: a rule, a path and a sentence come in, and a [`Finding`]
//! with its place in the file is kept.

use super::finding::{Finding, Reason, Severity};
use super::rule::Rule;
use crate::apimachinery::Path;
use crate::manifest::{Node, Position, Text};

/// The findings of one document, as the rules make them.
#[derive(Debug)]
pub struct Findings<'d> {
    root: &'d Node,
    text: &'d Text,
    found: Vec<Finding>,
}

impl<'d> Findings<'d> {
    /// Nothing found yet in the document `root` of the file with this text.
    #[must_use]
    pub const fn new(root: &'d Node, text: &'d Text) -> Self {
        Self { root, text, found: Vec::new() }
    }

    /// The document has a fault.
    pub fn error(&mut self, rule: &'static Rule, path: &Path<'_>, reason: Reason, message: impl Into<String>) {
        let position = self.root.locate(&path.segments());
        self.push(Severity::Error, rule, path.to_string(), reason, message.into(), position);
    }

    /// The document has something that deserves a look.
    pub fn warning(&mut self, rule: &'static Rule, path: &Path<'_>, reason: Reason, message: impl Into<String>) {
        let position = self.root.locate(&path.segments());
        self.push(Severity::Warning, rule, path.to_string(), reason, message.into(), position);
    }

    /// A finding whose place is known already.
    pub fn push(
        &mut self,
        severity: Severity,
        rule: &'static Rule,
        field: String,
        reason: Reason,
        message: String,
        position: Position,
    ) {
        let line_text = self.text.line(position.line).to_owned();
        self.found.push(Finding { severity, rule, field, reason, message, position, line_text });
    }

    /// All that was found.
    #[must_use]
    pub fn into_vec(self) -> Vec<Finding> {
        self.found
    }
}

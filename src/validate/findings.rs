//! Gathers the findings of one document: a rule, a path and what to say come in, and a [`Diagnostic`]
//! with its position in the file is kept.

use std::cell::OnceCell;
use std::sync::Arc;

use super::checks::Checks;
use super::decode::LIKENESS;
use super::positions::Positions;
use crate::apimachinery::names::NameError;
use crate::apimachinery::{Path, Version};
use crate::diagnostic::{Diagnostic, Hidden, Reason, Rule, Severity, Wording};
use crate::manifest::{Node, Position, Text};
use crate::nearest::{nearest, one_of};
use crate::yaml::mapping::Duplicate;

/// The findings of one document, as the rules make them.
#[derive(Debug)]
pub struct Findings<'d> {
    positions: Positions<'d>,
    file: &'d Arc<str>,
    text: &'d Text,
    checks: &'d Checks,
    root: &'d Node,
    /// Where the document has credentials; looked for when there is something to find.
    hidden: OnceCell<Hidden>,
    duplicates: &'d [Duplicate],
    found: &'d mut Vec<Diagnostic>,
}

impl<'d> Findings<'d> {
    /// Adds what is found in the document `root` of the file with this name and text to `found`; what is no rule of
    /// these checks is not kept.
    pub fn new(
        root: &'d Node,
        file: &'d Arc<str>,
        text: &'d Text,
        checks: &'d Checks,
        found: &'d mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            positions: Positions::new(root),
            file,
            text,
            checks,
            root,
            hidden: OnceCell::new(),
            duplicates: &[],
            found,
        }
    }

    /// With the keys of the document that stand twice, whose lost values may be credentials.
    pub const fn with_duplicates(mut self, duplicates: &'d [Duplicate]) -> Self {
        self.duplicates = duplicates;
        self
    }

    /// The version of Kubernetes whose rules are applied.
    pub const fn version(&self) -> Version {
        self.checks.version
    }

    /// The document has a fault.
    pub fn error(&mut self, rule: &'static Rule, path: &Path<'_>, reason: Reason, wording: impl Into<Wording>) {
        let position = self.positions.locate(&path.segments());
        self.push(Severity::Error, rule, path.to_string(), reason, wording, position);
    }

    /// The document has something that deserves a look.
    pub fn warning(&mut self, rule: &'static Rule, path: &Path<'_>, reason: Reason, wording: impl Into<Wording>) {
        let position = self.positions.locate(&path.segments());
        self.push(Severity::Warning, rule, path.to_string(), reason, wording, position);
    }

    /// A value that must be there is not.
    pub fn required(&mut self, rule: &'static Rule, path: &Path<'_>, wording: impl Into<Wording>) {
        self.error(rule, path, Reason::FieldValueRequired, wording);
    }

    /// A value that cannot be.
    pub fn invalid(&mut self, rule: &'static Rule, path: &Path<'_>, wording: impl Into<Wording>) {
        self.error(rule, path, Reason::FieldValueInvalid, wording);
    }

    /// A field that may not be set here.
    pub fn forbidden(&mut self, rule: &'static Rule, path: &Path<'_>, wording: impl Into<Wording>) {
        self.error(rule, path, Reason::FieldValueForbidden, wording);
    }

    /// A value that may stand once stands twice.
    pub fn duplicate(&mut self, rule: &'static Rule, path: &Path<'_>, wording: impl Into<Wording>) {
        self.error(rule, path, Reason::FieldValueDuplicate, wording);
    }

    /// A name that nothing here has.
    pub fn not_found(&mut self, rule: &'static Rule, path: &Path<'_>, wording: impl Into<Wording>) {
        self.error(rule, path, Reason::FieldValueNotFound, wording);
    }

    /// More elements than allowed.
    pub fn at_most(&mut self, rule: &'static Rule, path: &Path<'_>, found: usize, max: usize) {
        if found > max {
            let wording = (format!("There are {found}, and there can be {max} at most."), "Remove some.");
            self.error(rule, path, Reason::FieldValueTooMany, wording);
        }
    }

    /// More bytes than allowed.
    pub fn no_longer(&mut self, rule: &'static Rule, path: &Path<'_>, value: &str, max: usize) {
        if value.len() > max {
            let wording = (format!("This is longer than {max} bytes."), "Shorten it.");
            self.error(rule, path, Reason::FieldValueTooLong, wording);
        }
    }

    /// A value that must be there.
    pub fn not_empty(&mut self, rule: &'static Rule, path: &Path<'_>, value: &str, missing: impl Into<Wording>) {
        if value.is_empty() {
            self.required(rule, path, missing);
        }
    }

    /// A value outside a closed list.
    pub fn one_of(&mut self, rule: &'static Rule, path: &Path<'_>, value: &str, allowed: &[&str]) {
        if !allowed.contains(&value) {
            self.error(rule, path, Reason::FieldValueNotSupported, not_in_list(value, allowed));
        }
    }

    /// A value that does not have the format that `check` stands for; whether it has.
    pub fn check_format(
        &mut self,
        rule: &'static Rule,
        path: &Path<'_>,
        value: &str,
        check: fn(&str) -> Result<(), NameError>,
    ) -> bool {
        match check(value) {
            Ok(()) => true,
            Err(fault) => {
                self.invalid(rule, path, format!("{value:?} cannot stand here: {fault}."));
                false
            }
        }
    }

    /// A value that must be there, and have a format.
    pub fn required_format(
        &mut self,
        rule: &'static Rule,
        path: &Path<'_>,
        value: &str,
        check: fn(&str) -> Result<(), NameError>,
        missing: &str,
    ) {
        if value.is_empty() {
            self.required(rule, path, missing);
        } else {
            self.check_format(rule, path, value, check);
        }
    }

    /// A value that must have a format where it is there.
    pub fn optional_format(
        &mut self,
        rule: &'static Rule,
        path: &Path<'_>,
        value: &str,
        check: fn(&str) -> Result<(), NameError>,
    ) {
        if !value.is_empty() {
            self.check_format(rule, path, value, check);
        }
    }

    /// A number below zero.
    pub fn not_negative(&mut self, rule: &'static Rule, path: &Path<'_>, value: Option<impl Into<i64>>) {
        if let Some(value) = value.map(Into::into).filter(|value| *value < 0) {
            self.invalid(rule, path, (format!("{value} is negative."), "Write 0 or more."));
        }
    }

    /// Takes everything back.
    pub fn clear(&mut self) {
        self.found.clear();
    }

    /// How many findings there are so far.
    pub const fn len(&self) -> usize {
        self.found.len()
    }

    /// A finding whose position is known already.
    pub fn push(
        &mut self,
        severity: Severity,
        rule: &'static Rule,
        path: String,
        reason: Reason,
        wording: impl Into<Wording>,
        position: Position,
    ) {
        if !self.checks.apply(rule) {
            return;
        }
        let hidden = self.hidden.get_or_init(|| Hidden::of_manifest(self.root, self.duplicates));
        let excerpt = hidden.excerpt(Arc::clone(self.file), self.text, position);
        let wording = hidden.wording(wording.into(), self.text, position);
        self.found.push(Diagnostic::new(severity, rule, path, reason, wording, excerpt));
    }
}

/// Why a value is refused that is not in its list, and which one was meant.
fn not_in_list(value: &str, allowed: &[&str]) -> Wording {
    let message = format!("{value:?} must be {}.", one_of(allowed));
    match nearest(value, allowed.iter().copied(), LIKENESS) {
        Some(word) => (message, format!("Did you mean {word}?")).into(),
        None => message.into(),
    }
}

//! Collects the findings of one document: turns a rule, a path and a message into a [`Diagnostic`] with its position in
//! the file.

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

/// The findings of one document.
#[derive(Debug)]
pub struct Findings<'d> {
    positions: Positions<'d>,
    file: &'d Arc<str>,
    text: &'d Text,
    checks: &'d Checks,
    root: &'d Node,
    /// The credentials of the document, searched for when the first finding is added.
    hidden: OnceCell<Hidden>,
    duplicates: &'d [Duplicate],
    found: &'d mut Vec<Diagnostic>,
}

impl<'d> Findings<'d> {
    /// Collects findings in the document `root` of the file with this name and text into `found`; findings of rules
    /// that are not part of these checks are dropped.
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

    /// Adds the document's duplicate keys, whose lost values may be credentials.
    pub const fn with_duplicates(mut self, duplicates: &'d [Duplicate]) -> Self {
        self.duplicates = duplicates;
        self
    }

    /// The version of Kubernetes whose rules are applied.
    pub const fn version(&self) -> Version {
        self.checks.version
    }

    /// Adds an error.
    pub fn error(&mut self, rule: &'static Rule, path: &Path<'_>, reason: Reason, wording: impl Into<Wording>) {
        let position = self.positions.locate(&path.segments());
        self.push(Severity::Error, rule, path.to_string(), reason, wording, position);
    }

    /// Adds a warning.
    pub fn warning(&mut self, rule: &'static Rule, path: &Path<'_>, reason: Reason, wording: impl Into<Wording>) {
        let position = self.positions.locate(&path.segments());
        self.push(Severity::Warning, rule, path.to_string(), reason, wording, position);
    }

    /// A required value is missing.
    pub fn required(&mut self, rule: &'static Rule, path: &Path<'_>, wording: impl Into<Wording>) {
        self.error(rule, path, Reason::FieldValueRequired, wording);
    }

    /// A value is not valid.
    pub fn invalid(&mut self, rule: &'static Rule, path: &Path<'_>, wording: impl Into<Wording>) {
        self.error(rule, path, Reason::FieldValueInvalid, wording);
    }

    /// A field must not be set here.
    pub fn forbidden(&mut self, rule: &'static Rule, path: &Path<'_>, wording: impl Into<Wording>) {
        self.error(rule, path, Reason::FieldValueForbidden, wording);
    }

    /// A unique value is duplicated.
    pub fn duplicate(&mut self, rule: &'static Rule, path: &Path<'_>, wording: impl Into<Wording>) {
        self.error(rule, path, Reason::FieldValueDuplicate, wording);
    }

    /// A reference to something that does not exist.
    pub fn not_found(&mut self, rule: &'static Rule, path: &Path<'_>, wording: impl Into<Wording>) {
        self.error(rule, path, Reason::FieldValueNotFound, wording);
    }

    /// A list has more elements than allowed.
    pub fn at_most(&mut self, rule: &'static Rule, path: &Path<'_>, found: usize, max: usize) {
        if found > max {
            let wording = (format!("There are {found}; the maximum is {max}."), "Remove some.");
            self.error(rule, path, Reason::FieldValueTooMany, wording);
        }
    }

    /// A value has more bytes than allowed.
    pub fn no_longer(&mut self, rule: &'static Rule, path: &Path<'_>, value: &str, max: usize) {
        if value.len() > max {
            let wording = (format!("This is longer than {max} bytes."), "Shorten it.");
            self.error(rule, path, Reason::FieldValueTooLong, wording);
        }
    }

    /// Checks a required value.
    pub fn not_empty(&mut self, rule: &'static Rule, path: &Path<'_>, value: &str, missing: impl Into<Wording>) {
        if value.is_empty() {
            self.required(rule, path, missing);
        }
    }

    /// Checks a value of a closed list.
    pub fn one_of(&mut self, rule: &'static Rule, path: &Path<'_>, value: &str, allowed: &[&str]) {
        if !allowed.contains(&value) {
            self.error(rule, path, Reason::FieldValueNotSupported, not_in_list(value, allowed));
        }
    }

    /// Checks the format of a value; returns whether it is valid.
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
                self.invalid(rule, path, format!("{value:?} is not a valid value: {fault}."));
                false
            }
        }
    }

    /// Checks a required value with a format.
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

    /// Checks an optional value with a format.
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

    /// Checks that a number is not negative.
    pub fn not_negative(&mut self, rule: &'static Rule, path: &Path<'_>, value: Option<impl Into<i64>>) {
        if let Some(value) = value.map(Into::into).filter(|value| *value < 0) {
            self.invalid(rule, path, (format!("{value} is negative."), "Write 0 or more."));
        }
    }

    /// Removes all findings.
    pub fn clear(&mut self) {
        self.found.clear();
    }

    /// The number of findings so far.
    pub const fn len(&self) -> usize {
        self.found.len()
    }

    /// Adds a finding with a known position.
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

/// The message for a value that is not in its list, with a suggestion.
fn not_in_list(value: &str, allowed: &[&str]) -> Wording {
    let message = format!("{value:?} must be {}.", one_of(allowed));
    match nearest(value, allowed.iter().copied(), LIKENESS) {
        Some(word) => (message, format!("Did you mean {word}?")).into(),
        None => message.into(),
    }
}

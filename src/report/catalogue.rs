//! The catalogue of rules, fields and gates as JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::apimachinery::{Span, VERSIONS, Version};
use crate::diagnostic::{Rule, Severity};
use crate::manifest::write_json::json;
use crate::validate::fields::{FIELDS, VersionedField};
use crate::validate::gates::{GATES, Gate, GateState};

#[derive(Serialize)]
struct Catalogue {
    rules: Vec<RuleView>,
    fields: Vec<FieldView>,
    gates: Vec<GateView>,
}

#[derive(Serialize)]
struct RuleView {
    name: &'static str,
    source: &'static str,
    /// How serious a violation is; with two, it depends on what is found.
    severities: &'static [Severity],
    /// The versions of Kubernetes in which it applies.
    versions: Vec<String>,
    /// A one-sentence summary.
    summary: String,
    /// The full documentation.
    description: String,
    /// An example that breaks the rule.
    bad: String,
    /// The corrected example.
    good: String,
}

#[derive(Serialize)]
struct FieldView {
    owner: &'static str,
    name: &'static str,
    versions: Vec<String>,
}

#[derive(Serialize)]
struct GateView {
    name: &'static str,
    /// Whether it is on by default, for each version that has it.
    by_default: BTreeMap<String, bool>,
    /// The fields that are dropped if it is off.
    fields: &'static str,
}

/// Writes all rules, and the fields and gates that differ between versions.
///
/// # Errors
/// The stream cannot be written.
pub fn list(rules: &[&Rule], out: &mut impl Write) -> io::Result<()> {
    let catalogue = Catalogue {
        rules: rules.iter().map(|rule| RuleView::from(*rule)).collect(),
        fields: FIELDS.iter().map(FieldView::from).collect(),
        gates: GATES.iter().map(GateView::from).collect(),
    };
    write(&catalogue, out)
}

/// Writes one rule.
///
/// # Errors
/// As [`list`].
pub fn explain(rule: &Rule, out: &mut impl Write) -> io::Result<()> {
    write(&RuleView::from(rule), out)
}

/// Writes one gate.
///
/// # Errors
/// As [`list`].
pub fn explain_gate(gate: &Gate, out: &mut impl Write) -> io::Result<()> {
    write(&GateView::from(gate), out)
}

fn write(view: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    json(view, "  ", out)?;
    out.write_all(b"\n")
}

fn versions(span: Span) -> Vec<String> {
    VERSIONS.iter().filter(|version| span.contains(**version)).map(ToString::to_string).collect()
}

impl From<&Rule> for RuleView {
    fn from(rule: &Rule) -> Self {
        Self {
            name: rule.name,
            source: rule.source.as_str(),
            severities: rule.severities,
            versions: versions(rule.span),
            summary: rule.summary(),
            description: rule.doc(),
            bad: rule.bad_example(),
            good: rule.good_example(),
        }
    }
}

impl From<&VersionedField> for FieldView {
    fn from(field: &VersionedField) -> Self {
        Self { owner: field.owner, name: field.name, versions: versions(field.span) }
    }
}

impl From<&Gate> for GateView {
    fn from(gate: &Gate) -> Self {
        let state = |version: &Version| match gate.state(*version) {
            GateState::Unknown => None,
            state => Some((version.to_string(), state == GateState::On)),
        };
        Self { name: gate.name, by_default: VERSIONS.iter().filter_map(state).collect(), fields: gate.fields }
    }
}

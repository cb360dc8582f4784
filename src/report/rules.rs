//! The list of rules, and the explanation of a rule.

use std::io::{self, Write};

use crate::apimachinery::{Span, VERSIONS, Version};
use crate::diagnostic::{Rule, Severity};
use crate::nearest::one_of;
use crate::output::{Line, Role, Screen, Table};
use crate::validate::fields::FIELDS;
use crate::validate::gates::{GATES, Gate, GateState};
use crate::validate::server::UNKNOWN_FIELD;

/// Writes the rules, one per line, followed by the fields and the gates that differ between versions.
pub fn list(rules: &[&Rule], screen: &mut Screen<impl Write>) -> io::Result<()> {
    let rows = rules.iter().map(|rule| {
        [rule.name.into(), rule.source.as_str().into(), rule.span.to_string().into(), rule.summary().into()]
    });
    screen.table(&Table::new(["RULE", "SOURCE", "VERSIONS", "SUMMARY"], rows.collect()))?;
    screen.blank()?;
    screen.table(&field_table())?;
    screen.blank()?;
    screen.table(&gate_table())
}

/// The fields that differ between versions, one per line.
fn field_table() -> Table<'static, 2> {
    let rows = FIELDS.iter().map(|field| {
        let name = format!("{}.{}", field.owner, field.name);
        [name.into(), field.span.to_string().into()]
    });
    Table::new(["FIELD", "VERSIONS"], rows.collect())
}

/// The gates, one per line.
fn gate_table() -> Table<'static, 3> {
    let rows = GATES.iter().map(|gate| [gate.name.into(), states(gate).into(), gate.fields.into()]);
    Table::new(["GATE", "BY DEFAULT", "FIELDS"], rows.collect())
}

/// The state of a gate in each version, if it is not on in all of them.
fn states(gate: &Gate) -> String {
    let state = |version: &Version| {
        let state = match gate.state(*version) {
            GateState::Unknown => return None,
            GateState::Off => "off",
            GateState::On => "on",
        };
        Some(format!("{version} {state}"))
    };
    VERSIONS.iter().filter_map(state).collect::<Vec<_>>().join(", ")
}

/// Writes a rule's documentation, its severity if that is not an error, its versions, and its bad and good examples.
pub fn explain(rule: &Rule, screen: &mut Screen<impl Write>) -> io::Result<()> {
    screen.line(Line::new(Role::Header, rule.name).text(format!(" ({})", rule.source.as_str())))?;
    screen.blank()?;
    screen.paragraph(&rule.doc())?;
    if rule.severities != [Severity::Error] {
        let severities: Vec<&str> = rule.severities.iter().map(|severity| severity.as_str()).collect();
        screen.blank()?;
        screen.line(format!("Severity: {}", one_of(&severities)))?;
    }
    if rule.span != Span::ALWAYS {
        screen.blank()?;
        screen.line(format!("Versions of Kubernetes: {}", rule.span))?;
    }
    for (role, heading, example) in [(Role::Bad, "Bad", rule.bad_example()), (Role::Good, "Good", rule.good_example())]
    {
        screen.blank()?;
        screen.line(Line::new(role, heading).text(":"))?;
        example.lines().try_for_each(|line| screen.line(format!("    {line}")))?;
    }
    if rule == &UNKNOWN_FIELD {
        screen.blank()?;
        screen.table(&field_table())?;
    }
    Ok(())
}

/// Writes the fields that a gate drops, and its state in each version.
pub fn explain_gate(gate: &Gate, screen: &mut Screen<impl Write>) -> io::Result<()> {
    let doc = format!(
        "If this feature gate is off, the server drops these fields without checking them: {}. A cluster may set it \
         differently from its version's default.",
        gate.fields
    );
    screen.line(Line::new(Role::Header, gate.name).text(" (gate)"))?;
    screen.blank()?;
    screen.paragraph(&doc)?;
    screen.blank()?;
    screen.line(format!("By default: {}", states(gate)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Style;
    use crate::validate::rules;

    fn shown(show: impl FnOnce(&mut Screen<&mut Vec<u8>>) -> io::Result<()>) -> String {
        let mut text = Vec::new();
        show(&mut Screen::new(&mut text, Style::plain())).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_rule_is_explained_with_its_examples() {
        let rule = rules().into_iter().find(|rule| rule.name == "container-image").unwrap();
        insta::assert_snapshot!(shown(|screen| explain(rule, screen)), @r#"
        container-image (api)

        A container has an image. In a Pod, the image must not have leading or trailing
        whitespace; in a template, it may.

        Bad:
            spec:
              template:
                spec:
                  containers:
                  - image: ""

        Good:
            spec:
              template:
                spec:
                  containers:
                  - image: your-registry/arbitrage-lite:latest
        "#);
    }

    #[test]
    fn what_is_not_always_an_error_says_so() {
        for (name, line) in [
            ("env-duplicate", Some("\nSeverity: warning\n")),
            ("tuning-env", Some("\nSeverity: error or warning\n")),
            ("container-image", None),
        ] {
            let rule = rules().into_iter().find(|rule| rule.name == name).unwrap();
            let text = shown(|screen| explain(rule, screen));
            assert!(line.map_or(!text.contains("Severity"), |line| text.contains(line)), "{text}");
        }
    }

    #[test]
    fn what_came_with_a_version_says_so() {
        let rule = rules().into_iter().find(|rule| rule.name == "topology-spread-repeated-keys").unwrap();
        let text = shown(|screen| explain(rule, screen));
        assert!(text.contains("\nVersions of Kubernetes: since 1.34\n"), "{text}");
        let gate = GATES.iter().find(|gate| gate.name == "EnvFiles").unwrap();
        insta::assert_snapshot!(shown(|screen| explain_gate(gate, screen)), @"
        EnvFiles (gate)

        If this feature gate is off, the server drops these fields without checking
        them: valueFrom.fileKeyRef of a variable. A cluster may set it differently from
        its version's default.

        By default: 1.34 off, 1.35 on, 1.36 on
        ");
    }

    #[test]
    fn rules_fields_and_gates_are_listed_in_a_line_each() {
        let list = shown(|screen| list(&rules(), screen));
        let tables: Vec<&str> = list.split("\n\n").collect();
        let counts: Vec<usize> = tables.iter().map(|table| table.trim_end().lines().count() - 1).collect();
        assert_eq!(counts, [rules().len(), FIELDS.len(), GATES.len()]);
        assert!(tables[1].contains("PodSpec.schedulingGroup"));
        assert!(tables[2].contains("1.33 off, 1.34 off, 1.35 on, 1.36 on"), "{}", tables[2]);
    }
}

//! The rules themselves, for who asks what one of them means.

use std::fmt::Write as _;

use crate::apimachinery::{Span, VERSIONS, Version};
use crate::output::{Style, table};
use crate::validate::fields::FIELDS;
use crate::validate::gates::{GATES, Gate, State};
use crate::validate::server::UNKNOWN_FIELD;
use crate::validate::{Rule, rules};

/// All rules, a line each; then the fields and the gates that not all versions have.
#[must_use]
pub fn list(style: Style) -> String {
    let rows = rules().into_iter().map(|rule| {
        let doc = rule.doc();
        let first = doc.split_inclusive(". ").next().unwrap_or_default().trim_end();
        [rule.name.to_owned(), rule.source.as_str().to_owned(), rule.span.to_string(), first.to_owned()]
    });
    let rules = table::render(["RULE", "SOURCE", "VERSIONS", "DEMANDS"], rows.collect(), style);
    format!("{rules}\n{}\n{}", list_fields(style), list_gates(style))
}

/// The fields that not all versions have, a line each.
fn list_fields(style: Style) -> String {
    let rows = FIELDS.iter().map(|field| [format!("{}.{}", field.owner, field.name), field.span.to_string()]);
    table::render(["FIELD", "VERSIONS"], rows.collect(), style)
}

/// The gates, a line each.
fn list_gates(style: Style) -> String {
    let rows = GATES.iter().map(|gate| [gate.name.to_owned(), states(gate), gate.fields.to_owned()]);
    table::render(["GATE", "BY DEFAULT", "FIELDS"], rows.collect(), style)
}

/// How the versions have a gate, where not all that know it have it on.
fn states(gate: &Gate) -> String {
    let state = |version: &Version| {
        let state = match gate.state(*version) {
            State::Unknown => return None,
            State::Off => "off",
            State::On => "on",
        };
        Some(format!("{version} {state}"))
    };
    VERSIONS.iter().filter_map(state).collect::<Vec<_>>().join(", ")
}

/// One rule: what it demands, in which versions, and an example of either kind.
#[must_use]
pub fn explain(rule: &Rule, style: Style) -> String {
    let mut text = format!("{} ({})\n\n", style.header(rule.name), rule.source.as_str());
    text += &wrapped(&rule.doc());
    if rule.span != Span::ALWAYS {
        let _ = writeln!(text, "\nVersions of Kubernetes: {}", rule.span);
    }
    for (heading, example) in [(style.bad("Bad"), rule.bad_example()), (style.good("Good"), rule.good_example())] {
        let _ = write!(text, "\n{heading}:\n");
        for line in example.lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    if rule == &UNKNOWN_FIELD {
        let _ = write!(text, "\n{}", list_fields(style));
    }
    text
}

/// One gate: which fields it drops, and in which versions.
#[must_use]
pub fn explain_gate(gate: &Gate, style: Style) -> String {
    let doc = format!(
        "Where this feature gate is off, the server drops these without looking at them: {}. A cluster may set it \
         otherwise than its version does by default, which cannot be known here.",
        gate.fields
    );
    format!("{} (gate)\n\n{}\nBy default: {}\n", style.header(gate.name), wrapped(&doc), states(gate))
}

/// A paragraph in lines that fit a terminal.
fn wrapped(paragraph: &str) -> String {
    const WIDTH: usize = 80;
    let mut text = String::new();
    let mut column = 0;
    for word in paragraph.split(' ') {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            text.push('\n');
            column = 0;
        }
        if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += width;
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_explained_with_its_examples() {
        let rule = rules().into_iter().find(|rule| rule.name == "container-image").unwrap();
        insta::assert_snapshot!(explain(rule, Style::plain()), @r#"
        container-image (api)

        A container has an image. White space around it is refused in a Pod, and not in
        a template.

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
    fn what_came_with_a_version_says_so() {
        let rule = rules().into_iter().find(|rule| rule.name == "topology-spread-repeated-keys").unwrap();
        assert!(explain(rule, Style::plain()).contains("\nVersions of Kubernetes: since 1.34\n"));
        let gate = GATES.iter().find(|gate| gate.name == "EnvFiles").unwrap();
        insta::assert_snapshot!(explain_gate(gate, Style::plain()), @"
        EnvFiles (gate)

        Where this feature gate is off, the server drops these without looking at them:
        valueFrom.fileKeyRef of a variable. A cluster may set it otherwise than its
        version does by default, which cannot be known here.

        By default: 1.34 off, 1.35 on, 1.36 on
        ");
    }

    #[test]
    fn rules_fields_and_gates_are_listed_in_a_line_each() {
        let list = list(Style::plain());
        let tables: Vec<&str> = list.split("\n\n").collect();
        let counts: Vec<usize> = tables.iter().map(|table| table.trim_end().lines().count() - 1).collect();
        assert_eq!(counts, [rules().len(), FIELDS.len(), GATES.len()]);
        assert!(tables[1].contains("PodSpec.schedulingGroup"));
        assert!(tables[2].contains("1.33 off, 1.34 off, 1.35 on, 1.36 on"), "{}", tables[2]);
    }
}

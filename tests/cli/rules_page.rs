//! docs/rules.md is generated from the rules.

use std::fmt::Write;

use serde_json::Value;

use crate::common::{root, run_well, text_of};

const PAGE: &str = "docs/rules.md";
const UPDATE: &str = "UPDATE_RULES=1 cargo test --test cli rules_page";

/// Each source, the heading of its rules, and an introduction.
const SOURCES: [(&str, &str, &str); 4] = [
    (
        "api",
        "Rules of the API server",
        "An error means that kubectl or the server refuses the document, and a warning that it accepts the document. \
         `skipped-document` is the exception: this tool reports it, and only with `--fail-on-skipped`. `--rules api` \
         applies only these rules. None of them can be left out.",
    ),
    (
        "pod-security",
        "Rules of the Pod Security Standards",
        "They are applied only with `--pod-security baseline|restricted`. The server accepts a Job that breaks one, but a \
         namespace that enforces the standard refuses its pods.",
    ),
    (
        "tuning",
        "Rules of the tuning guide",
        "They describe the Jobs of a tuning session. `--rules tuning` applies only these rules, and `--skip-rule NAME` \
         leaves one out.",
    ),
    (
        "config",
        "Rules of configurations",
        "They describe the files of a session. Each command that reads them applies these rules. None of them can be \
         left out.",
    ),
];

fn page() -> String {
    let catalogue: Value = serde_json::from_str(&run_well(&["validate", "--list-rules", "-o", "json"]).out).unwrap();
    let rules = list(&catalogue["rules"]);
    let versions = rules.iter().map(|rule| list(&rule["versions"])).max_by_key(|versions| versions.len()).unwrap();
    let mut page = format!(
        "# Rules\n\n<!-- Generated. To update it: {UPDATE} -->\n\n\
         `kubectl arbtune validate` checks manifests and configurations against {} rules. Each finding names its rule. \
         `kubectl arbtune validate --explain RULE` prints the explanation on this page, and `--list-rules -o json` \
         prints all of them for programs.\n\n",
        rules.len()
    );
    let of = |source: &str| rules.iter().filter(|rule| text(rule, "source") == source).collect::<Vec<_>>();
    assert_eq!(SOURCES.map(|(source, ..)| of(source).len()).iter().sum::<usize>(), rules.len(), "A source is missing.");
    for (source, heading, _) in SOURCES {
        writeln!(page, "- [{heading}](#{}): {}", anchor(heading), of(source).len()).unwrap();
    }
    for heading in ["Fields that differ between versions", "Feature gates"] {
        writeln!(page, "- [{heading}](#{})", anchor(heading)).unwrap();
    }
    for (source, heading, about) in SOURCES {
        write!(page, "\n## {heading}\n\n{about}\n\n| rule | severity | what it requires |\n| --- | --- | --- |\n")
            .unwrap();
        for rule in of(source) {
            let name = text(rule, "name");
            let summary = markdown(text(rule, "summary"));
            writeln!(page, "| [{name}](#{name}) | {} | {summary} |", words(rule, "severities", " or ")).unwrap();
        }
        for rule in of(source) {
            page += &section(rule, versions);
        }
    }
    page += &fields(&catalogue);
    page += &gates(&catalogue);
    page
}

fn section(rule: &Value, versions: &[Value]) -> String {
    let mut section = format!("\n### {}\n\n", text(rule, "name"));
    write!(section, "Severity: {}.", words(rule, "severities", " or ")).unwrap();
    if list(&rule["versions"]) != versions {
        write!(section, " Kubernetes {} only.", words(rule, "versions", ", ")).unwrap();
    }
    write!(section, "\n\n{}\n", markdown(text(rule, "description"))).unwrap();
    for (heading, key) in [("Bad", "bad"), ("Good", "good")] {
        write!(section, "\n{heading}:\n\n```yaml\n{}```\n", text(rule, key)).unwrap();
    }
    section
}

fn fields(catalogue: &Value) -> String {
    let mut table = "\n## Fields that differ between versions\n\nIn all other versions, they are unknown fields.\n\n\
                     | field | versions |\n| --- | --- |\n"
        .to_owned();
    for field in list(&catalogue["fields"]) {
        let (owner, name) = (text(field, "owner"), text(field, "name"));
        writeln!(table, "| `{owner}.{name}` | {} |", words(field, "versions", ", ")).unwrap();
    }
    table
}

fn gates(catalogue: &Value) -> String {
    let mut table =
        "\n## Feature gates\n\nIf a gate is off, the server drops its fields without checking them. These are \
                     the defaults of each version; a cluster may have others.\n\n| gate | by default | fields |\n\
                     | --- | --- | --- |\n"
            .to_owned();
    for gate in list(&catalogue["gates"]) {
        let states = gate["by_default"].as_object().unwrap().iter();
        let states = states.map(|(version, is_on)| format!("{version} {}", if is_on == true { "on" } else { "off" }));
        let states = states.collect::<Vec<_>>().join(", ");
        writeln!(table, "| {} | {states} | {} |", text(gate, "name"), markdown(text(gate, "fields"))).unwrap();
    }
    table
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap()
}

fn words(value: &Value, key: &str, between: &str) -> String {
    list(&value[key]).iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>().join(between)
}

/// What GitHub makes of a heading.
fn anchor(heading: &str) -> String {
    heading.to_lowercase().replace(' ', "-")
}

/// A sentence in which nothing is taken for Markdown but code in backticks.
fn markdown(sentence: &str) -> String {
    let pieces = sentence.split('`').enumerate();
    let piece = |(nth, text): (usize, &str)| if nth % 2 == 0 { escaped(text) } else { format!("`{text}`") };
    pieces.map(piece).collect()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    let mut before = ' ';
    for c in text.chars() {
        // Within a word, `_` is a letter.
        if "\\*<[|$".contains(c) || (c == '_' && !before.is_alphanumeric()) {
            escaped.push('\\');
        }
        escaped.push(c);
        before = c;
    }
    escaped
}

#[test]
fn the_page_is_current() {
    let page = page();
    if std::env::var_os("UPDATE_RULES").is_some() {
        std::fs::write(root().join(PAGE), &page).unwrap();
    }
    assert!(text_of(PAGE) == page, "{PAGE} is not current. Run: {UPDATE}");
}

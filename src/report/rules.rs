//! The rules themselves, for who asks what one of them means.

use std::fmt::Write as _;

use crate::output::{Style, table};
use crate::validate::{Rule, rules};

/// All rules, a line each.
#[must_use]
pub fn list(style: Style) -> String {
    let rows = rules().into_iter().map(|rule| {
        let doc = rule.doc();
        let first = doc.split_inclusive(". ").next().unwrap_or_default().trim_end();
        [rule.name.to_owned(), rule.source.as_str().to_owned(), first.to_owned()]
    });
    table::render(["RULE", "SOURCE", "DEMANDS"], rows.collect(), style)
}

/// One rule: what it demands, and an example of either kind.
#[must_use]
pub fn explain(rule: &Rule, style: Style) -> String {
    let mut text = format!("{} ({})\n\n", style.header(rule.name), rule.source.as_str());
    text += &wrapped(&rule.doc());
    for (heading, example) in [(style.bad("Bad"), rule.bad_example()), (style.good("Good"), rule.good_example())] {
        let _ = write!(text, "\n{heading}:\n");
        for line in example.lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
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

        A container has an image, without white space around it.

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
    fn every_rule_is_listed_in_a_line() {
        let list = list(Style::plain());
        assert_eq!(list.lines().count(), rules().len() + 1);
    }
}

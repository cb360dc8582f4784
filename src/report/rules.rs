//! The rules themselves, for who asks what one of them means.

use std::io::{self, Write};

use crate::output::{Line, Role, Screen, Table};
use crate::validate::{Rule, rules};

/// All rules, a line each.
#[must_use]
pub fn list() -> Table<'static, 3> {
    let rows = rules().into_iter().map(|rule| {
        let doc = rule.doc();
        let first = doc.split_inclusive(". ").next().unwrap_or_default().trim_end();
        [rule.name.into(), rule.source.as_str().into(), first.to_owned().into()]
    });
    Table::new(["RULE", "SOURCE", "DEMANDS"], rows.collect())
}

/// Writes what one rule demands, and an example of either kind.
///
/// # Errors
/// The stream does not take it.
pub fn explain(rule: &Rule, screen: &mut Screen<impl Write>) -> io::Result<()> {
    screen.line(Line::new(Role::Header, rule.name).text(format!(" ({})", rule.source.as_str())))?;
    screen.blank()?;
    wrapped(&rule.doc()).lines().try_for_each(|line| screen.line(line))?;
    for (role, heading, example) in [(Role::Bad, "Bad", rule.bad_example()), (Role::Good, "Good", rule.good_example())]
    {
        screen.blank()?;
        screen.line(Line::new(role, heading).text(":"))?;
        example.lines().try_for_each(|line| screen.line(format!("    {line}")))?;
    }
    Ok(())
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
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Style;

    #[test]
    fn a_rule_is_explained_with_its_examples() {
        let rule = rules().into_iter().find(|rule| rule.name == "container-image").unwrap();
        let mut text = Vec::new();
        explain(rule, &mut Screen::new(&mut text, Style::plain())).unwrap();
        insta::assert_snapshot!(String::from_utf8(text).unwrap(), @r#"
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
        let list = list().render(Style::plain());
        assert_eq!(list.lines().count(), rules().len() + 1);
    }
}

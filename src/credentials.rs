//! Which variables hold credentials. Their values belong into a Secret, and are never shown.

use crate::yaml::Text;
use crate::yaml::node::{Entry, Node, Position, Value};

pub use crate::yaml::text::HIDDEN;

/// The words that speak of a credential, and their plurals.
const WORDS: [&str; 6] = ["KEY", "SECRET", "TOKEN", "PASSWORD", "PASSPHRASE", "CREDENTIAL"];

/// Whether the name of a variable has a word that speaks of a credential: `BINANCE_API_KEY` and `apiKey`, not `MONKEY`.
#[must_use]
pub fn names_credential(name: &str) -> bool {
    words(name).any(|word| {
        let word = word.to_ascii_uppercase();
        WORDS.iter().any(|known| word.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest == "S"))
    })
}

/// The value of a variable as it may be shown.
#[must_use]
pub fn shown<'v>(name: &str, value: &'v str) -> &'v str {
    if names_credential(name) && !value.is_empty() { HIDDEN } else { value }
}

/// Where a document has the values of such variables, in the order of its file: in `extra_env`, and wherever a `name`
/// stands beside a `value`.
#[must_use]
pub fn positions(root: &Node) -> Vec<Position> {
    let mut found: Vec<Position> = literals(root).into_iter().map(|(_, position)| position).collect();
    found.sort_by_key(|position| (position.line, position.column));
    found.dedup();
    found
}

/// The same, each with the name of its variable.
#[must_use]
pub fn literals(root: &Node) -> Vec<(&str, Position)> {
    let mut found = Vec::new();
    find(root, &mut found);
    found
}

fn find<'n>(node: &'n Node, found: &mut Vec<(&'n str, Position)>) {
    match &node.value {
        Value::Mapping(entries) => {
            if let (Some(name), Some(value)) = (node.get("name").and_then(Node::as_str), node.get("value")) {
                note(name, value, found);
            }
            for Entry { key, value, .. } in entries {
                if key == "extra_env" {
                    let literals = value.as_mapping().unwrap_or_default();
                    for literal in literals {
                        note(&literal.key, &literal.value, found);
                    }
                }
                find(value, found);
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| find(item, found)),
        _ => {}
    }
}

/// Notes the value of a variable that holds a credential.
fn note<'n>(name: &'n str, value: &Node, found: &mut Vec<(&'n str, Position)>) {
    let is_literal = match &value.value {
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => false,
        Value::String(text) => !text.is_empty(),
        _ => true,
    };
    if is_literal && names_credential(name) {
        found.push((name, value.position));
    }
}

/// A sentence without the value that it quotes.
#[must_use]
pub fn without(sentence: &str, value: &str) -> String {
    if value.is_empty() { sentence.to_owned() } else { sentence.replace(value, HIDDEN) }
}

/// Where a line of a text that cannot be read seems to have the value of such a variable: behind the colon of a name
/// in large letters.
#[must_use]
pub fn on_line(text: &Text, line: u32) -> Option<Position> {
    let whole = text.at(Position { line, column: 1, width: u32::MAX });
    let colon = whole.match_indices(':').map(|(at, _)| at).find(|at| {
        let name = whole[..*at].trim_end_matches(['"', '\'']);
        let start = name.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(0, |before| before + 1);
        let name = &name[start..];
        names_credential(name) && !name.contains(|c: char| c.is_ascii_lowercase())
    })?;
    let value = whole[colon + 1..].trim();
    let before = whole[..whole.len() - whole[colon + 1..].trim_start().len()].chars().count();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    (!value.is_empty()).then(|| Position { line, column: number(before + 1), width: number(value.chars().count()) })
}

/// The words of a name, which end where letters end and where small letters are followed by a large one.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_ascii_alphabetic()).flat_map(|part| {
        let mut rest = part;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let bytes = rest.as_bytes();
            let end = (1..bytes.len())
                .find(|&end| bytes[end - 1].is_ascii_lowercase() && bytes[end].is_ascii_uppercase())
                .unwrap_or(bytes.len());
            let (word, after) = rest.split_at(end);
            rest = after;
            Some(word)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::text::Excerpt;

    #[test]
    fn a_credential_is_a_word_of_the_name() {
        for name in [
            "API_KEY",
            "KEY",
            "BINANCE_API_KEY_2",
            "AWS_ACCESS_KEY_ID",
            "apiKey",
            "db.password",
            "GITHUB_TOKEN",
            "my-secret",
            "Passphrase",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "UPBIT_KEYS",
        ] {
            assert!(names_credential(name), "{name}");
        }
        for name in ["MONKEY", "KEYBOARD", "TOKENIZER", "SECRETARY", "APP_ENV", "REDIS_HOST", "", "_", "PASS", "KEYED"]
        {
            assert!(!names_credential(name), "{name}");
        }
    }

    #[test]
    fn values_are_hidden_where_they_are_shown() {
        let shown = |text: &str, line: u32, column: u32| {
            let decoded = Text::decode(text.as_bytes().to_vec());
            let mut root = None;
            crate::yaml::documents(decoded.as_str(), |document| root = document.ok().map(|document| document.root));
            let excerpt = Excerpt::cut("x", &decoded, Position { line, column, width: 3 });
            let excerpt = match root {
                Some(root) => excerpt.hiding(&positions(&root)),
                None => excerpt.hiding(on_line(&decoded, line).as_slice()),
            };
            let (window, before) = (excerpt.window.text.to_string(), excerpt.window.before);
            (window, before, excerpt.window.width)
        };
        let block = "extra_env:\n  API_KEY: abc\n  HOST: h\n";
        assert_eq!(shown(block, 2, 12), ("  API_KEY: (hidden)".to_owned(), 11, 8));
        assert_eq!(shown(block, 2, 3), ("  API_KEY: (hidden)".to_owned(), 2, 3));
        assert_eq!(shown(block, 3, 9), ("  HOST: h".to_owned(), 8, 3));
        let flow = "extra_env: {A_TOKEN: \"a b\", X: yes, MY_KEY: z}\n";
        assert_eq!(shown(flow, 1, 33).0, "extra_env: {A_TOKEN: (hidden), X: yes, MY_KEY: (hidden)}");
        assert_eq!(shown(flow, 1, 33).1, 32 + 8 - 5);
        let job = "spec: {env: [{name: API_KEY, value: 12345}, {name: HOST, value: h}]}\n";
        assert_eq!(shown(job, 1, 1).0, "spec: {env: [{name: API_KEY, value: (hidden)}, {name: HOST, value: h}]}");
        assert_eq!(shown("a: [\n  API_KEY: x y: z\n", 2, 12).0, "  API_KEY: (hidden)");
        assert_eq!(shown("key: {a\nkey: b\n", 2, 1).0, "key: b");
    }

    #[test]
    fn an_empty_value_holds_nothing() {
        assert_eq!((shown("API_KEY", "x"), shown("API_KEY", ""), shown("HOST", "x")), (HIDDEN, "", "x"));
    }
}

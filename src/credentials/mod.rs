//! Which variables hold credentials. Their values belong into a Secret, and are never shown.

mod hidden;
mod unreadable;

use crate::yaml::node::{Entry, Node, Position, Value};

pub use self::hidden::{Hidden, is_assignment};
pub use self::unreadable::{on_line, wording as unreadable_wording};
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

/// Where a partial Job spells out the values of such variables, wherever a `name` stands beside a `value`, each with the
/// name of its variable.
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
            for Entry { value, .. } in entries {
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

/// The words of a name, which end where letters end, where small letters are followed by a large one, and before the
/// last of large letters that small ones follow: `APIKey` is `API` and `Key`.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_ascii_alphabetic()).flat_map(|part| {
        let mut rest = part;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let bytes = rest.as_bytes();
            let end = (1..bytes.len())
                .find(|&end| {
                    let follows_small = bytes[end - 1].is_ascii_lowercase();
                    let leads_small = bytes.get(end + 1).is_some_and(u8::is_ascii_lowercase);
                    bytes[end].is_ascii_uppercase() && (follows_small || leads_small)
                })
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
    use crate::yaml::Text;
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
            "APIKey",
            "binanceAPIKey",
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
            let position = Position { line, column, width: 3 };
            let excerpt = match root {
                Some(root) => Hidden::of_config(&root, &[]).excerpt("x", &decoded, position),
                None => Excerpt::cut("x", &decoded, position).hiding(on_line(&decoded, line).as_slice()),
            };
            let (window, before) = (excerpt.window.text.to_string(), excerpt.window.before);
            (window, before, excerpt.window.width)
        };
        let block = "extra_env:\n  API_KEY: abc\n  HOST: h\n";
        assert_eq!(shown(block, 2, 12), ("  API_KEY: (hidden)".to_owned(), 11, 8));
        assert_eq!(shown(block, 2, 3), ("  API_KEY: (hidden)".to_owned(), 2, 3));
        assert_eq!(shown(block, 3, 9), ("  HOST: h".to_owned(), 8, 3));
        // All that belongs to the value is hidden, and nothing behind it.
        let list = "extra_env:\n  API_KEY:\n  - abc\n  - d\n  HOST: h\n";
        assert_eq!(shown(list, 3, 5).0, "  - (hidden)");
        assert_eq!(shown(list, 4, 5).0, "  - (hidden)");
        assert_eq!(shown(list, 5, 3).0, "  HOST: h");
        assert_eq!(
            shown("extra_env: {A_KEY: {secret: x}, B: 1}\n", 1, 1).0,
            "extra_env: {A_KEY: {secret: (hidden)}, B: 1}"
        );
        let block = "extra_env:\n  API_KEY: |\n    abcd\n\n    e\n  HOST: h\n";
        assert_eq!([3, 5, 6].map(|line| shown(block, line, 1).0), ["(hidden)", "(hidden)", "  HOST: h"]);
        let flow = "extra_env: {A_TOKEN: \"a b\", X: yes, MY_KEY: z}\n";
        assert_eq!(shown(flow, 1, 33).0, "extra_env: {A_TOKEN: (hidden), X: yes, MY_KEY: (hidden)}");
        assert_eq!(shown(flow, 1, 33).1, 32 + 8 - 5);
        let job = "spec: {env: [{name: API_KEY, value: 12345}, {name: HOST, value: h}]}\n";
        assert_eq!(shown(job, 1, 1).0, "spec: {env: [{name: API_KEY, value: (hidden)}, {name: HOST, value: h}]}");
        assert_eq!(shown("a: [\n  API_KEY: x y: z\n", 2, 12).0, "  API_KEY: (hidden)");
        assert_eq!(shown("key: {a\nkey: b\n", 2, 1).0, "key: b");
        assert_eq!(shown("a: [\n  api_key : x: z\n", 2, 1).0, "  api_key : (hidden)");
        assert_eq!(shown("a: [\n- name: A_KEY\n  value: x: z\n", 3, 1).0, "  (hidden)");
        assert_eq!(shown("a: [\n- name: A\n  value: x: z\n", 3, 1).0, "  value: x: z");
    }

    #[test]
    fn an_empty_value_holds_nothing() {
        assert_eq!((shown("API_KEY", "x"), shown("API_KEY", ""), shown("HOST", "x")), (HIDDEN, "", "x"));
    }
}

//! Recognizes variables that hold credentials. Their values belong in a Secret and are never shown.

use crate::yaml::node::{Entry, Node, Position, Value};

pub use crate::yaml::text::HIDDEN;

/// Words that indicate a credential, also in the plural.
const WORDS: [&str; 6] = ["KEY", "SECRET", "TOKEN", "PASSWORD", "PASSPHRASE", "CREDENTIAL"];

/// Whether the name of a variable contains a word that indicates a credential: `BINANCE_API_KEY` and `apiKey`, not
/// `MONKEY`.
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

/// Whether a text assigns a value to a variable or an option that holds a credential.
#[must_use]
pub fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, value)| {
        let name = name.trim_start_matches('-');
        let is_name = !name.contains(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')));
        is_name && !value.is_empty() && names_credential(name)
    })
}

/// The positions of literal credentials in a partial Job, wherever a `name` is next to a `value`, each with the name of
/// its variable.
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

/// Records the value of a variable that holds a credential.
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

/// The words of a name. A word ends at a character that is not a letter, between a lowercase and an uppercase letter,
/// and before the last of several uppercase letters that a lowercase one follows: `APIKey` is `API` and `Key`.
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
    fn an_empty_value_holds_nothing() {
        assert_eq!((shown("API_KEY", "x"), shown("API_KEY", ""), shown("HOST", "x")), (HIDDEN, "", "x"));
    }
}

//! Which variables hold credentials. Their values belong into a Secret, and are never shown.

/// What stands where the value of such a variable would be shown.
pub const HIDDEN: &str = "(hidden)";

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
    fn an_empty_value_holds_nothing() {
        assert_eq!((shown("API_KEY", "x"), shown("API_KEY", ""), shown("HOST", "x")), (HIDDEN, "", "x"));
    }
}

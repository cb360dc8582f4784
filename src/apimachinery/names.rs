//! The formats of names, label values and environment variables. Each check returns the first fault of a string.

use std::fmt;

/// Longest DNS label, and longest label value: 63 characters.
pub(crate) const LABEL_MAX: usize = 63;
/// Longest DNS subdomain: 253 characters.
pub(crate) const SUBDOMAIN_MAX: usize = 253;

/// Why a string is not a name of the requested kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameError {
    /// The string is empty.
    Empty,
    /// More characters than `max`.
    TooLong {
        /// The maximum.
        max: usize,
    },
    /// A character that is not allowed at its position.
    Character {
        /// The character.
        found: char,
        /// Its position, from 1.
        position: usize,
        /// The characters that are allowed there.
        allowed: &'static str,
    },
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameError::Empty => f.write_str("it is empty"),
            NameError::TooLong { max } => write!(f, "it is longer than {max} characters"),
            NameError::Character { found, position, allowed } => {
                write!(f, "character {position} is {found:?}, but only {allowed} can be used there")
            }
        }
    }
}

/// The characters that a kind of name can have, inside and at both ends.
struct NameFormat {
    max: usize,
    inner: fn(char) -> bool,
    inner_words: &'static str,
    edge: fn(char) -> bool,
    edge_words: &'static str,
}

impl NameFormat {
    fn check(&self, text: &str) -> Result<(), NameError> {
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.len() > self.max {
            return Err(NameError::TooLong { max: self.max });
        }
        let last = text.chars().count() - 1;
        for (nth, found) in text.chars().enumerate() {
            let at_edge = nth == 0 || nth == last;
            let (fits, allowed) = if at_edge && (self.inner)(found) {
                ((self.edge)(found), self.edge_words)
            } else {
                ((self.inner)(found), self.inner_words)
            };
            if !fits {
                return Err(NameError::Character { found, position: nth + 1, allowed });
            }
        }
        Ok(())
    }
}

fn lower_alnum(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

fn lower_alnum_or_hyphen(c: char) -> bool {
    lower_alnum(c) || c == '-'
}

fn alnum(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

fn qualified_inner(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

const DNS_LABEL: NameFormat = NameFormat {
    max: LABEL_MAX,
    inner: lower_alnum_or_hyphen,
    inner_words: "lowercase letters, digits and '-'",
    edge: lower_alnum,
    edge_words: "a lowercase letter or a digit",
};

const QUALIFIED: NameFormat = NameFormat {
    max: LABEL_MAX,
    inner: qualified_inner,
    inner_words: "letters, digits, '-', '_' and '.'",
    edge: alnum,
    edge_words: "a letter or a digit",
};

/// A DNS label (RFC 1123): namespaces and container names.
///
/// # Errors
/// The first fault of the string.
pub(crate) fn dns_label(text: &str) -> Result<(), NameError> {
    DNS_LABEL.check(text)
}

/// A DNS subdomain (RFC 1123): names of most objects, and the prefixes of qualified names.
///
/// # Errors
/// The first fault of the string.
pub(crate) fn dns_subdomain(text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.len() > SUBDOMAIN_MAX {
        return Err(NameError::TooLong { max: SUBDOMAIN_MAX });
    }
    let mut start = 0;
    for label in text.split('.') {
        // A subdomain limits its length as a whole; a label inside it may be longer than 63.
        let unlimited = NameFormat { max: SUBDOMAIN_MAX, ..DNS_LABEL };
        match unlimited.check(label) {
            Ok(()) => start += label.chars().count() + 1,
            Err(NameError::Character { found, position, allowed }) => {
                let allowed =
                    if allowed == DNS_LABEL.inner_words { "lowercase letters, digits, '-' and '.'" } else { allowed };
                return Err(NameError::Character { found, position: start + position, allowed });
            }
            Err(_) => {
                // An empty label: the fault is the leading, doubled or trailing dot.
                let position = if start == 0 { 1 } else { start.min(text.chars().count()) };
                return Err(NameError::Character { found: '.', position, allowed: DNS_LABEL.edge_words });
            }
        }
    }
    Ok(())
}

/// A prefix that becomes a DNS subdomain once something is appended, so it may end with a dash.
///
/// # Errors
/// The first fault of the string.
pub(crate) fn dns_subdomain_prefix(text: &str) -> Result<(), NameError> {
    // The server checks this without its last two characters, although only one of them is the dash.
    let bytes = text.as_bytes();
    if bytes.len() < 2 || !text.ends_with('-') {
        return dns_subdomain(text);
    }
    dns_subdomain(&format!("{}a", String::from_utf8_lossy(&bytes[..bytes.len() - 2])))
}

/// A DNS subdomain whose labels may contain and start with `_`.
///
/// # Errors
/// The first fault of the string.
pub(crate) fn dns_subdomain_with_underscores(text: &str) -> Result<(), NameError> {
    if text.len() > SUBDOMAIN_MAX {
        return Err(NameError::TooLong { max: SUBDOMAIN_MAX });
    }
    let masked: Vec<String> = text
        .split('.')
        .map(|label| {
            let label = label.strip_prefix('_').unwrap_or(label);
            let inner = label.len() > 2 && label.is_char_boundary(1) && label.is_char_boundary(label.len() - 1);
            if inner {
                let (first, rest) = label.split_at(1);
                let (middle, last) = rest.split_at(rest.len() - 1);
                format!("{first}{}{last}", middle.replace('_', "a"))
            } else {
                label.to_owned()
            }
        })
        .collect();
    dns_subdomain(&masked.join("."))
}

/// A text in lowercase, letter by letter, as the server converts it.
pub(crate) fn lower_case(text: &str) -> String {
    // If one letter becomes several, as with U+0130, the server uses only the first one.
    text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
}

/// A label value: empty, or up to 63 letters, digits, `-`, `_` and `.` between two alphanumerics.
///
/// # Errors
/// The first fault of the string.
pub(crate) fn label_value(text: &str) -> Result<(), NameError> {
    if text.is_empty() { Ok(()) } else { QUALIFIED.check(text) }
}

/// A qualified name, `[prefix/]name`: keys of labels and annotations, names of resources.
///
/// # Errors
/// The first fault of the string.
pub(crate) fn qualified_name(text: &str) -> Result<(), NameError> {
    let Some((prefix, name)) = text.split_once('/') else {
        return QUALIFIED.check(text);
    };
    dns_subdomain(prefix)?;
    let offset = prefix.chars().count() + 1;
    QUALIFIED.check(name).map_err(|error| match error {
        NameError::Character { found, position, allowed } => {
            NameError::Character { found, position: position + offset, allowed }
        }
        error => error,
    })
}

/// An environment variable's name as Kubernetes has always accepted it: letters, digits, `_`, `-` and `.`, not starting
/// with a digit or `..`, and not `.`.
///
/// # Errors
/// The first fault of the string.
pub(crate) fn env_var_name(text: &str) -> Result<(), NameError> {
    const ALLOWED: &str = "letters, digits, '_', '-' and '.'";
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    for (nth, found) in text.chars().enumerate() {
        if !qualified_inner(found) {
            return Err(NameError::Character { found, position: nth + 1, allowed: ALLOWED });
        }
        if nth == 0 && found.is_ascii_digit() {
            return Err(NameError::Character { found, position: 1, allowed: "a letter or '_'" });
        }
    }
    if text == "." || text.starts_with("..") {
        return Err(NameError::Character { found: '.', position: 1, allowed: "a letter or '_'" });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dns_labels() {
        assert_eq!(dns_label("trading-bots"), Ok(()));
        assert_eq!(dns_label(""), Err(NameError::Empty));
        assert_eq!(dns_label(&"a".repeat(64)), Err(NameError::TooLong { max: 63 }));
        for (text, position) in [("Y", 1), ("a_b", 2), ("-a", 1), ("a-", 2), ("aé", 2)] {
            assert!(
                matches!(dns_label(text), Err(NameError::Character { position: found, .. }) if found == position),
                "{text}"
            );
        }
    }

    #[test]
    fn subdomains_count_as_a_whole() {
        assert_eq!(dns_subdomain(&format!("{}.b", "a".repeat(100))), Ok(()));
        assert_eq!(dns_subdomain(&"a".repeat(254)), Err(NameError::TooLong { max: 253 }));
        for text in [".a", "a..b", "a.", "a.B", "a.-b"] {
            assert!(dns_subdomain(text).is_err(), "{text}");
        }
    }

    #[test]
    fn qualified_names_and_label_values() {
        assert_eq!(label_value(""), Ok(()));
        assert_eq!(label_value("A_b.c-1"), Ok(()));
        assert!(label_value("a b").is_err());
        assert!(label_value(".a").is_err());
        assert_eq!(qualified_name("example.com/gpu"), Ok(()));
        assert!(qualified_name("/gpu").is_err());
        assert!(qualified_name("a/b/c").is_err());
        assert!(qualified_name("example.com/").is_err());
    }

    #[test]
    fn a_prefix_may_end_with_a_dash() {
        for good in ["night-", "--", "a--", "x_-", "night"] {
            assert_eq!(dns_subdomain_prefix(good), Ok(()), "{good}");
        }
        for bad in ["-", "-a", "Night-", "é-", "a..-x"] {
            assert!(dns_subdomain_prefix(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn underscores_in_search_domains() {
        for good in ["_tcp.example.com", "a_b.c", "_a", "_a_b"] {
            assert_eq!(dns_subdomain_with_underscores(good), Ok(()), "{good}");
        }
        for bad in ["_", "__", "__a", "a_", "a_.b", "", "a..b", "é_"] {
            assert!(dns_subdomain_with_underscores(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lower_case_is_one_letter_each() {
        assert_eq!(lower_case("Aİ\u{212a}"), "aik");
    }

    #[test]
    fn environment_variables() {
        for good in ["APP_ENV", "a.b-c", "_x", "-x"] {
            assert_eq!(env_var_name(good), Ok(()), "{good}");
        }
        for bad in ["", "1A", "A B", "A=B", ".", "..", "..a", "é"] {
            assert!(env_var_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_error_says_where_and_what_may_stand_there() {
        let error = dns_label("d29_k8s").unwrap_err();
        assert_eq!(
            error.to_string(),
            "character 4 is '_', but only lowercase letters, digits and '-' can be used there"
        );
    }
}

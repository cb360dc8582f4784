//! Curly quotes, as word processors and chat programs write them: YAML treats them as part of the value. Reports all
//! values in curly quotes.

use super::problem::Problems;
use super::rules;
use crate::diagnostic::Reason::FieldValueInvalid;
use crate::diagnostic::Severity;
use crate::manifest::{Node, Position, Value};

/// The quotes that look like YAML's.
const CURLY: [char; 8] = ['“', '”', '„', '‟', '‘', '’', '‚', '‛'];

/// The text between curly quotes, if a text starts and ends with them.
#[must_use]
pub fn between(text: &str) -> Option<&str> {
    text.strip_prefix(CURLY)?.strip_suffix(CURLY)
}

/// Reports each value in curly quotes: as a warning if the key `takes_any_text`, and otherwise as an error.
pub fn check(root: &Node, takes_any_text: fn(&str) -> bool, problems: &mut Problems<'_>) {
    check_below("", root, takes_any_text, problems);
}

fn check_below(path: &str, node: &Node, takes_any_text: fn(&str) -> bool, problems: &mut Problems<'_>) {
    match &node.value {
        Value::String(text) => {
            if let Some(inner) = between(text) {
                let severity = if takes_any_text(path) { Severity::Warning } else { Severity::Error };
                tell(path, inner, node.position, severity, problems);
            }
        }
        Value::Mapping(entries) => {
            for entry in entries {
                let path = if path.is_empty() { entry.key.clone() } else { format!("{path}.{}", entry.key) };
                check_below(&path, &entry.value, takes_any_text, problems);
            }
        }
        Value::Sequence(items) => {
            for (nth, item) in items.iter().enumerate() {
                check_below(&format!("{path}.{}", nth + 1), item, takes_any_text, problems);
            }
        }
        _ => {}
    }
}

fn tell(path: &str, inner: &str, position: Position, severity: Severity, problems: &mut Problems<'_>) {
    let message = format!("{path} is in curly quotes, which YAML treats as part of the value.");
    let help = match path {
        "total_iterations" | "workers" => format!("Write {inner}, without quotes."),
        // The quotes are part of the hidden text, so a credential without them would be shown.
        _ if inner.contains(['"', '\\']) || problems.hides(position) => "Write straight quotes.".to_owned(),
        _ => format!("Write straight quotes: \"{inner}\"."),
    };
    problems.say(severity, &rules::QUOTES, FieldValueInvalid, path, position, (message, help));
    if severity == Severity::Error {
        problems.say_no_more_of(position);
    }
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn both_ends_are_curly() {
        for (text, inner) in [("“a”", Some("a")), ("‘a b’", Some("a b")), ("„a“", Some("a")), ("“”", Some(""))]
        {
            assert_eq!(between(text), inner, "{text}");
        }
        for text in ["“", "a”", "“a", "\"a\"", "", "it’s"] {
            assert_eq!(between(text), None, "{text}");
        }
    }
}

//! The one type for everything that is reported about a file: problems of a configuration, unreadable text, values of
//! the wrong type, and findings of the rules.

mod hidden;
pub mod rule;
mod severity;
mod unreadable;
mod wording;

pub use self::hidden::Hidden;
pub use self::rule::{Rule, Source};
pub use self::severity::Severity;
pub use self::wording::Wording;

use std::sync::Arc;

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use crate::yaml::text::Excerpt;
use crate::yaml::{ReadError, Text};

use self::rule::rules;

rules! {
    Api;

    /// The text is YAML or JSON that kubectl can read; anything else never reaches the server.
    SYNTAX = "syntax" in Job:
        "metadata: {labels: {app: [}}",
        "metadata: {labels: {app: arbitrage-tuning}}";
}

/// The reason, in the API server's terms for causes of a rejection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A required value is missing.
    FieldValueRequired,
    /// A value that is not valid.
    FieldValueInvalid,
    /// A value outside a closed list.
    FieldValueNotSupported,
    /// A duplicate of a unique value.
    FieldValueDuplicate,
    /// A field that must not be set here.
    FieldValueForbidden,
    /// More characters or bytes than allowed.
    FieldValueTooLong,
    /// More elements than allowed.
    FieldValueTooMany,
    /// A reference to something that does not exist.
    FieldValueNotFound,
    /// A value of the wrong type.
    FieldValueTypeInvalid,
    /// A field that the type does not have.
    FieldUnknown,
    /// Text that cannot be parsed.
    SyntaxError,
    /// A check of the Pod Security Standards, by the server's name for it.
    PodSecurity(&'static str),
}

impl Reason {
    /// The reason as the API server spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FieldValueRequired => "FieldValueRequired",
            Self::FieldValueInvalid => "FieldValueInvalid",
            Self::FieldValueNotSupported => "FieldValueNotSupported",
            Self::FieldValueDuplicate => "FieldValueDuplicate",
            Self::FieldValueForbidden => "FieldValueForbidden",
            Self::FieldValueTooLong => "FieldValueTooLong",
            Self::FieldValueTooMany => "FieldValueTooMany",
            Self::FieldValueNotFound => "FieldValueNotFound",
            Self::FieldValueTypeInvalid => "FieldValueTypeInvalid",
            Self::FieldUnknown => "FieldUnknown",
            Self::SyntaxError => "SyntaxError",
            Self::PodSecurity(check) => check,
        }
    }
}

/// A message about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How serious it is.
    pub severity: Severity,
    /// The rule that it comes from.
    pub rule: &'static Rule,
    /// The path of the field, as the API server writes it, or of the key; empty for the document as a whole.
    pub path: String,
    /// The reason.
    pub reason: Reason,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do about it, as a sentence.
    pub help: Option<String>,
    /// The file, the position in it, and its line.
    pub excerpt: Excerpt,
}

impl Diagnostic {
    /// A diagnostic of a rule at a position.
    pub fn new(
        severity: Severity,
        rule: &'static Rule,
        path: impl Into<String>,
        reason: Reason,
        wording: impl Into<Wording>,
        excerpt: Excerpt,
    ) -> Self {
        debug_assert!(rule.severities.contains(&severity), "{} is not declared to be a {severity}.", rule.name);
        let Wording { message, help } = wording.into();
        Self { severity, rule, path: path.into(), reason, message, help, excerpt }
    }

    /// A diagnostic for a text that kubectl cannot read.
    pub fn unreadable(error: &ReadError, file: impl Into<Arc<str>>, text: &Text) -> Self {
        let hidden = unreadable::on_line(text, error.position.line);
        let wording = unreadable::wording(error, hidden, text);
        let excerpt = Excerpt::cut(file, text, error.position).hiding(hidden.as_slice());
        Self::new(Severity::Error, &SYNTAX, "", Reason::SyntaxError, wording, excerpt)
    }

    /// What is wrong and what to do about it, in one text.
    pub fn with_help(&self) -> String {
        match &self.help {
            Some(help) => format!("{} {help}", self.message),
            None => self.message.clone(),
        }
    }

    /// The field, what is wrong with it and what to do about it, in one text.
    pub fn summary(&self) -> String {
        if self.names_its_key() { self.with_help() } else { format!("{}: {}", self.subject(), self.with_help()) }
    }

    /// Whether the message itself names its key, as the messages about configurations do.
    pub fn names_its_key(&self) -> bool {
        self.rule.source == Source::Config
    }

    /// The field, or `document` for the document as a whole.
    pub fn subject(&self) -> &str {
        if self.path.is_empty() { "document" } else { &self.path }
    }
}

/// A diagnostic in machine-readable reports: flat, and without the line's text. `message` includes the help, so that it
/// is complete by itself; `help` repeats the part that says what to do.
impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Diagnostic", 10)?;
        object.serialize_field("severity", &self.severity)?;
        object.serialize_field("source", &self.rule.source)?;
        object.serialize_field("rule", self.rule.name)?;
        object.serialize_field("field", &self.path)?;
        object.serialize_field("reason", self.reason.as_str())?;
        object.serialize_field("message", &self.with_help())?;
        object.serialize_field("help", &self.help)?;
        object.serialize_field("file", &*self.excerpt.file)?;
        object.serialize_field("line", &self.excerpt.position.line)?;
        object.serialize_field("column", &self.excerpt.position.column)?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::node::Position;

    #[test]
    fn values_are_hidden_where_they_are_shown() {
        let shown = |text: &str, line: u32, column: u32| {
            let decoded = Text::decode(text.as_bytes().to_vec());
            let mut root = None;
            crate::yaml::documents(decoded.as_str(), |document| root = document.ok().map(|document| document.root));
            let position = Position { line, column, width: 3 };
            let excerpt = match root {
                Some(root) => Hidden::of_config(&root, &[]).excerpt("x", &decoded, position),
                None => Excerpt::cut("x", &decoded, position).hiding(unreadable::on_line(&decoded, line).as_slice()),
            };
            let (window, before) = (excerpt.window.text.to_string(), excerpt.window.before);
            (window, before, excerpt.window.width)
        };
        let block = "extra_env:\n  API_KEY: abc\n  HOST: h\n";
        assert_eq!(shown(block, 2, 12), ("  API_KEY: (hidden)".to_owned(), 11, 8));
        assert_eq!(shown(block, 2, 3), ("  API_KEY: (hidden)".to_owned(), 2, 3));
        assert_eq!(shown(block, 3, 9), ("  HOST: h".to_owned(), 8, 3));
        // The whole value is hidden, and nothing after it.
        let list = "extra_env:\n  API_KEY:\n  - abc\n  - d\n  HOST: h\n";
        assert_eq!(shown(list, 3, 5).0, "  - (hidden)");
        assert_eq!(shown(list, 4, 5).0, "  - (hidden)");
        assert_eq!(shown(list, 5, 3).0, "  HOST: h");
        assert_eq!(
            shown("extra_env: {A_KEY: {secret: x}, B: 1}\n", 1, 1).0,
            "extra_env: {A_KEY: {secret: (hidden)}, B: 1}"
        );
        let block = "extra_env:\n  API_KEY: |\n    abcd\n\n    e\n  HOST: h\n";
        assert_eq!([3, 5, 6].map(|line| shown(block, line, 1).0), ["    (hidden)", "    (hidden)", "  HOST: h"]);
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
}

//! Strict decoding of a node into a typed object, like the API server's `fieldValidation=Strict`.
//!
//! `k8s-openapi`'s own serde code reads the nodes, with Go's notion of null (a zero value), the types with their own
//! text form, and the fields of a specific server version.

use std::cell::RefCell;

use serde::Deserialize;

use super::fields;
use crate::apimachinery::{Path, Quantity, Version, time};
use crate::diagnostic::Wording;
use crate::manifest::{Entry, Node, Position, Value};
use crate::nearest::nearest;
use crate::yaml::de::{At, Error, Expected, Object, Policy, from_root};
use crate::yaml::number::float_text;

/// Words that differ more are not typing errors.
pub(super) const LIKENESS: f64 = 0.85;
/// The maximum length of a list of known fields in a message.
const MAX_LISTED: usize = 12;

/// 0000-01-01T00:00:00Z and 9999-12-30T21:59:59Z: the types cannot represent the hours beyond these that time offsets
/// can produce, and no rule needs them.
const EARLIEST: i64 = -62_167_219_200;
const LATEST: i64 = 253_402_207_199;

/// A value that does not fit its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrictDecodingError {
    /// The kind of error.
    pub kind: DecodingErrorKind,
    /// The field's path.
    pub field: String,
    /// Where it stands.
    pub position: Position,
    /// What is wrong, and what to write instead.
    pub wording: Wording,
}

/// The kinds of decoding errors that the server distinguishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodingErrorKind {
    /// A value of the wrong type, an integer out of range, or a text that is not a time.
    Type,
    /// A text that is not a quantity.
    Quantity,
    /// A field that the type does not have.
    UnknownField,
}

/// Decodes a node like the given server version, and returns the object together with its unknown fields.
///
/// # Errors
/// The first value that does not fit its type; the server also reports only the first one.
pub fn decode<T: for<'de> Deserialize<'de>>(
    node: &Node,
    version: Version,
) -> Result<(T, Vec<StrictDecodingError>), StrictDecodingError> {
    let server = Server { version, unknown: RefCell::new(Vec::new()) };
    match from_root(node, &server) {
        Ok(object) => Ok((object, server.unknown.into_inner())),
        Err(Error::Fault(error)) => Err(error),
        Err(Error::Custom(message)) => Err(StrictDecodingError {
            kind: DecodingErrorKind::Type,
            field: String::new(),
            position: node.position,
            wording: message.into(),
        }),
    }
}

/// The reading policy of a server version.
struct Server {
    version: Version,
    unknown: RefCell<Vec<StrictDecodingError>>,
}

impl Policy for Server {
    type Fault = StrictDecodingError;

    const NULL_IS_ZERO: bool = true;

    fn mismatch(&self, at: At<'_>, expected: Expected) -> StrictDecodingError {
        let expected = match expected {
            Expected::Integer { min, max } => match at.node.value {
                Value::Integer(value) => {
                    let message = format!("{value} does not fit this field.");
                    let wording = (message, format!("Write a whole number from {min} to {max}."));
                    return error(DecodingErrorKind::Type, at, wording);
                }
                _ => "a whole number",
            },
            Expected::Bool => "true or false",
            Expected::Number => "a number",
            Expected::String | Expected::Word(_) => "a string",
            Expected::Sequence => "a list",
            Expected::Mapping => "a mapping",
            Expected::Object(_) => "an object",
            // Only IntOrString and the free form of managed fields accept any type.
            Expected::Any => "a string or a 32-bit integer",
        };
        wrong(DecodingErrorKind::Type, at, expected)
    }

    fn has_field(&self, at: At<'_>, of: Object, entry: &Entry) -> Result<bool, StrictDecodingError> {
        // The object's kind has already been checked.
        if at.path.is_root() && matches!(entry.key.as_str(), "apiVersion" | "kind") {
            return Ok(false);
        }
        if !self.knows(of, &entry.key) {
            self.note(entry, at.path, self.help(of, &entry.key));
            return Ok(false);
        }
        self.check_retired(at.path, of, entry)?;
        Ok(true)
    }

    fn text_form(&self, newtype: &'static str, at: At<'_>) -> Option<Result<String, StrictDecodingError>> {
        match newtype {
            "Quantity" => Some(quantity(at)),
            "Time" | "MicroTime" => Some(time(at)),
            _ => None,
        }
    }
}

impl Server {
    /// Whether a type has a field in this version.
    fn knows(&self, of: Object, key: &str) -> bool {
        match fields::find(of.name, key) {
            Some(field) => field.span.contains(self.version),
            None => of.fields.contains(&key),
        }
    }

    /// What to write instead of an unknown field.
    fn help(&self, of: Object, key: &str) -> String {
        let known = of.fields.iter().copied().filter(|field| self.knows(of, field));
        match (fields::find(of.name, key), nearest(key, known.clone(), LIKENESS)) {
            (Some(field), _) => {
                format!("Kubernetes {} does not have this field; it exists {}.", self.version, field.span)
            }
            (None, Some(field)) => format!("Did you mean {field}?"),
            (None, None) if of.fields.len() <= MAX_LISTED => {
                format!("The fields here are {}.", known.collect::<Vec<_>>().join(", "))
            }
            (None, None) => "Remove it, or check its indentation.".to_owned(),
        }
    }

    fn note(&self, entry: &Entry, object: &Path<'_>, help: String) {
        self.unknown.borrow_mut().push(StrictDecodingError {
            kind: DecodingErrorKind::UnknownField,
            field: object.field(&entry.key).to_string(),
            position: entry.key_position,
            wording: (format!("Unknown field {}.", entry.key), help).into(),
        });
    }

    /// A field that the newest types no longer have is checked by its former shape.
    fn check_retired(&self, object: &Path<'_>, of: Object, entry: &Entry) -> Result<(), StrictDecodingError> {
        let Some(shape) = fields::find(of.name, &entry.key).and_then(|field| field.retired) else { return Ok(()) };
        let path = &object.field(&entry.key);
        let entries = match &entry.value.value {
            Value::Null => &[] as &[Entry],
            Value::Mapping(entries) => entries,
            _ => return Err(self.mismatch(At { node: &entry.value, path }, Expected::Object(shape))),
        };
        for entry in entries {
            if !shape.contains(&entry.key.as_str()) {
                self.note(entry, path, format!("The fields here are {}.", shape.join(", ")));
            } else if !matches!(entry.value.value, Value::Null | Value::String(_)) {
                let at = At { node: &entry.value, path: &path.field(&entry.key) };
                return Err(self.mismatch(at, Expected::String));
            }
        }
        Ok(())
    }
}

fn error(kind: DecodingErrorKind, At { node, path }: At<'_>, wording: impl Into<Wording>) -> StrictDecodingError {
    StrictDecodingError { kind, field: path.to_string(), position: node.position, wording: wording.into() }
}

fn wrong(kind: DecodingErrorKind, at: At<'_>, expected: &str) -> StrictDecodingError {
    let written = at.node.as_str().is_none().then(|| at.node.as_written()).flatten();
    let found = match (&written, at.node.kind()) {
        (Some(written), kind) if !written.is_empty() => format!("{written} is {kind}"),
        (_, kind) => format!("this is {kind}"),
    };
    let help = written.filter(|_| expected == "a string").map(|written| format!("Quote it: \"{written}\"."));
    error(kind, at, Wording { message: format!("This must be {expected}, and {found}."), help })
}

fn quantity(at: At<'_>) -> Result<String, StrictDecodingError> {
    let text = match &at.node.value {
        Value::Null => "0".to_owned(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => float_text(*value),
        // Other whitespace is escaped in transit and is no longer whitespace when the server trims.
        Value::String(text) => text.trim_matches(' ').to_owned(),
        // The server reads any value here as a quantity.
        Value::Bool(_) | Value::Sequence(_) | Value::Mapping(_) => {
            return Err(wrong(DecodingErrorKind::Quantity, at, "a quantity"));
        }
    };
    if Quantity::parse(&text).is_none() {
        let help = "Write a number with an optional unit: 500m, 1, 512Mi, 1e3.";
        return Err(error(DecodingErrorKind::Quantity, at, (format!("{text:?} is not a valid quantity."), help)));
    }
    Ok(text)
}

fn time(at: At<'_>) -> Result<String, StrictDecodingError> {
    let Value::String(text) = &at.node.value else {
        return Err(wrong(DecodingErrorKind::Type, at, "a time"));
    };
    let Some(moment) = time::by_server(text) else {
        let wording = (format!("{text:?} is not a time."), "Write RFC 3339, such as 2025-11-16T18:21:45Z.");
        return Err(error(DecodingErrorKind::Type, at, wording));
    };
    let second = moment.timestamp().clamp(EARLIEST, LATEST);
    Ok(chrono::DateTime::from_timestamp(second, 0).unwrap_or_default().to_rfc3339())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::read::first_document;
    use k8s_openapi::api::batch::v1::Job;

    fn job(text: &str) -> Result<(Job, Vec<StrictDecodingError>), StrictDecodingError> {
        decode(&first_document(text).unwrap(), Version::NEWEST)
    }

    #[test]
    fn unknown_fields_at_any_depth() {
        let text =
            "spec:\n  backofLimit: 1\n  template:\n    spec:\n      containers:\n      - Name: x\n        zzz: 1\n";
        let (_, unknown) = job(text).unwrap();
        let said: Vec<_> = unknown.iter().map(|error| (error.field.as_str(), error.position.line)).collect();
        assert_eq!(
            said,
            [
                ("spec.backofLimit", 2),
                ("spec.template.spec.containers[0].Name", 6),
                ("spec.template.spec.containers[0].zzz", 7),
            ]
        );
        assert_eq!(unknown[0].wording.help.as_deref(), Some("Did you mean backoffLimit?"));
        assert_eq!(unknown[1].wording.help.as_deref(), Some("Did you mean name?"));
    }

    #[test]
    fn errors_say_where_and_what() {
        for (text, field, words) in [
            ("spec: {backoffLimit: \"1\"}", "spec.backoffLimit", "must be a whole number"),
            ("spec: {backoffLimit: 2147483648}", "spec.backoffLimit", "from -2147483648 to 2147483647"),
            ("spec: {suspend: 1}", "spec.suspend", "must be true or false"),
            ("metadata: {labels: {a: yes}}", "metadata.labels[a]", "Quote it: \"yes\"."),
            ("spec: []", "spec", "must be an object"),
            ("spec: {template: {spec: {containers: {}}}}", "spec.template.spec.containers", "must be a list"),
            ("metadata: {creationTimestamp: today}", "metadata.creationTimestamp", "RFC 3339"),
            (
                "spec: {template: {spec: {overhead: {cpu: 1 Gi}}}}",
                "spec.template.spec.overhead[cpu]",
                "not a valid quantity",
            ),
        ] {
            let error = job(text).unwrap_err();
            assert_eq!(error.field, field, "{text}");
            let Wording { message, help } = error.wording;
            assert!(format!("{message} {help:?}").replace('\\', "").contains(words), "{message} {help:?}");
        }
    }

    #[test]
    fn null_is_a_zero_value() {
        let (job, unknown) = job("metadata: ~\nspec: {backoffLimit: ~, template: {spec: {containers: [~]}}}").unwrap();
        assert!(unknown.is_empty());
        assert_eq!(job.spec.unwrap().template.spec.unwrap().containers[0].name, "");
    }
}

//! The API server's verdict on one Job or `CronJob`: the findings that decide whether the server would accept a node.

use k8s_openapi::Resource;
use serde::Deserialize;

use super::decode::{DecodingErrorKind, StrictDecodingError, decode};
use super::findings::Findings;
use crate::apimachinery::Path;
use crate::diagnostic::rule::rules;
use crate::diagnostic::{Reason, Severity};
use crate::manifest::{Node, Value};

rules! {
    Api;

    /// apiVersion and kind are exactly batch/v1 and Job or CronJob.
    KIND = "object-kind" in Job:
        "apiVersion: batch/v1beta1",
        "apiVersion: batch/v1";

    /// Each value has the type of its field: text is quoted if YAML would read it as something else, integers fit in 32
    /// or 64 bits, and times are RFC 3339. null is treated as an absent value.
    TYPE = "field-type" in Job:
        "spec:\n  backoffLimit: \"1\"",
        "spec:\n  backoffLimit: 1";

    /// A resource quantity is a number with an optional unit (m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi or Ei) or an
    /// exponent.
    QUANTITY = "field-quantity" in Job:
        "spec:\n  template:\n    spec:\n      containers:\n      - resources:\n          limits:\n            memory: 1 GB",
        "spec:\n  template:\n    spec:\n      containers:\n      - resources:\n          limits:\n            memory: 1Gi";

    /// Every field is known to its type and at the right level; names are case-sensitive. kubectl asks the server to
    /// reject unknown fields, because a mistyped field is a lost setting.
    UNKNOWN_FIELD = "unknown-field" in Job:
        "spec:\n  backofLimit: 1",
        "spec:\n  backoffLimit: 1";
}

/// Decodes an object as strictly as the server does; none if it cannot be decoded.
pub fn check<T: for<'de> Deserialize<'de> + Resource>(root: &Node, findings: &mut Findings<'_>) -> Option<T> {
    if !check_kind::<T>(root, findings) {
        return None;
    }
    let (object, errors) = match decode(root, findings.version()) {
        Ok((object, unknown)) => (Some(object), unknown),
        Err(error) => (None, vec![error]),
    };
    for StrictDecodingError { kind, field, position, wording } in errors {
        let (rule, reason) = match kind {
            DecodingErrorKind::Type => (&TYPE, Reason::FieldValueTypeInvalid),
            DecodingErrorKind::Quantity => (&QUANTITY, Reason::FieldValueInvalid),
            DecodingErrorKind::UnknownField => (&UNKNOWN_FIELD, Reason::FieldUnknown),
        };
        findings.push(Severity::Error, rule, field, reason, wording, position);
    }
    object
}

/// The server infers a missing apiVersion or kind from the URL of the request.
fn check_kind<T: Resource>(root: &Node, findings: &mut Findings<'_>) -> bool {
    let path = Path::root();
    let mut fits = true;
    for (key, expected) in [("apiVersion", T::API_VERSION), ("kind", T::KIND)] {
        let fault = match root.get(key).map(|node| &node.value) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.is_empty() || text == expected => None,
            Some(Value::String(text)) if key == "apiVersion" && text.matches('/').count() > 1 => {
                Some((&TYPE, Reason::FieldValueTypeInvalid, format!("{text:?} is not a valid group and version.")))
            }
            Some(Value::String(text)) => Some((
                &KIND,
                Reason::FieldValueNotSupported,
                format!("The server has no {}s with {key} {text:?}.", T::KIND),
            )),
            Some(_) => Some((&TYPE, Reason::FieldValueTypeInvalid, "This must be a string.".to_owned())),
        };
        if let Some((rule, reason, message)) = fault {
            findings.error(rule, &path.field(key), reason, (message, format!("Write {key}: {expected}.")));
            fits = false;
        }
    }
    fits
}

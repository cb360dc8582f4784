//! A row of the record, and how this reader's answer differs from it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kubectl_arbtune::yaml::{self, Text};
use serde::Deserialize;
use serde_json::{Number, Value};

/// A text, and what kubectl made of it.
#[derive(Deserialize)]
pub struct Row {
    /// The text, if it is UTF-8.
    #[serde(default)]
    text: Option<String>,
    /// Its bytes, if it is not.
    #[serde(default)]
    base64: Option<String>,
    /// The documents before the first error.
    documents: Vec<Value>,
    /// kubectl's message, if it refuses the text.
    #[serde(default)]
    error: Option<String>,
    /// How the text was made.
    #[serde(default)]
    pub kind: String,
}

impl Row {
    /// The bytes of the text.
    pub fn bytes(&self) -> Vec<u8> {
        match (&self.text, &self.base64) {
            (Some(text), _) => text.clone().into_bytes(),
            (None, Some(encoded)) => STANDARD.decode(encoded).unwrap_or_default(),
            (None, None) => Vec::new(),
        }
    }

    /// What this reader says otherwise; none if it says the same.
    pub fn difference(&self) -> Option<String> {
        let text = Text::decode(self.bytes());
        let mut documents = Vec::new();
        let mut error = None;
        yaml::documents(text.as_str(), |read| match read {
            _ if error.is_some() => {}
            Ok(document) => documents.push(document.root.to_json()),
            Err(found) => error = Some(found),
        });
        let expected: Vec<Value> = self.documents.iter().map(as_kubectl_counts).collect();
        let is_same = error.is_some() == self.error.is_some() && documents == expected;
        (!is_same).then(|| {
            let show = |documents: &[Value], error: Option<String>| {
                let documents: Vec<String> = documents.iter().map(ToString::to_string).collect();
                format!("[{}] {}", documents.join(", "), error.unwrap_or_default())
            };
            let error = error.map(|error| format!("{}:{}: {error}", error.position.line, error.position.column));
            format!(
                "{:?}\n  kubectl: {}\n  here:    {}",
                text.as_str(),
                show(&expected, self.error.clone()),
                show(&documents, error)
            )
        })
    }
}

/// A number that does not fit 64 bits with its sign is a float.
fn as_kubectl_counts(value: &Value) -> Value {
    match value {
        Value::Number(number) if !number.is_i64() => {
            number.as_f64().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
        }
        Value::Array(items) => items.iter().map(as_kubectl_counts).collect(),
        Value::Object(entries) => entries.iter().map(|(key, value)| (key.clone(), as_kubectl_counts(value))).collect(),
        value => value.clone(),
    }
}

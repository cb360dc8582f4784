//! A row of the record, and how this reader's answer differs from it.

use std::fmt;

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

/// What a reader makes of a text.
#[derive(Debug, PartialEq)]
pub struct Reading {
    /// The documents before the first error.
    pub documents: Vec<Value>,
    /// The message, if the text is refused.
    pub error: Option<String>,
}

impl Reading {
    /// Whether both take the text or both refuse it.
    pub fn is_refused_like(&self, other: &Self) -> bool {
        self.error.is_some() == other.error.is_some()
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let documents: Vec<String> = self.documents.iter().map(ToString::to_string).collect();
        write!(f, "[{}] {}", documents.join(", "), self.error.as_deref().unwrap_or_default())
    }
}

/// What this reader makes of a text.
fn here(text: &Text) -> Reading {
    let mut reading = Reading { documents: Vec::new(), error: None };
    yaml::documents(text.as_str(), |read| match read {
        _ if reading.error.is_some() => {}
        Ok(document) => reading.documents.push(document.root.to_json()),
        Err(error) => {
            let position = error.position;
            reading.error = Some(format!("{}:{}: {error}", position.line, position.column));
        }
    });
    reading
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

    /// What kubectl made of the text.
    pub fn kubectl(&self) -> Reading {
        Reading { documents: self.documents.iter().map(as_kubectl_counts).collect(), error: self.error.clone() }
    }

    /// What this reader says otherwise; none if it says the same.
    pub fn difference(&self) -> Option<String> {
        let text = Text::decode(self.bytes());
        let (here, kubectl) = (here(&text), self.kubectl());
        let is_same = here.is_refused_like(&kubectl) && here.documents == kubectl.documents;
        (!is_same).then(|| format!("{:?}\n  kubectl: {kubectl}\n  here:    {here}", text.as_str()))
    }
}

/// A number that does not fit 64 bits with its sign is a float.
pub fn as_kubectl_counts(value: &Value) -> Value {
    match value {
        Value::Number(number) if !number.is_i64() => {
            number.as_f64().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
        }
        Value::Array(items) => items.iter().map(as_kubectl_counts).collect(),
        Value::Object(entries) => entries.iter().map(|(key, value)| (key.clone(), as_kubectl_counts(value))).collect(),
        value => value.clone(),
    }
}

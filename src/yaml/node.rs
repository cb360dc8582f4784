//! A document as a tree of nodes with positions. The parsers build it; decoding, rules and errors use it.

use super::number::float_text;

/// The maximum nesting depth. kubectl allows ten times as much, but a real Job stays below 30, and every recursion over
/// a tree must fit on the smallest stack in use.
pub const MAX_DEPTH: usize = 1000;

/// A position in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The width of the node on its first line in characters; at least 1.
    pub width: u32,
}

/// A value as it reaches the API server, with its position.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where the value starts.
    pub position: Position,
    /// How a number, boolean or null was written, if JSON writes it differently: `yes`, `0644`, `1_000`.
    pub written: Option<Box<Written>>,
}

/// The values of JSON. Integers are separate from other numbers, as in Go's decoder.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, or an absent value.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number that fits 64 bits with its sign.
    Integer(i64),
    /// Any other finite number.
    Float(f64),
    /// Text.
    String(String),
    /// A list.
    Sequence(Box<[Node]>),
    /// An object, its entries in the file's order, each key once.
    Mapping(Box<[Entry]>),
}

/// How a scalar was written; boxed, because few scalars need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// As this text.
    Text(Box<str>),
    /// As this text in a command-line argument: a string if a string is expected, and otherwise the YAML value.
    Argument(Box<str>),
    /// As something without a JSON form, by the number of its error. Occurs only while a document is being read.
    Refused(usize),
}

impl Written {
    /// The text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(text) | Self::Argument(text) => text,
            Self::Refused(_) => "",
        }
    }
}

/// A key of a mapping and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key as it reaches the API server: `on` is "true".
    pub key: String,
    /// The position of the key.
    pub key_position: Position,
    /// The value.
    pub value: Node,
}

impl Value {
    /// A number after kubectl has converted it to JSON and back: 1.0 is the integer 1. None for a number that JSON does
    /// not have.
    pub fn number(float: f64) -> Option<Self> {
        if !float.is_finite() {
            return None;
        }
        Some(match float_text(float).as_str() {
            "-0" => Self::Integer(0),
            text => text.parse().map_or(Self::Float(float), Self::Integer),
        })
    }
}

impl Node {
    /// A scalar that was written as `text`, which is only kept if it differs from JSON.
    pub fn scalar(value: Value, position: Position, text: &str) -> Self {
        let is_same = match &value {
            Value::Null => text == "null",
            Value::Bool(value) => text == if *value { "true" } else { "false" },
            Value::Integer(value) => {
                let mut digits = itoa::Buffer::new();
                text == digits.format(*value)
            }
            _ => matches!(value, Value::String(_)),
        };
        Self { value, position, written: (!is_same).then(|| Box::new(Written::Text(text.into()))) }
    }

    /// A node without a special spelling.
    pub const fn new(value: Value, position: Position) -> Self {
        Self { value, position, written: None }
    }

    /// The text, if this is the value of an argument.
    #[must_use]
    pub fn argument(&self) -> Option<&str> {
        match self.written.as_deref() {
            Some(Written::Argument(text)) => Some(text),
            _ => None,
        }
    }

    /// The entry `key` of this mapping; none if it does not exist or this is not a mapping.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Mapping(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The value of the entry `key` of this mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, if this is a list.
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if this is a mapping.
    pub fn as_mapping(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// Calls a function with this object or, for a (nested) list, with each of its items and the item's list.
    pub fn each_object<'n>(&'n self, each: &mut impl FnMut(&'n Self, Option<&'n Self>)) {
        self.objects_in(None, each);
    }

    fn objects_in<'n>(&'n self, list: Option<&'n Self>, each: &mut impl FnMut(&'n Self, Option<&'n Self>)) {
        let kind = self.get("kind").and_then(Self::as_str).unwrap_or_default();
        match self.get("items").and_then(Self::as_sequence) {
            Some(items) if kind.ends_with("List") => items.iter().for_each(|item| item.objects_in(Some(self), each)),
            _ => each(self, list),
        }
    }

    /// The value as JSON, without its position.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Integer(value) => (*value).into(),
            Value::Float(value) => (*value).into(),
            Value::String(text) => text.as_str().into(),
            Value::Sequence(items) => items.iter().map(Self::to_json).collect(),
            Value::Mapping(entries) => entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect(),
        }
    }

    /// The kind of the value, for messages.
    pub const fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a number",
            Value::String(_) => "a string",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }

    /// The value as it was written, if it is a scalar.
    pub fn as_written(&self) -> Option<String> {
        if let Some(written) = &self.written {
            return Some(written.as_str().to_owned());
        }
        match &self.value {
            Value::Null => Some("null".to_owned()),
            Value::Bool(value) => Some(value.to_string()),
            Value::Integer(value) => Some(value.to_string()),
            Value::Float(value) => Some(float_text(*value)),
            Value::String(text) => Some(text.clone()),
            Value::Sequence(_) | Value::Mapping(_) => None,
        }
    }
}

impl Entry {
    /// The position to show for this entry: its value if that is a scalar, and otherwise its key.
    pub const fn shown_at(&self) -> Position {
        match self.value.value {
            Value::Sequence(_) | Value::Mapping(_) | Value::Null => self.key_position,
            _ => self.value.position,
        }
    }
}

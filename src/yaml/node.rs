//! A document as a tree in which every node knows where it stands in its file.
//! The readers build it; decoding, rules and errors walk it.

use super::number::float_text;

/// How deep a document may nest. kubectl takes ten times as much; a real Job stays below 30, and every walk through a
/// tree must fit the smallest stack that it is done on.
pub const MAX_DEPTH: usize = 1000;

/// A position in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// How many characters the node takes on its first line; at least 1.
    pub width: u32,
}

/// A value as it reaches the API server, and the position it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What the value is.
    pub value: Value,
    /// Where the value starts.
    pub position: Position,
    /// How a number, boolean or null was written, where JSON writes it in another way: `yes`, `0644`, `1_000`.
    pub written: Option<Box<Written>>,
}

/// The values that JSON has. An integer is kept apart from other numbers, as Go's decoder does.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, or nothing where a value may stand.
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

/// How a scalar was written; behind one pointer, since few scalars need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// With these characters.
    Text(Box<str>),
    /// With these characters, as the value of an argument: it is text where text is expected, and otherwise what it
    /// means to YAML.
    Argument(Box<str>),
    /// As something that JSON cannot hold, by the number of the error that says so. It stands in documents that are
    /// being read only.
    Refused(usize),
}

impl Written {
    /// The characters.
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
    /// Where the key stands.
    pub key_position: Position,
    /// The value.
    pub value: Node,
}

impl Value {
    /// A number once kubectl has written it as JSON and read it again: 1.0 is the integer 1.
    /// None for a number that JSON does not have.
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
    /// A scalar that was written as `text`; what JSON would write is not kept.
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

    /// The characters, if this is the value of an argument.
    #[must_use]
    pub fn argument(&self) -> Option<&str> {
        match self.written.as_deref() {
            Some(Written::Argument(text)) => Some(text),
            _ => None,
        }
    }

    /// The entry `key` of this mapping; none if there is none, or this is no mapping.
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

    /// The text, if this is text.
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

    /// Hands over this object, or the items of a list of any depth, each with the list that it stands in.
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

    /// What kind of value this is, in a reader's words.
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

    /// The value as a person wrote it, where it is a scalar.
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
    /// Where to point at for this entry: its value if that is a scalar, its key otherwise.
    pub const fn shown_at(&self) -> Position {
        match self.value.value {
            Value::Sequence(_) | Value::Mapping(_) | Value::Null => self.key_position,
            _ => self.value.position,
        }
    }
}

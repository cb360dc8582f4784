//! A serde deserializer for nodes.
//!
//! All typed values in documents are read here: API objects and configurations. Their differences are a [`Policy`]: the
//! meaning of null, the fields of a type, the types with their own text form, the wording of mismatches, and whether
//! reading continues after one.

use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::node::{Entry, Node, Position, Value};
use super::spanned::SPANNED;
use crate::apimachinery::{Path, Segment};

/// A node that is being read, and its path.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// The node.
    pub node: &'a Node,
    /// Its path from the root of the document.
    pub path: &'a Path<'a>,
}

/// What a type expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// `true` or `false`.
    Bool,
    /// A whole number within a range.
    Integer {
        /// The minimum.
        min: i64,
        /// The maximum.
        max: i64,
    },
    /// Any number.
    Number,
    /// Text.
    String,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list.
    Sequence,
    /// A mapping with keys of its own.
    Mapping,
    /// A mapping with these keys.
    Object(&'static [&'static str]),
    /// Any value.
    Any,
}

/// A type with named fields.
#[derive(Debug, Clone, Copy)]
pub struct Object {
    /// The name of the type.
    pub name: &'static str,
    /// All its fields.
    pub fields: &'static [&'static str],
}

/// The differences between readers of typed values.
pub trait Policy {
    /// The error for a value that does not fit.
    type Fault: fmt::Debug;

    /// Whether null is the zero value of any type, as in Go. Otherwise, it is only an empty list or mapping.
    const NULL_IS_ZERO: bool;

    /// The error for a value that does not match its type.
    fn mismatch(&self, at: At<'_>, expected: Expected) -> Self::Fault;

    /// Whether the object at a path has the field of an entry; the values of other fields are skipped.
    ///
    /// # Errors
    /// An unknown field that ends the reading.
    fn has_field(&self, at: At<'_>, of: Object, entry: &Entry) -> Result<bool, Self::Fault>;

    /// The text of a value whose type is a newtype with this name and its own text form.
    fn text_form(&self, _newtype: &'static str, _at: At<'_>) -> Option<Result<String, Self::Fault>> {
        None
    }

    /// Whether reading continues after an error in a value that can be left out.
    ///
    /// # Errors
    /// The error that ends it.
    fn go_on(&self, error: Error<Self::Fault>, _position: Position) -> Result<(), Error<Self::Fault>> {
        Err(error)
    }
}

/// Why a value could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error<F: fmt::Debug> {
    /// The value does not fit its type.
    #[error("{0:?}")]
    Fault(F),
    /// A type has rejected a value of the right form.
    #[error("{0}")]
    Custom(String),
}

impl<F: fmt::Debug> de::Error for Error<F> {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Custom(message.to_string())
    }
}

/// Reads the root of a document as a type.
///
/// # Errors
/// The first value that does not fit, unless the policy continues.
pub fn from_root<'de, T: Deserialize<'de>, P: Policy>(root: &Node, policy: &P) -> Result<T, Error<P::Fault>> {
    T::deserialize(Deserializer { at: At { node: root, path: Path::root() }, policy })
}

/// A deserializer for a node.
struct Deserializer<'a, P> {
    at: At<'a>,
    policy: &'a P,
}

impl<P> Clone for Deserializer<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Deserializer<'_, P> {}

impl<'a, P: Policy> Deserializer<'a, P> {
    fn mismatch(&self, expected: Expected) -> Error<P::Fault> {
        Error::Fault(self.policy.mismatch(self.at, expected))
    }

    /// The value of a scalar, or the zero value for null.
    fn scalar<T>(
        &self,
        zero: T,
        expected: Expected,
        of: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<T, Error<P::Fault>> {
        match &self.at.node.value {
            Value::Null if P::NULL_IS_ZERO => Ok(zero),
            value => of(value).ok_or_else(|| self.mismatch(expected)),
        }
    }

    fn string(&self, expected: Expected) -> Result<&'a str, Error<P::Fault>> {
        if let Some(text) = self.at.node.argument() {
            return Ok(text);
        }
        self.scalar("", expected, |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        })
    }

    /// A whole number of a type that may be narrower than its range.
    fn integer<'de, V: Visitor<'de>>(self, min: i64, max: i64, visitor: V) -> Result<V::Value, Error<P::Fault>> {
        let expected = Expected::Integer { min, max };
        let value = self.scalar(0, expected, |value| match value {
            Value::Integer(value) if (min..=max).contains(value) => Some(*value),
            _ => None,
        })?;
        self.settle(visitor.visit_i64(value), expected)
    }

    /// Adds the position to an error of a type.
    fn settle<T>(&self, read: Result<T, Error<P::Fault>>, expected: Expected) -> Result<T, Error<P::Fault>> {
        read.map_err(|error| match error {
            Error::Custom(_) => self.mismatch(expected),
            Error::Fault(_) => error,
        })
    }

    fn entries<'de, V: Visitor<'de>>(self, of: Option<Object>, visitor: V) -> Result<V::Value, Error<P::Fault>> {
        let entries = match &self.at.node.value {
            Value::Null if P::NULL_IS_ZERO || !self.at.path.is_root() => &[] as &[Entry],
            Value::Mapping(entries) => entries,
            _ => return Err(self.mismatch(of.map_or(Expected::Mapping, |of| Expected::Object(of.fields)))),
        };
        visitor.visit_map(EntryAccess { object: self, of, left: entries.iter(), value: None })
    }
}

macro_rules! integers {
    ($($method:ident $type:ty),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            self.integer(i64::from(<$type>::MIN), i64::from(<$type>::MAX), visitor)
        }
    )*};
}

impl<'de, P: Policy> de::Deserializer<'de> for Deserializer<'_, P> {
    type Error = Error<P::Fault>;

    integers!(deserialize_i8 i8, deserialize_i16 i16, deserialize_i32 i32, deserialize_i64 i64,
        deserialize_u8 u8, deserialize_u16 u16, deserialize_u32 u32);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let read = match &self.at.node.value {
            Value::Null if P::NULL_IS_ZERO => visitor.visit_i64(0),
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(value) => visitor.visit_i64(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::String(text) => visitor.visit_str(text),
            Value::Sequence(_) => self.deserialize_seq(visitor),
            Value::Mapping(_) => self.deserialize_map(visitor),
        };
        self.settle(read, Expected::Any)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_bool(self.scalar(false, Expected::Bool, |value| match value {
            Value::Bool(value) => Some(*value),
            _ => None,
        })?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.integer(0, i64::MAX, visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.at.node.value {
            Value::Null if P::NULL_IS_ZERO => visitor.visit_f64(0.0),
            Value::Float(value) => visitor.visit_f64(value),
            Value::Integer(value) => visitor.visit_i64(value),
            _ => Err(self.mismatch(Expected::Number)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_str(self.string(Expected::String)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.at.node.value == Value::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        if name == SPANNED {
            return visitor.visit_seq(SpannedParts::new(self.at.node.position, self, self.policy));
        }
        match self.policy.text_form(name, self.at) {
            Some(text) => visitor.visit_newtype_struct(text.map_err(Error::Fault)?.into_deserializer()),
            None => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let items = match &self.at.node.value {
            Value::Null => &[] as &[Node],
            Value::Sequence(items) => items,
            _ => return Err(self.mismatch(Expected::Sequence)),
        };
        visitor.visit_seq(ItemAccess { list: self, left: items.iter().enumerate() })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.entries(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.entries(Some(Object { name, fields }), visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let expected = Expected::Word(words);
        self.settle(visitor.visit_enum(self.string(expected)?.into_deserializer()), expected)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { f32 char bytes byte_buf unit unit_struct tuple tuple_struct identifier }
}

struct ItemAccess<'a, P> {
    list: Deserializer<'a, P>,
    left: std::iter::Enumerate<std::slice::Iter<'a, Node>>,
}

impl<'de, P: Policy> de::SeqAccess<'de> for ItemAccess<'_, P> {
    type Error = Error<P::Fault>;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Self::Error> {
        let Some((index, node)) = self.left.next() else { return Ok(None) };
        let Deserializer { at, policy } = self.list;
        seed.deserialize(Deserializer { at: At { node, path: &at.path.index(index) }, policy }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left.len())
    }
}

/// A name that is not a field of any type, so that its value is skipped.
const NO_FIELD: &str = "";

struct EntryAccess<'a, P> {
    object: Deserializer<'a, P>,
    /// The type that has the keys as fields; none for a mapping with free keys.
    of: Option<Object>,
    left: std::slice::Iter<'a, Entry>,
    value: Option<&'a Entry>,
}

impl<'de, P: Policy> de::MapAccess<'de> for EntryAccess<'_, P> {
    type Error = Error<P::Fault>;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Self::Error> {
        let Some(entry) = self.left.next() else { return Ok(None) };
        self.value = Some(entry);
        let Deserializer { at, policy } = self.object;
        let is_known = match self.of.filter(|of| !of.fields.is_empty()) {
            Some(of) => policy.has_field(at, of, entry).map_err(Error::Fault)?,
            None => true,
        };
        let text = if is_known { &entry.key } else { NO_FIELD };
        seed.deserialize(KeyDeserializer { text, position: entry.key_position, policy }).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Self::Error> {
        let Some(Entry { key, value, .. }) = self.value.take() else {
            return Err(de::Error::custom("a value was asked for before its key"));
        };
        let Deserializer { at, policy } = self.object;
        let step = if self.of.is_some() { Segment::Field(key) } else { Segment::Key(key) };
        seed.deserialize(Deserializer { at: At { node: value, path: &at.path.step(step) }, policy })
    }
}

/// The key of an entry.
struct KeyDeserializer<'a, P> {
    text: &'a str,
    position: Position,
    policy: &'a P,
}

impl<'de, P: Policy> de::Deserializer<'de> for KeyDeserializer<'_, P> {
    type Error = Error<P::Fault>;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_str(self.text)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match name {
            SPANNED => visitor.visit_seq(SpannedParts::new(self.position, self.text.into_deserializer(), self.policy)),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

/// A value in the form that `Spanned` and `Given` expect: the numbers of its position, followed by the value; none if
/// the policy continues after a value that does not fit.
struct SpannedParts<'a, P, D> {
    position: Position,
    numbers: std::array::IntoIter<u32, 3>,
    value: Option<D>,
    policy: &'a P,
}

impl<'a, P, D> SpannedParts<'a, P, D> {
    fn new(position: Position, value: D, policy: &'a P) -> Self {
        let Position { line, column, width } = position;
        Self { position, numbers: [line, column, width].into_iter(), value: Some(value), policy }
    }
}

impl<'de, P: Policy, D: de::Deserializer<'de, Error = Error<P::Fault>>> de::SeqAccess<'de> for SpannedParts<'_, P, D> {
    type Error = Error<P::Fault>;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Self::Error> {
        if let Some(number) = self.numbers.next() {
            return seed.deserialize(number.into_deserializer()).map(Some);
        }
        let Some(value) = self.value.take() else { return Ok(None) };
        match seed.deserialize(value) {
            Ok(value) => Ok(Some(value)),
            Err(error) => self.policy.go_on(error, self.position).map(|()| None),
        }
    }
}

#[cfg(test)]
mod tests;

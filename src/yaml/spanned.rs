//! Types for values with positions, which [`super::de`] fills: a value with its position, an optional value of a key,
//! and a mapping in the order of its file.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::node::Position;

/// The newtype name that requests a position from the deserializer; no other type has this name.
pub(super) const SPANNED: &str = "a value and its position";

/// A value and its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its position.
    pub position: Position,
}

/// The value of a key in a file. A value that does not fit leaves a gap, so that errors elsewhere are found as well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Given<T> {
    /// The file does not have the key.
    #[default]
    Absent,
    /// The file does not have the key, which has this default.
    Default(T),
    /// A value.
    Value(Spanned<T>),
    /// A value that does not fit, which has been reported.
    Wrong,
}

impl<T> Given<T> {
    /// The value or the default; none if there is neither.
    pub const fn get(&self) -> Option<&T> {
        match self {
            Self::Default(value) | Self::Value(Spanned { value, .. }) => Some(value),
            Self::Absent | Self::Wrong => None,
        }
    }

    /// The value in the file.
    pub const fn written(&self) -> Option<&Spanned<T>> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (value, position) = deserializer.deserialize_newtype_struct(SPANNED, PartsVisitor(PhantomData))?;
        Ok(value.map_or(Self::Wrong, |value| Self::Value(Spanned { value, position })))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_newtype_struct(SPANNED, PartsVisitor(PhantomData))? {
            (Some(value), position) => Ok(Self { value, position }),
            (None, _) => Err(de::Error::custom("there is no value")),
        }
    }
}

struct PartsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for PartsVisitor<T> {
    type Value = (Option<T>, Position);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SPANNED)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
        let mut number = || Ok(parts.next_element()?.unwrap_or_default());
        let position = Position { line: number()?, column: number()?, width: number()? };
        Ok((parts.next_element()?, position))
    }
}

/// A mapping with free keys, in the order of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderedMap<T>(pub Vec<(Spanned<String>, Given<T>)>);

impl<T> Default for OrderedMap<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> OrderedMap<T> {
    /// The entries whose values fit.
    pub fn iter(&self) -> impl Iterator<Item = (&Spanned<String>, &Spanned<T>)> {
        self.0.iter().filter_map(|(key, value)| Some((key, value.written()?)))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OrderedMap<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

struct EntriesVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<T> {
    type Value = OrderedMap<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(OrderedMap(entries))
    }
}

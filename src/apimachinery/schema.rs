//! The fields that the types of Job and `CronJob` have, as their own deserializers name them. Used only for debug
//! assertions.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::ConfigMap;
use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::segment::Segment;

/// The kind of a node in a document.
#[derive(Debug, Default)]
pub(super) enum Shape {
    /// A scalar, or any other value.
    #[default]
    Other,
    /// An object with these fields.
    Object(BTreeMap<&'static str, Shape>),
    /// A list of these.
    List(Box<Shape>),
    /// A map with values of this type.
    Map(Box<Shape>),
}

/// A Job or a `CronJob`, as one type with the fields of both.
pub(super) fn document() -> &'static Shape {
    static DOCUMENT: LazyLock<Shape> =
        LazyLock::new(|| type_of::<Job>().or(type_of::<CronJob>()).or(type_of::<ConfigMap>()));
    &DOCUMENT
}

fn type_of<'de, T: Deserialize<'de>>() -> Shape {
    let mut recorded = Shape::Other;
    // The values do not matter; only the fields that the type asks for do.
    let read = T::deserialize(Recorder(&mut recorded, ""));
    assert!(read.is_ok(), "a type of the API cannot be recorded: {:?}", read.err());
    recorded
}

impl Shape {
    /// What can be one step below.
    pub(super) fn below(&self, segment: Segment<'_>) -> Option<&Self> {
        match (self, segment) {
            (Self::Object(fields), Segment::Field(name)) => fields.get(name),
            (Self::List(item), Segment::Index(_)) | (Self::Map(item), Segment::Key(_)) => Some(item),
            _ => None,
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Object(mut fields), Self::Object(others)) => {
                for (name, other) in others {
                    let own = fields.remove(name).unwrap_or_default();
                    fields.insert(name, own.or(other));
                }
                Self::Object(fields)
            }
            (Self::Other, other) => other,
            (own, _) => own,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(fields) => write!(f, "the fields {:?}", fields.keys()),
            _ => f.write_str("no fields"),
        }
    }
}

/// Gives a type a value for each field that it asks for, and records the fields.
struct Recorder<'t>(&'t mut Shape, &'static str);

/// A time; other texts may have to be base64, and a time is not.
const TIME: &str = "2026-01-01T00:00:00Z";

impl<'de> Deserializer<'de> for Recorder<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.1)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(false)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i32(0)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i64(0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(Self(self.0, if name.ends_with("Time") { TIME } else { "" }))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut item = Shape::Other;
        let read = visitor.visit_seq(Once(Some(&mut item)));
        *self.0 = Shape::List(Box::new(item));
        read
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut item = Shape::Other;
        let read = visitor.visit_map(Once(Some(&mut item)));
        *self.0 = Shape::Map(Box::new(item));
        read
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut fields = BTreeMap::new();
        let read = visitor.visit_map(Fields { names: names.iter(), name: "", recorded: &mut fields });
        *self.0 = Shape::Object(fields);
        read
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct enum
        identifier ignored_any
    }
}

/// One element, or one entry.
struct Once<'t>(Option<&'t mut Shape>);

impl<'de> SeqAccess<'de> for Once<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.0.take().map(|item| seed.deserialize(Recorder(item, ""))).transpose()
    }
}

impl<'de> MapAccess<'de> for Once<'_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let key: StrDeserializer<'_, Error> = "key".into_deserializer();
        self.0.is_some().then(|| seed.deserialize(key)).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let mut nowhere = Shape::Other;
        seed.deserialize(Recorder(self.0.take().unwrap_or(&mut nowhere), ""))
    }
}

/// The fields of a type, one by one.
struct Fields<'t> {
    names: std::slice::Iter<'static, &'static str>,
    name: &'static str,
    recorded: &'t mut BTreeMap<&'static str, Shape>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        while let Some(name) = self.names.next() {
            // An object accepts only its own apiVersion and kind, but they are optional.
            if matches!(*name, "apiVersion" | "kind") && self.names.as_slice().contains(&"metadata") {
                self.recorded.insert(name, Shape::Other);
                continue;
            }
            self.name = name;
            let key: StrDeserializer<'_, Error> = name.into_deserializer();
            return seed.deserialize(key).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(Recorder(self.recorded.entry(self.name).or_default(), ""))
    }
}

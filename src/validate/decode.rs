//! Strict decoding, as the API server does with `fieldValidation=Strict`: a node comes in, and a
//! typed object, or what does not fit its type, goes out.
//!
//! `k8s-openapi`'s own serde code is driven by a deserializer that walks the nodes with Go's notion
//! of null (a zero value), knows the types that have a text form of their own, and notes every field
//! that no type claims.

use std::cell::RefCell;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};

use super::fields;
use crate::apimachinery::{Path, Quantity, Segment, Version, time};
use crate::manifest::{Entry, Node, Position, Value};
use crate::nearest::nearest;
use crate::yaml::number::float_text;

/// More unlike words are no typing errors.
pub(super) const LIKENESS: f64 = 0.85;
/// The longest run of known field names that a message lists.
const MAX_LISTED: usize = 12;

/// 0000-01-01T00:00:00Z and 9999-12-30T21:59:59Z: the types cannot hold the hours before and after that an offset of
/// a time can lead to, and no rule asks for them.
const EARLIEST: i64 = -62_167_219_200;
const LATEST: i64 = 253_402_207_199;

/// Something that does not fit its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// What kind of misfit it is.
    pub kind: MisfitKind,
    /// The field's path.
    pub field: String,
    /// Where it stands.
    pub position: Position,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// The kinds of misfits that the server tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MisfitKind {
    /// A value of another type, or an integer out of range, or a text that is no time.
    Type,
    /// A text that is no quantity.
    Quantity,
    /// A field that the type does not have.
    UnknownField,
}

/// Decodes a node as a version of the server does, and gives the object together with its unknown fields.
///
/// # Errors
/// The first value that does not fit its type; the server reports no more than that either.
pub fn decode<T: for<'de> Deserialize<'de>>(node: &Node, version: Version) -> Result<(T, Vec<Misfit>), Misfit> {
    let context = Context { version, unknown: RefCell::new(Vec::new()) };
    let root = Path::root();
    let decoder = Decoder { node, path: &root, context: &context };
    match T::deserialize(decoder) {
        Ok(object) => Ok((object, context.unknown.into_inner())),
        Err(DecodeError { misfit: Some(misfit), .. }) => Err(misfit),
        Err(DecodeError { message, .. }) => {
            Err(Misfit { kind: MisfitKind::Type, field: String::new(), position: node.position, message })
        }
    }
}

/// An error on its way up to the node that can say where it is.
#[derive(Debug)]
struct DecodeError {
    message: String,
    misfit: Option<Misfit>,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), misfit: None }
    }
}

/// What all parts of a document have in common while it is decoded.
struct Context {
    version: Version,
    unknown: RefCell<Vec<Misfit>>,
}

#[derive(Clone, Copy)]
struct Decoder<'n, 'p> {
    node: &'n Node,
    path: &'p Path<'p>,
    context: &'p Context,
}

impl<'n, 'p> Decoder<'n, 'p> {
    fn misfit(&self, kind: MisfitKind, message: String) -> DecodeError {
        let misfit = Misfit { kind, field: self.path.to_string(), position: self.node.position, message };
        DecodeError { message: String::new(), misfit: Some(misfit) }
    }

    fn wrong_type(&self, expected: &str) -> DecodeError {
        self.wrong(MisfitKind::Type, expected)
    }

    fn wrong(&self, kind: MisfitKind, expected: &str) -> DecodeError {
        let written = self.node.as_str().is_none().then(|| self.node.as_written()).flatten();
        let found = match (&written, self.node.kind()) {
            (Some(written), kind) if !written.is_empty() => format!("{written} is {kind}"),
            (_, kind) => format!("this is {kind}"),
        };
        let mend = match (&written, expected) {
            (Some(written), "a string") => format!(" Quote it: \"{written}\"."),
            _ => String::new(),
        };
        self.misfit(kind, format!("This must be {expected}, and {found}.{mend}"))
    }

    fn is_null(&self) -> bool {
        self.node.value == Value::Null
    }

    fn integer(&self, min: i64, max: i64) -> Result<i64, DecodeError> {
        match self.node.value {
            Value::Null => Ok(0),
            Value::Integer(value) if (min..=max).contains(&value) => Ok(value),
            Value::Integer(value) => Err(self.misfit(
                MisfitKind::Type,
                format!("{value} does not fit this field; write a whole number from {min} to {max}."),
            )),
            _ => Err(self.wrong_type("a whole number")),
        }
    }

    fn string(&self) -> Result<&'n str, DecodeError> {
        match &self.node.value {
            Value::Null => Ok(""),
            Value::String(text) => Ok(text),
            _ => Err(self.wrong_type("a string")),
        }
    }

    fn quantity(&self) -> Result<String, DecodeError> {
        let text = match &self.node.value {
            Value::Null => "0".to_owned(),
            Value::Integer(value) => value.to_string(),
            Value::Float(value) => float_text(*value),
            // White space other than this is escaped on its way, and no longer white space when the server trims.
            Value::String(text) => text.trim_matches(' ').to_owned(),
            // The server reads whatever stands here as a quantity.
            Value::Bool(_) | Value::Sequence(_) | Value::Mapping(_) => {
                return Err(self.wrong(MisfitKind::Quantity, "a quantity"));
            }
        };
        if Quantity::parse(&text).is_none() {
            let message =
                format!("{text:?} is no quantity. Write a number with an optional unit: 500m, 1, 512Mi, 1e3.");
            return Err(self.misfit(MisfitKind::Quantity, message));
        }
        Ok(text)
    }

    fn time(&self) -> Result<String, DecodeError> {
        let Value::String(text) = &self.node.value else {
            return Err(self.wrong_type("a time"));
        };
        match time::by_server(text) {
            Some(moment) => {
                let second = moment.timestamp().clamp(EARLIEST, LATEST);
                Ok(chrono::DateTime::from_timestamp(second, 0).unwrap_or_default().to_rfc3339())
            }
            None => Err(self.misfit(
                MisfitKind::Type,
                format!("{text:?} is no time. Write RFC 3339, such as 2025-11-16T18:21:45Z."),
            )),
        }
    }

    fn child(&self, entry: &'n Entry, path: &'p Path<'p>) -> Self {
        Self { node: &entry.value, path, context: self.context }
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident $type:ty),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            let value = self.integer(i64::from(<$type>::MIN), i64::from(<$type>::MAX))?;
            // The range above is the type's own.
            visitor.$visit(<$type>::try_from(value).unwrap_or_default())
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Decoder<'_, '_> {
    type Error = DecodeError;

    integers!(deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32);

    /// Only [`IntOrString`](k8s_openapi::apimachinery::pkg::util::intstr::IntOrString) and the free
    /// form of managed fields ask for any type.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.node.value {
            Value::Null => visitor.visit_i64(0),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(value) => visitor.visit_i64(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::String(text) => visitor.visit_str(text),
            Value::Sequence(_) => self.deserialize_seq(visitor),
            Value::Mapping(_) => self.deserialize_map(visitor),
        }
        .map_err(|error: DecodeError| match error.misfit {
            Some(_) => error,
            None => self.wrong_type("a string or a whole number of 32 bits"),
        })
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node.value {
            Value::Null => visitor.visit_bool(false),
            Value::Bool(value) => visitor.visit_bool(value),
            _ => Err(self.wrong_type("true or false")),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_i64(self.integer(0, i64::MAX)?)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node.value {
            Value::Null => visitor.visit_f64(0.0),
            Value::Float(value) => visitor.visit_f64(value),
            Value::Integer(value) => visitor.visit_i64(value),
            _ => Err(self.wrong_type("a number")),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_str(self.string()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match name {
            "Quantity" => visitor.visit_newtype_struct(self.quantity()?.into_deserializer()),
            "Time" | "MicroTime" => visitor.visit_newtype_struct(self.time()?.into_deserializer()),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let items = match &self.node.value {
            Value::Null => &[] as &[Node],
            Value::Sequence(items) => items,
            _ => return Err(self.wrong_type("a list")),
        };
        visitor.visit_seq(Items { decoder: self, items: items.iter().enumerate() })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.entries("a mapping", None, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.entries("an object", Some(Type { name, fields }), visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_enum(self.string()?.into_deserializer())
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }
}

impl Decoder<'_, '_> {
    fn entries<'de, V: Visitor<'de>>(
        self,
        expected: &str,
        of: Option<Type>,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let entries = match &self.node.value {
            Value::Null => &[] as &[Entry],
            Value::Mapping(entries) => entries,
            _ => return Err(self.wrong_type(expected)),
        };
        visitor.visit_map(Entries { decoder: self, of, left: entries.iter(), value: None })
    }
}

struct Items<'n, 'p> {
    decoder: Decoder<'n, 'p>,
    items: std::iter::Enumerate<std::slice::Iter<'n, Node>>,
}

impl<'de> de::SeqAccess<'de> for Items<'_, '_> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DecodeError> {
        let Some((index, node)) = self.items.next() else { return Ok(None) };
        let path = self.decoder.path.index(index);
        seed.deserialize(Decoder { node, path: &path, context: self.decoder.context }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// A type of the API, by the names that it and its fields have there.
#[derive(Clone, Copy)]
struct Type {
    name: &'static str,
    fields: &'static [&'static str],
}

impl Type {
    /// Whether the type has a field in a version.
    fn has(self, key: &str, version: Version) -> bool {
        match fields::find(self.name, key) {
            Some(field) => field.span.contains(version),
            None => self.fields.contains(&key),
        }
    }
}

/// What no type has for a field, so that its value is passed over.
const NO_FIELD: &str = "";

struct Entries<'n, 'p> {
    decoder: Decoder<'n, 'p>,
    /// Whose fields the keys are; none for a map, which takes any key.
    of: Option<Type>,
    left: std::slice::Iter<'n, Entry>,
    value: Option<&'n Entry>,
}

impl<'de> de::MapAccess<'de> for Entries<'_, '_> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        // What the object is has been settled before, and is not for the type to judge.
        let settled =
            |entry: &Entry| self.decoder.path.is_root() && matches!(entry.key.as_str(), "apiVersion" | "kind");
        let Some(entry) = self.left.find(|entry| !settled(entry)) else { return Ok(None) };
        self.value = Some(entry);
        let mut key = entry.key.as_str();
        if let Some(of) = self.of.filter(|of| !of.fields.is_empty()) {
            if of.has(key, self.decoder.context.version) {
                self.check_retired(of, entry)?;
            } else {
                self.unknown(of, entry);
                key = NO_FIELD;
            }
        }
        seed.deserialize(key.into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DecodeError> {
        let Some(entry) = self.value.take() else {
            return Err(de::Error::custom("a value was asked for before its key"));
        };
        let step = if self.of.is_some() { Segment::Field(&entry.key) } else { Segment::Key(&entry.key) };
        let path = self.decoder.path.step(step);
        seed.deserialize(self.decoder.child(entry, &path))
    }
}

impl Entries<'_, '_> {
    fn unknown(&self, of: Type, entry: &Entry) {
        let (key, version) = (entry.key.as_str(), self.decoder.context.version);
        let known = of.fields.iter().copied().filter(|field| of.has(field, version));
        let mend = match (fields::find(of.name, key), nearest(key, known.clone(), LIKENESS)) {
            (Some(field), _) => format!("Kubernetes {version} has no such field; it is known {}.", field.span),
            (None, Some(field)) => format!("Did you mean {field}?"),
            (None, None) if of.fields.len() <= MAX_LISTED => {
                format!("The fields here are {}.", known.collect::<Vec<_>>().join(", "))
            }
            (None, None) => "Remove it, or check at which level it belongs.".to_owned(),
        };
        self.note(entry, self.decoder.path.field(key).to_string(), &mend);
    }

    fn note(&self, entry: &Entry, field: String, mend: &str) {
        self.decoder.context.unknown.borrow_mut().push(Misfit {
            kind: MisfitKind::UnknownField,
            field,
            position: entry.key_position,
            message: format!("There is no field {} here. {mend}", entry.key),
        });
    }

    /// A field that the newest types have no more is checked by the shape that it had.
    fn check_retired(&self, of: Type, entry: &Entry) -> Result<(), DecodeError> {
        let Some(shape) = fields::find(of.name, &entry.key).and_then(|field| field.retired) else { return Ok(()) };
        let path = self.decoder.path.field(&entry.key);
        let decoder = self.decoder.child(entry, &path);
        let entries = match &entry.value.value {
            Value::Null => &[] as &[Entry],
            Value::Mapping(entries) => entries,
            _ => return Err(decoder.wrong_type("an object")),
        };
        for entry in entries {
            let path = path.field(&entry.key);
            if shape.contains(&entry.key.as_str()) {
                decoder.child(entry, &path).string()?;
            } else {
                self.note(entry, path.to_string(), &format!("The fields here are {}.", shape.join(", ")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::read::first_document;
    use k8s_openapi::api::batch::v1::Job;

    fn job(text: &str) -> Result<(Job, Vec<Misfit>), Misfit> {
        decode(&first_document(text).unwrap(), Version::NEWEST)
    }

    #[test]
    fn unknown_fields_at_any_depth() {
        let text =
            "spec:\n  backofLimit: 1\n  template:\n    spec:\n      containers:\n      - Name: x\n        zzz: 1\n";
        let (_, unknown) = job(text).unwrap();
        let said: Vec<_> = unknown.iter().map(|misfit| (misfit.field.as_str(), misfit.position.line)).collect();
        assert_eq!(
            said,
            [
                ("spec.backofLimit", 2),
                ("spec.template.spec.containers[0].Name", 6),
                ("spec.template.spec.containers[0].zzz", 7),
            ]
        );
        assert!(unknown[0].message.contains("Did you mean backoffLimit?"));
        assert!(unknown[1].message.contains("Did you mean name?"));
    }

    #[test]
    fn misfits_say_where_and_what() {
        for (text, field, words) in [
            ("spec: {backoffLimit: \"1\"}", "spec.backoffLimit", "must be a whole number"),
            ("spec: {backoffLimit: 2147483648}", "spec.backoffLimit", "from -2147483648 to 2147483647"),
            ("spec: {suspend: 1}", "spec.suspend", "must be true or false"),
            ("metadata: {labels: {a: yes}}", "metadata.labels[a]", "Quote it: \"yes\"."),
            ("spec: []", "spec", "must be an object"),
            ("spec: {template: {spec: {containers: {}}}}", "spec.template.spec.containers", "must be a list"),
            ("metadata: {creationTimestamp: today}", "metadata.creationTimestamp", "RFC 3339"),
            ("spec: {template: {spec: {overhead: {cpu: 1 Gi}}}}", "spec.template.spec.overhead[cpu]", "no quantity"),
        ] {
            let misfit = job(text).unwrap_err();
            assert_eq!(misfit.field, field, "{text}");
            assert!(misfit.message.contains(words), "{}", misfit.message);
        }
    }

    #[test]
    fn null_is_a_zero_value() {
        let (job, unknown) = job("metadata: ~\nspec: {backoffLimit: ~, template: {spec: {containers: [~]}}}").unwrap();
        assert!(unknown.is_empty());
        assert_eq!(job.spec.unwrap().template.spec.unwrap().containers[0].name, "");
    }
}

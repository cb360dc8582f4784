//! One document of the input: an object, a list of objects, or a watch event. Its objects are passed on one by one as
//! they are read, so that a list of any length takes the memory of a single object.

use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::object::{JobSpec, JobStatus, Kind, Object, Part, Parts, PodStatus, Status};

/// What the input says about an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The object exists, in this state.
    Present,
    /// The object was deleted; this is its last state.
    Deleted,
}

/// Reads one document and passes its objects on.
pub struct Document<'s, F> {
    /// Takes each Job and each pod.
    pub take: &'s mut F,
    /// The progress, to describe a document that is cut off.
    pub progress: &'s mut Progress,
    /// The kind of items that do not name their kind.
    pub in_list: Option<Kind>,
    /// Items whose kind is not known yet, neither from the item nor from its list.
    pub waiting: Option<&'s mut Vec<Parts>>,
}

/// The progress of reading a document.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The document has begun.
    pub has_begun: bool,
    /// It is a list.
    pub is_list: bool,
    /// An error of the API server, with which a watch ends.
    pub failure: Option<String>,
}

impl<'s, F> Document<'s, F> {
    /// A whole document.
    pub const fn new(take: &'s mut F, progress: &'s mut Progress) -> Self {
        Self { take, progress, in_list: None, waiting: None }
    }
}

impl<F: FnMut(Change, Object)> Document<'_, F> {
    /// Passes on the object that the parts make up, or that of an event.
    fn finish<E: de::Error>(self, parts: Parts, event: Option<&str>, object: Option<Parts>) -> Result<(), E> {
        let (change, parts) = match (event, object) {
            (Some("ADDED" | "MODIFIED"), Some(object)) => (Some(Change::Present), object),
            (Some("DELETED"), Some(object)) => (Some(Change::Deleted), object),
            // A bookmark, or an error.
            (Some(_), Some(object)) => (None, object),
            _ => (Some(Change::Present), parts),
        };
        if let Some(failure) = parts.failure() {
            self.progress.failure = Some(failure);
            return Ok(());
        }
        let Some(change) = change else { return Ok(()) };
        if parts.kind.is_none() && self.in_list.is_none() {
            return match self.waiting {
                Some(waiting) => {
                    waiting.push(parts);
                    Ok(())
                }
                None => Err(E::custom("an object without apiVersion and kind")),
            };
        }
        if let Some(object) = parts.finish(self.in_list).map_err(E::custom)? {
            (self.take)(change, object);
        }
        Ok(())
    }
}

impl<'de, F: FnMut(Change, Object)> DeserializeSeed<'de> for Document<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(Change, Object)> Visitor<'de> for Document<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Kubernetes object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.progress.has_begun = true;
        let (mut parts, mut event, mut object, mut waiting) = (Parts::default(), None, None, Vec::new());
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                // Only a list has items; an object that has named another kind is not a list.
                Key::Items if parts.kind.as_deref().is_none_or(|kind| kind.ends_with("List")) => {
                    self.progress.is_list = true;
                    let (take, progress, in_list) = (&mut *self.take, &mut *self.progress, parts.kind_of_items());
                    map.next_value_seed(Items { take, progress, in_list, waiting: &mut waiting })?;
                }
                Key::Type => event = text(&mut map)?,
                Key::Object if parts.kind.is_none() => object = map.next_value::<Option<Plain>>()?,
                key => read_part(key, &mut parts, self.in_list, &mut map)?,
            }
        }
        // For example, jq -S writes the kind of a list after its items.
        let in_list = parts.kind_of_items();
        for item in waiting {
            Document { in_list, ..Document::new(&mut *self.take, &mut *self.progress) }.finish(item, None, None)?;
        }
        self.finish(parts, event.as_deref(), object.map(|Plain(object)| object))
    }
}

/// The items of a list.
struct Items<'s, F> {
    take: &'s mut F,
    progress: &'s mut Progress,
    in_list: Option<Kind>,
    waiting: &'s mut Vec<Parts>,
}

impl<'de, F: FnMut(Change, Object)> DeserializeSeed<'de> for Items<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: FnMut(Change, Object)> Visitor<'de> for Items<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Items { take, progress, in_list, waiting } = self;
        let mut next = || {
            let waiting = Some(&mut *waiting);
            items.next_element_seed(Document { take: &mut *take, progress: &mut *progress, in_list, waiting })
        };
        while next()?.is_some() {}
        Ok(())
    }

    /// Go writes an empty list as null.
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The object of an event.
struct Plain(Parts);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PlainVisitor;

        impl<'de> Visitor<'de> for PlainVisitor {
            type Value = Parts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a Kubernetes object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parts, A::Error> {
                let mut parts = Parts::default();
                while let Some(key) = map.next_key::<Key>()? {
                    read_part(key, &mut parts, None, &mut map)?;
                }
                Ok(parts)
            }
        }

        deserializer.deserialize_map(PlainVisitor).map(Self)
    }
}

/// Reads one part of an object with the type that its kind gives it; parts of other kinds are skipped.
fn read_part<'de, A: MapAccess<'de>>(
    key: Key,
    parts: &mut Parts,
    in_list: Option<Kind>,
    map: &mut A,
) -> Result<(), A::Error> {
    match (key, parts.kind(in_list)) {
        (Key::ApiVersion, _) => parts.api_version = map.next_value()?,
        (Key::Kind, _) => parts.kind = map.next_value()?,
        (Key::Message, _) => parts.message = text(map)?,
        (Key::Metadata, None | Some(Kind::Job | Kind::Pod)) => parts.metadata = map.next_value()?,
        (Key::Spec, Some(Kind::Job)) => {
            parts.spec = Part::Read(map.next_value::<Option<JobSpec>>()?.unwrap_or_default());
        }
        (Key::Spec, None) => parts.spec = Part::Kept(map.next_value()?),
        (Key::Status, Some(Kind::Job)) => {
            parts.status = Part::Read(Status::Job(map.next_value::<Option<JobStatus>>()?.unwrap_or_default()));
        }
        (Key::Status, Some(Kind::Pod)) => {
            parts.status = Part::Read(Status::Pod(map.next_value::<Option<PodStatus>>()?.unwrap_or_default()));
        }
        (Key::Status, None) => parts.status = Part::Kept(map.next_value()?),
        _ => _ = map.next_value::<IgnoredAny>()?,
    }
    Ok(())
}

/// A value that matters only if it is a string.
fn text<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<String>, A::Error> {
    Ok(map.next_value::<Value>()?.as_str().map(ToOwned::to_owned))
}

/// A key of an object, a list or an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    ApiVersion,
    Kind,
    Metadata,
    Spec,
    Status,
    Items,
    Type,
    Object,
    Message,
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl Visitor<'_> for KeyVisitor {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E>(self, key: &str) -> Result<Key, E> {
                Ok(match key {
                    "apiVersion" => Key::ApiVersion,
                    "kind" => Key::Kind,
                    "metadata" => Key::Metadata,
                    "spec" => Key::Spec,
                    "status" => Key::Status,
                    "items" => Key::Items,
                    "type" => Key::Type,
                    "object" => Key::Object,
                    "message" => Key::Message,
                    _ => Key::Other,
                })
            }
        }

        deserializer.deserialize_identifier(KeyVisitor)
    }
}

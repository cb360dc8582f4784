//! One document of the input: an object, a list of objects, or an event of a watch. Its objects are handed over one by
//! one as they are read, so that a list of any length takes the memory of one of them.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::object::{JobSpec, JobStatus, Kind, Object, Part, Parts, PodStatus, Status};

/// What the input says of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// This is how it is.
    Present,
    /// This is how it was when it was deleted.
    Deleted,
}

/// Reads one document, and hands its objects over.
pub struct Document<'s, F> {
    /// Takes each Job and each pod.
    pub take: &'s mut F,
    /// How far the reading has come, for who has to tell of its end.
    pub progress: &'s mut Progress,
    /// The kind of an item that does not name it.
    pub in_list: Option<Kind>,
}

/// How far the reading of a document has come.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Something of it was there.
    pub has_begun: bool,
    /// It is a list.
    pub is_list: bool,
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
        f.write_str("an object of Kubernetes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.progress.has_begun = true;
        let (mut parts, mut event, mut object, mut has_items) = (Parts::default(), None, None, false);
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                // Only a list has items of its own; an object that names its kind first is taken at its word.
                Key::Items if parts.kind.as_deref().is_none_or(|kind| kind.ends_with("List")) => {
                    (self.progress.is_list, has_items) = (true, true);
                    let in_list = match (&parts.api_version, &parts.kind) {
                        (Some(api_version), Some(kind)) => Kind::of_items(api_version, kind),
                        _ => None,
                    };
                    map.next_value_seed(Items { take: self.take, progress: self.progress, in_list })?;
                }
                Key::Type => event = map.next_value::<Value>()?.as_str().map(ToOwned::to_owned),
                Key::Object if parts.kind.is_none() => object = map.next_value::<Option<Plain>>()?,
                key => read_part(key, &mut parts, self.in_list, &mut map)?,
            }
        }
        let (change, parts) = match (event.as_deref(), object) {
            (Some("ADDED" | "MODIFIED"), Some(Plain(object))) => (Change::Present, object),
            (Some("DELETED"), Some(Plain(object))) => (Change::Deleted, object),
            (_, None) if parts.kind.is_none() && self.in_list.is_none() && !has_items => {
                return Err(A::Error::custom("an object without apiVersion and kind"));
            }
            // A bookmark, or the end of a watch that the server has given up.
            (Some(_), Some(_)) => return Ok(()),
            _ => (Change::Present, parts),
        };
        if let Some(object) = parts.finish(self.in_list).map_err(A::Error::custom)? {
            (self.take)(change, object);
        }
        Ok(())
    }
}

/// The items of a list.
struct Items<'s, F> {
    take: &'s mut F,
    progress: &'s mut Progress,
    in_list: Option<Kind>,
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
        while items
            .next_element_seed(Document { take: self.take, progress: self.progress, in_list: self.in_list })?
            .is_some()
        {}
        Ok(())
    }

    /// Go writes a list of nothing as null.
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
                f.write_str("an object of Kubernetes")
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

/// Reads one part of an object, as what the kind makes of it; the parts of other kinds are passed over.
fn read_part<'de, A: MapAccess<'de>>(
    key: Key,
    parts: &mut Parts,
    in_list: Option<Kind>,
    map: &mut A,
) -> Result<(), A::Error> {
    match (key, parts.kind(in_list)) {
        (Key::ApiVersion, _) => parts.api_version = map.next_value()?,
        (Key::Kind, _) => parts.kind = map.next_value()?,
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
                    _ => Key::Other,
                })
            }
        }

        deserializer.deserialize_identifier(KeyVisitor)
    }
}

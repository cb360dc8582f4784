//! Typed values as YAML: anything that serde can serialize comes in, and block-style YAML that
//! kubectl, `PyYAML` and YAML 1.2 readers all read back to the same values goes out.
//!
//! No anchors, no tags, no line folding; text that any of those readers could take for something
//! else is written as a JSON string, which survives them all.

use serde::ser::{self, Serialize};
use thiserror::Error;

use super::number::float_text;
use super::write_text::push_text;

/// A reader takes 1,024 characters at most for a key, unless `?` says that it is one.
const LONGEST_KEY: usize = 1000;

/// Why a value could not be written as YAML.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The value's own serialization failed.
    #[error("This value cannot be written as YAML: {0}.")]
    Value(String),
    /// A key that is no text.
    #[error("A key of a YAML object must be text.")]
    Key,
    /// A number that JSON, and so Kubernetes, cannot hold.
    #[error("A number that is not finite cannot be written.")]
    NotFinite,
}

impl ser::Error for WriteError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Value(message.to_string())
    }
}

/// Appends `value` to `out` as one YAML document, ending with a line break.
///
/// # Errors
/// [`WriteError`] if the value holds what no Kubernetes object can.
pub fn yaml<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), WriteError> {
    let place = Placement { indent: 0, after: After::Start };
    value.serialize(Writer { out, place })
}

/// What stands on the line before the value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// Nothing: the document starts here.
    Start,
    /// `key:`, without the space.
    Key,
    /// `-`, without the space.
    Dash,
}

/// Where a value is to be written.
#[derive(Clone, Copy)]
struct Placement {
    /// The column at which the entries of a collection start.
    indent: usize,
    after: After,
}

struct Writer<'o> {
    out: &'o mut Vec<u8>,
    place: Placement,
}

impl<'o> Writer<'o> {
    fn scalar(self, write: impl FnOnce(&mut Vec<u8>)) {
        if self.place.after != After::Start {
            self.out.push(b' ');
        }
        write(self.out);
        self.out.push(b'\n');
    }

    fn integer(self, value: impl std::fmt::Display) {
        self.scalar(|out| out.extend_from_slice(value.to_string().as_bytes()));
    }

    fn collection(self, empty: &'static str) -> Collection<'o> {
        Collection { out: self.out, place: self.place, any: false, empty }
    }
}

/// A mapping or a list that is being written.
struct Collection<'o> {
    out: &'o mut Vec<u8>,
    place: Placement,
    any: bool,
    /// How the collection is written if nothing comes: `{}` or `[]`.
    empty: &'static str,
}

impl Collection<'_> {
    /// Starts the line of an entry; the first one may share the line of the dash before it.
    fn start_entry(&mut self, is_list: bool) {
        let first = !std::mem::replace(&mut self.any, true);
        match self.place.after {
            After::Dash if first => {
                self.out.push(b' ');
                return;
            }
            After::Key if first => self.out.push(b'\n'),
            _ => {}
        }
        let indent = self.entry_indent(is_list);
        self.out.resize(self.out.len() + indent, b' ');
    }

    /// A list under a key starts at the key's own column, as kubectl prints it.
    fn entry_indent(&self, is_list: bool) -> usize {
        if is_list && self.place.after == After::Key { self.place.indent - 2 } else { self.place.indent }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        self.start_entry(true);
        self.out.push(b'-');
        let place = Placement { indent: self.entry_indent(true) + 2, after: After::Dash };
        value.serialize(Writer { out: self.out, place })
    }

    fn key(&mut self, key: &str) {
        self.start_entry(false);
        let start = self.out.len();
        push_text(self.out, key);
        if self.out.len() - start > LONGEST_KEY {
            self.out.splice(start..start, *b"? ");
            self.out.push(b'\n');
            self.out.resize(self.out.len() + self.place.indent, b' ');
        }
        self.out.push(b':');
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        let place = Placement { indent: self.place.indent + 2, after: After::Key };
        value.serialize(Writer { out: self.out, place })
    }

    fn finish(self) {
        if !self.any {
            let empty = self.empty;
            Writer { out: self.out, place: self.place }.scalar(|out| out.extend_from_slice(empty.as_bytes()));
        }
    }
}

macro_rules! integers {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, value: $type) -> Result<(), WriteError> {
            self.integer(value);
            Ok(())
        }
    )*};
}

impl<'o> ser::Serializer for Writer<'o> {
    type Ok = ();
    type Error = WriteError;
    type SerializeSeq = Collection<'o>;
    type SerializeTuple = Collection<'o>;
    type SerializeTupleStruct = Collection<'o>;
    type SerializeTupleVariant = ser::Impossible<(), WriteError>;
    type SerializeMap = Collection<'o>;
    type SerializeStruct = Collection<'o>;
    type SerializeStructVariant = ser::Impossible<(), WriteError>;

    integers!(
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64
    );

    fn serialize_bool(self, value: bool) -> Result<(), WriteError> {
        self.integer(value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<(), WriteError> {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Result<(), WriteError> {
        if !value.is_finite() {
            return Err(WriteError::NotFinite);
        }
        self.integer(float_text(value));
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), WriteError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), WriteError> {
        self.scalar(|out| push_text(out, value));
        Ok(())
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), WriteError> {
        Err(WriteError::Value("bytes have no form in YAML".to_owned()))
    }

    fn serialize_none(self) -> Result<(), WriteError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), WriteError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), WriteError> {
        self.integer("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), WriteError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), WriteError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), WriteError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), WriteError> {
        let mut mapping = self.collection("{}");
        mapping.key(variant);
        mapping.value(value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Collection<'o>, WriteError> {
        Ok(self.collection("[]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Collection<'o>, WriteError> {
        Ok(self.collection("[]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Collection<'o>, WriteError> {
        Ok(self.collection("[]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, WriteError> {
        Err(WriteError::Value(format!("the variant {variant} has no form in YAML")))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Collection<'o>, WriteError> {
        Ok(self.collection("{}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Collection<'o>, WriteError> {
        Ok(self.collection("{}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, WriteError> {
        Err(WriteError::Value(format!("the variant {variant} has no form in YAML")))
    }
}

macro_rules! sequences {
    ($($name:ident: $method:ident),*) => {$(
        impl ser::$name for Collection<'_> {
            type Ok = ();
            type Error = WriteError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
                self.element(value)
            }

            fn end(self) -> Result<(), WriteError> {
                self.finish();
                Ok(())
            }
        }
    )*};
}

sequences!(SerializeSeq: serialize_element, SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field);

impl ser::SerializeStruct for Collection<'_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), WriteError> {
        self.key(key);
        self.value(value)
    }

    fn end(self) -> Result<(), WriteError> {
        self.finish();
        Ok(())
    }
}

impl ser::SerializeMap for Collection<'_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), WriteError> {
        // Keys go through serde_json's own notion of an object key, which is text.
        match serde_json::to_value(key).map_err(|error| WriteError::Value(error.to_string()))? {
            serde_json::Value::String(text) => {
                self.key(&text);
                Ok(())
            }
            _ => Err(WriteError::Key),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        self.value(value)
    }

    fn end(self) -> Result<(), WriteError> {
        self.finish();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::read::first_document;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn written<T: Serialize>(value: &T) -> String {
        let mut out = Vec::new();
        yaml(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_shape_is_kubectls() {
        let value = serde_json::json!({
            "a": {"b": [1, {"c": "x", "d": []}, [2, "y"]]},
            "e": {}, "f": null, "g": "no", "h": 0.5
        });
        insta::assert_snapshot!(written(&value), @r#"
        a:
          b:
          - 1
          - c: x
            d: []
          - - 2
            - "y"
        e: {}
        f: null
        g: "no"
        h: 0.5
        "#);
    }

    #[test]
    fn plain_where_it_is_safe_and_quoted_where_not() {
        for plain in ["python", "--mode", "500m", "1Gi", "a/b.yaml", "your-registry/a:latest", "two words"] {
            assert_eq!(written(&plain), format!("{plain}\n"));
        }
        for quoted in [
            "",
            "y",
            "Yes",
            "oN",
            "null",
            "1",
            "0644",
            "1:30",
            "1e3",
            ".5",
            "-",
            "--",
            "---",
            "a: b",
            "a:",
            "a #b",
            "=",
            "<<",
            "~",
            "2025-11-16",
            " a",
            "a ",
            "a  b",
            "0x1F",
            "1_000",
            "*a",
            "&a",
            "!a",
            "a\nb",
            "é",
            "1E",
        ] {
            assert!(written(&quoted).starts_with('"'), "{quoted}");
        }
    }

    /// Text that readers trip over, and any other text.
    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[-+]?[0-9_.:eExXob]{1,8}",
            "[yYnNoOtTfF~][a-zA-Z]{0,4}",
            "[-?:,\\[\\]{}#&*!|>'\"%@` \\t\\n=<]{1,6}[a-z]?",
            "[\\x00-\\x20\\x7f-\\xa0\u{2028}\u{2029}\u{feff}\u{fffe}]{1,4}",
            "[a-z]{1,3}[: #-]{1,3}[a-z]{0,3}",
        ]
    }

    #[test]
    fn a_key_of_any_length_comes_back() {
        for len in [999, 1000, 1001, 1022, 1024, 2000] {
            let key = "k".repeat(len);
            let inner = serde_json::json!([{&key: {"a": 1, &key: [1]}}, {&key: []}]);
            let value = serde_json::json!({&key: inner, "z": "é".repeat(len)});
            assert_eq!(first_document(&written(&value)).unwrap().to_json(), value, "{len}");
        }
    }

    fn any_value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            hostile().prop_map(Into::into),
        ];
        leaf.prop_recursive(6, 40, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                proptest::collection::btree_map(hostile(), inner, 0..5)
                    .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_string_comes_back(value in hostile(), key in hostile()) {
            let map = BTreeMap::from([(key.clone(), vec![value.clone()])]);
            let text = written(&map);
            let node = first_document(&text).unwrap();
            prop_assert_eq!(node.get(&key).unwrap().as_sequence().unwrap()[0].as_str(), Some(value.as_str()));
            // An independent reader of YAML 1.2 agrees.
            let again: BTreeMap<String, Vec<String>> = serde_yaml::from_str(&text).unwrap();
            prop_assert_eq!(again, map);
        }

        #[test]
        fn every_value_comes_back(value in any_value()) {
            prop_assert_eq!(first_document(&written(&value)).unwrap().to_json(), value);
        }
    }
}

//! Tests of the deserializer with their own types and policies.

use std::cell::RefCell;

use proptest::prelude::*;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::*;
use crate::yaml::read::first_document;
use crate::yaml::write;
use crate::yaml::{Given, OrderedMap, Spanned};

/// Records each fault with its path, and continues or not.
#[derive(Default)]
struct Told<const GOES_ON: bool>(RefCell<Vec<String>>);

impl<const GOES_ON: bool> Policy for Told<GOES_ON> {
    type Fault = String;

    const NULL_IS_ZERO: bool = false;

    fn mismatch(&self, at: At<'_>, expected: Expected) -> String {
        format!("{} {expected:?}", at.path)
    }

    fn has_field(&self, at: At<'_>, of: Object, entry: &Entry) -> Result<bool, String> {
        let is_known = of.fields.contains(&entry.key.as_str());
        if !is_known {
            self.0.borrow_mut().push(format!("{} in {}", at.path.field(&entry.key), of.name));
        }
        Ok(is_known)
    }

    fn go_on(&self, error: Error<String>, position: Position) -> Result<(), Error<String>> {
        if !GOES_ON {
            return Err(error);
        }
        self.0.borrow_mut().push(format!("{error} in line {}", position.line));
        Ok(())
    }
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Typed {
    text: Given<String>,
    small: Given<u8>,
    word: Given<Word>,
    map: Given<OrderedMap<bool>>,
    inner: Given<Inner>,
    list: Vec<Spanned<i64>>,
    rest: Given<IgnoredAny>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Inner {
    some: Option<f64>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Yes,
}

fn read(text: &str) -> (Typed, Vec<String>) {
    let told = Told::<true>::default();
    let typed = from_root(&first_document(text).unwrap(), &told).unwrap();
    (typed, told.0.into_inner())
}

fn at<T>(value: T, line: u32, column: u32, width: u32) -> Spanned<T> {
    Spanned { value, position: Position { line, column, width } }
}

#[test]
fn values_have_their_positions_and_their_order() {
    let text = "small: 7\nmap: {b: true, a: false}\nlist: [1, 22]\ninner: {some: ~}\nword: \"yes\"\nrest: {x: 1}\n";
    let (typed, told) = read(text);
    assert_eq!(told, [""; 0]);
    assert_eq!((typed.text, typed.small.written()), (Given::Absent, Some(&at(7, 1, 8, 1))));
    let map: Vec<_> = typed.map.get().unwrap().iter().map(|(key, value)| (key.clone(), *value)).collect();
    assert_eq!(
        map,
        [(at("b".to_owned(), 2, 7, 1), at(true, 2, 10, 4)), (at("a".to_owned(), 2, 16, 1), at(false, 2, 19, 5)),]
    );
    assert_eq!(typed.list, [at(1, 3, 8, 1), at(22, 3, 11, 2)]);
    assert_eq!(typed.inner.get(), Some(&Inner { some: None }));
    assert_eq!(typed.word.get(), Some(&Word::Yes));
    assert_eq!(typed.rest.written().map(|rest| rest.position.line), Some(6));
}

#[test]
fn all_mistakes_are_reported_at_their_positions() {
    let (typed, told) = read(
        "text: 1\nsmall: 256\nword: no\nmap:\n  a: 1\n  b: true\ninner:\n  some: x\n  other: 1\nunknown: {z: 1}\n",
    );
    assert_eq!(
        told,
        [
            "\"text String\" in line 1",
            "\"small Integer { min: 0, max: 255 }\" in line 2",
            "\"word Word([\\\"yes\\\"])\" in line 3",
            "\"map[a] Bool\" in line 5",
            "\"inner.some Number\" in line 8",
            "unknown in Typed",
        ]
    );
    assert_eq!((typed.text, typed.small, typed.word), (Given::Wrong, Given::Wrong, Given::Wrong));
    assert_eq!(typed.map.get().unwrap().iter().count(), 1);
}

#[test]
fn a_gap_is_for_those_who_go_on() {
    let error = from_root::<Typed, _>(&first_document("small: x\nother: 1\n").unwrap(), &Told::<false>::default());
    assert_eq!(error.unwrap_err().to_string(), "\"small Integer { min: 0, max: 255 }\"");
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        (-1e9..1e9).prop_map(|float: f64| (float + 0.5).into()),
        ".{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec(("[a-z]{1,4}", inner), 0..4)
                .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_is_read_as_it_is(value in any_json()) {
        let mut text = Vec::new();
        write::yaml(&value, &mut text).unwrap();
        let node = first_document(std::str::from_utf8(&text).unwrap()).unwrap();
        let read: serde_json::Value = from_root(&node, &Told::<false>::default()).unwrap();
        prop_assert_eq!(&read, &node.to_json());
    }
}

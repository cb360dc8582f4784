//! Owned field paths that can be compared step by step.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::apimachinery::{Path, Segment};

/// A step from a field to one below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum FieldStep {
    /// To a field of an object.
    Field(String),
    /// To an element of a list or an entry of a map: the text in brackets.
    Element(String),
}

/// The path of a field from the root of its object.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldPath(Vec<FieldStep>);

impl FieldPath {
    /// The path along these fields.
    pub fn of_fields(names: &[&str]) -> Self {
        Self(names.iter().map(|name| FieldStep::Field((*name).to_owned())).collect())
    }

    /// The path of the entry of a map.
    pub fn key(mut self, key: &str) -> Self {
        self.0.push(FieldStep::Element(key.to_owned()));
        self
    }

    /// Parses a path in the server's notation, which the rules use too.
    pub fn parse(text: &str) -> Self {
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(inside) = rest.strip_prefix('[') {
                // A key may contain dots and brackets; it ends where a path can continue.
                let ends = |at: &usize| matches!(inside.as_bytes().get(at + 1), None | Some(b'.' | b'['));
                let end = inside.match_indices(']').map(|(at, _)| at).find(ends).unwrap_or(inside.len());
                steps.push(FieldStep::Element(inside[..end].to_owned()));
                rest = inside.get(end + 1..).unwrap_or_default();
            } else {
                let name = rest.strip_prefix('.').unwrap_or(rest);
                let end = name.find(['.', '[']).unwrap_or(name.len());
                steps.push(FieldStep::Field(name[..end].to_owned()));
                rest = &name[end..];
            }
        }
        Self(steps)
    }

    /// Whether this is the object itself.
    pub const fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&Path<'_>> for FieldPath {
    fn from(path: &Path<'_>) -> Self {
        let step = |segment| match segment {
            Segment::Field(name) => FieldStep::Field(name.to_owned()),
            Segment::Index(index) => FieldStep::Element(index.to_string()),
            Segment::Key(key) => FieldStep::Element(key.to_owned()),
        };
        Self(path.segments().into_iter().map(step).collect())
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, step) in self.0.iter().enumerate() {
            match step {
                FieldStep::Field(name) if nth == 0 => f.write_str(name)?,
                FieldStep::Field(name) => write!(f, ".{name}")?,
                FieldStep::Element(key) => write!(f, "[{key}]")?,
            }
        }
        Ok(())
    }
}

impl Serialize for FieldPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Whether one of these paths is this field, above it, or below it; fast for any number of paths.
pub fn touch(paths: &BTreeSet<FieldPath>, path: &FieldPath) -> bool {
    let is_above = || (1..path.0.len()).any(|length| paths.contains(&FieldPath(path.0[..length].to_vec())));
    // The paths to this field and below are adjacent, the shortest first.
    paths.range(path..).next().is_some_and(|first| first.0.starts_with(&path.0)) || is_above()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_touch_what_is_above_and_below_them() {
        let paths = ["a.b[0].c", "a.bc"].map(FieldPath::parse).into();
        for path in ["a", "a.b", "a.b[0]", "a.b[0].c", "a.b[0].c.d", "a.bc[1]"] {
            assert!(touch(&paths, &FieldPath::parse(path)), "{path}");
        }
        for path in ["b", "a.b[1]", "a.b[0].cd", "a.bcd", "a.b.c"] {
            assert!(!touch(&paths, &FieldPath::parse(path)), "{path}");
        }
    }

    #[test]
    fn keys_may_hold_what_separates_steps() {
        let root = Path::root();
        let labels = root.field("labels");
        for key in ["a.b/c", "a]b", "[a", "0", ""] {
            let path = FieldPath::from(&labels.key(key));
            assert_eq!(FieldPath::parse(&labels.key(key).to_string()), path, "{key}");
            assert_eq!(path, FieldPath::of_fields(&["labels"]).key(key));
        }
    }

    proptest! {
        #[test]
        fn a_path_is_read_as_it_is_written(names in proptest::collection::vec("[a-z]{1,3}", 1..4), index in 0_usize..20, key in "[a-z./]{0,4}") {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let path = FieldPath::of_fields(&names).key(&index.to_string()).key(&key);
            prop_assert_eq!(FieldPath::parse(&path.to_string()), path);
        }
    }
}

//! Lists whose elements are identified by a field or by their values: the types of their elements, and the order of a
//! merged list.

use std::collections::HashMap;

use serde_json::Value;

use super::error::PatchError;

/// A list that is being merged: its name for errors and its merge key.
#[derive(Debug, Clone, Copy)]
pub struct ListElements<'a> {
    /// The list's field.
    pub list: &'a str,
    /// The merge key of its elements; none if they are scalars.
    pub key: Option<&'a str>,
}

/// The common type of a list's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElementKind {
    /// `true` and `false`.
    Bool,
    /// Whole numbers of 64 bits.
    Integer,
    /// Other numbers.
    Float,
    /// Text.
    Text,
    /// Objects.
    Object,
}

impl ListElements<'_> {
    /// The common type of the elements of several lists; none if there are no elements.
    pub fn kind(self, lists: &[&[Value]]) -> Result<Option<ElementKind>, PatchError> {
        let mut common = None;
        for value in lists.iter().copied().flatten() {
            let kind = kind(value).ok_or_else(|| self.mixed())?;
            if common.is_some_and(|common| common != kind) {
                return Err(self.mixed());
            }
            common = Some(kind);
        }
        Ok(common)
    }

    /// The identity of an element.
    pub fn identity(self, element: &Value) -> Result<&Value, PatchError> {
        match self.key {
            None => Ok(element),
            Some(key) => match element {
                Value::Object(fields) => fields.get(key).ok_or_else(|| self.keyless(key)),
                _ => Err(self.mixed()),
            },
        }
    }

    /// The identity of each element.
    pub fn identities(self, list: &[Value]) -> Result<Vec<&Value>, PatchError> {
        list.iter().map(|element| self.identity(element)).collect()
    }

    /// The first index of each element.
    pub fn indexes(self, list: &[Value]) -> Result<HashMap<&Value, usize>, PatchError> {
        let mut indexes = HashMap::with_capacity(list.len());
        for (index, element) in list.iter().enumerate() {
            indexes.entry(self.identity(element)?).or_insert(index);
        }
        Ok(indexes)
    }

    /// Puts a merged list in order: elements in the patch are ordered as in `wanted`, the others as in `live`, and the
    /// two sequences are interleaved according to `live`.
    pub fn arrange(self, merged: Vec<Value>, wanted: &[Value], live: &[Value]) -> Result<Vec<Value>, PatchError> {
        let (wanted, live) = (self.indexes(wanted)?, self.indexes(live)?);
        let mut named = Vec::new();
        let mut others = Vec::new();
        for element in merged {
            let identity = self.identity(&element)?;
            let in_live = live.get(identity).copied();
            match wanted.get(identity).copied() {
                Some(index) => named.push((index, in_live, element)),
                None => others.push((in_live, element)),
            }
        }
        named.sort_by_key(|(index, ..)| *index);
        others.sort_by_key(|(in_live, _)| *in_live);
        let mut arranged = Vec::with_capacity(named.len() + others.len());
        let mut others = others.into_iter().peekable();
        for (_, in_live, element) in named {
            // If the live list has both, it decides which of them comes first.
            while let Some((_, other)) = others.next_if(|(other, _)| other.is_some() && *other < in_live) {
                arranged.push(other);
            }
            arranged.push(element);
        }
        arranged.extend(others.map(|(_, element)| element));
        Ok(arranged)
    }

    pub fn mixed(self) -> PatchError {
        PatchError::Mixed(self.list.to_owned())
    }

    pub fn keyless(self, key: &str) -> PatchError {
        PatchError::NoMergeKey { list: self.list.to_owned(), key: key.to_owned() }
    }
}

fn kind(value: &Value) -> Option<ElementKind> {
    match value {
        Value::Bool(_) => Some(ElementKind::Bool),
        Value::Number(number) if number.is_i64() => Some(ElementKind::Integer),
        Value::Number(_) => Some(ElementKind::Float),
        Value::String(_) => Some(ElementKind::Text),
        Value::Object(_) => Some(ElementKind::Object),
        Value::Null | Value::Array(_) => None,
    }
}

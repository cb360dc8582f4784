//! Lists of which the elements are told apart by a field, or by their values: what they are made of, and in which
//! order a merged one stands.

use std::collections::HashMap;

use serde_json::Value;

use super::error::PatchError;

/// A list that is being merged, by its name for errors and the field that tells its elements apart.
#[derive(Debug, Clone, Copy)]
pub struct ListElements<'a> {
    /// The list's field.
    pub list: &'a str,
    /// The field of its elements; none where they are scalars.
    pub key: Option<&'a str>,
}

/// What all elements of a list are.
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
    /// What the elements of several lists are; none where there are no elements.
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

    /// What tells an element apart.
    pub fn identity(self, element: &Value) -> Result<&Value, PatchError> {
        match self.key {
            None => Ok(element),
            Some(key) => match element {
                Value::Object(fields) => fields.get(key).ok_or_else(|| self.keyless(key)),
                _ => Err(self.mixed()),
            },
        }
    }

    /// What tells each element apart.
    pub fn identities(self, list: &[Value]) -> Result<Vec<&Value>, PatchError> {
        list.iter().map(|element| self.identity(element)).collect()
    }

    /// The index at which each element stands first.
    pub fn indexes(self, list: &[Value]) -> Result<HashMap<&Value, usize>, PatchError> {
        let mut indexes = HashMap::with_capacity(list.len());
        for (index, element) in list.iter().enumerate() {
            indexes.entry(self.identity(element)?).or_insert(index);
        }
        Ok(indexes)
    }

    /// Puts a merged list in order: elements that the patch names stand as `wanted` has them, the others as `live` has
    /// them, and the two are shuffled into each other as `live` allows.
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
            // Where the live list has both, it says which of them comes first.
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

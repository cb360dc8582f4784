//! Sets of fields as in `metadata.managedFields` (`FieldsV1`): the fields of an object, and the fields that a manager
//! owns.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::schema::{ApplyList, Field};

/// A step from a field to one below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A field, or a key of a map.
    Field(String),
    /// The element of a list with these values, as JSON.
    Key(String),
    /// The element of a list that is this value, as JSON.
    Value(String),
    /// An element of a list at this index.
    Index(usize),
}

/// A set of fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSet(BTreeMap<Step, SetEntry>);

/// What a set contains of a field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct SetEntry {
    /// The field itself.
    member: bool,
    /// Fields below it.
    below: FieldSet,
}

impl FieldSet {
    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Parses a set in the notation of managed fields; unreadable parts are left out.
    pub fn parse(fields: &Value) -> Self {
        let mut set = Self::default();
        for (key, below) in fields.as_object().into_iter().flatten() {
            let Some(step) = Step::parse(key) else { continue };
            let member = below.get(".").is_some() || below.as_object().is_none_or(Map::is_empty);
            set.0.insert(step, SetEntry { member, below: Self::parse(below) });
        }
        set
    }

    /// The fields of a value: scalars, atomic values, and the elements of lists and maps.
    pub fn of(value: &Value, field: Field) -> Self {
        let mut set = Self::default();
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    let below = field.object().field(key);
                    let entry = SetEntry::of(value, below, field.is_map());
                    set.insert(Step::Field(key.clone()), entry);
                }
            }
            Value::Array(items) => {
                for item in items {
                    if let Some(step) = Step::of(item, field) {
                        // The elements of a list are members even if they are empty.
                        set.insert(step, SetEntry::of(item, Field::Object(field.list().item), true));
                    }
                }
            }
            _ => {}
        }
        set
    }

    fn insert(&mut self, step: Step, entry: SetEntry) {
        if entry.member || !entry.below.is_empty() {
            self.0.insert(step, entry);
        }
    }

    /// The union of two sets.
    pub fn union(mut self, other: &Self) -> Self {
        for (step, entry) in &other.0 {
            let mine = self.0.entry(step.clone()).or_default();
            mine.member |= entry.member;
            mine.below = std::mem::take(&mut mine.below).union(&entry.below);
        }
        self
    }

    /// The fields that are not in the other set.
    pub fn difference(&self, other: &Self) -> Self {
        self.combine(other, |mine, theirs| mine && !theirs)
    }

    /// The intersection of two sets.
    pub fn intersection(&self, other: &Self) -> Self {
        self.combine(other, |mine, theirs| mine && theirs)
    }

    fn combine(&self, other: &Self, is_member: fn(bool, bool) -> bool) -> Self {
        static NOTHING: SetEntry = SetEntry { member: false, below: FieldSet(BTreeMap::new()) };
        let mut set = Self::default();
        for (step, mine) in &self.0 {
            let theirs = other.0.get(step).unwrap_or(&NOTHING);
            let member = is_member(mine.member, theirs.member);
            set.insert(step.clone(), SetEntry { member, below: mine.below.combine(&theirs.below, is_member) });
        }
        set
    }

    /// The same set plus each typed field above a member; keys of maps and elements of lists are not added.
    pub fn with_parents(&self, field: Field) -> Self {
        let mut set = Self::default();
        for (step, entry) in &self.0 {
            let (below, is_named) = match step {
                Step::Field(key) => (field.object().field(key), !field.is_map()),
                _ => (Field::Object(field.list().item), false),
            };
            let member = entry.member || is_named && !entry.below.is_empty();
            set.0.insert(step.clone(), SetEntry { member, below: entry.below.with_parents(below) });
        }
        set
    }

    /// The value without the fields of this set.
    pub fn remove_from(&self, value: Value, field: Field) -> Value {
        match value {
            Value::Object(fields) => {
                let kept = fields.into_iter().filter_map(|(key, value)| {
                    let below = field.object().field(&key);
                    Some((key.clone(), self.kept(&Step::Field(key), value, below)?))
                });
                Value::Object(kept.collect())
            }
            Value::Array(items) => {
                let item = Field::Object(field.list().item);
                let kept = items.into_iter().filter_map(|value| match Step::of(&value, field) {
                    Some(step) => self.kept(&step, value, item),
                    None => Some(value),
                });
                Value::Array(kept.collect())
            }
            other => other,
        }
    }

    /// The part of a value, found by this step, that is not in the set.
    fn kept(&self, step: &Step, value: Value, field: Field) -> Option<Value> {
        match self.0.get(step) {
            None => Some(value),
            Some(entry) if entry.member => None,
            Some(entry) => Some(entry.below.remove_from(value, field)),
        }
    }

    /// The fields of this set that differ between two values that both have them.
    pub fn differing(&self, old: &Value, new: &Value, field: Field) -> Self {
        let (olds, news) = (children(old, field), children(new, field));
        let mut set = Self::default();
        for (step, entry) in &self.0 {
            let (Some(old), Some(new)) = (olds.get(step), news.get(step)) else { continue };
            let below = match step {
                Step::Field(key) => field.object().field(key),
                _ => Field::Object(field.list().item),
            };
            let is_leaf = entry.below.is_empty();
            let entry = SetEntry { member: is_leaf && old != new, below: entry.below.differing(old, new, below) };
            set.insert(step.clone(), entry);
        }
        set
    }

    /// Whether the set contains the field with this path, in any elements of the lists along the path.
    pub fn reaches(&self, names: &[&str]) -> bool {
        let Some((name, rest)) = names.split_first() else { return true };
        self.0.iter().any(|(step, entry)| match step {
            Step::Field(field) => field == name && (rest.is_empty() || entry.below.reaches(rest)),
            _ => entry.below.reaches(names),
        })
    }

    /// Calls a function with the path of each member.
    pub fn each_member<'s>(&'s self, above: &mut Vec<&'s Step>, each: &mut impl FnMut(&[&'s Step])) {
        for (step, entry) in &self.0 {
            above.push(step);
            if entry.member {
                each(above);
            }
            entry.below.each_member(above, each);
            above.pop();
        }
    }
}

impl SetEntry {
    fn of(value: &Value, field: Field, is_element: bool) -> Self {
        let is_whole = match value {
            Value::Object(fields) if field.object().atomic || fields.is_empty() => true,
            Value::Array(_) => field.list().apply == ApplyList::Atomic,
            Value::Object(_) => false,
            _ => true,
        };
        let below = if is_whole { FieldSet::default() } else { FieldSet::of(value, field) };
        Self { member: is_whole || is_element, below }
    }
}

impl Step {
    fn parse(key: &str) -> Option<Self> {
        let (kind, rest) = key.split_once(':')?;
        match kind {
            "f" => Some(Self::Field(rest.to_owned())),
            // Serialized again, so that the same key always has the same spelling.
            "k" => Some(Self::Key(serde_json::from_str::<Value>(rest).ok()?.to_string())),
            "v" => Some(Self::Value(serde_json::from_str::<Value>(rest).ok()?.to_string())),
            "i" => Some(Self::Index(rest.parse().ok()?)),
            _ => None,
        }
    }

    /// The step to an element of the list in `field`; none if its elements have no identity.
    pub fn of(element: &Value, field: Field) -> Option<Self> {
        match field.list().apply {
            ApplyList::Atomic => None,
            ApplyList::Set => Some(Self::Value(element.to_string())),
            ApplyList::Keys(keys) => {
                let keyed = keys.iter().filter_map(|key| {
                    let value = element.get(key).cloned().or_else(|| default_of(key))?;
                    Some(((*key).to_owned(), value))
                });
                Some(Self::Key(Value::Object(keyed.collect()).to_string()))
            }
        }
    }
}

/// The values in an object or a list, each with its step.
fn children(value: &Value, field: Field) -> BTreeMap<Step, &Value> {
    match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (Step::Field(key.clone()), value)).collect(),
        Value::Array(items) => items.iter().filter_map(|item| Some((Step::of(item, field)?, item))).collect(),
        _ => BTreeMap::new(),
    }
}

/// The default of an element's key.
fn default_of(key: &str) -> Option<Value> {
    match key {
        "protocol" => Some("TCP".into()),
        "name" => Some("".into()),
        _ => None,
    }
}

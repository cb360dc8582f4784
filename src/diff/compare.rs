//! One Job against one that exists: the Job that is wanted comes in as it is written, the existing
//! one as it is, and the fields whose meaning differs go out.

use std::collections::HashMap;

use k8s_openapi::api::batch::v1::Job;
use serde::Serialize;
use serde_json::{Map, Value};

use super::server;
use crate::apimachinery::{Path, Quantity};
use crate::validate::fill_in_defaults;

/// Says when a Job was made, and nothing of what it does.
const CREATED_AT: &str = "metadata.annotations[created_at]";
/// Where kubectl keeps what it has applied.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldChange {
    /// Its path.
    pub field: String,
    /// Its value now; none where it is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// Its value afterwards; none where it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
    /// Whether a cluster would refuse the change.
    pub immutable: bool,
}

/// A Job as it should be.
#[derive(Debug, Clone)]
pub struct Wanted {
    written: Value,
    /// The same with the server's defaults.
    filled_in: Value,
}

/// The same place in each of the objects.
#[derive(Clone, Copy)]
struct Sides<'v> {
    new: Option<&'v Value>,
    filled_in: Option<&'v Value>,
    old: Option<&'v Value>,
    applied: Option<&'v Value>,
}

struct Comparison<'v> {
    existing: &'v Value,
    /// Whether the object says what was applied: then the rest is somebody else's, and apply keeps it.
    knows_applied: bool,
    changes: Vec<FieldChange>,
}

impl Wanted {
    /// A Job of a session.
    #[must_use]
    pub fn new(job: &Job) -> Self {
        let mut filled_in = job.clone();
        fill_in_defaults(&mut filled_in);
        let object = |job: &Job| serde_json::to_value(job).unwrap_or_default();
        Self { written: object(job), filled_in: object(&filled_in) }
    }

    /// The fields of an existing object that would have to change.
    #[must_use]
    pub fn changes_to(&self, existing: &Value) -> Vec<FieldChange> {
        let applied: Option<Value> = existing
            .pointer("/metadata/annotations")
            .and_then(|annotations| annotations.get(LAST_APPLIED))
            .and_then(|text| serde_json::from_str(text.as_str()?).ok());
        let mut comparison = Comparison { existing, knows_applied: applied.is_some(), changes: Vec::new() };
        let sides = Sides {
            new: Some(&self.written),
            filled_in: Some(&self.filled_in),
            old: Some(existing),
            applied: applied.as_ref(),
        };
        comparison.compare(&Path::root(), sides);
        comparison.changes
    }
}

impl<'v> Sides<'v> {
    fn map(self, pick: impl Fn(&'v Value) -> Option<&'v Value>) -> Self {
        Self {
            new: self.new.and_then(&pick),
            filled_in: self.filled_in.and_then(&pick),
            old: self.old.and_then(&pick),
            applied: self.applied.and_then(&pick),
        }
    }
}

impl<'v> Comparison<'v> {
    fn compare(&mut self, path: &Path<'_>, sides: Sides<'v>) {
        match (sides.new.filter(|new| !is_nothing(new)), sides.old.filter(|old| !is_nothing(old))) {
            (None, None) => {}
            (Some(Value::Object(new)), Some(Value::Object(old))) => self.objects(path, sides, new, old),
            (Some(Value::Array(new)), Some(Value::Array(old))) => self.lists(path, sides, new, old),
            (Some(new), Some(old)) if is_same(path, new, old) => {}
            (None, Some(old)) if self.is_others(path, sides, old) => {}
            (new, old) => self.push(path, old.cloned(), new.cloned()),
        }
    }

    fn objects(&mut self, path: &Path<'_>, sides: Sides<'v>, new: &'v Map<String, Value>, old: &'v Map<String, Value>) {
        let is_map = is_map(path);
        let mut keys: Vec<&String> = new.keys().chain(old.keys()).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            // What kind of object it is has been settled before.
            if path.is_root() && (key == "apiVersion" || key == "kind") {
                continue;
            }
            let path = if is_map { path.key(key) } else { path.field(key) };
            self.compare(&path, sides.map(|side| side.get(key)));
        }
    }

    fn lists(&mut self, path: &Path<'_>, sides: Sides<'v>, new: &'v [Value], old: &'v [Value]) {
        match (names(new), names(old)) {
            (Some(new), Some(old)) if is_field(path, "env") => self.variables(path, sides, &new, &old),
            _ => {
                for index in 0..new.len().max(old.len()) {
                    self.compare(&path.index(index), sides.map(|side| side.get(index)));
                }
            }
        }
    }

    /// Environment variables go by their names; their order counts too, because one can refer to those before it.
    fn variables(&mut self, path: &Path<'_>, sides: Sides<'v>, new: &[&'v str], old: &[&'v str]) {
        let [by_new, by_filled_in, by_old, by_applied] =
            [sides.new, sides.filled_in, sides.old, sides.applied].map(|side| side.map_or_else(HashMap::new, by_name));
        for name in new.iter().chain(old.iter().filter(|name| !by_new.contains_key(*name))) {
            let of = |side: &HashMap<&str, &'v Value>| side.get(name).copied();
            let (new, filled_in) = (of(&by_new), of(&by_filled_in));
            self.compare(&path.key(name), Sides { new, filled_in, old: of(&by_old), applied: of(&by_applied) });
        }
        let common = |of: &[&str], other: &HashMap<&str, &Value>| -> Vec<Value> {
            of.iter().filter(|name| other.contains_key(*name)).map(|name| Value::from(*name)).collect()
        };
        let (new_order, old_order) = (common(new, &by_old), common(old, &by_new));
        if new_order != old_order {
            self.push(path, Some(old_order.into()), Some(new_order.into()));
        }
    }

    /// Whether a field that the wanted Job does not have is none of its business.
    fn is_others(&self, path: &Path<'_>, sides: Sides<'v>, old: &Value) -> bool {
        let is_default = || sides.filled_in.is_some_and(|default| is_same(path, default, old));
        let is_unapplied = || self.knows_applied && sides.applied.is_none_or(is_nothing);
        is_default() || is_unapplied() || server::fills_in(&path.to_string(), old)
    }

    fn push(&mut self, path: &Path<'_>, old: Option<Value>, new: Option<Value>) {
        let field = path.to_string();
        let is_time = field == CREATED_AT && old.is_some() && new.is_some();
        if !is_time {
            let immutable = server::is_immutable(&field, self.existing);
            self.changes.push(FieldChange { field, old, new, immutable });
        }
    }
}

/// Values that the server takes for absent ones, where they carry nothing.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether two values mean the same: amounts of resources are numbers, however they are written.
fn is_same(path: &Path<'_>, new: &Value, old: &Value) -> bool {
    let amount = |value: &Value| match value {
        Value::String(text) => Quantity::parse(text),
        Value::Number(number) => Quantity::parse(&number.to_string()),
        _ => None,
    };
    let is_amount = || path.parent().is_some_and(|parent| is_field(parent, "requests") || is_field(parent, "limits"));
    new == old || (is_amount() && amount(new).is_some() && amount(new) == amount(old))
}

/// Whether the keys below this path are anybody's, not the type's.
fn is_map(path: &Path<'_>) -> bool {
    ["annotations", "labels", "limits", "matchLabels", "nodeSelector", "requests"]
        .iter()
        .any(|name| is_field(path, name))
}

fn is_field(path: &Path<'_>, name: &str) -> bool {
    path.last() == Some(crate::apimachinery::Segment::Field(name))
}

/// The names of a list's objects, if each has one of its own.
fn names(list: &[Value]) -> Option<Vec<&str>> {
    let names: Vec<&str> = list.iter().map(|item| item.get("name")?.as_str()).collect::<Option<_>>()?;
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    (sorted.len() == names.len()).then_some(names)
}

/// A list's objects by their names; of several with the same name the first.
fn by_name(list: &Value) -> HashMap<&str, &Value> {
    let named = |item| Some((Value::get(item, "name")?.as_str()?, item));
    list.as_array().into_iter().flatten().rev().filter_map(named).collect()
}

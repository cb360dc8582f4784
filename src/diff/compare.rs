//! Compares two stored forms of a Job, and lists the fields that differ.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;
use serde_json::{Map, Value};

use super::field_path::FieldPath;
use crate::apimachinery::{Path, Segment};
use crate::apply::schema::{Field, List};
use crate::credentials::{HIDDEN, is_assignment, names_credential};

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldChange {
    /// Its path.
    pub field: FieldPath,
    /// Its current value; none if it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// Its new value; none if it is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
    /// Whether a cluster would reject the change.
    pub immutable: bool,
}

/// The fields that differ between two values at this path.
pub fn differences(path: &Path<'_>, old: Option<&Value>, new: Option<&Value>, field: Field) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    compare(path, old, new, field, &mut changes);
    changes
}

fn compare(path: &Path<'_>, old: Option<&Value>, new: Option<&Value>, field: Field, changes: &mut Vec<FieldChange>) {
    match (old, new) {
        (old, new) if old == new => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => compare_objects(path, old, new, field, changes),
        (Some(Value::Array(old)), Some(Value::Array(new))) => compare_lists(path, old, new, field.list(), changes),
        (old, new) => push(path, old.cloned(), new.cloned(), changes),
    }
}

fn push(path: &Path<'_>, old: Option<Value>, new: Option<Value>, changes: &mut Vec<FieldChange>) {
    let shown = |value: Option<Value>| value.map(|value| shown(path, value));
    changes.push(FieldChange { field: path.into(), old: shown(old), new: shown(new), immutable: false });
}

/// A value as it may be shown: without the credentials that variables hold.
fn shown(path: &Path<'_>, mut value: Value) -> Value {
    if is_credential(path) {
        return HIDDEN.into();
    }
    hide_below(&mut value);
    value
}

/// Whether a path leads to the value of a variable that holds a credential.
fn is_credential(path: &Path<'_>) -> bool {
    matches!(
        path.segments().as_slice(),
        [.., Segment::Field("env"), Segment::Key(name), Segment::Field("value")] if names_credential(name)
    )
}

fn hide_below(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(hide_below),
        Value::Object(fields) => {
            let is_credential = fields.get("name").and_then(Value::as_str).is_some_and(names_credential);
            if let Some(literal) = fields.get_mut("value").filter(|literal| is_credential && **literal != "") {
                *literal = HIDDEN.into();
            }
            fields.values_mut().for_each(hide_below);
        }
        Value::String(text) if is_assignment(text) => *value = HIDDEN.into(),
        _ => {}
    }
}

fn compare_objects(
    path: &Path<'_>,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    field: Field,
    changes: &mut Vec<FieldChange>,
) {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let path = if field.is_map() { path.key(key) } else { path.field(key) };
        compare(&path, old.get(key), new.get(key), field.object().field(key), changes);
    }
}

fn compare_lists(path: &Path<'_>, old: &[Value], new: &[Value], list: List, changes: &mut Vec<FieldChange>) {
    let item = Field::Object(list.item);
    let keyed = list.merge_key().and_then(|key| Some((keys(old, key)?, keys(new, key)?)));
    let Some((old_keys, new_keys)) = keyed else {
        for index in 0..old.len().max(new.len()) {
            compare(&path.index(index), old.get(index), new.get(index), item, changes);
        }
        return;
    };
    let olds: HashMap<&Value, usize> = old_keys.iter().copied().zip(0..).collect();
    let news: HashMap<&Value, usize> = new_keys.iter().copied().zip(0..).collect();
    let gone = old_keys.iter().filter(|key| !news.contains_key(*key));
    for key in new_keys.iter().chain(gone) {
        let (before, after) = (olds.get(key).copied(), news.get(key).copied());
        let index = after.or(before).unwrap_or_default();
        // Variables are identified by their names; other elements by their indexes, as in the server's paths.
        let path = match key.as_str() {
            Some(name) if path.last() == Some(Segment::Field("env")) => path.key(name),
            _ => path.index(index),
        };
        compare(&path, before.map(|at| &old[at]), after.map(|at| &new[at]), item, changes);
    }
    let common = |of: &[&Value], other: &HashMap<&Value, usize>| -> Vec<Value> {
        of.iter().filter(|key| other.contains_key(**key)).map(|key| (*key).clone()).collect()
    };
    // The order matters too: a variable can refer to previous ones, and the server treats a different order as a
    // change.
    let (old_order, new_order) = (common(&old_keys, &news), common(&new_keys, &olds));
    if old_order != new_order {
        push(path, Some(old_order.into()), Some(new_order.into()), changes);
    }
}

/// The identities of the elements, if they are unique.
fn keys<'v>(list: &'v [Value], key: &str) -> Option<Vec<&'v Value>> {
    let keys: Vec<&Value> = list.iter().map(|element| element.get(key)).collect::<Option<_>>()?;
    let distinct: std::collections::HashSet<&Value> = keys.iter().copied().collect();
    (distinct.len() == keys.len()).then_some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::JOB;
    use serde_json::json;

    fn changes(old: &Value, new: &Value) -> Vec<String> {
        let job = |container: &Value| json!({"spec": {"template": {"spec": {"containers": [container]}}}});
        let found = differences(Path::root(), Some(&job(old)), Some(&job(new)), Field::Object(&JOB));
        found
            .into_iter()
            .map(|change| change.field.to_string().replace("spec.template.spec.containers[0]", "c"))
            .collect()
    }

    #[test]
    fn credentials_are_not_shown() {
        let job = |env: Value| json!({"spec": {"template": {"spec": {"containers": [{"name": "a", "env": env}]}}}});
        let found = |old: Value, new: Value| {
            let found = differences(Path::root(), Some(&job(old)), Some(&job(new)), Field::Object(&JOB));
            serde_json::to_string(&found).unwrap()
        };
        let key = |value: &str| json!({"name": "API_KEY", "value": value});
        for (old, new) in [
            (json!([key("zq1")]), json!([key("zq2")])),
            (json!([]), json!([key("zq2")])),
            (json!([key("zq1")]), json!(null)),
        ] {
            let said = found(old, new);
            assert!(said.contains("(hidden)") && !said.contains("zq"), "{said}");
        }
        assert!(
            found(json!([{"name": "HOST", "value": "abc"}]), json!([{"name": "HOST", "value": "abd"}])).contains("abd")
        );
    }

    #[test]
    fn elements_are_told_apart_by_their_keys() {
        let env = |names: &[&str]| json!({"name": "a", "env": names.iter().map(|name| json!({"name": name, "value": name})).collect::<Vec<_>>()});
        assert_eq!(changes(&env(&["A", "B"]), &env(&["C", "A", "B"])), ["c.env[C]"]);
        assert_eq!(changes(&env(&["A", "B"]), &env(&["B"])), ["c.env[A]"]);
        assert_eq!(changes(&env(&["A", "B"]), &env(&["B", "A"])), ["c.env"]);
        assert_eq!(changes(&env(&["A", "A"]), &env(&["A"])), ["c.env[1]"]);
    }

    #[test]
    fn paths_are_the_types() {
        let limits = |cpu: &str| json!({"name": "a", "resources": {"limits": {"a.b/cpu": cpu}}});
        assert_eq!(changes(&limits("1"), &limits("2")), ["c.resources.limits[a.b/cpu]"]);
        let ports =
            |port: u16| json!({"name": "a", "ports": [{"containerPort": 1}, {"containerPort": port, "name": "x"}]});
        assert_eq!(changes(&ports(2), &ports(3)), ["c.ports[1]", "c.ports[1]"]);
        let args = |last: &str| json!({"name": "a", "args": ["x", last]});
        assert_eq!(changes(&args("1"), &args("2")), ["c.args[1]"]);
    }
}

//! Server-side apply: computes from a manifest, the live object and its managed fields the object that the server would
//! store, or the conflicts with other owners.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::error::PatchError;
use super::field_set::{FieldSet, Step};
use super::schema::{ApplyList, Field, List, Type};

/// The field manager of `kubectl apply --server-side`.
pub const KUBECTL: &str = "kubectl";

/// The managers of an object and the fields that they own.
#[derive(Debug, Clone)]
pub struct Owners {
    managers: Vec<Manager>,
}

/// A field manager.
#[derive(Debug, Clone)]
struct Manager {
    name: String,
    applies: bool,
    time: String,
    fields: FieldSet,
}

/// A field that the manifest would change but another manager owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The owner.
    pub manager: String,
    /// The steps to the field.
    pub steps: Vec<Step>,
}

impl Owners {
    /// Parses `metadata.managedFields` of an object; none if it has none.
    pub fn of(object: &Value) -> Option<Self> {
        let entries = object.pointer("/metadata/managedFields")?.as_array()?;
        let text = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let managers = entries.iter().map(|entry| Manager {
            name: text(entry, "manager"),
            applies: text(entry, "operation") == "Apply",
            time: text(entry, "time"),
            fields: entry.get("fieldsV1").map(FieldSet::parse).unwrap_or_default(),
        });
        let managers: Vec<Manager> = managers.collect();
        (!managers.is_empty()).then_some(Self { managers })
    }

    /// The manager that applied the object as a whole, recognized by owning `field`: kubectl, or else the most recent
    /// one.
    pub fn applier(&self, field: &[&str]) -> Option<&str> {
        let appliers = || self.managers.iter().filter(|manager| manager.applies && manager.fields.reaches(field));
        let kubectl = appliers().find(|manager| manager.name == KUBECTL);
        kubectl.or_else(|| appliers().max_by(|a, b| a.time.cmp(&b.time))).map(|manager| manager.name.as_str())
    }
}

/// The result of `applier` applying `config` to `live`, and the conflicts with other managers.
///
/// # Errors
/// The manifest has two elements with the same key in a list.
pub fn apply_server_side(
    live: &Value,
    config: &Value,
    owners: &Owners,
    applier: &str,
    of: &'static Type,
) -> Result<(Value, Vec<Conflict>), PatchError> {
    let root = Field::Object(of);
    let merged = merge(Some(live), Some(config), "", root)?.unwrap_or_default();
    let is_mine = |manager: &&Manager| manager.applies && manager.name == applier;
    let now = FieldSet::of(config, root);
    let object = match owners.managers.iter().find(is_mine) {
        None => merged,
        Some(mine) => {
            let others = owners.managers.iter().filter(|manager| !is_mine(manager));
            let owned = others.fold(now, |owned, manager| owned.union(&manager.fields));
            prune(merged, &mine.fields, &owned, root)
        }
    };
    let changed = changes(live, &object, root);
    let mut conflicts = Vec::new();
    for manager in owners.managers.iter().filter(|manager| !is_mine(manager)) {
        manager.fields.intersection(&changed).each_member(&mut Vec::new(), &mut |steps| {
            let steps = steps.iter().map(|step| (*step).clone()).collect();
            conflicts.push(Conflict { manager: manager.name.clone(), steps });
        });
    }
    Ok((object, conflicts))
}

/// Removes what was applied before and no longer is, unless another manager owns it.
fn prune(merged: Value, before: &FieldSet, owned: &FieldSet, root: Field) -> Value {
    let before = before.with_parents(root);
    let all = FieldSet::of(&merged, root).with_parents(root);
    let without = before.remove_from(merged.clone(), root);
    let kept = FieldSet::of(&without, root).with_parents(root).union(&owned.with_parents(root));
    let without = all.difference(&kept).remove_from(merged.clone(), root);
    // Fields without an owner are kept, unless they were applied before.
    let kept = FieldSet::of(&without, root).with_parents(root);
    all.difference(&kept).intersection(&before).remove_from(merged, root)
}

fn merge(old: Option<&Value>, new: Option<&Value>, name: &str, field: Field) -> Result<Option<Value>, PatchError> {
    match (old, new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) if !field.object().atomic => {
            if old.is_empty() && new.is_empty() {
                return Ok(Some(Value::Object(Map::new())));
            }
            let mut merged = old.clone();
            for (key, value) in new {
                let below = field.object().field(key);
                if let Some(value) = merge(old.get(key), Some(value), key, below)? {
                    merged.insert(key.clone(), value);
                }
            }
            Ok(Some(Value::Object(merged)))
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if field.list().apply != ApplyList::Atomic => {
            merge_lists(name, old, new, field).map(|merged| Some(Value::Array(merged)))
        }
        (old, new) => Ok(new.or(old).cloned()),
    }
}

/// The elements of both lists in the new one's order; elements that only the old one has keep their places.
fn merge_lists(name: &str, old: &[Value], new: &[Value], field: Field) -> Result<Vec<Value>, PatchError> {
    let List { item, .. } = field.list();
    let steps = |list: &[Value]| list.iter().filter_map(|element| Step::of(element, field)).collect::<Vec<_>>();
    let (old_steps, new_steps) = (steps(old), steps(new));
    let mut news = HashMap::with_capacity(new.len());
    for (step, element) in new_steps.iter().zip(new) {
        if news.insert(step, element).is_some() {
            let key = match step {
                Step::Key(key) | Step::Value(key) | Step::Field(key) => key.clone(),
                Step::Index(index) => index.to_string(),
            };
            return Err(PatchError::Duplicate { list: name.to_owned(), key });
        }
    }
    let mut olds: HashMap<&Step, Option<&Value>> = HashMap::with_capacity(old.len());
    for (step, element) in old_steps.iter().zip(old) {
        // A duplicate cannot be merged with anything.
        olds.entry(step).and_modify(|known| *known = None).or_insert(Some(element));
    }
    let mut shared = new_steps.iter().filter(|step| olds.contains_key(step));
    let mut next_shared = shared.next();
    let mut done = HashSet::new();
    let mut merged = Vec::with_capacity(old.len().max(new.len()));
    let (mut at_old, mut at_new) = (0, 0);
    while at_old < old.len() || at_new < new.len() {
        if let Some(step) = old_steps.get(at_old) {
            let (next_new, is_new) = (new_steps.get(at_new), news.contains_key(step));
            if next_new == Some(step) {
                at_old += 1;
            } else if is_new && next_new.is_some() && next_shared.is_some_and(|next| next != step) {
                // Both have it, but in the new list another element comes first.
                at_old += 1;
                continue;
            } else if !is_new {
                merged.push(old[at_old].clone());
                at_old += 1;
                continue;
            } else if done.contains(step) {
                at_old += 1;
            }
        }
        let Some(step) = new_steps.get(at_new) else { continue };
        done.insert(step);
        let old = olds.get(step).copied().flatten();
        merged.extend(merge(old, Some(&new[at_new]), name, Field::Object(item))?);
        at_new += 1;
        if next_shared == Some(step) {
            next_shared = shared.next();
        }
    }
    Ok(merged)
}

/// The fields that were added or changed in the new value.
fn changes(old: &Value, new: &Value, field: Field) -> FieldSet {
    let (before, after) = (FieldSet::of(old, field), FieldSet::of(new, field));
    after.difference(&before).union(&after.intersection(&before).differing(old, new, field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::JOB;
    use serde_json::json;

    fn job(pod: &Value) -> Value {
        json!({"spec": {"template": {"spec": pod}}})
    }

    fn owned(entries: &[(&str, &str, Value)]) -> Owners {
        let entries: Vec<Value> = entries
            .iter()
            .map(|(manager, operation, pod)| {
                let fields = json!({"f:spec": {"f:template": {"f:spec": pod}}});
                json!({"manager": manager, "operation": operation, "fieldsV1": fields})
            })
            .collect();
        Owners::of(&json!({"metadata": {"managedFields": entries}})).unwrap()
    }

    fn applied(live: &Value, config: &Value, owners: &Owners) -> (Value, Vec<String>) {
        let (object, conflicts) = apply_server_side(&job(live), &job(config), owners, "kubectl", &JOB).unwrap();
        let conflicts = conflicts.into_iter().map(|conflict| conflict.manager).collect();
        (object["spec"]["template"]["spec"].clone(), conflicts)
    }

    #[test]
    fn an_applied_field_is_removed_unless_another_manager_owns_it() {
        let all = json!({"f:hostname": {}, "f:subdomain": {}, "f:securityContext": {"f:runAsUser": {}}});
        let live = json!({"hostname": "a", "subdomain": "b", "priority": 1, "securityContext": {"runAsUser": 1}});
        let alone = owned(&[("kubectl", "Apply", all.clone())]);
        assert_eq!(applied(&live, &json!({"hostname": "a"}), &alone).0, json!({"hostname": "a", "priority": 1}));
        let shared = owned(&[("kubectl", "Apply", all), ("other", "Update", json!({"f:subdomain": {}}))]);
        let kept = json!({"hostname": "a", "priority": 1, "subdomain": "b"});
        assert_eq!(applied(&live, &json!({"hostname": "a"}), &shared), (kept, Vec::new()));
    }

    #[test]
    fn changing_a_field_of_another_manager_is_a_conflict() {
        let owners = owned(&[("kubectl", "Apply", json!({"f:x": {}})), ("other", "Update", json!({"f:priority": {}}))]);
        let live = json!({"priority": 1});
        assert_eq!(applied(&live, &json!({"priority": 1}), &owners).1, [""; 0]);
        assert_eq!(applied(&live, &json!({"priority": 2}), &owners).1, ["other"]);
    }

    #[test]
    fn elements_keep_their_order_among_each_other() {
        let list = |names: &str| {
            let items = names.chars().map(|name| json!({"name": name.to_string()}));
            json!({"containers": items.collect::<Vec<_>>()})
        };
        let owners = owned(&[("kubectl", "Apply", json!({"f:x": {}}))]);
        for (live, config, merged) in [
            ("abc", "b", "abc"),
            ("abc", "cb", "acb"),
            ("ab", "xab", "xab"),
            ("ab", "axb", "axb"),
            ("xy", "ab", "xyab"),
            ("axby", "ba", "xbya"),
        ] {
            assert_eq!(applied(&list(live), &list(config), &owners).0, list(merged), "{live} and {config}");
        }
        let twice = apply_server_side(&job(&list("a")), &job(&list("aa")), &owners, "kubectl", &JOB);
        assert!(matches!(twice, Err(PatchError::Duplicate { .. })));
    }
}

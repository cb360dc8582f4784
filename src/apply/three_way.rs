//! The patch that `kubectl apply` sends. From the last applied manifest, the new manifest and the live object, it
//! computes a strategic merge patch that sets what is new or different, and removes what was applied before and is
//! gone.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::elements::{ElementKind, ListElements};
use super::error::PatchError;
use super::merge::{self, DELETE_SCALARS, MergeTarget, Object, PATCH, RETAIN_KEYS, SET_ORDER};
use super::schema::{Field, List, PatchList, Type};

/// Which differences a patch contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DiffKind {
    /// Additions and changes.
    Settings,
    /// Deletions.
    Deletions,
}

/// The patch that turns `current` into `modified`, given the previously applied `original`. Fields that neither
/// `original` nor `modified` has belong to others and are kept.
///
/// # Errors
/// The objects cannot be compared.
pub fn three_way_patch(
    original: Option<&Value>,
    modified: &Value,
    current: &Value,
    of: &Type,
) -> Result<Value, PatchError> {
    let object = |value: &Value| value.as_object().cloned().ok_or(PatchError::NotAnObject);
    let (modified, current) = (object(modified)?, object(current)?);
    let original = original.map_or_else(|| Ok(Object::new()), object)?;
    let settings = diff(&current, &modified, of, DiffKind::Settings, false)?;
    let deletions = diff(&original, &modified, of, DiffKind::Deletions, false)?;
    merge::merge(deletions, settings, of, MergeTarget::Patch).map(Value::Object)
}

/// `retains` says whether the patch has to list the fields to retain.
fn diff(old: &Object, new: &Object, of: &Type, kind: DiffKind, retains: bool) -> Result<Object, PatchError> {
    let mut patch = Object::new();
    for (key, new) in new {
        match old.get(key) {
            None if kind == DiffKind::Settings => {
                patch.insert(key.clone(), new.clone());
            }
            None => {}
            Some(old) => diff_field(&mut patch, key, (old, new), of.field(key), kind)?,
        }
    }
    if kind == DiffKind::Deletions {
        let gone = old.keys().filter(|key| !new.contains_key(*key));
        patch.extend(gone.map(|key| (key.clone(), Value::Null)));
    }
    if retains {
        let kept: Vec<&String> = new.iter().filter(|(_, value)| !value.is_null()).map(|(key, _)| key).collect();
        let has_more = || old.iter().any(|(key, value)| !value.is_null() && !new.contains_key(key));
        if !kept.is_empty() && (!patch.is_empty() || has_more()) {
            patch.insert(RETAIN_KEYS.to_owned(), json!(kept));
        }
    }
    Ok(patch)
}

fn diff_field(
    patch: &mut Object,
    key: &str,
    (old, new): (&Value, &Value),
    field: Field,
    kind: DiffKind,
) -> Result<(), PatchError> {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let below = diff(old, new, field.object(), kind, false)?;
            if !below.is_empty() {
                patch.insert(key.to_owned(), Value::Object(below));
            }
        }
        (Value::Array(old), Value::Array(new)) if field.list().patch != PatchList::Replace => {
            diff_lists(patch, key, (old, new), field.list(), kind)?;
        }
        _ if kind == DiffKind::Settings && old != new => {
            patch.insert(key.to_owned(), new.clone());
        }
        _ => {}
    }
    Ok(())
}

fn diff_lists(
    patch: &mut Object,
    key: &str,
    (old, new): (&[Value], &[Value]),
    list: List,
    kind: DiffKind,
) -> Result<(), PatchError> {
    if old.is_empty() {
        if !new.is_empty() && kind == DiffKind::Settings {
            patch.insert(key.to_owned(), new.to_vec().into());
        }
        return Ok(());
    }
    let elements = ListElements { list: key, key: list.merge_key() };
    match (elements.kind(&[old, new])?, list.patch) {
        (Some(ElementKind::Object), PatchList::Key { key: merge_key, retain_keys }) => {
            let (changed, order) = diff_objects(elements, (old, new), list.item, kind, (merge_key, retain_keys))?;
            insert_list(patch, key.to_owned(), changed);
            insert_list(patch, format!("{SET_ORDER}/{key}"), order);
        }
        (Some(ElementKind::Object), _) | (_, PatchList::Key { .. }) => return Err(elements.mixed()),
        _ => diff_scalars(patch, key, old, new, kind),
    }
    Ok(())
}

/// The elements to send, and their order.
fn diff_objects(
    elements: ListElements<'_>,
    (old, new): (&[Value], &[Value]),
    item: &Type,
    kind: DiffKind,
    (merge_key, retain_keys): (&str, bool),
) -> Result<(Vec<Value>, Vec<Value>), PatchError> {
    let (old_keys, new_keys) = (elements.identities(old)?, elements.identities(new)?);
    // A key may occur several times, for example in `env`; kubectl then pairs them starting from the last one.
    let mut indexes: HashMap<&Value, Vec<usize>> = HashMap::with_capacity(old.len());
    for (index, key) in old_keys.iter().enumerate() {
        indexes.entry(key).or_default().push(index);
    }
    let mut changed = Vec::new();
    for (element, key) in new.iter().zip(&new_keys).rev() {
        match indexes.get_mut(key).and_then(Vec::pop) {
            Some(index) => {
                let (Value::Object(old), Value::Object(new)) = (&old[index], element) else {
                    return Err(elements.mixed());
                };
                let mut below = diff(old, new, item, kind, retain_keys)?;
                if !below.is_empty() {
                    below.insert(merge_key.to_owned(), (*key).clone());
                    changed.push(Value::Object(below));
                }
            }
            None if kind == DiffKind::Settings => changed.push(element.clone()),
            None => {}
        }
    }
    changed.reverse();
    if kind == DiffKind::Deletions {
        let gone = old_keys.iter().enumerate().filter(|(index, key)| indexes[*key].contains(index));
        changed.extend(gone.map(|(_, key)| json!({merge_key: key, PATCH: "delete"})));
    }
    let is_moved = kind == DiffKind::Settings && old_keys != new_keys;
    if changed.is_empty() && !is_moved {
        return Ok((changed, Vec::new()));
    }
    Ok((changed, new_keys.iter().map(|key| json!({merge_key: key})).collect()))
}

fn diff_scalars(patch: &mut Object, key: &str, old: &[Value], new: &[Value], kind: DiffKind) {
    let without = |list: &[Value], others: &[Value]| -> Vec<Value> {
        let others: HashSet<&Value> = others.iter().collect();
        list.iter().filter(|value| !others.contains(value)).cloned().collect()
    };
    // kubectl sorts the old list before it compares the two.
    let mut sorted = old.to_vec();
    sorted.sort_by_key(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let has_order = match kind {
        DiffKind::Settings => {
            insert_list(patch, key.to_owned(), without(new, old));
            sorted != new
        }
        DiffKind::Deletions => {
            let mut gone = without(&sorted, new);
            gone.dedup();
            let has_order = !gone.is_empty();
            insert_list(patch, format!("{DELETE_SCALARS}/{key}"), gone);
            has_order
        }
    };
    if has_order {
        insert_list(patch, format!("{SET_ORDER}/{key}"), new.to_vec());
    }
}

fn insert_list(patch: &mut Object, key: String, list: Vec<Value>) {
    if !list.is_empty() {
        patch.insert(key, list.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::JOB;

    fn patch(original: &Value, modified: &Value, current: &Value) -> Value {
        let job = |env: &Value| json!({"spec": {"template": {"spec": {"containers": [{"name": "a", "env": env}]}}}});
        let patch = three_way_patch(Some(&job(original)), &job(modified), &job(current), &JOB).unwrap();
        let containers = patch.pointer("/spec/template/spec/containers").cloned();
        containers.map_or(Value::Null, |mut containers| containers[0].take())
    }

    #[test]
    fn only_what_was_applied_is_removed() {
        let variable = |name: &str, value: &str| json!({"name": name, "value": value});
        let (a, b, c) = (variable("A", "1"), variable("B", "1"), variable("C", "1"));
        let (all, one) = (json!([a, b, c]), json!([a]));
        let kept = patch(&one, &one, &all);
        assert_eq!(
            kept,
            json!({"name": "a", "$setElementOrder/env": [{"name": "A"}]}),
            "somebody has added the others"
        );
        let removed = patch(&json!([a, b]), &one, &all);
        let gone = json!([{"name": "B", "$patch": "delete"}]);
        assert_eq!(removed, json!({"name": "a", "env": gone, "$setElementOrder/env": [{"name": "A"}]}));
        let changed = patch(&one, &json!([variable("A", "2")]), &all);
        let set = json!([{"name": "A", "value": "2"}]);
        assert_eq!(changed, json!({"name": "a", "env": set, "$setElementOrder/env": [{"name": "A"}]}));
        let moved = patch(&json!([a, b]), &json!([b, a]), &json!([a, b]));
        assert_eq!(moved, json!({"name": "a", "$setElementOrder/env": [{"name": "B"}, {"name": "A"}]}));
    }

    #[test]
    fn a_source_that_excludes_others_is_named_as_the_one_that_stays() {
        let job = |volume: &Value| json!({"spec": {"template": {"spec": {"volumes": [volume]}}}});
        let old = job(&json!({"name": "v", "emptyDir": {}}));
        let new = job(&json!({"name": "v", "configMap": {"name": "m"}}));
        let patch = three_way_patch(Some(&old), &new, &old, &JOB).unwrap();
        let volume = &patch["spec"]["template"]["spec"]["volumes"][0];
        assert_eq!(volume[RETAIN_KEYS], json!(["configMap", "name"]));
        assert_eq!(volume["emptyDir"], Value::Null);
    }
}

//! Strategic merge patches with all directives: `$patch`, `$retainKeys`, `$setElementOrder`,
//! `$deleteFromPrimitiveList`, and null for a field to remove.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::elements::{ElementKind, ListElements};
use super::error::PatchError;
use super::schema::{List, PatchList, Type};

/// An object's fields.
pub(super) type Object = Map<String, Value>;

pub(super) const PATCH: &str = "$patch";
pub(super) const RETAIN_KEYS: &str = "$retainKeys";
pub(super) const SET_ORDER: &str = "$setElementOrder";
pub(super) const DELETE_SCALARS: &str = "$deleteFromPrimitiveList";

/// The target of a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MergeTarget {
    /// An object: directives are executed.
    Object,
    /// Another patch: directives and nulls are kept for the object that both patches are meant for.
    Patch,
}

/// Applies a strategic merge patch to an object of the type `of`, as the server does and as
/// `kubectl patch --type=strategic` does.
///
/// # Errors
/// The patch does not fit the object.
pub fn strategic_merge(object: Value, patch: Value, of: &Type) -> Result<Value, PatchError> {
    match (object, patch) {
        (Value::Object(object), Value::Object(patch)) => {
            Ok(Value::Object(merge(object, patch, of, MergeTarget::Object)?))
        }
        _ => Err(PatchError::NotAnObject),
    }
}

pub(super) fn merge(mut object: Object, mut patch: Object, of: &Type, into: MergeTarget) -> Result<Object, PatchError> {
    match patch.remove(PATCH) {
        None => {}
        Some(directive) if directive == "replace" => return Ok(patch),
        Some(directive) if directive == "delete" => return Ok(Object::new()),
        Some(directive) => return Err(misused(PATCH, &directive)),
    }
    retain_keys(&mut object, &mut patch, into)?;
    set_orders(&mut object, &mut patch, of, into)?;
    for (key, value) in patch {
        if !key.starts_with(DELETE_SCALARS) {
            merge_field(&mut object, key, value, of, into)?;
        } else if into == MergeTarget::Patch {
            object.insert(key, value);
        } else {
            delete_scalars(&mut object, &key, value)?;
        }
    }
    Ok(object)
}

fn merge_field(object: &mut Object, key: String, value: Value, of: &Type, into: MergeTarget) -> Result<(), PatchError> {
    let old = object.remove(&key);
    if value.is_null() {
        if into == MergeTarget::Patch {
            object.insert(key, value);
        }
        return Ok(());
    }
    let field = of.field(&key);
    let merged = match (old, value) {
        (Some(Value::Object(old)), Value::Object(new)) => Some(Value::Object(merge(old, new, field.object(), into)?)),
        (Some(Value::Array(old)), Value::Array(new)) => {
            Some(Value::Array(merge_lists(&key, old, new, field.list(), into)?))
        }
        (_, mut new) => {
            if into == MergeTarget::Object {
                drop_nulls(&mut new);
            }
            without_directives(new)
        }
    };
    if let Some(merged) = merged {
        object.insert(key, merged);
    }
    Ok(())
}

/// The values to remove from a list of scalars.
fn delete_scalars(object: &mut Object, key: &str, gone: Value) -> Result<(), PatchError> {
    let name = list_of(key, DELETE_SCALARS).ok_or_else(|| misused(key, &gone))?;
    match (object.get_mut(name), gone) {
        (_, Value::Null) => {
            object.remove(name);
        }
        (Some(Value::Array(items)), Value::Array(gone)) => {
            let elements = ListElements { list: name, key: None };
            if elements.kind(&[items, &gone])? == Some(ElementKind::Object) {
                return Err(elements.mixed());
            }
            let gone: HashSet<&Value> = gone.iter().collect();
            items.retain(|item| !gone.contains(item));
        }
        _ => {}
    }
    Ok(())
}

fn retain_keys(object: &mut Object, patch: &mut Object, into: MergeTarget) -> Result<(), PatchError> {
    let Some(retained) = patch.remove(RETAIN_KEYS) else { return Ok(()) };
    if into == MergeTarget::Patch {
        return keep_directive(object, RETAIN_KEYS, retained);
    }
    let Value::Array(retained) = retained else { return Err(misused(RETAIN_KEYS, &retained)) };
    let retained: HashSet<&str> = retained.iter().filter_map(Value::as_str).collect();
    let is_parallel = |key: &str| key.starts_with(DELETE_SCALARS) || key.starts_with(SET_ORDER);
    for (key, value) in &*patch {
        if !value.is_null() && !is_parallel(key) && !retained.contains(key.as_str()) {
            return Err(PatchError::NotRetained(key.clone()));
        }
    }
    object.retain(|key, _| retained.contains(key.as_str()));
    Ok(())
}

/// Two patches for one object must agree on it.
fn keep_directive(object: &mut Object, key: &str, value: Value) -> Result<(), PatchError> {
    match object.get(key) {
        Some(known) if *known != value => Err(misused(key, &value)),
        Some(_) => Ok(()),
        None => {
            object.insert(key.to_owned(), value);
            Ok(())
        }
    }
}

/// Merges the lists whose order the patch gives.
fn set_orders(object: &mut Object, patch: &mut Object, of: &Type, into: MergeTarget) -> Result<(), PatchError> {
    let keys: Vec<String> = patch.keys().filter(|key| key.starts_with(SET_ORDER)).cloned().collect();
    for key in keys {
        let Some(order) = patch.remove(&key) else { continue };
        if into == MergeTarget::Patch {
            keep_directive(object, &key, order.clone())?;
        }
        let Value::Array(order) = order else { return Err(misused(&key, &order)) };
        let name = list_of(&key, SET_ORDER).ok_or_else(|| misused(&key, &Value::Null))?;
        let (old, new) = (take_list(object, name)?, take_list(patch, name)?);
        if let Some(merged) = set_order(name, old, new, &order, of.field(name).list(), into)? {
            object.insert(name.to_owned(), Value::Array(merged));
        }
    }
    Ok(())
}

fn set_order(
    name: &str,
    old: Option<Vec<Value>>,
    new: Option<Vec<Value>>,
    order: &[Value],
    list: List,
    into: MergeTarget,
) -> Result<Option<Vec<Value>>, PatchError> {
    let elements = ListElements { list: name, key: list.merge_key() };
    let mut live = old.clone().unwrap_or_default();
    if elements.kind(&[&live, new.as_deref().unwrap_or_default()])?.is_none() && (old.is_some() || new.is_some()) {
        return Err(elements.mixed());
    }
    check_order(elements, new.as_deref().unwrap_or_default(), order)?;
    if let Some(new) = &new {
        fill_gaps(elements, &mut live, new)?;
    }
    let merged = match (old, new) {
        (None, None) => return Ok(None),
        (Some(old), None) => old,
        (None, Some(new)) => new.into_iter().filter_map(without_directives).collect(),
        (Some(_), Some(new)) if list.patch == PatchList::Replace => new,
        (Some(old), Some(new)) => merge_lists(name, old, new, list, into)?,
    };
    elements.arrange(merged, order, &live).map(Some)
}

/// If elements of the live list are deleted, kubectl and the server move the first new ones into their places and take
/// the live order from the resulting list.
fn fill_gaps(elements: ListElements<'_>, live: &mut Vec<Value>, new: &[Value]) -> Result<(), PatchError> {
    let is = |element: &Value, directive: &str| element.get(PATCH).is_some_and(|found| found == directive);
    let mut deleted = HashSet::new();
    for element in new.iter().filter(|element| is(element, "delete")) {
        deleted.insert(elements.identity(element)?);
    }
    if deleted.is_empty() {
        return Ok(());
    }
    let before = live.len();
    live.retain(|element| elements.identity(element).is_ok_and(|identity| !deleted.contains(identity)));
    if !new.iter().any(|element| is(element, "replace")) {
        let mut known: HashSet<Value> = elements.identities(live)?.into_iter().cloned().collect();
        for element in new.iter().filter(|element| element.get(PATCH).is_none()) {
            if live.len() < before && known.insert(elements.identity(element)?.clone()) {
                live.push(element.clone());
            }
        }
    }
    Ok(())
}

/// The elements of the patch must occur in its order list, in the same order.
fn check_order(elements: ListElements<'_>, patch: &[Value], order: &[Value]) -> Result<(), PatchError> {
    let mut left = patch.iter().filter(|element| element.get(PATCH).is_none_or(|directive| directive != "delete"));
    let mut next = left.next();
    let mut ordered = order.iter().peekable();
    while let (Some(element), Some(expected)) = (next, ordered.peek()) {
        if element.get(PATCH).is_some() {
            next = left.next();
            continue;
        }
        if elements.identity(element)? == elements.identity(expected)? {
            next = left.next();
        }
        ordered.next();
    }
    if next.is_some() && !order.is_empty() {
        return Err(PatchError::Order(elements.list.to_owned()));
    }
    Ok(())
}

fn merge_lists(
    name: &str,
    old: Vec<Value>,
    new: Vec<Value>,
    list: List,
    into: MergeTarget,
) -> Result<Vec<Value>, PatchError> {
    if list.patch == PatchList::Replace {
        return Ok(new);
    }
    let elements = ListElements { list: name, key: list.merge_key() };
    match (elements.kind(&[&old, &new])?, elements.key) {
        (None, _) => Ok(old),
        (Some(ElementKind::Object), Some(_)) => merge_objects(elements, old, new, list.item, into),
        (Some(ElementKind::Object), None) | (Some(_), Some(_)) => Err(elements.mixed()),
        (Some(_), None) => {
            let mut seen = HashSet::new();
            let both = old.iter().chain(&new).filter(|item| seen.insert(*item)).cloned().collect();
            elements.arrange(both, &new, &old)
        }
    }
}

/// Merges lists of objects with a merge key.
fn merge_objects(
    elements: ListElements<'_>,
    mut old: Vec<Value>,
    new: Vec<Value>,
    item: &Type,
    into: MergeTarget,
) -> Result<Vec<Value>, PatchError> {
    let (mut plain, mut deleted, mut replaces) = (Vec::with_capacity(new.len()), HashSet::new(), false);
    for element in new {
        match element.get(PATCH) {
            None => plain.push(element),
            Some(directive) if directive == "delete" => {
                deleted.insert(elements.identity(&element)?.clone());
            }
            Some(directive) if directive == "replace" => replaces = true,
            Some(directive) => return Err(misused(PATCH, directive)),
        }
    }
    if replaces {
        (old, plain) = (plain, Vec::new());
    } else if !deleted.is_empty() {
        let identified = |element: &Value| elements.identity(element).is_ok_and(|identity| deleted.contains(identity));
        old.retain(|element| !identified(element));
    }
    let merged = merge_elements(elements, &old, &plain, item, into)?;
    elements.arrange(merged, &plain, &old)
}

/// The old elements, each merged with its new version, followed by the added elements.
fn merge_elements(
    elements: ListElements<'_>,
    old: &[Value],
    new: &[Value],
    item: &Type,
    into: MergeTarget,
) -> Result<Vec<Value>, PatchError> {
    let mut merged = old.to_vec();
    let mut indexes: HashMap<&Value, usize> = elements.indexes(old)?;
    for element in new {
        let Some(index) = indexes.get(elements.identity(element)?) else {
            indexes.insert(elements.identity(element)?, merged.len());
            merged.push(element.clone());
            continue;
        };
        let (Value::Object(old), Value::Object(new)) = (merged[*index].take(), element.clone()) else {
            return Err(elements.mixed());
        };
        merged[*index] = Value::Object(merge(old, new, item, into)?);
    }
    Ok(merged)
}

fn take_list(object: &mut Object, name: &str) -> Result<Option<Vec<Value>>, PatchError> {
    match object.remove(name) {
        None => Ok(None),
        Some(Value::Array(items)) => Ok(Some(items)),
        Some(other) => Err(misused(name, &other)),
    }
}

/// The list that a directive next to it refers to.
fn list_of<'k>(key: &'k str, directive: &str) -> Option<&'k str> {
    key.strip_prefix(directive)?.strip_prefix('/')
}

/// In a new value, there is nothing for a null to remove.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// A new value without the objects that are directives; none if it is a directive itself.
fn without_directives(value: Value) -> Option<Value> {
    match value {
        Value::Object(fields) if fields.contains_key(PATCH) => None,
        Value::Object(fields) => {
            let kept = fields.into_iter().filter_map(|(key, value)| Some((key, without_directives(value)?)));
            Some(Value::Object(kept.collect()))
        }
        Value::Array(items) => Some(Value::Array(items.into_iter().filter_map(without_directives).collect())),
        other => Some(other),
    }
}

fn misused(directive: &str, found: &Value) -> PatchError {
    PatchError::Directive { directive: directive.to_owned(), found: found.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::JOB;
    use serde_json::json;

    fn merged(pod: &Value, patch: &Value) -> Result<Value, PatchError> {
        let job = |pod: &Value| json!({"spec": {"template": {"spec": pod}}});
        strategic_merge(job(pod), job(patch), &JOB).map(|mut job| job["spec"]["template"]["spec"].take())
    }

    #[test]
    fn each_directive_is_carried_out() {
        let containers = json!({"containers": [{"name": "a", "image": "x", "args": ["1", "2"]}, {"name": "b"}]});
        for (patch, expected) in [
            (
                json!([{"name": "b", "image": "y"}]),
                json!([{"name": "a", "image": "x", "args": ["1", "2"]}, {"name": "b", "image": "y"}]),
            ),
            (json!([{"name": "a", "$patch": "delete"}]), json!([{"name": "b"}])),
            (json!([{"name": "c"}, {"$patch": "replace"}]), json!([{"name": "c"}])),
            (
                json!([{"name": "a", "image": null, "args": ["3"]}]),
                json!([{"name": "a", "args": ["3"]}, {"name": "b"}]),
            ),
            (
                json!([{"name": "a", "$deleteFromPrimitiveList/args": ["1"], "image": null}]),
                json!([{"name": "a", "args": ["2"]}, {"name": "b"}]),
            ),
        ] {
            assert_eq!(merged(&containers, &json!({"containers": patch})).unwrap()["containers"], expected, "{patch}");
        }
        let order = json!({"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}]});
        assert_eq!(merged(&containers, &order).unwrap()["containers"][0], json!({"name": "b"}));
        let volume = json!({"volumes": [{"name": "v", "emptyDir": {}}]});
        let other = json!({"volumes": [{"name": "v", "nfs": {"path": "/"}, "$retainKeys": ["name", "nfs"]}]});
        let nfs = json!({"volumes": [{"name": "v", "nfs": {"path": "/"}}]});
        assert_eq!(merged(&volume, &other).unwrap(), nfs);
        let replaced = json!({"nodeSelector": {"a": "b", "$patch": "replace"}});
        assert_eq!(merged(&json!({"nodeSelector": {"c": "d"}}), &replaced).unwrap()["nodeSelector"], json!({"a": "b"}));
        let tolerations = |key: &str| json!({"tolerations": [{"key": key}]});
        assert_eq!(merged(&tolerations("a"), &tolerations("b")).unwrap(), tolerations("b"), "replaced as a whole");
    }

    #[test]
    fn what_cannot_be_merged_is_said() {
        let job = json!({"containers": [{"name": "a"}], "volumes": [{"name": "v"}]});
        for patch in [
            json!({"containers": [{"image": "x"}]}),
            json!({"containers": ["a"]}),
            json!({"containers": [{"name": "a", "$patch": "merge"}]}),
            json!({"volumes": [{"name": "v", "emptyDir": {}, "$retainKeys": ["name"]}]}),
            json!({"$setElementOrder/containers": [{"name": "b"}], "containers": [{"name": "a"}]}),
            json!({"nodeSelector": {}, "$patch": "x"}),
        ] {
            assert!(merged(&job, &patch).is_err(), "{patch}");
        }
    }
}

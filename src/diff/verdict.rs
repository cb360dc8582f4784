//! What the server would say to a Job that is applied over one that exists: the manifest and the existing object come
//! in, and what would change, and why it may not, go out.

use std::collections::BTreeSet;

use serde_json::Value;

use super::applied::{Applied, Assumption, apply};
use super::compare::{FieldChange, differences};
use super::stored::LAST_APPLIED;
use super::update::{Cause, CauseKind, causes, template_change};
use crate::apimachinery::{Path, Segment, Version};
use crate::apply::field_set::Step;
use crate::apply::schema::Field;
use crate::apply::{Conflict, JOB};

/// What applying would do to an object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// Whether kubectl would say that it has configured the object. It says so even of a patch that changes nothing: one
    /// that asks for the order of a list that others have added to.
    pub is_configured: bool,
    /// The fields that would change.
    pub fields: Vec<FieldChange>,
    /// Why the server would refuse that; empty where it would not.
    pub causes: Vec<Cause>,
    /// What the answer rests on.
    pub assumption: Option<Assumption>,
}

impl Verdict {
    /// What applying `manifest` over `existing` would do in a cluster of this version.
    #[must_use]
    pub fn of(manifest: &Value, existing: &Value, version: Version) -> Self {
        match apply(manifest, existing) {
            Ok(None) => Self::default(),
            Ok(Some(applied)) => Self::of_applied(&applied, existing, version),
            Err(error) => {
                // kubectl, or the server, gives up before it looks at any rule.
                let (field, message) = (String::new(), error.to_string());
                let cause = Cause { field, reason: "BadRequest", message, kind: CauseKind::Fault };
                Self { is_configured: true, causes: vec![cause], ..Self::default() }
            }
        }
    }

    fn of_applied(applied: &Applied, existing: &Value, version: Version) -> Self {
        let Applied { old, new, .. } = applied;
        let root = Path::root();
        let mut fields = differences(root, Some(&old.value), Some(&new.value), Field::Object(&JOB));
        // The server looks at the owners first.
        let causes: Vec<Cause> = match applied.conflicts.as_slice() {
            [] if fields.is_empty() => Vec::new(),
            [] => causes(existing, old, new, version),
            conflicts => conflicts.iter().map(|one| conflict(one, &new.value)).collect(),
        };
        mark(&mut fields, &causes, applied, existing);
        if fields.is_empty() && causes.is_empty() && applied.is_noted {
            let field = root.field("metadata").field("annotations").key(LAST_APPLIED).to_string();
            fields.push(FieldChange { field, old: None, new: None, immutable: false });
        }
        let is_configured = applied.is_sent || !causes.is_empty();
        Self { is_configured, fields, causes, assumption: applied.assumption }
    }

    /// Whether applying would change nothing.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        !self.is_configured
    }
}

/// Marks the changes that the server refuses. A field that it names for another one's change is shown too.
fn mark(fields: &mut Vec<FieldChange>, causes: &[Cause], applied: &Applied, existing: &Value) {
    let changed = Paths(fields.iter().map(|change| change.field.clone()).collect());
    let (in_template, elsewhere): (Vec<&Cause>, Vec<&Cause>) =
        causes.iter().partition(|cause| ["spec.template", "spec.template.spec"].contains(&cause.field.as_str()));
    let mut refused = Paths(elsewhere.iter().map(|cause| cause.field.clone()).collect());
    let change = template_change(existing, &applied.old, &applied.new).filter(|_| !in_template.is_empty());
    if let Some(change) = change {
        let (root, new) = (Path::root(), applied.new.value.pointer("/spec/template"));
        let spec = root.field("spec");
        let of = Field::Object(&JOB).object().field("spec").object().field("template");
        let left = differences(&spec.field("template"), Some(&change.old), new, of);
        refused.0.extend(left.into_iter().map(|change| change.field));
    }
    for change in fields.iter_mut() {
        change.immutable = refused.touches(&change.field);
    }
    let hidden = elsewhere.iter().filter(|cause| !cause.field.is_empty() && !changed.touches(&cause.field));
    fields.extend(hidden.map(|cause| FieldChange {
        field: cause.field.clone(),
        old: None,
        new: None,
        immutable: true,
    }));
}

/// Paths of fields, found quickly however many they are.
struct Paths(BTreeSet<String>);

impl Paths {
    /// Whether one of them leads to this field, to one above it, or to one below it.
    fn touches(&self, path: &str) -> bool {
        let mut above = path.match_indices(['.', '[']).map(|(end, _)| &path[..end]);
        let is_below = |separator: char| {
            let start = format!("{path}{separator}");
            self.0.range(start.clone()..).next().is_some_and(|first| first.starts_with(&start))
        };
        self.0.contains(path) || above.any(|path| self.0.contains(path)) || is_below('.') || is_below('[')
    }
}

fn conflict(conflict: &Conflict, object: &Value) -> Cause {
    let field = shown(Path::root(), &conflict.steps, Some(object), Field::Object(&JOB));
    let message =
        format!("{:?} owns this field, and kubectl apply takes it over with --force-conflicts only.", conflict.manager);
    Cause { field, reason: "FieldManagerConflict", message, kind: CauseKind::Conflict }
}

/// The path that steps lead along, as [`differences`] writes it.
fn shown(path: &Path<'_>, steps: &[Step], value: Option<&Value>, field: Field) -> String {
    let Some((step, rest)) = steps.split_first() else { return path.to_string() };
    match step {
        Step::Field(key) => {
            let below = if field.is_map() { path.key(key) } else { path.field(key) };
            shown(&below, rest, value.and_then(|value| value.get(key)), field.object().field(key))
        }
        Step::Index(index) => path.index(*index).to_string(),
        Step::Key(text) | Step::Value(text) => {
            let items = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let found = items.iter().enumerate().find(|(_, item)| Step::of(item, field).as_ref() == Some(step));
            let item = found.map(|(_, item)| item);
            let below = match (found, item.and_then(|item| item.get("name")).and_then(Value::as_str)) {
                (_, Some(name)) if path.last() == Some(Segment::Field("env")) => path.key(name),
                (Some((index, _)), _) => path.index(index),
                (None, _) => path.key(text),
            };
            shown(&below, rest, item, Field::Object(field.list().item))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// An object as the server gives it back, owned as said.
    fn live(spec: &Value, owners: &Value) -> Value {
        let template = json!({"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "x:1"}]}});
        let mut job = json!({"metadata": {"name": "a", "uid": "1", "managedFields": owners}, "spec": spec});
        job["spec"]["template"] = template;
        job
    }

    fn manifest() -> Value {
        let mut manifest = live(&json!({"backoffLimit": 0}), &json!(null));
        manifest["metadata"] = json!({"name": "a"});
        manifest
    }

    #[test]
    fn paths_touch_what_is_above_and_below_them() {
        let paths = Paths(["a.b[0].c".to_owned(), "a.bc".to_owned()].into());
        for path in ["a", "a.b", "a.b[0]", "a.b[0].c", "a.b[0].c.d", "a.bc[1]"] {
            assert!(paths.touches(path), "{path}");
        }
        for path in ["b", "a.b[1]", "a.b[0].cd", "a.bcd", "a.b.c"] {
            assert!(!paths.touches(path), "{path}");
        }
    }

    fn owner(manager: &str, operation: &str, fields: &Value) -> Value {
        json!({"manager": manager, "operation": operation, "apiVersion": "batch/v1", "fieldsV1": fields})
    }

    #[test]
    fn a_field_of_somebody_else_is_a_conflict_of_server_side_apply() {
        let limit = json!({"f:spec": {"f:backoffLimit": {}}});
        let image = json!({"f:spec": {"f:containers": {"k:{\"name\":\"a\"}": {"f:image": {}}}}});
        let mine = owner("kubectl", "Apply", &json!({"f:spec": {"f:suspend": {}, "f:template": image}}));
        let job = live(&json!({"backoffLimit": 3, "suspend": true}), &json!([mine, owner("x", "Update", &limit)]));
        let verdict = Verdict::of(&manifest(), &job, Version::NEWEST);
        let [cause] = verdict.causes.as_slice() else { panic!("{verdict:?}") };
        assert_eq!((cause.field.as_str(), cause.reason), ("spec.backoffLimit", "FieldManagerConflict"));
        let changed: Vec<_> = verdict.fields.iter().map(|one| (one.field.as_str(), one.immutable)).collect();
        assert_eq!(changed, [("spec.backoffLimit", true), ("spec.suspend", false)], "what was applied goes");
    }

    #[test]
    fn an_object_that_kubectl_created_gets_the_annotation_at_least() {
        let created = live(&json!({"backoffLimit": 0}), &json!([owner("kubectl-create", "Update", &json!({}))]));
        let verdict = Verdict::of(&manifest(), &created, Version::NEWEST);
        assert_eq!(verdict.causes, []);
        let [change] = verdict.fields.as_slice() else { panic!("{verdict:?}") };
        assert!(change.field.ends_with("last-applied-configuration]") && change.old.is_none());
    }

    #[test]
    fn what_is_assumed_is_said_where_it_matters() {
        let file = |more: &str| {
            let mut file = manifest();
            file["spec"][more] = 5.into();
            Verdict::of(&manifest(), &file, Version::NEWEST)
        };
        assert_eq!(file("ttlSecondsAfterFinished").assumption, Some(Assumption::AppliedAsItStands));
        assert_eq!(file("backoffLimit").assumption, None, "changed under any assumption");
        let mut stripped = live(&json!({"backoffLimit": 0, "ttlSecondsAfterFinished": 5}), &json!(null));
        let verdict = Verdict::of(&manifest(), &stripped, Version::NEWEST);
        assert!(verdict.is_unchanged() && verdict.assumption.is_some(), "{verdict:?}");
        stripped["spec"]["ttlSecondsAfterFinished"] = json!(null);
        assert_eq!(Verdict::of(&manifest(), &stripped, Version::NEWEST), Verdict::default());
    }
}

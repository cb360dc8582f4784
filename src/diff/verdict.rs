//! The server's verdict on applying a Job over an existing one: what would change, and why it would be rejected.

use std::collections::BTreeSet;

use serde_json::Value;

use super::applied::{Applied, Assumption, apply};
use super::compare::{FieldChange, differences};
use super::field_path::{FieldPath, touch};
use super::stored::LAST_APPLIED;
use super::update::{Cause, CauseKind, causes, template_change};
use crate::apimachinery::{Path, Segment, Version};
use crate::apply::field_set::Step;
use crate::apply::schema::Field;
use crate::apply::{Conflict, JOB};

/// What applying would do to an object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// Whether kubectl would report the object as configured. It does so even for a patch that changes nothing, such as
    /// one that restores the order of a list that others have added to.
    pub is_configured: bool,
    /// The fields that would change.
    pub fields: Vec<FieldChange>,
    /// Why the server would reject the change; empty if it would not.
    pub causes: Vec<Cause>,
    /// The assumption behind the answer.
    pub assumption: Option<Assumption>,
}

impl Verdict {
    /// The verdict on applying `manifest` over `existing` in a cluster of this version.
    pub fn of(manifest: &Value, existing: &Value, version: Version) -> Self {
        match apply(manifest, existing) {
            Ok(None) => Self::default(),
            Ok(Some(applied)) => Self::of_applied(&applied, existing, version),
            Err(error) => {
                // kubectl or the server fails before checking any rule.
                let (field, message) = (FieldPath::default(), error.to_string());
                let cause = Cause { field, reason: "BadRequest", message, kind: CauseKind::Fault };
                Self { is_configured: true, causes: vec![cause], ..Self::default() }
            }
        }
    }

    fn of_applied(applied: &Applied, existing: &Value, version: Version) -> Self {
        let Applied { old, new, .. } = applied;
        let root = Path::root();
        let mut fields = differences(root, Some(&old.value), Some(&new.value), Field::Object(&JOB));
        // The server checks field ownership first.
        let causes: Vec<Cause> = match applied.conflicts.as_slice() {
            [] if fields.is_empty() => Vec::new(),
            [] => causes(existing, old, new, version),
            conflicts => conflicts.iter().map(|one| conflict(one, &new.value)).collect(),
        };
        mark(&mut fields, &causes, applied, existing);
        if fields.is_empty() && causes.is_empty() && applied.is_noted {
            let field = FieldPath::of_fields(&["metadata", "annotations"]).key(LAST_APPLIED);
            fields.push(FieldChange { field, old: None, new: None, immutable: false });
        }
        let is_configured = applied.is_sent || !causes.is_empty();
        Self { is_configured, fields, causes, assumption: applied.assumption }
    }

    /// Whether applying would change nothing.
    pub fn is_unchanged(&self) -> bool {
        !self.is_configured
    }
}

/// Marks the changes that the server rejects. If it names a different field for a change, that field is added.
fn mark(fields: &mut Vec<FieldChange>, causes: &[Cause], applied: &Applied, existing: &Value) {
    let changed: BTreeSet<FieldPath> = fields.iter().map(|change| change.field.clone()).collect();
    let (in_template, elsewhere): (Vec<&Cause>, Vec<&Cause>) = causes.iter().partition(|cause| cause.is_of_template());
    let mut refused: BTreeSet<FieldPath> = elsewhere.iter().map(|cause| cause.field.clone()).collect();
    let change = template_change(existing, &applied.old, &applied.new).filter(|_| !in_template.is_empty());
    if let Some(change) = change {
        let (root, new) = (Path::root(), applied.new.value.pointer("/spec/template"));
        let spec = root.field("spec");
        let of = Field::Object(&JOB).object().field("spec").object().field("template");
        let left = differences(&spec.field("template"), Some(&change.old), new, of);
        refused.extend(left.into_iter().map(|change| change.field));
    }
    for change in fields.iter_mut() {
        change.immutable = touch(&refused, &change.field);
    }
    let hidden = elsewhere.iter().filter(|cause| !cause.field.is_root() && !touch(&changed, &cause.field));
    fields.extend(hidden.map(|cause| FieldChange {
        field: cause.field.clone(),
        old: None,
        new: None,
        immutable: true,
    }));
}

fn conflict(conflict: &Conflict, object: &Value) -> Cause {
    let field = path_along(Path::root(), &conflict.steps, Some(object), Field::Object(&JOB));
    let message =
        format!("{:?} owns this field, and kubectl apply takes it over only with --force-conflicts.", conflict.manager);
    Cause { field, reason: "FieldManagerConflict", message, kind: CauseKind::Conflict }
}

/// The path of steps, in the notation of [`differences`].
fn path_along(path: &Path<'_>, steps: &[Step], value: Option<&Value>, field: Field) -> FieldPath {
    let Some((step, rest)) = steps.split_first() else { return path.into() };
    match step {
        Step::Field(key) => {
            let below = if field.is_map() { path.key(key) } else { path.field(key) };
            path_along(&below, rest, value.and_then(|value| value.get(key)), field.object().field(key))
        }
        Step::Index(index) => (&path.index(*index)).into(),
        Step::Key(text) | Step::Value(text) => {
            let items = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let found = items.iter().enumerate().find(|(_, item)| Step::of(item, field).as_ref() == Some(step));
            let item = found.map(|(_, item)| item);
            let below = match (found, item.and_then(|item| item.get("name")).and_then(Value::as_str)) {
                (_, Some(name)) if path.last() == Some(Segment::Field("env")) => path.key(name),
                (Some((index, _)), _) => path.index(index),
                (None, _) => path.key(text),
            };
            path_along(&below, rest, item, Field::Object(field.list().item))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// An object as returned by the server, with the given field ownership.
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

    fn owner(manager: &str, operation: &str, fields: &Value) -> Value {
        json!({"manager": manager, "operation": operation, "apiVersion": "batch/v1", "fieldsV1": fields})
    }

    #[test]
    fn a_field_of_another_manager_is_a_conflict_of_server_side_apply() {
        let limit = json!({"f:spec": {"f:backoffLimit": {}}});
        let image = json!({"f:spec": {"f:containers": {"k:{\"name\":\"a\"}": {"f:image": {}}}}});
        let mine = owner("kubectl", "Apply", &json!({"f:spec": {"f:suspend": {}, "f:template": image}}));
        let job = live(&json!({"backoffLimit": 3, "suspend": true}), &json!([mine, owner("x", "Update", &limit)]));
        let verdict = Verdict::of(&manifest(), &job, Version::NEWEST);
        let [cause] = verdict.causes.as_slice() else { panic!("{verdict:?}") };
        assert_eq!((cause.field.to_string().as_str(), cause.reason), ("spec.backoffLimit", "FieldManagerConflict"));
        let changed: Vec<_> = verdict.fields.iter().map(|one| (one.field.to_string(), one.immutable)).collect();
        let expected =
            [("spec.backoffLimit", true), ("spec.suspend", false)].map(|(path, refused)| (path.to_owned(), refused));
        assert_eq!(changed, expected, "what was applied goes");
    }

    #[test]
    fn an_object_that_kubectl_created_gets_the_annotation_at_least() {
        let created = live(&json!({"backoffLimit": 0}), &json!([owner("kubectl-create", "Update", &json!({}))]));
        let verdict = Verdict::of(&manifest(), &created, Version::NEWEST);
        assert_eq!(verdict.causes, []);
        let [change] = verdict.fields.as_slice() else { panic!("{verdict:?}") };
        assert!(change.field.to_string().ends_with("last-applied-configuration]") && change.old.is_none());
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

//! What the server would say to a Job that is applied over one that exists: the manifest and the existing object come
//! in, and what would change, and why it may not, go out.

use serde_json::Value;

use super::applied::{Applied, Assumption, apply};
use super::compare::{FieldChange, differences};
use super::stored::LAST_APPLIED;
use super::update::{Cause, CauseKind, causes, template_change};
use crate::apimachinery::{Path, Segment};
use crate::apply::field_set::Step;
use crate::apply::schema::Field;
use crate::apply::{Conflict, JOB};

/// What applying would do to an object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// The fields that would change.
    pub fields: Vec<FieldChange>,
    /// Why the server would refuse that; empty where it would not.
    pub causes: Vec<Cause>,
    /// What the answer rests on.
    pub assumption: Option<Assumption>,
}

impl Verdict {
    /// What applying `manifest` over `existing` would do.
    #[must_use]
    pub fn of(manifest: &Value, existing: &Value) -> Self {
        match apply(manifest, existing) {
            Ok(applied) => Self::of_applied(&applied, existing),
            Err(error) => {
                // kubectl, or the server, gives up before it looks at any rule.
                let (field, message) = (String::new(), error.to_string());
                let cause = Cause { field, reason: "BadRequest", message, kind: CauseKind::Fault };
                Self { causes: vec![cause], ..Self::default() }
            }
        }
    }

    fn of_applied(applied: &Applied, existing: &Value) -> Self {
        let Applied { old, new, .. } = applied;
        if !applied.is_sent && applied.conflicts.is_empty() {
            return Self { assumption: applied.assumption, ..Self::default() };
        }
        let root = Path::root();
        let mut fields = differences(&root, Some(&old.value), Some(&new.value), Field::Object(&JOB));
        // The server looks at the owners first.
        let causes: Vec<Cause> = match applied.conflicts.as_slice() {
            [] if fields.is_empty() => Vec::new(),
            [] => causes(existing, old, new),
            conflicts => conflicts.iter().map(|one| conflict(one, &new.value)).collect(),
        };
        mark(&mut fields, &causes, applied, existing);
        if fields.is_empty() && causes.is_empty() {
            let field = root.field("metadata").field("annotations").key(LAST_APPLIED).to_string();
            fields.push(FieldChange { field, old: None, new: None, immutable: false });
        }
        Self { fields, causes, assumption: applied.assumption }
    }

    /// Whether applying would change nothing.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.fields.is_empty() && self.causes.is_empty()
    }
}

/// Marks the changes that the server refuses. A field that it names for another one's change is shown too.
fn mark(fields: &mut Vec<FieldChange>, causes: &[Cause], applied: &Applied, existing: &Value) {
    for cause in causes {
        let of_template = ["spec.template", "spec.template.spec"].contains(&cause.field.as_str());
        let change = template_change(existing, &applied.old, &applied.new).filter(|_| of_template);
        let refused = match change {
            None => vec![cause.field.clone()],
            Some(change) => {
                let (root, new) = (Path::root(), applied.new.value.pointer("/spec/template"));
                let spec = root.field("spec");
                let of = Field::Object(&JOB).object().field("spec").object().field("template");
                let left = differences(&spec.field("template"), Some(&change.old), new, of);
                left.into_iter().map(|change| change.field).collect()
            }
        };
        let concerns = |field: &str| refused.iter().any(|path| is_within(path, field) || is_within(field, path));
        let mut is_shown = false;
        for change in fields.iter_mut().filter(|change| concerns(&change.field)) {
            change.immutable = true;
            is_shown = true;
        }
        if !is_shown && !cause.field.is_empty() {
            fields.push(FieldChange { field: cause.field.clone(), old: None, new: None, immutable: true });
        }
    }
}

/// Whether a path leads to a field, or to one below it.
fn is_within(path: &str, field: &str) -> bool {
    path.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn conflict(conflict: &Conflict, object: &Value) -> Cause {
    let field = shown(&Path::root(), &conflict.steps, Some(object), Field::Object(&JOB));
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

    fn owner(manager: &str, operation: &str, fields: &Value) -> Value {
        json!({"manager": manager, "operation": operation, "apiVersion": "batch/v1", "fieldsV1": fields})
    }

    #[test]
    fn a_field_of_somebody_else_is_a_conflict_of_server_side_apply() {
        let limit = json!({"f:spec": {"f:backoffLimit": {}}});
        let mine = owner("kubectl", "Apply", &json!({"f:spec": {"f:suspend": {}}}));
        let job = live(&json!({"backoffLimit": 3, "suspend": true}), &json!([mine, owner("x", "Update", &limit)]));
        let verdict = Verdict::of(&manifest(), &job);
        let [cause] = verdict.causes.as_slice() else { panic!("{verdict:?}") };
        assert_eq!((cause.field.as_str(), cause.reason), ("spec.backoffLimit", "FieldManagerConflict"));
        let changed: Vec<_> = verdict.fields.iter().map(|one| (one.field.as_str(), one.immutable)).collect();
        assert_eq!(changed, [("spec.backoffLimit", true), ("spec.suspend", false)], "what was applied goes");
    }

    #[test]
    fn an_object_that_kubectl_created_gets_the_annotation_at_least() {
        let created = live(&json!({"backoffLimit": 0}), &json!([owner("kubectl-create", "Update", &json!({}))]));
        let verdict = Verdict::of(&manifest(), &created);
        assert_eq!(verdict.causes, []);
        let [change] = verdict.fields.as_slice() else { panic!("{verdict:?}") };
        assert!(change.field.ends_with("last-applied-configuration]") && change.old.is_none());
    }

    #[test]
    fn what_is_assumed_is_said_where_it_matters() {
        let file = |more: &str| {
            let mut file = manifest();
            file["spec"][more] = 5.into();
            Verdict::of(&manifest(), &file)
        };
        assert_eq!(file("ttlSecondsAfterFinished").assumption, Some(Assumption::AppliedAsItStands));
        assert_eq!(file("backoffLimit").assumption, None, "changed under any assumption");
        let mut stripped = live(&json!({"backoffLimit": 0, "ttlSecondsAfterFinished": 5}), &json!(null));
        let verdict = Verdict::of(&manifest(), &stripped);
        assert!(verdict.is_unchanged() && verdict.assumption.is_some(), "{verdict:?}");
        stripped["spec"]["ttlSecondsAfterFinished"] = json!(null);
        assert_eq!(Verdict::of(&manifest(), &stripped), Verdict::default());
    }
}

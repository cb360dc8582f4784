//! The result of applying a manifest to an existing object, by client-side or server-side apply, depending on how the
//! object was created.

use serde::Serialize;
use serde_json::Value;

use super::last_applied::{LastApplied, take_created_at};
use super::stored::Stored;
use crate::apply::{Conflict, JOB, KUBECTL, Owners, PatchError, apply_server_side, strategic_merge, three_way_patch};

/// Metadata that the server sets.
const METADATA: [&str; 8] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];
/// The labels by which a Job finds its pods.
const TRACKING: [&str; 4] =
    ["batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name"];

/// Only the manager that applies a Job as a whole owns this field; controllers apply a few other fields of existing
/// Jobs.
const IMAGE: [&str; 5] = ["spec", "template", "spec", "containers", "image"];

/// An object before and after.
#[derive(Debug)]
pub struct Applied {
    /// Before.
    pub old: Stored,
    /// After.
    pub new: Stored,
    /// Whether kubectl would send a patch, even if only for the order of a list that others have added to.
    pub is_sent: bool,
    /// Whether kubectl would update its last-applied annotation, which also changes the object.
    pub is_noted: bool,
    /// Fields of other managers that the request would change.
    pub conflicts: Vec<Conflict>,
    /// The assumption that was made, if a different one would change the answer.
    pub assumption: Option<Assumption>,
}

/// The assumption about an object that does not show how it was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assumption {
    /// A manifest in a file: kubectl apply applied it as it is.
    AppliedAsItStands,
    /// An object from a server: it was never applied, so apply keeps fields that only the object has.
    NeverApplied,
}

impl Assumption {
    /// The assumption as a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::AppliedAsItStands => {
                "A Job in a file does not show what was last applied: this assumes that kubectl apply applied it as it is."
            }
            Self::NeverApplied => {
                "A Job without kubectl's last-applied annotation and without managed fields does not show how it was created: \
                 this assumes kubectl create, after which kubectl apply keeps fields that only the live Job has. \
                 Use kubectl get --show-managed-fields to be sure."
            }
        }
    }
}

/// How an object was created.
enum MadeBy {
    /// By client-side apply.
    Client(LastApplied),
    /// By server-side apply.
    Server(Owners, String),
    /// By neither, according to its managed fields.
    Neither,
    /// Unknown.
    Unknown(Assumption),
}

impl MadeBy {
    fn of(existing: &Value) -> Self {
        let owners = Owners::of(existing);
        let applier = owners.as_ref().and_then(|owners| owners.applier(&IMAGE)).map(str::to_owned);
        match (owners, applier, LastApplied::of(existing)) {
            (Some(owners), Some(applier), None) => Self::Server(owners, applier),
            (Some(owners), Some(applier), _) if applier == KUBECTL => Self::Server(owners, applier),
            (_, _, Some(last)) => Self::Client(last),
            (Some(_), None, None) => Self::Neither,
            (None, ..) if is_of_server(existing) => Self::Unknown(Assumption::NeverApplied),
            (None, ..) => Self::Unknown(Assumption::AppliedAsItStands),
        }
    }
}

/// Whether the object comes from a server.
fn is_of_server(object: &Value) -> bool {
    let metadata =
        |key| object.pointer("/metadata").and_then(|metadata| metadata.get(key)).is_some_and(|it| !it.is_null());
    metadata("uid") || metadata("resourceVersion")
}

/// Applies `manifest` to `existing`; none if kubectl would not send a patch. A different `created_at` does not count as
/// a difference.
///
/// # Errors
/// The objects cannot be merged.
pub fn apply(manifest: &Value, existing: &Value) -> Result<Option<Applied>, PatchError> {
    let mut dated = manifest.clone();
    take_created_at(&mut dated, existing);
    match MadeBy::of(existing) {
        MadeBy::Client(last) => {
            let patched = patch(Some(&last.object), &dated, existing)?;
            let is_noted = last.differs_from(&dated);
            if patched.is_none() && !is_noted {
                return Ok(None);
            }
            let applied = Applied::new(existing, patched.as_ref().unwrap_or(existing), is_noted);
            Ok(Some(Applied { is_sent: true, ..applied }))
        }
        MadeBy::Server(owners, applier) => {
            // Another owner of `created_at` still conflicts with a new value.
            let (mut object, conflicts) = apply_server_side(existing, manifest, &owners, &applier, &JOB)?;
            take_created_at(&mut object, existing);
            Ok(Some(Applied { conflicts, ..Applied::new(existing, &object, false) }))
        }
        MadeBy::Neither => {
            let patched = patch(None, &dated, existing)?;
            Ok(Some(Applied::new(existing, patched.as_ref().unwrap_or(existing), true)))
        }
        MadeBy::Unknown(assumption) => apply_to_unknown(&dated, existing, assumption).map(Some),
    }
}

/// Fields that only the existing Job has are kept if it was never applied, and removed if it was.
fn apply_to_unknown(manifest: &Value, existing: &Value, assumption: Assumption) -> Result<Applied, PatchError> {
    // The content of a file was stored with defaults.
    let live = match assumption {
        Assumption::NeverApplied => existing.clone(),
        Assumption::AppliedAsItStands => Stored::of(existing).value,
    };
    let applied = |original: Option<&Value>| -> Result<Applied, PatchError> {
        let patched = patch(original, manifest, &live)?;
        Ok(Applied::new(existing, patched.as_ref().unwrap_or(&live), false))
    };
    let kept = applied(None)?;
    let replaced = applied(Some(&without_what_servers_write(existing)))?;
    let matters = kept.new.value != replaced.new.value;
    let answer = if assumption == Assumption::NeverApplied { kept } else { replaced };
    Ok(Applied { assumption: matters.then_some(assumption), ..answer })
}

impl Applied {
    fn new(old: &Value, new: &Value, is_noted: bool) -> Self {
        let old = Stored::of(old);
        let mut new = Stored::of(new);
        new.respell(&old);
        let is_sent = is_noted || old.value != new.value;
        Self { old, new, is_sent, is_noted, conflicts: Vec::new(), assumption: None }
    }
}

/// The parts of an object that a user may have written, without those of the server and the Job controller.
fn without_what_servers_write(object: &Value) -> Value {
    let mut written = object.clone();
    if let Value::Object(fields) = &mut written {
        fields.remove("status");
    }
    if let Some(Value::Object(metadata)) = written.get_mut("metadata") {
        metadata.retain(|field, _| !METADATA.contains(&field.as_str()));
    }
    if let Some(Value::Object(spec)) = written.get_mut("spec")
        && spec.get("manualSelector") != Some(&Value::Bool(true))
    {
        spec.remove("selector");
        if let Some(Value::Object(labels)) = spec.get_mut("template").and_then(|it| it.pointer_mut("/metadata/labels"))
        {
            labels.retain(|label, _| !TRACKING.contains(&label.as_str()));
        }
    }
    written
}

/// The object after kubectl's patch; none if the patch is empty.
fn patch(original: Option<&Value>, manifest: &Value, existing: &Value) -> Result<Option<Value>, PatchError> {
    let patch = three_way_patch(original, manifest, existing, &JOB)?;
    if patch.as_object().is_some_and(serde_json::Map::is_empty) {
        return Ok(None);
    }
    strategic_merge(existing.clone(), patch, &JOB).map(Some)
}

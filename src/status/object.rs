//! The parts of a Job and of a pod that the status needs, read from one JSON object.
//!
//! The server that printed it may be newer than this tool, so unknown fields are skipped.

use k8s_openapi::api::batch::v1::JobCondition;
use k8s_openapi::api::core::v1::{ContainerState, PodCondition};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{OwnerReference, Time};
use serde::Deserialize;
use serde_json::Value;

/// An object that contributes to a session's status.
#[derive(Debug)]
pub enum Object {
    /// A `batch/v1` Job.
    Job(Metadata, JobSpec, JobStatus),
    /// A `v1` Pod.
    Pod(Metadata, PodStatus),
}

/// The kind of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A `batch/v1` Job.
    Job,
    /// A `v1` Pod.
    Pod,
    /// Anything else.
    Other,
}

impl Kind {
    /// The kind with this `apiVersion` and `kind`.
    #[must_use]
    pub fn of(api_version: &str, kind: &str) -> Self {
        match (api_version, kind) {
            ("batch/v1", "Job") => Self::Job,
            ("v1", "Pod") => Self::Pod,
            _ => Self::Other,
        }
    }

    /// The kind of the items of a list. In the server's own lists, the items do not name their kind.
    #[must_use]
    pub fn of_items(api_version: &str, kind: &str) -> Option<Self> {
        match Self::of(api_version, kind.strip_suffix("List")?) {
            Self::Other => None,
            kind => Some(kind),
        }
    }
}

/// `metadata`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object", rename_all = "camelCase")]
pub struct Metadata {
    /// The name.
    pub name: Option<String>,
    /// The namespace.
    pub namespace: Option<String>,
    /// Distinguishes it from an earlier object of the same name.
    pub uid: Option<String>,
    /// Grows with each change.
    pub resource_version: Option<String>,
    /// When it was created.
    pub creation_timestamp: Option<Time>,
    /// When its deletion was requested.
    pub deletion_timestamp: Option<Time>,
    /// The labels that matter.
    pub labels: Option<Labels>,
    /// Its owners.
    pub owner_references: Option<Vec<OwnerReference>>,
}

/// The labels of a session, and those that a Job gives to its pods.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
pub struct Labels {
    /// The session.
    pub session_id: Option<String>,
    /// The worker.
    pub worker_id: Option<String>,
    /// Which attempt of the worker this is, from 1.
    pub attempt: Option<String>,
    /// The Job of a pod.
    #[serde(rename = "batch.kubernetes.io/job-name")]
    pub job_name: Option<String>,
    /// The same label under its old name.
    #[serde(rename = "job-name")]
    pub old_job_name: Option<String>,
}

/// A Job's `spec`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
pub struct JobSpec {
    /// Whether it is suspended.
    pub suspend: Option<bool>,
    /// The template of its pods.
    pub template: Option<Template>,
}

/// A Job's `spec.template`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
pub struct Template {
    /// The spec of the pods.
    pub spec: Option<TemplateSpec>,
}

/// A Job's `spec.template.spec`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
pub struct TemplateSpec {
    /// Its containers.
    pub containers: Option<Vec<Container>>,
}

/// A container of a Job's template.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
pub struct Container {
    /// Its arguments.
    pub args: Option<Vec<String>>,
}

/// A Job's `status`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object", rename_all = "camelCase")]
pub struct JobStatus {
    /// Pods that are pending or running.
    pub active: Option<u32>,
    /// Pods that are ready.
    pub ready: Option<u32>,
    /// Pods that have failed.
    pub failed: Option<u32>,
    /// Pods that have succeeded.
    pub succeeded: Option<u32>,
    /// Pods that are being deleted.
    pub terminating: Option<u32>,
    /// When the controller started it.
    pub start_time: Option<Time>,
    /// When it succeeded.
    pub completion_time: Option<Time>,
    /// What has become of it.
    pub conditions: Option<Vec<JobCondition>>,
}

/// A pod's `status`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object", rename_all = "camelCase")]
pub struct PodStatus {
    /// Pending, Running, Succeeded, Failed or Unknown.
    pub phase: Option<String>,
    /// The reason for this phase, in one word.
    pub reason: Option<String>,
    /// The reason as a sentence.
    pub message: Option<String>,
    /// When the kubelet started it.
    pub start_time: Option<Time>,
    /// What has become of it.
    pub conditions: Option<Vec<PodCondition>>,
    /// The init containers.
    pub init_container_statuses: Option<Vec<ContainerStatus>>,
    /// The containers.
    pub container_statuses: Option<Vec<ContainerStatus>>,
}

/// An element of a pod's `status.containerStatuses`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object", rename_all = "camelCase")]
pub struct ContainerStatus {
    /// The name of the container.
    pub name: Option<String>,
    /// How often it was restarted.
    pub restart_count: Option<u32>,
    /// Its current state.
    pub state: Option<ContainerState>,
    /// Its previous state.
    pub last_state: Option<ContainerState>,
}

/// The parts of an object as they are read, one by one. Its kind may come last.
#[derive(Debug, Default)]
pub struct Parts {
    /// `apiVersion`.
    pub api_version: Option<String>,
    /// `kind`.
    pub kind: Option<String>,
    /// `metadata`.
    pub metadata: Option<Metadata>,
    /// `spec`.
    pub spec: Part<JobSpec>,
    /// `status`.
    pub status: Part<Status>,
    /// `message`, which only events and the server's error responses have.
    pub message: Option<String>,
}

/// A part whose type depends on the kind of the object.
#[derive(Debug, Default)]
pub enum Part<T> {
    /// It is absent or not needed.
    #[default]
    None,
    /// It was read after the kind was known.
    Read(T),
    /// It was read before the kind was known.
    Kept(Value),
}

/// The status of a Job or a pod.
#[derive(Debug)]
pub enum Status {
    /// A Job's.
    Job(JobStatus),
    /// A pod's.
    Pod(PodStatus),
}

impl Parts {
    /// The kind of its items, if it is a list whose kind has already been read.
    #[must_use]
    pub fn kind_of_items(&self) -> Option<Kind> {
        Kind::of_items(self.api_version.as_deref()?, self.kind.as_deref()?)
    }

    /// The API server's error message, if this is an error response.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        let is_answer = self.kind.as_deref() == Some("Status") && self.api_version.as_deref() == Some("v1");
        self.message.clone().filter(|_| is_answer)
    }

    /// The kind, if it is known already.
    #[must_use]
    pub fn kind(&self, in_list: Option<Kind>) -> Option<Kind> {
        match (&self.api_version, &self.kind) {
            (Some(api_version), Some(kind)) => Some(Kind::of(api_version, kind)),
            (None, None) => in_list,
            _ => None,
        }
    }

    /// The object, if it is a Job or a pod.
    ///
    /// # Errors
    /// A part has a different type from that in the API.
    pub fn finish(self, in_list: Option<Kind>) -> Result<Option<Object>, serde_json::Error> {
        let kind = self.kind(in_list);
        let metadata = self.metadata.unwrap_or_default();
        Ok(match kind {
            Some(Kind::Job) => {
                let spec = match self.spec {
                    Part::None => JobSpec::default(),
                    Part::Read(spec) => spec,
                    Part::Kept(value) => Option::<JobSpec>::deserialize(value)?.unwrap_or_default(),
                };
                let status = match self.status {
                    Part::Read(Status::Job(status)) => status,
                    Part::Kept(value) => Option::<JobStatus>::deserialize(value)?.unwrap_or_default(),
                    Part::None | Part::Read(Status::Pod(_)) => JobStatus::default(),
                };
                Some(Object::Job(metadata, spec, status))
            }
            Some(Kind::Pod) => {
                let status = match self.status {
                    Part::Read(Status::Pod(status)) => status,
                    Part::Kept(value) => Option::<PodStatus>::deserialize(value)?.unwrap_or_default(),
                    Part::None | Part::Read(Status::Job(_)) => PodStatus::default(),
                };
                Some(Object::Pod(metadata, status))
            }
            _ => None,
        })
    }
}

//! One worker's Job before it becomes an API object (D29 guide, "`K8sJobSpec`").

use serde::Serialize;

/// Everything that distinguishes one worker's Job, in the words of the guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct K8sJobSpec {
    /// Name of the Job and of its container.
    pub name: String,
    /// Namespace of the Job.
    pub namespace: String,
    /// Container image.
    pub image: String,
    /// Entry point, one token an item.
    pub command: Vec<String>,
    /// Arguments, one token an item.
    pub args: Vec<String>,
    /// Environment variables in the order in which the container gets them.
    pub env: Vec<(String, String)>,
    /// Labels of the Job and of its pods.
    pub labels: Vec<(String, String)>,
    /// Annotations of the Job.
    pub annotations: Vec<(String, String)>,
    /// The directory that the container starts in; the image's own where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// Where the tuning file comes from, if it is not the image's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tuning_file: Option<TuningFileSource>,
    /// What the kubelet does when the container ends: always `Never`.
    pub restart_policy: String,
    /// How often a failed pod is replaced: always 0.
    pub backoff_limit: i32,
    /// Requests: resource name and quantity.
    pub requests: Vec<(String, String)>,
    /// Limits: resource name and quantity.
    pub limits: Vec<(String, String)>,
}

/// The ConfigMap that holds a worker's tuning file, and where the worker looks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TuningFileSource {
    /// The name of the ConfigMap.
    pub config_map: String,
    /// The key in it.
    pub key: String,
    /// The absolute path of the file in the container.
    pub path: String,
}

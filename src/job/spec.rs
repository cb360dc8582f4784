//! One worker's Job before it becomes an API object (D29 guide, "`K8sJobSpec`").

use serde::Serialize;

/// Everything that distinguishes one worker's Job, in the guide's terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct K8sJobSpec {
    /// Name of the Job and of its container.
    pub name: String,
    /// Namespace of the Job.
    pub namespace: String,
    /// Container image.
    pub image: String,
    /// Entry point, one token per item.
    pub command: Vec<String>,
    /// Arguments, one token per item.
    pub args: Vec<String>,
    /// Environment variables in the container's order.
    pub env: Vec<(String, String)>,
    /// Labels of the Job and of its pods.
    pub labels: Vec<(String, String)>,
    /// Annotations of the Job.
    pub annotations: Vec<(String, String)>,
    /// The directory that the container starts in; none for the image's working directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_dir: Option<String>,
    /// The source of the tuning file, if it is not in the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tuning_file: Option<TuningFileSource>,
    /// What the kubelet does when the container ends: always `Never`.
    pub restart_policy: String,
    /// The number of retries for failed pods: always 0.
    pub backoff_limit: i32,
    /// Requests: resource name and quantity.
    pub requests: Vec<(String, String)>,
    /// Limits: resource name and quantity.
    pub limits: Vec<(String, String)>,
}

/// The ConfigMap with a worker's tuning file, and where the worker expects the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TuningFileSource {
    /// The name of the ConfigMap.
    pub config_map: String,
    /// The key in the ConfigMap.
    pub key: String,
    /// The absolute path of the file in the container.
    pub path: String,
}

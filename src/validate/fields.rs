//! The fields of Jobs and `CronJobs` that not all supported versions of Kubernetes have.

use crate::apimachinery::Span;
use crate::apimachinery::version::{V1_34, V1_35, V1_36};

/// A field that was added or removed in a version.
#[derive(Debug)]
pub struct VersionedField {
    /// The API's name of its type.
    pub owner: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The versions that have it; in all others, it is an unknown field.
    pub span: Span,
    /// The names of its own fields, all of them text, if the newest types no longer have it.
    pub retired: Option<&'static [&'static str]>,
}

const fn new(owner: &'static str, name: &'static str, span: Span) -> VersionedField {
    VersionedField { owner, name, span, retired: None }
}

/// The table, by version.
pub static FIELDS: &[VersionedField] = &[
    new("Container", "restartPolicyRules", Span::since(V1_34)),
    new("EphemeralContainer", "restartPolicyRules", Span::since(V1_34)),
    new("EnvVarSource", "fileKeyRef", Span::since(V1_34)),
    new("PodSpec", "hostnameOverride", Span::since(V1_34)),
    new("VolumeProjection", "podCertificate", Span::since(V1_34)),
    new("PodCertificateProjection", "userAnnotations", Span::since(V1_35)),
    VersionedField {
        owner: "PodSpec",
        name: "workloadRef",
        span: Span { since: Some(V1_35), until: Some(V1_35) },
        retired: Some(&["name", "podGroup", "podGroupReplicaKey"]),
    },
    new("PodSpec", "schedulingGroup", Span::since(V1_36)),
];

/// The entry of a field, if it has one.
pub fn find(owner: &str, name: &str) -> Option<&'static VersionedField> {
    FIELDS.iter().find(|field| field.owner == owner && field.name == name)
}

//! The files that `init` writes: a commented configuration of each kind, and the schemas for editors. The schemas are
//! next to the configurations, so that nothing has to be downloaded.

/// The name of the K8s configuration.
pub const K8S_CONFIG: &str = "session.yaml";
/// The name of the orchestrator configuration.
pub const ORCHESTRATOR_CONFIG: &str = "orchestrator.yaml";

/// All files, each with its name.
pub const FILES: [(&str, &str); 4] = [
    (K8S_CONFIG, include_str!("session.yaml")),
    (ORCHESTRATOR_CONFIG, include_str!("orchestrator.yaml")),
    ("k8s-config.schema.json", include_str!("../../configs/schema/k8s-config.schema.json")),
    ("orchestrator-config.schema.json", include_str!("../../configs/schema/orchestrator-config.schema.json")),
];

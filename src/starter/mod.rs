//! What `init` writes: a configuration of each kind with its comments, and the schemas that an editor reads. The schemas
//! stand beside the configurations, which name them, so that nothing has to be fetched.

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

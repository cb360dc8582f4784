//! Feature gates: switches of the server that are off by default in some versions. If a gate is off, the server drops
//! its fields without checking them.

use k8s_openapi::api::core::v1::{Lifecycle, PodSpec, VolumeProjection};

use super::common::{for_each_container_mut, text};
use crate::apimachinery::version::{V1_34, V1_35};
use crate::apimachinery::{Elements, Version};

/// A feature gate, and the fields that the server drops if it is off.
#[derive(Debug)]
pub(crate) struct Gate {
    /// Its name in `--feature-gates`.
    pub name: &'static str,
    /// The version that introduced it; none if it is older than all supported versions.
    pub since: Option<Version>,
    /// The version since which it is on by default; none if it is off in all of them.
    pub on: Option<Version>,
    /// A description of the dropped fields.
    pub fields: &'static str,
    /// Drops the fields.
    drop: fn(&mut PodSpec),
}

/// The gates that are off in at least one supported version.
pub(crate) static GATES: &[Gate] = &[
    Gate {
        name: "ContainerStopSignals",
        since: None,
        on: None,
        fields: "lifecycle.stopSignal of a container",
        drop: drop_stop_signals,
    },
    Gate {
        name: "ClusterTrustBundleProjection",
        since: None,
        on: None,
        fields: "clusterTrustBundle of a projected volume",
        drop: |pod| for_each_projection_mut(pod, |source| source.cluster_trust_bundle = None),
    },
    Gate {
        name: "PodCertificateRequest",
        since: Some(V1_34),
        on: None,
        fields: "podCertificate of a projected volume",
        drop: |pod| for_each_projection_mut(pod, |source| source.pod_certificate = None),
    },
    Gate {
        name: "GenericWorkload",
        since: Some(V1_35),
        on: None,
        fields: "schedulingGroup of a pod, and in 1.35 its workloadRef",
        drop: |pod| pod.scheduling_group = None,
    },
    Gate {
        name: "PodLevelResources",
        since: None,
        on: Some(V1_34),
        fields: "resources of a pod",
        drop: |pod| pod.resources = None,
    },
    Gate {
        name: "DynamicResourceAllocation",
        since: None,
        on: Some(V1_34),
        fields: "resourceClaims of a pod, and claims in the resources of a container",
        drop: drop_claims,
    },
    Gate {
        name: "ContainerRestartRules",
        since: Some(V1_34),
        on: Some(V1_35),
        fields: "restartPolicy and restartPolicyRules of a container, except Always of an init container",
        drop: drop_restart_rules,
    },
    Gate {
        name: "EnvFiles",
        since: Some(V1_34),
        on: Some(V1_35),
        fields: "valueFrom.fileKeyRef of a variable",
        drop: |pod| {
            for_each_container_mut(pod, |container| {
                let sources = container.env.iter_mut().flatten().filter_map(|variable| variable.value_from.as_mut());
                sources.for_each(|source| source.file_key_ref = None);
            });
        },
    },
    Gate {
        name: "HostnameOverride",
        since: Some(V1_34),
        on: Some(V1_35),
        fields: "hostnameOverride of a pod",
        drop: |pod| pod.hostname_override = None,
    },
    Gate {
        name: "ImageVolume",
        since: None,
        on: Some(V1_35),
        fields: "volumes with an image, and their mounts",
        drop: drop_image_volumes,
    },
];

/// The state of a gate in a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GateState {
    /// The gate and its fields do not exist yet.
    Unknown,
    /// Its fields are dropped.
    Off,
    /// Its fields are kept.
    On,
}

impl Gate {
    /// The default state of the gate in a version.
    pub(crate) fn state(&self, version: Version) -> GateState {
        if self.since.is_some_and(|since| version < since) {
            GateState::Unknown
        } else if self.on.is_some_and(|on| on <= version) {
            GateState::On
        } else {
            GateState::Off
        }
    }
}

/// Drops the fields of a pod that a version drops.
pub(crate) fn drop_fields(pod: &mut PodSpec, version: Version) {
    for gate in GATES.iter().filter(|gate| gate.state(version) == GateState::Off) {
        (gate.drop)(pod);
    }
}

fn drop_stop_signals(pod: &mut PodSpec) {
    for_each_container_mut(pod, |container| {
        let Some(lifecycle) = &mut container.lifecycle else { return };
        if lifecycle.stop_signal.take().is_some() && *lifecycle == Lifecycle::default() {
            container.lifecycle = None;
        }
    });
}

fn for_each_projection_mut(pod: &mut PodSpec, change: impl FnMut(&mut VolumeProjection)) {
    let volumes = pod.volumes.iter_mut().flatten().filter_map(|volume| volume.projected.as_mut());
    volumes.filter_map(|projected| projected.sources.as_mut()).flatten().for_each(change);
}

fn drop_claims(pod: &mut PodSpec) {
    pod.resource_claims = None;
    for_each_container_mut(pod, |container| {
        if let Some(resources) = &mut container.resources {
            resources.claims = None;
        }
    });
}

fn drop_restart_rules(pod: &mut PodSpec) {
    let sidecars: Vec<bool> =
        pod.init_containers.elements().iter().map(|container| text(&container.restart_policy) == "Always").collect();
    let mut nth = 0;
    for_each_container_mut(pod, |container| {
        if !sidecars.get(nth).copied().unwrap_or(false) {
            container.restart_policy = None;
        }
        container.restart_policy_rules = None;
        nth += 1;
    });
}

fn drop_image_volumes(pod: &mut PodSpec) {
    let Some(volumes) = &mut pod.volumes else { return };
    let dropped: std::collections::BTreeSet<String> =
        volumes.iter().filter(|volume| volume.image.is_some()).map(|volume| volume.name.clone()).collect();
    if dropped.is_empty() {
        return;
    }
    volumes.retain(|volume| volume.image.is_none());
    for_each_container_mut(pod, |container| {
        if let Some(mounts) = &mut container.volume_mounts {
            mounts.retain(|mount| !dropped.contains(&mount.name));
        }
    });
}

//! How a container uses the pod's volumes: as directories (volumeMounts) and as devices (volumeDevices).

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{Container, VolumeDevice, VolumeMount};

use super::common::{check_no_backsteps, check_relative};
use super::prelude::*;
use super::volumes::Volumes;

rules! {
    Api;

    /// A mount names a valid volume of the pod and a mountPath that no other mount of the container uses.
    MOUNT = "volume-mount" in Container:
        "volumeMounts: [{name: data, mountPath: /data}]", "volumeMounts: []";
    /// A mount's subPath is a relative path without '..'; subPath and subPathExpr exclude each other.
    SUB_PATH = "volume-mount-sub-path" in Pod:
        "volumes: [{name: v}]\ncontainers: [{volumeMounts: [{name: v, mountPath: /data, subPath: ../etc}]}]",
        "volumes: [{name: v}]\ncontainers: [{volumeMounts: [{name: v, mountPath: /data, subPath: etc}]}]";
    /// mountPropagation is None, HostToContainer or, for privileged containers only, Bidirectional.
    PROPAGATION = "volume-mount-propagation" in Pod:
        "volumes: [{name: v}]\ncontainers: [{volumeMounts: [{name: v, mountPath: /data, mountPropagation: Bidirectional}]}]",
        "volumes: [{name: v}]\ncontainers: [{volumeMounts: [{name: v, mountPath: /data, mountPropagation: HostToContainer}]}]";
    /// recursiveReadOnly is Disabled, IfPossible or Enabled; IfPossible and Enabled need readOnly: true and no
    /// mountPropagation.
    READ_ONLY = "volume-mount-recursive-read-only" in Pod:
        "volumes: [{name: v}]\ncontainers: [{volumeMounts: [{name: v, mountPath: /data, recursiveReadOnly: Enabled}]}]",
        "volumes: [{name: v}]\ncontainers: [{volumeMounts: [{name: v, mountPath: /data, recursiveReadOnly: Enabled, readOnly: true}]}]";
    /// A device names a volume of type persistentVolumeClaim or ephemeral that no other device uses, and a unique
    /// devicePath.
    DEVICE = "volume-device" in Pod:
        "volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]\ncontainers: [{volumeDevices: [{name: w, devicePath: /dev/x}]}]",
        "volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]\ncontainers: [{volumeDevices: [{name: v, devicePath: /dev/x}]}]";
}

/// The volumes of a container's mounts or devices with their paths; of two with the same name, the last one is used.
struct InUse<'c> {
    names: BTreeSet<&'c str>,
    paths: BTreeSet<&'c str>,
}

impl<'c> InUse<'c> {
    fn new(uses: impl Iterator<Item = (&'c str, &'c str)>) -> Self {
        let uses: BTreeMap<&str, &str> = uses.collect();
        Self { names: uses.keys().copied().collect(), paths: uses.values().copied().collect() }
    }
}

/// The mounts and devices of a container at `path`.
pub(super) fn check(container: &Container, volumes: &Volumes<'_>, path: &Path<'_>, findings: &mut Findings<'_>) {
    let (mounts, devices) = (container.volume_mounts.elements(), container.volume_devices.elements());
    let by_devices = InUse::new(devices.iter().map(|it| (it.name.as_str(), it.device_path.as_str())));
    let list = path!(path.volumeMounts);
    let mut paths = BTreeSet::new();
    for (path, mount) in list.each(mounts) {
        check_mount(mount, volumes, &by_devices, &path, findings);
        if !paths.insert(&mount.mount_path) {
            let wording = (format!("Another mount uses {:?}.", mount.mount_path), "Choose another path.");
            findings.invalid(&MOUNT, &path!(path.mountPath), wording);
        }
        check_options(container, mount, &path, findings);
    }
    let by_mounts = InUse::new(mounts.iter().map(|it| (it.name.as_str(), it.mount_path.as_str())));
    check_devices(devices, &by_mounts, volumes, &path!(path.volumeDevices), findings);
}

fn check_mount(
    mount: &VolumeMount,
    volumes: &Volumes<'_>,
    devices: &InUse<'_>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let (name, mount_path) = (path!(path.name), path!(path.mountPath));
    findings.not_empty(&MOUNT, &name, &mount.name, "Write the name of the volume.");
    if !volumes.contains_key(mount.name.as_str()) {
        let wording =
            (format!("The pod has no valid volume {:?}.", mount.name), "Add it to the pod's volumes, or fix it there.");
        findings.not_found(&MOUNT, &name, wording);
    }
    findings.not_empty(&MOUNT, &mount_path, &mount.mount_path, "Write the path of the volume in the container.");
    if devices.names.contains(mount.name.as_str()) {
        findings.invalid(&MOUNT, &name, ("The volume is already one of the volumeDevices.", "Remove one of the two."));
    }
    if devices.paths.contains(mount.mount_path.as_str()) {
        findings.invalid(&MOUNT, &mount_path, ("This path is already used by a device.", "Choose another one."));
    }
}

/// The server names the list here, except where `path` is used instead of `hidden`.
fn check_options(container: &Container, mount: &VolumeMount, path: &Path<'_>, findings: &mut Findings<'_>) {
    let hidden = &path.hidden();
    let (sub_path, expression) = (text(&mount.sub_path), text(&mount.sub_path_expr));
    for (field, value) in fields![subPath = sub_path, subPathExpr = expression] {
        check_relative(&SUB_PATH, &hidden.at(field), value, findings);
    }
    if !sub_path.is_empty() && !expression.is_empty() {
        let wording = ("subPath and subPathExpr exclude each other.", "Remove one.");
        findings.invalid(&SUB_PATH, &path!(path.subPathExpr), wording);
    }
    let propagation = mount.mount_propagation.as_deref();
    let field = path!(hidden.mountPropagation);
    match propagation {
        None | Some("None" | "HostToContainer") => {}
        Some("Bidirectional") => {
            if !is_true(container.security_context.as_ref().and_then(|context| context.privileged)) {
                let wording = ("Bidirectional needs a privileged container.", "Write HostToContainer.");
                findings.forbidden(&PROPAGATION, &field, wording);
            }
        }
        Some(other) => {
            let message = format!("{other:?} must be None, HostToContainer or Bidirectional.");
            findings.error(&PROPAGATION, &field, FieldValueNotSupported, message);
        }
    }
    let field = path!(hidden.recursiveReadOnly);
    match mount.recursive_read_only.as_deref() {
        None | Some("Disabled") => {}
        Some("Enabled" | "IfPossible") => {
            let read_only = is_true(mount.read_only);
            if !read_only || propagation.is_some_and(|propagation| propagation != "None") {
                let message = "This needs readOnly: true and no mountPropagation.";
                findings.forbidden(&READ_ONLY, &field, message);
            }
        }
        Some(other) => {
            let message = format!("{other:?} must be Disabled, IfPossible or Enabled.");
            findings.error(&READ_ONLY, &field, FieldValueNotSupported, message);
        }
    }
}

fn check_devices(
    devices: &[VolumeDevice],
    mounts: &InUse<'_>,
    volumes: &Volumes<'_>,
    list: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let (mut names, mut paths) = (BTreeSet::new(), BTreeSet::new());
    for (path, device) in list.each(devices) {
        let (name, device_path) = (path!(path.name), path!(path.devicePath));
        findings.not_empty(&DEVICE, &name, &device.name, "Write the name of the volume.");
        if !device.name.is_empty() && !names.insert(&device.name) {
            findings.invalid(&DEVICE, &name, format!("The volume {:?} is already a device.", device.name));
        }
        match volumes.get(device.name.as_str()) {
            None => findings.not_found(&DEVICE, &name, format!("The pod has no valid volume {:?}.", device.name)),
            Some(volume) if volume.persistent_volume_claim.is_none() && volume.ephemeral.is_none() => {
                let message = "A device needs a volume of type persistentVolumeClaim or ephemeral.";
                findings.invalid(&DEVICE, &name, message);
            }
            Some(_) => {}
        }
        findings.not_empty(
            &DEVICE,
            &device_path,
            &device.device_path,
            "Write the path of the device in the container.",
        );
        if paths.contains(&device.device_path) {
            findings.invalid(&DEVICE, &device_path, ("Another device uses this path.", "Choose another one."));
        }
        if device.device_path.split('/').any(|name| name == "..") {
            check_no_backsteps(&DEVICE, &device_path, &device.device_path, findings);
        } else {
            paths.insert(&device.device_path);
        }
        if mounts.names.contains(device.name.as_str()) {
            findings.invalid(
                &DEVICE,
                &name,
                ("The volume is already one of the volumeMounts.", "Remove one of the two."),
            );
        }
        if mounts.paths.contains(device.device_path.as_str()) {
            findings.invalid(&DEVICE, &device_path, ("This path is already used by a mount.", "Choose another one."));
        }
    }
}

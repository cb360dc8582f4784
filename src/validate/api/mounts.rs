//! Where a container sees the pod's volumes: as directories (volumeMounts) and as devices (volumeDevices).

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, VolumeDevice, VolumeMount};

use super::common::{descending, each, is_true, no_backsteps, text};
use super::volumes::Volumes;
use crate::apimachinery::Path;
use crate::validate::Reason::{FieldValueForbidden, FieldValueInvalid, FieldValueNotSupported};
use crate::validate::findings::Findings;
use crate::validate::rule::rules;

rules! {
    Api;

    /// A mount names a volume that the pod has (and whose own description is sound) and a mountPath that no other mount
    /// of the container has.
    MOUNT = "volume-mount" in Container:
        "volumeMounts: [{name: data, mountPath: /data}]", "volumeMounts: []";
    /// A mount's subPath is a relative path without '..'; subPathExpr is another way to write it, not a second one.
    SUB_PATH = "volume-mount-sub-path" in Pod:
        "volumes: [{name: v}]\ncontainers: [{volumeMounts: [{name: v, mountPath: /data, subPath: ../etc}]}]",
        "volumes: [{name: v}]\ncontainers: [{volumeMounts: [{name: v, mountPath: /data, subPath: etc}]}]";
    /// mountPropagation is None, HostToContainer or Bidirectional, the last one for privileged containers only.
    PROPAGATION = "volume-mount-propagation" in Pod:
        "volumes: [{name: v}]\ncontainers: [{volumeMounts: [{name: v, mountPath: /data, mountPropagation: Bidirectional}]}]",
        "volumes: [{name: v}]\ncontainers: [{volumeMounts: [{name: v, mountPath: /data, mountPropagation: HostToContainer}]}]";
    /// recursiveReadOnly is Disabled, IfPossible or Enabled; the last two need readOnly: true and no mountPropagation.
    READ_ONLY = "volume-mount-recursive-read-only" in Pod:
        "volumes: [{name: v}]\ncontainers: [{volumeMounts: [{name: v, mountPath: /data, recursiveReadOnly: Enabled}]}]",
        "volumes: [{name: v}]\ncontainers: [{volumeMounts: [{name: v, mountPath: /data, recursiveReadOnly: Enabled, readOnly: true}]}]";
    /// A device names a volume of type persistentVolumeClaim or ephemeral, once, at a devicePath of its own.
    DEVICE = "volume-device" in Pod:
        "volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]\ncontainers: [{volumeDevices: [{name: w, devicePath: /dev/x}]}]",
        "volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]\ncontainers: [{volumeDevices: [{name: v, devicePath: /dev/x}]}]";
}

/// The volumes that mounts or devices of a container name, and the paths at which it sees them.
struct Taken<'c> {
    names: BTreeSet<&'c str>,
    paths: BTreeSet<&'c str>,
}

impl<'c> Taken<'c> {
    fn by(uses: impl Iterator<Item = (&'c String, &'c String)>) -> Self {
        let (names, paths) = uses.map(|(name, path)| (name.as_str(), path.as_str())).unzip();
        Self { names, paths }
    }
}

/// The mounts and devices of a container at `path`.
pub fn check(container: &Container, volumes: &Volumes<'_>, path: &Path<'_>, findings: &mut Findings<'_>) {
    let (mounts, devices) = (each(&container.volume_mounts), each(&container.volume_devices));
    let by_mounts = Taken::by(mounts.iter().map(|mount| (&mount.name, &mount.mount_path)));
    let by_devices = Taken::by(devices.iter().map(|device| (&device.name, &device.device_path)));
    let list = path.field("volumeMounts");
    let mut paths = BTreeSet::new();
    for (nth, mount) in mounts.iter().enumerate() {
        let path = list.index(nth);
        check_mount(mount, volumes, &by_devices, &path, findings);
        if !paths.insert(&mount.mount_path) {
            let message = format!("Another mount is at {:?}. Choose another path.", mount.mount_path);
            findings.invalid(&MOUNT, &path.field("mountPath"), message);
        }
        check_options(container, mount, &list, &path, findings);
    }
    check_devices(devices, &by_mounts, volumes, &path.field("volumeDevices"), findings);
}

fn check_mount(
    mount: &VolumeMount,
    volumes: &Volumes<'_>,
    devices: &Taken<'_>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let (name, mount_path) = (path.field("name"), path.field("mountPath"));
    if mount.name.is_empty() {
        findings.required(&MOUNT, &name, "Name the volume.");
    }
    if !volumes.contains_key(mount.name.as_str()) {
        let message = format!("The pod has no sound volume {:?}. Add it to the pod's volumes, or mend it.", mount.name);
        findings.not_found(&MOUNT, &name, message);
    }
    if mount.mount_path.is_empty() {
        findings.required(&MOUNT, &mount_path, "Write where the container sees the volume.");
    }
    if devices.names.contains(mount.name.as_str()) {
        findings.invalid(&MOUNT, &name, "The volume is one of the volumeDevices already. Remove one of the two.");
    }
    if devices.paths.contains(mount.mount_path.as_str()) {
        findings.invalid(&MOUNT, &mount_path, "A device is at this path already. Choose another one.");
    }
}

/// The server names the list here, and not the place in it.
fn check_options(
    container: &Container,
    mount: &VolumeMount,
    list: &Path<'_>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let (sub_path, expression) = (text(&mount.sub_path), text(&mount.sub_path_expr));
    descending(&SUB_PATH, &list.field("subPath"), sub_path, findings);
    descending(&SUB_PATH, &list.field("subPathExpr"), expression, findings);
    if !sub_path.is_empty() && !expression.is_empty() {
        let message = "subPath and subPathExpr exclude each other. Remove one.";
        findings.error_at(
            &SUB_PATH,
            &list.field("subPathExpr"),
            &path.field("subPathExpr"),
            FieldValueInvalid,
            message,
        );
    }
    let propagation = mount.mount_propagation.as_deref();
    let (shown, place) = (list.field("mountPropagation"), path.field("mountPropagation"));
    match propagation {
        None | Some("None" | "HostToContainer") => {}
        Some("Bidirectional") => {
            if !is_true(container.security_context.as_ref().and_then(|context| context.privileged)) {
                let message = "Bidirectional needs a privileged container. Write HostToContainer.";
                findings.error_at(&PROPAGATION, &shown, &place, FieldValueForbidden, message);
            }
        }
        Some(other) => {
            let message = format!("{other:?} must be None, HostToContainer or Bidirectional.");
            findings.error_at(&PROPAGATION, &shown, &place, FieldValueNotSupported, message);
        }
    }
    let (shown, place) = (list.field("recursiveReadOnly"), path.field("recursiveReadOnly"));
    match mount.recursive_read_only.as_deref() {
        None | Some("Disabled") => {}
        Some("Enabled" | "IfPossible") => {
            let read_only = is_true(mount.read_only);
            if !read_only || propagation.is_some_and(|propagation| propagation != "None") {
                let message = "This needs readOnly: true, and no mountPropagation.";
                findings.error_at(&READ_ONLY, &shown, &place, FieldValueForbidden, message);
            }
        }
        Some(other) => {
            let message = format!("{other:?} must be Disabled, IfPossible or Enabled.");
            findings.error_at(&READ_ONLY, &shown, &place, FieldValueNotSupported, message);
        }
    }
}

fn check_devices(
    devices: &[VolumeDevice],
    mounts: &Taken<'_>,
    volumes: &Volumes<'_>,
    list: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let (mut names, mut paths) = (BTreeSet::new(), BTreeSet::new());
    for (nth, device) in devices.iter().enumerate() {
        let path = list.index(nth);
        let (name, device_path) = (path.field("name"), path.field("devicePath"));
        if device.name.is_empty() {
            findings.required(&DEVICE, &name, "Name the volume.");
        }
        if !names.insert(&device.name) {
            findings.invalid(&DEVICE, &name, format!("The volume {:?} is a device already.", device.name));
        }
        match volumes.get(device.name.as_str()) {
            None => findings.not_found(&DEVICE, &name, format!("The pod has no sound volume {:?}.", device.name)),
            Some(volume) if volume.persistent_volume_claim.is_none() && volume.ephemeral.is_none() => {
                let message = "A device needs a volume of type persistentVolumeClaim or ephemeral.";
                findings.invalid(&DEVICE, &name, message);
            }
            Some(_) => {}
        }
        if device.device_path.is_empty() {
            findings.required(&DEVICE, &device_path, "Write where the container sees the device.");
        }
        if paths.contains(&device.device_path) {
            findings.invalid(&DEVICE, &device_path, "Another device is at this path. Choose another one.");
        }
        no_backsteps(&DEVICE, &device_path, &device.device_path, findings);
        paths.insert(&device.device_path);
        if mounts.names.contains(device.name.as_str()) {
            findings.invalid(&DEVICE, &name, "The volume is one of the volumeMounts already. Remove one of the two.");
        }
        if mounts.paths.contains(device.device_path.as_str()) {
            findings.invalid(&DEVICE, &device_path, "A mount is at this path already. Choose another one.");
        }
    }
}

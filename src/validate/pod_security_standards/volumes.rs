//! The volumes of a pod.

use k8s_openapi::api::core::v1::Volume;

use super::subject::{Pod, Report};
use crate::apimachinery::path;
use crate::validate::rule::rules;

rules! {
    PodSecurity;

    /// Baseline: no volume is a hostPath.
    HOST_PATH = "pss-host-path-volumes" in Volume: "hostPath: {path: /etc}", "emptyDir: {}";
    /// Restricted: a volume is a configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim,
    /// projected or secret.
    TYPES = "pss-volume-types" in Volume:
        "nfs: {server: files.example.com, path: /data}", "persistentVolumeClaim: {claimName: data}";
}

pub(super) fn check_host_path(pod: &Pod<'_>, report: &mut Report<'_>) {
    let pod_path = &pod.path;
    let volumes = path!(pod_path.volumes);
    for (path, volume) in volumes.each(&pod.spec.volumes) {
        if volume.host_path.is_some() {
            let message = format!("The volume {:?} is a hostPath.", volume.name);
            let help = "Use a persistentVolumeClaim or an emptyDir.";
            report.breach("hostPath volumes", &path!(path.hostPath), message, help);
        }
    }
}

pub(super) fn check_types(pod: &Pod<'_>, report: &mut Report<'_>) {
    const HELP: &str = "Use a configMap, csi, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected \
                        or secret volume.";
    let pod_path = &pod.path;
    let volumes = path!(pod_path.volumes);
    for (path, volume) in volumes.each(&pod.spec.volumes).filter(|(_, volume)| !is_allowed(volume)) {
        if let Some(kind) = type_of(volume) {
            let message = format!("The volume {:?} is of type {kind}.", volume.name);
            report.breach("restricted volume types", &path.field(kind), message, HELP);
        }
    }
}

/// Whether one of a volume's sources is allowed.
fn is_allowed(volume: &Volume) -> bool {
    volume.config_map.is_some()
        || volume.csi.is_some()
        || volume.downward_api.is_some()
        || volume.empty_dir.is_some()
        || volume.ephemeral.is_some()
        || volume.image.is_some()
        || volume.persistent_volume_claim.is_some()
        || volume.projected.is_some()
        || volume.secret.is_some()
}

/// The field of a volume's source that is not allowed. A volume without a source defaults to an emptyDir before the
/// standards are checked.
fn type_of(volume: &Volume) -> Option<&'static str> {
    [
        ("hostPath", volume.host_path.is_some()),
        ("gcePersistentDisk", volume.gce_persistent_disk.is_some()),
        ("awsElasticBlockStore", volume.aws_elastic_block_store.is_some()),
        ("gitRepo", volume.git_repo.is_some()),
        ("nfs", volume.nfs.is_some()),
        ("iscsi", volume.iscsi.is_some()),
        ("glusterfs", volume.glusterfs.is_some()),
        ("rbd", volume.rbd.is_some()),
        ("flexVolume", volume.flex_volume.is_some()),
        ("cinder", volume.cinder.is_some()),
        ("cephfs", volume.cephfs.is_some()),
        ("flocker", volume.flocker.is_some()),
        ("fc", volume.fc.is_some()),
        ("azureFile", volume.azure_file.is_some()),
        ("vsphereVolume", volume.vsphere_volume.is_some()),
        ("quobyte", volume.quobyte.is_some()),
        ("azureDisk", volume.azure_disk.is_some()),
        ("photonPersistentDisk", volume.photon_persistent_disk.is_some()),
        ("portworxVolume", volume.portworx_volume.is_some()),
        ("scaleIO", volume.scale_io.is_some()),
        ("storageos", volume.storageos.is_some()),
    ]
    .into_iter()
    .find_map(|(field, is_set)| is_set.then_some(field))
}

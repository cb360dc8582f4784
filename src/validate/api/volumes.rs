//! A pod's volumes: their names, and one source each.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Volume;

use super::prelude::*;
use super::{projections, volume_claim, volume_sources};

rules! {
    Api;

    /// The name of a volume is unique in its pod and a DNS label: lowercase letters, digits and '-', up to 63
    /// characters.
    NAME = "volume-name" in Pod: "volumes: [{name: Data_1}]", "volumes: [{name: data-1}]";
    /// A volume has exactly one source.
    SOURCE = "volume-source" in Volume: "emptyDir: {}\nhostPath: {path: /data}", "hostPath: {path: /data}";
}

/// The volumes that mounts can refer to, by name: the valid ones.
pub(super) type Volumes<'p> = BTreeMap<&'p str, &'p Volume>;

/// The sources of a volume, in the server's order.
fn sources(volume: &Volume) -> [(FieldName, bool); 30] {
    fields![
        emptyDir = volume.empty_dir.is_some(),
        hostPath = volume.host_path.is_some(),
        gitRepo = volume.git_repo.is_some(),
        gcePersistentDisk = volume.gce_persistent_disk.is_some(),
        awsElasticBlockStore = volume.aws_elastic_block_store.is_some(),
        secret = volume.secret.is_some(),
        nfs = volume.nfs.is_some(),
        iscsi = volume.iscsi.is_some(),
        glusterfs = volume.glusterfs.is_some(),
        flocker = volume.flocker.is_some(),
        persistentVolumeClaim = volume.persistent_volume_claim.is_some(),
        rbd = volume.rbd.is_some(),
        cinder = volume.cinder.is_some(),
        cephfs = volume.cephfs.is_some(),
        quobyte = volume.quobyte.is_some(),
        downwardAPI = volume.downward_api.is_some(),
        fc = volume.fc.is_some(),
        flexVolume = volume.flex_volume.is_some(),
        configMap = volume.config_map.is_some(),
        azureFile = volume.azure_file.is_some(),
        vsphereVolume = volume.vsphere_volume.is_some(),
        photonPersistentDisk = volume.photon_persistent_disk.is_some(),
        portworxVolume = volume.portworx_volume.is_some(),
        azureDisk = volume.azure_disk.is_some(),
        storageos = volume.storageos.is_some(),
        projected = volume.projected.is_some(),
        scaleIO = volume.scale_io.is_some(),
        csi = volume.csi.is_some(),
        ephemeral = volume.ephemeral.is_some(),
        image = volume.image.is_some()
    ]
}

/// The number of sources of a volume.
pub(super) fn count_sources(volume: &Volume) -> usize {
    sources(volume).iter().filter(|(_, set)| *set).count()
}

/// Checks the volumes of a pod, and returns the valid ones.
pub(super) fn check<'p>(volumes: &'p [Volume], path: &Path<'_>, findings: &mut Findings<'_>) -> Volumes<'p> {
    let mut valid = Volumes::new();
    for (path, volume) in path.each(volumes) {
        let before = findings.len();
        check_sources(volume, &path, findings);
        let name = path!(path.name);
        findings.required_format(
            &NAME,
            &name,
            &volume.name,
            dns_label,
            "A volume needs a name for containers to mount it.",
        );
        if valid.contains_key(volume.name.as_str()) {
            findings.duplicate(&NAME, &name, (format!("Another volume is named {}.", volume.name), "Rename one."));
        }
        if findings.len() == before {
            valid.insert(&volume.name, volume);
        }
    }
    valid
}

/// The first source is used and checked; any other is refused.
fn check_sources(volume: &Volume, path: &Path<'_>, findings: &mut Findings<'_>) {
    let mut present = sources(volume).into_iter().filter(|(_, set)| *set).map(|(name, _)| name);
    let Some(first) = present.next() else {
        findings.required(&SOURCE, path, "A volume needs a source, such as emptyDir.");
        return;
    };
    check_source(first, volume, path, findings);
    volume_sources::check_name(volume, path, findings);
    for further in present {
        let wording =
            (format!("The volume already has the source {first}."), "Keep only one, or split it into two volumes.");
        // The server spells two of the fields differently.
        let shown = match further.as_str() {
            "downwardAPI" => "downwarAPI",
            "cephfs" => "cephFS",
            other => other,
        };
        findings.forbidden(&SOURCE, &path.at(further).shown_as(shown), wording);
    }
}

fn check_source(source: FieldName, volume: &Volume, path: &Path<'_>, findings: &mut Findings<'_>) {
    match source.as_str() {
        "downwardAPI" | "configMap" | "secret" | "projected" => projections::check(source, volume, path, findings),
        "ephemeral" => volume_claim::check(volume.ephemeral.as_ref(), &path!(path.ephemeral), findings),
        _ => volume_sources::check(source, volume, path, findings),
    }
}

//! The sources of volumes that are neither projected nor claimed: directories, disks and network storage.

use k8s_openapi::api::core::v1::{
    AzureDiskVolumeSource, CSIVolumeSource, FCVolumeSource, FlockerVolumeSource, HostPathVolumeSource,
    ISCSIVolumeSource, NFSVolumeSource, QuobyteVolumeSource, StorageOSVolumeSource, Volume,
};

use super::common::{descending, each, is_true, no_backsteps, text};
use super::image::check_pull_policy;
use crate::apimachinery::names::{dns_label, dns_subdomain};
use crate::apimachinery::{Path, Quantity};
use crate::validate::Reason::FieldValueNotSupported;
use crate::validate::findings::Findings;
use crate::validate::rule::rules;

rules! {
    Api;

    /// A source has the fields that say where its data is: the path, the server, the volume's id, the claim's name.
    REQUIRED = "volume-source-required" in Volume: "nfs: {server: nas.local}", "nfs: {server: nas.local, path: /data}";
    /// The sizeLimit of an emptyDir is not negative.
    EMPTY_DIR = "volume-empty-dir" in Volume: "emptyDir: {sizeLimit: -1Gi}", "emptyDir: {sizeLimit: 1Gi}";
    /// The path of a hostPath has no '..', and its type is one of DirectoryOrCreate, Directory, FileOrCreate, File, Socket,
    /// CharDevice, BlockDevice or empty.
    HOST_PATH = "volume-host-path" in Volume:
        "hostPath: {path: /data, type: Folder}", "hostPath: {path: /data, type: Directory}";
    /// A disk's partition is from 0 to 255, and so is the lun of iSCSI or Fibre Channel.
    NUMBERS = "volume-numbers" in Volume:
        "awsElasticBlockStore: {volumeID: vol-1, partition: 300}", "awsElasticBlockStore: {volumeID: vol-1, partition: 3}";
    /// The path of an NFS export is absolute.
    NFS = "volume-nfs" in Volume: "nfs: {server: nas.local, path: data}", "nfs: {server: nas.local, path: /data}";
    /// The iqn of iSCSI is spelled as one of the forms iqn., eui. and naa.; CHAP needs a secretRef.
    ISCSI = "volume-iscsi" in Volume:
        "iscsi: {targetPortal: 10.0.0.1, iqn: storage, lun: 0}",
        "iscsi: {targetPortal: 10.0.0.1, iqn: \"iqn.2001-04.com.example:storage\", lun: 0}";
    /// Fibre Channel has either targetWWNs with a lun or wwids.
    FC = "volume-fc" in Volume: "fc: {lun: 1}", "fc: {lun: 1, targetWWNs: [\"50060e801049cfd1\"]}";
    /// An azureDisk of kind Managed has a diskURI that starts with /subscriptions/, another one with https://; cachingMode is
    /// None, ReadOnly or ReadWrite.
    AZURE_DISK = "volume-azure-disk" in Volume:
        "azureDisk: {diskName: d, diskURI: d.vhd}", "azureDisk: {diskName: d, diskURI: \"https://a.blob.core.windows.net/d.vhd\"}";
    /// A CSI driver is named by a DNS subdomain of 63 characters at most.
    CSI = "volume-csi" in Volume: "csi: {driver: my_driver}", "csi: {driver: my-driver.example.com}";
    /// A gitRepo's directory is relative and without '..'; a flexVolume's options keep clear of kubernetes.io.
    OTHERS = "volume-other-sources" in Volume:
        "gitRepo: {repository: \"https://example.com/x.git\", directory: ../x}",
        "nfs: {server: nas.local, path: /data}";
}

/// The source of a volume at `path`, where it is one of this file's.
pub fn check(volume: &Volume, path: &Path<'_>, findings: &mut Findings<'_>) {
    check_required(volume, path, findings);
    if let Some(limit) = volume.empty_dir.as_ref().and_then(|source| source.size_limit.as_ref())
        && Quantity::parse(&limit.0).is_some_and(|limit| limit.is_negative())
    {
        let path = path.field("emptyDir");
        let message = format!("{} is negative. Write an amount such as 1Gi, or leave it out.", limit.0);
        findings.forbidden(&EMPTY_DIR, &path.field("sizeLimit"), message);
    }
    if let Some(source) = &volume.host_path {
        check_host_path(source, &path.field("hostPath"), findings);
    }
    if let Some(source) = &volume.git_repo {
        let path = path.field("gitRepo");
        descending(&OTHERS, &path.field("directory"), text(&source.directory), findings);
    }
    for (field, partition) in [
        ("persistentDisk", volume.gce_persistent_disk.as_ref().and_then(|disk| disk.partition)),
        ("awsElasticBlockStore", volume.aws_elastic_block_store.as_ref().and_then(|disk| disk.partition)),
    ] {
        let path = path.field(field);
        byte(partition, &path.field("partition"), findings);
    }
    if let Some(source) = &volume.nfs {
        check_nfs(source, &path.field("nfs"), findings);
    }
    if let Some(source) = &volume.iscsi {
        check_iscsi(source, &path.field("iscsi"), findings);
    }
    if let Some(source) = &volume.fc {
        check_fc(source, &path.field("fc"), findings);
    }
    if let Some(source) = &volume.azure_disk {
        check_azure_disk(source, &path.field("azureDisk"), findings);
    }
    if let Some(source) = &volume.csi {
        check_csi(source, &path.field("csi"), findings);
    }
    if let Some(source) = &volume.flocker {
        check_flocker(source, &path.field("flocker"), findings);
    }
    if let Some(source) = &volume.quobyte {
        check_quobyte(source, &path.field("quobyte"), findings);
    }
    if let Some(source) = &volume.storageos {
        check_storageos(source, &path.field("storageos"), findings);
    }
    if let Some(source) = &volume.flex_volume {
        let path = path.field("flexVolume");
        let options = path.field("options");
        for key in source.options.iter().flat_map(std::collections::BTreeMap::keys) {
            let domain = key.split('/').next().unwrap_or_default();
            if key.contains('/') && (domain == "kubernetes.io" || domain.ends_with(".kubernetes.io")) {
                findings.invalid(&OTHERS, &options.key(key), "This domain is kept for Kubernetes. Use another one.");
            }
        }
    }
    if let Some(source) = &volume.image {
        let path = path.field("image");
        check_pull_policy(text(&source.pull_policy), &path.field("pullPolicy"), findings);
    }
}

/// The fields without which a source says nothing. The server names some of them differently.
fn check_required(volume: &Volume, path: &Path<'_>, findings: &mut Findings<'_>) {
    let mut missing: Vec<(&str, &str, bool)> = Vec::new();
    let mut need = |source, field, empty: bool| missing.push((source, field, empty));
    if let Some(source) = &volume.host_path {
        need("hostPath", "path", source.path.is_empty());
    }
    if let Some(source) = &volume.git_repo {
        need("gitRepo", "repository", source.repository.is_empty());
    }
    if let Some(source) = &volume.gce_persistent_disk {
        need("persistentDisk", "pdName", source.pd_name.is_empty());
    }
    if let Some(source) = &volume.aws_elastic_block_store {
        need("awsElasticBlockStore", "volumeID", source.volume_id.is_empty());
    }
    if let Some(source) = &volume.nfs {
        need("nfs", "server", source.server.is_empty());
        need("nfs", "path", source.path.is_empty());
    }
    if let Some(source) = &volume.iscsi {
        need("iscsi", "targetPortal", source.target_portal.is_empty());
        need("iscsi", "iqn", source.iqn.is_empty());
    }
    if let Some(source) = &volume.glusterfs {
        need("glusterfs", "endpoints", source.endpoints.is_empty());
        need("glusterfs", "path", source.path.is_empty());
    }
    if let Some(source) = &volume.persistent_volume_claim {
        need("persistentVolumeClaim", "claimName", source.claim_name.is_empty());
    }
    if let Some(source) = &volume.rbd {
        need("rbd", "monitors", source.monitors.is_empty());
        need("rbd", "image", source.image.is_empty());
    }
    if let Some(source) = &volume.cinder {
        need("cinder", "volumeID", source.volume_id.is_empty());
    }
    if let Some(source) = &volume.cephfs {
        need("cephfs", "monitors", source.monitors.is_empty());
    }
    if let Some(source) = &volume.quobyte {
        need("quobyte", "registry", source.registry.is_empty());
        need("quobyte", "volume", source.volume.is_empty());
    }
    if let Some(source) = &volume.flex_volume {
        need("flexVolume", "driver", source.driver.is_empty());
    }
    if let Some(source) = &volume.azure_file {
        need("azureFile", "secretName", source.secret_name.is_empty());
        need("azureFile", "shareName", source.share_name.is_empty());
    }
    if let Some(source) = &volume.vsphere_volume {
        need("vsphereVolume", "volumePath", source.volume_path.is_empty());
    }
    if let Some(source) = &volume.photon_persistent_disk {
        need("photonPersistentDisk", "pdID", source.pd_id.is_empty());
    }
    if let Some(source) = &volume.portworx_volume {
        need("portworxVolume", "volumeID", source.volume_id.is_empty());
    }
    if let Some(source) = &volume.azure_disk {
        need("azureDisk", "diskName", source.disk_name.is_empty());
        need("azureDisk", "diskURI", source.disk_uri.is_empty());
    }
    if let Some(source) = &volume.scale_io {
        need("scaleIO", "gateway", source.gateway.is_empty());
        need("scaleIO", "system", source.system.is_empty());
        need("scaleIO", "volumeName", text(&source.volume_name).is_empty());
    }
    for (source, field, _) in missing.into_iter().filter(|(.., empty)| *empty) {
        let path = path.field(source);
        findings.required(&REQUIRED, &path.field(field), format!("A {source} needs its {field}."));
    }
}

fn byte(value: Option<i32>, path: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(value) = value.filter(|value| !(0..=255).contains(value)) {
        findings.invalid(&NUMBERS, path, format!("{value} must be from 0 to 255."));
    }
}

fn check_host_path(source: &HostPathVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    no_backsteps(&HOST_PATH, &path.field("path"), &source.path, findings);
    if let Some(kind) = &source.type_ {
        let allowed =
            ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
        findings.one_of(&HOST_PATH, &path.field("type"), kind, &allowed);
    }
}

fn check_nfs(source: &NFSVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    if !source.path.starts_with('/') {
        let message = format!("{:?} must be absolute. Start it with '/'.", source.path);
        findings.invalid(&NFS, &path.field("path"), message);
    }
}

fn check_iscsi(source: &ISCSIVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    if !source.iqn.is_empty() && !is_initiator(&source.iqn) {
        let message = format!("{:?} must start with iqn., eui. or naa. and go on as that form does.", source.iqn);
        findings.invalid(&ISCSI, &path.field("iqn"), message);
    }
    byte(Some(source.lun), &path.field("lun"), findings);
    let chap = is_true(source.chap_auth_discovery) || is_true(source.chap_auth_session);
    if chap && source.secret_ref.is_none() {
        findings.required(&ISCSI, &path.field("secretRef"), "CHAP needs a secretRef.");
    }
    if let Some(name) = source.initiator_name.as_deref().filter(|name| !is_initiator(name)) {
        let message = format!("{name:?} must start with iqn., eui. or naa. and go on as that form does.");
        findings.invalid(&ISCSI, &path.field("initiatorname"), message);
    }
}

/// The three forms of an iSCSI name.
fn is_initiator(name: &str) -> bool {
    let alphanumeric =
        |text: &str, length: usize| text.len() == length && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if let Some(rest) = name.strip_prefix("eui.") {
        return alphanumeric(rest, 16);
    }
    if let Some(rest) = name.strip_prefix("naa.") {
        return alphanumeric(rest, 32);
    }
    let Some(rest) = name.strip_prefix("iqn.") else { return false };
    let Some((date, rest)) = rest.split_once('.') else { return false };
    let digits = |text: &str, length: usize| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    let dated = date.split_once('-').is_some_and(|(year, month)| digits(year, 4) && digits(month, 2));
    let Some((authority, target)) = rest.split_once(':') else { return false };
    let named =
        !authority.is_empty() && authority.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    let plain = |c: char| !c.is_ascii_whitespace() && !",;*&$|".contains(c);
    dated && named && !target.is_empty() && target.chars().all(plain)
}

fn check_fc(source: &FCVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    let (wwns, wwids) = (!each(&source.target_wwns).is_empty(), !each(&source.wwids).is_empty());
    let place = path.field("targetWWNs");
    match (wwns, wwids) {
        (false, false) => findings.required(&FC, &place, "Write targetWWNs with a lun, or wwids."),
        (true, true) => findings.invalid(&FC, &place, "targetWWNs and wwids exclude each other. Remove one."),
        _ => {}
    }
    if wwns {
        match source.lun {
            None => findings.required(&FC, &path.field("lun"), "targetWWNs need a lun."),
            lun => byte(lun, &path.field("lun"), findings),
        }
    }
}

fn check_azure_disk(source: &AzureDiskVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    let kind = text(&source.kind);
    findings.one_of(&AZURE_DISK, &path.field("kind"), kind, &["Dedicated", "Managed", "Shared"]);
    let caching = text(&source.caching_mode);
    findings.one_of(&AZURE_DISK, &path.field("cachingMode"), caching, &["None", "ReadOnly", "ReadWrite"]);
    let start = if kind == "Managed" { "/subscriptions/" } else { "https://" };
    if !source.disk_uri.starts_with(start) {
        let message = format!("{:?} must start with {start} for kind {kind}.", source.disk_uri);
        findings.error(&AZURE_DISK, &path.field("diskURI"), FieldValueNotSupported, message);
    }
}

fn check_csi(source: &CSIVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    const DRIVER_MAX: usize = 63;
    let place = path.field("driver");
    if source.driver.is_empty() {
        findings.required(&REQUIRED, &place, "Name the driver.");
    }
    if source.driver.len() > DRIVER_MAX {
        findings.too_long(&CSI, &place, DRIVER_MAX);
    }
    if !source.driver.is_empty() {
        findings.spelled(&CSI, &place, &source.driver.to_lowercase(), dns_subdomain);
    }
    if let Some(secret) = &source.node_publish_secret_ref {
        if secret.name.is_empty() {
            let path = path.field("nodePublishSecretRef");
            findings.required(&REQUIRED, &path.field("name"), "Name the Secret.");
        } else {
            findings.spelled(&CSI, &path.field("name"), &secret.name, dns_subdomain);
        }
    }
}

fn check_flocker(source: &FlockerVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    let (name, uuid) = (text(&source.dataset_name), text(&source.dataset_uuid));
    match (name.is_empty(), uuid.is_empty()) {
        (true, true) => findings.required(&REQUIRED, path, "Write datasetName or datasetUUID."),
        (false, false) => findings.invalid(&OTHERS, path, "datasetName and datasetUUID exclude each other."),
        _ => {}
    }
    if name.contains('/') {
        findings.invalid(&OTHERS, &path.field("datasetName"), "'/' must not stand in it.");
    }
}

fn check_quobyte(source: &QuobyteVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    let host_and_port = |server: &str| {
        server
            .rsplit_once(':')
            .is_some_and(|(host, _)| !host.contains(':') || (host.starts_with('[') && host.ends_with(']')))
    };
    if !source.registry.is_empty() && !source.registry.split(',').all(host_and_port) {
        findings.invalid(&OTHERS, &path.field("registry"), "Write HOST:PORT, several separated by commas.");
    }
}

fn check_storageos(source: &StorageOSVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    let name = text(&source.volume_name);
    if name.is_empty() {
        findings.required(&REQUIRED, &path.field("volumeName"), "Name the volume.");
    } else {
        findings.spelled(&OTHERS, &path.field("volumeName"), name, dns_label);
    }
    if !text(&source.volume_namespace).is_empty() {
        findings.spelled(&OTHERS, &path.field("volumeNamespace"), text(&source.volume_namespace), dns_label);
    }
    if source.secret_ref.as_ref().is_some_and(|secret| secret.name.is_empty()) {
        let path = path.field("secretRef");
        findings.required(&REQUIRED, &path.field("name"), "Name the Secret.");
    }
}

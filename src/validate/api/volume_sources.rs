//! Volume sources other than projections and claims: directories, disks and network storage.

use k8s_openapi::api::core::v1::{
    AzureDiskVolumeSource, CSIVolumeSource, EmptyDirVolumeSource, FCVolumeSource, FlexVolumeSource,
    FlockerVolumeSource, HostPathVolumeSource, ISCSIVolumeSource, LocalObjectReference, NFSVolumeSource,
    QuobyteVolumeSource, ScaleIOVolumeSource, StorageOSVolumeSource, Volume,
};

use super::common::{check_no_backsteps, check_relative};
use super::image::check_pull_policy;
use super::prelude::*;
use crate::apimachinery::Version;
use crate::apimachinery::version::V1_35;

rules! {
    Api;

    /// A volume source has its required fields, such as the path, the server, the volume's id or the claim's name.
    REQUIRED = "volume-source-required" in Volume: "nfs: {server: nas.local}", "nfs: {server: nas.local, path: /data}";
    /// The sizeLimit of an emptyDir is not negative.
    EMPTY_DIR = "volume-empty-dir" in Volume: "emptyDir: {sizeLimit: -1Gi}", "emptyDir: {sizeLimit: 1Gi}";
    /// The path of a hostPath does not contain '..', and its type is DirectoryOrCreate, Directory, FileOrCreate, File,
    /// Socket, CharDevice, BlockDevice or empty.
    HOST_PATH = "volume-host-path" in Volume:
        "hostPath: {path: /data, type: Folder}", "hostPath: {path: /data, type: Directory}";
    /// The partition of a disk and the lun of iSCSI or Fibre Channel are between 0 and 255.
    NUMBERS = "volume-numbers" in Volume:
        "awsElasticBlockStore: {volumeID: vol-1, partition: 300}", "awsElasticBlockStore: {volumeID: vol-1, partition: 3}";
    /// The path of an NFS export is absolute.
    NFS = "volume-nfs" in Volume: "nfs: {server: nas.local, path: data}", "nfs: {server: nas.local, path: /data}";
    /// The iqn of an iscsi volume is a valid iqn., eui. or naa. name; CHAP needs a secretRef.
    ISCSI = "volume-iscsi" in Volume:
        "iscsi: {targetPortal: 10.0.0.1, iqn: storage, lun: 0}",
        "iscsi: {targetPortal: 10.0.0.1, iqn: \"iqn.2001-04.com.example:storage\", lun: 0}";
    /// Fibre Channel has either targetWWNs with a lun or wwids.
    FC = "volume-fc" in Volume: "fc: {lun: 1}", "fc: {lun: 1, targetWWNs: [\"50060e801049cfd1\"]}";
    /// The diskURI of an azureDisk starts with /subscriptions/ for the kind Managed and with https:// for the others;
    /// cachingMode is None, ReadOnly or ReadWrite.
    AZURE_DISK = "volume-azure-disk" in Volume:
        "azureDisk: {diskName: d, diskURI: d.vhd}", "azureDisk: {diskName: d, diskURI: \"https://a.blob.core.windows.net/d.vhd\"}";
    /// A CSI driver is named by a DNS subdomain of at most 63 characters.
    CSI = "volume-csi" in Volume: "csi: {driver: my_driver}", "csi: {driver: my-driver.example.com}";
    /// Other volume sources: for example, the directory of a gitRepo is a relative path without '..', and the options
    /// of a flexVolume do not use the domain kubernetes.io.
    OTHERS = "volume-other-sources" in Volume:
        "gitRepo: {repository: \"https://example.com/x.git\", directory: ../x}",
        "nfs: {server: nas.local, path: /data}";
}

/// Checks the source of a volume at `path`, if it is one of this file's.
pub(super) fn check(field: FieldName, volume: &Volume, path: &Path<'_>, findings: &mut Findings<'_>) {
    let source = field.as_str();
    let path = path.at(field).shown_as(if source == "gcePersistentDisk" { "persistentDisk" } else { source });
    check_required(source, volume, &path, findings);
    match source {
        "emptyDir" => check_empty_dir(volume.empty_dir.as_ref(), &path, findings),
        "hostPath" => volume.host_path.iter().for_each(|it| check_host_path(it, &path, findings)),
        "gitRepo" => {
            let directory = volume.git_repo.as_ref().map_or("", |it| text(&it.directory));
            check_relative(&OTHERS, &path!(path.directory), directory, findings);
        }
        "gcePersistentDisk" => {
            byte(volume.gce_persistent_disk.as_ref().and_then(|it| it.partition), &path!(path.partition), findings);
        }
        "awsElasticBlockStore" => {
            byte(volume.aws_elastic_block_store.as_ref().and_then(|it| it.partition), &path!(path.partition), findings);
        }
        "nfs" => volume.nfs.iter().for_each(|it| check_nfs(it, &path, findings)),
        "iscsi" => volume.iscsi.iter().for_each(|it| check_iscsi(it, &path, findings)),
        "fc" => volume.fc.iter().for_each(|it| check_fc(it, &path, findings)),
        "azureDisk" => volume.azure_disk.iter().for_each(|it| check_azure_disk(it, &path, findings)),
        "csi" => volume.csi.iter().for_each(|it| check_csi(it, &path, findings)),
        "flocker" => volume.flocker.iter().for_each(|it| check_flocker(it, &path, findings)),
        "quobyte" => volume.quobyte.iter().for_each(|it| check_quobyte(it, &path, findings)),
        "storageos" => volume.storageos.iter().for_each(|it| check_storageos(it, &path, findings)),
        "flexVolume" => volume.flex_volume.iter().for_each(|it| check_flex(it, &path, findings)),
        "image" => {
            let policy = volume.image.as_ref().map_or("", |image| text(&image.pull_policy));
            check_pull_policy(policy, &path!(path.pullPolicy), findings);
        }
        _ => {}
    }
}

/// The initiator's name includes the volume's name; the server checks that even if the volume has another source.
pub(super) fn check_name(volume: &Volume, path: &Path<'_>, findings: &mut Findings<'_>) {
    const MAX: usize = 64;
    let named = volume.iscsi.as_ref().filter(|source| source.initiator_name.is_some());
    if named.is_some_and(|source| volume.name.len() + 1 + source.target_portal.len() > MAX) {
        let message =
            format!("The volume's name and its targetPortal must not have more than {MAX} characters in total.");
        findings.invalid(&ISCSI, &path!(path.name), message);
    }
}

/// The required fields of a source that are empty.
macro_rules! empty {
    ($source:expr, $($name:ident = $field:ident),+) => {
        $source.iter().flat_map(|it| fields![$($name = it.$field.is_empty()),+]).collect()
    };
}

/// The required fields of each source.
fn check_required(source: &str, volume: &Volume, path: &Path<'_>, findings: &mut Findings<'_>) {
    let fields: Vec<(FieldName, bool)> = match source {
        "awsElasticBlockStore" => empty!(volume.aws_elastic_block_store, volumeID = volume_id),
        "azureDisk" => empty!(volume.azure_disk, diskName = disk_name, diskURI = disk_uri),
        "azureFile" => empty!(volume.azure_file, secretName = secret_name, shareName = share_name),
        "cephfs" => empty!(volume.cephfs, monitors = monitors),
        "cinder" => empty!(volume.cinder, volumeID = volume_id),
        "flexVolume" => empty!(volume.flex_volume, driver = driver),
        "gcePersistentDisk" => empty!(volume.gce_persistent_disk, pdName = pd_name),
        "gitRepo" => empty!(volume.git_repo, repository = repository),
        "glusterfs" => empty!(volume.glusterfs, endpoints = endpoints, path = path),
        "hostPath" => empty!(volume.host_path, path = path),
        "iscsi" => empty!(volume.iscsi, targetPortal = target_portal, iqn = iqn),
        "nfs" => empty!(volume.nfs, server = server, path = path),
        "persistentVolumeClaim" => empty!(volume.persistent_volume_claim, claimName = claim_name),
        "photonPersistentDisk" => empty!(volume.photon_persistent_disk, pdID = pd_id),
        "portworxVolume" => empty!(volume.portworx_volume, volumeID = volume_id),
        "rbd" => empty!(volume.rbd, monitors = monitors, image = image),
        "scaleIO" => {
            let named = |source: &ScaleIOVolumeSource| fields![volumeName = text(&source.volume_name).is_empty()];
            let mut fields: Vec<_> = empty!(volume.scale_io, gateway = gateway, system = system);
            fields.extend(volume.scale_io.iter().flat_map(named));
            fields
        }
        "vsphereVolume" => empty!(volume.vsphere_volume, volumePath = volume_path),
        _ => Vec::new(),
    };
    for (field, _) in fields.into_iter().filter(|(_, is_empty)| *is_empty) {
        findings.required(&REQUIRED, &path.at(field), format!("A {source} volume needs {field}."));
    }
    need_secret(
        volume.cinder.as_ref().and_then(|it| it.secret_ref.as_ref()).filter(|_| source == "cinder"),
        path,
        findings,
    );
}

/// A reference to a Secret has its name.
fn need_secret(secret: Option<&LocalObjectReference>, path: &Path<'_>, findings: &mut Findings<'_>) {
    if secret.is_some_and(|secret| secret.name.is_empty()) {
        findings.required(&REQUIRED, &path!(path.secretRef.name), "Write the name of the Secret.");
    }
}

fn check_empty_dir(source: Option<&EmptyDirVolumeSource>, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(limit) = source.and_then(|source| source.size_limit.as_ref()) else { return };
    if Quantity::parse(&limit.0).is_some_and(|limit| limit.is_negative()) {
        let wording = (format!("{} is negative.", limit.0), "Write an amount such as 1Gi, or remove the field.");
        findings.forbidden(&EMPTY_DIR, &path!(path.sizeLimit), wording);
    }
}

fn check_flex(source: &FlexVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    let options = path!(path.options);
    for key in source.options.iter().flat_map(std::collections::BTreeMap::keys) {
        let domain = format!(".{}", lower_case(key.split('/').next().unwrap_or_default()));
        if domain.ends_with(".kubernetes.io") || domain.ends_with(".k8s.io") {
            findings.invalid(
                &OTHERS,
                &options.key(key),
                ("This domain is reserved for Kubernetes.", "Use another one."),
            );
        }
    }
}

fn byte(value: Option<i32>, path: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(value) = value.filter(|value| !(0..=255).contains(value)) {
        findings.invalid(&NUMBERS, path, format!("{value} must be between 0 and 255."));
    }
}

fn check_host_path(source: &HostPathVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    if source.path.is_empty() {
        return;
    }
    check_no_backsteps(&HOST_PATH, &path!(path.path), &source.path, findings);
    if let Some(kind) = &source.type_ {
        let allowed =
            ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
        findings.one_of(&HOST_PATH, &path!(path.type), kind, &allowed);
    }
}

fn check_nfs(source: &NFSVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    if !source.path.starts_with('/') {
        let wording = (format!("{:?} must be an absolute path.", source.path), "Start it with '/'.");
        findings.invalid(&NFS, &path!(path.path), wording);
    }
}

fn check_iscsi(source: &ISCSIVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    if !source.iqn.is_empty() && !is_initiator(&source.iqn) {
        let message = format!("{:?} must be a valid name that starts with iqn., eui. or naa.", source.iqn);
        findings.invalid(&ISCSI, &path!(path.iqn), message);
    }
    byte(Some(source.lun), &path!(path.lun), findings);
    let chap = is_true(source.chap_auth_discovery) || is_true(source.chap_auth_session);
    if chap && source.secret_ref.is_none() {
        findings.required(&ISCSI, &path!(path.secretRef), "CHAP needs a secretRef.");
    }
    if let Some(name) = source.initiator_name.as_deref().filter(|name| !is_initiator(name)) {
        let message = format!("{name:?} must be a valid name that starts with iqn., eui. or naa.");
        findings.invalid(&ISCSI, &path!(path.initiatorName).shown_as("initiatorname"), message);
    }
}

/// The three forms of an iSCSI name.
fn is_initiator(name: &str) -> bool {
    /// Any character, followed by this number of letters and digits.
    fn numbered(rest: &str, length: usize) -> bool {
        let mut chars = rest.chars();
        let any = chars.next().is_some_and(|c| c != '\n');
        any && chars.as_str().len() == length && chars.all(|c| c.is_ascii_alphanumeric())
    }
    if let Some(rest) = name.strip_prefix("eui") {
        return numbered(rest, 16);
    }
    if let Some(rest) = name.strip_prefix("naa") {
        return numbered(rest, 32);
    }
    // The server has never checked what precedes the last part of this form.
    name.starts_with("iqn") && name.match_indices("iqn.").any(|(at, start)| is_qualified(&name[at + start.len()..]))
}

/// A date, a domain and a name: `2001-04.com.example:storage`.
fn is_qualified(text: &str) -> bool {
    let Some((date, rest)) = text.split_at_checked(8) else { return false };
    let dated =
        date.bytes().zip(*b"dddd-dd.").all(|(b, form)| if form == b'd' { b.is_ascii_digit() } else { b == form });
    let Some((authority, target)) = rest.split_once(':') else { return false };
    let named =
        !authority.is_empty() && authority.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    let plain = |c: char| !c.is_ascii_whitespace() && !",;*&$|".contains(c);
    dated && named && !target.is_empty() && target.chars().all(plain)
}

fn check_fc(source: &FCVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    let (wwns, wwids) = (!source.target_wwns.elements().is_empty(), !source.wwids.elements().is_empty());
    let field = path!(path.targetWWNs);
    match (wwns, wwids) {
        (false, false) => findings.required(&FC, &field, "Add targetWWNs with a lun, or wwids."),
        (true, true) => findings.invalid(&FC, &field, ("targetWWNs and wwids exclude each other.", "Remove one.")),
        _ => {}
    }
    if wwns {
        match source.lun {
            None => findings.required(&FC, &path!(path.lun), "targetWWNs need a lun."),
            lun => byte(lun, &path!(path.lun), findings),
        }
    }
}

fn check_azure_disk(source: &AzureDiskVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    let kind = text(&source.kind);
    findings.one_of(&AZURE_DISK, &path!(path.kind), kind, &["Dedicated", "Managed", "Shared"]);
    let caching = text(&source.caching_mode);
    findings.one_of(&AZURE_DISK, &path!(path.cachingMode), caching, &["None", "ReadOnly", "ReadWrite"]);
    let start = if kind == "Managed" { "/subscriptions/" } else { "https://" };
    if !source.disk_uri.starts_with(start) {
        let message = format!("{:?} must start with {start} for kind {kind}.", source.disk_uri);
        findings.error(&AZURE_DISK, &path!(path.diskURI), FieldValueNotSupported, message);
    }
}

fn check_csi(source: &CSIVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    const DRIVER_MAX: usize = 63;
    /// Before this version, an empty name was also reported as not valid.
    const NAMED_SINCE: Version = V1_35;
    let field = path!(path.driver);
    findings.not_empty(&REQUIRED, &field, &source.driver, "Write the name of the driver.");
    findings.no_longer(&CSI, &field, &source.driver, DRIVER_MAX);
    if !source.driver.is_empty() || findings.version() < NAMED_SINCE {
        findings.check_format(&CSI, &field, &lower_case(&source.driver), dns_subdomain);
    }
    if let Some(secret) = &source.node_publish_secret_ref {
        if secret.name.is_empty() {
            findings.required(&REQUIRED, &path!(path.nodePublishSecretRef.name), "Write the name of the Secret.");
        } else {
            let secret_path = path!(path.nodePublishSecretRef).hidden();
            findings.check_format(&CSI, &path!(secret_path.name), &secret.name, dns_subdomain);
        }
    }
}

fn check_flocker(source: &FlockerVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    let (name, uuid) = (text(&source.dataset_name), text(&source.dataset_uuid));
    match (name.is_empty(), uuid.is_empty()) {
        (true, true) => findings.required(&REQUIRED, path, "Add datasetName or datasetUUID."),
        (false, false) => findings.invalid(&OTHERS, path, "datasetName and datasetUUID exclude each other."),
        _ => {}
    }
    if name.contains('/') {
        findings.invalid(&OTHERS, &path!(path.datasetName), "The name must not contain '/'.");
    }
}

fn check_quobyte(source: &QuobyteVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    const TENANT_MAX: usize = 64;
    if source.registry.is_empty() {
        findings.required(&REQUIRED, &path!(path.registry), "Write HOST:PORT, several separated by commas.");
    } else if text(&source.tenant).len() > TENANT_MAX {
        let message = format!("A tenant is a UUID of at most {TENANT_MAX} characters.");
        findings.required(&REQUIRED, &path!(path.tenant), message);
    } else if !source.registry.split(',').all(is_host_and_port) {
        findings.invalid(&OTHERS, &path!(path.registry), "Write HOST:PORT, several separated by commas.");
    }
    findings.not_empty(&REQUIRED, &path!(path.volume), &source.volume, "A quobyte volume needs volume.");
}

/// `HOST:PORT`, and brackets around a host with colons in it.
fn is_host_and_port(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let brackets = ['[', ']'];
    match host.strip_prefix('[') {
        // The closing bracket is the first one and directly before the port.
        Some(inner) => {
            inner.strip_suffix(']').is_some_and(|inner| !inner.contains(brackets)) && !port.contains(brackets)
        }
        None => !host.contains(':') && !text.contains(brackets),
    }
}

fn check_storageos(source: &StorageOSVolumeSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    let name = text(&source.volume_name);
    if name.is_empty() {
        findings.required(&REQUIRED, &path!(path.volumeName), "Write the name of the volume.");
    } else {
        findings.check_format(&OTHERS, &path!(path.volumeName), name, dns_label);
    }
    if !text(&source.volume_namespace).is_empty() {
        findings.check_format(&OTHERS, &path!(path.volumeNamespace), text(&source.volume_namespace), dns_label);
    }
    need_secret(source.secret_ref.as_ref(), path, findings);
}

//! The rest of the server's defaults, on which no rule depends, but which stored objects have. Applied after
//! [`super::fill_in`], they turn a Job into its stored form.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{
    AzureDiskVolumeSource, Container, EnvVar, ISCSIVolumeSource, PodSpec, Probe, RBDVolumeSource, ScaleIOVolumeSource,
    Volume,
};

use super::defaults::fill_in;

/// The default mode of a file from the API.
const FILE_MODE: i32 = 0o644;

/// Fills in all defaults of a Job.
pub(crate) fn fill_in_all(job: &mut Job) {
    for volumes in job.spec.iter_mut().filter_map(|spec| spec.template.spec.as_mut()).flat_map(|pod| &mut pod.volumes) {
        volumes.iter_mut().for_each(image_volume);
    }
    fill_in(job);
    if let Some(pod) = job.spec.as_mut().and_then(|spec| spec.template.spec.as_mut()) {
        fill_in_pod(pod);
    }
}

fn fill_in_pod(pod: &mut PodSpec) {
    pod.security_context.get_or_insert_default();
    // The deprecated name of the field is stored beside the new one.
    pod.service_account.clone_from(&pod.service_account_name);
    pod.init_containers.iter_mut().flatten().chain(&mut pod.containers).for_each(container);
    pod.volumes.iter_mut().flatten().for_each(volume);
}

fn or(field: &mut Option<String>, default: &str) {
    if field.as_ref().is_none_or(String::is_empty) {
        *field = Some(default.to_owned());
    }
}

fn container(container: &mut Container) {
    container.env.iter_mut().flatten().for_each(variable);
    for one in [&mut container.liveness_probe, &mut container.readiness_probe, &mut container.startup_probe] {
        one.iter_mut().for_each(probe);
    }
}

fn variable(variable: &mut EnvVar) {
    if let Some(file) = variable.value_from.as_mut().and_then(|source| source.file_key_ref.as_mut()) {
        file.optional.get_or_insert(false);
    }
}

fn probe(probe: &mut Probe) {
    if let Some(grpc) = &mut probe.grpc {
        grpc.service.get_or_insert_default();
    }
}

fn volume(volume: &mut Volume) {
    volume.host_path.iter_mut().for_each(|path| {
        path.type_.get_or_insert_default();
    });
    let modes = [
        volume.secret.as_mut().map(|source| &mut source.default_mode),
        volume.config_map.as_mut().map(|source| &mut source.default_mode),
        volume.downward_api.as_mut().map(|source| &mut source.default_mode),
        volume.projected.as_mut().map(|source| &mut source.default_mode),
    ];
    for mode in modes.into_iter().flatten() {
        mode.get_or_insert(FILE_MODE);
    }
    volume.iscsi.iter_mut().for_each(iscsi);
    volume.rbd.iter_mut().for_each(rbd);
    volume.azure_disk.iter_mut().for_each(azure_disk);
    volume.scale_io.iter_mut().for_each(scale_io);
}

/// As for a container's image, one without a fixed version is always pulled.
fn image_volume(volume: &mut Volume) {
    let Some(image) = &mut volume.image else { return };
    let reference = image.reference.as_deref().unwrap_or_default();
    let (name, digest) = reference.split_once('@').map_or((reference, None), |(name, digest)| (name, Some(digest)));
    let tag = name.rsplit('/').next().and_then(|last| last.split_once(':')).map(|(_, tag)| tag);
    if tag == Some("latest") || (tag.is_none() && digest.is_none() && !name.is_empty()) {
        or(&mut image.pull_policy, "Always");
    }
}

fn iscsi(source: &mut ISCSIVolumeSource) {
    or(&mut source.iscsi_interface, "default");
}

fn rbd(source: &mut RBDVolumeSource) {
    or(&mut source.pool, "rbd");
    or(&mut source.user, "admin");
    or(&mut source.keyring, "/etc/ceph/keyring");
}

fn azure_disk(source: &mut AzureDiskVolumeSource) {
    source.fs_type.get_or_insert_with(|| "ext4".to_owned());
    source.read_only.get_or_insert(false);
}

fn scale_io(source: &mut ScaleIOVolumeSource) {
    or(&mut source.storage_mode, "ThinProvisioned");
    or(&mut source.fs_type, "xfs");
}

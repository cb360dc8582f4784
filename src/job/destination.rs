//! The path of a worker's results in its container, and the volume on which they outlive the pod.

use std::path::{Path, PathBuf};

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Container, PodSpec, Volume, VolumeMount};

use super::additions::in_directory;
use crate::names::{OUTPUT_DIR, output_csv};

/// Where a worker writes its results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The path of the file, with the placeholder `{worker_id}`; relative if the working directory is the image's.
    pub file: String,
    /// The volume that keeps the file; without one, it is lost with the pod.
    pub kept: Option<Kept>,
}

/// How results outlive their pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The volume.
    pub volume: KeptOn,
    /// The directory of the results on the volume; empty for its root.
    pub directory: String,
    /// The working directory that the image must have for this, if the container does not set one.
    pub if_started_in: Option<String>,
}

/// A volume that outlives its pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptOn {
    /// The volume of a `PersistentVolumeClaim`, by the name of the claim.
    Claim(String),
    /// Another volume, by its name in the pod.
    Volume(String),
}

impl Destination {
    /// Where the worker of a Job writes its results; its container has the name of the Job.
    #[must_use]
    pub fn of(job: &Job) -> Self {
        let csv = output_csv("{worker_id}", 1);
        let pod = job.spec.as_ref().and_then(|spec| spec.template.spec.as_ref());
        let worker = pod.and_then(|pod| pod.containers.iter().find(|it| Some(&it.name) == job.metadata.name.as_ref()));
        let (Some(pod), Some(worker)) = (pod, worker) else { return Self { file: csv, kept: None } };
        let file = worker.working_dir.as_deref().map_or_else(|| csv.clone(), |dir| in_directory(dir, &csv));
        Self { kept: kept(pod, worker, &file), file }
    }
}

/// How the results of a worker outlive the pod, if they do.
fn kept(pod: &PodSpec, worker: &Container, file: &str) -> Option<Kept> {
    let mounts = worker.volume_mounts.iter().flatten();
    let reached = mounts.filter_map(|mount| Some((mount, reach(mount, file)?)));
    // If several mounts contain the file, it is on the innermost one.
    let (mount, (below, if_started_in)) =
        reached.max_by_key(|(mount, _)| Path::new(&mount.mount_path).components().count())?;
    if mount.read_only == Some(true) {
        return None;
    }
    let volume = pod.volumes.iter().flatten().find(|volume| volume.name == mount.name)?;
    let on_volume = mount.sub_path.as_ref().or(mount.sub_path_expr.as_ref());
    let directory: PathBuf =
        Path::new(on_volume.map_or("", String::as_str)).components().chain(below.components()).collect();
    let directory = directory.to_string_lossy().into_owned();
    Some(Kept { volume: outliving(volume)?, directory, if_started_in })
}

/// The directory of a file below a mount, and the working directory that a relative path needs for this; `None` if the
/// file is not below the mount.
fn reach<'f>(mount: &VolumeMount, file: &'f str) -> Option<(&'f Path, Option<String>)> {
    let (mounted, file) = (Path::new(&mount.mount_path), Path::new(file));
    if file.is_absolute() {
        return Some((file.parent()?.strip_prefix(mounted).ok()?, None));
    }
    let start = mounted.ends_with(OUTPUT_DIR).then(|| mounted.parent()).flatten()?;
    Some((Path::new(""), Some(start.to_string_lossy().into_owned())))
}

/// The volume, if its files outlive the pod.
fn outliving(volume: &Volume) -> Option<KeptOn> {
    if let Some(claim) = &volume.persistent_volume_claim {
        return Some(KeptOn::Claim(claim.claim_name.clone()));
    }
    let of_the_pod = volume.empty_dir.is_some()
        || volume.ephemeral.is_some()
        || volume.config_map.is_some()
        || volume.secret.is_some()
        || volume.projected.is_some()
        || volume.downward_api.is_some()
        || volume.image.is_some();
    let is_inline_driver = volume.csi.is_some();
    (!of_the_pod && !is_inline_driver).then(|| KeptOn::Volume(volume.name.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn destination(working_dir: Option<&str>, mounts: &Value, volumes: &Value) -> Destination {
        let container = json!({"name": "n", "workingDir": working_dir, "volumeMounts": mounts});
        let spec = json!({"containers": [{"name": "side"}, container], "volumes": volumes});
        let job = json!({"metadata": {"name": "n"}, "spec": {"template": {"spec": spec}}});
        Destination::of(&serde_json::from_value(job).unwrap())
    }

    fn claim(name: &str) -> Value {
        json!({"name": name, "persistentVolumeClaim": {"claimName": format!("{name}-claim")}})
    }

    #[test]
    fn what_is_mounted_over_the_file_keeps_it() {
        let at = |path: &str| json!([{"name": "a", "mountPath": path}]);
        let own = |path: &str| json!([{"name": "a", "mountPath": path, "subPath": "s"}]);
        for (working_dir, mounts, directory, start) in [
            (Some("/app"), at("/app/outputs"), Some(""), None),
            (Some("/app/"), own("/app/outputs/"), Some("s"), None),
            (Some("/app"), own("/app"), Some("s/outputs"), None),
            (Some("/app"), at("/"), Some("app/outputs"), None),
            (Some("/app"), at("/app/out"), None, None),
            (Some("/app"), at("/app/outputs/deeper"), None, None),
            (None, at("/srv/outputs"), Some(""), Some("/srv")),
            (None, at("/srv"), None, None),
        ] {
            let found = destination(working_dir, &mounts, &json!([claim("a")]));
            let expected = directory.map(|directory| Kept {
                volume: KeptOn::Claim("a-claim".to_owned()),
                directory: directory.to_owned(),
                if_started_in: start.map(str::to_owned),
            });
            assert_eq!(found.kept, expected, "{mounts}");
        }
    }

    #[test]
    fn what_ends_with_the_pod_keeps_nothing() {
        let mounts = json!([{"name": "a", "mountPath": "/app"}, {"name": "b", "mountPath": "/app/outputs"}]);
        for (inner, is_kept) in [
            (json!({"name": "b", "emptyDir": {}}), false),
            (json!({"name": "b", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}}), false),
            (json!({"name": "b", "nfs": {"server": "s", "path": "/"}}), true),
            (claim("b"), true),
        ] {
            let found = destination(Some("/app"), &mounts, &json!([claim("a"), inner]));
            assert_eq!(found.kept.is_some(), is_kept, "{inner}");
        }
        let read_only = json!([{"name": "a", "mountPath": "/app", "readOnly": true}]);
        assert_eq!(destination(Some("/app"), &read_only, &json!([claim("a")])).kept, None);
    }
}

//! The mount of a worker's tuning file: its path, derived from the working directory and `config_path`, and the volume
//! and volume mount for a key of a ConfigMap.
//!
//! A volume mounted over a directory hides the image's files there, which may be other tuning files. So only the one
//! file is mounted, with a `subPath`.

use k8s_openapi::api::core::v1::{ConfigMapVolumeSource, KeyToPath, PodSpec, Volume, VolumeMount};
/// The name of the volume in a worker's pod.
pub const VOLUME: &str = "tuning-file";
/// The name of the file in the volume, whatever its key in the ConfigMap is.
const FILE: &str = "tuning.yaml";

/// The path of the tuning file on this machine: `config_path` relative to the project's directory. An absolute path
/// inside the working directory belongs to the project too. None if the path leads out of the project: then it names a
/// file in the image, which is unrelated to a local file of the same name.
#[must_use]
pub fn local_path<'p>(working_dir: Option<&str>, config_path: &'p str) -> Option<&'p str> {
    let path = if config_path.starts_with('/') {
        let inside = config_path.strip_prefix(working_dir?.trim_end_matches('/'))?.strip_prefix('/')?;
        inside.trim_start_matches('/')
    } else {
        config_path
    };
    (!path.split('/').any(|part| part == "..")).then_some(path)
}

/// Points the volume of a pod at another worker's file, and keeps everything else about the volume.
pub fn point_at(pod: &mut PodSpec, config_map: String, key: String) {
    let volume = pod.volumes.iter_mut().flatten().find(|volume| volume.name == VOLUME);
    if let Some(source) = volume.and_then(|volume| volume.config_map.as_mut()) {
        source.name = config_map;
        if let Some(item) = source.items.iter_mut().flatten().find(|item| item.path == FILE) {
            item.key = key;
        }
    }
}

/// The volume with one key of a ConfigMap, and the mount of that file at `path`.
#[must_use]
pub fn volume_and_mount(config_map: &str, key: &str, path: &str) -> (Volume, VolumeMount) {
    let item = KeyToPath { key: key.to_owned(), path: FILE.to_owned(), mode: None };
    let source = ConfigMapVolumeSource {
        name: config_map.to_owned(),
        items: Some(vec![item]),
        ..ConfigMapVolumeSource::default()
    };
    let volume = Volume { name: VOLUME.to_owned(), config_map: Some(source), ..Volume::default() };
    let mount = VolumeMount {
        name: VOLUME.to_owned(),
        mount_path: path.to_owned(),
        sub_path: Some(FILE.to_owned()),
        read_only: Some(true),
        ..VolumeMount::default()
    };
    (volume, mount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tuning_config::{MountPathError, mount_path};

    #[test]
    fn a_mount_path_is_absolute() {
        let path = "configs/d23_tuning/x.yaml";
        for working_dir in ["/app", "/app/"] {
            assert_eq!(mount_path(Some(working_dir), path).as_deref(), Ok("/app/configs/d23_tuning/x.yaml"));
        }
        assert_eq!(mount_path(Some("/"), "./x.yaml").as_deref(), Ok("/x.yaml"));
        assert_eq!(mount_path(None, "/etc/x.yaml").as_deref(), Ok("/etc/x.yaml"));
        assert_eq!(mount_path(None, path), Err(MountPathError::NeedsWorkingDir));
        assert_eq!(mount_path(Some("/app"), "../x.yaml"), Err(MountPathError::LeadsBack));
        assert_eq!(mount_path(Some("/app"), "a:b"), Err(MountPathError::Colon));
        for directory in ["configs/", "configs/.", "."] {
            assert_eq!(mount_path(Some("/app"), directory), Err(MountPathError::Directory));
        }
    }

    #[test]
    fn the_local_file_is_the_projects() {
        for (working_dir, path, expected) in [
            (None, "configs/x.yaml", Some("configs/x.yaml")),
            (Some("/app"), "configs/x.yaml", Some("configs/x.yaml")),
            (Some("/app/"), "/app/configs/x.yaml", Some("configs/x.yaml")),
            (Some("/"), "/configs/x.yaml", Some("configs/x.yaml")),
            (Some("/app"), "/apple/x.yaml", None),
            (None, "/app/x.yaml", None),
            (None, "../x.yaml", None),
            (Some("/app"), "/app/../x.yaml", None),
        ] {
            assert_eq!(local_path(working_dir, path), expected);
        }
    }
}

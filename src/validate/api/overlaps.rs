//! Files of a volume with the same path, or one below another.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{DownwardAPIVolumeFile, KeyToPath, PodSpec, Volume, VolumeProjection};

use super::prelude::*;
use crate::apimachinery::version::V1_34;

rules! {
    Api;

    /// Each source of a projected volume names what it projects.
    #[severity(Warning)]
    EMPTY_SOURCE = "volume-projected-nothing" in Volume:
        "projected: {sources: [{}]}", "projected: {sources: [{configMap: {name: settings}}]}";
    /// No two files of a volume have the same path, and none is below another.
    #[severity(Warning)]
    OVERLAP = "volume-overlapping-paths" in Volume:
        "configMap: {name: settings, items: [{key: a, path: etc}, {key: b, path: etc/b}]}",
        "configMap: {name: settings, items: [{key: a, path: etc/a}, {key: b, path: etc/b}]}";
}

/// A file's path and its source.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct ProjectedFile {
    path: String,
    source: String,
}

/// The volumes of a pod at `path`.
pub(super) fn check(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (path, volume) in path!(path.volumes).each(&pod.volumes) {
        check_volume(volume, &path, findings);
    }
}

fn check_volume(volume: &Volume, path: &Path<'_>, findings: &mut Findings<'_>) {
    let own = String::new;
    if let Some(source) = &volume.config_map {
        warn(&overlaps([of_keys(source.items.elements(), &own())]), &path!(path.configMap), findings);
    }
    if let Some(source) = &volume.secret {
        warn(&overlaps([of_keys(source.items.elements(), &own())]), &path!(path.secret), findings);
    }
    if let Some(source) = &volume.downward_api {
        warn(&overlaps([of_files(source.items.elements(), &own())]), &path!(path.downwardAPI), findings);
    }
    let Some(projected) = &volume.projected else { return };
    let path = path!(path.projected);
    let mut files = Vec::new();
    let mut before = Vec::new();
    let mut is_repeated = false;
    // The server names the volume, so it is reported only once.
    let mut reported = false;
    for (path, source) in path!(path.sources).each(&projected.sources) {
        if *source == VolumeProjection::default() {
            if !reported {
                let wording = ("This source projects nothing.", "Add one, such as secret, or remove the item.");
                findings.warning(&EMPTY_SOURCE, &path, FieldValueRequired, wording);
            }
            reported = true;
            continue;
        }
        let paths = paths_of(source);
        // Until 1.33, a source without paths was treated as if it had those of the previous one. The message for a
        // third repetition is the same as for the second.
        if paths.is_some() || findings.version() >= V1_34 {
            before = paths.unwrap_or_default();
            is_repeated = false;
        } else if is_repeated {
            continue;
        } else {
            is_repeated = true;
        }
        files.push(before.clone());
    }
    warn(&overlaps(files), &path, findings);
}

fn of_keys(items: &[KeyToPath], source: &str) -> Vec<ProjectedFile> {
    items.iter().map(|item| ProjectedFile { path: item.path.clone(), source: source.to_owned() }).collect()
}

fn of_files(items: &[DownwardAPIVolumeFile], source: &str) -> Vec<ProjectedFile> {
    items.iter().map(|item| ProjectedFile { path: item.path.clone(), source: source.to_owned() }).collect()
}

/// The paths of a source; none if it does not list any.
fn paths_of(source: &VolumeProjection) -> Option<Vec<ProjectedFile>> {
    if let Some((one, items)) = source.config_map.as_ref().and_then(|one| Some((one, one.items.as_ref()?))) {
        return Some(of_keys(items, &format!("ConfigMap {:?}", one.name)));
    }
    if let Some((one, items)) = source.secret.as_ref().and_then(|one| Some((one, one.items.as_ref()?))) {
        return Some(of_keys(items, &format!("Secret {:?}", one.name)));
    }
    if let Some(items) = source.downward_api.as_ref().and_then(|one| one.items.as_ref()) {
        return Some(of_files(items, "DownwardAPI"));
    }
    let token = source.service_account_token.as_ref()?;
    Some(vec![ProjectedFile { path: token.path.clone(), source: "ServiceAccountToken".to_owned() }])
}

/// The maximum number of pairs per volume; the server's answer has no room for more.
const MAX_PAIRS: usize = 100;

/// The overlapping pairs: each path with those before it. The server reports each pair of texts only once.
fn overlaps(sources: impl IntoIterator<Item = Vec<ProjectedFile>>) -> BTreeSet<(ProjectedFile, ProjectedFile)> {
    let mut pairs = BTreeSet::new();
    let mut all = PathIndex::default();
    for file in sources.into_iter().flatten() {
        let path = file.path.trim_end_matches('/').to_owned();
        let file = ProjectedFile { path, ..file };
        if file.path.is_empty() {
            continue;
        }
        let others = all.overlapping(&file.path);
        pairs.extend(others.take(MAX_PAIRS).map(|other| (file.clone(), other.clone())));
        if pairs.len() >= MAX_PAIRS {
            break;
        }
        all.insert(file);
    }
    pairs
}

/// Sorted paths, so that those above and below another one are found without looking at the rest.
#[derive(Default)]
struct PathIndex {
    paths: BTreeSet<(String, ProjectedFile)>,
}

impl PathIndex {
    /// With a trailing '/', a path is sorted just before everything below it.
    fn key(path: &str) -> String {
        format!("{path}/")
    }

    fn insert(&mut self, file: ProjectedFile) {
        self.paths.insert((Self::key(&file.path), file));
    }

    fn from(&self, key: &str) -> impl Iterator<Item = &(String, ProjectedFile)> + use<'_> {
        let none = ProjectedFile { path: String::new(), source: String::new() };
        self.paths.range((key.to_owned(), none)..)
    }

    fn overlapping(&self, path: &str) -> impl Iterator<Item = &ProjectedFile> {
        let key = Self::key(path);
        let ends: Vec<usize> = key.match_indices('/').map(|(at, _)| at + 1).filter(|end| *end < key.len()).collect();
        let above = key.clone();
        let above = ends.into_iter().flat_map(move |end| {
            let above = above[..end].to_owned();
            self.from(&above).take_while(move |(other, _)| *other == above)
        });
        self.from(&key).take_while(move |(other, _)| other.starts_with(&key)).chain(above).map(|(_, file)| file)
    }
}

fn warn(pairs: &BTreeSet<(ProjectedFile, ProjectedFile)>, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (one, other) in pairs {
        let name = |file: &ProjectedFile| match file.source.as_str() {
            "" => format!("{:?}", file.path),
            source => format!("{:?} ({source})", file.path),
        };
        let wording = (format!("The path {} overlaps with {}.", name(one), name(other)), "Choose another one.");
        findings.warning(&OVERLAP, path, FieldValueDuplicate, wording);
    }
}

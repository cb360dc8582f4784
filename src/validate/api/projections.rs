//! Volumes made of what the cluster knows: `ConfigMaps`, Secrets, the pod's own fields, tokens, and several of
//! them at once.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{
    DownwardAPIVolumeFile, KeyToPath, ServiceAccountTokenProjection, Volume, VolumeProjection,
};

use super::common::{descending_unreserved, each, file_mode, text};
use super::env::{RefIn, check_field_ref, check_resource_ref};
use crate::apimachinery::Path;
use crate::diagnostic::Reason::{FieldValueInvalid, FieldValueRequired};
use crate::diagnostic::rule::rules;
use crate::validate::findings::Findings;

rules! {
    Api;

    /// The permission bits of a file are from 0 to 0777.
    MODE = "volume-file-mode" in Volume:
        "configMap: {name: settings, defaultMode: 1000}", "configMap: {name: settings, defaultMode: 0644}";
    /// A volume made of a ConfigMap or Secret names it, and each of its items has a key, and a path that is relative, without
    /// '..', and does not start with it.
    ITEMS = "volume-items" in Volume:
        "configMap: {name: settings, items: [{key: a, path: /etc/a}]}", "configMap: {name: settings, items: [{key: a, path: etc/a}]}";
    /// A file of the pod's own fields has a relative path and either a fieldRef or a resourceFieldRef.
    DOWNWARD_API = "volume-downward-api" in Volume:
        "downwardAPI: {items: [{path: labels}]}", "downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}";
    /// Each source of a projected volume is one of secret, configMap, downwardAPI, serviceAccountToken and the like, and no
    /// two of the first three put a file at the same path. A token lives at least 600 seconds.
    PROJECTED = "volume-projected" in Volume:
        "projected: {sources: [{serviceAccountToken: {path: token, expirationSeconds: 60}}]}",
        "projected: {sources: [{serviceAccountToken: {path: token, expirationSeconds: 600}}]}";
}

/// Seconds that a token may live.
const TOKEN_SECONDS: std::ops::RangeInclusive<i64> = 600..=1 << 32;

/// The source of a volume at `path`, by its name, where it is one of this file's.
pub fn check(source: &str, volume: &Volume, path: &Path<'_>, findings: &mut Findings<'_>) {
    let path = path.field(source);
    let mode = path.field("defaultMode");
    match source {
        "secret" => {
            let Some(source) = &volume.secret else { return };
            if text(&source.secret_name).is_empty() {
                findings.required(&ITEMS, &path.field("secretName"), "Name the Secret.");
            }
            file_mode(&MODE, &mode, source.default_mode, findings);
            check_items(each(&source.items), &path, findings);
        }
        "configMap" => {
            let Some(source) = &volume.config_map else { return };
            if source.name.is_empty() {
                findings.required(&ITEMS, &path.field("name"), "Name the ConfigMap.");
            }
            file_mode(&MODE, &mode, source.default_mode, findings);
            check_items(each(&source.items), &path, findings);
        }
        "downwardAPI" => {
            let Some(source) = &volume.downward_api else { return };
            file_mode(&MODE, &mode, source.default_mode, findings);
            let items = path.field("items");
            for (nth, item) in each(&source.items).iter().enumerate() {
                check_downward_file(item, &path, &items.index(nth), findings);
            }
        }
        "projected" => {
            let Some(source) = &volume.projected else { return };
            file_mode(&MODE, &mode, source.default_mode, findings);
            let mut paths = BTreeSet::new();
            let list = path.field("sources");
            for (nth, source) in each(&source.sources).iter().enumerate() {
                check_projection(source, &mut paths, &path, &list.index(nth), findings);
            }
        }
        _ => {}
    }
}

fn check_items(items: &[KeyToPath], path: &Path<'_>, findings: &mut Findings<'_>) {
    let list = path.field("items");
    for (nth, item) in items.iter().enumerate() {
        let path = list.index(nth);
        if item.key.is_empty() {
            findings.required(&ITEMS, &path.field("key"), "Name the key.");
        }
        if item.path.is_empty() {
            findings.required(&ITEMS, &path.field("path"), "Write the file's path below the volume.");
        }
        descending_unreserved(&ITEMS, &path.field("path"), &item.path, findings);
        file_mode(&MODE, &path.field("mode"), item.mode, findings);
    }
}

/// The server names the source here, and not the item in it.
fn check_downward_file(file: &DownwardAPIVolumeFile, shown: &Path<'_>, place: &Path<'_>, findings: &mut Findings<'_>) {
    if file.path.is_empty() {
        let message = "Write the file's path below the volume.";
        findings.error_at(&DOWNWARD_API, &shown.field("path"), &place.field("path"), FieldValueRequired, message);
    }
    descending_unreserved(&DOWNWARD_API, &shown.field("path"), &file.path, findings);
    match (&file.field_ref, &file.resource_field_ref) {
        (Some(field), resource) => {
            check_field_ref(field, RefIn::Volume, &shown.field("fieldRef"), findings);
            if resource.is_some() {
                let wording = ("fieldRef and resourceFieldRef exclude each other.", "Remove one.");
                findings.error_at(&DOWNWARD_API, shown, place, FieldValueInvalid, wording);
            }
        }
        (None, Some(resource)) => {
            check_resource_ref(resource, RefIn::Volume, &shown.field("resourceFieldRef"), findings);
        }
        (None, None) => {
            let message = "A file needs a fieldRef or a resourceFieldRef.";
            findings.error_at(&DOWNWARD_API, shown, place, FieldValueRequired, message);
        }
    }
    file_mode(&MODE, &shown.field("mode"), file.mode, findings);
}

fn check_projection<'s>(
    source: &'s VolumeProjection,
    paths: &mut BTreeSet<&'s str>,
    volume: &Path<'_>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let mut sources = 0;
    // Paths in the order in which the server takes them in.
    let mut placed: Vec<&'s str> = Vec::new();
    if let Some(one) = &source.secret {
        sources += 1;
        check_projected_items(&one.name, each(&one.items), &path.field("secret"), findings);
        placed.extend(each(&one.items).iter().map(|item| item.path.as_str()));
    }
    if let Some(one) = &source.config_map {
        sources += 1;
        check_projected_items(&one.name, each(&one.items), &path.field("configMap"), findings);
        placed.extend(each(&one.items).iter().map(|item| item.path.as_str()));
    }
    if let Some(one) = &source.downward_api {
        sources += 1;
        let shown = path.field("downwardAPI");
        let list = shown.field("items");
        for (nth, item) in each(&one.items).iter().enumerate() {
            check_downward_file(item, &shown, &list.index(nth), findings);
            placed.push(&item.path);
        }
    }
    if let Some(token) = &source.service_account_token {
        sources += 1;
        check_token(token, volume, path, findings);
    }
    for file in placed.into_iter().filter(|file| !file.is_empty()) {
        if !paths.insert(file) {
            let wording = (format!("Two sources put a file at {file:?}."), "Choose another path.");
            findings.error_at(&PROJECTED, volume, path, FieldValueInvalid, wording);
        }
    }
    if sources > 1 {
        let wording =
            ("A source is one of secret, configMap, downwardAPI and serviceAccountToken.", "Make several of it.");
        findings.forbidden(&PROJECTED, path, wording);
    }
}

fn check_projected_items(name: &str, items: &[KeyToPath], path: &Path<'_>, findings: &mut Findings<'_>) {
    if name.is_empty() {
        findings.required(&ITEMS, &path.field("name"), "Name the object that is projected.");
    }
    check_items(items, path, findings);
}

fn check_token(token: &ServiceAccountTokenProjection, volume: &Path<'_>, path: &Path<'_>, findings: &mut Findings<'_>) {
    let place = path.field("serviceAccountToken");
    if let Some(seconds) = token.expiration_seconds.filter(|seconds| !TOKEN_SECONDS.contains(seconds)) {
        let message = format!("{seconds} must be from {} to {}.", TOKEN_SECONDS.start(), TOKEN_SECONDS.end());
        findings.invalid(&PROJECTED, &place.field("expirationSeconds"), message);
    }
    check_token_path(&token.path, volume, &place, findings);
}

/// The server names the volume here, and not the source in it.
fn check_token_path(file: &str, volume: &Path<'_>, place: &Path<'_>, findings: &mut Findings<'_>) {
    if file.is_empty() {
        let message = "Write the file's path below the volume.";
        findings.error_at(&PROJECTED, &volume.field("path"), place, FieldValueRequired, message);
    } else {
        descending_unreserved(&PROJECTED, &volume.field("path"), file, findings);
    }
}

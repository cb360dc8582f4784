//! Volumes from API data: `ConfigMaps`, Secrets, the downward API, tokens, and projections of several of them.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{
    DownwardAPIVolumeFile, KeyToPath, ServiceAccountTokenProjection, Volume, VolumeProjection,
};

use super::common::{check_file_mode, check_relative_unreserved};
use super::env::{FieldRefContext, check_field_ref, check_resource_ref};
use super::prelude::*;

rules! {
    Api;

    /// The mode of a file is between 0 and 0777.
    MODE = "volume-file-mode" in Volume:
        "configMap: {name: settings, defaultMode: 1000}", "configMap: {name: settings, defaultMode: 0644}";
    /// A volume from a ConfigMap or Secret names the object, and each of its items has a key and a relative path
    /// without '..'.
    ITEMS = "volume-items" in Volume:
        "configMap: {name: settings, items: [{key: a, path: /etc/a}]}", "configMap: {name: settings, items: [{key: a, path: etc/a}]}";
    /// A downward API file has a relative path and either a fieldRef or a resourceFieldRef.
    DOWNWARD_API = "volume-downward-api" in Volume:
        "downwardAPI: {items: [{path: labels}]}", "downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}";
    /// Each source of a projected volume is exactly one of secret, configMap, downwardAPI, serviceAccountToken and so
    /// on, and no two of the first three create the same file. A token is valid for at least 600 seconds.
    PROJECTED = "volume-projected" in Volume:
        "projected: {sources: [{serviceAccountToken: {path: token, expirationSeconds: 60}}]}",
        "projected: {sources: [{serviceAccountToken: {path: token, expirationSeconds: 600}}]}";
}

/// The allowed lifetime of a token in seconds.
const TOKEN_SECONDS: std::ops::RangeInclusive<i64> = 600..=1 << 32;

/// Checks the source of a volume at `path`, if it is one of this file's.
pub(super) fn check(source: FieldName, volume: &Volume, path: &Path<'_>, findings: &mut Findings<'_>) {
    let path = path.at(source);
    let mode = path!(path.defaultMode);
    match source.as_str() {
        "secret" => {
            let Some(source) = &volume.secret else { return };
            findings.not_empty(
                &ITEMS,
                &path!(path.secretName),
                text(&source.secret_name),
                "Write the name of the Secret.",
            );
            check_file_mode(&MODE, &mode, source.default_mode, findings);
            check_items(source.items.elements(), &path, findings);
        }
        "configMap" => {
            let Some(source) = &volume.config_map else { return };
            findings.not_empty(&ITEMS, &path!(path.name), &source.name, "Write the name of the ConfigMap.");
            check_file_mode(&MODE, &mode, source.default_mode, findings);
            check_items(source.items.elements(), &path, findings);
        }
        "downwardAPI" => {
            let Some(source) = &volume.downward_api else { return };
            check_file_mode(&MODE, &mode, source.default_mode, findings);
            check_downward_files(source.items.elements(), &path, findings);
        }
        "projected" => {
            let Some(source) = &volume.projected else { return };
            check_file_mode(&MODE, &mode, source.default_mode, findings);
            let mut paths = BTreeSet::new();
            let (list, hidden_list) = (path!(path.sources), path!(path.sources).hidden());
            for (index, source) in source.sources.elements().iter().enumerate() {
                let hidden = hidden_list.index(index).hidden();
                check_projection(source, &mut paths, &list.index(index), &hidden, findings);
            }
        }
        _ => {}
    }
}

fn check_items(items: &[KeyToPath], path: &Path<'_>, findings: &mut Findings<'_>) {
    for (path, item) in path!(path.items).each(items) {
        findings.not_empty(&ITEMS, &path!(path.key), &item.key, "Write the key.");
        findings.not_empty(&ITEMS, &path!(path.path), &item.path, "Write the file's path in the volume.");
        check_relative_unreserved(&ITEMS, &path!(path.path), &item.path, findings);
        check_file_mode(&MODE, &path!(path.mode), item.mode, findings);
    }
}

/// The server names the source here, not its items.
fn check_downward_files(files: &[DownwardAPIVolumeFile], path: &Path<'_>, findings: &mut Findings<'_>) {
    let items = path!(path.items).hidden();
    for (path, file) in items.each(files) {
        check_downward_file(file, &path.hidden(), findings);
    }
}

/// A downward API file, one of the items at `path`.
fn check_downward_file(file: &DownwardAPIVolumeFile, path: &Path<'_>, findings: &mut Findings<'_>) {
    findings.not_empty(&DOWNWARD_API, &path!(path.path), &file.path, "Write the file's path in the volume.");
    check_relative_unreserved(&DOWNWARD_API, &path!(path.path), &file.path, findings);
    match (&file.field_ref, &file.resource_field_ref) {
        (Some(field), resource) => {
            check_field_ref(field, FieldRefContext::Volume, &path!(path.fieldRef), findings);
            if resource.is_some() {
                let wording = ("fieldRef and resourceFieldRef exclude each other.", "Remove one.");
                findings.invalid(&DOWNWARD_API, path, wording);
            }
        }
        (None, Some(resource)) => {
            check_resource_ref(resource, FieldRefContext::Volume, &path!(path.resourceFieldRef), findings);
        }
        (None, None) => {
            let message = "A file needs a fieldRef or a resourceFieldRef.";
            findings.required(&DOWNWARD_API, path, message);
        }
    }
    check_file_mode(&MODE, &path!(path.mode), file.mode, findings);
}

/// A source of a projected volume at `path`; `hidden` is the same path for messages in which the server names only the
/// volume.
fn check_projection<'s>(
    source: &'s VolumeProjection,
    paths: &mut BTreeSet<&'s str>,
    path: &Path<'_>,
    hidden: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let mut sources = 0;
    // Paths in the order in which the server processes them.
    let mut placed: Vec<&'s str> = Vec::new();
    if let Some(one) = &source.secret {
        sources += 1;
        check_projected_items(&one.name, one.items.elements(), &path!(path.secret), findings);
        placed.extend(one.items.elements().iter().map(|item| item.path.as_str()));
    }
    if let Some(one) = &source.config_map {
        sources += 1;
        check_projected_items(&one.name, one.items.elements(), &path!(path.configMap), findings);
        placed.extend(one.items.elements().iter().map(|item| item.path.as_str()));
    }
    if let Some(one) = &source.downward_api {
        sources += 1;
        check_downward_files(one.items.elements(), &path!(path.downwardAPI), findings);
        placed.extend(one.items.elements().iter().map(|item| item.path.as_str()));
    }
    if let Some(token) = &source.service_account_token {
        sources += 1;
        check_token(token, path, hidden, findings);
    }
    for file in placed.into_iter().filter(|file| !file.is_empty()) {
        if !paths.insert(file) {
            let wording = (format!("Two sources create a file at {file:?}."), "Choose another path.");
            findings.invalid(&PROJECTED, hidden, wording);
        }
    }
    if sources > 1 {
        let wording = (
            "A source can have only one of secret, configMap, downwardAPI and serviceAccountToken.",
            "Split it into several.",
        );
        findings.forbidden(&PROJECTED, path, wording);
    }
}

fn check_projected_items(name: &str, items: &[KeyToPath], path: &Path<'_>, findings: &mut Findings<'_>) {
    findings.not_empty(&ITEMS, &path!(path.name), name, "Write the name of the projected object.");
    check_items(items, path, findings);
}

fn check_token(token: &ServiceAccountTokenProjection, path: &Path<'_>, hidden: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(seconds) = token.expiration_seconds.filter(|seconds| !TOKEN_SECONDS.contains(seconds)) {
        let message = format!("{seconds} must be between {} and {}.", TOKEN_SECONDS.start(), TOKEN_SECONDS.end());
        findings.invalid(&PROJECTED, &path!(path.serviceAccountToken.expirationSeconds), message);
    }
    let field = path!(hidden.serviceAccountToken.path).shown_as("path");
    if token.path.is_empty() {
        findings.required(&PROJECTED, &field, "Write the file's path in the volume.");
    } else {
        check_relative_unreserved(&PROJECTED, &field, &token.path, findings);
    }
}

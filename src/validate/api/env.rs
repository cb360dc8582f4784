//! A container's environment: variables, their sources, and envFrom.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Container, EnvFromSource, EnvVar, EnvVarSource, FileKeySelector, ObjectFieldSelector, PodSpec,
    ResourceFieldSelector, Volume,
};

use super::common::check_no_backsteps;
use super::prelude::*;
use crate::apimachinery::names::NameError;
use crate::apimachinery::resource::is_container_resource;

rules! {
    Api;

    /// A variable has a name of printable ASCII characters without '='.
    NAME = "env-name" in Container: "env: [{name: \"A=B\", value: c}]", "env: [{name: A_B, value: c}]";
    /// valueFrom has exactly one source and excludes value.
    VALUE_FROM = "env-value-from" in Container:
        "env: [{name: APP_ENV, value: a, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]",
        "env: [{name: APP_ENV, value: \"\", valueFrom: {fieldRef: {fieldPath: metadata.name}}}]";
    /// fieldRef names a field of the pod: metadata.name, metadata.namespace, metadata.uid, a label or annotation
    /// (metadata.labels['KEY']), and for a variable also spec.nodeName, spec.serviceAccountName, status.hostIP,
    /// status.hostIPs, status.podIP and status.podIPs.
    FIELD_REF = "field-ref" in Container:
        "env: [{name: APP_ENV, value: \"\", valueFrom: {fieldRef: {fieldPath: status.nodeName}}}]",
        "env: [{name: APP_ENV, value: \"\", valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]";
    /// resourceFieldRef names a resource of a container: limits. or requests. followed by cpu, memory,
    /// ephemeral-storage or hugepages-SIZE. The divisor is a unit: 1 or 1m for cpu, and a unit such as 1, 1k or 1Mi for
    /// the others.
    RESOURCE_FIELD_REF = "resource-field-ref" in Container:
        "env: [{name: APP_ENV, value: \"\", valueFrom: {resourceFieldRef: {resource: limits.cpus}}}]",
        "env: [{name: APP_ENV, value: \"\", valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]";
    /// A reference to a ConfigMap or Secret has the object's name, a DNS subdomain, and a key: letters, digits, '-',
    /// '_' and '.', up to 253 characters.
    KEY_REF = "env-key-ref" in Container:
        "env: [{name: APP_ENV, value: \"\", valueFrom: {secretKeyRef: {name: redis, key: pass word}}}]",
        "env: [{name: APP_ENV, value: \"\", valueFrom: {secretKeyRef: {name: redis, key: password}}}]";
    /// fileKeyRef reads a variable from a file: it names an emptyDir volume, the file's path in it without '..', and a
    /// key of printable ASCII characters without '='.
    FILE_REF = "env-file-key-ref" [since V1_35] in Pod:
        "volumes: [{name: v, emptyDir: {}}]\ncontainers: [{env: [{name: APP_ENV, value: \"\", valueFrom: {fileKeyRef: {volumeName: w, path: a.env, key: A}}}]}]",
        "volumes: [{name: v, emptyDir: {}}]\ncontainers: [{env: [{name: APP_ENV, value: \"\", valueFrom: {fileKeyRef: {volumeName: v, path: a.env, key: A}}}]}]";
    /// Each item of envFrom names one ConfigMap or one Secret; its prefix consists of printable ASCII characters
    /// without '='.
    ENV_FROM = "env-from" in Container: "envFrom: [{prefix: A_}]", "envFrom: [{prefix: A_, secretRef: {name: redis}}]";
}

/// Where a field reference occurs, which decides which fields it can name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldRefContext {
    /// A container's variable.
    Env,
    /// A file of a volume.
    Volume,
}

/// The environment of a container at `path`.
pub(super) fn check(container: &Container, path: &Path<'_>, findings: &mut Findings<'_>) {
    let list = path!(path.env);
    for (path, variable) in list.each(&container.env) {
        let name = path!(path.name);
        findings.required_format(&NAME, &name, &variable.name, relaxed_name, "A variable needs a name.");
        if let Some(source) = &variable.value_from {
            check_source(variable, source, &path!(path.valueFrom), findings);
        }
    }
    for (path, source) in path!(path.envFrom).each(&container.env_from) {
        check_env_from(source, &path, findings);
    }
}

/// A variable's name, as accepted by the server since 1.32.
fn relaxed_name(name: &str) -> Result<(), NameError> {
    let allowed = "printable ASCII characters without '='";
    let wrong = name.chars().enumerate().find(|(_, c)| !matches!(c, ' '..='~') || *c == '=');
    wrong.map_or(Ok(()), |(nth, found)| Err(NameError::Character { found, position: nth + 1, allowed }))
}

fn check_source(variable: &EnvVar, source: &EnvVarSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    let mut sources = 0;
    if let Some(field) = &source.field_ref {
        sources += 1;
        check_field_ref(field, FieldRefContext::Env, &path!(path.fieldRef), findings);
    }
    if let Some(field) = &source.resource_field_ref {
        sources += 1;
        check_resource_ref(field, FieldRefContext::Env, &path!(path.resourceFieldRef), findings);
    }
    if let Some(key) = &source.config_map_key_ref {
        sources += 1;
        check_key_ref(&key.name, &key.key, &path!(path.configMapKeyRef), findings);
    }
    if let Some(key) = &source.secret_key_ref {
        sources += 1;
        check_key_ref(&key.name, &key.key, &path!(path.secretKeyRef), findings);
    }
    if let Some(file) = &source.file_key_ref {
        sources += 1;
        check_file_ref(file, &path!(path.fileKeyRef), findings);
    }
    if sources == 0 {
        let message = "Add a source: fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef or fileKeyRef.";
        findings.invalid(&VALUE_FROM, path, message);
    } else if !text(&variable.value).is_empty() {
        findings.invalid(&VALUE_FROM, path, ("A variable can have value or valueFrom, not both.", "Remove one."));
    } else if sources > 1 {
        findings.invalid(&VALUE_FROM, path, ("valueFrom can have only one source.", "Remove the others."));
    }
}

/// A reference to a field of the pod.
pub(super) fn check_field_ref(
    field: &ObjectFieldSelector,
    context: FieldRefContext,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    const BOTH: &[&str] = &["metadata.name", "metadata.namespace", "metadata.uid"];
    const ENV: &[&str] = &[
        "spec.nodeName",
        "spec.serviceAccountName",
        "status.hostIP",
        "status.hostIPs",
        "status.podIP",
        "status.podIPs",
    ];
    const VOLUME: &[&str] = &["metadata.annotations", "metadata.labels"];
    /// What the server can read at all; a variable and a volume each support some of these.
    const KNOWN: &[&str] = &["spec.restartPolicy", "spec.schedulerName", "status.phase", OLD_NODE_NAME];
    /// The former name of spec.nodeName.
    const OLD_NODE_NAME: &str = "spec.host";
    let field_path = path!(path.fieldPath);
    let written = field.field_path.as_str();
    if written.is_empty() {
        findings.required(&FIELD_REF, &field_path, "Write the field's path, such as metadata.name.");
        return;
    }
    let known = |name: &str| [BOTH, ENV, VOLUME, KNOWN].iter().any(|list| list.contains(&name));
    let subscript = written.strip_suffix("']").and_then(|start| start.split_once("['"));
    let base = subscript.map_or(written, |(base, _)| base);
    let convertible = text(&field.api_version) == "v1"
        && match subscript {
            Some((base, _)) => VOLUME.contains(&base),
            None => known(base),
        };
    if !convertible {
        findings.invalid(&FIELD_REF, &field_path, format!("{written:?} is not a field that fieldRef can read."));
        return;
    }
    if let Some((base, key)) = subscript {
        let key = if base == "metadata.annotations" { lower_case(key) } else { key.to_owned() };
        if let Err(fault) = qualified_name(&key) {
            findings.invalid(&FIELD_REF, path, format!("{key:?} is not a valid key: {fault}."));
        }
        return;
    }
    let base = if base == OLD_NODE_NAME { "spec.nodeName" } else { base };
    let here = BOTH.contains(&base)
        || if context == FieldRefContext::Env { ENV.contains(&base) } else { VOLUME.contains(&base) };
    if !here {
        let wording = (format!("{written:?} is not supported here."), "Write, for example, metadata.name.");
        findings.error(&FIELD_REF, &field_path, FieldValueNotSupported, wording);
    }
}

/// A reference to a resource of a container.
pub(super) fn check_resource_ref(
    field: &ResourceFieldSelector,
    context: FieldRefContext,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let resource = field.resource.as_str();
    let field_path = path!(path.resource);
    let name = resource.strip_prefix("limits.").or_else(|| resource.strip_prefix("requests."));
    let name = name.filter(|name| is_container_resource(name));
    if context == FieldRefContext::Volume && text(&field.container_name).is_empty() {
        findings.required(&RESOURCE_FIELD_REF, &path!(path.containerName), "Write the name of the container.");
    } else if resource.is_empty() {
        findings.required(&RESOURCE_FIELD_REF, &field_path, "Write a resource, such as limits.cpu.");
    } else if name.is_none() {
        let message =
            format!("{resource:?} must be limits. or requests. followed by cpu, memory or ephemeral-storage.");
        findings.error(&RESOURCE_FIELD_REF, &field_path, FieldValueNotSupported, message);
    }
    if let Some(name) = name {
        check_divisor(name, field, &path!(path.divisor), findings);
    }
}

/// The server checks how a divisor is written, not its value.
fn check_divisor(resource: &str, field: &ResourceFieldSelector, path: &Path<'_>, findings: &mut Findings<'_>) {
    const CPU: &[&str] = &["1m", "1"];
    const BYTES: &[&str] = &["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];
    let Some(divisor) = &field.divisor else { return };
    let is_zero = Quantity::parse(&divisor.0).is_none_or(|divisor| divisor.is_zero());
    let allowed = if resource == "cpu" { CPU } else { BYTES };
    let stored = Quantity::as_stored(&divisor.0).unwrap_or_default();
    if !is_zero && !allowed.contains(&stored.as_str()) {
        findings.invalid(&RESOURCE_FIELD_REF, path, format!("{stored} must be one of {}.", allowed.join(", ")));
    }
}

fn check_key_ref(name: &str, key: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    findings.check_format(&KEY_REF, &path!(path.name), name, dns_subdomain);
    findings.required_format(&KEY_REF, &path!(path.key), key, config_key, "Write the key.");
}

fn check_file_ref(file: &FileKeySelector, path: &Path<'_>, findings: &mut Findings<'_>) {
    findings.required_format(&FILE_REF, &path!(path.key), &file.key, relaxed_name, "Write the key.");
    let volume = path!(path.volumeName);
    findings.required_format(
        &FILE_REF,
        &volume,
        &file.volume_name,
        dns_label,
        "Write the name of the volume that contains the file.",
    );
    if file.path.is_empty() {
        findings.required(&FILE_REF, &path!(path.path), "Write the path of the file.");
    } else {
        check_no_backsteps(&FILE_REF, &path!(path.path), &file.path, findings);
    }
}

/// The volumes of fileKeyRef sources in a pod at `path`.
pub(super) fn check_files(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let volumes: BTreeMap<&str, &Volume> =
        pod.volumes.elements().iter().map(|volume| (volume.name.as_str(), volume)).collect();
    for (path, container) in containers_at(pod, path) {
        for (path, variable) in path!(path.env).each(&container.env) {
            let Some(file) = variable.value_from.as_ref().and_then(|source| source.file_key_ref.as_ref()) else {
                continue;
            };
            let field = path!(path.valueFrom.fileKeyRef.volumeName);
            match volumes.get(file.volume_name.as_str()) {
                Some(volume) if volume.empty_dir.is_none() => {
                    findings.invalid(&FILE_REF, &field, "The volume of the file must be an emptyDir.");
                }
                Some(_) => {}
                None => findings.not_found(&FILE_REF, &field, format!("The pod has no volume {:?}.", file.volume_name)),
            }
        }
    }
}

/// A key of a `ConfigMap` or Secret.
pub(super) fn config_key(key: &str) -> Result<(), NameError> {
    let allowed = "letters, digits, '-', '_' and '.'";
    if key.len() > 253 {
        return Err(NameError::TooLong { max: 253 });
    }
    if let Some((nth, found)) =
        key.chars().enumerate().find(|(_, c)| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.'))
    {
        return Err(NameError::Character { found, position: nth + 1, allowed });
    }
    if key == "." || key.starts_with("..") {
        let allowed = "a letter or digit among the first two";
        return Err(NameError::Character { found: '.', position: 1, allowed });
    }
    Ok(())
}

/// If a source is missing, the server names the list, not the element.
fn check_env_from(source: &EnvFromSource, path: &Path<'_>, findings: &mut Findings<'_>) {
    if !text(&source.prefix).is_empty() {
        findings.check_format(&ENV_FROM, &path!(path.prefix), text(&source.prefix), relaxed_name);
    }
    let mut sources = 0;
    for (field, name) in fields![
        configMapRef = source.config_map_ref.as_ref().map(|source| source.name.as_str()),
        secretRef = source.secret_ref.as_ref().map(|source| source.name.as_str())
    ] {
        let Some(name) = name else { continue };
        sources += 1;
        let path = path.at(field);
        if name.is_empty() {
            findings.required(&ENV_FROM, &path!(path.name), "Write the name of the object.");
        } else {
            // The server applies the rules for variable names to a prefix.
            findings.check_format(&ENV_FROM, &path!(path.name), name, dns_subdomain_prefix);
        }
    }
    if sources != 1 {
        let message = "Each item of envFrom needs exactly one configMapRef or secretRef.";
        findings.invalid(&ENV_FROM, &path.hidden(), message);
    }
}

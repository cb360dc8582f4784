//! The claim that an ephemeral volume creates for each pod.

use k8s_openapi::api::core::v1::{EphemeralVolumeSource, PersistentVolumeClaimSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::metadata::{check_annotations, check_labels};
use super::prelude::*;
use super::selector;

rules! {
    Api;

    /// An ephemeral volume has a volumeClaimTemplate whose metadata has only labels and annotations.
    TEMPLATE = "volume-claim-template" in Volume:
        "ephemeral: {}",
        "ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}";
    /// A claim has access modes (ReadWriteOnce, ReadOnlyMany, ReadWriteMany, or only ReadWriteOncePod), a storage
    /// request above zero, the volumeMode Block or Filesystem, and a storage class named by a DNS subdomain.
    CLAIM = "volume-claim" in Volume:
        "ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWrite], resources: {requests: {storage: 1Gi}}}}}",
        "ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}";
    /// A claim's volumeAttributesClassName is a DNS subdomain.
    ATTRIBUTES = "volume-claim-attributes-class" [since V1_34] in Volume:
        "ephemeral: {volumeClaimTemplate: {spec: {volumeAttributesClassName: Fast_Disk, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}",
        "ephemeral: {volumeClaimTemplate: {spec: {volumeAttributesClassName: fast-disk, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}";
}

/// The source of an ephemeral volume at `path`.
pub(super) fn check(source: Option<&EphemeralVolumeSource>, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(source) = source else { return };
    let path = path!(path.volumeClaimTemplate);
    let Some(template) = &source.volume_claim_template else {
        findings.required(&TEMPLATE, &path, "An ephemeral volume needs a volumeClaimTemplate.");
        return;
    };
    if let Some(metadata) = &template.metadata {
        check_metadata(metadata, &path!(path.metadata), findings);
    }
    check_claim(&template.spec, &path!(path.spec), findings);
}

fn check_metadata(metadata: &ObjectMeta, path: &Path<'_>, findings: &mut Findings<'_>) {
    check_annotations(metadata.annotations.as_ref(), &path!(path.annotations), findings);
    check_labels(&super::metadata::LABELS, metadata.labels.as_ref(), &path!(path.labels), findings);
    // The server refuses some of them even if they are empty, and spells one of them differently.
    for (field, set) in fields![
        name = !text(&metadata.name).is_empty(),
        generateName = !text(&metadata.generate_name).is_empty(),
        namespace = !text(&metadata.namespace).is_empty(),
        selfLink = !text(&metadata.self_link).is_empty(),
        uid = !text(&metadata.uid).is_empty(),
        resourceVersion = !text(&metadata.resource_version).is_empty(),
        generation = metadata.generation.unwrap_or_default() != 0,
        creationTimestamp = metadata.creation_timestamp.is_some(),
        deletionTimestamp = metadata.deletion_timestamp.is_some(),
        deletionGracePeriodSeconds = metadata.deletion_grace_period_seconds.is_some(),
        ownerReferences = metadata.owner_references.is_some(),
        finalizers = metadata.finalizers.is_some(),
        managedFields = metadata.managed_fields.is_some()
    ] {
        if set {
            let shown = if field.as_str() == "uid" { "uID" } else { field.as_str() };
            let wording = (format!("The server sets the claim's {field}."), "Remove it.");
            findings.forbidden(&TEMPLATE, &path.at(field).shown_as(shown), wording);
        }
    }
}

fn check_claim(claim: &PersistentVolumeClaimSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    check_modes(claim.access_modes.elements(), &path!(path.accessModes), findings);
    selector::check(claim.selector.as_ref(), &path!(path.selector), findings);
    let requests = path!(path.resources.requests).shown_as("resources");
    let storage = requests.key("storage");
    let request = claim.resources.as_ref().and_then(|resources| resources.requests.as_ref()?.get("storage"));
    match request.map(|request| Quantity::parse(&request.0).unwrap_or(Quantity::ZERO)) {
        None => findings.required(&CLAIM, &storage, "Add requests: {storage: 1Gi}, with the amount that you need."),
        Some(amount) if amount <= Quantity::ZERO => {
            findings.invalid(&CLAIM, &storage, format!("{amount} must be greater than 0."));
        }
        Some(_) => {}
    }
    if !text(&claim.storage_class_name).is_empty() {
        let class = text(&claim.storage_class_name);
        findings.check_format(&CLAIM, &path!(path.storageClassName), class, dns_subdomain);
    }
    if let Some(mode) = &claim.volume_mode {
        findings.one_of(&CLAIM, &path!(path.volumeMode), mode, &["Block", "Filesystem"]);
    }
    if !text(&claim.volume_attributes_class_name).is_empty() {
        let class = text(&claim.volume_attributes_class_name);
        findings.check_format(&ATTRIBUTES, &path!(path.volumeAttributesClassName), class, dns_subdomain);
    }
    check_data_sources(claim, path, findings);
}

fn check_data_sources(claim: &PersistentVolumeClaimSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    if let Some(source) = &claim.data_source {
        check_data_source(&source.kind, &source.name, text(&source.api_group), &path!(path.dataSource), findings);
    }
    let Some(reference) = &claim.data_source_ref else { return };
    let field = path!(path.dataSourceRef);
    check_data_source(&reference.kind, &reference.name, text(&reference.api_group), &field, findings);
    let namespace = text(&reference.namespace);
    findings.optional_format(&CLAIM, &path!(field.namespace), namespace, dns_label);
    let Some(source) = &claim.data_source else { return };
    let agree =
        source.api_group == reference.api_group && source.kind == reference.kind && source.name == reference.name;
    if !namespace.is_empty() || !agree {
        let wording = ("dataSource and dataSourceRef differ.", "Remove dataSource.");
        findings.invalid(&CLAIM, &path!(path.dataSource).hidden(), wording);
    }
}

/// The server names the list, not the element.
fn check_modes(modes: &[String], path: &Path<'_>, findings: &mut Findings<'_>) {
    const POD: &str = "ReadWriteOncePod";
    const OTHERS: [&str; 3] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce"];
    if modes.is_empty() {
        findings.required(&CLAIM, path, "A claim needs an access mode, such as ReadWriteOnce.");
    }
    for mode in modes {
        findings.one_of(&CLAIM, path, mode, &["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", POD]);
    }
    let other = |mode: &String| OTHERS.contains(&mode.as_str());
    if modes.iter().any(|mode| mode == POD) && modes.iter().any(other) {
        findings.forbidden(&CLAIM, path, ("ReadWriteOncePod excludes other modes.", "Remove them."));
    }
}

fn check_data_source(kind: &str, name: &str, group: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    for (field, value) in fields![name = name, kind = kind] {
        if value.is_empty() {
            findings.required(&CLAIM, &path.at(field), format!("A data source needs {field}."));
        }
    }
    if group.is_empty() && kind != "PersistentVolumeClaim" {
        let message = "Without an apiGroup, only a PersistentVolumeClaim can be a data source.";
        findings.invalid(&CLAIM, path, message);
    }
    findings.optional_format(&CLAIM, &path!(path.apiGroup), group, dns_subdomain);
}

//! The resource claims of a pod (for devices), and the containers' references to them.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{PodResourceClaim, ResourceClaim};

use super::prelude::*;

rules! {
    Api;

    /// A pod's resource claim has a name of its own, a DNS label, and either resourceClaimName or
    /// resourceClaimTemplateName, a DNS subdomain.
    POD_CLAIMS = "pod-resource-claims" in Pod:
        "resourceClaims: [{name: gpu}]", "resourceClaims: [{name: gpu, resourceClaimTemplateName: gpu-template}]";
    /// A container references each of the pod's resource claims once, either as a whole or by request.
    CONTAINER_CLAIMS = "container-resource-claims" in Container:
        "resources: {claims: [{name: gpu}]}", "resources: {claims: []}";
}

/// The pod's list of claims.
pub(super) fn check(claims: &[PodResourceClaim], path: &Path<'_>, findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for (path, claim) in path.each(claims) {
        check_claim(claim, &mut seen, &path, findings);
    }
}

fn check_claim<'c>(
    claim: &'c PodResourceClaim,
    seen: &mut BTreeSet<&'c str>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let name = path!(path.name);
    if claim.name.is_empty() {
        findings.required(&POD_CLAIMS, &name, "A claim needs a name for containers to refer to.");
    } else if seen.contains(claim.name.as_str()) {
        findings.duplicate(&POD_CLAIMS, &name, (format!("The claim {} is listed twice.", claim.name), "Rename one."));
    } else {
        findings.check_format(&POD_CLAIMS, &name, &claim.name, dns_label);
        seen.insert(&claim.name);
    }
    match (&claim.resource_claim_name, &claim.resource_claim_template_name) {
        (Some(_), Some(_)) => {
            let wording = ("A claim can have resourceClaimName or resourceClaimTemplateName, not both.", "Remove one.");
            findings.invalid(&POD_CLAIMS, path, wording);
        }
        (None, None) => {
            findings.invalid(&POD_CLAIMS, path, "A claim needs resourceClaimName or resourceClaimTemplateName.");
        }
        _ => {}
    }
    for (field, reference) in fields![
        resourceClaimName = &claim.resource_claim_name,
        resourceClaimTemplateName = &claim.resource_claim_template_name
    ] {
        if let Some(reference) = reference {
            findings.check_format(&POD_CLAIMS, &path.at(field), reference, dns_subdomain);
        }
    }
}

/// A container's references, given the names of the pod's claims.
pub(super) fn check_references(
    claims: &[ResourceClaim],
    pod_claims: &BTreeSet<&str>,
    path: &Path<'_>,
    findings: &mut Findings<'_>,
) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    // The claim names, as the server extracts them from its combined keys.
    let mut in_parts: BTreeSet<String> = BTreeSet::new();
    for (path, claim) in path.each(claims) {
        let (path, name, request) = (path, claim.name.as_str(), text(&claim.request));
        if name.is_empty() {
            findings.required(&CONTAINER_CLAIMS, &path, "A reference needs the name of a claim.");
            continue;
        }
        if seen.contains(name) {
            findings.duplicate(&CONTAINER_CLAIMS, &path, format!("The claim {name} is already referenced."));
        } else {
            let key = if request.is_empty() { name.to_owned() } else { format!("{name}/{request}") };
            findings.optional_format(&CONTAINER_CLAIMS, &path!(path.request), request, dns_label);
            if seen.contains(&key) || request.is_empty() && in_parts.contains(name) {
                findings.duplicate(&CONTAINER_CLAIMS, &path, format!("The claim {name} is referenced twice."));
            }
            in_parts.extend(key.split_once('/').map(|(name, _)| name.to_owned()));
            seen.insert(key);
        }
        if !pod_claims.contains(name) {
            let wording = (format!("The pod has no claim {name:?}."), "Add it to the pod's resourceClaims.");
            findings.not_found(&CONTAINER_CLAIMS, &path, wording);
        }
    }
}

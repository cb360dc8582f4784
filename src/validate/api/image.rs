//! A container's image and its pull policy.

use k8s_openapi::api::core::v1::Container;

use super::prelude::*;

rules! {
    Api;

    /// A container has an image. In a Pod, the image must not have leading or trailing whitespace; in a template, it
    /// may.
    IMAGE = "container-image" in Container: "image: \"\"", "image: your-registry/arbitrage-lite:latest";
    /// imagePullPolicy is Always, IfNotPresent or Never.
    PULL_POLICY = "container-image-pull-policy" in Container:
        "imagePullPolicy: IfMissing", "imagePullPolicy: IfNotPresent";
}

/// The image of a container at `path`.
pub(super) fn check(container: &Container, path: &Path<'_>, findings: &mut Findings<'_>) {
    let image = text(&container.image);
    let field = path!(path.image);
    findings.not_empty(&IMAGE, &field, image, "A container needs an image.");
    check_pull_policy(text(&container.image_pull_policy), &path!(path.imagePullPolicy), findings);
}

/// The pull policy of an image.
pub(super) fn check_pull_policy(policy: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    findings.one_of(&PULL_POLICY, path, policy, &["Always", "IfNotPresent", "Never"]);
}

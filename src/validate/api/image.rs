//! A container's image and when it is pulled.

use k8s_openapi::api::core::v1::Container;

use super::prelude::*;

rules! {
    Api;

    /// A container has an image. White space around it is refused in a Pod, and not in a template.
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

/// When an image is pulled.
pub(super) fn check_pull_policy(policy: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    findings.one_of(&PULL_POLICY, path, policy, &["Always", "IfNotPresent", "Never"]);
}

//! Small checks shared by rules of several subjects.
#![allow(clippy::ref_option)] // The types' fields are Options, and a caller has a reference to one.

use std::borrow::Cow;

use k8s_openapi::api::core::v1::{Container, EphemeralContainer, PodSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::apimachinery::{Elements, FieldName, Path, field};
use crate::diagnostic::Rule;
use crate::validate::findings::Findings;

/// The text of an optional field, for which the server does not distinguish between absent and empty.
pub(crate) fn text(field: &Option<String>) -> &str {
    field.as_deref().unwrap_or_default()
}

/// All containers of a pod, in the server's order: init containers, containers, ephemeral containers.
pub(super) fn containers(pod: &PodSpec) -> impl Iterator<Item = Cow<'_, Container>> {
    listed(pod).map(|(_, _, container)| container)
}

/// The same for a pod at `path`, each with its own path.
pub(crate) fn containers_at<'p>(
    pod: &'p PodSpec,
    path: &'p Path<'p>,
) -> impl Iterator<Item = (Path<'p>, Cow<'p, Container>)> {
    listed(pod).map(|(list, index, container)| (path.item(list, index), container))
}

/// All containers of a pod, each with the field of its list and its index in it.
fn listed(pod: &PodSpec) -> impl Iterator<Item = (&'static [FieldName], usize, Cow<'_, Container>)> {
    const INIT: &[FieldName] = &[field!(initContainers)];
    const MAIN: &[FieldName] = &[field!(containers)];
    const EPHEMERAL: &[FieldName] = &[field!(ephemeralContainers)];
    let plain = [(INIT, pod.init_containers.elements()), (MAIN, &pod.containers)].into_iter();
    let plain = plain.flat_map(|(list, all)| all.iter().enumerate().map(move |(index, one)| (list, index, one)));
    let ephemeral = pod.ephemeral_containers.elements().iter().enumerate();
    plain
        .map(|(list, index, one)| (list, index, Cow::Borrowed(one)))
        .chain(ephemeral.map(|(index, one)| (EPHEMERAL, index, Cow::Owned(as_container(one)))))
}

/// Converts between the two kinds of containers. An ephemeral container has one additional field.
macro_rules! convert_containers {
    ($($field:ident)+) => {
        /// An ephemeral container as a container.
        pub(super) fn as_container(container: &EphemeralContainer) -> Container {
            let EphemeralContainer { target_container_name: _, $($field),+ } = container.clone();
            Container { $($field),+ }
        }

        /// A container as an ephemeral one without a target.
        fn as_ephemeral(container: Container) -> EphemeralContainer {
            let Container { $($field),+ } = container;
            EphemeralContainer { target_container_name: None, $($field),+ }
        }
    };
}

convert_containers! {
    args command env env_from image image_pull_policy lifecycle liveness_probe name ports readiness_probe resize_policy
    resources restart_policy restart_policy_rules security_context startup_probe stdin stdin_once
    termination_message_path termination_message_policy tty volume_devices volume_mounts working_dir
}

/// Changes all containers of a pod, in the same order.
pub(super) fn for_each_container_mut(pod: &mut PodSpec, mut change: impl FnMut(&mut Container)) {
    pod.init_containers.iter_mut().flatten().chain(&mut pod.containers).for_each(&mut change);
    for ephemeral in pod.ephemeral_containers.iter_mut().flatten() {
        let mut container = as_container(ephemeral);
        change(&mut container);
        let target_container_name = ephemeral.target_container_name.take();
        *ephemeral = EphemeralContainer { target_container_name, ..as_ephemeral(container) };
    }
}

/// Whether a flag is set and true.
pub(crate) const fn is_true(flag: Option<bool>) -> bool {
    matches!(flag, Some(true))
}

/// A path below a volume's root: relative and without `..`.
pub(super) fn check_relative(rule: &'static Rule, path: &Path<'_>, value: &str, findings: &mut Findings<'_>) {
    if value.starts_with('/') {
        findings.invalid(rule, path, (format!("{value:?} must be a relative path."), "Remove the leading '/'."));
    }
    check_no_backsteps(rule, path, value, findings);
}

/// As [`check_relative`], and its first name does not start with `..`, which the kubelet reserves.
pub(super) fn check_relative_unreserved(
    rule: &'static Rule,
    path: &Path<'_>,
    value: &str,
    findings: &mut Findings<'_>,
) {
    check_relative(rule, path, value, findings);
    if value.starts_with("..") && !value.starts_with("../") {
        findings.invalid(rule, path, format!("{value:?} must not start with '..'."));
    }
}

/// A path without `..` in it.
pub(super) fn check_no_backsteps(rule: &'static Rule, path: &Path<'_>, value: &str, findings: &mut Findings<'_>) {
    if value.split('/').any(|name| name == "..") {
        findings.invalid(rule, path, (format!("{value:?} must not contain '..'."), "Write the path without it."));
    }
}

/// Whether a number can be a port.
pub(super) const fn is_port(number: i32) -> bool {
    number >= 1 && number <= 65535
}

/// What is wrong with a port's name.
pub(super) fn port_name_error(name: &str) -> Option<&'static str> {
    let bytes = name.as_bytes();
    if bytes.len() > 15 {
        Some("it is longer than 15 characters")
    } else if !bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-') {
        Some("it can only contain lowercase letters, digits and '-'")
    } else if !bytes.iter().any(u8::is_ascii_lowercase) {
        Some("it must contain a letter")
    } else if name.contains("--") {
        Some("it must not contain '--'")
    } else if name.starts_with('-') || name.ends_with('-') {
        Some("it must not start or end with '-'")
    } else {
        None
    }
}

/// A port by its number or by its name.
pub(super) fn check_port(rule: &'static Rule, path: &Path<'_>, value: &IntOrString, findings: &mut Findings<'_>) {
    match value {
        IntOrString::Int(number) if is_port(*number) => {}
        IntOrString::Int(number) => {
            findings.invalid(rule, path, (format!("{number} is not a valid port."), "Write a number from 1 to 65535."));
        }
        IntOrString::String(name) => {
            if let Some(error) = port_name_error(name) {
                findings.invalid(rule, path, format!("{name:?} is not a valid port name: {error}."));
            }
        }
    }
}

/// The permission bits of a file.
pub(super) fn check_file_mode(rule: &'static Rule, path: &Path<'_>, mode: Option<i32>, findings: &mut Findings<'_>) {
    if let Some(mode) = mode.filter(|mode| !(0..=0o777).contains(mode)) {
        findings.invalid(
            rule,
            path,
            (format!("{mode} is not a valid file mode."), "Write a mode from 0 to 0777 (in JSON, from 0 to 511)."),
        );
    }
}

/// A user or group id.
pub(super) fn check_id(rule: &'static Rule, path: &Path<'_>, id: Option<i64>, findings: &mut Findings<'_>) {
    if let Some(id) = id.filter(|id| !(0..=i64::from(i32::MAX)).contains(id)) {
        findings.invalid(
            rule,
            path,
            (format!("{id} is not a valid id."), format!("Write a number from 0 to {}.", i32::MAX)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ports() {
        for good in ["http", "a", "a-1", "1a"] {
            assert_eq!(port_name_error(good), None, "{good}");
        }
        for bad in ["", "1", "A", "a--b", "-a", "a-", "a_b", "abcdefghijklmnop"] {
            assert!(port_name_error(bad).is_some(), "{bad}");
        }
    }
}

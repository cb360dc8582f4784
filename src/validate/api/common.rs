//! Small questions that rules of several subjects ask.
#![allow(clippy::ref_option)] // The types' fields are Options, and a caller has a reference to one.

use k8s_openapi::api::core::v1::{Container, EphemeralContainer, PodSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::apimachinery::Path;
use crate::diagnostic::Reason::FieldValueInvalid;
use crate::diagnostic::Rule;
use crate::validate::findings::Findings;

/// The elements of a list that may be absent.
pub fn each<T>(list: &Option<Vec<T>>) -> &[T] {
    list.as_deref().unwrap_or_default()
}

/// The text of a field that may be absent, where the server makes no difference between absent and
/// empty.
pub fn text(field: &Option<String>) -> &str {
    field.as_deref().unwrap_or_default()
}

/// All containers of a pod at `path`, in the server's order: init containers, containers, ephemeral containers.
pub fn visit(pod: &PodSpec, path: &Path<'_>, mut each_one: impl FnMut(&Container, &Path<'_>)) {
    for (field, list) in [("initContainers", each(&pod.init_containers)), ("containers", &pod.containers)] {
        let path = path.field(field);
        for (nth, container) in list.iter().enumerate() {
            each_one(container, &path.index(nth));
        }
    }
    let path = path.field("ephemeralContainers");
    for (nth, container) in each(&pod.ephemeral_containers).iter().enumerate() {
        each_one(&as_container(container), &path.index(nth));
    }
}

/// An ephemeral container as a container; it has the same fields, and one more.
pub fn as_container(container: &EphemeralContainer) -> Container {
    let EphemeralContainer {
        args,
        command,
        env,
        env_from,
        image,
        image_pull_policy,
        lifecycle,
        liveness_probe,
        name,
        ports,
        readiness_probe,
        resize_policy,
        resources,
        restart_policy,
        restart_policy_rules,
        security_context,
        startup_probe,
        stdin,
        stdin_once,
        target_container_name: _,
        termination_message_path,
        termination_message_policy,
        tty,
        volume_devices,
        volume_mounts,
        working_dir,
    } = container.clone();
    Container {
        args,
        command,
        env,
        env_from,
        image,
        image_pull_policy,
        lifecycle,
        liveness_probe,
        name,
        ports,
        readiness_probe,
        resize_policy,
        resources,
        restart_policy,
        restart_policy_rules,
        security_context,
        startup_probe,
        stdin,
        stdin_once,
        termination_message_path,
        termination_message_policy,
        tty,
        volume_devices,
        volume_mounts,
        working_dir,
    }
}

/// The other way round; the name of the target is not there.
pub fn as_ephemeral(container: Container) -> EphemeralContainer {
    let Container {
        args,
        command,
        env,
        env_from,
        image,
        image_pull_policy,
        lifecycle,
        liveness_probe,
        name,
        ports,
        readiness_probe,
        resize_policy,
        resources,
        restart_policy,
        restart_policy_rules,
        security_context,
        startup_probe,
        stdin,
        stdin_once,
        termination_message_path,
        termination_message_policy,
        tty,
        volume_devices,
        volume_mounts,
        working_dir,
    } = container;
    EphemeralContainer {
        args,
        command,
        env,
        env_from,
        image,
        image_pull_policy,
        lifecycle,
        liveness_probe,
        name,
        ports,
        readiness_probe,
        resize_policy,
        resources,
        restart_policy,
        restart_policy_rules,
        security_context,
        startup_probe,
        stdin,
        stdin_once,
        target_container_name: None,
        termination_message_path,
        termination_message_policy,
        tty,
        volume_devices,
        volume_mounts,
        working_dir,
    }
}

/// Changes all containers of a pod, in the same order.
pub fn visit_mut(pod: &mut PodSpec, mut each_one: impl FnMut(&mut Container)) {
    pod.init_containers.iter_mut().flatten().chain(&mut pod.containers).for_each(&mut each_one);
    for ephemeral in pod.ephemeral_containers.iter_mut().flatten() {
        let mut container = as_container(ephemeral);
        each_one(&mut container);
        let target_container_name = ephemeral.target_container_name.take();
        *ephemeral = EphemeralContainer { target_container_name, ..as_ephemeral(container) };
    }
}

/// Whether a flag is set and true.
pub const fn is_true(flag: Option<bool>) -> bool {
    matches!(flag, Some(true))
}

/// A path below a volume's root: relative, and nowhere through `..`.
pub fn descending(rule: &'static Rule, path: &Path<'_>, value: &str, findings: &mut Findings<'_>) {
    descending_at(rule, path, path, value, findings);
}

/// As [`descending`], where the server shows another path than the value's own.
pub fn descending_at(
    rule: &'static Rule,
    shown: &Path<'_>,
    place: &Path<'_>,
    value: &str,
    findings: &mut Findings<'_>,
) {
    if value.starts_with('/') {
        let wording = (format!("{value:?} must be relative."), "Drop the leading '/'.");
        findings.error_at(rule, shown, place, FieldValueInvalid, wording);
    }
    if value.split('/').any(|name| name == "..") {
        let wording = (format!("{value:?} must not contain '..'."), "Write the path out.");
        findings.error_at(rule, shown, place, FieldValueInvalid, wording);
    }
}

/// As [`descending`], and its first name does not start with `..`, which the kubelet keeps for itself.
pub fn descending_unreserved(rule: &'static Rule, path: &Path<'_>, value: &str, findings: &mut Findings<'_>) {
    descending(rule, path, value, findings);
    if value.starts_with("..") && !value.starts_with("../") {
        findings.invalid(rule, path, format!("{value:?} must not start with '..'."));
    }
}

/// A path without `..` in it.
pub fn no_backsteps(rule: &'static Rule, path: &Path<'_>, value: &str, findings: &mut Findings<'_>) {
    if value.split('/').any(|name| name == "..") {
        findings.invalid(rule, path, (format!("{value:?} must not contain '..'."), "Write the path out."));
    }
}

/// Whether a number can be a port.
pub const fn is_port(number: i32) -> bool {
    number >= 1 && number <= 65535
}

/// What is wrong with a port's name.
pub fn port_name_fault(name: &str) -> Option<&'static str> {
    let bytes = name.as_bytes();
    if bytes.len() > 15 {
        Some("it is longer than 15 characters")
    } else if !bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-') {
        Some("only lower-case letters, digits and '-' may stand in it")
    } else if !bytes.iter().any(u8::is_ascii_lowercase) {
        Some("it must contain a letter")
    } else if name.contains("--") {
        Some("'--' must not stand in it")
    } else if name.starts_with('-') || name.ends_with('-') {
        Some("it must not start or end with '-'")
    } else {
        None
    }
}

/// A port by its number or by its name.
pub fn port(rule: &'static Rule, path: &Path<'_>, value: &IntOrString, findings: &mut Findings<'_>) {
    match value {
        IntOrString::Int(number) if is_port(*number) => {}
        IntOrString::Int(number) => {
            findings.invalid(rule, path, (format!("{number} is no port."), "Write a number from 1 to 65535."));
        }
        IntOrString::String(name) => {
            if let Some(fault) = port_name_fault(name) {
                findings.invalid(rule, path, format!("{name:?} is no name of a port: {fault}."));
            }
        }
    }
}

/// The permission bits of a file.
pub fn file_mode(rule: &'static Rule, path: &Path<'_>, mode: Option<i32>, findings: &mut Findings<'_>) {
    if let Some(mode) = mode.filter(|mode| !(0..=0o777).contains(mode)) {
        findings.invalid(
            rule,
            path,
            (format!("{mode} is no file mode."), "Write one from 0 to 0777; in JSON, from 0 to 511."),
        );
    }
}

/// A user or group id.
pub fn id(rule: &'static Rule, path: &Path<'_>, id: Option<i64>, findings: &mut Findings<'_>) {
    if let Some(id) = id.filter(|id| !(0..=i64::from(i32::MAX)).contains(id)) {
        findings.invalid(rule, path, (format!("{id} is no id."), format!("Write a number from 0 to {}.", i32::MAX)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ports() {
        for good in ["http", "a", "a-1", "1a"] {
            assert_eq!(port_name_fault(good), None, "{good}");
        }
        for bad in ["", "1", "A", "a--b", "-a", "a-", "a_b", "abcdefghijklmnop"] {
            assert!(port_name_fault(bad).is_some(), "{bad}");
        }
    }
}

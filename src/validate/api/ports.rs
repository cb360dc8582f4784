//! The ports of a container, and host ports that two containers use.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, ContainerPort};

use super::common::{is_port, port_name_error};
use super::prelude::*;

rules! {
    Api;

    /// A container port is a number from 1 to 65535 with a protocol: TCP, UDP or SCTP. A hostPort is in the same range.
    PORT = "container-port" in Container: "ports: [{containerPort: 70000}]", "ports: [{containerPort: 7000}]";
    /// A port's name is unique in its container and has up to 15 lowercase letters, digits and '-', at least one of
    /// them a letter.
    PORT_NAME = "container-port-name" in Container:
        "ports: [{name: Metrics_Port, containerPort: 7000}]", "ports: [{name: metrics, containerPort: 7000}]";
    /// Each host port is used by at most one container of a pod.
    HOST_PORT = "container-host-port" in Container:
        "ports: [{containerPort: 1, hostPort: 9}, {containerPort: 2, hostPort: 9}]",
        "ports: [{containerPort: 1, hostPort: 9}, {containerPort: 2, hostPort: 8}]";
}

/// The ports of one container.
pub(super) fn check(ports: &[ContainerPort], path: &Path<'_>, findings: &mut Findings<'_>) {
    let mut names = BTreeSet::new();
    for (path, port) in path.each(ports) {
        let name = text(&port.name);
        if !name.is_empty() {
            if let Some(fault) = port_name_error(name) {
                let message = format!("{name:?} is not a valid port name: {fault}.");
                findings.invalid(&PORT_NAME, &path!(path.name), message);
            } else if !names.insert(name) {
                findings.duplicate(&PORT_NAME, &path!(path.name), format!("Another port is named {name}."));
            }
        }
        check_numbers(port, &path, findings);
        findings.one_of(&PORT, &path!(path.protocol), text(&port.protocol), &["SCTP", "TCP", "UDP"]);
    }
}

fn check_numbers(port: &ContainerPort, path: &Path<'_>, findings: &mut Findings<'_>) {
    let number = port.container_port;
    if number == 0 {
        findings.required(&PORT, &path!(path.containerPort), "Write the port's number, from 1 to 65535.");
    } else if !is_port(number) {
        let wording = (format!("{number} is not a valid port."), "Write a number from 1 to 65535.");
        findings.invalid(&PORT, &path!(path.containerPort), wording);
    }
    if let Some(number) = port.host_port.filter(|number| *number != 0 && !is_port(*number)) {
        let wording =
            (format!("{number} is not a valid port."), "Write a number from 1 to 65535, or remove the field.");
        findings.invalid(&PORT, &path!(path.hostPort), wording);
    }
}

/// Host ports that two containers use.
pub(super) fn check_conflicts(containers: &[Container], path: &Path<'_>, findings: &mut Findings<'_>) {
    let mut taken = BTreeSet::new();
    for (path, container) in path.each(containers) {
        for (path, port) in path!(path.ports).each(&container.ports) {
            let Some(number) = port.host_port.filter(|number| *number != 0) else { continue };
            if !taken.insert((text(&port.protocol), text(&port.host_ip), number)) {
                let wording = (format!("Port {number} of the host is already used."), "Choose another one.");
                findings.duplicate(&HOST_PORT, &path!(path.hostPort), wording);
            }
        }
    }
}

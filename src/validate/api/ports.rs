//! The ports of a container, and whether two containers want the same port of the host.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, ContainerPort};

use super::common::{is_port, port_name_error};
use super::prelude::*;

rules! {
    Api;

    /// A port is a number from 1 to 65535 with a protocol: TCP, UDP or SCTP. hostPort, where there is one,
    /// is such a number too.
    PORT = "container-port" in Container: "ports: [{containerPort: 70000}]", "ports: [{containerPort: 7000}]";
    /// A port's name is unique in its container and has up to 15 lower-case letters, digits and '-', with a letter in it.
    PORT_NAME = "container-port-name" in Container:
        "ports: [{name: Metrics_Port, containerPort: 7000}]", "ports: [{name: metrics, containerPort: 7000}]";
    /// One container of a pod only can have a port of the host.
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
                let message = format!("{name:?} is no name of a port: {fault}.");
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
        let wording = (format!("{number} is no port."), "Write a number from 1 to 65535.");
        findings.invalid(&PORT, &path!(path.containerPort), wording);
    }
    if let Some(number) = port.host_port.filter(|number| *number != 0 && !is_port(*number)) {
        let wording = (format!("{number} is no port."), "Write a number from 1 to 65535, or leave it out.");
        findings.invalid(&PORT, &path!(path.hostPort), wording);
    }
}

/// Ports of the host that two containers want.
pub(super) fn check_conflicts(containers: &[Container], path: &Path<'_>, findings: &mut Findings<'_>) {
    let mut taken = BTreeSet::new();
    for (path, container) in path.each(containers) {
        for (path, port) in path!(path.ports).each(&container.ports) {
            let Some(number) = port.host_port.filter(|number| *number != 0) else { continue };
            if !taken.insert((text(&port.protocol), text(&port.host_ip), number)) {
                let wording = (format!("Port {number} of the host is taken already."), "Choose another one.");
                findings.duplicate(&HOST_PORT, &path!(path.hostPort), wording);
            }
        }
    }
}

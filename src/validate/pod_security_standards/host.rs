//! What a pod shares with its host.

use k8s_openapi::api::core::v1::{Container, LifecycleHandler, Probe};

use super::subject::{Pod, Report};
use crate::apimachinery::{Path, path};
use crate::validate::api::common::is_true;
use crate::validate::rule::rules;

rules! {
    PodSecurity;

    /// Baseline: a pod does not use the host's network, processes or IPC.
    NAMESPACES = "pss-host-namespaces" in Pod: "hostNetwork: true", "hostNetwork: false";
    /// Baseline: no container uses a port of the host.
    PORTS = "pss-host-ports" in Container:
        "ports: [{containerPort: 8080, hostPort: 8080}]", "ports: [{containerPort: 8080}]";
    /// Baseline: a probe or lifecycle hook connects to its own pod and does not set a host.
    PROBES = "pss-host-probes" [since V1_34] in Container:
        "readinessProbe: {tcpSocket: {port: 8080, host: 10.0.0.1}}", "readinessProbe: {tcpSocket: {port: 8080}}";
    /// Baseline: no container of a Windows pod runs as a host process.
    WINDOWS_PROCESS = "pss-windows-host-process" in Pod:
        "securityContext: {windowsOptions: {hostProcess: true}}\nhostNetwork: true",
        "securityContext: {windowsOptions: {hostProcess: false}}";
}

pub(super) fn check_namespaces(pod: &Pod<'_>, report: &mut Report<'_>) {
    for (field, shared, what) in [
        ("hostNetwork", pod.spec.host_network, "network"),
        ("hostPID", pod.spec.host_pid, "processes"),
        ("hostIPC", pod.spec.host_ipc, "IPC"),
    ] {
        if is_true(shared) {
            let message = format!("The pod uses the host's {what}.");
            report.breach("host namespaces", &pod.path.field(field), message, "Remove the field.");
        }
    }
}

pub(super) fn check_ports(pod: &Pod<'_>, report: &mut Report<'_>) {
    pod.each_container(|container, path| {
        let ports = path!(path.ports);
        for (port_path, port) in ports.each(&container.ports) {
            if let Some(host_port) = port.host_port.filter(|port| *port != 0) {
                let message = format!("The container {:?} uses port {host_port} of the host.", container.name);
                let help = "Remove hostPort and reach the pod through a Service.";
                report.breach("hostPort", &path!(port_path.hostPort), message, help);
            }
        }
    });
}

pub(super) fn check_probes(pod: &Pod<'_>, report: &mut Report<'_>) {
    pod.each_container(|container, path| {
        for (field, probe) in [
            ("livenessProbe", &container.liveness_probe),
            ("readinessProbe", &container.readiness_probe),
            ("startupProbe", &container.startup_probe),
        ] {
            if let Some(probe) = probe {
                report_hosts(container, &hosts_of_probe(probe), &path.field(field), report);
            }
        }
        let Some(lifecycle) = &container.lifecycle else { return };
        let path = path!(path.lifecycle);
        for (field, hook) in [("postStart", &lifecycle.post_start), ("preStop", &lifecycle.pre_stop)] {
            if let Some(hook) = hook {
                report_hosts(container, &hosts_of_hook(hook), &path.field(field), report);
            }
        }
    });
}

/// The hosts in a probe or a hook, by their fields.
type Hosts<'c> = [(&'static str, Option<&'c String>); 2];

fn hosts_of_probe(probe: &Probe) -> Hosts<'_> {
    [
        ("httpGet", probe.http_get.as_ref().and_then(|action| action.host.as_ref())),
        ("tcpSocket", probe.tcp_socket.as_ref().and_then(|action| action.host.as_ref())),
    ]
}

fn hosts_of_hook(hook: &LifecycleHandler) -> Hosts<'_> {
    [
        ("httpGet", hook.http_get.as_ref().and_then(|action| action.host.as_ref())),
        ("tcpSocket", hook.tcp_socket.as_ref().and_then(|action| action.host.as_ref())),
    ]
}

fn report_hosts(container: &Container, hosts: &Hosts<'_>, path: &Path<'_>, report: &mut Report<'_>) {
    for (field, host) in hosts {
        if let Some(host) = host.filter(|host| !host.is_empty()) {
            let message = format!("The container {:?} makes the kubelet connect to the host {host:?}.", container.name);
            let help = "Remove host; the default is the pod itself.";
            let handler = path.field(field);
            report.breach("probe or lifecycle host", &path!(handler.host), message, help);
        }
    }
}

pub(super) fn check_windows_process(pod: &Pod<'_>, report: &mut Report<'_>) {
    const HELP: &str = "Remove hostProcess.";
    const NAME: &str = "hostProcess";
    let pod_path = &pod.path;
    let options = pod.spec.security_context.as_ref().and_then(|context| context.windows_options.as_ref());
    if options.is_some_and(|options| is_true(options.host_process)) {
        let path = path!(pod_path.securityContext);
        let message = "The pod runs as host processes on Windows.".to_owned();
        report.breach(NAME, &path!(path.windowsOptions.hostProcess), message, HELP);
    }
    pod.each_context(|container, context, path| {
        if context.windows_options.as_ref().is_some_and(|options| is_true(options.host_process)) {
            let message = format!("The container {:?} runs as a host process on Windows.", container.name);
            report.breach(NAME, &path!(path.windowsOptions.hostProcess), message, HELP);
        }
    });
}

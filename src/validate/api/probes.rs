//! Probes and lifecycle hooks: their handlers and timings.

use k8s_openapi::api::core::v1::{
    Container, ExecAction, GRPCAction, HTTPGetAction, LifecycleHandler, PodSpec, Probe, SleepAction, TCPSocketAction,
};

use super::common::{check_port, is_port};
use super::prelude::*;

rules! {
    Api;

    /// A probe or lifecycle hook has exactly one handler: exec, httpGet or tcpSocket; a probe can also use grpc, and a
    /// lifecycle hook sleep.
    HANDLER = "handler" in Container: "livenessProbe: {}", "livenessProbe: {exec: {command: [\"true\"]}}";
    /// exec needs a command, which runs inside the container.
    EXEC = "handler-exec" in Container:
        "livenessProbe: {exec: {command: []}}", "livenessProbe: {exec: {command: [\"true\"]}}";
    /// httpGet has a port (by number or name), the scheme HTTP or HTTPS, and valid header names.
    HTTP_GET = "handler-http-get" in Container:
        "livenessProbe: {httpGet: {port: 8080, scheme: https}}", "livenessProbe: {httpGet: {port: 8080, scheme: HTTPS}}";
    /// tcpSocket and grpc have a port from 1 to 65535.
    PORT = "handler-port" in Container:
        "livenessProbe: {tcpSocket: {port: 0}}", "livenessProbe: {tcpSocket: {port: 6379}}";
    /// sleep takes between 0 seconds and the pod's grace period.
    SLEEP = "handler-sleep" in Container:
        "lifecycle: {preStop: {sleep: {seconds: 60}}}", "lifecycle: {preStop: {sleep: {seconds: 5}}}";
    /// The numbers of a probe are not negative. A liveness or startup probe has successThreshold 1, and a readiness
    /// probe, which does not stop containers, has no terminationGracePeriodSeconds.
    PROBE = "probe" in Container:
        "livenessProbe: {exec: {command: [\"true\"]}, successThreshold: 2}",
        "livenessProbe: {exec: {command: [\"true\"]}, successThreshold: 1}";
}

/// The handler of a probe or a lifecycle hook.
#[derive(Default)]
struct Handler<'h> {
    exec: Option<&'h ExecAction>,
    http_get: Option<&'h HTTPGetAction>,
    tcp_socket: Option<&'h TCPSocketAction>,
    grpc: Option<&'h GRPCAction>,
    sleep: Option<&'h SleepAction>,
}

/// The probes and handlers of a container at `path`.
pub(super) fn check(container: &Container, pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let grace = pod.termination_grace_period_seconds.unwrap_or_default();
    if let Some(lifecycle) = &container.lifecycle {
        let path = path!(path.lifecycle);
        for (field, handler) in fields![postStart = &lifecycle.post_start, preStop = &lifecycle.pre_stop] {
            if let Some(handler) = handler {
                check_handler(&of_lifecycle(handler), grace, &path.at(field), findings);
            }
        }
    }
    for (field, probe) in fields![
        livenessProbe = &container.liveness_probe,
        readinessProbe = &container.readiness_probe,
        startupProbe = &container.startup_probe
    ] {
        if let Some(probe) = probe {
            check_probe(probe, field, grace, &path.at(field), findings);
        }
    }
}

fn of_lifecycle(handler: &LifecycleHandler) -> Handler<'_> {
    Handler {
        exec: handler.exec.as_ref(),
        http_get: handler.http_get.as_ref(),
        tcp_socket: handler.tcp_socket.as_ref(),
        sleep: handler.sleep.as_ref(),
        grpc: None,
    }
}

fn check_probe(probe: &Probe, kind: FieldName, grace: i64, path: &Path<'_>, findings: &mut Findings<'_>) {
    let handler = Handler {
        exec: probe.exec.as_ref(),
        http_get: probe.http_get.as_ref(),
        tcp_socket: probe.tcp_socket.as_ref(),
        grpc: probe.grpc.as_ref(),
        sleep: None,
    };
    check_handler(&handler, grace, path, findings);
    for (field, value) in fields![
        initialDelaySeconds = probe.initial_delay_seconds,
        timeoutSeconds = probe.timeout_seconds,
        periodSeconds = probe.period_seconds,
        successThreshold = probe.success_threshold,
        failureThreshold = probe.failure_threshold
    ] {
        findings.not_negative(&PROBE, &path.at(field), value);
    }
    let own_grace = path!(path.terminationGracePeriodSeconds);
    if let Some(seconds) = probe.termination_grace_period_seconds {
        if seconds <= 0 {
            findings.invalid(&PROBE, &own_grace, format!("{seconds} must be greater than 0."));
        }
        if kind.as_str() == "readinessProbe" {
            findings.invalid(&PROBE, &own_grace, ("A readiness probe does not stop containers.", "Remove the field."));
        }
    }
    if kind.as_str() != "readinessProbe" && probe.success_threshold != Some(1) {
        findings.invalid(&PROBE, &path!(path.successThreshold), "This must be 1.");
    }
}

fn check_handler(handler: &Handler<'_>, grace: i64, path: &Path<'_>, findings: &mut Findings<'_>) {
    let mut count = 0;
    let mut first = |field: FieldName, findings: &mut Findings<'_>| {
        count += 1;
        if count > 1 {
            let wording = (format!("{field} is a second handler."), "Keep only one.");
            findings.forbidden(&HANDLER, &path.at(field), wording);
        }
        count == 1
    };
    if let Some(exec) = handler.exec.filter(|_| first(field!(exec), findings))
        && exec.command.as_deref().unwrap_or_default().is_empty()
    {
        findings.required(&EXEC, &path!(path.exec.command), "Write the command and its arguments.");
    }
    if let Some(action) = handler.http_get.filter(|_| first(field!(httpGet), findings)) {
        check_http_get(action, &path!(path.httpGet), findings);
    }
    if let Some(action) = handler.tcp_socket.filter(|_| first(field!(tcpSocket), findings)) {
        check_port(&PORT, &path!(path.tcpSocket.port), &action.port, findings);
    }
    if let Some(action) = handler.grpc.filter(|_| first(field!(grpc), findings))
        && !is_port(action.port)
    {
        let wording = (format!("{} is not a valid port.", action.port), "Write a number from 1 to 65535.");
        findings.invalid(&PORT, &path!(path.grpc.port), wording);
    }
    if let Some(action) = handler.sleep.filter(|_| first(field!(sleep), findings))
        && !(0..=grace).contains(&action.seconds)
    {
        let message = format!("{} must be between 0 and the grace period of {grace} seconds.", action.seconds);
        findings.invalid(&SLEEP, &path!(path.sleep), message);
    }
    if count == 0 {
        findings.required(&HANDLER, path, "Add a handler: exec, httpGet or tcpSocket.");
    }
}

fn check_http_get(action: &HTTPGetAction, path: &Path<'_>, findings: &mut Findings<'_>) {
    check_port(&HTTP_GET, &path!(path.port), &action.port, findings);
    findings.one_of(&HTTP_GET, &path!(path.scheme), text(&action.scheme), &["HTTP", "HTTPS"]);
    for header in action.http_headers.iter().flatten() {
        let name = header.name.as_str();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            let wording = (format!("{name:?} is not a valid header name."), "Write letters, digits and '-'.");
            findings.invalid(&HTTP_GET, &path!(path.httpHeaders), wording);
        }
    }
}

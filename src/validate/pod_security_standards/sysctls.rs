//! The sysctls that a pod sets.

use super::level::PolicyVersion;
use super::subject::{Pod, Report};
use crate::apimachinery::path;
use crate::validate::rule::rules;

rules! {
    PodSecurity;

    /// Baseline: a pod sets only safe sysctls, which affect nothing but the pod itself.
    SYSCTLS = "pss-sysctls" in Pod:
        "securityContext: {sysctls: [{name: net.core.somaxconn, value: \"1024\"}]}",
        "securityContext: {sysctls: [{name: net.ipv4.tcp_syncookies, value: \"1\"}]}";
}

/// The safe sysctls, each with the minor version since which it is allowed.
const ALLOWED: [(&str, u16); 12] = [
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
];

pub(super) fn check(pod: &Pod<'_>, report: &mut Report<'_>) {
    let pod_path = &pod.path;
    let Some(context) = &pod.spec.security_context else { return };
    let path = path!(pod_path.securityContext);
    let path = path!(path.sysctls);
    for (path, sysctl) in path.each(&context.sysctls) {
        let is_allowed =
            |(name, since): &(&str, u16)| sysctl.name == *name && PolicyVersion::minor(*since) <= pod.version;
        if !ALLOWED.iter().any(is_allowed) {
            let message = format!("The pod sets the sysctl {:?}.", sysctl.name);
            let help = "Remove it, or have it set on the nodes.";
            report.breach("forbidden sysctls", &path!(path.name), message, help);
        }
    }
}

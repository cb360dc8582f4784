//! The network of a pod: host network, DNS, host names and aliases.

use k8s_openapi::api::core::v1::{PodDNSConfig, PodSpec};

use super::prelude::*;
use crate::apimachinery::ip;
use crate::apimachinery::names::dns_subdomain_with_underscores;

rules! {
    Api;

    /// With hostNetwork, a container's port is a port of the host: containerPort and hostPort are equal.
    HOST_NETWORK = "host-network-ports" in Pod:
        "hostNetwork: true\ncontainers: [{ports: [{containerPort: 80, hostPort: 8080}]}]",
        "hostNetwork: true\ncontainers: [{ports: [{containerPort: 8080, hostPort: 8080}]}]";
    /// dnsPolicy is ClusterFirst, ClusterFirstWithHostNet, Default or None; None needs a dnsConfig with a nameserver.
    DNS_POLICY = "dns-policy" in Pod: "dnsPolicy: Cluster", "dnsPolicy: ClusterFirst";
    /// A dnsConfig has up to 3 nameservers (IP addresses) and up to 32 searches (domains of at most 2048 characters in
    /// total), and each of its options has a name.
    DNS_CONFIG = "dns-config" in Pod: "dnsConfig: {nameservers: [localhost]}", "dnsConfig: {nameservers: [127.0.0.1]}";
    /// A host alias maps an IP address to host names, which are DNS subdomains.
    HOST_ALIASES = "host-aliases" in Pod:
        "hostAliases: [{ip: localhost, hostnames: [redis.local]}]", "hostAliases: [{ip: 127.0.0.1, hostnames: [redis.local]}]";
    /// An IP address is unambiguous: no leading zeros, and no IPv4-mapped IPv6 addresses.
    STRICT_IP = "ip-address-strict" [since V1_36] in Pod:
        "hostAliases: [{ip: 010.0.0.1, hostnames: [redis.local]}]", "hostAliases: [{ip: 10.0.0.1, hostnames: [redis.local]}]";
    /// hostname and subdomain of a pod are DNS labels.
    HOST_NAME = "pod-hostname" in Pod: "hostname: Tuner_1", "hostname: tuner-1";
    /// hostnameOverride is a DNS subdomain of at most 64 characters and excludes setHostnameAsFQDN and hostNetwork.
    HOST_NAME_OVERRIDE = "pod-hostname-override" [since V1_35] in Pod:
        "hostnameOverride: Tuner_1", "hostnameOverride: tuner-1";
}

const NAMESERVERS_MAX: usize = 3;
const SEARCHES_MAX: usize = 32;
const SEARCH_CHARACTERS_MAX: usize = 2048;
const OVERRIDE_MAX: usize = 64;

/// Ports in the host's network.
pub(super) fn check_host_ports(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    if !is_true(pod.host_network) {
        return;
    }
    for (path, container) in path!(path.containers).each(&pod.containers) {
        for (path, port) in path!(path.ports).each(&container.ports) {
            if port.host_port.is_some_and(|number| number != 0 && number != port.container_port) {
                let wording = ("With hostNetwork, this must equal containerPort.", "Remove it.");
                findings.invalid(&HOST_NETWORK, &path!(path.hostPort), wording);
            }
        }
    }
}

/// Host names and addresses of a pod at `path`.
pub(super) fn check(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let policy = text(&pod.dns_policy);
    findings.one_of(
        &DNS_POLICY,
        &path!(path.dnsPolicy),
        policy,
        &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
    );
    check_dns_config(pod.dns_config.as_ref(), policy, &path!(path.dnsConfig), findings);
    for (field, name) in fields![hostname = &pod.hostname, subdomain = &pod.subdomain] {
        findings.optional_format(&HOST_NAME, &path.at(field), text(name), dns_label);
    }
    check_override(pod, path, findings);
    let list = path!(path.hostAliases);
    for (nth, alias) in pod.host_aliases.elements().iter().enumerate() {
        let path = list.index(nth);
        check_ip(&HOST_ALIASES, &alias.ip, &path!(path.ip), findings);
        for (path, name) in path!(path.hostnames).each(&alias.hostnames) {
            findings.check_format(&HOST_ALIASES, &path, name, dns_subdomain);
        }
    }
}

fn check_override(pod: &PodSpec, path: &Path<'_>, findings: &mut Findings<'_>) {
    let Some(name) = &pod.hostname_override else { return };
    let field = path!(path.hostnameOverride);
    findings.no_longer(&HOST_NAME_OVERRIDE, &field, name, OVERRIDE_MAX);
    findings.check_format(&HOST_NAME_OVERRIDE, &field, name, dns_subdomain);
    for (other, set) in
        [("setHostnameAsFQDN", is_true(pod.set_hostname_as_fqdn)), ("hostNetwork", is_true(pod.host_network))]
    {
        if set {
            let wording = (format!("{other} excludes hostnameOverride."), "Remove one of them.");
            findings.forbidden(&HOST_NAME_OVERRIDE, &field, wording);
        }
    }
}

fn check_ip(rule: &'static crate::diagnostic::Rule, value: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    if ip::parse(value).is_none() {
        findings.invalid(
            rule,
            path,
            (format!("{value:?} is not an IP address."), "Write an address such as 10.0.0.1 or 2001:db8::1."),
        );
    } else if !ip::is_strict(value) {
        let better = ip::better_spelling(value).unwrap_or_default();
        let wording = (format!("Not all programs read {value:?} as the same address."), format!("Write {better}."));
        findings.invalid(&STRICT_IP, path, wording);
    }
}

fn check_dns_config(config: Option<&PodDNSConfig>, policy: &str, path: &Path<'_>, findings: &mut Findings<'_>) {
    if policy == "None" {
        match config {
            None => findings.required(&DNS_POLICY, path, ("dnsPolicy: None needs a dnsConfig.", "Add one.")),
            Some(config) if config.nameservers.elements().is_empty() => {
                let message = "dnsPolicy: None needs at least one nameserver.";
                findings.required(&DNS_POLICY, &path!(path.nameservers), message);
                return;
            }
            Some(_) => {}
        }
    }
    let Some(config) = config else { return };
    let (servers, list) = (config.nameservers.elements(), path!(path.nameservers));
    if servers.len() > NAMESERVERS_MAX {
        findings.invalid(&DNS_CONFIG, &list, (format!("There are more than {NAMESERVERS_MAX}."), "Remove some."));
    }
    for (path, server) in list.each(servers) {
        check_ip(&DNS_CONFIG, server, &path, findings);
    }
    check_searches(config.searches.elements(), &path!(path.searches), findings);
    for (path, option) in path!(path.options).each(&config.options) {
        findings.not_empty(&DNS_CONFIG, &path, text(&option.name), "An option needs a name.");
    }
}

fn check_searches(searches: &[String], path: &Path<'_>, findings: &mut Findings<'_>) {
    if searches.len() > SEARCHES_MAX {
        findings.invalid(&DNS_CONFIG, path, (format!("There are more than {SEARCHES_MAX}."), "Remove some."));
    }
    if searches.join(" ").len() > SEARCH_CHARACTERS_MAX {
        let message = format!("The domains are longer than {SEARCH_CHARACTERS_MAX} characters in total.");
        findings.invalid(&DNS_CONFIG, path, message);
    }
    for (path, search) in path.each(searches) {
        if search != "." {
            let name = search.strip_suffix('.').unwrap_or(search);
            findings.check_format(&DNS_CONFIG, &path, name, dns_subdomain_with_underscores);
        }
    }
}

#![allow(clippy::needless_pass_by_value)] // `json!` is written where it is used.

use crate::apimachinery::path;
use k8s_openapi::api::core::v1::PodTemplateSpec;
use serde_json::{Value, json};

use super::*;

/// The violations of a pod with this spec: the server's names with their paths.
fn breaches(spec: Value, level: Level, minor: u16) -> Vec<(&'static str, String)> {
    let template = json!({ "spec": spec });
    let template: PodTemplateSpec = serde_json::from_value(template).unwrap();
    let mut found = Vec::new();
    check(&template, &path!(.spec.template), level, PolicyVersion::minor(minor), |breach| {
        found.push((breach.check, breach.path.to_string()));
    });
    found
}

fn names(spec: Value, level: Level, minor: u16) -> Vec<&'static str> {
    let mut names: Vec<_> = breaches(spec, level, minor).into_iter().map(|(name, _)| name).collect();
    names.dedup();
    names
}

#[test]
fn a_plain_pod_keeps_baseline_and_breaks_restricted_where_fields_are_missing() {
    let plain = json!({"containers": [{"name": "a"}]});
    assert!(breaches(plain.clone(), Level::Baseline, 36).is_empty());
    assert!(breaches(plain.clone(), Level::Privileged, 36).is_empty());
    let context = "spec.template.spec.containers[0].securityContext";
    assert_eq!(
        breaches(plain, Level::Restricted, 36),
        [
            ("allowPrivilegeEscalation != false", format!("{context}.allowPrivilegeEscalation")),
            ("unrestricted capabilities", format!("{context}.capabilities.drop")),
            ("runAsNonRoot != true", "spec.template.spec.securityContext.runAsNonRoot".to_owned()),
            ("seccompProfile", "spec.template.spec.securityContext.seccompProfile".to_owned()),
        ]
    );
}

#[test]
fn versions_have_their_own_checks() {
    let plain = json!({"containers": [{"name": "a"}]});
    for (minor, count) in [(7, 1), (8, 2), (18, 2), (19, 3), (22, 4), (36, 4)] {
        assert_eq!(names(plain.clone(), Level::Restricted, minor).len(), count, "1.{minor}");
    }
    let sysctl =
        json!({"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}]}, "containers": []});
    assert_eq!(names(sysctl.clone(), Level::Baseline, 31), ["forbidden sysctls"]);
    assert_eq!(names(sysctl, Level::Baseline, 32), [""; 0]);
    let probe = json!({"containers": [{"name": "a", "livenessProbe": {"httpGet": {"port": 1, "host": "b"}}}]});
    assert_eq!(names(probe.clone(), Level::Baseline, 33), [""; 0]);
    assert_eq!(names(probe, Level::Baseline, 34), ["probe or lifecycle host"]);
}

#[test]
fn users_of_its_own_relax_the_standards_since_1_35() {
    let pod = json!({"hostUsers": false, "securityContext": {"runAsUser": 0, "runAsNonRoot": false},
        "containers": [{"name": "a", "securityContext": {"procMount": "Unmasked"}}]});
    assert_eq!(names(pod.clone(), Level::Baseline, 34), ["procMount"]);
    assert_eq!(names(pod.clone(), Level::Baseline, 35), [""; 0]);
    let users = |minor| {
        let names = names(pod.clone(), Level::Restricted, minor);
        (names.contains(&"runAsUser=0"), names.contains(&"runAsNonRoot != true"), names.contains(&"procMount"))
    };
    assert_eq!(users(34), (true, true, true));
    assert_eq!(users(35), (false, false, true));
}

#[test]
fn app_armor_is_in_the_plural_for_several_values() {
    let pod = |second: &str| {
        let profile = |kind: &str| json!({"appArmorProfile": {"type": kind}});
        json!({"securityContext": profile("Unconfined"), "containers": [{"name": "a", "securityContext": profile(second)}]})
    };
    assert_eq!(names(pod("Unconfined"), Level::Baseline, 36), ["forbidden AppArmor profile"]);
    assert_eq!(names(pod("Other"), Level::Baseline, 36), ["forbidden AppArmor profiles"]);
}

#[test]
fn many_containers_are_not_all_named() {
    let containers: Vec<Value> = (0..1000).map(|nth| json!({"name": format!("c{nth}")})).collect();
    let template: PodTemplateSpec = serde_json::from_value(json!({"spec": {"containers": containers}})).unwrap();
    let mut said = Vec::new();
    check(&template, &path!(.spec.template), Level::Restricted, PolicyVersion::minor(0), |breach| {
        said.push(breach.message);
    });
    assert_eq!(
        said,
        ["Nothing keeps the containers \"c0\", \"c1\", \"c2\", \"c3\", \"c4\" and 995 more from running as root."]
    );
}

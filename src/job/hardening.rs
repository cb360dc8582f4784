//! Fills in the requirements of a Pod Security Standard that a Job does not set. Everything that the Job sets is kept;
//! `validate` checks whether it meets the standard.

use k8s_openapi::api::core::v1::{
    Capabilities, Container, PodSecurityContext, PodSpec, SeccompProfile, SecurityContext,
};

use crate::config::additions::PodSecurity;

/// Fills in the standard's requirements. Baseline only forbids settings, so there is nothing to fill in.
pub(super) fn harden(pod: &mut PodSpec, level: PodSecurity) {
    if level == PodSecurity::Baseline {
        return;
    }
    // These settings are specific to Linux; the standard requires them only for Linux pods.
    let is_windows = pod.os.as_ref().is_some_and(|os| os.name == "windows");
    let context = pod.security_context.get_or_insert_with(PodSecurityContext::default);
    context.run_as_non_root.get_or_insert(true);
    if is_windows {
        return;
    }
    context
        .seccomp_profile
        .get_or_insert_with(|| SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None });
    for container in pod.init_containers.iter_mut().flatten().chain(&mut pod.containers) {
        harden_container(container);
    }
}

fn harden_container(container: &mut Container) {
    let context = container.security_context.get_or_insert_with(SecurityContext::default);
    if !raises_privileges(context) {
        context.allow_privilege_escalation.get_or_insert(false);
    }
    let capabilities = context.capabilities.get_or_insert_with(Capabilities::default);
    if capabilities.drop.as_ref().is_none_or(Vec::is_empty) {
        capabilities.drop = Some(vec!["ALL".to_owned()]);
    }
}

/// The API server rejects `allowPrivilegeEscalation: false` together with these.
fn raises_privileges(context: &SecurityContext) -> bool {
    let added = context.capabilities.as_ref().and_then(|capabilities| capabilities.add.as_deref()).unwrap_or_default();
    context.privileged == Some(true) || added.iter().any(|name| name == "SYS_ADMIN" || name == "CAP_SYS_ADMIN")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn hardened(pod: Value) -> Value {
        let mut pod: PodSpec = serde_json::from_value(pod).unwrap();
        harden(&mut pod, PodSecurity::Restricted);
        serde_json::to_value(pod).unwrap()
    }

    #[test]
    fn every_container_gets_what_the_standard_demands() {
        let demanded = json!({"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}});
        let pod = hardened(json!({"initContainers": [{"name": "i"}], "containers": [{"name": "a"}, {"name": "b"}]}));
        let context = json!({"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}});
        assert_eq!(pod["securityContext"], context);
        for container in [&pod["initContainers"][0], &pod["containers"][0], &pod["containers"][1]] {
            assert_eq!(container["securityContext"], demanded);
        }
    }

    #[test]
    fn what_is_said_stays() {
        let said = json!({
            "securityContext": {"runAsNonRoot": false, "seccompProfile": {"type": "Unconfined"}},
            "containers": [
                {"name": "a", "securityContext": {
                    "allowPrivilegeEscalation": true, "capabilities": {"drop": ["NET_RAW"]}
                }},
                {"name": "b", "securityContext": {"privileged": true, "capabilities": {"drop": ["ALL"]}}}
            ]
        });
        assert_eq!(hardened(said.clone()), said);
    }

    #[test]
    fn a_windows_pod_has_no_such_settings() {
        let pod = hardened(json!({"os": {"name": "windows"}, "containers": [{"name": "a"}]}));
        assert_eq!(pod["securityContext"], json!({"runAsNonRoot": true}));
        assert_eq!(pod["containers"][0], json!({"name": "a"}));
    }

    #[test]
    fn the_baseline_demands_nothing() {
        let mut pod = PodSpec::default();
        harden(&mut pod, PodSecurity::Baseline);
        assert_eq!(pod, PodSpec::default());
    }
}

//! The profiles that confine a container: `AppArmor`, seccomp and `SELinux`.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{SELinuxOptions, SeccompProfile};

use super::level::PolicyVersion;
use super::subject::{Pod, Report};
use crate::apimachinery::{Path, path};
use crate::validate::api::annotations::{APP_ARMOR as APP_ARMOR_KEY, SECCOMP_CONTAINER, SECCOMP_POD};
use crate::validate::api::common::text;
use crate::validate::rule::rules;

rules! {
    PodSecurity;

    /// Baseline: AppArmor is not disabled: a profile is RuntimeDefault or Localhost, and an annotation is
    /// runtime/default, or localhost/ and the profile's name.
    APP_ARMOR = "pss-app-armor" in Pod:
        "securityContext: {appArmorProfile: {type: Unconfined}}",
        "securityContext: {appArmorProfile: {type: RuntimeDefault}}";
    /// Baseline: SELinux options set no user and no role, and their type is container_t, container_init_t,
    /// container_kvm_t or, since 1.31, container_engine_t.
    SE_LINUX = "pss-se-linux" in Pod:
        "securityContext: {seLinuxOptions: {type: spc_t}}", "securityContext: {seLinuxOptions: {type: container_t}}";
    /// Baseline: seccomp is not disabled: a profile is RuntimeDefault or Localhost.
    SECCOMP_BASELINE = "pss-seccomp-baseline" in Pod:
        "securityContext: {seccompProfile: {type: Unconfined}}",
        "securityContext: {seccompProfile: {type: RuntimeDefault}}";
    /// Restricted: a seccomp profile, RuntimeDefault or Localhost, is set for the pod or for each of its containers.
    /// Windows pods are exempt.
    SECCOMP_RESTRICTED = "pss-seccomp-restricted" in Pod:
        "securityContext: {}", "securityContext: {seccompProfile: {type: RuntimeDefault}}";
}

const SECCOMP: &str = "seccompProfile";
const RUNTIME_DEFAULT: &str = "Write RuntimeDefault.";

/// Since this version, seccomp profiles are fields, not annotations.
const SECCOMP_FIELDS: PolicyVersion = PolicyVersion::minor(19);
/// Since this version, an engine that runs containers in a container has its own type.
const ENGINE_TYPE: PolicyVersion = PolicyVersion::minor(31);

fn is_profile(kind: &str) -> bool {
    matches!(kind, "RuntimeDefault" | "Localhost")
}

pub(super) fn check_app_armor(pod: &Pod<'_>, report: &mut Report<'_>) {
    let template_path = pod.template;
    let pod_path = &pod.path;
    let bad = |profile: Option<&String>| profile.filter(|kind| !is_profile(kind)).cloned();
    let of_pod = pod.spec.security_context.as_ref().and_then(|context| context.app_armor_profile.as_ref());
    let of_pod = bad(of_pod.map(|profile| &profile.type_));
    let mut values: BTreeSet<String> = of_pod.iter().cloned().collect();
    pod.each_context(|_, context, _| values.extend(bad(context.app_armor_profile.as_ref().map(|it| &it.type_))));
    let is_bad = |(key, value): &(&String, &String)| {
        let is_allowed = value.is_empty() || *value == "runtime/default" || value.starts_with("localhost/");
        key.starts_with(APP_ARMOR_KEY) && !is_allowed
    };
    let annotations: Vec<_> = pod.annotations.into_iter().flatten().filter(is_bad).collect();
    // The server uses the plural for several values.
    let several = values.len() + annotations.len() > 1;
    let name = if several { "forbidden AppArmor profiles" } else { "forbidden AppArmor profile" };
    if let Some(kind) = of_pod {
        let path = path!(pod_path.securityContext);
        let message = format!("The AppArmor profile of the pod has the type {kind:?}.");
        report.breach(name, &path!(path.appArmorProfile.type), message, RUNTIME_DEFAULT);
    }
    pod.each_context(|container, context, path| {
        if let Some(kind) = bad(context.app_armor_profile.as_ref().map(|it| &it.type_)) {
            let message = format!("The AppArmor profile of the container {:?} has the type {kind:?}.", container.name);
            report.breach(name, &path!(path.appArmorProfile.type), message, RUNTIME_DEFAULT);
        }
    });
    let metadata = path!(template_path.metadata);
    let path = path!(metadata.annotations);
    for (key, value) in annotations {
        let message = format!("The annotation sets the AppArmor profile {value:?}.");
        report.breach(name, &path.key(key), message, "Write runtime/default, or remove the annotation.");
    }
}

pub(super) fn check_se_linux(pod: &Pod<'_>, report: &mut Report<'_>) {
    let pod_path = &pod.path;
    if let Some(options) = pod.spec.security_context.as_ref().and_then(|context| context.se_linux_options.as_ref()) {
        let path = path!(pod_path.securityContext);
        check_options(options, "The pod", pod.version, &path!(path.seLinuxOptions), report);
    }
    pod.each_context(|container, context, path| {
        if let Some(options) = &context.se_linux_options {
            let who = format!("The container {:?}", container.name);
            check_options(options, &who, pod.version, &path!(path.seLinuxOptions), report);
        }
    });
}

fn check_options(
    options: &SELinuxOptions,
    who: &str,
    version: PolicyVersion,
    path: &Path<'_>,
    report: &mut Report<'_>,
) {
    const NAME: &str = "seLinuxOptions";
    let kind = text(&options.type_);
    let is_type = matches!(kind, "" | "container_t" | "container_init_t" | "container_kvm_t")
        || (kind == "container_engine_t" && version >= ENGINE_TYPE);
    if !is_type {
        let message = format!("{who} has the SELinux type {kind:?}.");
        report.breach(NAME, &path!(path.type), message, "Remove the type, or write container_t.");
    }
    for (field, value) in [("user", text(&options.user)), ("role", text(&options.role))] {
        if !value.is_empty() {
            let message = format!("{who} has the SELinux {field} {value:?}.");
            report.breach(NAME, &path.field(field), message, "Remove the field.");
        }
    }
}

pub(super) fn check_seccomp_baseline(pod: &Pod<'_>, report: &mut Report<'_>) {
    if pod.version < SECCOMP_FIELDS {
        check_seccomp_annotations(pod, report);
    } else {
        refuse_profiles(pod, report);
    }
}

fn check_seccomp_annotations(pod: &Pod<'_>, report: &mut Report<'_>) {
    let template_path = pod.template;
    let mut keys = BTreeSet::from([SECCOMP_POD.to_owned()]);
    pod.each_container(|container, _| {
        keys.insert(format!("{SECCOMP_CONTAINER}{}", container.name));
    });
    let metadata = path!(template_path.metadata);
    let path = path!(metadata.annotations);
    for (key, value) in pod.annotations.into_iter().flatten().filter(|(key, _)| keys.contains(*key)) {
        let is_allowed =
            matches!(value.as_str(), "runtime/default" | "docker/default") || value.starts_with("localhost/");
        if !is_allowed {
            let message = format!("The annotation sets the seccomp profile {value:?}.");
            report.breach(SECCOMP, &path.key(key), message, "Write runtime/default, or remove the annotation.");
        }
    }
}

/// Reports profiles that are not allowed, and returns whether there is any.
fn refuse_profiles(pod: &Pod<'_>, report: &mut Report<'_>) -> bool {
    let pod_path = &pod.path;
    let bad = |profile: Option<&SeccompProfile>| {
        profile.map(|profile| profile.type_.clone()).filter(|kind| !is_profile(kind))
    };
    let mut found = false;
    let of_pod = pod.spec.security_context.as_ref().and_then(|context| context.seccomp_profile.as_ref());
    if let Some(kind) = bad(of_pod) {
        found = true;
        let path = path!(pod_path.securityContext);
        let message = format!("The seccomp profile of the pod has the type {kind:?}.");
        report.breach(SECCOMP, &path!(path.seccompProfile.type), message, RUNTIME_DEFAULT);
    }
    pod.each_context(|container, context, path| {
        if let Some(kind) = bad(context.seccomp_profile.as_ref()) {
            found = true;
            let message = format!("The seccomp profile of the container {:?} has the type {kind:?}.", container.name);
            report.breach(SECCOMP, &path!(path.seccompProfile.type), message, RUNTIME_DEFAULT);
        }
    });
    found
}

pub(super) fn check_seccomp_restricted(pod: &Pod<'_>, report: &mut Report<'_>) {
    let pod_path = &pod.path;
    if pod.is_windows() || refuse_profiles(pod, report) {
        return;
    }
    let context = pod.spec.security_context.as_ref();
    if context.is_some_and(|context| context.seccomp_profile.is_some()) {
        return;
    }
    let mut lacking = Vec::new();
    pod.each_container(|container, _| {
        if container.security_context.as_ref().is_none_or(|context| context.seccomp_profile.is_none()) {
            lacking.push(container.name.clone());
        }
    });
    if !lacking.is_empty() {
        let message = format!("No seccomp profile is set for {}.", super::subject::containers(&lacking));
        let help = "Set seccompProfile: {type: RuntimeDefault} in the securityContext of the pod.";
        report.breach(SECCOMP, &path!(pod_path.securityContext.seccompProfile), message, help);
    }
}

//! The Pod Security Standards, as the server's admission of that name holds pods against them: a template and a level
//! come in, and what breaks the standard goes out.
//!
//! They are no rules of the object: the server takes a Job that breaks them, and its namespace's labels decide whether
//! the pods of the Job are refused, or only warned of. The rules about what a security context may say at all stand in
//! `validate::api`.

mod host;
mod level;
mod privileges;
mod profiles;
mod sysctls;
mod users;
mod volumes;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, PodSpec, PodTemplateSpec, SecurityContext};

pub use self::level::{Level, PolicyVersion};
use super::api::common;
use super::rule::Rule;
use crate::apimachinery::Path;

/// The rules of all subjects.
pub static RULES: &[&[&Rule]] =
    &[host::RULES, volumes::RULES, privileges::RULES, users::RULES, profiles::RULES, sysctls::RULES];

/// One check of the standards.
struct Check {
    rule: &'static Rule,
    /// The least level that has it.
    level: Level,
    /// The minor version that it came with.
    since: u16,
    /// The check of the level below that it stands in for.
    instead_of: Option<&'static Rule>,
    run: fn(&Pod<'_>, &mut Report<'_>),
}

impl Check {
    const fn baseline(rule: &'static Rule, since: u16, run: fn(&Pod<'_>, &mut Report<'_>)) -> Self {
        Self { rule, level: Level::Baseline, since, instead_of: None, run }
    }

    const fn restricted(rule: &'static Rule, since: u16, run: fn(&Pod<'_>, &mut Report<'_>)) -> Self {
        Self { rule, level: Level::Restricted, since, instead_of: None, run }
    }

    const fn instead_of(mut self, other: &'static Rule) -> Self {
        self.instead_of = Some(other);
        self
    }

    fn applies(&self, level: Level, version: PolicyVersion) -> bool {
        self.level <= level && PolicyVersion::minor(self.since) <= version
    }
}

/// All checks, in the order in which the server names what they find.
static CHECKS: &[Check] = &[
    Check::baseline(&profiles::APP_ARMOR, 0, profiles::check_app_armor),
    Check::baseline(&privileges::CAPABILITIES_BASELINE, 0, privileges::check_capabilities_baseline),
    Check::baseline(&host::NAMESPACES, 0, host::check_namespaces),
    Check::baseline(&volumes::HOST_PATH, 0, volumes::check_host_path),
    Check::baseline(&host::PORTS, 0, host::check_ports),
    Check::baseline(&host::PROBES, 34, host::check_probes),
    Check::baseline(&privileges::PRIVILEGED, 0, privileges::check_privileged),
    Check::baseline(&privileges::PROC_MOUNT, 0, privileges::check_proc_mount_baseline),
    Check::baseline(&profiles::SE_LINUX, 0, profiles::check_se_linux),
    Check::baseline(&profiles::SECCOMP_BASELINE, 0, profiles::check_seccomp_baseline),
    Check::baseline(&sysctls::SYSCTLS, 0, sysctls::check),
    Check::baseline(&host::WINDOWS_PROCESS, 0, host::check_windows_process),
    Check::restricted(&privileges::ESCALATION, 8, privileges::check_escalation),
    Check::restricted(&privileges::CAPABILITIES_RESTRICTED, 22, privileges::check_capabilities_restricted)
        .instead_of(&privileges::CAPABILITIES_BASELINE),
    Check::restricted(&privileges::PROC_MOUNT_RESTRICTED, 35, privileges::check_proc_mount)
        .instead_of(&privileges::PROC_MOUNT),
    Check::restricted(&volumes::TYPES, 0, volumes::check_types).instead_of(&volumes::HOST_PATH),
    Check::restricted(&users::NON_ROOT, 0, users::check_non_root),
    Check::restricted(&users::ROOT, 23, users::check_root),
    Check::restricted(&profiles::SECCOMP_RESTRICTED, 19, profiles::check_seccomp_restricted)
        .instead_of(&profiles::SECCOMP_BASELINE),
];

/// One thing in a pod that breaks a standard.
#[derive(Debug)]
pub struct Breach<'b> {
    /// The rule.
    pub rule: &'static Rule,
    /// The name by which the server calls the check when it refuses a pod.
    pub check: &'static str,
    /// Where: the field, or where it is missing.
    pub path: &'b Path<'b>,
    /// What is wrong, as a sentence that names the check.
    pub message: String,
    /// What to write instead, as a sentence.
    pub help: &'static str,
}

/// Holds a template against a standard, and hands over each breach; `path` is the template's.
pub fn check(
    template: &PodTemplateSpec,
    path: &Path<'_>,
    level: Level,
    version: PolicyVersion,
    mut each: impl FnMut(Breach<'_>),
) {
    let Some(spec) = &template.spec else { return };
    let annotations = template.metadata.as_ref().and_then(|metadata| metadata.annotations.as_ref());
    let pod = Pod { annotations, spec, template: path, path: path.field("spec"), version };
    let applied = || CHECKS.iter().filter(|check| check.applies(level, version));
    for check in applied() {
        if !applied().any(|other| other.instead_of == Some(check.rule)) {
            (check.run)(&pod, &mut Report { rule: check.rule, each: &mut each });
        }
    }
}

/// The least level that has a rule; none for a rule of another source.
#[must_use]
pub fn level_of(rule: &Rule) -> Option<Level> {
    CHECKS.iter().find(|check| check.rule == rule).map(|check| check.level)
}

/// The pod that the checks look at.
struct Pod<'p> {
    annotations: Option<&'p BTreeMap<String, String>>,
    spec: &'p PodSpec,
    /// The template's path.
    template: &'p Path<'p>,
    /// The spec's path.
    path: Path<'p>,
    version: PolicyVersion,
}

impl Pod<'_> {
    /// Whether the pod runs on Windows, where some of the fields mean nothing. The standards ask since 1.25.
    fn is_windows(&self) -> bool {
        self.version >= PolicyVersion::minor(25) && self.spec.os.as_ref().is_some_and(|os| os.name == "windows")
    }

    /// Whether the pod has user ids of its own, so that its root is nobody on the host. The standards ask since 1.35.
    fn has_own_users(&self) -> bool {
        self.version >= PolicyVersion::minor(35) && self.spec.host_users == Some(false)
    }

    /// All containers, in the server's order.
    fn each_container(&self, each: impl FnMut(&Container, &Path<'_>)) {
        common::visit(self.spec, &self.path, each);
    }

    /// The security context of each container that has one.
    fn each_context(&self, mut each: impl FnMut(&Container, &SecurityContext, &Path<'_>)) {
        self.each_container(|container, path| {
            if let Some(context) = &container.security_context {
                each(container, context, &path.field("securityContext"));
            }
        });
    }
}

/// Takes the breaches of one check.
struct Report<'r> {
    rule: &'static Rule,
    each: &'r mut dyn FnMut(Breach<'_>),
}

impl Report<'_> {
    /// Hands over a breach; its sentence ends with the server's name of the check, for who looks for that.
    fn breach(&mut self, check: &'static str, path: &Path<'_>, mut message: String, help: &'static str) {
        message.truncate(message.trim_end_matches('.').len());
        message.extend([" (", check, ")."]);
        (self.each)(Breach { rule: self.rule, check, path, message, help });
    }
}

/// Containers by their names: the first few, and how many more.
fn containers(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("{name:?}")).collect();
    if names.len() > SHOWN {
        shown.push(format!("{} more", names.len() - SHOWN));
    }
    let noun = if names.len() == 1 { "container" } else { "containers" };
    match shown.split_last() {
        Some((last, others)) if !others.is_empty() => format!("the {noun} {} and {last}", others.join(", ")),
        _ => format!("the {noun} {}", shown.concat()),
    }
}

#[cfg(test)]
mod tests;

//! The Pod Security Standards, as checked by the server's Pod Security admission: finds what in a pod template violates
//! a level.
//!
//! They are not validation rules: the server accepts a Job that violates them, and the labels of its namespace decide
//! whether the Job's pods are refused or only cause warnings. The validation of security contexts is in
//! `validate::api`.

mod host;
mod level;
mod privileges;
mod profiles;
mod subject;
mod sysctls;
mod users;
mod volumes;

use k8s_openapi::api::core::v1::PodTemplateSpec;

pub use self::level::{Level, PolicyVersion};
pub use self::subject::Breach;
use self::subject::{Pod, Report};
use crate::apimachinery::{Path, path};
use crate::diagnostic::{Rule, Wording};

/// The rules of all subjects.
pub static RULES: &[&[&Rule]] =
    &[host::RULES, volumes::RULES, privileges::RULES, users::RULES, profiles::RULES, sysctls::RULES];

/// One check of the standards.
struct Check {
    rule: &'static Rule,
    /// The lowest level that includes it.
    level: Level,
    /// The minor version that introduced it.
    since: u16,
    /// The check of the lower level that it replaces.
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

/// All checks, in the order of the server's messages.
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

/// Checks a template against a standard, and passes on each violation; `path` is the template's.
pub(crate) fn check(
    template: &PodTemplateSpec,
    path: &Path<'_>,
    level: Level,
    version: PolicyVersion,
    mut each: impl FnMut(Breach<'_>),
) {
    let Some(spec) = &template.spec else { return };
    let annotations = template.metadata.as_ref().and_then(|metadata| metadata.annotations.as_ref());
    let pod = Pod { annotations, spec, template: path, path: path!(path.spec), version };
    let applied = || CHECKS.iter().filter(|check| check.applies(level, version));
    for check in applied() {
        if !applied().any(|other| other.instead_of == Some(check.rule)) {
            (check.run)(&pod, &mut Report { rule: check.rule, each: &mut each });
        }
    }
}

/// The violations of a standard in a template: the server's name of each check, and the wording.
#[must_use]
pub fn breaches(template: &PodTemplateSpec, level: Level, version: PolicyVersion) -> Vec<(&'static str, Wording)> {
    let mut found = Vec::new();
    check(template, &path!(.spec.template), level, version, |breach| {
        found.push((breach.check, (breach.message, breach.help).into()));
    });
    found
}

/// The lowest level that includes a rule; none for a rule of another source.
#[cfg(test)]
pub(super) fn level_of(rule: &Rule) -> Option<Level> {
    CHECKS.iter().find(|check| check.rule == rule).map(|check| check.level)
}

#[cfg(test)]
mod tests;

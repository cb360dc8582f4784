//! The subject of the checks, and how they report violations.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, PodSpec, SecurityContext};

use super::level::PolicyVersion;
use crate::apimachinery::{Path, path};
use crate::diagnostic::Rule;
use crate::validate::api::common;

/// A violation of a standard.
#[derive(Debug)]
pub struct Breach<'b> {
    /// The rule.
    pub rule: &'static Rule,
    /// The server's name of the check, as in its message.
    pub check: &'static str,
    /// The path of the field, or of the object that lacks it.
    pub path: &'b Path<'b>,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to write instead, as a sentence.
    pub help: &'static str,
}

/// The pod to check.
pub struct Pod<'p> {
    pub annotations: Option<&'p BTreeMap<String, String>>,
    pub spec: &'p PodSpec,
    /// The template's path.
    pub template: &'p Path<'p>,
    /// The spec's path.
    pub path: Path<'p>,
    pub version: PolicyVersion,
}

impl Pod<'_> {
    /// Whether the pod runs on Windows, where some of the fields have no meaning. Considered since 1.25.
    pub fn is_windows(&self) -> bool {
        self.version >= PolicyVersion::minor(25) && self.spec.os.as_ref().is_some_and(|os| os.name == "windows")
    }

    /// Whether the pod has its own user namespace, so that its root user is unprivileged on the host. Considered since
    /// 1.35.
    pub fn has_own_users(&self) -> bool {
        self.version >= PolicyVersion::minor(35) && self.spec.host_users == Some(false)
    }

    /// All containers, in the server's order.
    pub fn each_container(&self, mut each: impl FnMut(&Container, &Path<'_>)) {
        for (path, container) in common::containers_at(self.spec, &self.path) {
            each(&container, &path);
        }
    }

    /// The security context of each container that has one.
    pub fn each_context(&self, mut each: impl FnMut(&Container, &SecurityContext, &Path<'_>)) {
        self.each_container(|container, path| {
            if let Some(context) = &container.security_context {
                each(container, context, &path!(path.securityContext));
            }
        });
    }
}

/// Collects the violations of one check.
pub struct Report<'r> {
    pub rule: &'static Rule,
    pub each: &'r mut dyn FnMut(Breach<'_>),
}

impl Report<'_> {
    /// Passes on a violation.
    pub fn breach(&mut self, check: &'static str, path: &Path<'_>, message: String, help: &'static str) {
        (self.each)(Breach { rule: self.rule, check, path, message, help });
    }
}

/// A list of container names: the first few, and how many more there are.
pub fn containers(names: &[String]) -> String {
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

//! The user that a container runs as.

use super::subject::{Pod, Report};
use crate::apimachinery::path;
use crate::validate::rule::rules;

rules! {
    PodSecurity;

    /// Restricted: runAsNonRoot is true for the pod or for each of its containers, and never false. Since 1.35, a pod
    /// with hostUsers: false may run as root.
    NON_ROOT = "pss-run-as-non-root" in Pod:
        "securityContext: {runAsNonRoot: false}", "securityContext: {runAsNonRoot: true}";
    /// Restricted: runAsUser is not 0. Since 1.35, a pod with hostUsers: false may run as root.
    ROOT = "pss-run-as-user" in Pod:
        "securityContext: {runAsUser: 0}", "securityContext: {runAsUser: 1000}";
}

pub(super) fn check_non_root(pod: &Pod<'_>, report: &mut Report<'_>) {
    const NAME: &str = "runAsNonRoot != true";
    let pod_path = &pod.path;
    if pod.has_own_users() {
        return;
    }
    let (mut is_explicit, mut lacking) = (false, Vec::new());
    let of_pod = pod.spec.security_context.as_ref().and_then(|context| context.run_as_non_root);
    let context = path!(pod_path.securityContext);
    let place = path!(context.runAsNonRoot);
    if of_pod == Some(false) {
        is_explicit = true;
        let message = "The pod may run as root.".to_owned();
        report.breach(NAME, &place, message, "Write true, or set it on each container.");
    }
    pod.each_container(|container, path| {
        match container.security_context.as_ref().and_then(|context| context.run_as_non_root) {
            Some(true) => {}
            Some(false) => {
                is_explicit = true;
                let message = format!("The container {:?} may run as root.", container.name);
                report.breach(NAME, &path!(path.securityContext.runAsNonRoot), message, "Write true.");
            }
            None if of_pod == Some(true) => {}
            None => lacking.push(container.name.clone()),
        }
    });
    // If there is an explicit false, the server reports only that, not missing values.
    if !is_explicit && !lacking.is_empty() {
        let message = format!("Nothing keeps {} from running as root.", super::subject::containers(&lacking));
        report.breach(NAME, &place, message, "Set runAsNonRoot: true in the securityContext of the pod.");
    }
}

pub(super) fn check_root(pod: &Pod<'_>, report: &mut Report<'_>) {
    const NAME: &str = "runAsUser=0";
    const HELP: &str = "Write another user id, or remove the field to use the image's user.";
    let pod_path = &pod.path;
    if pod.has_own_users() {
        return;
    }
    if pod.spec.security_context.as_ref().and_then(|context| context.run_as_user) == Some(0) {
        let message = "The pod runs as user 0, which is root.".to_owned();
        report.breach(NAME, &path!(pod_path.securityContext.runAsUser), message, HELP);
    }
    pod.each_context(|container, context, path| {
        if context.run_as_user == Some(0) {
            let message = format!("The container {:?} runs as user 0, which is root.", container.name);
            report.breach(NAME, &path!(path.runAsUser), message, HELP);
        }
    });
}

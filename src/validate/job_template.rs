//! Checks a config's partial Job against the API and the protected fields of a worker's Job. Problems are reported at
//! their positions in the config.

use k8s_openapi::api::batch::v1::Job;

use super::decode::{DecodingErrorKind, decode};
use super::pod_security_standards::{Level, PolicyVersion, breaches};
use crate::apimachinery::Version;
use crate::config::additions::PodSecurity;
use crate::config::partial_job::{KEY, PartialJob};
use crate::config::rules::JOB_TEMPLATE;
use crate::config::{ConfigError, Origin, Session};
use crate::diagnostic::rule::rules;
use crate::diagnostic::{Diagnostic, Reason, Severity, Wording};
use crate::job::protected::{Change, Step, changes};
use crate::job::{CreatedAt, K8sTuningJobFactory, PartialJobError};
use crate::manifest::{Node, Position};
use crate::tuning_file::Delivery;

rules! {
    Config;

    /// With pod_security, the pods meet that Pod Security Standard (baseline or restricted). Its requirements are
    /// filled in wherever the configuration does not set something else.
    POD_SECURITY = "config-pod-security" in Config:
        "pod_security: restricted\njob_template:\n  spec:\n    template:\n      spec:\n        hostNetwork: true",
        "pod_security: restricted";
}

/// The factory for a session's Jobs, unless its config's partial Job has errors.
///
/// # Errors
/// All errors of the partial Job.
pub fn factory<'s>(
    session: &'s Session,
    created_at: CreatedAt,
    delivery: Option<&'s Delivery>,
    version: Version,
) -> Result<K8sTuningJobFactory<'s>, ConfigError> {
    let partial = session.additions.job_template.as_ref();
    let refuse = |problems: Vec<Diagnostic>| {
        if problems.is_empty() { Ok(()) } else { Err(ConfigError::Invalid(problems)) }
    };
    refuse(partial.map(|partial| check_fields(partial, version)).unwrap_or_default())?;
    let factory = K8sTuningJobFactory::new(session, created_at, delivery).map_err(|error| {
        ConfigError::Invalid(partial.map(|partial| not_merged(partial, &error)).into_iter().collect())
    })?;
    refuse(partial.map(|partial| check_changes(partial, &factory)).unwrap_or_default())?;
    refuse(check_standard(&factory, version))?;
    Ok(factory)
}

/// Violations of the standard that the config requests. Missing settings have already been filled in, so these are
/// explicit settings in the partial Job.
fn check_standard(factory: &K8sTuningJobFactory<'_>, version: Version) -> Vec<Diagnostic> {
    let session = factory.session();
    let level = match session.additions.pod_security {
        None => return Vec::new(),
        Some(PodSecurity::Baseline) => Level::Baseline,
        Some(PodSecurity::Restricted) => Level::Restricted,
    };
    let Some(template) = factory.extended().and_then(|job| job.spec.as_ref()).map(|spec| &spec.template) else {
        return Vec::new();
    };
    let setting = session.settings.iter().find(|setting| setting.name == "pod_security");
    let excerpt =
        setting.and_then(|setting| if let Origin::File(excerpt) = &setting.origin { Some(excerpt) } else { None });
    let broken = breaches(template, level, PolicyVersion::of(version)).into_iter().map(|(_, wording)| Diagnostic {
        severity: Severity::Error,
        rule: &POD_SECURITY,
        path: "pod_security".to_owned(),
        reason: Reason::FieldValueForbidden,
        message: format!("The pods violate the {level} standard. {}", wording.message),
        help: wording.help,
        excerpt: excerpt.cloned().unwrap_or_default(),
    });
    broken.collect()
}

/// Decoding errors of the partial Job, decoded as strictly as a complete Job by a server version. Directives of a
/// strategic merge patch are not treated as fields.
fn check_fields(partial: &PartialJob, version: Version) -> Vec<Diagnostic> {
    let errors = match decode::<Job>(&partial.node, version) {
        Ok((_, unknown)) => unknown,
        Err(error) => vec![error],
    };
    let is_directive = |field: &str| field.rsplit('.').next().is_some_and(|name| name.starts_with('$'));
    errors
        .into_iter()
        .filter(|error| error.kind != DecodingErrorKind::UnknownField || !is_directive(&error.field))
        .map(|error| {
            let reason = match error.kind {
                DecodingErrorKind::Type => Reason::FieldValueTypeInvalid,
                DecodingErrorKind::Quantity => Reason::FieldValueInvalid,
                DecodingErrorKind::UnknownField => Reason::FieldUnknown,
            };
            diagnostic(partial, &error.field, reason, error.wording, error.position)
        })
        .collect()
}

/// The error that it cannot be merged.
fn not_merged(partial: &PartialJob, error: &PartialJobError) -> Diagnostic {
    diagnostic(partial, "", Reason::FieldValueInvalid, error.to_string(), partial.node.position)
}

/// Changes of protected fields of a worker's Job.
fn check_changes(partial: &PartialJob, factory: &K8sTuningJobFactory<'_>) -> Vec<Diagnostic> {
    let Some(extended) = factory.extended() else { return Vec::new() };
    let forbidden = |Change { path, because }: Change| {
        let shown = shown(&path);
        let wording = (format!("{KEY} changes {shown}, which {because}."), "Remove it.");
        diagnostic(partial, &shown, Reason::FieldValueForbidden, wording, locate(&partial.node, &path))
    };
    changes(&factory.common(), extended).into_iter().map(forbidden).collect()
}

fn diagnostic(
    partial: &PartialJob,
    field: &str,
    reason: Reason,
    wording: impl Into<Wording>,
    position: Position,
) -> Diagnostic {
    let Wording { message, help } = partial.wording(wording.into(), position);
    let path = if field.is_empty() { KEY.to_owned() } else { format!("{KEY}.{field}") };
    let excerpt = partial.excerpt(position);
    Diagnostic { severity: Severity::Error, rule: &JOB_TEMPLATE, path, reason, message, help, excerpt }
}

fn shown(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Field(name) if text.is_empty() => text += name,
            Step::Field(name) => text.extend([".", name]),
            Step::Named(name) => text.extend(["[", name, "]"]),
        }
    }
    text
}

/// The position of a field in a partial Job, or of the enclosing object if a directive changes the field.
fn locate(root: &Node, path: &[Step]) -> Position {
    let (mut node, mut position) = (root, root.position);
    for step in path {
        let next = match step {
            Step::Field(name) => node.entry(name).map(|entry| (&entry.value, entry.key_position)),
            Step::Named(name) => {
                let items = node.as_sequence().unwrap_or_default();
                let is_it = |item: &&Node| item.get("name").and_then(Node::as_str) == Some(name);
                items.iter().find(is_it).map(|item| (item, item.position))
            }
        };
        let Some(next) = next else { break };
        (node, position) = next;
    }
    position
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::session::tests::{K8S, session};

    /// The diagnostics for the baseline with these lines appended: rule, line and message.
    fn said(lines: &str) -> Vec<(&'static str, u32, String)> {
        let session = match session(&format!("{K8S}{lines}"), None) {
            Ok(session) => session,
            Err(ConfigError::Invalid(problems)) => return told(&problems),
            Err(error) => panic!("{error}"),
        };
        let moment = CreatedAt::parse("2025-11-16T18:21:45Z").unwrap();
        match factory(&session, moment, None, Version::NEWEST) {
            Ok(_) => Vec::new(),
            Err(ConfigError::Invalid(problems)) => told(&problems),
            Err(error) => panic!("{error}"),
        }
    }

    fn told(problems: &[Diagnostic]) -> Vec<(&'static str, u32, String)> {
        let one = |problem: &Diagnostic| (problem.rule.name, problem.excerpt.position.line, problem.message.clone());
        problems.iter().map(one).collect()
    }

    /// The line number of the template's `nth` line, from 1.
    fn line(nth: u32) -> u32 {
        u32::try_from(K8S.lines().count()).unwrap() + nth
    }

    #[test]
    fn a_standard_that_is_broken_is_told_at_its_key() {
        assert_eq!(said(POD_SECURITY.good), []);
        let found = said(POD_SECURITY.bad);
        assert!(matches!(found.as_slice(), [("config-pod-security", at, _)] if *at == line(1)), "{found:?}");
    }

    #[test]
    fn a_partial_job_is_decoded_strictly() {
        for (lines, at, words) in [
            ("job_template:\n  spec:\n    ttlSecondsAfterFinish: 1\n", 3, "Unknown field ttlSecondsAfterFinish"),
            ("job_template:\n  spec:\n    activeDeadlineSeconds: soon\n", 3, "must be a whole number"),
            ("job_template:\n  specs: {}\n", 2, "Unknown field specs"),
            ("job_template: []\n", 1, "must be a mapping"),
            ("job_template:\n  kind: CronJob\n", 2, "cannot set kind"),
            ("job_template:\n  metadata:\n    name: x\n", 3, "cannot set metadata.name"),
            (
                "job_template:\n  spec:\n    template:\n      spec:\n        containers:\n        - image: x\n",
                2,
                "has no name",
            ),
        ] {
            let found = said(lines);
            assert!(
                found.iter().any(|(_, line, message)| *line == self::line(at) && message.contains(words)),
                "{lines}: {found:?}"
            );
        }
        assert_eq!(said("job_template: ~\n"), []);
        let directives =
            "job_template:\n  spec:\n    template:\n      spec:\n        nodeSelector: {$patch: replace, a: b}\n";
        assert_eq!(said(directives), []);
    }

    #[test]
    fn what_makes_a_worker_is_not_changed() {
        let tuner = |lines: &str| {
            format!(
                "job_template:\n  spec:\n    template:\n      spec:\n        containers:\n        - name: tuner\n{lines}"
            )
        };
        for (lines, at, words) in [
            ("job_template:\n  metadata:\n    labels:\n      app: mine\n".to_owned(), 4, "metadata.labels.app"),
            ("job_template:\n  spec:\n    backoffLimit: 3\n".to_owned(), 3, "spec.backoffLimit"),
            (tuner("          args: [x]\n"), 7, "containers[tuner].args"),
            (tuner("          command: null\n"), 7, "containers[tuner].command"),
            (tuner("          env:\n          - name: WORKER_ID\n            value: x\n"), 8, "env[WORKER_ID]"),
            (tuner("          env:\n          - {name: REDIS_HOST, $patch: delete}\n"), 8, "env[REDIS_HOST]"),
            (tuner("          $patch: delete\n"), 2, "removes the container tuner"),
        ] {
            let found = said(&lines);
            assert!(
                found.iter().any(|(_, line, message)| *line == self::line(at) && message.contains(words)),
                "{lines}: {found:?}"
            );
        }
        assert_eq!(said(&tuner("          env:\n          - {name: REDIS_HOST, value: other}\n")), []);
    }
}

//! The identity of an object: its name and, for a tuning Job, its session. Only the identifying fields are read;
//! `validate` checks the rest.

use super::kind::{DocumentKind, is_of_session};
use crate::config::Session;
use crate::manifest::Node;
use crate::names::{APP, COMPONENT};
use crate::names::{is_config_map_name, job_name, parse_job_name};
use crate::plan::{WorkerShare, plan_jobs};

/// The identity of a Job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobIdentity {
    /// The namespace; empty if the manifest does not set one.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The session, if this is a tuning Job.
    pub session_id: Option<String>,
}

impl JobIdentity {
    /// The identity of an object, alone or as an item of `list`; none if it is not a Job.
    pub fn of(object: &Node, list: Option<&Node>) -> Option<Self> {
        let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
        if DocumentKind::of(object, list) != DocumentKind::Job {
            return None;
        }
        let metadata = object.get("metadata")?;
        let name = text(metadata, "name");
        let labels = metadata.get("labels").filter(|labels| {
            text(labels, "app") == APP && text(labels, "component") == COMPONENT && parse_job_name(&name).is_some()
        });
        let session_id = labels.map(|labels| text(labels, "session_id")).filter(|id| !id.is_empty());
        Some(Self { namespace: text(metadata, "namespace"), name, session_id })
    }

    /// The worker and attempt of a session that this Job's name stands for in a cluster, regardless of its current
    /// session. Without a namespace, kubectl's default is used.
    pub fn share_in(&self, session: &Session) -> Option<WorkerShare> {
        let parts = parse_job_name(&self.name)?;
        let (index, attempt) = (usize::try_from(parts.index).ok()?, u32::try_from(parts.attempt).ok()?);
        let share = plan_jobs(session.total_iterations, session.workers).nth(index)?;
        let share = WorkerShare { attempt, ..share };
        let is_its_name = self.name == job_name(&session.session_short, &share);
        let is_its_namespace = self.namespace.is_empty() || self.namespace == session.namespace;
        (is_its_name && is_its_namespace).then_some(share)
    }
}

/// The session of a ConfigMap with a tuning file; none if an object is not such a ConfigMap.
#[must_use]
pub fn config_map_session(object: &Node) -> Option<String> {
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
    if text(object, "kind") != "ConfigMap" || text(object, "apiVersion") != "v1" {
        return None;
    }
    let metadata = object.get("metadata")?;
    let is_ours = is_of_session(object) && is_config_map_name(&text(metadata, "name"));
    metadata.get("labels").filter(|_| is_ours).map(|labels| text(labels, "session_id"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::session::tests::{K8S, session};
    use crate::yaml::read::first_document;

    fn identity(text: &str) -> Option<JobIdentity> {
        JobIdentity::of(&first_document(text).unwrap(), None)
    }

    #[test]
    fn a_tuning_job_is_told_by_its_name_and_its_labels() {
        let ours = include_str!("../../tests/data/worker-1.yaml");
        let expected = JobIdentity {
            namespace: "trading-bots".to_owned(),
            name: "arb-tuning-d29-k8s--worker-1-0".to_owned(),
            session_id: Some("d29-k8s-demo-session".to_owned()),
        };
        assert_eq!(identity(ours), Some(expected.clone()));
        let stranger = JobIdentity { session_id: None, ..expected.clone() };
        for (from, to) in [("app: arbitrage-tuning", "app: other"), ("component: tuning", "component: x")] {
            assert_eq!(identity(&ours.replace(from, to)), Some(stranger.clone()));
        }
        let renamed = identity(&ours.replace("name: arb-tuning-", "name: my-")).unwrap();
        assert_eq!(renamed.session_id, None);
        assert_eq!(identity(&ours.replace("kind: Job", "kind: CronJob")), None);
    }

    #[test]
    fn a_configmap_is_told_by_its_name_and_its_labels() {
        let ours = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: arb-tuning-x-tuning-0123456789\n  labels: \
                    {app: arbitrage-tuning, component: tuning, session_id: s}\n";
        let session = |text: &str| config_map_session(&first_document(text).unwrap());
        assert_eq!(session(ours).as_deref(), Some("s"));
        for (from, to) in [
            ("ConfigMap", "Secret"),
            ("arb-tuning-x-", "x-"),
            ("0123456789", "1"),
            ("app: ", "ap: "),
            ("session_id: s", ""),
        ] {
            assert_eq!(session(&ours.replace(from, to)), None, "{to}");
        }
    }

    #[test]
    fn a_job_is_a_workers_by_its_name_and_its_namespace() {
        let session = session(K8S, None).unwrap();
        let worker = |namespace: &str, name: &str| {
            let job = JobIdentity { namespace: namespace.to_owned(), name: name.to_owned(), session_id: None };
            job.share_in(&session).map(|share| share.worker_id)
        };
        let second = Some("worker-2".to_owned());
        assert_eq!(worker("trading-bots", "arb-tuning-d29-k8s--worker-2-1"), second);
        assert_eq!(worker("", "arb-tuning-d29-k8s--worker-2-1"), second);
        assert_eq!(worker("", "arb-tuning-d29-k8s--worker-2-1-r7"), second);
        assert_eq!(worker("other", "arb-tuning-d29-k8s--worker-2-1"), None);
        for name in [
            "worker-2-1",
            "arb-tuning-other-worker-2-1",
            "arb-tuning-d29-k8s--worker-3-1",
            "arb-tuning-d29-k8s--worker-3-2",
        ] {
            assert_eq!(worker("trading-bots", name), None, "{name}");
        }
    }
}

//! Determines the session that a file in the directory belongs to, or what it contains instead.

use crate::job::kustomization::kustomization_session;
use crate::job::{JobIdentity, config_map_session};
use crate::manifest::{self, Node, Text};

/// Who may replace or remove a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Owner {
    /// It contains only Jobs and ConfigMaps of this session, or its Kustomization.
    Session(String),
    /// It contains something else; this description follows its name in a sentence.
    Stranger(String),
}

/// The content of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct FileSummary {
    pub owner: Owner,
    /// Its Jobs, of any session.
    pub jobs: Vec<JobIdentity>,
    /// Its object, if it has only one.
    pub only_object: Option<Node>,
}

impl FileSummary {
    /// Summarizes a file.
    pub fn of(text: &Text) -> Self {
        let (mut jobs, mut objects, mut fault) = (Vec::new(), 0, None);
        let mut sessions = Vec::new();
        let mut only_object = None;
        manifest::documents(text.as_str(), |read| match read {
            Ok(document) => {
                document.root.each_object(&mut |object, list| {
                    objects += 1;
                    match (JobIdentity::of(object, list), config_map_session(object)) {
                        (Some(job), _) => {
                            sessions.push(job.session_id.clone());
                            jobs.push(job);
                        }
                        (None, Some(session)) => sessions.push(Some(session)),
                        (None, None) => match kustomization_session(object) {
                            Ok(Some(session)) => sessions.push(Some(session)),
                            Ok(None) => fault = fault.take().or_else(|| Some(stranger(object))),
                            Err(what) => fault = fault.take().or(Some(what)),
                        },
                    }
                });
                only_object = (objects == 1).then_some(document.root);
            }
            Err(_) => fault = Some("is not well-formed, so its session is unknown".to_owned()),
        });
        let owner = match (fault, sessions.first().cloned().flatten()) {
            (Some(what), _) => Owner::Stranger(what),
            (None, None) if objects == 0 => Owner::Stranger("contains no manifest".to_owned()),
            (None, None) => Owner::Stranger("contains a Job that this tool did not generate".to_owned()),
            (None, Some(id)) if sessions.iter().all(|session| session.as_ref() == Some(&id)) => Owner::Session(id),
            (None, Some(_)) => Owner::Stranger("contains objects of several sessions".to_owned()),
        };
        Self { owner, jobs, only_object }
    }
}

fn stranger(object: &Node) -> String {
    match object.get("kind").and_then(Node::as_str) {
        Some(kind) => format!("contains an object of kind {kind:?}, which this tool did not generate"),
        None => "contains something that this tool did not generate".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = include_str!("../../../tests/data/worker-1.yaml");

    fn owner(text: &str) -> Owner {
        FileSummary::of(&Text::decode(text.into())).owner
    }

    #[test]
    fn only_a_file_of_one_session_alone_is_the_sessions() {
        let ours = Owner::Session("d29-k8s-demo-session".to_owned());
        assert_eq!(owner(OURS), ours);
        assert_eq!(owner(&format!("{OURS}---\n{}", OURS.replace("worker-1", "worker-2"))), ours);
        let other = OURS.replace("session_id: d29-k8s-demo-session", "session_id: d29-k8s-other");
        for (text, words) in [
            (format!("{OURS}---\n{other}"), "several sessions"),
            (format!("{OURS}---\nkind: ConfigMap\napiVersion: v1\n"), "ConfigMap"),
            (OURS.replace("app: arbitrage-tuning", "app: mine"), "did not generate"),
            ("# nothing\n".to_owned(), "no manifest"),
            ("a: [".to_owned(), "well-formed"),
            ("[1]".to_owned(), "did not generate"),
        ] {
            assert!(matches!(owner(&text), Owner::Stranger(what) if what.contains(words)), "{text}");
        }
    }
}

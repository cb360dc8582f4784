//! The Kustomization that lists the files of a session: created and recognized here. It has the session's labels in its
//! own metadata, which Kustomize does not add to other objects.

use serde::Serialize;

use super::kind::is_of_session;
use crate::config::Session;
use crate::manifest::Node;
use crate::names::{APP, COMPONENT, PREFIX, is_file_name};

/// The name of its file.
pub const FILE: &str = "kustomization.yaml";
/// The other names that Kustomize looks for; it rejects a directory with two of them.
pub const OTHER_FILES: [&str; 2] = ["kustomization.yml", "Kustomization"];

const API_VERSION: &str = "kustomize.config.k8s.io/v1beta1";
const KIND: &str = "Kustomization";
/// All of its keys.
const KEYS: [&str; 4] = ["apiVersion", "kind", "metadata", "resources"];

/// The input of `kubectl apply -k`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Kustomization {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    resources: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Metadata {
    name: String,
    labels: Labels,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Labels {
    app: &'static str,
    session_id: String,
    component: &'static str,
}

impl Kustomization {
    /// The Kustomization for a session with these files.
    #[must_use]
    pub fn new(session: &Session, files: impl IntoIterator<Item = String>) -> Self {
        let labels = Labels { app: APP, session_id: session.session_id.clone(), component: COMPONENT };
        Self {
            api_version: API_VERSION,
            kind: KIND,
            metadata: Metadata { name: format!("{PREFIX}{}", session.session_short), labels },
            resources: files.into_iter().collect(),
        }
    }
}

/// The session of a Kustomization; none if an object is not a Kustomization of this tool.
///
/// # Errors
/// Somebody has added to it, so it is not only this tool's. The text follows its name in a sentence.
pub fn kustomization_session(object: &Node) -> Result<Option<String>, String> {
    let text = |key: &str| object.get(key).and_then(Node::as_str).unwrap_or_default();
    if text("kind") != KIND || text("apiVersion") != API_VERSION || !is_of_session(object) {
        return Ok(None);
    }
    let mut keys = object.as_mapping().unwrap_or_default().iter().map(|entry| entry.key.as_str());
    if let Some(key) = keys.find(|key| !KEYS.contains(key)) {
        return Err(format!("has the key {key}, which this tool never writes"));
    }
    let resources = object.get("resources").and_then(Node::as_sequence).unwrap_or_default();
    if let Some(other) = resources.iter().find(|file| !file.as_str().is_some_and(is_file_name)) {
        return Err(match other.as_str() {
            Some(other) => format!("lists {other}, which was not written by this tool"),
            None => "lists something that was not written by this tool".to_owned(),
        });
    }
    let labels = object.get("metadata").and_then(|metadata| metadata.get("labels"));
    Ok(labels.and_then(|labels| labels.get("session_id")).and_then(Node::as_str).map(ToOwned::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::session::tests::{K8S, session};
    use crate::manifest::Format;
    use crate::yaml::read::first_document;

    #[test]
    fn it_is_recognized_unless_it_has_been_extended() {
        let session = session(K8S, None).unwrap();
        let mut text = Vec::new();
        let files = ["configmap-00-arb-tuning-a-tuning.yaml", "job-00-arb-tuning-a-worker-1-0.json"];
        Format::Yaml.push(&Kustomization::new(&session, files.map(ToOwned::to_owned)), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let whose = |text: &str| kustomization_session(&first_document(text).unwrap());
        assert_eq!(whose(&text), Ok(Some(session.session_id.clone())));
        assert_eq!(whose(&text.replace("app: arbitrage-tuning", "app: mine")), Ok(None));
        assert_eq!(whose("resources: []"), Ok(None));
        for (added, words) in [
            ("namePrefix: a-\n", "the key namePrefix"),
            ("- ../pvc.yaml\n", "lists ../pvc.yaml"),
            ("- 1\n", "lists something"),
        ] {
            let fault = whose(&format!("{text}{added}")).unwrap_err();
            assert!(fault.contains(words), "{fault}");
        }
    }
}

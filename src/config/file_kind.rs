//! Recognizes the kind of a document, and names the command that accepts it.

use crate::manifest::{Node, Value};
use crate::printable::quoted;

/// All keys of an orchestrator configuration.
const ORCHESTRATOR_KEYS: [&str; 8] =
    ["session_id", "total_iterations", "workers", "mode", "env", "optimizer", "config_path", "base_output_csv"];
/// Its required keys.
const NUMBERS: [&str; 3] = ["session_id", "total_iterations", "workers"];
/// The name of standard input in messages.
const STDIN: &str = "standard input";

/// The kind of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileKind {
    /// A session's K8s configuration (D29).
    K8s,
    /// An orchestrator configuration (D28).
    Orchestrator,
    /// A tuning file.
    Tuning,
    /// A kustomization.
    Kustomization,
    /// Another Kubernetes object, by its kind.
    Object(String),
}

impl FileKind {
    /// The kind of a document, if it can be recognized.
    #[must_use]
    pub fn of(root: &Node) -> Option<Self> {
        let text = |key: &str| root.get(key).and_then(Node::as_str);
        let has = |key: &str| root.get(key).is_some();
        if text("kind") == Some("Kustomization") || is_bare_kustomization(root) {
            return Some(Self::Kustomization);
        }
        if let (Some(kind), true) = (text("kind"), has("apiVersion") || has("metadata") || has("items")) {
            return Some(Self::Object(kind.to_owned()));
        }
        if has("k8s_namespace") && has("image") {
            return Some(Self::K8s);
        }
        let entries = root.as_mapping()?;
        if entries.iter().all(|entry| ORCHESTRATOR_KEYS.contains(&entry.key.as_str()))
            && NUMBERS.iter().all(|key| has(key))
        {
            return Some(Self::Orchestrator);
        }
        let is_tuning = root.get("tuning").is_some_and(|tuning| tuning.as_mapping().is_some()) && !has("session_id");
        is_tuning.then_some(Self::Tuning)
    }

    /// The kind in a sentence, with its article.
    #[must_use]
    pub fn named(&self) -> String {
        match self {
            Self::K8s => "a session's K8s configuration (D29)".to_owned(),
            Self::Orchestrator => "an orchestrator configuration (D28)".to_owned(),
            Self::Tuning => "a tuning file".to_owned(),
            Self::Kustomization => "a kustomization".to_owned(),
            Self::Object(kind) if kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) && kind.len() < 64 => {
                let article = if kind.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
                format!("{article} {kind}")
            }
            Self::Object(_) => "a Kubernetes object".to_owned(),
        }
    }
}

/// A kustomization may leave out its kind; a configuration has no list of resources.
fn is_bare_kustomization(root: &Node) -> bool {
    let is_list = |key: &str| matches!(root.get(key).map(|node| &node.value), Some(Value::Sequence(_)));
    root.get("kind").is_none() && root.get("session_id").is_none() && (is_list("resources") || is_list("components"))
}

/// What to do with a file.
#[must_use]
pub fn command(kind: &FileKind, name: &str) -> String {
    let file = word(name);
    match kind {
        FileKind::K8s => format!("Write: kubectl arbtune validate --k8s-config {file}"),
        FileKind::Orchestrator => {
            format!("Write: kubectl arbtune plan --k8s-config FILE --orchestrator-config {file}")
        }
        FileKind::Tuning => format!("Reference it from a K8s configuration: config_path: {file}"),
        FileKind::Kustomization => {
            let directory = name.rsplit_once('/').map_or(".", |(directory, _)| directory);
            format!("Write: kubectl kustomize {} | kubectl arbtune validate -f -", word(directory))
        }
        FileKind::Object(_) => format!("Write: kubectl arbtune validate -f {file}"),
    }
}

/// A file as a command-line argument.
#[must_use]
pub fn word(file: &str) -> String {
    if file == STDIN { "-".to_owned() } else { quoted(file).unwrap_or_else(|| "FILE".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Not imported from the session's tests, because the session depends on this module.
    const K8S: &str = include_str!("../../configs/d29_k8s/orchestrator_k8s_baseline.yaml");
    const ORCHESTRATOR: &str = include_str!("../../configs/d28_orchestrator/demo_baseline.yaml");

    fn kind(text: &str) -> Option<FileKind> {
        let mut kind = None;
        crate::manifest::documents(text, |document| kind = FileKind::of(&document.unwrap().root));
        kind
    }

    #[test]
    fn each_file_is_what_it_is() {
        let job = include_str!("../../tests/data/worker-1.yaml");
        let tuning = include_str!("../../configs/d23_tuning/advanced_baseline.yaml");
        assert_eq!(kind(K8S), Some(FileKind::K8s));
        assert_eq!(kind(ORCHESTRATOR), Some(FileKind::Orchestrator));
        assert_eq!(kind(tuning), Some(FileKind::Tuning));
        assert_eq!(kind(job), Some(FileKind::Object("Job".to_owned())));
        for text in [
            "kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\n",
            "resources: [a.yaml]\nnamePrefix: x-\n",
        ] {
            assert_eq!(kind(text), Some(FileKind::Kustomization), "{text}");
        }
        assert_eq!(kind("kind: JobList\nitems: []\n"), Some(FileKind::Object("JobList".to_owned())));
        // A file that only lacks a key is told which one.
        for text in [&K8S.replace("image:", "imgae:"), "session_id: a\nworkers: 1\n", "[1]", "a", "kind: x\n"] {
            assert_eq!(kind(text), None, "{text}");
        }
    }

    #[test]
    fn commands_can_be_copied() {
        for (kind, file, expected) in [
            (FileKind::Kustomization, "a b/kustomization.yaml", "kubectl kustomize 'a b' |"),
            (FileKind::Kustomization, "kustomization.yaml", "kubectl kustomize . |"),
            (FileKind::Object("Job".to_owned()), STDIN, "validate -f -"),
        ] {
            let command = command(&kind, file);
            assert!(command.contains(expected), "{command}");
        }
    }
}

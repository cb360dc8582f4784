//! Recognizes the kind of a document that was given to the wrong flag, and names the command that accepts it.

use super::file::ConfigFile;
use super::problem::Problems;
use super::rules;
use crate::diagnostic::Reason::FieldValueInvalid;
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
enum FileKind {
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
    fn of(root: &Node) -> Option<Self> {
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
    fn named(&self) -> String {
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

/// Reports a file that is not a K8s configuration, or not an orchestrator configuration; returns false if both may be
/// what their flags expect.
pub fn refuse_others(k8s: &ConfigFile, orchestrator: Option<&ConfigFile>, problems: &mut [Problems<'_>; 2]) -> bool {
    let kinds = (FileKind::of(k8s.root()), orchestrator.and_then(|file| FileKind::of(file.root())));
    let [in_k8s, in_orchestrator] = problems;
    match (&kinds, orchestrator) {
        ((Some(FileKind::Orchestrator), Some(FileKind::K8s)), Some(other)) => {
            let (ours, theirs) = (word(k8s.name()), word(other.name()));
            let message =
                "The two configurations are swapped: this is the orchestrator configuration (D28).".to_owned();
            let help = format!("Write: kubectl arbtune plan --k8s-config {theirs} --orchestrator-config {ours}");
            tell(k8s, (message, help), in_k8s);
            true
        }
        ((ours, theirs), _) => {
            let ours = ours.as_ref().filter(|kind| **kind != FileKind::K8s);
            if let Some(kind) = ours {
                let message = format!("This is {}, but --k8s-config takes a K8s configuration (D29).", kind.named());
                tell(k8s, (message, command(kind, k8s.name())), in_k8s);
            }
            let theirs = theirs.as_ref().filter(|kind| **kind != FileKind::Orchestrator).zip(orchestrator);
            if let Some((kind, file)) = theirs {
                let named = kind.named();
                let message =
                    format!("This is {named}, but --orchestrator-config takes an orchestrator configuration (D28).");
                tell(file, (message, command(kind, file.name())), in_orchestrator);
            }
            ours.is_some() || theirs.is_some()
        }
    }
}

/// The kind of a file that is not a manifest, and the command that accepts it.
#[must_use]
pub fn instead_of_manifest(root: &Node, file: &str) -> Option<String> {
    let kind = FileKind::of(root).filter(|kind| !matches!(kind, FileKind::Object(_)))?;
    Some(format!("This is {}. {}", kind.named(), command(&kind, file)))
}

fn tell(file: &ConfigFile, wording: (String, String), problems: &mut Problems<'_>) {
    let position = file.root().entry("kind").map_or(file.root().position, |entry| entry.value.position);
    problems.add(&rules::FILE, FieldValueInvalid, "", position, wording);
}

/// What to do with a file.
fn command(kind: &FileKind, name: &str) -> String {
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
fn word(file: &str) -> String {
    if file == STDIN { "-".to_owned() } else { quoted(file).unwrap_or_else(|| "FILE".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Not imported from the session's tests, because the session depends on this module.
    const K8S: &str = include_str!("../../configs/d29_k8s/orchestrator_k8s_baseline.yaml");
    const ORCHESTRATOR: &str = include_str!("../../configs/d28_orchestrator/demo_baseline.yaml");

    fn kind(text: &str) -> Option<FileKind> {
        let file = ConfigFile::parse("x.yaml".to_owned(), text.into()).unwrap();
        FileKind::of(file.root())
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

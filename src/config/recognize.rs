//! Recognizes the kind of a document that was given to the wrong flag, and names the command that accepts it.

use super::file::ConfigFile;
use super::file_kind::{FileKind, command, word};
use super::problem::Problems;
use super::rules;
use crate::diagnostic::Reason::FieldValueInvalid;
use crate::manifest::Node;

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
                // A second K8s configuration is redundant; only if the first file is not one, it is the right one.
                let name = if ours.is_none() && *kind == FileKind::K8s { k8s.name() } else { file.name() };
                tell(file, (message, command(kind, name)), in_orchestrator);
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

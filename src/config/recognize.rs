//! Which of the files of this trade a document is, for who has given one to the wrong flag. A document comes in; what it
//! is, and the command that takes it, goes out.

use super::file::ConfigFile;
use super::file_kind::{FileKind, command, word};
use super::problem::Problems;
use super::rules;
use crate::diagnostic::Reason::FieldValueInvalid;
use crate::manifest::Node;

/// Tells of a file that is no K8s configuration, or of one that is no orchestrator configuration; false where each may
/// be what its flag takes.
pub fn refuse_others(k8s: &ConfigFile, orchestrator: Option<&ConfigFile>, problems: &mut [Problems<'_>; 2]) -> bool {
    let kinds = (FileKind::of(k8s.root()), orchestrator.and_then(|file| FileKind::of(file.root())));
    let [in_k8s, in_orchestrator] = problems;
    match (&kinds, orchestrator) {
        ((Some(FileKind::Orchestrator), Some(FileKind::K8s)), Some(other)) => {
            let (ours, theirs) = (word(k8s.name()), word(other.name()));
            let message = "The two configurations are swapped: this is the orchestrator's (D28).".to_owned();
            let help = format!("Write: kubectl arbtune plan --k8s-config {theirs} --orchestrator-config {ours}");
            tell(k8s, (message, help), in_k8s);
            true
        }
        ((ours, theirs), _) => {
            let ours = ours.as_ref().filter(|kind| **kind != FileKind::K8s);
            if let Some(kind) = ours {
                let message = format!("This is {}, and --k8s-config takes a K8s configuration (D29).", kind.named());
                tell(k8s, (message, command(kind, k8s.name())), in_k8s);
            }
            let theirs = theirs.as_ref().filter(|kind| **kind != FileKind::Orchestrator).zip(orchestrator);
            if let Some((kind, file)) = theirs {
                let named = kind.named();
                let message = format!("This is {named}, and --orchestrator-config takes an orchestrator's (D28).");
                // A second K8s configuration is one too many; where the other is none, it is the one.
                let name = if ours.is_none() && *kind == FileKind::K8s { k8s.name() } else { file.name() };
                tell(file, (message, command(kind, name)), in_orchestrator);
            }
            ours.is_some() || theirs.is_some()
        }
    }
}

/// What a file that is no manifest is, and the command that takes it.
#[must_use]
pub fn instead_of_manifest(root: &Node, file: &str) -> Option<String> {
    let kind = FileKind::of(root).filter(|kind| !matches!(kind, FileKind::Object(_)))?;
    Some(format!("This is {}. {}", kind.named(), command(&kind, file)))
}

fn tell(file: &ConfigFile, wording: (String, String), problems: &mut Problems<'_>) {
    let position = file.root().entry("kind").map_or(file.root().position, |entry| entry.value.position);
    problems.add(&rules::FILE, FieldValueInvalid, "", position, wording);
}

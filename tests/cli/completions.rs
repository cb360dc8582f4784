//! The checked-in completion scripts are what the tool prints.

use crate::common::{root, run, run_well};

#[test]
fn the_scripts_are_current() {
    for (shell, file) in [
        ("bash", "kubectl-arbtune.bash"),
        ("zsh", "_kubectl-arbtune"),
        ("fish", "kubectl-arbtune.fish"),
        ("powershell", "_kubectl-arbtune.ps1"),
        ("elvish", "kubectl-arbtune.elv"),
    ] {
        let printed = run_well(&["completion", shell]).out;
        let path = root().join("completions").join(file);
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(printed == kept, "Run: kubectl-arbtune completion {shell} > completions/{file}");
    }
}

#[test]
fn an_unknown_shell() {
    let ran = run(&["completion", "tcsh"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("bash"), "{}", ran.err);
}

#[test]
fn words_are_completed_in_kubectls_protocol() {
    let flags = run_well(&["__complete", "generate", "--o"]).out;
    assert!(flags.contains("--output-dir\t") && flags.contains("--orchestrator-config\t"), "{flags}");
    assert!(flags.ends_with(":4\n"), "{flags}");
    let formats = run_well(&["__complete", "plan", "-o", ""]).out;
    let words: Vec<&str> = formats.lines().map(|line| line.split('\t').next().unwrap()).collect();
    assert_eq!(words, ["table", "wide", "json", "yaml", "name", ":4"]);
    assert_eq!(run_well(&["__complete", "generate", "--k8s-config", ""]).out, ":0\n", "The shell completes files.");
    let commands = run_well(&["__complete", ""]).out;
    for command in ["generate\t", "plan\t", "validate\t", "completion\t"] {
        assert!(commands.contains(command), "{commands}");
    }
    assert!(!commands.contains("__complete"));
}

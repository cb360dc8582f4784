//! What is completed, and the checked-in completion scripts. tests/cli/shells.rs has real shells use them.

use crate::common::{root, run, run_well};

#[test]
fn the_scripts_are_current() {
    for (shell, file) in [
        ("bash", "kubectl-arbtune.bash"),
        ("zsh", "_kubectl-arbtune"),
        ("fish", "kubectl-arbtune.fish"),
        ("powershell", "_kubectl-arbtune.ps1"),
        ("elvish", "kubectl-arbtune.elv"),
        ("nushell", "kubectl-arbtune.nu"),
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

/// The words that are offered after these, and the directive.
fn offered(words: &[&str]) -> (Vec<String>, String) {
    let out = run_well(&[&["__complete"], words].concat()).out;
    let mut lines: Vec<String> = out.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect();
    let directive = lines.pop().unwrap();
    (lines, directive)
}

#[test]
fn words_are_completed_in_kubectls_protocol() {
    let flags = run_well(&["__complete", "generate", "--o"]).out;
    assert!(flags.contains("--output-dir\t") && flags.contains("--orchestrator-config\t"), "{flags}");
    assert!(flags.ends_with(":4\n"), "{flags}");
    let all = ":4".to_owned();
    for (words, expected) in [
        (&["plan", "-o", ""][..], &["table", "wide", "json", "yaml", "name"][..]),
        // The value alone: the shells hold back what stands before it.
        (&["plan", "--output=j"], &["json"]),
        (&["--color", ""], &["auto", "always", "never"]),
        (&["plan", "--color="], &["auto", "always", "never"]),
        (&["validate", "--explain", "job-number"], &["job-numbers"]),
        (&["validate", "--skip-rule", "job-number"], &[]),
        (&[""], &["generate", "plan", "validate", "status", "results", "init", "completion", "help", "version"]),
        (&["__"], &[]),
        (&["help", "p"], &["plan"]),
        (&["plan", "--set", "image="], &[]),
        (&["plan", "--set=extra_env."], &[]),
    ] {
        let expected = expected.iter().map(ToString::to_string).collect();
        assert_eq!(offered(words), (expected, all.clone()), "{words:?}");
    }
}

#[test]
fn a_value_is_typed_behind_a_key() {
    for (words, expected) in [
        (&["plan", "--set", "im"][..], &["image="][..]),
        (&["plan", "--set=im"], &["image="]),
        (&["plan", "--set", "resources.l"], &["resources.limits.cpu=", "resources.limits.memory="]),
        (&["plan", "--set", "ex"], &["extra_env."]),
    ] {
        let expected = expected.iter().map(ToString::to_string).collect();
        assert_eq!(offered(words), (expected, ":6".to_owned()), "{words:?}");
    }
}

#[test]
fn the_shell_completes_paths() {
    for (words, directive) in [
        (&["generate", "--k8s-config", ""][..], ":0"),
        (&["generate", "--k8s-config=a"], ":0"),
        (&["validate", "-f", "a"], ":0"),
        (&["validate", "-R", "-f", ""], ":0"),
        (&["plan", "--diff", ""], ":0"),
        (&["generate", "-d", ""], ":16"),
        (&["generate", "--output-dir=a"], ":16"),
        (&["generate", "-qd", ""], ":16"),
        // What is no value of such a flag is no path.
        (&["generate", "--", "-d", ""], ":4"),
        (&["generate", "--namespace", "--k8s-config"], ":4"),
    ] {
        assert_eq!(offered(words), (Vec::new(), directive.to_owned()), "{words:?}");
    }
}

#[test]
fn no_script_offers_what_is_hidden() {
    for shell in ["powershell", "elvish", "nushell"] {
        let script = run_well(&["completion", shell]).out;
        assert!(!script.contains("__complete") && script.contains("validate"), "{shell}");
    }
    let nushell = run_well(&["completion", "nushell"]).out;
    assert!(nushell.contains("\"job-numbers\"") && nushell.contains("\"tuning-backoff-limit\""), "{nushell}");
}

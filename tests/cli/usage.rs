//! Help, and a command line that is wrong.

use serde_json::Value;

use crate::common::{K8S, run, run_well};
#[cfg(target_os = "linux")]
use crate::terminal::Terminal;

#[test]
fn help_and_version_are_commands_too() {
    assert_eq!(run_well(&["help"]).out, run_well(&["--help"]).out);
    for command in ["generate", "plan", "validate", "completion", "help", "version"] {
        assert_eq!(run_well(&["help", command]).out, run_well(&[command, "--help"]).out, "{command}");
    }
    assert_eq!(run_well(&["version"]).out, run_well(&["--version"]).out);
    let unknown = run(&["help", "apply"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
}

#[test]
fn wrong_usage_says_what_to_write() {
    for (args, words) in [
        (&["delete"][..], "never talks to a cluster.\nWrite: kubectl delete\n"),
        (&["apply"], "kubectl arbtune generate --k8s-config FILE | kubectl apply -f -\n"),
        (&["genrate"], "Did you mean generate?\n"),
        (&["generate", K8S], &format!("write --k8s-config {K8S}.\n")),
        (&["plan", "-f", K8S], "write --k8s-config FILE.\n"),
        (&["validate"], "-f FILE, or a session's configuration with --k8s-config FILE.\n"),
        (&["validate", "-q"], "-f FILE, or a session's configuration with --k8s-config FILE.\n"),
        (&["validate", "--explain", "nope"], "There is no rule nope. List the rules with --list-rules.\n"),
        (&["validate", "--explain", "job-numbrs"], "Did you mean job-numbers?"),
        (&["validate", "--explain", "ImageVolumes"], "Did you mean ImageVolume?"),
        (&["plan", "my session.yaml"], "write --k8s-config 'my session.yaml'.\n"),
        (&["validate", "--list-rules", "-o", "sarif"], "-o table or -o json"),
    ] {
        let ran = run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.starts_with("error: ") && ran.err.contains(words), "{args:?}: {}", ran.err);
    }
    for word in ["delete", "apply", "frobnicate", "get"] {
        assert!(!run(&[word]).err.contains("mean"), "{word}");
    }
}

#[test]
fn colours_hold_for_wrong_usage_and_help() {
    for args in [&["nope"][..], &["generate", "x"], &["generate"], &["plan", "--k8s-config"], &["generate", "-o", "x"]]
    {
        for color in [&["--color", "always"][..], &["--color=always"]] {
            let ran = run(&[color, args].concat());
            assert!(ran.code == 2 && ran.err.starts_with('\u{1b}'), "{args:?}: {ran:?}");
        }
        assert!(!run(&[args, &["--color", "never"]].concat()).err.contains('\u{1b}'), "{args:?}");
    }
    assert!(run_well(&["--color", "always", "--help"]).out.contains('\u{1b}'));
    assert!(run_well(&["help", "--color=always"]).out.contains('\u{1b}'));
}

#[test]
fn an_argument_with_control_characters_is_escaped() {
    for args in [&["a\u{1b}[2Jb"][..], &["generate", "a\n::error::b"], &["plan", "--\u{9b}x"], &["--\u{202e}x"]] {
        let ran = run(args);
        assert_eq!(ran.code, 2);
        assert!(
            !ran.err.contains(['\u{1b}', '\u{9b}', '\u{202e}']) && !ran.err.contains("\n::"),
            "{args:?}: {}",
            ran.err
        );
    }
}

#[test]
fn rules_are_listed_for_programs() {
    let list: Value = serde_json::from_str(&run_well(&["validate", "--list-rules", "-o", "json"]).out).unwrap();
    let rules = list["rules"].as_array().unwrap();
    let rows = run_well(&["validate", "--list-rules", "--no-headers"]).out;
    assert_eq!(rows.split("\n\n").next().unwrap().lines().count(), rules.len());
    for rule in rules {
        let (summary, description) = (rule["summary"].as_str().unwrap(), rule["description"].as_str().unwrap());
        assert!(summary.ends_with('.') && description.starts_with(summary), "{rule}");
        // A whole sentence: what follows it is another one.
        let rest = description[summary.len()..].trim_start();
        assert!(!rest.starts_with("or ") && !rest.starts_with("and "), "{rule}");
        assert!(!rule["versions"].as_array().unwrap().is_empty(), "{rule}");
    }
    assert!(!list["fields"].as_array().unwrap().is_empty());
    assert_eq!(
        list["gates"].as_array().unwrap().iter().find(|gate| gate["name"] == "ImageVolume").unwrap()["by_default"]["1.36"],
        true
    );
    let one: Value =
        serde_json::from_str(&run_well(&["validate", "--explain", "job-numbers", "-o", "json"]).out).unwrap();
    assert!(rules.contains(&one));
}

#[test]
fn quiet_validation_shows_findings_alone() {
    let sound = run_well(&["validate", "-q", "--k8s-config", K8S]);
    assert_eq!((sound.out.as_str(), sound.err.as_str()), ("", ""));
    let unsound = run(&["validate", "-q", "-f", "tests/data/mistyped.yaml"]);
    assert_eq!(unsound.code, 1);
    assert!(unsound.out.starts_with("error[unknown-field]") && !unsound.out.contains("VERDICT"), "{}", unsound.out);
}

/// What a person sees of a help in a terminal.
#[cfg(target_os = "linux")]
fn help_in_a_terminal(width: u16, args: &[&str]) -> String {
    let tool = assert_cmd::cargo::cargo_bin("kubectl-arbtune");
    let terminal = Terminal::start(tool.to_str().unwrap(), args, width, |command| {
        command.env("NO_COLOR", "1");
    });
    terminal.finish()
}

#[cfg(target_os = "linux")]
#[test]
fn help_fits_the_terminal() {
    for width in [40, 80, 100, 120] {
        for args in
            [&["--help"][..], &["generate", "--help"], &["help", "validate"], &["plan", "-h"], &["completion", "-h"]]
        {
            let shown = help_in_a_terminal(width, args);
            assert!(shown.contains("Usage:"), "{shown}");
            let wide = shown.lines().find(|line| line.trim_end().chars().count() > usize::from(width));
            assert_eq!(wide, None, "{width} {args:?}\n{shown}");
        }
    }
}

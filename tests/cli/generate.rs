//! `generate`: streams, files, summaries and refusals.

use std::io::Read;
use std::process::{Command, Stdio};

use crate::common::{CREATED_AT, K8S, ORCHESTRATOR, arbtune, arg, names_in, root, run, run_well, run_with, text_of};

fn generate(more: &[&str]) -> Vec<&'static str> {
    let mut args = vec!["generate", "--k8s-config", K8S];
    args.extend(more.iter().map(|more| &*Box::leak((*more).to_owned().into_boxed_str())));
    args
}

#[test]
fn manifests_on_stdout_and_the_summary_on_stderr() {
    let ran = run_well(&generate(&[]));
    assert_eq!(ran.out.matches("kind: Job").count(), 2);
    assert!(ran.err.starts_with("INDEX   JOB"), "{}", ran.err);
    assert!(
        ran.err.ends_with("2 jobs, 6 iterations: session d29-k8s-demo-session, namespace trading-bots, mode paper\n")
    );
    let quiet = run_well(&generate(&["-q"]));
    assert_eq!(quiet.err, "");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let first = run_well(&generate(&["--created-at", CREATED_AT])).out;
    assert_eq!(first, run_well(&generate(&["--created-at", "2025-11-17T03:21:45+09:00"])).out);
    let epoch = arbtune(&generate(&[])).env("SOURCE_DATE_EPOCH", "1763317305").assert().success();
    assert_eq!(String::from_utf8_lossy(&epoch.get_output().stdout), first);
    let flag_wins = arbtune(&generate(&["--created-at", CREATED_AT])).env("SOURCE_DATE_EPOCH", "1").assert().success();
    assert_eq!(String::from_utf8_lossy(&flag_wins.get_output().stdout), first);
}

#[test]
fn now_is_utc_with_microseconds() {
    let out = run_well(&generate(&[])).out;
    let line = out.lines().find(|line| line.contains("created_at")).unwrap();
    let value = line.split_once(": ").unwrap().1.trim_matches('"');
    assert_eq!(value.len(), "2025-11-16T18:21:45.000000Z".len(), "{value}");
    assert!(value.ends_with('Z') && value.as_bytes()[19] == b'.', "{value}");
}

#[test]
fn a_bad_time_is_wrong_usage_and_a_bad_environment_is_not() {
    let flag = run(&generate(&["--created-at", "yesterday"]));
    assert_eq!((flag.code, flag.out.as_str()), (2, ""));
    assert!(flag.err.contains("\"yesterday\" is not a valid time. Write RFC 3339"), "{}", flag.err);
    let epoch = arbtune(&generate(&[])).env("SOURCE_DATE_EPOCH", "soon").assert().code(1);
    assert!(String::from_utf8_lossy(&epoch.get_output().stderr).starts_with("error: SOURCE_DATE_EPOCH is \"soon\""));
}

#[test]
fn names_only() {
    let ran = run_well(&generate(&["-o", "name"]));
    let expected = "job.batch/arb-tuning-d29-k8s--worker-1-0\njob.batch/arb-tuning-d29-k8s--worker-2-1\n";
    assert_eq!((ran.out.as_str(), ran.err.as_str()), (expected, ""));
}

#[test]
fn one_file_per_job() {
    let dir = tempfile::tempdir().unwrap();
    let jobs = dir.path().join("a/jobs");
    let ran = run_well(&generate(&["-d", arg(&jobs), "--created-at", CREATED_AT]));
    assert_eq!(ran.err, "");
    assert!(ran.out.lines().last().unwrap().ends_with(&format!("{}: 2 created", jobs.display())), "{}", ran.out);
    let names = names_in(&jobs);
    assert_eq!(names, ["job-00-arb-tuning-d29-k8s--worker-1-0.yaml", "job-01-arb-tuning-d29-k8s--worker-2-1.yaml"]);
    assert_eq!(std::fs::read_to_string(jobs.join(&names[0])).unwrap(), text_of("tests/data/worker-1.yaml"));
    let json = dir.path().join("json");
    assert_eq!(run_well(&generate(&["-d", arg(&json), "-o", "json", "-q"])).out, "");
    assert_eq!(names_in(&json)[1], "job-01-arb-tuning-d29-k8s--worker-2-1.json");
}

#[test]
fn names_sort_for_any_number_of_jobs() {
    let dir = tempfile::tempdir().unwrap();
    let config = text_of(K8S).replace("workers: 2", "workers: 101").replace("iterations: 6", "iterations: 101");
    let ran = run_with(&["generate", "--k8s-config", "-", "-d", arg(dir.path()), "-q"], config);
    assert_eq!(ran.code, 0, "{ran:?}");
    let names = names_in(dir.path());
    assert_eq!(names[0], "job-000-arb-tuning-d29-k8s--worker-1-0.yaml");
    assert_eq!(names[100], "job-100-arb-tuning-d29-k8s--worker-101-100.yaml");
}

#[test]
fn the_orchestrator_config_gives_iterations_and_workers() {
    let orchestrator =
        text_of(ORCHESTRATOR).replace("iterations: 6", "iterations: 7").replace("workers: 2", "workers: 3");
    let out = run_with(&generate(&["--orchestrator-config", "-"]), orchestrator);
    assert_eq!(out.code, 0, "{out:?}");
    let iterations: Vec<&str> = out
        .out
        .lines()
        .zip(out.out.lines().skip(1))
        .filter(|(line, _)| line.trim() == "- --iterations")
        .map(|(_, next)| next.trim().trim_start_matches("- ").trim_matches('"'))
        .collect();
    assert_eq!(iterations, ["3", "2", "2"]);
    assert!(!out.out.contains("d28-demo"), "The session's id is the K8s configuration's.");
}

#[test]
fn flags_override_the_configuration() {
    let out = run_well(&generate(&["-n", "elsewhere", "--session-id", "night-07-run"])).out;
    assert_eq!(out.matches("namespace: elsewhere").count(), 2);
    assert!(out.contains("name: arb-tuning-night-07-worker-1-0"));
    for (flag, value, words) in [("-n", "No_Namespace", "character 1 is 'N'"), ("--session-id", "a b", "character 2")] {
        let ran = run(&generate(&[flag, value]));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.starts_with("error: ") && ran.err.contains(words), "{}", ran.err);
    }
}

#[test]
fn live_needs_a_word_of_its_own() {
    let live = text_of(K8S).replace("mode: paper", "mode: live");
    let refused = run_with(&["generate", "--k8s-config", "-"], live.clone());
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(refused.err.contains("trades with real money") && refused.err.contains("--allow-live"), "{}", refused.err);
    let allowed = run_with(&["generate", "--k8s-config", "-", "--allow-live"], live);
    assert_eq!(allowed.code, 0);
    assert!(allowed.err.starts_with("warning: mode is live"), "{}", allowed.err);
    assert!(allowed.out.contains("mode: live"));
}

#[test]
fn nothing_is_written_where_the_configuration_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let jobs = dir.path().join("jobs");
    let wrong = text_of(K8S).replace("workers: 2", "workers: 0");
    let ran = run_with(&["generate", "--k8s-config", "-", "-d", arg(&jobs)], wrong);
    assert_eq!((ran.code, ran.out.as_str(), jobs.exists()), (1, "", false));
}

#[test]
fn what_the_server_would_refuse_is_not_written() {
    let config = text_of(K8S).replace("cpu: 500m", "example.com/gpu: 1");
    let ran = run_with(&["generate", "--k8s-config", "-"], config);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(
        ran.err.contains("spec.template.spec.containers[0].resources.limits: example.com/gpu needs a limit"),
        "{}",
        ran.err
    );
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let config = text_of(K8S).replace("workers: 2", "workers: 5000").replace("iterations: 6", "iterations: 5000");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.yaml");
    std::fs::write(&path, config).unwrap();
    for format in ["yaml", "json", "name"] {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin("kubectl-arbtune"))
            .args(["generate", "--k8s-config", arg(&path), "-o", format])
            .current_dir(root())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{format}: {output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
    }
}

#[test]
fn a_full_device_is_an_error() {
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else {
        eprintln!("skipped: there is no /dev/full here");
        return;
    };
    let output = Command::new(assert_cmd::cargo::cargo_bin("kubectl-arbtune"))
        .args(generate(&[]))
        .current_dir(root())
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: The manifests cannot be written"));
}

#[test]
fn usage_errors_say_what_to_do() {
    for (args, words) in [
        (vec!["generate"], "--k8s-config"),
        (generate(&["--quiett"]), "--quiet"),
        (generate(&["-o", "yml"]), "yaml"),
        (generate(&["-o", "name", "-d", "x"]), "Remove --output-dir"),
        (vec!["generate", "--k8s-config", "-", "--orchestrator-config", "-"], "Only one of the two configurations"),
        (vec!["genrate"], "generate"),
    ] {
        let ran = run(&args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.starts_with("error: ") && ran.err.contains(words), "{args:?}: {}", ran.err);
    }
}

#[test]
fn help_shows_examples() {
    for args in [&["--help"][..], &["generate", "--help"], &["plan", "-h"], &["validate", "-h"], &["completion", "-h"]]
    {
        let ran = run_well(args);
        assert!(ran.out.contains("Examples:\n  # ") && ran.err.is_empty(), "{args:?}");
    }
}

#[test]
fn colours_only_where_they_are_wanted() {
    let escape = '\u{1b}';
    assert!(!run_well(&generate(&[])).err.contains(escape), "a pipe is no terminal");
    assert!(run_well(&generate(&["--color", "always"])).err.contains(escape));
    let no_color = arbtune(&generate(&["--color", "auto"])).env("NO_COLOR", "1").assert().success();
    assert!(!String::from_utf8_lossy(&no_color.get_output().stderr).contains(escape));
    assert!(!run_well(&generate(&["--color", "always"])).out.contains(escape), "manifests are never coloured");
}

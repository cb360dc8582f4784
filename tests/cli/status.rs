//! `status`: a session as a real control plane wrote it, from each file that `kubectl get` printed of it.

use std::io::{Read, Write};
use std::process::Stdio;

use serde_json::Value;

use crate::common::{Ran, arbtune, text_of};

const CONFIG: &str = "tests/after/session.yaml";

/// What happened, by the table in tests/after/README.md: the phase, the reason, and what a person is told. Nothing more
/// is known of a worker that succeeded, or of one that simply runs.
const WITH_PODS: [(&str, &str, &str); 12] = [
    ("succeeded", "", ""),
    ("running", "", ""),
    ("failed", "Error", "exit code 2"),
    ("failed", "OOMKilled", "OOMKilled, exit code 137 (SIGKILL)"),
    ("pending", "ImagePullBackOff", "ImagePullBackOff"),
    ("pending", "Unschedulable", "Unschedulable"),
    ("suspended", "JobSuspended", "waiting to be resumed"),
    ("failed", "DeadlineExceeded", "DeadlineExceeded; its pod is gone"),
    ("missing", "NoJob", "no Job"),
    ("pending", "ContainerCreating", "ContainerCreating"),
    ("failed", "Evicted", "Evicted"),
    ("running", "Retried", "1 earlier pod failed: exit code 1"),
];

/// The same from the Jobs alone, which do not say why a pod waits or has failed.
const JOBS_ALONE: [(&str, &str, &str); 12] = [
    ("succeeded", "", ""),
    ("running", "", ""),
    ("failed", "BackoffLimitExceeded", "BackoffLimitExceeded"),
    ("failed", "BackoffLimitExceeded", "BackoffLimitExceeded"),
    ("pending", "PodNotReady", "its pod is not ready"),
    ("pending", "PodNotReady", "its pod is not ready"),
    ("suspended", "JobSuspended", "waiting to be resumed"),
    ("failed", "DeadlineExceeded", "DeadlineExceeded"),
    ("missing", "NoJob", "no Job"),
    ("pending", "PodNotReady", "its pod is not ready"),
    ("failed", "BackoffLimitExceeded", "BackoffLimitExceeded"),
    ("running", "Retried", "1 earlier pod failed"),
];

/// Shortly after the files were written; what still runs shows how long it has.
const NOW: &str = "1795562463";

fn run_with(args: &[&str], input: impl Into<Vec<u8>>) -> Ran {
    arbtune(args).env("SOURCE_DATE_EPOCH", NOW).write_stdin(input).assert().into()
}

fn run(args: &[&str]) -> Ran {
    run_with(args, "")
}

fn file(name: &str) -> String {
    format!("tests/after/{name}")
}

/// The one session in what a run printed as JSON.
fn session_of(out: &str) -> Value {
    let mut all: Value = serde_json::from_str(out).unwrap();
    assert_eq!(all["sessions"].as_array().unwrap().len(), 1);
    all["sessions"][0].take()
}

fn causes(session: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let workers = session["workers"].as_array().unwrap();
    workers
        .iter()
        .map(|worker| (text(&worker["phase"]), text(&worker["cause"]["reason"]), text(&worker["cause"]["summary"])))
        .collect()
}

#[test]
fn each_file_shows_what_happened() {
    let gone = |reason, summary| {
        let mut table = JOBS_ALONE;
        table[8] = ("missing", reason, summary);
        table
    };
    for (name, table) in [
        ("jobs-pods.json", WITH_PODS),
        ("jobs-pods.yaml", WITH_PODS),
        ("jobs.json", JOBS_ALONE),
        ("jobs.yaml", JOBS_ALONE),
        ("jobs-watch-events.json", gone("Deleted", "its Job was deleted")),
        ("jobs-watch.json", gone("Deleting", "its Job is being deleted")),
    ] {
        for config in [&[][..], &["--k8s-config", CONFIG]] {
            let ran = run(&[&["status", "-f", &file(name), "-o", "json"], config].concat());
            assert_eq!((ran.code, ran.err.as_str()), (2, ""), "{name}");
            let session = session_of(&ran.out);
            let told = causes(&session);
            let told: Vec<(&str, &str, &str)> = told
                .iter()
                .map(|(phase, reason, summary)| (phase.as_str(), reason.as_str(), summary.as_str()))
                .collect();
            assert_eq!(told, table, "{name}");
            let piped = run_with(&[&["status", "-f", "-", "-o", "json"], config].concat(), text_of(&file(name)));
            assert_eq!(piped.out, ran.out, "{name}");
        }
    }
}

#[test]
fn words_codes_and_times_are_those_of_the_cluster() {
    let ran = run(&["status", "-f", &file("jobs-pods.json"), "--k8s-config", CONFIG, "-o", "json"]);
    let session = session_of(&ran.out);
    let worker = |number: usize| &session["workers"][number - 1];
    let container = |number| &worker(number)["cause"]["container"];
    assert!(container(3)["message"].as_str().unwrap().contains("invalid choice: 'stage'"));
    assert_eq!((container(3)["exit_code"].as_i64(), container(4)["exit_code"].as_i64()), (Some(2), Some(137)));
    assert_eq!((container(4)["signal"].as_str(), container(11)["signal"].as_str()), (Some("SIGKILL"), Some("SIGTERM")));
    assert_eq!(worker(3)["cause"]["job"]["message"], "Job has reached the specified backoff limit");
    assert!(worker(5)["cause"]["message"].as_str().unwrap().starts_with("Back-off pulling image"));
    assert!(
        worker(6)["cause"]["message"].as_str().unwrap().starts_with("0/1 nodes are available: 1 node(s) didn't match")
    );
    assert_eq!(worker(11)["cause"]["message"], "The node was low on resource: memory.");
    assert_eq!(worker(11)["cause"]["condition"]["reason"], "TerminationByKubelet");
    assert_eq!((worker(1)["since"].as_str(), worker(1)["seconds"].as_i64()), (Some("2026-11-24T23:19:49Z"), Some(4)));
    assert_eq!((worker(12)["attempts"].as_i64(), worker(7)["attempts"].as_i64()), (Some(2), Some(0)));
    assert_eq!(session["summary"]["iterations"]["total"], 30);
    let attention: Vec<bool> = (1..=12).map(|number| worker(number)["attention"].as_bool().unwrap()).collect();
    let expected = [3, 4, 5, 6, 7, 8, 9, 11];
    assert_eq!(attention, (1..=12).map(|number| expected.contains(&number)).collect::<Vec<_>>());
    assert_eq!(worker(3)["next_command"], "kubectl logs arb-tuning-d29-k8s--worker-3-2-d98zg -n trading-bots");
    assert_eq!(worker(6)["next_command"], "kubectl describe pod arb-tuning-d29-k8s--worker-6-5-wbcp9 -n trading-bots");
}

#[test]
fn shortly_after_the_start_nothing_has_failed_yet() {
    let ran = run(&["status", "-f", &file("early-jobs-pods.json"), "-o", "json"]);
    assert_eq!(ran.code, 1);
    let session = session_of(&ran.out);
    let phases: Vec<String> = causes(&session).into_iter().map(|(phase, ..)| phase).collect();
    let mut expected = ["running"; 12];
    for number in [5, 6, 9, 10] {
        expected[number - 1] = "pending";
    }
    expected[6] = "suspended";
    assert_eq!(phases, expected);
    // What was printed later counts, in whatever order it is read.
    for files in [["early-jobs-pods.json", "jobs-pods.json"], ["jobs-pods.json", "early-jobs-pods.json"]] {
        let [first, second] = files.map(file);
        let both = session_of(&run(&["status", "-f", &first, "-f", &second, "-o", "json"]).out);
        let phases: Vec<String> = causes(&both).into_iter().map(|(phase, ..)| phase).collect();
        let mut last = WITH_PODS.map(|(phase, ..)| phase);
        // No list says that a Job is gone: the earlier one still holds it.
        last[8] = "pending";
        assert_eq!(phases, last);
    }
}

#[test]
fn the_exit_code_reflects_the_session() {
    let code = |args: &[&str], input: &str| run_with(&[&["status"], args].concat(), input).code;
    let all = text_of(&file("jobs-pods.json"));
    assert_eq!(code(&["-f", "-"], &all), 2);
    assert_eq!(code(&["-f", "-", "--exit-code=false"], &all), 0);
    let list: Value = serde_json::from_str(&all).unwrap();
    let of_workers = |ids: &[&str]| {
        let ids: Vec<Value> = ids.iter().map(|id| (*id).into()).collect();
        let mut list = list.clone();
        let items = list["items"].as_array_mut().unwrap();
        items.retain(|item| ids.contains(&item["metadata"]["labels"]["worker_id"]));
        list.to_string()
    };
    assert_eq!(code(&["-f", "-"], &of_workers(&["worker-1", "worker-2"])), 0);
    assert_eq!(code(&["-f", "-"], &of_workers(&["worker-1", "worker-2", "worker-4"])), 2);
    assert_eq!(code(&["-f", "-"], &of_workers(&["worker-2"])), 1, "worker-1 is missing");
    assert_eq!(code(&["-f", "-", "--k8s-config", CONFIG], &of_workers(&["worker-1", "worker-2"])), 1);
    for wrong in [
        &["-f", "-", "-o", "xml"][..],
        &[],
        &["-f", "tests/after/none.json"],
        &["-f", "-", "--watch", "-o", "json"],
        &["-f", "-", "--k8s-config", "-"],
        &["-f", "-", "-n", "x"],
        &["-f", "-", "--k8s-config", "tests/data/mistakes.yaml"],
    ] {
        let ran = run_with(&[&["status"], wrong].concat(), all.as_str());
        assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{wrong:?}: {}", ran.err);
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
    }
}

#[test]
fn an_input_that_ends_too_early_is_reported() {
    let run = |input: &str| run_with(&["status", "-f", "-"], input);
    for (input, said) in [
        ("", "standard input is empty"),
        ("{\"apiVersion\": \"v1\", \"items\": [], \"kind\": \"List\"}", "standard input contains no Job of a session"),
        (&text_of(&file("jobs-pods.json"))[..100_000], "ends within a list"),
        (&text_of(&file("jobs.json"))[..1], "standard input ends within its first object"),
        ("[1, 2]", "standard input:1 is not a Kubernetes object"),
        ("error: the server doesn't have a resource type\n", "is not what kubectl get"),
    ] {
        let ran = run(input);
        assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{said}");
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
    let watched = run(&text_of(&file("jobs-watch.json"))[..100_000]);
    assert_eq!(watched.code, 1);
    assert!(watched.err.contains("ends within a document"), "{}", watched.err);
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(text_of(&file("jobs.json")).encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(run_with(&["status", "-f", "-"], utf16).code, 2, "As PowerShell writes it");
}

#[test]
fn a_watch_appends_what_is_new_before_it_waits() {
    let events = text_of(&file("jobs-watch-events.json"));
    let mut child = arbtune_command(&["status", "--watch", "-f", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut input, mut out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let first = events.match_indices("{\"type\":").nth(1).map_or(events.len(), |(at, _)| at);
    input.write_all(&events.as_bytes()[..first]).unwrap();
    let mut line = [0; 64];
    let count = out.read(&mut line).unwrap();
    assert!(std::str::from_utf8(&line[..count]).unwrap().contains("worker-1   pending"), "{line:?}");
    input.write_all(&events.as_bytes()[first..]).unwrap();
    drop(input);
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(2));
    let of = |worker: &str| {
        let lines = rest.lines().filter(|line| line.split("   ").nth(2) == Some(worker));
        lines.map(|line| line.splitn(4, "   ").nth(3).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        of("worker-3"),
        ["pending   no pod yet", "pending   its pod is not ready", "running", "failed   BackoffLimitExceeded"]
    );
    assert_eq!(of("worker-9").last().unwrap(), "missing   its Job was deleted");
    assert!(rest.ends_with("why its pod is waiting or has failed: kubectl get jobs,pods does.\n"), "{rest}");
}

fn arbtune_command(args: &[&str]) -> std::process::Command {
    let command = arbtune(args);
    let mut plain = std::process::Command::new(command.get_program());
    plain.args(command.get_args()).current_dir(crate::common::root());
    plain
}

#[test]
fn names_junit_and_github_say_the_same() {
    let show = |format: &str| run(&["status", "-f", &file("jobs-pods.json"), "-o", format]).out;
    let names = show("name");
    assert_eq!(names.lines().count(), 11);
    assert!(names.starts_with("job.batch/arb-tuning-d29-k8s--worker-1-0\n"), "{names}");
    let report: quick_junit::Report = quick_junit::Report::deserialize_from_str(&show("junit")).unwrap();
    let suite = &report.test_suites[0];
    assert_eq!((suite.tests, suite.failures, suite.test_cases.len()), (12, 5, 12));
    let commands = show("github");
    assert_eq!(commands.lines().filter(|line| line.starts_with("::error title=worker-")).count(), 4);
    assert_eq!(commands.lines().filter(|line| line.starts_with("::warning title=worker-")).count(), 4);
    let yaml: Value = serde_yaml::from_str(&run(&["status", "-f", &file("jobs-pods.json"), "-o", "yaml"]).out).unwrap();
    let causes_of = |all: &Value| causes(&all["sessions"][0]);
    assert_eq!(causes_of(&yaml), causes_of(&serde_json::from_str(&show("json")).unwrap()));
}

#[test]
fn nothing_from_a_cluster_reaches_the_terminal_as_a_command() {
    let evil = "a\n::error::injected\u{1b}[2J\u{202e}";
    let mut list: Value = serde_json::from_str(&text_of(&file("jobs-pods.json"))).unwrap();
    for item in list["items"].as_array_mut().unwrap() {
        for label in ["session_id", "worker_id"] {
            let text = item["metadata"]["labels"][label].as_str().unwrap().to_owned();
            item["metadata"]["labels"][label] = format!("{evil}{text}").into();
        }
        item["metadata"]["namespace"] = evil.into();
        if let Some(message) = item.pointer_mut("/status/containerStatuses/0/state/terminated/message") {
            *message = evil.into();
        }
        if let Some(reason) = item.pointer_mut("/status/containerStatuses/0/state/terminated/reason") {
            *reason = evil.into();
        }
    }
    for args in [
        &["-o", "table"][..],
        &["-o", "wide"],
        &["-o", "json"],
        &["-o", "yaml"],
        &["-o", "junit"],
        &["-o", "github"],
        &["-o", "name"],
        &["--watch"],
    ] {
        let ran = run_with(&[&["status", "-f", "-"], args].concat(), list.to_string());
        assert_eq!(ran.code, 2, "{args:?}");
        for (stream, text) in [("stdout", &ran.out), ("stderr", &ran.err)] {
            assert!(!text.contains(['\u{1b}', '\u{202e}']), "{args:?} {stream}");
            let commands = text.lines().filter(|line| line.trim_start().starts_with("::error::"));
            assert_eq!(commands.count(), 0, "{args:?} {stream}: {text}");
        }
    }
}

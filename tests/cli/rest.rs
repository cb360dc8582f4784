//! The rest of a session: `generate --only` and `generate --from-status`, and how the other commands take attempts.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::common::{CREATED_AT, K8S, arg, contents_of, names_in, run, run_in, run_well, run_with, text_of};

const CONFIG: &str = "tests/after/session.yaml";
const STATUS: &str = "tests/after/jobs-pods.json";

fn generate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["generate", "--k8s-config", CONFIG, "--created-at", CREATED_AT], more].concat()
}

/// The names of the Jobs that are made.
fn names(more: &[&str]) -> Vec<String> {
    let ran = run_well(&[&generate(&["-o", "name"])[..], more].concat());
    ran.out.lines().map(|line| line.strip_prefix("job.batch/arb-tuning-d29-k8s--").unwrap().to_owned()).collect()
}

/// Manifests, by the Jobs' names.
fn jobs(args: &[&str]) -> Vec<(String, Value)> {
    let list: Value = serde_json::from_str(&run_well(args).out).unwrap();
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| (item["metadata"]["name"].as_str().unwrap().to_owned(), item.clone())).collect()
}

#[test]
fn named_workers_are_made_as_the_whole_session_makes_them() {
    assert_eq!(names(&["--only", "worker-3,worker-7"]), ["worker-3-2", "worker-7-6"]);
    let expected = ["worker-3-2", "worker-4-3", "worker-5-4", "worker-12-11"];
    assert_eq!(names(&["--only", "worker-12,worker-3..5", "--only", "worker-4"]), expected);
    let whole = jobs(&generate(&["-o", "json"]));
    let some = jobs(&generate(&["-o", "json", "--only", "worker-2..3,worker-9"]));
    let expected: Vec<_> = [1, 2, 8].iter().map(|nth| whole[*nth].clone()).collect();
    assert_eq!(some, expected);
    let ran = run(&generate(&["--only", "worker-9,worker-2"]));
    assert!(ran.err.contains("\n2 of 12 jobs, 5 of 30 iterations: session d29-k8s-demo-session"), "{}", ran.err);
    let whole = run_well(&generate(&[])).out;
    assert_eq!(run_well(&generate(&["--only", "worker-1..12"])).out, whole);
}

#[test]
fn missing_workers_are_reported() {
    for (only, words) in [
        ("worker-13", "There is no worker-13: the session has worker-1 to worker-12."),
        ("worker-3..20", "There is no worker-13"),
        ("worker-0", "is not a valid range of workers"),
        ("3", "Write worker-3."),
        ("x", "Write worker-3, or worker-3..9 for worker-3 to worker-9."),
        ("worker-9..3", "Write worker-3..9."),
        ("", "is not a valid range of workers"),
    ] {
        let ran = run(&generate(&["--only", only]));
        assert!(ran.code == 2 && ran.out.is_empty() && ran.err.contains(words), "{only}: {ran:?}");
    }
}

#[test]
fn the_rest_is_who_has_failed_or_is_missing() {
    let failed = ["worker-3-2-r2", "worker-4-3-r2", "worker-8-7-r2"];
    for (file, ninth) in [
        ("jobs-pods.json", "worker-9-8"),
        ("jobs-pods.yaml", "worker-9-8"),
        ("jobs.json", "worker-9-8"),
        ("jobs.yaml", "worker-9-8"),
        // A stream knows that there was a Job.
        ("jobs-watch.json", "worker-9-8-r2"),
        ("jobs-watch-events.json", "worker-9-8-r2"),
    ] {
        let expected = [&failed[..], &[ninth, "worker-11-10-r2"]].concat();
        assert_eq!(names(&["--from-status", &format!("tests/after/{file}")]), expected, "{file}");
    }
    let ran = run_with(&generate(&["-q", "--from-status", "-"]), text_of(STATUS));
    assert_eq!(ran.err, "note: 4 workers failed, and 1 has no Job; the others have succeeded or have not ended.\n");
    for part in ["--output-csv\n        - outputs/d29_k8s_session_worker-3_r2.csv\n", "attempt: \"2\"\n"] {
        assert!(ran.out.contains(part), "{}", ran.out);
    }
    assert_eq!(ran.out.matches("attempt: \"2\"\n").count(), 8);
    let verdict = run_with(&["validate", "-f", "-"], ran.out);
    assert!(verdict.code == 0 && verdict.out.contains("5 accepted, 0 errors, 0 warnings"), "{verdict:?}");
    assert_eq!(names(&["--from-status", STATUS, "--only", "worker-1..4"]), ["worker-3-2-r2", "worker-4-3-r2"]);
    let done = run(&generate(&["-o", "name", "--from-status", STATUS, "--only", "worker-1..2"]));
    assert_eq!((done.code, done.out.as_str()), (0, ""));
    assert_eq!(done.err, "note: none of the named workers has failed or lacks a Job; there is nothing to generate.\n");
    for (only, note) in [
        ("worker-1..4", "2 of the named workers failed; the others among them have succeeded or have not ended."),
        ("worker-3,worker-9", "1 of the named workers failed, and 1 has no Job."),
    ] {
        let ran = run(&generate(&["-o", "name", "--from-status", STATUS, "--only", only]));
        assert_eq!(ran.err, format!("note: {note}\n"));
    }
}

#[test]
fn replace_prints_the_command_that_deletes_the_jobs() {
    let ran = run(&generate(&["-o", "name", "--replace", "--from-status", STATUS]));
    let expected = ["3-2", "4-3", "8-7", "9-8", "11-10"].map(|end| format!("arb-tuning-d29-k8s--worker-{end}"));
    assert_eq!(ran.out, expected.each_ref().map(|name| format!("job.batch/{name}\n")).concat());
    let [third, fourth, eighth, _, eleventh] = &expected;
    let command = format!("  kubectl delete job -n trading-bots {third} {fourth} {eighth} {eleventh}\n");
    assert!(ran.err.ends_with(&command), "{}", ran.err);
    let alone = run(&generate(&["--replace"]));
    assert_eq!(alone.code, 2, "{}", alone.err);
}

#[test]
fn an_inconclusive_status_is_refused_or_warned_about() {
    let from_stdin = generate(&["-o", "name", "--from-status", "-"]);
    let nothing = run_with(&from_stdin, r#"{"apiVersion": "v1", "kind": "List", "items": []}"#);
    assert_eq!((nothing.code, nothing.out.lines().count()), (0, 12));
    assert!(
        nothing.err.contains("contains no Job of session d29-k8s-demo-session in namespace trading-bots"),
        "{nothing:?}"
    );
    let mut list: Value = serde_json::from_str(&text_of(STATUS)).unwrap();
    list["items"].as_array_mut().unwrap().retain(|item| item["kind"] == "Pod");
    for (input, words) in [
        (list.to_string(), "contains pods of the session but no Jobs"),
        (String::new(), "standard input is empty"),
        (text_of(STATUS)[..20_000].to_owned(), "ends within a list"),
    ] {
        let ran = run_with(&from_stdin, input);
        assert!(ran.code == 1 && ran.out.is_empty() && ran.err.contains(words), "{words}: {ran:?}");
    }
    let twice = run_with(&["generate", "--k8s-config", "-", "--from-status", "-"], text_of(CONFIG));
    assert!(twice.code == 2 && twice.err.contains("not both"), "{twice:?}");
    // Jobs that clean up behind themselves cannot be told from Jobs that never were.
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("session.yaml");
    fs::write(&config, format!("{}job_template: {{spec: {{ttlSecondsAfterFinished: 60}}}}\n", text_of(CONFIG)))
        .unwrap();
    let ran = run(&["generate", "--k8s-config", arg(&config), "--from-status", STATUS, "-o", "name"]);
    assert!(ran.err.contains("removed 60 seconds after they finish (ttlSecondsAfterFinished)"), "{}", ran.err);
}

#[test]
fn attempts_continue_from_the_newest_one() {
    let mut list: Value = serde_json::from_str(&text_of("tests/after/jobs.json")).unwrap();
    let items = list["items"].as_array_mut().unwrap();
    let of = |worker: &str, items: &[Value]| {
        items.iter().find(|item| item["metadata"]["labels"]["worker_id"] == worker).unwrap().clone()
    };
    let again = |worker: &str, attempt: u32, items: &[Value]| {
        let mut job = of(worker, items);
        let name = format!("{}-r{attempt}", job["metadata"]["name"].as_str().unwrap());
        job["metadata"]["name"] = name.into();
        job["metadata"]["labels"]["attempt"] = attempt.to_string().into();
        job["metadata"]["uid"] = format!("00000000-0000-0000-0000-{attempt:012}").into();
        job
    };
    // Worker 3 has failed three times, and worker 4 has succeeded in its second attempt.
    let third = [2, 3].map(|attempt| again("worker-3", attempt, items));
    let mut fourth = again("worker-4", 2, items);
    fourth["status"] = json!({"conditions": [{"type": "Complete", "status": "True"}]});
    items.extend(third);
    items.push(fourth);
    let from_stdin = |more: &[&str]| {
        let args = [&generate(&["-o", "name", "--from-status", "-", "--only", "worker-3..4"])[..], more].concat();
        run_with(&args, list.to_string())
    };
    assert_eq!(from_stdin(&[]).out, "job.batch/arb-tuning-d29-k8s--worker-3-2-r4\n");
    let replaced = from_stdin(&["--replace"]);
    assert_eq!(replaced.out, "job.batch/arb-tuning-d29-k8s--worker-3-2-r3\n");
    let command = "  kubectl delete job -n trading-bots arb-tuning-d29-k8s--worker-3-2-r3\n";
    assert!(replaced.err.ends_with(command), "{}", replaced.err);
}

#[test]
fn a_directory_keeps_the_files_of_other_workers() {
    let dir = tempfile::tempdir().unwrap();
    let jobs = dir.path().join("jobs");
    let to_jobs = |more: &[&str]| run(&[&generate(&["-d", arg(&jobs)])[..], more].concat());
    assert_eq!(to_jobs(&[]).code, 0);
    let before = contents_of(&jobs);
    let some = to_jobs(&["--only", "worker-3..4", "--prune"]);
    assert!(some.code == 0 && some.out.ends_with("jobs: 2 unchanged\n"), "{some:?}");
    assert!(some.out.contains("\n2 of 12 jobs, 6 of 30 iterations: "), "{some:?}");
    assert_eq!(contents_of(&jobs), before);
    // Applied with the new attempt, the file of the old one would start the worker twice.
    let refused = to_jobs(&["--from-status", STATUS]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("contains 4 files of session d29-k8s-demo-session"), "{}", refused.err);
    assert!(refused.err.contains("\n  job-02-arb-tuning-d29-k8s--worker-3-2.yaml\n"), "{}", refused.err);
    assert_eq!(contents_of(&jobs), before);
    let pruned = to_jobs(&["--from-status", STATUS, "--prune"]);
    assert!(pruned.out.ends_with("jobs: 4 created, 1 unchanged, 4 pruned\n"), "{pruned:?}");
    let files = names_in(&jobs);
    let files: Vec<&str> = files.iter().filter(|file| file.starts_with("job-")).map(String::as_str).collect();
    assert_eq!(files.len(), 12);
    assert_eq!(files[2], "job-02-arb-tuning-d29-k8s--worker-3-2-r2.yaml");
    let verdict = run(&["validate", "-f", arg(&jobs)]);
    assert_eq!(verdict.code, 0, "{verdict:?}");
    // The newest attempts are the session.
    let diff = ["plan", "--k8s-config", CONFIG, "--diff", arg(&jobs)];
    let unchanged = run(&diff);
    assert_eq!(unchanged.code, 0, "{unchanged:?}");
    fs::write(jobs.join("old.yaml"), &before[&jobs.join("job-02-arb-tuning-d29-k8s--worker-3-2.yaml")]).unwrap();
    let beside = run(&diff);
    assert_eq!(beside.code, 0, "{beside:?}");
    assert!(beside.err.contains("A Job is an earlier attempt of its worker: not compared."), "{}", beside.err);
    let kept = to_jobs(&["--from-status", STATUS, "--keep-stale"]);
    assert!(kept.out.ends_with("jobs: 5 unchanged, 1 stale\n"), "{kept:?}");
    // A whole run starts anew.
    let whole = to_jobs(&[]);
    assert!(whole.code == 1 && whole.err.contains("worker-3-2-r2.yaml"), "{whole:?}");
    assert_eq!(to_jobs(&["--prune"]).code, 0);
    assert_eq!(contents_of(&jobs), before);
}

#[test]
fn a_retried_worker_gets_its_own_seed_and_configmap_again() {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let keys = "working_dir: /app\ntuning_config: {mount: true, seed: per-worker}\n";
    write("k8s.yaml", &format!("{}{keys}", text_of(CONFIG)));
    // Large enough for several ConfigMaps.
    write("configs/d23_tuning/advanced_baseline.yaml", &format!("tuning: {{seed: 42}}\n# {}\n", "x".repeat(80_000)));
    write("status.json", &text_of(STATUS));
    let items = |more: &[&str]| {
        let args = ["generate", "--k8s-config", "k8s.yaml", "--created-at", CREATED_AT, "-q", "-o", "json"];
        let ran = run_in(dir.path(), &[&args[..], more].concat());
        let list: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
        list["items"].as_array().unwrap().clone()
    };
    let config_maps =
        |items: &[Value]| items.iter().filter(|item| item["kind"] == "ConfigMap").cloned().collect::<Vec<_>>();
    let volumes = |items: &[Value], name: &str| {
        let job = items.iter().find(|item| item["metadata"]["name"] == name).unwrap();
        job["spec"]["template"]["spec"]["volumes"].clone()
    };
    let whole = items(&[]);
    let rest = items(&["--from-status", "status.json"]);
    for (name, again) in
        [("worker-3-2", "worker-3-2-r2"), ("worker-9-8", "worker-9-8"), ("worker-11-10", "worker-11-10-r2")]
    {
        let [first, again] = [name, again].map(|end| format!("arb-tuning-d29-k8s--{end}"));
        assert_eq!(volumes(&whole, &first), volumes(&rest, &again));
    }
    let (all, needed) = (config_maps(&whole), config_maps(&items(&["--only", "worker-3"])));
    assert_eq!((all.len(), needed.len()), (4, 1));
    assert!(
        all.contains(&needed[0])
            && needed[0]["data"]["worker-3.yaml"].as_str().unwrap().starts_with("tuning: {seed: 44}")
    );
    // Files keep their names, and those of others stay.
    let to_jobs = |more: &[&str]| {
        let args = ["generate", "--k8s-config", "k8s.yaml", "--created-at", CREATED_AT, "-d", "jobs"];
        run_in(dir.path(), &[&args[..], more].concat())
    };
    assert_eq!(to_jobs(&[]).code, 0);
    let before = contents_of(&dir.path().join("jobs"));
    let some = to_jobs(&["--only", "worker-3", "--prune"]);
    assert!(some.out.ends_with("jobs: 2 unchanged\n"), "{some:?}");
    assert_eq!(contents_of(&dir.path().join("jobs")), before);
}

#[cfg(unix)]
#[test]
fn of_the_results_of_a_worker_the_newest_attempt_counts() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, rows: &[&str], end: &str| {
        let header = "session_id,worker_id,iteration,status,timestamp\n";
        let row = |row: &&str| format!("d29-k8s-demo-session,{row},completed,2026-11-24\n");
        let rows = rows.iter().map(row).collect::<Vec<_>>().concat();
        fs::write(dir.path().join(name), format!("{header}{rows}{end}")).unwrap();
    };
    write("d29_k8s_session_worker-1.csv", &["worker-1,1", "worker-1,2", "worker-1,3"], "");
    write("d29_k8s_session_worker-2.csv", &["worker-2,1", "worker-2,2"], "d29-k8s-demo-session,worker-2,3,comp");
    write("d29_k8s_session_worker-2_r10.csv", &["worker-2,1", "worker-2,2", "worker-2,3"], "");
    write("d29_k8s_session_worker-2_r9.csv", &["worker-2,1"], "");
    let ran = run(&["results", "--k8s-config", K8S, arg(dir.path())]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.out.lines().count(), 7, "{}", ran.out);
    assert!(ran.err.ends_with("6 rows of 2 workers\nleft out: 3 rows of earlier attempts\n"), "{}", ran.err);
    assert!(ran.err.contains("d29_k8s_session_worker-2_r10.csv"), "{}", ran.err);
    let account = run(&["results", "--k8s-config", K8S, "-o", "json", arg(dir.path())]).out;
    let account: Value = serde_json::from_str(&account).unwrap();
    let second = &account["workers"][1];
    assert_eq!((&second["attempt"], &second["earlier_rows"]), (&10.into(), &3.into()));
}

/// Attempts are the tool's own label.
#[test]
fn a_config_cannot_set_the_attempt() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |keys: &str| {
        let path: &Path = &dir.path().join("k8s.yaml");
        fs::write(path, format!("{}{keys}\n", text_of(K8S))).unwrap();
        run(&["generate", "--k8s-config", arg(path), "-o", "name"])
    };
    for keys in ["labels: {attempt: \"7\"}", "job_template: {metadata: {labels: {attempt: \"7\"}}}"] {
        let ran = refused(keys);
        assert!(ran.code == 1 && ran.err.contains("attempt"), "{keys}: {ran:?}");
    }
}

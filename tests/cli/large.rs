//! Memory and time grow with the input, not with its square. Each run may take so much memory and no more; what grew
//! with the square would need many times as much.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::common::{K8S, Ran, arbtune, arg, limited, root, run_well, text_of};

/// CPU seconds: far more than any of these takes, and less than what grows with the square.
const IN_TIME: u32 = 60;

/// Kilobytes that the tool itself takes of its address space before it does anything.
fn base() -> u64 {
    fs::metadata(assert_cmd::cargo::cargo_bin("kubectl-arbtune")).unwrap().len() / 1024 + 20_000
}

/// Runs the tool with so many megabytes of memory beside its own.
fn run_within(megabytes: u64, args: &[&str]) -> Ran {
    let line = format!("ulimit -v {} && exec \"$0\" \"$@\"", base() + megabytes * 1024);
    let tool = assert_cmd::cargo::cargo_bin("kubectl-arbtune");
    let ran: Ran =
        assert_cmd::Command::new("sh").arg("-c").arg(line).arg(tool).args(args).current_dir(root()).assert().into();
    assert!(!ran.err.contains("memory allocation") && ran.code >= 0, "{args:?}: {}", ran.err);
    ran
}

fn counted(ran: &Ran) -> &str {
    ran.out.lines().last().unwrap_or_default()
}

/// The Jobs of a session of so many workers, on one line.
fn jobs_on_a_line(dir: &Path, workers: usize) -> std::path::PathBuf {
    let config = dir.join("config.yaml");
    let text = text_of(K8S).replace("workers: 2", &format!("workers: {workers}"));
    fs::write(&config, text.replace("iterations: 6", &format!("iterations: {workers}"))).unwrap();
    let list: Value =
        serde_json::from_str(&run_well(&["generate", "--k8s-config", arg(&config), "-o", "json", "-q"]).out).unwrap();
    let path = dir.join("jobs.json");
    fs::write(&path, list.to_string()).unwrap();
    path
}

fn a_list_on_a_line(workers: usize) {
    let dir = tempfile::tempdir().unwrap();
    let ran = run_within(150, &["validate", "-f", arg(&jobs_on_a_line(dir.path(), workers))]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(counted(&ran), format!("{workers} documents: {workers} accepted, 0 errors, 0 warnings"));
}

/// Jobs of somebody else with dozens of findings each, on one line.
fn foreign_jobs_on_a_line(jobs: usize) {
    let labels: Value =
        (0..10).map(|nth| (format!("bad key {nth}"), json!("bad value"))).collect::<serde_json::Map<_, _>>().into();
    let container = |nth: usize| json!({"name": format!("A_{nth}"), "image": "", "env": [{"name": ""}, {"name": "="}]});
    let job = |nth: usize| {
        json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": format!("Foreign_{nth}"), "labels": labels},
            "spec": {"parallelism": -1, "template": {"spec": {"containers": (0..5).map(container).collect::<Vec<_>>()}}}})
    };
    let items: Vec<Value> = (0..jobs).map(job).collect();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("foreign.json");
    fs::write(&path, json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string()).unwrap();
    let ran = run_within(150, &["validate", "-f", arg(&path)]);
    assert_eq!(ran.code, 1);
    assert!(counted(&ran).starts_with(&format!("{jobs} documents: {jobs} rejected, ")), "{}", counted(&ran));
    let longest = ran.out.lines().map(str::len).max().unwrap();
    assert!(longest < 1000, "a line of {longest} bytes");
}

fn wrong_entries_on_a_line(count: usize) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.yaml");
    let text = text_of(K8S);
    let mut text = text[..text.find("extra_env").unwrap()].to_owned() + "extra_env: {";
    for nth in 0..count {
        write!(text, "A{nth:x}: 1,").unwrap();
    }
    text += "}\n";
    fs::write(&path, text).unwrap();
    let ran = run_within(150, &["plan", "--k8s-config", arg(&path)]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.starts_with(&format!("error: {} has {count} problems.\n\nextra_env.A0 must be", path.display())),
        "{}",
        ran.err
    );
    assert!(ran.err.ends_with(&format!("\n\n… and {} more problems.\n", count - 50)), "{}", ran.err);
    assert_eq!(ran.err.matches(" --> ").count(), 50);
    assert!(ran.err.contains("config.yaml:11:345\n"), "the place is that in the file: {}", ran.err);
}

fn findings_in_a_document(count: usize, megabytes: u64, format: &str) {
    let variables: Vec<Value> = (0..count).map(|nth| json!({"name": format!("A={nth}"), "value": "v"})).collect();
    let annotations: serde_json::Map<_, _> = (0..count).map(|nth| (format!("bad key {nth}"), json!("v"))).collect();
    let job = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "a", "annotations": annotations},
        "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "b", "env": variables}]}}}});
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("job.json");
    fs::write(&path, job.to_string()).unwrap();
    let ran = run_within(megabytes, &["validate", "-f", arg(&path), "--rules", "api", "-o", format]);
    assert_eq!(ran.code, 1);
    // Each is there, and each annotation at its own key.
    assert_eq!(ran.out.matches("is not a valid ").count(), 2 * count);
    if format == "sarif" {
        let log: Value = serde_json::from_str(&ran.out).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        let keys =
            results.iter().filter(|result| result["message"]["text"].as_str().unwrap().contains("is not a valid key"));
        let columns: std::collections::BTreeSet<u64> = keys
            .map(|result| result["locations"][0]["physicalLocation"]["region"]["startColumn"].as_u64().unwrap())
            .collect();
        assert_eq!(columns.len(), count);
    }
}

#[test]
fn one_line_of_many_jobs() {
    a_list_on_a_line(1000);
    foreign_jobs_on_a_line(100);
}

#[test]
fn one_line_of_many_wrong_entries() {
    wrong_entries_on_a_line(3000);
}

#[test]
fn one_document_of_many_findings() {
    findings_in_a_document(5_000, 150, "sarif");
}

#[test]
#[ignore = "the sizes of a report of an attack; .ci/run runs it"]
fn sizes_that_took_gigabytes() {
    a_list_on_a_line(4000);
    foreign_jobs_on_a_line(500);
    wrong_entries_on_a_line(90_000);
    findings_in_a_document(50_000, 300, "sarif");
    findings_in_a_document(50_000, 300, "junit");
}

/// Lists in a Job that are held against each other or against themselves.
fn long_lists(count: usize) {
    let each = |make: &dyn Fn(usize) -> Value| -> Vec<Value> { (0..count).map(make).collect() };
    let owner = |n| json!({"apiVersion": "v1", "kind": "Pod", "name": format!("n{n}"), "uid": "u", "controller": true});
    let container = json!({
        "name": "a", "image": "b", "restartPolicy": "Never",
        "env": each(&|n| json!({"name": format!("V{n}"), "value": "v"})),
        "volumeMounts": each(&|n| json!({"name": format!("v{n}"), "mountPath": format!("/m{n}")})),
        "volumeDevices": each(&|n| json!({"name": format!("d{n}"), "devicePath": format!("/d{n}")})),
        "resources": {"claims": each(&|n| json!({"name": format!("c{n}"), "request": "r"}))},
        "resizePolicy": each(&|n| json!({"resourceName": format!("r{n}"), "restartPolicy": "NotRequired"})),
        "restartPolicyRules": [{"action": "Restart", "exitCodes": {"operator": "In", "values": each(&|n| json!(n))}}],
    });
    let keys = each(&|n| json!(format!("k{n}")));
    let labels: serde_json::Map<_, _> = (0..count).map(|n| (format!("l{n}"), json!("v"))).collect();
    let term = json!({"topologyKey": "k", "labelSelector": {"matchLabels": labels}, "matchLabelKeys": keys, "mismatchLabelKeys": keys});
    let rules = each(
        &|n| json!({"action": "FailJob", "onExitCodes": {"containerName": format!("n{n}"), "operator": "In", "values": [1]}}),
    );
    let job = json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "a", "ownerReferences": each(&owner)},
        "spec": {
            "podFailurePolicy": {"rules": rules},
            "template": {"spec": {
                "restartPolicy": "Never", "containers": [container],
                "initContainers": each(&|n| json!({"name": format!("i{n}"), "image": "b"})),
                "topologySpreadConstraints": each(&|n| json!({"maxSkew": 1, "topologyKey": format!("t{n}"), "whenUnsatisfiable": "DoNotSchedule"})),
                "affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}},
            }},
        },
    });
    let ran: Ran =
        limited(IN_TIME, &["validate", "-f", "-", "-o", "json"]).write_stdin(job.to_string()).assert().into();
    assert_eq!(ran.code, 1, "{}", ran.err);
}

/// A session with as many variables as fit into a configuration, made, and compared with what was made.
fn many_variables(count: usize) {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("config.yaml");
    let variables: Vec<String> = (0..count).map(|n| format!("A{n:x}: v")).collect();
    let text = text_of(K8S);
    let text = format!("{}extra_env: {{{}}}\n", &text[..text.find("extra_env").unwrap()], variables.join(", "));
    fs::write(&config, text).unwrap();
    let jobs = dir.path().join("jobs");
    for args in [
        &["generate", "--k8s-config", arg(&config), "-d", arg(&jobs), "-q"][..],
        &["plan", "--k8s-config", arg(&config), "--diff", arg(&jobs)],
    ] {
        let ran: Ran = limited(IN_TIME, args).assert().into();
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}

/// A value that holds, one after the other, the numbers that a template is cut at.
#[test]
fn a_value_full_of_the_numbers_that_are_looked_for() {
    let numbers: Vec<String> = (0..10_000).map(|n| (u32::MAX - n).to_string()).collect();
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("config.yaml");
    let value = numbers.join(" ");
    fs::write(&config, text_of(K8S).replace("extra_env:\n", &format!("extra_env:\n  NUMBERS: \"{value}\"\n"))).unwrap();
    let ran: Ran = limited(IN_TIME, &["generate", "--k8s-config", arg(&config), "-q"]).assert().into();
    assert_eq!((ran.err.as_str(), ran.out.matches(&value).count()), ("", 2));
}

#[test]
#[ignore = "lists as long as nobody has them; .ci/run runs it"]
fn lists_that_took_minutes() {
    long_lists(60_000);
    many_variables(60_000);
}

/// One name that is a megabyte long does not make as many rows of the table as wide.
#[test]
fn one_long_name_among_many() {
    let job = |name: &str| format!("apiVersion: batch/v1\nkind: Job\nmetadata: {{name: {name}}}\n---\n");
    let text = job(&"x".repeat(1 << 20)) + &job("A_B").repeat(500);
    let ran: Ran = arbtune(&["validate", "-f", "-"]).write_stdin(text).assert().into();
    assert_eq!(ran.code, 1);
    assert!(ran.out.len() < 3_000_000, "{} bytes", ran.out.len());
}

//! The tuning file: what is said of it, and how it reaches the workers.

use std::fs;
use std::path::Path;

use rustix::fs::{CWD, Mode, mkfifoat};
use serde_json::Value;

use crate::common::{K8S, Ran, run_in, text_of};

const TUNING: &str = "configs/d23_tuning/advanced_baseline.yaml";
const OWN_SEEDS: &str = "working_dir: /app\ntuning_config: {mount: true, seed: per-worker}\n";

/// A project with a session and a tuning file; the session has some more keys.
fn project(keys: &str, tuning: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("k8s.yaml", &format!("{}{keys}", text_of(K8S)));
    write(TUNING, tuning);
    for scenario in ["basic_spread_win", "choppy_market"] {
        write(&format!("configs/d17_scenarios/{scenario}.yaml"), "");
    }
    dir
}

fn arbtune(dir: &Path, command: &str, more: &[&str]) -> Ran {
    run_in(dir, &[&[command, "--k8s-config", "k8s.yaml"], more].concat())
}

/// The objects of a run's List.
fn objects(ran: &Ran) -> Vec<Value> {
    assert_eq!(ran.code, 0, "{}", ran.err);
    let list: Value = serde_json::from_str(&ran.out).unwrap();
    list["items"].as_array().unwrap().clone()
}

/// The tuning file that each Job mounts, by way of its volume.
fn mounted(objects: &[Value]) -> Vec<String> {
    let jobs = objects.iter().filter(|object| object["kind"] == "Job");
    jobs.map(|job| {
        let pod = &job["spec"]["template"]["spec"];
        let mount = &pod["containers"][0]["volumeMounts"][0];
        assert_eq!(mount["mountPath"], "/app/configs/d23_tuning/advanced_baseline.yaml");
        let source = &pod["volumes"][0]["configMap"];
        assert_eq!((&pod["volumes"][0]["name"], &source["items"][0]["path"]), (&mount["name"], &mount["subPath"]));
        let map = objects.iter().find(|object| object["metadata"]["name"] == source["name"]).unwrap();
        assert_eq!((&map["kind"], &map["immutable"]), (&Value::from("ConfigMap"), &Value::from(true)));
        map["data"][source["items"][0]["key"].as_str().unwrap()].as_str().unwrap().to_owned()
    })
    .collect()
}

#[test]
fn the_guides_keys_alone_make_what_they_made() {
    let with = project("", &text_of(TUNING));
    let without = project("", &text_of(TUNING));
    fs::remove_file(without.path().join(TUNING)).unwrap();
    let run =
        |dir: &tempfile::TempDir| arbtune(dir.path(), "generate", &["-q", "--created-at", "2025-11-16T18:21:45Z"]);
    let (with, without) = (run(&with), run(&without));
    assert_eq!((with.err.as_str(), &with.out), ("", &without.out));
    assert!(!with.out.contains("ConfigMap") && !with.out.contains("workingDir"));
}

#[test]
fn each_worker_mounts_the_file_with_its_own_seed() {
    let text = format!("\u{FEFF}{}", text_of(TUNING).replace('\n', "\r\n"));
    let dir = project(OWN_SEEDS, &text);
    let files = mounted(&objects(&arbtune(dir.path(), "generate", &["-q", "-o", "json"])));
    assert_eq!(files, [text.clone(), text.replace("seed: 42", "seed: 43")]);
    let shared = project("working_dir: /app\ntuning_config: {mount: true}\n", &text);
    let files = mounted(&objects(&arbtune(shared.path(), "generate", &["-q", "-o", "json"])));
    assert_eq!(files, [text.clone(), text]);
}

#[test]
fn what_is_emitted_is_valid_and_in_order() {
    let dir = project(OWN_SEEDS, &text_of(TUNING));
    let names = arbtune(dir.path(), "generate", &["-q", "-o", "name"]).out;
    let kinds: Vec<&str> = names.lines().map(|line| line.split_once('/').unwrap().0).collect();
    assert_eq!(kinds, ["configmap", "job.batch", "job.batch"]);
    for format in ["yaml", "json"] {
        let manifests = arbtune(dir.path(), "generate", &["-q", "-o", format]).out;
        fs::write(dir.path().join("all"), manifests).unwrap();
        let checked = run_in(dir.path(), &["validate", "-f", "all", "--fail-on-skipped", "-o", "json"]);
        assert_eq!(checked.code, 0, "{}", checked.out);
        let report: Value = serde_json::from_str(&checked.out).unwrap();
        assert_eq!(report["documents"][0]["kind"], "ConfigMap");
        assert_eq!(report["documents"].as_array().unwrap().len(), 3);
    }
    assert_eq!(arbtune(dir.path(), "validate", &["--fail-on-skipped"]).code, 0);
}

#[test]
fn in_a_directory_the_configmap_is_a_file_like_the_others() {
    let dir = project(OWN_SEEDS, &text_of(TUNING));
    let run = |more: &[&str]| arbtune(dir.path(), "generate", &[&["-d", "jobs"], more].concat());
    let summary = |ran: &Ran| ran.out.lines().last().unwrap_or_default().to_owned();
    assert_eq!(summary(&run(&[])), "jobs: 3 created");
    assert_eq!(summary(&run(&[])), "jobs: 3 unchanged");
    let mut names: Vec<_> =
        fs::read_dir(dir.path().join("jobs")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names[0], "configmap-00-arb-tuning-d29-k8s--tuning.yaml");
    fs::write(dir.path().join(TUNING), text_of(TUNING).replace("seed: 42", "seed: 7")).unwrap();
    assert_eq!(summary(&run(&[])), "jobs: 3 changed");
    let diff = arbtune(dir.path(), "plan", &["--diff", "jobs"]);
    assert_eq!((diff.code, summary(&diff).as_str()), (0, "2 unchanged"), "{}", diff.err);
    assert!(diff.err.contains("not compared"), "{}", diff.err);
    fs::write(dir.path().join("k8s.yaml"), text_of(K8S)).unwrap();
    let refused = run(&[]);
    assert!(refused.code == 1 && refused.err.contains("configmap-00-"), "{}", refused.err);
    assert!(refused.err.contains("would apply it too") && !refused.err.contains("Job:"), "{}", refused.err);
    assert_eq!(summary(&run(&["--prune"])), "jobs: 2 changed, 1 pruned");
    fs::write(dir.path().join("jobs/configmap-00-arb-tuning-d29-k8s--tuning.yaml"), "kind: ConfigMap\n").unwrap();
    fs::write(dir.path().join("k8s.yaml"), format!("{}{OWN_SEEDS}", text_of(K8S))).unwrap();
    assert!(run(&[]).err.contains("which this tool did not generate"), "A stranger's file is not replaced.");
}

#[test]
fn what_is_wrong_with_the_file_has_its_place() {
    let odd = text_of(TUNING).replace("seed: 42", "sead: 42").replace("method: bayesian", "method: grid");
    let dir = project("", &odd);
    for command in ["plan", "generate", "validate"] {
        let err = arbtune(dir.path(), command, &[]).err;
        assert!(err.contains(&format!("{TUNING}:3:11")) && err.contains("Did you mean seed?"), "{command}: {err}");
    }
    let dir = project(OWN_SEEDS, &odd);
    let refused = arbtune(dir.path(), "generate", &[]);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(refused.err.contains("no seed that could be incremented"), "{}", refused.err);
    for (file, words) in [("a: [", "not well-formed"), ("a: 1\n---\n", "2 YAML documents"), ("[]", "must be a mapping")]
    {
        fs::write(dir.path().join(TUNING), file).unwrap();
        let refused = arbtune(dir.path(), "plan", &[]);
        assert!(refused.code == 1 && refused.err.contains(words), "{}", refused.err);
    }
    fs::remove_file(dir.path().join(TUNING)).unwrap();
    let refused = arbtune(dir.path(), "plan", &[]);
    assert!(refused.code == 1 && refused.err.contains(TUNING), "{}", refused.err);
}

#[test]
fn plan_counts_what_workers_would_run_twice() {
    let dir = project("", &text_of(TUNING));
    let plan = arbtune(dir.path(), "plan", &[]);
    assert_eq!(plan.err, "");
    let words = plan.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("the 6 iterations are 3 distinct ones, each run twice."), "{}", plan.out);
    assert!(plan.out.contains("tuning_config: {mount: true, seed: per-worker}"), "{}", plan.out);
    let json: Value = serde_json::from_str(&arbtune(dir.path(), "plan", &["-o", "json"]).out).unwrap();
    assert_eq!(json["totals"]["distinct_proposals"], 3);
    let dir = project(OWN_SEEDS, &text_of(TUNING));
    assert!(!arbtune(dir.path(), "plan", &[]).out.contains("distinct"));
}

#[test]
fn incompatible_keys_are_reported_at_their_positions() {
    for (keys, place, words) in [
        ("tuning_config: {mount: true}\n", "k8s.yaml:10:14", "Add working_dir"),
        ("working_dir: app\n", "k8s.yaml:23:14", "must be an absolute path"),
        ("tuning_config: {seed: per-worker}\n", "k8s.yaml:23:23", "needs the tuning file to be mounted"),
        ("tuning_config: {mount: true, sed: 1}\n", "k8s.yaml:23:30", "Did you mean seed?"),
    ] {
        let ran = arbtune(project(keys, "a: 1").path(), "plan", &[]);
        assert!(ran.code == 1 && ran.err.contains(place) && ran.err.contains(words), "{keys}: {}", ran.err);
    }
}

#[test]
fn an_entry_that_is_not_a_regular_file_does_not_block() {
    for keys in ["", OWN_SEEDS] {
        let dir = project(keys, "");
        let path = dir.path().join(TUNING);
        fs::remove_file(&path).unwrap();
        mkfifoat(CWD, &path, Mode::RWXU).unwrap();
        for command in ["plan", "validate", "generate"] {
            let ran = arbtune(dir.path(), command, &[]);
            assert_eq!(ran.code, i32::from(!keys.is_empty()), "{}", ran.err);
            assert!(ran.err.contains("is not a regular file"), "{}", ran.err);
        }
    }
}

#[test]
fn without_a_mount_a_path_of_the_image_is_not_read_here() {
    let dir = project("", &text_of(TUNING));
    let secret = dir.path().join("secret");
    fs::write(&secret, "s3cret: [\n").unwrap();
    let config = text_of(K8S).replace(TUNING, secret.to_str().unwrap());
    fs::write(dir.path().join("k8s.yaml"), config).unwrap();
    for command in ["plan", "validate", "generate"] {
        let ran = arbtune(dir.path(), command, &[]);
        assert!(ran.code == 0 && !ran.err.contains("s3cret"), "{command}: {}", ran.err);
    }
}

#[test]
fn a_raised_seed_may_not_make_a_full_file_too_long() {
    let text = text_of(TUNING).replace("seed: 42", "seed: 99");
    let full = format!("{text}{}", "#".repeat((1 << 20) - text.len()));
    let dir = project(OWN_SEEDS, &full);
    for command in ["plan", "validate", "generate"] {
        let ran = arbtune(dir.path(), command, &[]);
        let said = [ran.out, ran.err].concat();
        assert!(ran.code == 1 && said.contains("1048577 bytes"), "{command}: {said}");
    }
    fs::write(dir.path().join(TUNING), full.replace("seed: 99", "seed: 98")).unwrap();
    assert_eq!(objects(&arbtune(dir.path(), "generate", &["-q", "-o", "json"])).len(), 4);
}

#[test]
fn plan_makes_none_of_the_configmaps_of_four_billion_workers() {
    let dir = project(OWN_SEEDS, &text_of(TUNING));
    let config = fs::read_to_string(dir.path().join("k8s.yaml")).unwrap();
    let config = config.replace("workers: 2", "workers: 4000000000");
    fs::write(dir.path().join("k8s.yaml"), config.replace("total_iterations: 6", "total_iterations: 4000000000"))
        .unwrap();
    let plan = arbtune(dir.path(), "plan", &[]);
    assert_eq!((plan.code, plan.err.as_str()), (0, ""));
    let count = plan.out.lines().find_map(|line| line.strip_prefix("configmaps")).unwrap();
    assert!(count.trim().parse::<u32>().unwrap() > 1_000_000, "{count}");
}

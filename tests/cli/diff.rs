//! `plan --diff`: a session against the manifests of a directory, of a file, or of a cluster.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::common::{K8S, Ran, arbtune, arg, run, run_well, run_with, text_of};

/// A directory with the baseline session's two files.
fn generated() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    run_well(&["generate", "--k8s-config", K8S, "-d", arg(dir.path()), "-q"]);
    dir
}

fn file_of(dir: &Path, worker: u32) -> PathBuf {
    dir.join(format!("job-0{}-arb-tuning-d29-k8s--worker-{worker}-{}.yaml", worker - 1, worker - 1))
}

/// Changes a manifest by hand.
fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

/// The diff of the baseline session as JSON, after an edit of worker-1's file.
fn after(from: &str, to: &str) -> Value {
    let dir = generated();
    edit(&file_of(dir.path(), 1), from, to);
    let ran = run(&["plan", "--k8s-config", K8S, "--diff", arg(dir.path()), "-o", "json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

fn against(path: &Path, more: &[&str]) -> Ran {
    run(&[&["plan", "--k8s-config", K8S, "--diff", arg(path)], more].concat())
}

/// The baseline session with another number of workers, against a directory.
fn with_workers(workers: u32, dir: &Path) -> Ran {
    let config = text_of(K8S).replace("workers: 2", &format!("workers: {workers}"));
    run_with(&["plan", "--k8s-config", "-", "--diff", arg(dir)], config)
}

#[test]
fn what_generate_wrote_is_not_a_difference() {
    let dir = generated();
    let ran = against(dir.path(), &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out.matches("\nunchanged  ").count(), 2, "{}", ran.out);
    assert!(ran.out.ends_with("\n2 unchanged\n"), "{}", ran.out);
    let list = run_well(&["generate", "--k8s-config", K8S, "-o", "json", "-q"]).out;
    let piped = run_with(&["plan", "--k8s-config", K8S, "--diff", "-"], list);
    assert_eq!((piped.code, piped.err.as_str()), (0, ""), "{}", piped.out);
}

#[test]
fn what_a_cluster_has_filled_in_is_not_a_difference() {
    let from_cluster = text_of("tests/data/from-cluster.yaml");
    let ran = run_with(&["plan", "--k8s-config", K8S, "--diff", "-"], from_cluster.clone());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    // And what somebody else has added stays nobody's business, as for apply.
    let labelled = from_cluster
        .replace("      worker_id: worker-1\n    name", "      worker_id: worker-1\n      team: x\n    name");
    assert_ne!(labelled, from_cluster);
    assert_eq!(run_with(&["plan", "--k8s-config", K8S, "--diff", "-"], labelled).code, 0);
    let other_image = from_cluster.replace("arbitrage-lite:latest", "arbitrage-lite:1");
    let ran = run_with(&["plan", "--k8s-config", K8S, "--diff", "-"], other_image);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.out.matches("containers[0].image (immutable)").count(), 1, "said once for both: {}", ran.out);
    assert!(ran.out.contains("arb-tuning-d29-k8s--worker-1-0 and 1 more in the same way:"), "{}", ran.out);
}

#[test]
fn a_change_that_a_cluster_takes_and_one_that_it_refuses() {
    for (from, to, field, immutable) in [
        ("description: Arbitrage", "description: My", "metadata.annotations[description]", false),
        ("backoffLimit: 0", "backoffLimit: 3", "spec.backoffLimit", false),
        ("latest", "old", "spec.template.spec.containers[0].image", true),
        ("cpu: 500m", "cpu: 250m", "spec.template.spec.containers[0].resources.requests[cpu]", true),
        ("restartPolicy: Never", "restartPolicy: OnFailure", "spec.template.spec.restartPolicy", true),
        ("      containers:", "      priority: 5\n      containers:", "spec.template.spec.priority", true),
        ("value: arbitrage-redis", "value: elsewhere", "spec.template.spec.containers[0].env[REDIS_HOST].value", true),
    ] {
        let diff = after(from, to);
        assert_eq!(diff["jobs"][0]["action"], "change");
        assert_eq!(diff["jobs"][1]["action"], "unchanged");
        let change = &diff["jobs"][0]["fields"][0];
        assert_eq!((change["field"].as_str(), change["immutable"].as_bool()), (Some(field), Some(immutable)), "{diff}");
        assert_eq!(diff["counts"]["refused"], u64::from(immutable));
    }
}

#[test]
fn amounts_are_numbers_and_orders_count() {
    let dir = generated();
    edit(&file_of(dir.path(), 1), "cpu: 500m", "cpu: 0.5");
    assert_eq!(against(dir.path(), &[]).code, 0);
    let first = "        - name: APP_ENV\n          value: docker\n";
    let second = "        - name: REDIS_HOST\n          value: arbitrage-redis\n";
    let diff = after(&format!("{first}{second}"), &format!("{second}{first}"));
    let change = &diff["jobs"][0]["fields"][0];
    assert_eq!(change["field"], "spec.template.spec.containers[0].env");
    assert_eq!((change["old"][0].as_str(), change["new"][0].as_str()), (Some("REDIS_HOST"), Some("APP_ENV")));
}

/// What is said of the cluster's Jobs after an edit of its answer.
fn of_cluster(edits: &[(&str, &str)], more: &[&str]) -> Ran {
    let edited = edits.iter().fold(text_of("tests/data/from-cluster.yaml"), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    run_with(&[&["plan", "--k8s-config", K8S, "--diff", "-"], more].concat(), edited)
}

const APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

#[test]
fn what_others_have_set_stays_and_what_was_applied_goes() {
    let deadline = ("    backoffLimit: 0\n", "    backoffLimit: 0\n    activeDeadlineSeconds: 60\n");
    assert_eq!(of_cluster(&[deadline], &[]).code, 0, "somebody else has set it");
    let added = ("          - name: MODE\n", "          - name: MINE\n            value: x\n          - name: MODE\n");
    let ran = of_cluster(&[added], &[]);
    assert_eq!(ran.code, 1, "kubectl says configured");
    assert!(ran.out.contains("\n  no field changes; kubectl only restores the order of a list"), "{}", ran.out);
    let applied = (r#""backoffLimit":0,"#, r#""activeDeadlineSeconds":60,"backoffLimit":0,"#);
    let ran = of_cluster(&[deadline, applied], &[]);
    assert!(ran.out.contains("\n  spec.activeDeadlineSeconds\n  - 60\n"), "{}", ran.out);
    // Completions default to 1 only where parallelism is absent too, and they cannot change.
    let elastic = ("    completions: 1\n", "");
    let parallel = (r#""backoffLimit":0,"#, r#""backoffLimit":0,"parallelism":1,"#);
    let ran = of_cluster(&[elastic, parallel], &[]);
    assert!(ran.out.contains("\n  spec.completions (immutable)\n  + 1\n"), "{}", ran.out);
}

#[test]
fn a_suspended_job_may_change_its_scheduling() {
    let suspended =
        [("    suspend: false", "    suspend: true"), (r#""backoffLimit":0,"#, r#""backoffLimit":0,"suspend":true,"#)];
    let edits = [
        ("        dnsPolicy:", "        nodeSelector: {disk: ssd}\n        dnsPolicy:"),
        (r#""restartPolicy":"Never""#, r#""nodeSelector":{"disk":"ssd"},"restartPolicy":"Never""#),
        ("    active: 1\n    ready: 1\n    startTime: \"2025-11-16T18:22:01Z\"\n", ""),
    ];
    let running = of_cluster(&edits, &[]);
    assert!(running.out.contains("spec.template.spec.nodeSelector (immutable)"), "{}", running.out);
    let waiting = of_cluster(&[&suspended[..], &edits].concat(), &[]);
    assert!(waiting.out.contains("\n  spec.template.spec.nodeSelector\n"), "{}", waiting.out);
    assert!(waiting.out.ends_with("\n2 to change\n"), "{}", waiting.out);
}

#[test]
fn an_answer_that_rests_on_an_assumption_says_so() {
    let dir = generated();
    edit(&file_of(dir.path(), 1), "  backoffLimit: 0\n", "  backoffLimit: 0\n  ttlSecondsAfterFinished: 5\n");
    let in_file = against(dir.path(), &[]);
    assert!(in_file.out.contains("\n  spec.ttlSecondsAfterFinished\n  - 5\n"), "{}", in_file.out);
    assert!(in_file.out.ends_with("this assumes that kubectl apply applied it as it is.\n"), "{}", in_file.out);
    let json: Value = serde_json::from_str(&against(dir.path(), &["-o", "json"]).out).unwrap();
    assert_eq!(json["jobs"][0]["assumption"], "applied-as-it-stands");
    assert_eq!(json["jobs"][1].get("assumption"), None);

    let unapplied = (APPLIED, "example.com/other");
    let more = ("    backoffLimit: 0\n", "    backoffLimit: 0\n    ttlSecondsAfterFinished: 5\n");
    let kept = of_cluster(&[unapplied, more], &[]);
    assert_eq!(kept.code, 0);
    assert!(kept.out.contains("2 unchanged\n") && kept.out.contains("this assumes kubectl create"), "{}", kept.out);
}

#[test]
fn owners_are_asked_where_server_side_apply_made_the_job() {
    let fields = r#"{"f:spec": {"f:ttlSecondsAfterFinished": {}, "f:backoffLimit": {}}}"#;
    let image = r#"{"f:spec": {"f:template": {"f:spec": {"f:containers": {"k:{\"name\":\"x\"}": {"f:image": {}}}}}}}"#;
    let owned = |operation: &str, manager: &str| {
        let entry = format!("{{manager: {manager}, operation: {operation}, apiVersion: batch/v1, fieldsV1: {fields}}}");
        format!(
            "    managedFields:\n    - {{manager: kubectl, operation: Apply, fieldsV1: {image}}}\n    - {entry}\n    generation: 1\n"
        )
    };
    let edits = [
        (APPLIED, "example.com/other"),
        ("    backoffLimit: 0\n", "    backoffLimit: 1\n    ttlSecondsAfterFinished: 5\n"),
    ];
    let others = owned("Update", "editor");
    let ran = of_cluster(&[&edits[..], &[("    generation: 1\n", &others)]].concat(), &[]);
    assert!(
        ran.out.contains("\n  spec.backoffLimit (immutable)\n  - 1\n  + 0\n  refused: spec.backoffLimit: \"editor\""),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("--force-conflicts") && ran.out.ends_with("2 to change (2 of them refused)\n"),
        "{}",
        ran.out
    );
    let json: Value = serde_json::from_str(
        &of_cluster(&[&edits[..], &[("    generation: 1\n", &others)]].concat(), &["-o", "json"]).out,
    )
    .unwrap();
    assert_eq!(json["jobs"][0]["causes"][0]["reason"], "FieldManagerConflict");
}

#[test]
fn create_and_stale() {
    let dir = generated();
    let more = with_workers(3, dir.path());
    assert_eq!(more.code, 1);
    assert!(more.out.lines().any(|line| line.starts_with("create") && line.contains("worker-3-2")), "{}", more.out);
    let fewer = with_workers(1, dir.path());
    assert_eq!(fewer.code, 1);
    assert!(fewer.out.lines().any(|line| line.starts_with("stale") && line.contains("worker-2-1")), "{}", fewer.out);
    assert!(fewer.out.contains("generate --prune"), "{}", fewer.out);
    let empty = tempfile::tempdir().unwrap();
    let none = against(empty.path(), &[]);
    assert_eq!(none.code, 1);
    assert!(none.out.ends_with("\n2 to create\n"), "{}", none.out);
}

#[test]
fn a_person_sees_the_fields_and_the_way_out() {
    let dir = generated();
    edit(&file_of(dir.path(), 2), "latest", "old");
    let config = text_of(K8S).replace("workers: 2", "workers: 3");
    let mut plan = arbtune(&["plan", "--k8s-config", "-", "--diff", "."]);
    let ran: Ran = plan.current_dir(dir.path()).write_stdin(config).assert().into();
    insta::assert_snapshot!(ran.out, @r#"
    ACTION   JOB                              FIELDS
    change   arb-tuning-d29-k8s--worker-1-0   1 immutable
    change   arb-tuning-d29-k8s--worker-2-1   2 immutable
    create   arb-tuning-d29-k8s--worker-3-2   -

    arb-tuning-d29-k8s--worker-1-0:
      spec.template.spec.containers[0].args[4] (immutable)
      - "3"
      + "2"

    arb-tuning-d29-k8s--worker-2-1:
      spec.template.spec.containers[0].args[4] (immutable)
      - "3"
      + "2"
      spec.template.spec.containers[0].image (immutable)
      - "your-registry/arbitrage-lite:old"
      + "your-registry/arbitrage-lite:latest"

    1 to create, 2 to change (2 of them immutable)
    The immutable fields of an existing Job cannot be changed.
    Delete these 2 Jobs first:
      kubectl delete jobs -n trading-bots arb-tuning-d29-k8s--worker-1-0 arb-tuning-d29-k8s--worker-2-1
    or give the session its own names with --session-id or --session-short.
    "#);
}

#[test]
fn colours_tell_old_from_new() {
    let dir = generated();
    edit(&file_of(dir.path(), 1), "latest", "old");
    let ran = against(dir.path(), &["--color", "always"]);
    assert!(ran.out.contains("\u{1b}[31m- \"your-registry/arbitrage-lite:old\"\u{1b}[0m"), "{:?}", ran.out);
    assert!(ran.out.contains("\u{1b}[32m+ \"your-registry/arbitrage-lite:latest\"\u{1b}[0m"), "{:?}", ran.out);
}

#[test]
fn jobs_of_other_sessions_are_distinguished() {
    let dir = generated();
    // The same Job name, another session.
    edit(&file_of(dir.path(), 1), "d29-k8s-demo-session", "d29-k8s-other");
    let ran = against(dir.path(), &[]);
    assert!(ran.out.contains("arb-tuning-d29-k8s--worker-1-0, which belongs to session d29-k8s-other:"), "{}", ran.out);
    // The same name in another namespace is another Job; what is not of this session does not count.
    edit(&file_of(dir.path(), 1), "namespace: trading-bots", "namespace: elsewhere");
    fs::write(dir.path().join("map.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n").unwrap();
    let ran = against(dir.path(), &[]);
    assert!(ran.out.ends_with("\n1 to create, 1 unchanged\n"), "{}", ran.out);
}

#[test]
fn a_job_that_occurs_twice_is_reported() {
    let dir = generated();
    let copy = dir.path().join("z.yaml");
    fs::copy(file_of(dir.path(), 1), &copy).unwrap();
    edit(&copy, "latest", "old");
    let ran = against(dir.path(), &[]);
    assert_eq!(ran.code, 1, "the last one counts");
    assert!(ran.err.starts_with("warning: The Job arb-tuning-d29-k8s--worker-1-0 occurs in "), "{}", ran.err);
}

#[test]
fn a_long_diff_leaves_out_what_stays() {
    let config = text_of(K8S).replace("workers: 2", "workers: 80").replace("iterations: 6", "iterations: 80");
    let dir = tempfile::tempdir().unwrap();
    let generate = ["generate", "--k8s-config", "-", "-d", arg(dir.path()), "-q"];
    assert_eq!(run_with(&generate, config.clone()).code, 0);
    edit(&dir.path().join("job-07-arb-tuning-d29-k8s--worker-8-7.yaml"), "latest", "old");
    let diff = |more: &[&str]| {
        run_with(&[&["plan", "--k8s-config", "-", "--diff", arg(dir.path())], more].concat(), config.clone()).out
    };
    let table = diff(&[]);
    assert!(table.contains("… 79 jobs unchanged; -o wide shows all"), "{table}");
    assert_eq!(table.lines().filter(|line| line.starts_with("change ")).count(), 1, "{table}");
    assert!(!table.contains("job-"), "Files are shown by -o wide: {table}");
    assert_eq!(diff(&["-o", "wide"]).lines().filter(|line| line.contains("job-")).count(), 80);
}

#[test]
fn a_directory_with_an_unfinished_run_is_reported() {
    let dir = generated();
    fs::create_dir(dir.path().join(".kubectl-arbtune")).unwrap();
    let ran = against(dir.path(), &[]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.starts_with("warning: a run into ") && ran.err.contains("was interrupted"), "{}", ran.err);
}

#[test]
fn json_and_yaml_say_the_same() {
    let dir = generated();
    edit(&file_of(dir.path(), 1), "latest", "old");
    let json: Value = serde_json::from_str(&against(dir.path(), &["-o", "json"]).out).unwrap();
    let yaml: Value = serde_yaml::from_str(&against(dir.path(), &["-o", "yaml"]).out).unwrap();
    assert_eq!(json, yaml);
    assert_eq!(json["session_id"], "d29-k8s-demo-session");
    assert_eq!(json["counts"]["change"], 1);
}

#[test]
fn the_exit_code_is_that_of_kubectl_diff() {
    let dir = generated();
    edit(&file_of(dir.path(), 1), "latest", "old");
    assert_eq!(against(dir.path(), &[]).code, 1);
    assert_eq!(against(dir.path(), &["--exit-code"]).code, 1);
    assert_eq!(against(dir.path(), &["--exit-code=true"]).code, 1);
    assert_eq!(against(dir.path(), &["--exit-code=false"]).code, 0);
    edit(&file_of(dir.path(), 1), "apiVersion: batch/v1", "apiVersion: [");
    let broken = against(dir.path(), &["--exit-code=false"]);
    assert_eq!((broken.code, broken.out.as_str()), (2, ""));
    assert!(broken.err.contains("worker-1-0.yaml:"), "shows the place: {}", broken.err);
}

#[test]
fn errors_are_above_one() {
    let dir = generated();
    let path = arg(dir.path());
    for (args, input, words) in [
        (vec!["plan", "--k8s-config", K8S, "--diff", "none"], "", "none cannot be read"),
        (vec!["plan", "--k8s-config", "none.yaml", "--diff", path], "", "none.yaml"),
        (vec!["plan", "--k8s-config", "tests/data/mistakes.yaml", "--diff", path], "", "has 3 problems"),
        (vec!["plan", "--k8s-config", K8S, "--diff", "-"], "", "standard input contains no documents"),
        (vec!["plan", "--k8s-config", "-", "--diff", "-"], "", "not both"),
        (vec!["plan", "--k8s-config", K8S, "--diff", path, "-o", "name"], "", "Remove --diff"),
        (vec!["plan", "--k8s-config", K8S, "--exit-code=false"], "", "--diff"),
        (vec!["plan", "--k8s-config", K8S, "--diff", path, "--exit-code=0"], "", "true"),
    ] {
        let ran = run_with(&args, input);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.starts_with("error: ") && ran.err.contains(words), "{args:?}: {}", ran.err);
    }
}

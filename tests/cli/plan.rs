//! `plan`: tables and notations of one session.

use serde_json::Value;

use crate::common::{K8S, ORCHESTRATOR, run, run_well, run_with, text_of};

const PLAN: &[&str] = &["plan", "--k8s-config", K8S];

fn plan(more: &[&'static str]) -> Vec<&'static str> {
    [PLAN, more].concat()
}

#[test]
fn workers_totals_and_settings() {
    let ran = run_well(&plan(&["--orchestrator-config", ORCHESTRATOR]));
    assert_eq!(ran.err, "");
    for line in [
        "INDEX   JOB                              WORKER     ITERATIONS",
        "1       arb-tuning-d29-k8s--worker-2-1   worker-2   3",
        "cpu requests      1",
        "memory limits     2Gi",
    ] {
        assert!(ran.out.lines().any(|found| found == line), "{line}\n{}", ran.out);
    }
    let place = |start: &str| ran.out.lines().position(|line| line.starts_with(start)).unwrap();
    // Each file is named once, above what comes from it.
    assert_eq!((ran.out.matches(K8S).count(), ran.out.matches(ORCHESTRATOR).count()), (1, 1));
    assert!(place(K8S) < place("  image ") && place("  image ") < place(ORCHESTRATOR), "{}", ran.out);
    assert!(place(ORCHESTRATOR) < place("  workers "), "{}", ran.out);
    // Sentences are for the terminal to break.
    let wide = ran.out.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None);
}

#[test]
fn a_wide_plan_names_files_in_each_row() {
    let wide = run_well(&plan(&["--orchestrator-config", ORCHESTRATOR, "-o", "wide"])).out;
    let row = |start: &str| wide.lines().find(|line| line.starts_with(start)).unwrap();
    assert!(row("1 ").ends_with("   job-01-arb-tuning-d29-k8s--worker-2-1.yaml"), "{wide}");
    assert!(row("workers ").ends_with(ORCHESTRATOR) && row("image ").ends_with(K8S), "{wide}");
}

#[test]
fn headers_and_output_can_be_left_out() {
    let bare = run_well(&plan(&["--no-headers"])).out;
    assert!(bare.starts_with("0   arb-tuning-d29-k8s--worker-1-0   worker-1   3\n"), "{bare}");
    assert!(!["INDEX", "TOTAL", "SETTING"].iter().any(|header| bare.contains(header)), "{bare}");
    let quiet = run_well(&plan(&["-q"]));
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    let differs = run(&plan(&["-q", "--diff", "tests/data/worker-1.yaml"]));
    assert_eq!((differs.code, differs.out.as_str()), (1, ""), "{differs:?}");
}

#[test]
fn json_and_yaml_say_the_same() {
    let json: Value = serde_json::from_str(&run_well(&plan(&["-o", "json"])).out).unwrap();
    let yaml: Value = serde_yaml::from_str(&run_well(&plan(&["-o", "yaml"])).out).unwrap();
    assert_eq!(json, yaml);
    assert_eq!(json["jobs"][1]["name"], "arb-tuning-d29-k8s--worker-2-1");
    assert_eq!(json["totals"]["iterations"], 6);
}

#[test]
fn a_long_plan_shows_its_ends_and_wide_shows_all() {
    let config = text_of(K8S).replace("workers: 2", "workers: 1000").replace("iterations: 6", "iterations: 1000");
    let table = run_with(&["plan", "--k8s-config", "-"], config.clone()).out;
    assert!(table.contains("more jobs; plan -o wide shows all"), "{table}");
    let wide = run_with(&["plan", "--k8s-config", "-", "-o", "wide"], config.clone()).out;
    assert_eq!(wide.lines().filter(|line| line.contains("arb-tuning-")).count(), 1000);
    let names = run_with(&["plan", "--k8s-config", "-", "-o", "name"], config).out;
    assert_eq!(names.lines().count(), 1000);
}

#[test]
fn disagreements_between_the_two_files() {
    for (from, to) in [("mode: paper", "mode: live"), ("env: docker", "env: prod")] {
        let orchestrator = text_of(ORCHESTRATOR).replace(from, to);
        let ran = run_with(&plan(&["--orchestrator-config", "-"]), orchestrator);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{to}: {ran:?}");
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
    }
    let orchestrator = text_of(ORCHESTRATOR).replace("bayesian", "grid").replace("advanced_baseline", "other");
    let ran = run_with(&plan(&["--orchestrator-config", "-"]), orchestrator);
    assert_eq!(ran.code, 0);
    let warnings: Vec<&str> = ran.err.lines().filter(|line| line.starts_with("warning: ")).collect();
    assert_eq!(warnings.len(), 2, "{}", ran.err);
    assert!(warnings.iter().all(|warning| warning.contains(K8S)), "Each says which file wins: {}", ran.err);
}

#[test]
fn plan_warns_of_mode_live() {
    let live = text_of(K8S).replace("mode: paper", "mode: live");
    let ran = run_with(&["plan", "--k8s-config", "-"], live);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("trade with real money"));
}

#[test]
fn a_file_that_is_not_there() {
    let ran = run(&["plan", "--k8s-config", "configs/none.yaml"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.starts_with("error: ") && ran.err.contains("configs/none.yaml"), "{}", ran.err);
}

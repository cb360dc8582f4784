//! Every error that a configuration can have: where it is, what it says, and how it is mended.

use crate::common::{K8S, ORCHESTRATOR, run_with, text_of};

/// A change to the baseline, the place that is named, and words of the message and the help.
struct Case(&'static str, &'static str, &'static str, &'static [&'static str]);

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case("workers: 2", "workrs: 2", "8:1", &["Unknown key workrs", "Did you mean workers?"]),
    Case("k8s_namespace: trading-bots\n", "", "2:1", &["Missing key k8s_namespace"]),
    Case("workers: 2", "workers: two", "8:10", &["must be a whole number"]),
    Case("mode: paper", "mode: papr", "5:7", &["must be paper, shadow or live", "Did you mean paper?"]),
    Case("optimizer: bayesian", "optimizer: bayes", "9:12", &["must be grid, random or bayesian"]),
    Case("env: docker", "env: production", "6:6", &["must be docker, local, stage or prod"]),
    Case("workers: 2", "workers: 0", "8:10", &["must be at least 1"]),
    Case("total_iterations: 6", "total_iterations: 0", "7:19", &["must be at least 1"]),
    Case("workers: 2", "workers: 7", "8:10", &["nothing to do"]),
    Case("REDIS_PORT: \"6379\"", "REDIS_PORT: 6379", "15:15", &["Quote it: \"6379\""]),
    Case("REDIS_PORT: \"6379\"", "FLAG: yes", "15:9", &["a boolean", "Quote it: \"yes\""]),
    Case("REDIS_PORT: \"6379\"", "MODE_BITS: 0644", "15:14", &["Quote it: \"0644\""]),
    Case("REDIS_PORT: \"6379\"", "BIG: 1_000", "15:8", &["Quote it: \"1_000\""]),
    Case("REDIS_PORT: \"6379\"", "9LIVES: \"9\"", "15:3", &["9LIVES"]),
    Case("REDIS_PORT: \"6379\"", "SESSION_ID: \"x\"", "15:3", &["Remove this line"]),
    Case("REDIS_PORT: \"6379\"", "WORKER_ID: \"x\"", "15:3", &["Remove this line"]),
    Case("REDIS_PORT: \"6379\"", "MODE: \"x\"", "15:3", &["Remove this line"]),
    Case("session_id: d29-k8s-demo-session", "session_id: d29 k8s", "2:13", &["character 4 is ' '", "d29-k8s"]),
    Case("session_id: d29-k8s-demo-session", "session_id: Demo", "2:13", &["character 1 is 'D'", "demo"]),
    Case("k8s_namespace: trading-bots", "k8s_namespace: trading_bots", "3:16", &["character 8 is '_'"]),
    Case("image: your-registry/arbitrage-lite:latest", "image: \" x\"", "4:8", &["whitespace"]),
    Case("image: your-registry/arbitrage-lite:latest", "image: ''", "4:8", &["image is empty"]),
    Case("cpu: 500m", "cpu: half", "18:10", &["\"half\" is not a valid amount of cpu"]),
    Case("memory: 512Mi", "memory: 2Gi", "19:13", &["above its limit of 1Gi"]),
    Case("mode: paper", "mode: paper\nmode: paper", "6:1", &["(first on line 5)"]),
];

#[test]
fn each_error_names_its_place_and_its_mend() {
    let baseline = text_of(K8S);
    for Case(from, to, place, words) in CASES {
        assert!(baseline.contains(from), "{from}");
        let ran = run_with(&["plan", "--k8s-config", "-"], baseline.replacen(from, to, 1));
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{to}: {ran:?}");
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
        assert!(ran.err.contains(&format!("--> standard input:{place}\n")), "{to} at {place}:\n{}", ran.err);
        for word in *words {
            assert!(ran.err.contains(word), "{to}: {word}\n{}", ran.err);
        }
    }
}

#[test]
fn the_orchestrator_config_is_read_as_strictly() {
    let baseline = text_of(ORCHESTRATOR);
    for (from, to, place) in [
        ("workers: 2", "workers: 2\nworker: 2", "5:1"),
        ("workers: 2", "workers: 0", "4:10"),
        ("mode: paper", "mode: 1", "5:7"),
    ] {
        assert!(baseline.contains(from));
        let args = ["plan", "--k8s-config", K8S, "--orchestrator-config", "-"];
        let ran = run_with(&args, baseline.replacen(from, to, 1));
        assert_eq!(ran.code, 1, "{to}: {ran:?}");
        assert!(ran.err.contains(&format!("--> standard input:{place}\n")), "{to}:\n{}", ran.err);
    }
}

#[test]
fn all_errors_of_a_file_in_one_go() {
    let wrong = text_of(K8S).replace("mode: paper", "mode: papr").replace("workers: 2", "workers: 0");
    let wrong = wrong.replace("cpu: 500m", "cpu: half");
    let ran = run_with(&["plan", "--k8s-config", "-"], wrong.as_str());
    assert_eq!(ran.code, 1);
    assert_eq!(ran.err.matches("--> standard input:").count(), 3, "{}", ran.err);
    assert_eq!(ran.err.matches("error:").count(), 1, "{}", ran.err);
    let ran = run_with(&["validate", "--k8s-config", "-"], wrong);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""), "What is wrong is what was asked for.");
    assert_eq!(ran.out.matches("--> standard input:").count(), 3, "{}", ran.out);
    assert_eq!(ran.out.matches("\nerror[config-").count() + 1, 3, "{}", ran.out);
}

#[test]
fn what_looks_odd_and_is_right() {
    let baseline = text_of(K8S);
    for (from, to) in [
        ("REDIS_PORT: \"6379\"", "MODE_BITS: \"0644\""),
        ("REDIS_PORT: \"6379\"", "AT: 1:30"),
        ("cpu: \"1\"", "cpu: 1"),
        ("# A D29", "\u{feff}# A D29"),
        ("workers: 2\n", "workers: 2\r\n"),
        ("workers: 2", "workers: 0x2"),
    ] {
        let ran = run_with(&["plan", "--k8s-config", "-"], baseline.replacen(from, to, 1));
        assert_eq!(ran.code, 0, "{to}: {}", ran.err);
    }
}

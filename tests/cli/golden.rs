//! The guide's example: the Job of worker-1 of the baseline session, field for field.

use serde_json::{Value, json};

use crate::common::{CREATED_AT, K8S, run_well, text_of};

fn expected() -> Value {
    let labels = json!({
        "app": "arbitrage-tuning",
        "session_id": "d29-k8s-demo-session",
        "worker_id": "worker-1",
        "component": "tuning",
        "mode": "paper",
        "env": "docker",
    });
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": "arb-tuning-d29-k8s--worker-1-0",
            "namespace": "trading-bots",
            "labels": labels,
            "annotations": {
                "description": "Arbitrage tuning job for worker-1",
                "created_at": "2025-11-16T18:21:45.000000Z",
            },
        },
        "spec": {
            "backoffLimit": 0,
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "restartPolicy": "Never",
                    "containers": [{
                        "name": "arb-tuning-d29-k8s--worker-1-0",
                        "image": "your-registry/arbitrage-lite:latest",
                        "command": ["python"],
                        "args": [
                            "scripts/run_d24_tuning_session.py",
                            "--config", "configs/d23_tuning/advanced_baseline.yaml",
                            "--iterations", "3",
                            "--mode", "paper",
                            "--env", "docker",
                            "--optimizer", "bayesian",
                            "--session-id", "d29-k8s-demo-session",
                            "--worker-id", "worker-1",
                            "--output-csv", "outputs/d29_k8s_session_worker-1.csv",
                        ],
                        "env": [
                            {"name": "APP_ENV", "value": "docker"},
                            {"name": "REDIS_HOST", "value": "arbitrage-redis"},
                            {"name": "REDIS_PORT", "value": "6379"},
                            {"name": "SESSION_ID", "value": "d29-k8s-demo-session"},
                            {"name": "WORKER_ID", "value": "worker-1"},
                            {"name": "MODE", "value": "paper"},
                        ],
                        "resources": {
                            "requests": {"cpu": "500m", "memory": "512Mi"},
                            "limits": {"cpu": "1", "memory": "1Gi"},
                        },
                    }],
                },
            },
        },
    })
}

#[test]
fn the_guides_example_field_for_field() {
    let json = run_well(&["generate", "--k8s-config", K8S, "--created-at", CREATED_AT, "-o", "json"]).out;
    let list: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((list["apiVersion"].as_str(), list["kind"].as_str()), (Some("v1"), Some("List")));
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    assert_eq!(list["items"][0], expected());
}

#[test]
fn the_guides_example_byte_for_byte() {
    let stream = run_well(&["generate", "--k8s-config", K8S, "--created-at", CREATED_AT]).out;
    let documents: Vec<&str> = stream.split("---\n").collect();
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0], text_of("tests/data/worker-1.yaml"));
    let other: Value = serde_yaml::from_str(documents[1]).unwrap();
    assert_eq!(other["metadata"]["name"], "arb-tuning-d29-k8s--worker-2-1");
}

/// The bytes of `kubectl create -f tests/data/worker-1.yaml --dry-run=client -o kyaml`, kubectl 1.36.
#[test]
fn kyaml_is_kubectls_byte_for_byte() {
    let args = ["generate", "--k8s-config", K8S, "--created-at", CREATED_AT, "-o", "kyaml"];
    let stream = run_well(&args).out;
    let documents: Vec<&str> = stream.split_inclusive("\n}\n").collect();
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0], text_of("tests/data/worker-1.kyaml"));
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("jobs");
    run_well(&[&args[..], &["-q", "-d", path.to_str().unwrap()]].concat());
    let file = std::fs::read_to_string(path.join("job-00-arb-tuning-d29-k8s--worker-1-0.yaml")).unwrap();
    assert_eq!(file, documents[0]);
    // The other notation of the same values is no change.
    let again = run_well(&["generate", "--k8s-config", K8S, "-d", path.to_str().unwrap()]).out;
    assert!(again.ends_with(": 2 unchanged\n"), "{again}");
}

//! What each command asks of the system: no socket, and no other program.

use std::fs;
use std::process::Command;

use crate::common::{K8S, arg, root};
use crate::faults::can_trace;

#[test]
fn no_socket_is_opened_and_no_program_is_started() {
    if !can_trace() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (log, jobs, starter) = (dir.path().join("log"), dir.path().join("jobs"), dir.path().join("starter"));
    let status = "tests/after/jobs-pods.json";
    for args in [
        &["generate", "--k8s-config", K8S][..],
        &["generate", "--k8s-config", K8S, "-d", arg(&jobs)],
        &["generate", "--k8s-config", "tests/after/session.yaml", "--from-status", status],
        &["plan", "--k8s-config", "configs/d29_k8s/production.yaml"],
        &["plan", "--k8s-config", K8S, "--diff", arg(&jobs)],
        &["validate", "-R", "-f", "tests/data", "-f", "docs/examples"],
        &["validate", "--k8s-config", K8S],
        &["status", "-f", status],
        &["results", "--k8s-config", "tests/after/session.yaml", "tests/after/outputs"],
        &["init", arg(&starter)],
        &["completion", "bash"],
    ] {
        let traced = Command::new("strace")
            .args(["-f", "-qq", "-o", arg(&log), "-e", "trace=%network,execve,execveat"])
            .arg(assert_cmd::cargo::cargo_bin("kubectl-arbtune"))
            .args(args)
            .current_dir(root())
            .output()
            .unwrap();
        assert!(!traced.stdout.is_empty(), "{args:?} has done nothing: {traced:?}");
        let calls = fs::read_to_string(&log).unwrap();
        let calls: Vec<&str> = calls.lines().filter(|line| !line.contains("+++") && !line.contains("---")).collect();
        let [start] = calls.as_slice() else { panic!("{args:?}: {calls:#?}") };
        assert!(start.contains("execve(") && start.contains("kubectl-arbtune"), "{args:?}: {start}");
    }
}

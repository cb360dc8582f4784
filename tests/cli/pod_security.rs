//! `validate --pod-security`: pods against the Pod Security Standards.

use serde_json::Value;

use crate::common::{run, run_with};

const CRON_JOB: &str = "\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: nightly
spec:
  schedule: 30 2 * * *
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          hostPID: true
          containers:
          - name: bot
            image: bot
            securityContext:
              capabilities:
                add:
                - CHOWN
                - SYS_ADMIN
";

fn findings(args: &[&str]) -> (i32, Vec<Value>) {
    let ran = run_with(&[&["validate", "-f", "-", "-o", "json"], args].concat(), CRON_JOB);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    (ran.code, report["documents"][0]["findings"].as_array().unwrap().clone())
}

#[test]
fn findings_have_the_servers_names_and_their_places() {
    let (code, found) = findings(&["--pod-security", "baseline"]);
    let places: Vec<_> = found
        .iter()
        .map(|it| ["source", "reason", "field"].map(|key| it[key].as_str().unwrap()))
        .zip(found.iter().map(|it| it["line"].as_u64().unwrap()))
        .collect();
    let template = "spec.jobTemplate.spec.template.spec";
    let added = format!("{template}.containers[0].securityContext.capabilities.add[1]");
    let host = format!("{template}.hostPID");
    assert_eq!(
        places,
        [
            (["pod-security", "non-default capabilities", added.as_str()], 20),
            (["pod-security", "host namespaces", host.as_str()], 12)
        ]
    );
    assert_eq!(code, 1);
}

#[test]
fn the_verdict_of_the_server_stays() {
    let args = ["validate", "-f", "-", "--pod-security", "restricted"];
    let ran = run_with(&args, CRON_JOB);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("1 document: 1 accepted, 7 errors, 0 warnings"), "{}", ran.out);
    assert_eq!(run_with(&["validate", "-f", "-"], CRON_JOB).code, 0);
}

#[test]
fn the_standard_goes_with_any_rules() {
    let (code, found) = findings(&["--pod-security", "baseline", "--rules", "tuning"]);
    assert_eq!((code, found.len()), (1, 2));
}

#[test]
fn versions_differ() {
    let probed = CRON_JOB.replace("hostPID: true", "hostPID: false").replace("- SYS_ADMIN", "- CHOWN").replace(
        "            image: bot\n",
        "            image: bot\n            livenessProbe: {tcpSocket: {port: 80, host: 10.0.0.1}}\n",
    );
    let args = ["validate", "-f", "-", "--pod-security", "baseline", "--kubernetes-version"];
    for (version, code) in [("1.33", 0), ("1.34", 1), ("1.36", 1)] {
        let ran = run_with(&[&args[..], &[version]].concat(), probed.clone());
        assert_eq!(ran.code, code, "{version}: {ran:?}");
    }
}

#[test]
fn its_rules_are_listed_explained_and_not_skipped() {
    let list = run(&["validate", "--list-rules"]).out;
    assert_eq!(list.lines().filter(|line| line.contains(" pod-security ")).count(), 19, "{list}");
    let explained = run(&["validate", "--explain", "pss-run-as-non-root"]);
    assert!(explained.code == 0 && explained.out.contains("runAsNonRoot: true"), "{explained:?}");
    let skipped = run(&["validate", "-f", "tests/data/worker-1.yaml", "--skip-rule", "pss-run-as-non-root"]);
    assert!(skipped.code == 2 && skipped.err.contains("Remove --skip-rule"), "{skipped:?}");
    assert_eq!(run(&["validate", "-f", "tests/data/worker-1.yaml", "--pod-security", "privileged"]).code, 2);
}

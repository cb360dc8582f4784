//! Which rules are applied: those of a version, without those that are left out; and to which documents.

use serde_json::Value;

use crate::common::{K8S, Ran, run, run_well, run_with, text_of};

const WORKER_1: &str = "tests/data/worker-1.yaml";
const CRON_JOB: &str = "\
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly-tuning}
spec:
  schedule: 30 2 * * *
  timeZone: Europe/Berlin
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: trading-bot, image: your-registry/arbitrage-lite:latest}]
";

fn validate(more: &[&str], text: &str) -> Ran {
    run_with(&[&["validate", "-f", "-", "-o", "json"], more].concat(), text)
}

/// The rules that are broken, and the fields.
fn broken(ran: &Ran) -> Vec<(String, String)> {
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let documents = report["documents"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    documents
        .flat_map(|document| document["findings"].as_array().unwrap())
        .map(|finding| (text(&finding["rule"]), text(&finding["field"])))
        .collect()
}

#[test]
fn each_version_has_its_own_answer() {
    let text = text_of(WORKER_1).replace("restartPolicy: Never", "restartPolicy: Never\n      hostnameOverride: A_B");
    let field = "spec.template.spec.hostnameOverride".to_owned();
    for (version, rule) in [
        ("1.33", Some("unknown-field")),
        ("1.34", None),
        ("1.35", Some("pod-hostname-override")),
        ("1.36", Some("pod-hostname-override")),
    ] {
        let ran = validate(&["--rules", "api", "--kubernetes-version", version], &text);
        let expected: Vec<_> = rule.map(|rule| (rule.to_owned(), field.clone())).into_iter().collect();
        assert_eq!(broken(&ran), expected, "{version}");
        assert_eq!(ran.code, i32::from(rule.is_some()), "{version}");
    }
    assert_eq!(broken(&validate(&["--rules", "api"], &text)).len(), 1, "The newest one is the default.");
}

#[test]
fn every_command_takes_a_version_on_record() {
    for command in [&["generate", "-o", "name"][..], &["plan", "-o", "name"], &["validate"]] {
        let args = [command, &["--k8s-config", K8S, "--kubernetes-version"]].concat();
        run_well(&[&args[..], &["1.33"]].concat());
        let other = run(&[&args[..], &["1.32"]].concat());
        assert_eq!((other.code, other.out.as_str()), (2, ""));
        assert!(other.err.contains("1.33, 1.34, 1.35, 1.36"), "{}", other.err);
    }
}

#[test]
fn rules_of_the_guide_can_be_left_out() {
    let text = text_of(WORKER_1).replace("backoffLimit: 0", "backoffLimit: 3");
    let text = format!("{text}---\n{text}");
    let rules = |more: &[&str]| broken(&validate(more, &text)).into_iter().map(|(rule, _)| rule).collect::<Vec<_>>();
    let limit = "tuning-backoff-limit";
    assert_eq!(rules(&[]), [limit, limit, "tuning-duplicate-name", "tuning-workers"]);
    assert_eq!(rules(&["--skip-rule", limit]), ["tuning-duplicate-name", "tuning-workers"]);
    let skipped = ["--skip-rule", limit, "--skip-rule", "tuning-duplicate-name", "--skip-rule", "tuning-workers"];
    let ran = validate(&skipped, &text);
    assert_eq!((ran.code, broken(&ran)), (0, Vec::new()));
}

#[test]
fn rules_of_the_server_cannot_be_left_out() {
    for (rule, said) in [
        ("job-numbers", "job-numbers is a rule of the API server and cannot be skipped."),
        ("tuning-backof-limit", "Did you mean tuning-backoff-limit?"),
    ] {
        let ran = run(&["validate", "-f", WORKER_1, "--skip-rule", rule]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.starts_with("error: ") && ran.err.contains(said), "{}", ran.err);
    }
}

#[test]
fn cron_jobs_are_checked_like_jobs() {
    let sound = validate(&[], CRON_JOB);
    assert_eq!((sound.code, broken(&sound)), (0, Vec::new()));
    let report: Value = serde_json::from_str(&sound.out).unwrap();
    assert_eq!((&report["documents"][0]["accepted"], &report["summary"]["accepted"]), (&true.into(), &1.into()));
    for (from, to, rule, field) in [
        ("30 2 * * *", "30 2 * *", "cron-job-schedule", "spec.schedule"),
        ("30 2 * * *", "TZ=UTC 30 2 * * *", "cron-job-schedule-time-zone", "spec.schedule"),
        ("Europe/Berlin", "Europe/Belrin", "cron-job-time-zone", "spec.timeZone"),
        ("Never", "Always", "job-restart-policy", "spec.jobTemplate.spec.template.spec.restartPolicy"),
        (
            "nightly-tuning",
            "tuning-of-the-advanced-strategy-every-night-at-half-past2",
            "cron-job-name",
            "metadata.name",
        ),
        ("  schedule:", "  scheduel: x\n  schedule:", "unknown-field", "spec.scheduel"),
    ] {
        let ran = validate(&[], &CRON_JOB.replace(from, to));
        assert!(broken(&ran).contains(&(rule.to_owned(), field.to_owned())), "{to}: {ran:?}");
        assert_eq!(ran.code, 1, "{to}");
    }
}

#[test]
fn documents_of_another_kind_can_be_an_error() {
    let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\n---\n{}", text_of(WORKER_1));
    let passed = run_with(&["validate", "-f", "-"], text.clone());
    assert_eq!(passed.code, 0);
    assert!(passed.out.ends_with("2 documents: 1 accepted, 1 skipped, 0 errors, 0 warnings\n"), "{}", passed.out);
    let failed = run_with(&["validate", "-f", "-", "--fail-on-skipped"], text.clone());
    assert_eq!(failed.code, 1);
    assert!(failed.out.contains("skipped-document") && failed.out.contains("kind: ConfigMap"), "{}", failed.out);
    assert!(failed.out.ends_with("2 documents: 1 accepted, 1 skipped, 1 error, 0 warnings\n"), "{}", failed.out);
    assert_eq!(broken(&validate(&["--fail-on-skipped"], &text)), [("skipped-document".to_owned(), "kind".to_owned())]);
}

#[test]
fn what_differs_between_versions_is_listed_and_explained() {
    let list = run_well(&["validate", "--list-rules"]).out;
    for text in ["since 1.34", "until 1.33", "PodSpec.hostnameOverride", "ContainerStopSignals"] {
        assert!(list.contains(text), "{text}");
    }
    let rule = run_well(&["validate", "--explain", "topology-spread-repeated-keys"]).out;
    assert!(rule.contains("\nVersions of Kubernetes: since 1.34\n"), "{rule}");
    let fields = run_well(&["validate", "--explain", "unknown-field"]).out;
    assert!(fields.contains("PodSpec.schedulingGroup "), "{fields}");
    let gate = run_well(&["validate", "--explain", "ImageVolume"]).out;
    assert!(gate.contains("\nBy default: 1.33 off, 1.34 off, 1.35 on, 1.36 on\n"), "{gate}");
}

#[test]
fn rules_of_configurations_cannot_be_left_out() {
    let ran = run(&["validate", "--k8s-config", "tests/data/mistakes.yaml", "--skip-rule", "config-word"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("config-word is a rule for configurations"), "{}", ran.err);
}

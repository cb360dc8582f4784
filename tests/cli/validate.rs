//! `validate`: files, folders, streams and sessions, reported to people and programs.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{CREATED_AT, K8S, Ran, arg, run, run_well, run_with, text_of};

const WORKER_1: &str = "tests/data/worker-1.yaml";

/// The Jobs of the baseline session in a folder.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    run_well(&["generate", "--k8s-config", K8S, "-d", arg(dir.path()), "--created-at", CREATED_AT, "-q"]);
    dir
}

fn report(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

/// The report on one text.
fn report_on(text: &str, more: &[&str]) -> Value {
    report(&run_with(&[&["validate", "-f", "-", "-o", "json"], more].concat(), text))
}

fn rules_in(report: &Value) -> Vec<String> {
    let documents = report["documents"].as_array().unwrap().iter();
    documents
        .flat_map(|document| document["findings"].as_array().unwrap())
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_generate_writes_is_accepted() {
    let dir = folder();
    let ran = run_well(&["validate", "-f", arg(dir.path())]);
    assert!(ran.out.ends_with("2 documents: 2 accepted, 0 errors, 0 warnings\n"), "{}", ran.out);
    let session = run_well(&["validate", "--k8s-config", K8S]);
    assert!(session.out.ends_with("2 documents: 2 accepted, 0 errors, 0 warnings\n"), "{}", session.out);
}

#[test]
fn the_report_for_programs_has_its_shape() {
    let text = text_of(WORKER_1).replace("backoffLimit: 0", "backofLimit: 0");
    let report = report_on(&text, &[]);
    let document = &report["documents"][0];
    let keys: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 7, "{keys:?}");
    for key in ["file", "index", "kind", "name", "namespace", "accepted", "findings"] {
        assert!(document.get(key).is_some(), "{key}");
    }
    assert_eq!(document["accepted"], false);
    let finding = &document["findings"][0];
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["source"], "api");
    assert_eq!(finding["rule"], "unknown-field");
    assert_eq!(finding["field"], "spec.backofLimit");
    assert_eq!(finding["line"], 17, "{finding}");
    assert_eq!(finding["column"], 3);
    assert!(finding["message"].as_str().unwrap().contains("Did you mean backoffLimit?"));
    let summary = report["summary"].as_object().unwrap();
    for key in ["documents", "accepted", "rejected", "skipped", "errors", "warnings"] {
        assert!(summary[key].is_u64(), "{key}");
    }
    assert_eq!(summary["rejected"], 1);
}

#[test]
fn the_table_shows_the_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("job.yaml");
    fs::write(&path, text_of(WORKER_1).replace("restartPolicy: Never", "restartPolicy: Often")).unwrap();
    let ran = run(&["validate", "-f", arg(&path)]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert!(ran.out.contains("restartPolicy: Often\n") && ran.out.contains("^^^^^"), "{}", ran.out);
}

#[test]
fn yaml_and_json_streams_and_lists() {
    let worker = text_of(WORKER_1);
    let json = serde_json::to_string(&serde_yaml::from_str::<Value>(&worker).unwrap()).unwrap();
    let other = worker.replace("worker-1-0", "worker-2-1").replace("worker-1", "worker-2");
    let list = format!("{{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{json}, {json}]}}");
    let job_list = list.replace("\"v1\"", "\"batch/v1\"").replace("\"List\"", "\"JobList\"");
    for (text, documents) in [
        (format!("{worker}---\n{other}"), 2),
        (format!("---\n{worker}---\n---\n# nothing\n"), 1),
        (json.clone(), 1),
        (format!("{json}\n{json}"), 2),
        (list, 2),
        (job_list, 2),
    ] {
        let report = report_on(&text, &["--rules", "api"]);
        assert_eq!(report["summary"]["documents"], documents, "{text}");
        assert_eq!(report["summary"]["accepted"], documents, "{text}\n{report}");
    }
}

#[test]
fn other_kinds_are_skipped() {
    let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\n---\n{}", text_of(WORKER_1));
    let report = report_on(&text, &[]);
    assert_eq!(report["summary"]["skipped"], 1);
    assert_eq!(report["documents"][0]["accepted"], Value::Null);
    assert_eq!(report["documents"][0]["kind"], "ConfigMap");
}

#[test]
fn the_rules_can_be_picked() {
    let text = text_of(WORKER_1).replace("backoffLimit: 0", "backoffLimit: 3\n  nonsense: 1");
    assert_eq!(rules_in(&report_on(&text, &[])), ["unknown-field", "tuning-backoff-limit"]);
    assert_eq!(rules_in(&report_on(&text, &["--rules", "api"])), ["unknown-field"]);
    let tuning = report_on(&text, &["--rules", "tuning"]);
    assert_eq!(rules_in(&tuning), ["tuning-backoff-limit"]);
    assert_eq!(tuning["documents"][0]["accepted"], Value::Null, "The server was not asked.");
}

#[test]
fn sets_of_one_session() {
    let worker = text_of(WORKER_1);
    let third = worker.replace("worker-1-0", "worker-3-2").replace("worker-1", "worker-3");
    let said = rules_in(&report_on(&format!("{worker}---\n{third}"), &[]));
    assert_eq!(said, ["tuning-workers"], "worker-2 is missing");
    let twice = rules_in(&report_on(&format!("{worker}---\n{worker}"), &[]));
    assert!(twice.contains(&"tuning-duplicate-name".to_owned()), "{twice:?}");
}

#[test]
fn folders_and_sub_folders() {
    let dir = folder();
    fs::create_dir(dir.path().join("below")).unwrap();
    fs::write(dir.path().join("below/x.yaml"), text_of(WORKER_1).replace("demo-session", "other-session")).unwrap();
    fs::write(dir.path().join("notes.txt"), "not a manifest: [").unwrap();
    let count = |args: &[&str]| report(&run(&[args, &["-o", "json"]].concat()))["summary"]["documents"].clone();
    assert_eq!(count(&["validate", "-f", arg(dir.path())]), 2);
    assert_eq!(count(&["validate", "-R", "-f", arg(dir.path())]), 3);
}

#[test]
fn inputs_that_are_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let empty = run(&["validate", "-f", arg(dir.path())]);
    assert_eq!(empty.code, 1);
    assert!(empty.err.starts_with("error: "), "{}", empty.err);
    let missing = run(&["validate", "-f", arg(&Path::new("no").join("such.yaml"))]);
    assert_eq!(missing.code, 1);
    assert!(missing.err.starts_with("error: ") && missing.err.contains("no/such.yaml"), "{}", missing.err);
    for args in [&["validate"][..], &["validate", "-f", "x", "--k8s-config", "y"], &["validate", "-f", "-", "-f", "-"]]
    {
        let ran = run(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_duplicate_key_is_reported() {
    let text = text_of(WORKER_1).replace("  backoffLimit: 0", "  backoffLimit: 3\n  backoffLimit: 0");
    let report = report_on(&text, &["--rules", "api"]);
    assert_eq!(report["documents"][0]["accepted"], true, "kubectl keeps the last one.");
    assert_eq!(report["documents"][0]["findings"][0]["severity"], "warning");
}

/// A folder with a sound Job, a wrong one, one that deserves a look, and another kind.
fn mixed() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let worker = text_of(WORKER_1);
    for (name, text) in [
        ("a sound.yaml", worker.clone()),
        ("b.yaml", worker.replace("image: your-registry/arbitrage-lite:latest", "image: ''")),
        ("c.yaml", worker.replace("- name: MODE", "- name: APP_ENV\n          value: x\n        - name: MODE")),
        ("d.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n".to_owned()),
    ] {
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

#[test]
fn github_marks_the_lines() {
    let dir = mixed();
    let ran = run(&["validate", "--rules", "api", "-f", arg(dir.path()), "-o", "github"]);
    assert_eq!(ran.code, 1);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.out);
    assert!(lines[0].starts_with("::error file=") && lines[0].contains("b.yaml,line="), "{}", lines[0]);
    assert!(lines[1].starts_with("::warning file=") && lines[1].contains("title=env-duplicate::"), "{}", lines[1]);
}

#[test]
fn junit_has_a_case_for_each_document() {
    let dir = mixed();
    let ran = run(&["validate", "--rules", "api", "-f", arg(dir.path()), "-o", "junit"]);
    let report = quick_junit::Report::deserialize_from_str(&ran.out).unwrap();
    assert_eq!((report.tests, report.failures), (4, 1), "{}", ran.out);
    assert_eq!(ran.out.matches("<skipped").count(), 1);
    assert!(ran.out.contains("container-image") && ran.out.contains("env-duplicate"));
}

#[test]
fn sarif_is_read_back_by_its_schemas_types() {
    let dir = mixed();
    let ran = run(&["validate", "--rules", "api", "-f", arg(dir.path()), "-o", "sarif"]);
    let log: serde_sarif::sarif::Sarif = serde_json::from_str(&ran.out).unwrap();
    let sarif_run = &log.runs[0];
    let rules = sarif_run.tool.driver.rules.as_ref().unwrap();
    let results = sarif_run.results.as_ref().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        let nth = usize::try_from(result.rule_index.unwrap()).unwrap();
        assert_eq!(Some(&rules[nth].id), result.rule_id.as_ref());
    }
}

#[test]
fn rules_are_listed_and_explained() {
    let list = run_well(&["validate", "--list-rules"]).out;
    assert!(list.starts_with("RULE") && list.lines().count() > 100, "{}", list.lines().count());
    let rules = list.split("\n\n").next().unwrap();
    for name in rules.lines().skip(1).filter_map(|line| line.split_whitespace().next()) {
        let explained = run_well(&["validate", "--explain", name]).out;
        assert!(explained.starts_with(&format!("{name} (")), "{explained}");
        assert!(explained.contains("\nBad:\n    ") && explained.contains("\nGood:\n    "), "{explained}");
    }
    let unknown = run(&["validate", "--explain", "container-imag"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert!(unknown.err.contains("Did you mean container-image?"), "{}", unknown.err);
}

#[test]
fn many_files_keep_their_order() {
    let dir = tempfile::tempdir().unwrap();
    let config = text_of(K8S).replace("workers: 2", "workers: 300").replace("iterations: 6", "iterations: 300");
    run_with(&["generate", "--k8s-config", "-", "-d", arg(dir.path()), "-q"], config);
    let report = report(&run(&["validate", "-f", arg(dir.path()), "-o", "json"]));
    let files: Vec<&str> =
        report["documents"].as_array().unwrap().iter().map(|document| document["file"].as_str().unwrap()).collect();
    assert_eq!(files.len(), 300);
    assert!(files.is_sorted());
    assert_eq!(report["summary"]["errors"], 0);
}

/// The lines of `tests/data/mistakes.yaml` that hold a mistake, and words of what is said about each.
const MISTAKES: [(u64, &str); 3] = [
    (5, "mode is \"papr\", but must be paper, shadow or live. Did you mean paper?"),
    (8, "3 pods would start with nothing to do. Write at most 6 workers"),
    (15, "kubectl reads 6379 as a whole number. Quote it: \"6379\"."),
];

#[test]
fn a_broken_config_is_reported_in_every_format() {
    const FILE: &str = "tests/data/mistakes.yaml";
    let out = |format: &str| {
        let ran = run(&["validate", "--k8s-config", FILE, "-o", format]);
        assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{format}: {}", ran.out);
        ran.out
    };
    let (table, github, junit) = (out("table"), out("github"), out("junit"));
    let json: Value = serde_json::from_str(&out("json")).unwrap();
    let sarif: serde_sarif::sarif::Sarif = serde_json::from_str(&out("sarif")).unwrap();
    quick_junit::Report::deserialize_from_str(&junit).unwrap();
    let results = sarif.runs[0].results.as_ref().unwrap();
    let findings = json["documents"][0]["findings"].as_array().unwrap();
    assert_eq!((findings.len(), results.len(), github.lines().count()), (3, 3, 3));
    assert_eq!(json["documents"][0]["accepted"], Value::Null, "There is no Job that a server could judge.");
    for (nth, (line, words)) in MISTAKES.into_iter().enumerate() {
        assert!(table.contains(&format!("--> {FILE}:{line}:")), "{line}: {table}");
        let said = github.lines().nth(nth).unwrap();
        assert!(said.starts_with(&format!("::error file={FILE},line={line},")) && said.contains(words), "{said}");
        assert!(junit.contains(&format!("{FILE}:{line}:")) && junit.contains(&words.replace('"', "&quot;")), "{junit}");
        assert_eq!((&findings[nth]["line"], &findings[nth]["source"]), (&line.into(), &"config".into()));
        let message = findings[nth]["message"].as_str().unwrap();
        assert!(message.contains(words) && message.ends_with(findings[nth]["help"].as_str().unwrap()), "{message}");
        let place = results[nth].locations.as_ref().unwrap()[0].physical_location.as_ref().unwrap();
        assert_eq!(place.artifact_location.as_ref().unwrap().uri.as_deref(), Some(FILE));
        assert_eq!(place.region.as_ref().unwrap().start_line, i64::try_from(line).ok());
    }
}

#[test]
fn a_finding_caused_by_a_config_is_reported_once_at_its_key() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("k8s.yaml");
    let config = text_of(K8S).replace("mode: paper", "mode: live").replace("s: 6\nworkers: 2", "s: 90\nworkers: 90");
    fs::write(&path, config).unwrap();
    let args = ["validate", "--k8s-config", arg(&path), "-o"];
    let out = |format| run_well(&[&args[..], &[format]].concat()).out;
    let github = out("github");
    assert_eq!(github.lines().count(), 1, "{github}");
    assert!(github.contains("k8s.yaml,line=5,col=7,title=tuning-live-mode::"), "{github}");
    assert!(github.ends_with("(The same applies to 89 more Jobs.)\n"), "{github}");
    let table = out("table");
    assert_eq!(table.matches("tuning-live-mode").count(), 1, "{table}");
    assert_eq!(table.matches("arb-tuning-").count(), 1, "{table}");
    assert!(table.contains(" = note: The same applies to 89 more Jobs.\n"), "{table}");
    assert!(table.ends_with("90 documents: 90 accepted, 0 errors, 90 warnings\n"), "{table}");
    let sarif: Value = serde_json::from_str(&out("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
    assert_eq!(sarif["runs"][0]["results"][0]["occurrenceCount"], 90);
    let json: Value = serde_json::from_str(&out("json")).unwrap();
    for document in json["documents"].as_array().unwrap() {
        assert_eq!(document["file"], arg(&path));
        assert_eq!(document["findings"][0]["line"], 5, "{document}");
    }
}

#[test]
fn what_the_server_accepts_and_the_guide_refuses_says_both() {
    let wrong = text_of(WORKER_1).replace("backoffLimit: 0", "backoffLimit: 3");
    let table = |text: &str, more: &[&str]| run_with(&[&["validate", "-f", "-"], more].concat(), text).out;
    let one = table(&wrong, &[]);
    assert!(one.contains("   accepted, tuning errors   1 error\n"), "{one}");
    assert!(one.ends_with("1 document: 1 accepted with tuning errors, 1 error, 0 warnings\n"), "{one}");
    let two = table(
        &format!(
            "{wrong}---\n{}",
            text_of(WORKER_1).replace("worker-1-0", "worker-2-1").replace("worker-1", "worker-2")
        ),
        &[],
    );
    assert!(two.ends_with("2 documents: 2 accepted (1 with tuning errors), 1 error, 0 warnings\n"), "{two}");
    let tuning = table(&wrong, &["--rules", "tuning"]);
    assert!(tuning.contains("   tuning errors   1 error\n"), "{tuning}");
    assert_eq!(report_on(&wrong, &[])["documents"][0]["accepted"], true, "This is the server's verdict.");
}

#[test]
fn the_guides_own_example_is_sound() {
    let example = text_of(WORKER_1);
    let created_at = example.lines().find(|line| line.contains("created_at: ")).unwrap();
    let example = example.replace(created_at, "    created_at: \"2025-11-16T18:21:45.906585\"");
    assert_eq!(rules_in(&report_on(&example, &[])), [""; 0]);
    let report = report_on(&example.replace("2025-11-16T18:21:45.906585", "16.11.2025"), &[]);
    assert_eq!(rules_in(&report), ["tuning-annotations"]);
}

#[test]
fn the_title_is_the_sentence_and_nothing_is_said_twice() {
    let text = text_of(WORKER_1).replace("restartPolicy: Never", "restartPolcy: Never");
    let ran = run_with(&["validate", "--rules", "api", "-f", "-"], text);
    let lines: Vec<&str> = ran.out.lines().take(7).map(str::trim).collect();
    assert_eq!(lines[0], "error[unknown-field]: Unknown field restartPolcy.", "{}", ran.out);
    assert!(lines[1].starts_with("--> standard input:"), "{}", ran.out);
    assert_eq!(lines[6], "= path: spec.template.spec.restartPolcy (FieldUnknown)", "{}", ran.out);
    assert!(ran.out.contains("\n   = help: Did you mean restartPolicy?\n"), "{}", ran.out);
    assert_eq!(ran.out.matches("restartPolcy").count(), 3, "{}", ran.out);
}

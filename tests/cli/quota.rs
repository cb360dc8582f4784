//! `plan --quota`: what a namespace would refuse of a session.

use serde_json::Value;

use crate::common::{K8S, run, run_with, text_of};

const NAMESPACE: &str = "tests/data/quota/namespace.yaml";
const LABELS: &str = "tests/data/quota/labels.yaml";

fn plan(more: &[&'static str]) -> Vec<&'static str> {
    [&["plan", "--k8s-config", K8S], more].concat()
}

#[test]
fn the_first_refused_worker_is_named_and_the_exit_code_is_1() {
    let ran = run(&plan(&["--quota", NAMESPACE]));
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    for line in [
        "compute   requests.cpu       4      3500m   500m   500m   1       1 of 2",
        "defaults     arb-tuning-d29-k8s--worker-1-0   limits.ephemeral-storage=2Gi",
        "The namespace trading-bots would refuse the pod of worker-2 first.",
    ] {
        assert!(ran.out.lines().any(|found| found == line), "{line}\n{}", ran.out);
    }
    let piped = run_with(&plan(&["--quota", "-"]), text_of(NAMESPACE));
    assert_eq!((piped.code, piped.out), (ran.code, ran.out));
}

#[test]
fn a_namespace_with_room_takes_all() {
    let text = text_of(NAMESPACE).replace("3500m", "3");
    let ran = run_with(&plan(&["--quota", "-"]), text);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.ends_with("The namespace trading-bots would admit all Jobs and their pods.\n"), "{}", ran.out);
}

#[test]
fn json_and_yaml_say_the_same_and_nothing_without_the_flag() {
    let json: Value = serde_json::from_str(&run(&plan(&["--quota", NAMESPACE, LABELS, "-o", "json"])).out).unwrap();
    let yaml: Value = serde_yaml::from_str(&run(&plan(&["--quota", NAMESPACE, LABELS, "-o", "yaml"])).out).unwrap();
    assert_eq!(json, yaml);
    let refusal = &json["quota"]["refusals"][0];
    assert_eq!((&refusal["by"], &refusal["index"]), (&"ResourceQuota compute".into(), &1.into()));
    assert_eq!(json["quota"]["warnings"].as_array().unwrap().len(), 4);
    let without: Value = serde_json::from_str(&run(&plan(&["-o", "json"])).out).unwrap();
    assert_eq!(without.get("quota"), None);
}

#[test]
fn files_of_others_are_left_alone_and_named() {
    let text = text_of(NAMESPACE).replace("namespace: trading-bots", "namespace: other-bots");
    let ran = run_with(&plan(&["--quota", "-"]), text);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("note: 2 objects of other namespaces are ignored (other-bots)"), "{}", ran.out);
    assert!(ran.out.contains("Nothing was checked") && !ran.out.contains("would admit"), "{}", ran.out);
}

#[test]
fn what_cannot_be_answered_exits_with_2() {
    let diff = run(&plan(&["--quota", NAMESPACE, "--diff", "jobs"]));
    assert!(diff.code == 2 && diff.err.contains("--diff"), "{diff:?}");
    let twice = run_with(&["plan", "--k8s-config", "-", "--quota", "-"], text_of(K8S));
    assert!(twice.code == 2 && twice.err.contains("Standard input can be read only once"), "{twice:?}");
    let name = run(&plan(&["--quota", NAMESPACE, "-o", "name"]));
    assert_eq!(name.code, 2);
    let empty = run_with(&plan(&["--quota", "-"]), "");
    assert!(empty.code == 2 && empty.err.contains("standard input contains no documents."), "{empty:?}");
    let wrong = run_with(&plan(&["--quota", "-"]), text_of(NAMESPACE).replace("\"10\"", "ten"));
    assert!(wrong.code == 2 && wrong.err.contains("pods: ten"), "{wrong:?}");
}

#[test]
fn somebody_elses_text_stays_text() {
    let text = text_of(NAMESPACE).replace("name: compute", "name: \"a\\n::error::b\\x1b[2J\"");
    let ran = run_with(&plan(&["--quota", "-"]), text);
    assert_eq!(ran.code, 1);
    assert!(!ran.out.contains('\u{1b}') && !ran.out.lines().any(|line| line.starts_with("::")), "{}", ran.out);
    assert!(ran.out.contains("a\\n::error::b\\u{1b}[2J"), "{}", ran.out);
}

#[test]
fn many_quotas_are_abridged() {
    let one = "- apiVersion: v1\n  kind: ResourceQuota\n  metadata: {name: q}\n  spec: {hard: {pods: \"1\"}}\n";
    let all: String = (0..1000).map(|nth| one.replace("name: q", &format!("name: q{nth}"))).collect();
    let text = format!("apiVersion: v1\nkind: List\nitems:\n{all}");
    let ran = run_with(&plan(&["--quota", "-"]), text.clone());
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("… 975 more; plan -o wide shows all"), "{}", ran.out);
    assert!(ran.out.contains("… 980 more refusals; -o wide shows all"), "{}", ran.out);
    let wide = run_with(&plan(&["--quota", "-", "-o", "wide"]), text);
    assert_eq!(wide.out.lines().filter(|line| line.starts_with("refused:")).count(), 1000);
}

#[test]
fn where_there_is_nothing_to_judge_nothing_is_promised() {
    for text in ["apiVersion: v1\nitems: []\nkind: List\n", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"] {
        let ran = run_with(&plan(&["--quota", "-"]), text);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains("Nothing was checked") && !ran.out.contains("would admit"), "{}", ran.out);
        let json = run_with(&plan(&["--quota", "-", "-o", "json"]), text).out;
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["quota"]["judged"], false);
    }
    for text in ["abc", "apiVersion: v2", "[]", "apiVersion: v1\nkind: List\nitems: [a]\n"] {
        let ran = run_with(&plan(&["--quota", "-"]), text);
        assert!(ran.code == 2 && ran.err.contains("not a Kubernetes object") && ran.out.is_empty(), "{text}: {ran:?}");
    }
}

#[test]
fn configmaps_are_counted_where_the_tuning_file_travels_in_them() {
    let keys = "working_dir: /app\ntuning_config: {mount: true, seed: per-worker}\n";
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("k8s.yaml");
    std::fs::write(&config, format!("{}{keys}", text_of(K8S))).unwrap();
    for resource in ["configmaps", "count/configmaps"] {
        let quota = format!(
            "{{apiVersion: v1, kind: ResourceQuota, metadata: {{name: q}}, spec: {{hard: {{{resource}: 0}}}}}}"
        );
        let ran = run_with(&["plan", "--k8s-config", config.to_str().unwrap(), "--quota", "-"], quota.as_str());
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.out.contains("the configmaps of all 2 workers, by ResourceQuota q."), "{}", ran.out);
        let without = run_with(&plan(&["--quota", "-"]), quota);
        assert_eq!(without.code, 0, "{without:?}");
        assert!(without.out.contains("1 quota counts nothing of this session"), "{}", without.out);
    }
}

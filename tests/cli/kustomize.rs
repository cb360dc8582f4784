//! `generate -d DIR --kustomize`: the file that lists a session's files, and belongs to it as they do.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::common::{CREATED_AT, K8S, Ran, arg, contents_of, names_in, run, run_with, text_of};

const FILE: &str = "kustomization.yaml";

fn into(dir: &Path, more: &[&str]) -> Ran {
    run(&[&["generate", "--k8s-config", K8S, "-d", arg(dir)], more].concat())
}

fn with_workers(dir: &Path, workers: u32, more: &[&str]) -> Ran {
    let config = text_of(K8S).replace("total_iterations: 6", "total_iterations: 1000");
    let config = config.replace("workers: 2", &format!("workers: {workers}"));
    let args = ["generate", "--k8s-config", "-", "-d", arg(dir), "--created-at", CREATED_AT];
    run_with(&[&args, more].concat(), config)
}

fn kustomized() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(into(dir.path(), &["--kustomize"]).code, 0);
    dir
}

fn listed(dir: &Path) -> Vec<String> {
    let text = fs::read_to_string(dir.join(FILE)).unwrap();
    text.lines().filter_map(|line| line.trim().strip_prefix("- ")).map(ToOwned::to_owned).collect()
}

fn row_of(ran: &Ran) -> &str {
    let line = ran.out.lines().find(|line| line.ends_with(FILE)).unwrap_or_else(|| panic!("{ran:?}"));
    line.split_whitespace().next().unwrap()
}

#[test]
fn it_lists_the_files_of_its_session_and_is_kept_with_them() {
    let dir = tempfile::tempdir().unwrap();
    let created = into(dir.path(), &["--kustomize"]);
    assert_eq!((created.code, created.err.as_str(), row_of(&created)), (0, "", "created"));
    assert!(created.out.ends_with(&format!("\nApply it with: kubectl apply -k {}\n", dir.path().display())));
    let mut names = names_in(dir.path());
    assert_eq!(names.pop().as_deref(), Some(FILE));
    assert_eq!(listed(dir.path()), names);
    let before = contents_of(dir.path());
    let again = into(dir.path(), &["--kustomize", "--created-at", "2026-01-01T00:00:00Z"]);
    assert_eq!((again.code, row_of(&again)), (0, "unchanged"), "{}", again.err);
    assert_eq!(contents_of(dir.path()), before);
    let more = with_workers(dir.path(), 3, &["--kustomize"]);
    assert_eq!((more.code, row_of(&more), listed(dir.path()).len()), (0, "changed", 3), "{}", more.err);
    // A file of the session that stays and is not made any more is not listed.
    let kept = with_workers(dir.path(), 2, &["--kustomize", "--keep-stale"]);
    assert_eq!((kept.code, listed(dir.path()).len(), names_in(dir.path()).len()), (0, 2, 4), "{}", kept.err);
    let pruned = with_workers(dir.path(), 2, &["--kustomize", "--prune"]);
    assert_eq!((pruned.code, row_of(&pruned), names_in(dir.path()).len()), (0, "unchanged", 3), "{}", pruned.err);
}

#[test]
fn without_the_flag_it_is_left_over_like_a_job() {
    let dir = kustomized();
    let before = contents_of(dir.path());
    let refused = into(dir.path(), &[]);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    for words in [FILE, "--kustomize", "--prune", "--keep-stale"] {
        assert!(refused.err.contains(words), "{}", refused.err);
    }
    assert_eq!(contents_of(dir.path()), before);
    let kept = into(dir.path(), &["--keep-stale"]);
    assert_eq!((kept.code, row_of(&kept)), (0, "stale"));
    assert!(
        kept.err.contains("may not list the session's current files") && !kept.err.contains("apply it too"),
        "{}",
        kept.err
    );
    let pruned = into(dir.path(), &["--prune"]);
    assert_eq!((pruned.code, row_of(&pruned), names_in(dir.path()).len()), (0, "pruned", 2));
}

#[test]
fn one_that_is_not_ours_is_left_and_named() {
    let ours = fs::read_to_string(kustomized().path().join(FILE)).unwrap();
    let cases = [
        (FILE, "resources: [a.yaml]\n".to_owned(), "contains something that this tool did not generate"),
        (
            FILE,
            ours.replace("app: arbitrage-tuning", "app: x"),
            "kind \"Kustomization\", which this tool did not generate",
        ),
        (FILE, format!("{ours}namePrefix: blue-\n"), "has the key namePrefix, which this tool never writes"),
        (FILE, format!("{ours}- ../claim.yaml\n"), "lists ../claim.yaml, which was not written by this tool"),
        (
            FILE,
            ours.replace("d29-k8s-demo-session", "other"),
            "belongs to session other, and lists that session's files",
        ),
        (FILE, "a: [".to_owned(), "is not well-formed"),
        ("kustomization.yml", "resources: []\n".to_owned(), "does not allow a kustomization.yaml beside it"),
        ("Kustomization", "resources: []\n".to_owned(), "does not allow a kustomization.yaml beside it"),
    ];
    for (name, text, words) in cases {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(name), &text).unwrap();
        for policy in ["--prune", "--keep-stale"] {
            let ran = into(dir.path(), &["--kustomize", policy]);
            assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
            assert!(ran.err.contains(&format!("{name} ")) && ran.err.contains(words), "{words}: {}", ran.err);
            assert_eq!(
                (names_in(dir.path()), fs::read_to_string(dir.path().join(name)).unwrap()),
                (vec![name.to_owned()], text.clone())
            );
        }
        // Nobody who has not asked for one is kept from anything.
        assert_eq!(into(dir.path(), &["--keep-stale"]).code, 0, "{text}");
        assert_eq!(fs::read_to_string(dir.path().join(name)).unwrap(), text);
    }
}

#[test]
fn a_grown_session_is_renamed_and_not_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(with_workers(dir.path(), 100, &["-q"]).code, 0);
    let reviewed = dir.path().join("job-07-arb-tuning-d29-k8s--worker-8-7.yaml");
    let text = format!("# reviewed\n{}", fs::read_to_string(&reviewed).unwrap());
    fs::write(&reviewed, &text).unwrap();
    let grown = with_workers(dir.path(), 101, &[]);
    // 1000 iterations: the first 91 workers keep their 10, the others run 9.
    assert_eq!(grown.code, 0, "{}", grown.err);
    assert!(grown.out.ends_with(": 1 created, 9 changed, 91 renamed\n"), "{}", grown.out);
    assert!(
        grown.err.starts_with("note: 101 workers:") && grown.err.contains("100 files have a new name"),
        "{}",
        grown.err
    );
    let names = names_in(dir.path());
    assert!(names.len() == 101 && names.iter().all(|name| name.starts_with("job-0") || name.starts_with("job-100-")));
    let moved = dir.path().join("job-007-arb-tuning-d29-k8s--worker-8-7.yaml");
    assert_eq!(fs::read_to_string(moved).unwrap(), text);
    // A fresh directory has the same names: they follow from the session alone.
    let fresh = tempfile::tempdir().unwrap();
    assert_eq!(with_workers(fresh.path(), 101, &["-q"]).code, 0);
    assert_eq!(names_in(fresh.path()), names);
    // Back again: the one that is too many is left over, and the others move.
    let before = contents_of(dir.path());
    let refused = with_workers(dir.path(), 100, &[]);
    assert!(refused.code == 1 && refused.err.contains("contains 1 file of session"), "{}", refused.err);
    assert_eq!(contents_of(dir.path()), before);
    let shrunk = with_workers(dir.path(), 100, &["--prune"]);
    assert!(shrunk.out.ends_with(": 9 changed, 91 renamed, 1 pruned\n"), "{}", shrunk.out);
    assert_eq!(fs::read_to_string(reviewed).unwrap(), text);
}

#[test]
fn what_has_the_name_of_a_renamed_file_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(with_workers(dir.path(), 100, &["-q"]).code, 0);
    fs::write(dir.path().join("job-007-arb-tuning-d29-k8s--worker-8-7.yaml"), "mine: true\n").unwrap();
    let before = contents_of(dir.path());
    let ran = with_workers(dir.path(), 101, &["--prune"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("job-007-arb-tuning-d29-k8s--worker-8-7.yaml contains"), "{}", ran.err);
    assert_eq!(contents_of(dir.path()), before);
}

/// The objects of a stream, each as JSON.
fn objects(text: &str) -> BTreeSet<String> {
    let documents = serde_yaml::Deserializer::from_str(text);
    documents.map(|one| <serde_json::Value as serde::Deserialize>::deserialize(one).unwrap().to_string()).collect()
}

#[test]
fn kubectl_kustomize_gives_the_same_objects() {
    if Command::new("kubectl").arg("version").arg("--client").output().is_err() {
        eprintln!("skipped: there is no kubectl here");
        return;
    }
    for config in ["configs/d29_k8s/own_seeds.yaml", "configs/d29_k8s/production.yaml", K8S] {
        for format in ["yaml", "kyaml", "json"] {
            let dir = tempfile::tempdir().unwrap();
            let args = ["generate", "--k8s-config", config, "--created-at", CREATED_AT, "-q"];
            let ran = run(&[&args[..], &["-d", arg(dir.path()), "--kustomize", "-o", format]].concat());
            assert_eq!(ran.code, 0, "{}", ran.err);
            let output = Command::new("kubectl").args(["kustomize", arg(dir.path())]).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let stream = run(&args).out;
            assert!(objects(&stream).len() >= 2);
            assert_eq!(objects(&String::from_utf8(output.stdout).unwrap()), objects(&stream), "{config} {format}");
        }
    }
}

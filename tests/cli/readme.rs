//! Every command that the README, or a page of `docs`, shows with its output is run again, and has to print the same.
//! `TRYCMD=overwrite cargo test readme` writes what it prints now into the page.

use std::fs;
use std::path::Path;

use crate::common::root;

/// The moment at which the commands run, shortly after that of the files in tests/after.
#[cfg(unix)]
const NOW: &str = "1795562463";

/// What the README's commands read.
#[cfg(unix)]
const READ: &[&str] = &[
    "configs/d28_orchestrator/demo_baseline.yaml",
    "configs/d29_k8s/orchestrator_k8s_baseline.yaml",
    "tests/after/jobs-pods.json",
    "tests/after/jobs.yaml",
    "tests/after/outputs/d29_k8s_session_worker-1.csv",
    "tests/after/outputs/d29_k8s_session_worker-11.csv",
    "tests/after/outputs/d29_k8s_session_worker-12.csv",
    "tests/after/outputs/d29_k8s_session_worker-2.csv",
    "tests/after/outputs/d29_k8s_session_worker-4.csv",
    "tests/after/session.yaml",
    "tests/data/changed.yaml",
    "tests/data/mistakes.yaml",
    "tests/data/mistyped.yaml",
    "tests/data/quota/labels.yaml",
    "tests/data/quota/namespace.yaml",
    "tests/data/worker-1.yaml",
];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}

/// A `kubectl` that knows this one plugin: the README's commands run where there is no kubectl too.
#[cfg(unix)]
fn stand_in(dir: &Path) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = dir.join("kubectl");
    let binary = assert_cmd::cargo::cargo_bin("kubectl-arbtune");
    fs::write(&path, format!("#!/bin/sh\nshift\nexec '{}' \"$@\"\n", binary.display())).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// Runs the commands of a page again. They find `files`: a copy of the page stands in an empty folder, and trycmd runs
/// `README.md` in `README.in`, so that what the commands make is made there and not in the project.
#[cfg(unix)]
fn replay(page: &str, least: usize, files: &[&str]) {
    let dir = tempfile::tempdir().unwrap();
    let name = Path::new(page).file_name().unwrap();
    for file in files {
        copy(&root().join(file), &dir.path().join(Path::new(name).with_extension("in")).join(file));
    }
    let copied = dir.path().join(name);
    copy(&root().join(page), &copied);
    assert!(fs::read_to_string(&copied).unwrap().matches("\n```console\n").count() >= least);
    let replayed = std::panic::catch_unwind(|| {
        trycmd::TestCases::new()
            .env("SOURCE_DATE_EPOCH", NOW)
            .register_bin("kubectl", stand_in(dir.path()))
            .case(&copied)
            .run();
    });
    if std::env::var_os("TRYCMD").is_some() {
        copy(&copied, &root().join(page));
    }
    replayed.unwrap_or_else(|_| panic!("{page} shows another output; see above."));
}

#[cfg(unix)]
#[test]
fn the_readme_tells_the_truth() {
    replay("README.md", 5, READ);
}

/// The commands of the pages in `docs` find all configurations, the tuning file among them.
#[cfg(unix)]
#[test]
fn the_docs_tell_the_truth() {
    let files: Vec<String> =
        ["configs", "docs/examples", "tests/after", "tests/data"].iter().flat_map(|dir| below(dir)).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let mut pages: Vec<String> =
        below("docs").into_iter().filter(|page| Path::new(page).extension() == Some("md".as_ref())).collect();
    // It shows no output; the test that makes it is in rules_page.rs.
    pages.retain(|page| page != "docs/rules.md");
    pages.sort();
    assert!(pages.len() >= 2, "{pages:?}");
    for page in pages {
        replay(&page, 1, &files);
    }
}

/// The files below a directory of the project.
#[cfg(unix)]
fn below(dir: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(dir)).unwrap();
    let names = entries.map(|entry| format!("{dir}/{}", entry.unwrap().file_name().into_string().unwrap()));
    names.flat_map(|path| if root().join(&path).is_dir() { below(&path) } else { vec![path] }).collect()
}

//! Every command that the README and the pages in docs/ show with its output is run again, and has to print the same.
//! `TRYCMD=overwrite cargo test readme` writes what they print now into the pages.

use std::fs;
use std::path::Path;

use crate::common::root;

/// The pages.
const PAGES: [&str; 2] = ["README.md", "docs/after-apply.md"];
/// The moment at which the commands run, shortly after that of the files in tests/after.
const NOW: &str = "1795562463";

/// What the commands on them read.
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

#[cfg(unix)]
#[test]
fn the_pages_tell_the_truth() {
    for page in PAGES {
        let dir = tempfile::tempdir().unwrap();
        let name = Path::new(page).file_name().unwrap();
        // trycmd runs README.md in README.in: the directory that it shows is made there, not in the project.
        for file in READ {
            copy(&root().join(file), &dir.path().join(name).with_extension("in").join(file));
        }
        let copied = dir.path().join(name);
        copy(&root().join(page), &copied);
        assert!(fs::read_to_string(&copied).unwrap().matches("\n```console\n").count() >= 3);
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
}

//! Every command that the README shows with its output is run again, and has to print the same.
//! `TRYCMD=overwrite cargo test readme` writes what it prints now into the README.

use std::fs;
use std::path::Path;

use crate::common::root;

/// What the README's commands read.
const READ: &[&str] = &[
    "configs/d28_orchestrator/demo_baseline.yaml",
    "configs/d29_k8s/orchestrator_k8s_baseline.yaml",
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
fn the_readme_tells_the_truth() {
    let dir = tempfile::tempdir().unwrap();
    // trycmd runs README.md in README.in: the directory that it shows is made there, not in the project.
    for file in READ {
        copy(&root().join(file), &dir.path().join("README.in").join(file));
    }
    let readme = dir.path().join("README.md");
    copy(&root().join("README.md"), &readme);
    assert!(fs::read_to_string(&readme).unwrap().matches("\n```console\n").count() >= 5);
    let replayed = std::panic::catch_unwind(|| {
        trycmd::TestCases::new()
            .env("SOURCE_DATE_EPOCH", "1763317305")
            .register_bin("kubectl", stand_in(dir.path()))
            .case(&readme)
            .run();
    });
    if std::env::var_os("TRYCMD").is_some() {
        copy(&readme, &root().join("README.md"));
    }
    replayed.unwrap_or_else(|_| panic!("README.md shows another output; see above."));
}

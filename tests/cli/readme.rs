//! Every command that a README, or a page of `docs`, shows with its output is run again, and has to print the same.
//! `TRYCMD=overwrite cargo test --test cli readme` writes what it prints now into the pages.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::common::root;
use crate::pages::{READMES, below, blocks, pages};

/// The moment at which the commands run, shortly after that of the files in tests/after.
const NOW: &str = "1795562463";

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}

/// A `kubectl` that knows this one plugin: the commands run where there is no kubectl too.
fn stand_in(dir: &Path) -> PathBuf {
    let path = dir.join("kubectl");
    let binary = assert_cmd::cargo::cargo_bin("kubectl-arbtune");
    fs::write(&path, format!("#!/bin/sh\nshift\nexec '{}' \"$@\"\n", binary.display())).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// Runs the commands of a page again. They find the files of the project that pages read: a copy of the page stands in
/// an empty directory, and trycmd runs `README.md` in `README.in`, so that what the commands make is made there and not
/// in the project.
fn replay(page: &str) {
    let dir = tempfile::tempdir().unwrap();
    let copied = dir.path().join(Path::new(page).file_name().unwrap());
    for file in ["configs", "docs/examples", "tests/after", "tests/data"].into_iter().flat_map(below) {
        copy(&root().join(&file), &copied.with_extension("in").join(&file));
    }
    copy(&root().join(page), &copied);
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

#[test]
fn the_readme_tells_the_truth() {
    replay(READMES[0]);
}

#[test]
fn the_korean_readme_tells_the_truth() {
    replay(READMES[1]);
}

#[test]
fn the_docs_tell_the_truth() {
    let shows_output = |page: &String| blocks(page).iter().any(|block| block.language == "console");
    let pages: Vec<String> = pages().into_iter().filter(shows_output).collect();
    assert!(READMES.iter().all(|readme| pages.contains(&(*readme).to_owned())), "{pages:?}");
    pages.iter().filter(|page| !READMES.contains(&page.as_str())).for_each(|page| replay(page));
}

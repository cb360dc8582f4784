//! The checked-in man pages are what the tool's own help makes of them.

use std::collections::BTreeMap;
use std::path::Path;

use clap::CommandFactory;
use kubectl_arbtune::cli::Cli;

use crate::common::root;

fn pages(dir: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(dir).map(Vec::from_iter).unwrap_or_default();
    let page =
        |path: &Path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap());
    entries.into_iter().map(|entry| page(&entry.unwrap().path())).collect()
}

#[test]
fn the_man_pages_are_current() {
    let dir = tempfile::tempdir().unwrap();
    clap_mangen::generate_to(Cli::command(), dir.path()).unwrap();
    let (made, kept) = (pages(dir.path()), root().join("man"));
    if std::env::var_os("UPDATE_MAN").is_some() {
        std::fs::create_dir_all(&kept).unwrap();
        for name in pages(&kept).into_keys().filter(|name| !made.contains_key(name)) {
            std::fs::remove_file(kept.join(name)).unwrap();
        }
        for (name, text) in &made {
            std::fs::write(kept.join(name), text).unwrap();
        }
    }
    let kept = pages(&kept);
    assert_eq!(made.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>(), "Run: {UPDATE}");
    for (name, text) in &made {
        assert!(kept[name] == *text, "{name} is not current. Run: {UPDATE}");
    }
    assert!(made.contains_key("kubectl-arbtune.1") && made.contains_key("kubectl-arbtune-generate.1"));
}

const UPDATE: &str = "UPDATE_MAN=1 cargo test --test cli man::";

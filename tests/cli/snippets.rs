//! What the pages show without an output: their shell snippets and pipelines are run, with programs beside them that
//! answer for kubectl and whatever else would need a network.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_yaml::Value;

use crate::common::{root, run_in};
use crate::pages::{READMES, below, blocks, pages};

/// Stands for a cluster that has taken the session of `session.yaml`, and for one namespace.
const KUBECTL: &str = r#"#!/bin/sh
case "$1 $2" in
"arbtune "*) shift; exec kubectl-arbtune "$@" ;;
"get quota,limits") cat tests/data/quota/namespace.yaml ;;
"get namespace") cat tests/data/quota/labels.yaml ;;
"get "*) kubectl-arbtune generate --k8s-config session.yaml -o json -q ;;
"apply -f") case $3 in -) cat >/dev/null ;; *) test -e "$3" ;; esac ;;
esac
"#;

/// Programs that only have to be there.
const SILENT: &str = "#!/bin/sh\n";

/// A directory with `session.yaml`, the files of the project that pages read, and the programs in `bin`.
fn place() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run_in(dir.path(), &["init"]).code, 0);
    for file in ["configs", "docs/examples", "tests/after", "tests/data"].into_iter().flat_map(below) {
        let to = dir.path().join(&file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(root().join(&file), to).unwrap();
    }
    let commit_time = "#!/bin/sh\necho 1763317305\n";
    for (path, script) in [
        ("bin/kubectl", KUBECTL),
        ("bin/git", commit_time),
        ("bin/cargo", SILENT),
        ("bin/rustup", SILENT),
        ("plugin/install.sh", SILENT),
    ] {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    dir
}

/// Runs a script as a person would, line by line.
fn bash(dir: &Path, flags: &str, script: &str) -> Output {
    let tool = assert_cmd::cargo::cargo_bin("kubectl-arbtune");
    let path = format!(
        "{}:{}:{}",
        dir.join("bin").display(),
        tool.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let mut command = Command::new("bash");
    command.current_dir(dir).args(["--noprofile", "--norc", flags, "pipefail", "-c", script]);
    command.env("PATH", path).env_remove("SOURCE_DATE_EPOCH").output().unwrap()
}

#[test]
fn the_snippets_run() {
    for page in pages() {
        let dir = place();
        for block in blocks(&page).iter().filter(|block| block.language == "sh") {
            let ran = bash(dir.path(), "-uo", &block.text);
            let err = String::from_utf8_lossy(&ran.stderr);
            // An exit code of 1 may say that something differs or is refused; what goes wrong is said on stderr.
            assert!(ran.status.code().is_some_and(|code| code < 2), "{page}: {}{err}", block.text);
            assert!(!err.contains("error") && !err.contains("not found"), "{page}: {}{err}", block.text);
        }
    }
}

/// The jobs of the README's pipeline that is kept in this file.
fn pipeline(file: &str) -> Value {
    let header = format!("# {file}\n");
    let block = blocks(READMES[0]).into_iter().find(|block| block.text.starts_with(&header)).unwrap();
    serde_yaml::from_str(&block.text).unwrap()
}

fn lines(steps: &Value) -> Vec<&str> {
    steps.as_sequence().unwrap().iter().filter_map(|step| step.as_str().or_else(|| step.get("run")?.as_str())).collect()
}

/// Runs the lines of a job one after the other until one fails, as both runners do.
fn run_lines(dir: &Path, lines: &[&str]) -> Output {
    bash(dir, "-eo", &lines.join("\n"))
}

#[test]
fn the_readmes_gitlab_pipeline_runs() {
    let pipeline = pipeline(".gitlab-ci.yml");
    let script = lines(&pipeline["generate"]["script"]);
    let dir = place();
    let ran = run_lines(dir.path(), &script);
    assert!(ran.status.success(), "{ran:?}");
    assert!(script[0].starts_with("cargo install "));
    let kept = &pipeline["generate"]["artifacts"];
    let report = dir.path().join(kept["reports"]["junit"].as_str().unwrap());
    assert!(fs::read_to_string(report).unwrap().contains("tests=\"4\""));
    assert!(dir.path().join(kept["paths"][0].as_str().unwrap()).is_file());
    let applied = run_lines(dir.path(), &lines(&pipeline["apply"]["script"]));
    assert!(applied.status.success(), "{applied:?}");
}

#[test]
fn the_readmes_github_workflow_runs() {
    let workflow = pipeline(".github/workflows/session.yml");
    let jobs = &workflow["jobs"];
    let steps = lines(&jobs["generate"]["steps"]);
    assert!(steps.iter().any(|step| step.starts_with("cargo install ")));
    let dir = place();
    let ran = run_lines(dir.path(), &steps);
    assert!(ran.status.success(), "{ran:?}");
    let applied = run_lines(dir.path(), &lines(&jobs["apply"]["steps"]));
    assert!(applied.status.success(), "{applied:?}");

    // A mistake is marked at its line, and nothing is made.
    let (session, jobs) = (dir.path().join("session.yaml"), dir.path().join("jobs.yaml"));
    fs::remove_file(&jobs).unwrap();
    let text = fs::read_to_string(&session).unwrap();
    fs::write(&session, text.replace("mode: paper", "mode: papr")).unwrap();
    let ran = run_lines(dir.path(), &steps);
    assert!(!ran.status.success() && !jobs.exists());
    assert!(String::from_utf8_lossy(&ran.stdout).contains("::error file=session.yaml,line="), "{ran:?}");
}

/// Whoever reads a page knows where its `session.yaml` comes from.
#[test]
fn a_page_that_uses_session_yaml_says_what_it_is() {
    for page in pages() {
        let blocks = blocks(&page);
        let uses = blocks.iter().any(|block| block.text.contains("session.yaml"));
        let text = fs::read_to_string(root().join(&page)).unwrap();
        assert!(!uses || text.contains("`session.yaml`") && text.contains("kubectl arbtune init"), "{page}");
    }
}

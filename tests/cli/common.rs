//! Runs the tool and keeps what it printed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::assert::Assert;

/// The K8s configuration that most tests start from.
pub const K8S: &str = "configs/d29_k8s/orchestrator_k8s_baseline.yaml";
/// The orchestrator configuration that goes with it.
pub const ORCHESTRATOR: &str = "configs/d28_orchestrator/demo_baseline.yaml";
/// The moment of the guide's example.
pub const CREATED_AT: &str = "2025-11-16T18:21:45Z";

/// The project's root, where the tool is run.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the project, as text.
pub fn text_of(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The tool, in an environment without settings for time or colours.
pub fn arbtune(args: &[&str]) -> Command {
    with_environment(Command::cargo_bin("kubectl-arbtune").unwrap(), args)
}

/// The tool with a limit on its CPU time. What else runs on the machine makes no difference to it.
pub fn limited(seconds: u32, args: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -t {seconds}; exec \"$@\""), "sh"]);
    command.arg(assert_cmd::cargo::cargo_bin("kubectl-arbtune"));
    with_environment(command, args)
}

fn with_environment(mut command: Command, args: &[&str]) -> Command {
    command.current_dir(root()).args(args);
    for name in ["NO_COLOR", "SOURCE_DATE_EPOCH", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR"] {
        command.env_remove(name);
    }
    command
}

/// What a run left: exit code, stdout and stderr.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Assert> for Ran {
    fn from(assert: Assert) -> Self {
        let output = assert.get_output();
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout.clone()).unwrap(),
            err: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }
}

/// Runs the tool without input.
pub fn run(args: &[&str]) -> Ran {
    arbtune(args).assert().into()
}

/// Runs the tool in a directory of its own.
pub fn run_in(dir: &Path, args: &[&str]) -> Ran {
    arbtune(args).current_dir(dir).assert().into()
}

/// Runs the tool with text on standard input.
pub fn run_with(args: &[&str], input: impl Into<Vec<u8>>) -> Ran {
    arbtune(args).write_stdin(input).assert().into()
}

/// Runs the tool and expects that all is well.
pub fn run_well(args: &[&str]) -> Ran {
    let ran = run(args);
    assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
    ran
}

/// The names in a folder, sorted.
pub fn names_in(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The files below a directory, each with its content.
pub fn contents_of(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            all.extend(contents_of(&entry.path()));
        } else {
            all.insert(entry.path(), std::fs::read(entry.path()).unwrap());
        }
    }
    all
}

/// A path as an argument.
pub fn arg(path: &Path) -> &str {
    path.to_str().unwrap()
}

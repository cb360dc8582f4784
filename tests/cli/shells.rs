//! Real shells, in which somebody presses Tab: for `kubectl-arbtune` itself, and through kubectl.
//!
//! What a shell has made of the keys is not read from its screen: the line is run, and a stand-in writes down the
//! arguments that it is given.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{arg, root};
use crate::terminal::Terminal;

/// What is typed after the name of the tool, and the arguments that come of it.
const CASES: &[(&str, &[&str])] = &[
    ("pl\t", &["plan"]),
    ("comp\tba\t", &["completion", "bash"]),
    ("help gene\t", &["help", "generate"]),
    ("plan --outp\tjs\t", &["plan", "--output", "json"]),
    ("plan --output=js\t", &["plan", "--output=json"]),
    ("plan -o wi\t", &["plan", "-o", "wide"]),
    // There is a file always.yaml, which nobody wants here.
    ("--color alw\t", &["--color", "always"]),
    ("--color=alw\t", &["--color=always"]),
    ("plan --color alw\t", &["plan", "--color", "always"]),
    ("validate --explain job-num\t", &["validate", "--explain", "job-numbers"]),
    ("validate --explain ImageV\t", &["validate", "--explain", "ImageVolume"]),
    ("validate --skip-rule tuning-back\t", &["validate", "--skip-rule", "tuning-backoff-limit"]),
    ("validate --skip-rule job-num\t", &["validate", "--skip-rule", "job-num"]),
    ("validate --rules api,tu\t", &["validate", "--rules", "api,tuning"]),
    (
        "generate --created-at 2025-11-16T18:21:45Z -o ky\t",
        &["generate", "--created-at", "2025-11-16T18:21:45Z", "-o", "kyaml"],
    ),
    ("plan --k8s-config my\t", &["plan", "--k8s-config", "my session.yaml"]),
    ("plan --k8s-config=my\t", &["plan", "--k8s-config=my session.yaml"]),
    ("plan --set im\treg/a:1", &["plan", "--set", "image=reg/a:1"]),
    ("plan --set=im\treg/a:1", &["plan", "--set=image=reg/a:1"]),
    ("plan --set image=\tx", &["plan", "--set", "image=x"]),
    ("plan --set ex\tNAME=x", &["plan", "--set", "extra_env.NAME=x"]),
    ("validate -f man\ty\t", &["validate", "-f", "many.yaml"]),
    // A directory, and not the file whose name starts alike.
    ("generate -d man\t", &["generate", "-d", "manifests"]),
    ("generate --output-dir=man\t", &["generate", "--output-dir=manifests"]),
    ("__comp\t", &["__comp"]),
];

/// A shell in which words are completed.
struct Shell {
    terminal: Terminal,
    dir: tempfile::TempDir,
}

/// Whether a program is there; says so where it is not.
fn is_there(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    if !is_there {
        eprintln!("skipped: there is no {program} on the PATH");
    }
    is_there
}

fn put(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

impl Shell {
    fn start(name: &str, args: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for name in ["bin", "work", "work/manifests", "home"] {
            fs::create_dir(at(name)).unwrap();
        }
        for name in ["always.yaml", "many.yaml", "my session.yaml", "json", "plans"] {
            fs::write(at("work").join(name), "").unwrap();
        }
        let tool = assert_cmd::cargo::cargo_bin("kubectl-arbtune");
        let stand_in = format!(
            "#!/bin/sh\ncase $1 in __complete) exec '{}' \"$@\" ;; esac\n\
             printf '%s\\n' \"$@\" >'{ran}.part'\nmv '{ran}.part' '{ran}'\n",
            tool.display(),
            ran = at("ran").display(),
        );
        put(&at("bin/kubectl-arbtune"), &stand_in, 0o755);
        let folders = [at("bin"), root().join("plugin")];
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(folders.into_iter().chain(std::env::split_paths(&path))).unwrap();
        let terminal = Terminal::start(name, args, 200, |command| {
            command.current_dir(at("work")).env("PATH", path).env("HOME", at("home")).env("KUBECONFIG", "/dev/null");
            command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME").env("PS1", "$ ").env("LANG", "C.UTF-8");
        });
        Self { terminal, dir }
    }

    fn ran(&self) -> PathBuf {
        self.dir.path().join("ran")
    }

    /// The arguments that a line runs the stand-in with.
    fn arguments(&mut self, keys: &str) -> Vec<String> {
        self.terminal.press(&format!("{keys}\n"));
        let end = Instant::now() + Duration::from_mins(1);
        while !self.ran().exists() {
            assert!(Instant::now() < end, "{keys:?} runs nothing:\n{}", self.terminal.seen());
            thread::sleep(Duration::from_millis(10));
        }
        let text = fs::read_to_string(self.ran()).unwrap();
        fs::remove_file(self.ran()).unwrap();
        // Some shells take the slash after a directory away when the line is run.
        text.lines().map(|argument| argument.trim_end_matches('/').to_owned()).collect()
    }

    fn completes(&mut self, tool: &str) {
        self.completes_all(tool, CASES);
    }

    fn completes_all(&mut self, tool: &str, cases: &[(&str, &[&str])]) {
        for (keys, expected) in cases {
            let line = format!("{tool} {keys}");
            assert_eq!(self.arguments(&line), *expected, "{line:?}\n{}", self.terminal.seen());
        }
    }
}

fn script(file: &str) -> String {
    format!("source '{}'", arg(&root().join("completions").join(file)))
}

fn bash() -> Option<Shell> {
    is_there("bash").then(|| Shell::start("bash", &["--norc", "--noprofile", "-i"]))
}

fn zsh() -> Option<Shell> {
    is_there("zsh").then(|| {
        let mut shell = Shell::start("zsh", &["-f", "-i"]);
        shell.terminal.run("autoload -Uz compinit && compinit -u -D");
        shell
    })
}

fn fish() -> Option<Shell> {
    is_there("fish").then(|| Shell::start("fish", &["-i"]))
}

#[test]
fn bash_completes() {
    let Some(mut shell) = bash() else { return };
    shell.terminal.run(&script("kubectl-arbtune.bash"));
    shell.completes("kubectl-arbtune");
    // Who has bash leave words whole gets the same.
    shell.terminal.run("COMP_WORDBREAKS=${COMP_WORDBREAKS//[=:]/}");
    shell.completes("kubectl-arbtune");
}

#[test]
fn zsh_completes() {
    let Some(mut shell) = zsh() else { return };
    shell.terminal.run(&script("_kubectl-arbtune"));
    shell.completes("kubectl-arbtune");
}

#[test]
fn fish_completes() {
    let Some(mut shell) = fish() else { return };
    shell.terminal.run(&script("kubectl-arbtune.fish"));
    shell.completes("kubectl-arbtune");
}

#[test]
fn bash_completes_through_kubectl() {
    const LIBRARY: &str = "/usr/share/bash-completion/bash_completion";
    if !is_there("kubectl") {
        return;
    }
    if !Path::new(LIBRARY).exists() {
        eprintln!("skipped: kubectl's script for bash needs bash-completion, which is not there");
        return;
    }
    let Some(mut shell) = bash() else { return };
    shell.terminal.run(&format!("source {LIBRARY}"));
    shell.terminal.run("source <(kubectl completion bash)");
    shell.completes("kubectl arbtune");
}

#[test]
fn zsh_completes_through_kubectl() {
    if !is_there("kubectl") {
        return;
    }
    let Some(mut shell) = zsh() else { return };
    shell.terminal.run("source <(kubectl completion zsh)");
    shell.completes("kubectl arbtune");
}

#[test]
fn fish_completes_through_kubectl() {
    if !is_there("kubectl") {
        return;
    }
    let Some(mut shell) = fish() else { return };
    shell.terminal.run("kubectl completion fish | source");
    // kubectl's script for fish offers files where directories are asked for, and no key that is attached to its flag.
    let is_its_own =
        |(keys, arguments): &&(&str, &[&str])| !arguments.concat().contains("manifests") && !keys.contains("--set=im");
    let cases: Vec<_> = CASES.iter().filter(is_its_own).copied().collect();
    shell.completes_all("kubectl arbtune", &cases);
}

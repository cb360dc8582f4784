//! The hooks of pre-commit and the GitHub Action, as far as a machine without a network can run them: their files are
//! read, and the command lines that they make are run.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_yaml::Value;

use crate::common::{K8S, Ran, arg, names_in, root, run, run_in, text_of};

const GOOD: &str = "tests/data/worker-1.yaml";
const BAD: &str = "tests/data/mistyped.yaml";

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("{key}: {value:?}"))
}

fn hook(id: &str) -> Value {
    let hooks: Vec<Value> = serde_yaml::from_str(&text_of(".pre-commit-hooks.yaml")).unwrap();
    assert!(hooks.iter().all(|hook| ["rust", "system"].contains(&text(hook, "language"))));
    hooks.into_iter().find(|hook| text(hook, "id") == id).unwrap()
}

/// The command line that pre-commit makes of a hook, without the name of the executable.
fn command_line(hook: &Value, names: &[&str]) -> Vec<String> {
    let args: Vec<String> =
        hook["args"].as_sequence().unwrap().iter().map(|arg| arg.as_str().unwrap().to_owned()).collect();
    let mut words = text(hook, "entry").split(' ').map(ToOwned::to_owned);
    assert_eq!(words.next().as_deref(), Some("kubectl-arbtune"));
    let takes_names = hook.get("pass_filenames").and_then(Value::as_bool).unwrap_or(true);
    words.chain(args).chain(names.iter().filter(|_| takes_names).map(|name| (*name).to_owned())).collect()
}

#[test]
fn the_hook_for_manifests_takes_all_that_have_changed() {
    let hook = hook("arbtune-manifests");
    let ran = |names: &[&str]| {
        let line = command_line(&hook, names);
        run(&line.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run(&["generate", "--k8s-config", K8S, "-d", arg(dir.path()), "-q"]).code, 0);
    let files: Vec<String> =
        names_in(dir.path()).iter().map(|name| format!("{}/{name}", dir.path().display())).collect();
    let both = ran(&[&files[0], &files[1]]);
    assert!(both.code == 0 && both.out.contains("2 documents: 2 accepted"), "{both:?}");
    let bad = ran(&[GOOD, BAD]);
    assert!(bad.code == 1 && bad.out.contains(BAD), "{bad:?}");
}

#[test]
fn the_hook_for_a_session_checks_what_init_makes() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run_in(dir.path(), &["init"]).code, 0);
    let line = command_line(&hook("arbtune-session"), &["never", "passed"]);
    let ran = run_in(dir.path(), &line.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// Runs the step of the action that validates, as GitHub does, with the inputs that differ from their defaults.
fn act(inputs: &[(&str, &str)]) -> Ran {
    let action: Value = serde_yaml::from_str(&text_of("action.yml")).unwrap();
    let temp = tempfile::tempdir().unwrap();
    let bin = temp.path().join("kubectl-arbtune/bin");
    std::fs::create_dir_all(&bin).unwrap();
    symlink(assert_cmd::cargo::cargo_bin("kubectl-arbtune"), bin.join("kubectl-arbtune")).unwrap();
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    let step = steps.iter().find(|step| text(step, "name") == "Validate").unwrap();
    let script = text(step, "run");
    assert!(!script.contains("${{"), "An input that stands in the script would be run.");
    let mut command = Command::new("bash");
    command.current_dir(root()).args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
    for (name, value) in step["env"].as_mapping().unwrap() {
        let value = value.as_str().unwrap().replace("${{ runner.temp }}", arg(temp.path()));
        let value = match value.strip_prefix("${{ inputs.").and_then(|rest| rest.strip_suffix(" }}")) {
            None => value,
            Some(input) => {
                let default = text(&action["inputs"][input], "default");
                let given = inputs.iter().find(|(name, _)| *name == input);
                given.map_or(default, |(_, value)| *value).to_owned()
            }
        };
        assert!(!value.contains("${{"), "{value}");
        command.env(name.as_str().unwrap(), value);
    }
    for (name, _) in inputs {
        assert!(action["inputs"].get(name).is_some(), "{name}");
    }
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

#[test]
fn the_action_marks_what_is_wrong() {
    let bad = act(&[("filename", BAD)]);
    assert_eq!(bad.code, 1, "{bad:?}");
    assert!(bad.out.contains("::error ") && bad.out.contains(BAD), "{}", bad.out);
    let both = act(&[("filename", &format!("{GOOD}\n{BAD}\n")), ("output", "table")]);
    assert!(both.code == 1 && !both.out.contains("::error"), "{both:?}");
    assert_eq!(act(&[("filename", GOOD), ("kubernetes-version", "1.33")]).code, 0);
    let session = [("k8s-config", K8S), ("orchestrator-config", "configs/d28_orchestrator/demo_baseline.yaml")];
    assert_eq!(act(&session).code, 0);
    // Whoever asks for nothing is told what to ask for.
    assert_eq!(act(&[]).code, 2);
    let odd = act(&[("filename", "$(touch /tmp/never); `id`")]);
    assert!(odd.code != 0 && odd.err.contains("$(touch /tmp/never)"), "{odd:?}");
}

#[test]
fn the_action_builds_its_own_repository() {
    let action: Value = serde_yaml::from_str(&text_of("action.yml")).unwrap();
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    assert_eq!(text(&steps[0], "run"), "cargo install --locked --path \"$GITHUB_ACTION_PATH\" --root \"$ROOT\"");
    assert!(steps.iter().all(|step| text(step, "shell") == "bash"));
    for file in ["Cargo.toml", "Cargo.lock", "action.yml"] {
        assert!(Path::new(&root()).join(file).is_file());
    }
}

/// pre-commit itself, on a repository with the hooks and one that uses them. It finds the executable on the PATH, where
/// it would build it.
#[test]
#[ignore = "needs pre-commit and git"]
fn pre_commit_runs_the_hooks() {
    if Command::new("pre-commit").arg("--version").output().is_err() {
        eprintln!("skipped: there is no pre-commit here");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (hooks, user) = (dir.path().join("hooks"), dir.path().join("user"));
    std::fs::create_dir(&hooks).unwrap();
    let manifest = text_of(".pre-commit-hooks.yaml").replace("language: rust", "language: system");
    std::fs::write(hooks.join(".pre-commit-hooks.yaml"), manifest).unwrap();
    assert_eq!(run_in(dir.path(), &["init", "user"]).code, 0);
    assert_eq!(run_in(&user, &["generate", "--k8s-config", "session.yaml", "-d", "jobs", "-q"]).code, 0);
    for repository in [&hooks, &user] {
        let author = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        for command in [&["init", "-q"][..], &["add", "-A"], &["commit", "-q", "-m", "first"]] {
            let status = Command::new("git").current_dir(repository).args(author).args(command).status();
            assert!(status.unwrap().success());
        }
    }
    let bin = assert_cmd::cargo::cargo_bin("kubectl-arbtune").parent().unwrap().to_owned();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let try_hooks = || {
        let mut command = Command::new("pre-commit");
        command.current_dir(&user).args(["try-repo", "--all-files", arg(&hooks)]);
        let output = command.env("PATH", &path).env("PRE_COMMIT_HOME", dir.path().join("home")).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, said) = try_hooks();
    assert!(code == Some(0) && said.matches("Passed").count() == 2, "{said}");
    let job = user.join("jobs/job-02-arb-tuning-sweep-1-worker-3-2.yaml");
    let text = std::fs::read_to_string(&job).unwrap();
    std::fs::write(&job, text.replace("backoffLimit", "backofLimit")).unwrap();
    let (code, said) = try_hooks();
    assert!(code == Some(1) && said.contains("Did you mean backoffLimit?"), "{said}");
}

//! Standard streams that are closed, full or gone, and files that are none: no panic, no hang, no lost verdict.

use std::fs;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::common::{K8S, Ran, arbtune, arg, root, run_well};

/// Far more than any of these takes, and far less than a hang.
const AT_ONCE: Duration = Duration::from_secs(20);

/// Runs a line of the shell in which `$T` is the tool and `$K` the baseline; gives its exit code and stderr.
fn shell(line: &str) -> (i32, String) {
    let output = Command::new("bash")
        .args(["-c", &format!("set -o pipefail; {line}")])
        .current_dir(root())
        .env("T", assert_cmd::cargo::cargo_bin("kubectl-arbtune"))
        .env("K", K8S)
        .output()
        .unwrap();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn an_error_on_a_closed_stderr_is_still_an_error() {
    for line in [
        "$T plan --k8s-config nope 2>/dev/full",
        "$T plan --k8s-config nope 2>&-",
        "$T plan --k8s-config nope >&- 2>&-",
    ] {
        assert_eq!(shell(line).0, 1, "{line}");
    }
    for line in ["$T 2>/dev/full", "$T --bogus 2>&-", "$T plan --diff - --k8s-config - 2>/dev/full"] {
        assert_eq!(shell(line).0, 2, "{line}");
    }
    // Warnings and the summary beside the manifests change nothing.
    assert_eq!(shell("$T generate --k8s-config $K 2>/dev/full >/dev/null").0, 0);
    assert_eq!(shell("$T generate --k8s-config $K 2>&- >/dev/null").0, 0);
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    for command in [
        "--help",
        "--version",
        "generate --help",
        "completion bash",
        "__complete plan --",
        "help plan",
        "version",
        "validate --list-rules",
        "validate --list-rules -o json",
        "validate --explain syntax",
        "validate --k8s-config $K",
        "validate --k8s-config $K -o json",
        "validate --k8s-config $K -o sarif",
        "validate --k8s-config $K -o junit",
        "plan --k8s-config $K",
        "plan --k8s-config $K -o json",
        "plan --k8s-config $K -o yaml",
        "plan --k8s-config $K -o name",
        "generate --k8s-config $K -q",
        "generate --k8s-config $K -q -o json",
        "generate --k8s-config $K -q -o kyaml",
        "generate --k8s-config $K -q -o name",
    ] {
        for (redirection, why) in [
            (">/dev/full", "No space left on device"),
            (">&-", "standard output is closed"),
            ("1</dev/null", "open for reading only"),
        ] {
            let (code, err) = shell(&format!("$T {command} {redirection}"));
            assert_eq!(code, 1, "{command} {redirection}: {err}");
            assert!(err.starts_with("error: ") && err.contains(why), "{command} {redirection}: {err}");
        }
        assert_eq!(shell(&format!("$T {command} >/dev/null")), (0, String::new()), "{command}");
    }
    // 1 would be an answer.
    assert_eq!(shell("$T plan --k8s-config $K --diff configs --exit-code >&-").0, 2);
}

#[test]
fn an_intended_null_device_is_told_from_one_that_the_runtime_opened() {
    // Python and Node.js open it for reading and writing, as the runtime does for a stream that is closed.
    let null = fs::File::options().read(true).write(true).open("/dev/null").unwrap();
    let status = Command::new(assert_cmd::cargo::cargo_bin("kubectl-arbtune"))
        .args(["plan", "--k8s-config", K8S])
        .current_dir(root())
        .stdout(Stdio::from(null))
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_reader_who_leaves_changes_nothing_of_the_verdict() {
    let dir = tempfile::tempdir().unwrap();
    let big = dir.path().join("big.yaml");
    fs::write(&big, "apiVersion: batch/v1\nkind: Job\nmetadata: {name: A_B}\n---\n".repeat(4000)).unwrap();
    for format in ["table", "json", "github", "junit", "sarif"] {
        let line = format!("$T validate -f {} -o {format} | head -1 >/dev/null", big.display());
        assert_eq!(shell(&line), (1, String::new()), "{format}");
    }
    let jobs = dir.path().join("jobs");
    run_well(&["generate", "--k8s-config", K8S, "-d", arg(&jobs), "-q"]);
    let leftover = |nth: u32| {
        let text = fs::read_to_string(root().join("tests/data/worker-1.yaml")).unwrap();
        text.replace("worker-1-0", &format!("worker-{}-{nth}", nth + 1))
    };
    let all: Vec<String> = (0..3000).map(leftover).collect();
    fs::write(jobs.join("all.yaml"), all.join("---\n")).unwrap();
    for format in ["wide", "json", "yaml"] {
        let line =
            format!("$T plan --k8s-config $K --diff {} --exit-code -o {format} | head -1 >/dev/null", jobs.display());
        let (code, err) = shell(&line);
        assert_eq!(code, 1, "{format}: {err}");
        assert!(!err.contains("error"), "{format}: {err}");
    }
    assert_eq!(shell("$T --help | head -1 >/dev/null"), (0, String::new()));
    assert_eq!(shell("$T generate -q --k8s-config $K | head -1 >/dev/null"), (0, String::new()));
}

/// A pipe, a socket and a device under names of manifests.
fn odd_entries(dir: &Path) {
    rustix::fs::mknodat(rustix::fs::CWD, dir.join("a.yaml"), rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0)
        .unwrap();
    drop(UnixListener::bind(dir.join("b.json")).unwrap());
    std::os::unix::fs::symlink("/dev/zero", dir.join("c.yml")).unwrap();
}

#[test]
fn directory_entries_that_are_not_files_are_skipped() {
    let dir = tempfile::tempdir().unwrap();
    odd_entries(dir.path());
    let at_once = |args: &[&str]| -> Ran { arbtune(args).timeout(AT_ONCE).assert().into() };
    let told = |ran: &Ran| {
        for what in ["a.yaml is a pipe", "b.json is a socket", "c.yml is a device"] {
            assert!(ran.err.contains(what), "{ran:?}");
        }
    };
    let nothing = at_once(&["validate", "-f", arg(dir.path())]);
    assert_eq!(nothing.code, 1, "{nothing:?}");
    told(&nothing);
    let none = at_once(&["plan", "--k8s-config", K8S, "--diff", arg(dir.path())]);
    assert_eq!(none.code, 1, "{none:?}");
    told(&none);
    assert!(none.out.contains("2 to create"), "{none:?}");
    fs::copy(root().join("tests/data/worker-1.yaml"), dir.path().join("d.yaml")).unwrap();
    let one = at_once(&["validate", "-f", arg(dir.path())]);
    assert_eq!(one.code, 0, "{one:?}");
    told(&one);
}

#[test]
fn a_pipe_that_is_named_is_read() {
    let dir = tempfile::tempdir().unwrap();
    odd_entries(dir.path());
    let pipe = dir.path().join("a.yaml");
    let writer = {
        let pipe = pipe.clone();
        std::thread::spawn(move || fs::write(pipe, fs::read(root().join("tests/data/worker-1.yaml")).unwrap()))
    };
    let ran: Ran = arbtune(&["validate", "-f", arg(&pipe)]).timeout(AT_ONCE).assert().into();
    assert_eq!(ran.code, 0, "{ran:?}");
    writer.join().unwrap().unwrap();
}

/// For who may: a process of another user, which has one thread and gets no more.
#[test]
fn without_new_threads_the_work_is_still_done() {
    let dir = tempfile::tempdir().unwrap();
    for nth in 0..40 {
        fs::copy(root().join("tests/data/worker-1.yaml"), dir.path().join(format!("{nth}.yaml"))).unwrap();
    }
    let tool = dir.path().join("tool");
    fs::copy(assert_cmd::cargo::cargo_bin("kubectl-arbtune"), &tool).unwrap();
    let line = format!(
        "chmod -R a+rX {dir} && command -v setpriv prlimit >/dev/null && setpriv --reuid 65534 --clear-groups true 2>/dev/null \
         || exit 77; setpriv --reuid 65534 --clear-groups prlimit --nproc=1 {tool} validate -f {dir} --rules api >/dev/null",
        dir = dir.path().display(),
        tool = tool.display()
    );
    let (code, err) = shell(&line);
    if code == 77 {
        eprintln!("skipped: this user cannot be another one");
        return;
    }
    assert_eq!((code, err.as_str()), (0, ""));
}

#[test]
fn numbers_at_the_end_of_their_range_are_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.yaml");
    let max = u64::MAX;
    let text = fs::read_to_string(root().join("tests/data/worker-1.yaml")).unwrap();
    let named = |worker: u64, index: u64| {
        text.replace("worker-1-0", &format!("worker-{worker}-{index}")).replace("worker-1", &format!("worker-{worker}"))
    };
    let all = [
        named(max, max),
        named(max, max - 1),
        named(1, max),
        named(max, 0),
        text.replace("completions", "x").replace("  backoffLimit: 0", "  backoffLimit: 0\n  completions: -2147483648\n  completionMode: Indexed\n  successPolicy: {rules: [{succeededIndexes: \"0-2147483647\", succeededCount: -2147483648}]}"),
    ];
    fs::write(&path, all.join("---\n")).unwrap();
    let ran: Ran = arbtune(&["validate", "-f", arg(&path)]).assert().into();
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(!ran.err.contains("panicked"), "{ran:?}");
    let ran: Ran = arbtune(&["plan", "--k8s-config", K8S, "--diff", arg(&path)]).assert().into();
    assert_eq!(ran.code, 1, "{ran:?}");
}

//! `generate --output-dir`: what a directory holds before and after, and what is refused.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::common::{
    CREATED_AT, K8S, Ran, arbtune, arg, contents_of, names_in, root, run, run_well, run_with, text_of,
};

const FIRST: &str = "job-00-arb-tuning-d29-k8s--worker-1-0.yaml";
const SECOND: &str = "job-01-arb-tuning-d29-k8s--worker-2-1.yaml";
const LATER: &str = "2026-01-01T00:00:00Z";

/// The baseline session into a directory.
fn into(dir: &Path, more: &[&str]) -> Ran {
    run(&[&["generate", "--k8s-config", K8S, "-d", arg(dir)], more].concat())
}

/// The baseline session, changed, into a directory.
fn changed_into(dir: &Path, (from, to): (&str, &str), more: &[&str]) -> Ran {
    let config = text_of(K8S);
    assert!(config.contains(from), "{from}");
    let config = config.replace(from, to);
    run_with(&[&["generate", "--k8s-config", "-", "-d", arg(dir)], more].concat(), config)
}

fn generated() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    run_well(&["generate", "--k8s-config", K8S, "-d", arg(dir.path()), "--created-at", CREATED_AT, "-q"]);
    dir
}

/// Asserts that a run was refused with these words, and that nothing has changed.
fn refused(dir: &Path, words: &[&str], attempt: impl FnOnce() -> Ran) {
    let before = contents_of(dir);
    let ran = attempt();
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.starts_with("error: "), "{}", ran.err);
    for word in words {
        assert!(ran.err.contains(word), "{word}: {}", ran.err);
    }
    assert_eq!(contents_of(dir), before);
}

fn status_of(ran: &Ran, file: &str) -> String {
    let line = ran.out.lines().find(|line| line.contains(file)).unwrap_or_else(|| panic!("{file}: {ran:?}"));
    line.split_whitespace().next().unwrap().to_owned()
}

#[test]
fn a_second_run_keeps_what_means_the_same() {
    let dir = generated();
    let stamps = || -> Vec<_> {
        [FIRST, SECOND]
            .map(|name| fs::metadata(dir.path().join(name)).unwrap())
            .map(|m| (m.ino(), m.mtime_nsec()))
            .into()
    };
    let (before, stamped) = (contents_of(dir.path()), stamps());
    let ran = into(dir.path(), &["--created-at", LATER]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!((status_of(&ran, FIRST), status_of(&ran, SECOND)), ("unchanged".into(), "unchanged".into()));
    assert!(ran.out.ends_with(&format!("\n{}: 2 unchanged\n", dir.path().display())), "{}", ran.out);
    assert_eq!((contents_of(dir.path()), stamps()), (before, stamped));
}

#[test]
fn what_a_person_has_only_laid_out_anew_is_kept_too() {
    let dir = generated();
    let path = dir.path().join(FIRST);
    let text = format!("# reviewed\n{}", fs::read_to_string(&path).unwrap().replace("cpu: 500m", "cpu: \"0.5\""));
    fs::write(&path, &text).unwrap();
    assert_eq!(status_of(&into(dir.path(), &["--created-at", LATER]), FIRST), "unchanged");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn only_what_differs_is_written() {
    let dir = generated();
    fs::write(dir.path().join(SECOND), text_of("tests/data/worker-1.yaml").replace("worker-1", "worker-2")).unwrap();
    fs::set_permissions(dir.path().join(SECOND), fs::Permissions::from_mode(0o640)).unwrap();
    let ran = into(dir.path(), &["--created-at", LATER]);
    assert_eq!((status_of(&ran, FIRST), status_of(&ran, SECOND)), ("unchanged".into(), "changed".into()));
    assert!(fs::read_to_string(dir.path().join(FIRST)).unwrap().contains("2025-11-16"));
    assert!(fs::read_to_string(dir.path().join(SECOND)).unwrap().contains("2026-01-01"));
    assert_eq!(fs::metadata(dir.path().join(SECOND)).unwrap().permissions().mode() & 0o777, 0o640);
    let more = changed_into(dir.path(), ("workers: 2", "workers: 3"), &[]);
    let third = "job-02-arb-tuning-d29-k8s--worker-3-2.yaml";
    assert_eq!((status_of(&more, FIRST), status_of(&more, third)), ("changed".into(), "created".into()));
    assert_eq!(names_in(dir.path()), [FIRST, SECOND, third]);
}

#[test]
fn leftovers_are_refused_pruned_or_kept() {
    let fewer = ("workers: 2", "workers: 1");
    let dir = generated();
    fs::write(dir.path().join("notes.yaml"), "# d29-k8s-demo-session: mine\n").unwrap();
    refused(dir.path(), &[SECOND, "d29-k8s-demo-session", "--prune", "--keep-stale"], || {
        changed_into(dir.path(), fewer, &[])
    });
    let kept = changed_into(dir.path(), fewer, &["--keep-stale"]);
    assert_eq!((kept.code, status_of(&kept, SECOND)), (0, "stale".into()));
    assert!(kept.err.starts_with("warning: ") && kept.err.contains("would apply it too"), "{}", kept.err);
    let pruned = changed_into(dir.path(), fewer, &["--prune"]);
    assert_eq!(
        (pruned.code, status_of(&pruned, FIRST), status_of(&pruned, SECOND)),
        (0, "unchanged".into(), "pruned".into())
    );
    assert_eq!(names_in(dir.path()), [FIRST, "notes.yaml"]);
    let both = changed_into(dir.path(), fewer, &["--prune", "--keep-stale"]);
    assert_eq!(both.code, 2, "{}", both.err);
}

#[test]
fn another_notation_or_another_short_name_leaves_leftovers() {
    let dir = generated();
    for (more, file) in [(["-o", "json"], ".json"), (["--session-short", "second"], "second-worker-1-0.yaml")] {
        refused(dir.path(), &[FIRST, SECOND], || into(dir.path(), &more));
        let fresh = tempfile::tempdir().unwrap();
        assert_eq!(into(fresh.path(), &more).code, 0);
        assert!(names_in(fresh.path())[0].ends_with(file));
    }
}

#[test]
fn two_sessions_side_by_side_and_in_each_others_way() {
    let dir = generated();
    let other = ["--session-id", "d29-k8s-other"];
    refused(dir.path(), &[FIRST, "belongs to session d29-k8s-demo-session", "--session-short"], || {
        into(dir.path(), &other)
    });
    let ran = into(dir.path(), &[&other[..], &["--session-short", "other"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(names_in(dir.path()).len(), 4);
    // Neither is the other's leftover.
    assert_eq!(changed_into(dir.path(), ("workers: 2", "workers: 1"), &["--prune"]).code, 0);
    assert_eq!(names_in(dir.path()).len(), 3);
    // A file of another name that holds a Job of the same name would be applied too, in place of this one.
    let hidden = tempfile::tempdir().unwrap();
    fs::copy(dir.path().join(FIRST), hidden.path().join("a.yml")).unwrap();
    refused(hidden.path(), &["a.yml", "belongs to another session", "d29-k8s-demo-session"], || {
        into(hidden.path(), &other)
    });
}

#[test]
fn names_that_something_else_holds() {
    type Put = fn(&Path);
    let cases: [(&str, Put); 8] = [
        ("kind \"ConfigMap\"", |path| fs::write(path, "apiVersion: v1\nkind: ConfigMap\n").unwrap()),
        ("not well-formed", |path| fs::write(path, "a: [").unwrap()),
        ("contains no manifest", |path| fs::write(path, "").unwrap()),
        ("did not generate", |path| {
            fs::write(path, text_of("tests/data/worker-1.yaml").replace("app: arbitrage-tuning", "app: mine")).unwrap();
        }),
        ("is a directory", |path| fs::create_dir(path).unwrap()),
        ("is a symbolic link to /etc/passwd", |path| symlink("/etc/passwd", path).unwrap()),
        ("is a symbolic link to nowhere", |path| symlink("nowhere", path).unwrap()),
        ("is a named pipe", |path| {
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        }),
    ];
    for (words, put) in cases {
        let dir = tempfile::tempdir().unwrap();
        put(&dir.path().join(SECOND));
        let kind = fs::symlink_metadata(dir.path().join(SECOND)).unwrap().file_type();
        let ran = into(dir.path(), &["--prune"]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{words}: {ran:?}");
        assert!(ran.err.contains(words) && ran.err.contains(SECOND), "{words}: {}", ran.err);
        assert_eq!(names_in(dir.path()), [SECOND], "{words}");
        let after = fs::symlink_metadata(dir.path().join(SECOND)).unwrap().file_type();
        assert_eq!((after.is_fifo(), after.is_symlink()), (kind.is_fifo(), kind.is_symlink()));
    }
}

#[test]
fn a_link_is_never_written_through() {
    let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let target = outside.path().join("precious.yaml");
    fs::write(&target, text_of("tests/data/worker-1.yaml").replace("latest", "old")).unwrap();
    symlink(&target, dir.path().join(FIRST)).unwrap();
    assert_eq!(into(dir.path(), &[]).code, 1);
    fs::remove_file(dir.path().join(FIRST)).unwrap();
    // Where the tool stages its files, a link is none of its own.
    symlink(outside.path(), dir.path().join(".kubectl-arbtune")).unwrap();
    let ran = into(dir.path(), &[]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains(".kubectl-arbtune") && ran.err.contains("it is not a directory"), "{}", ran.err);
    assert_eq!(names_in(outside.path()), ["precious.yaml"]);
    assert!(fs::read_to_string(&target).unwrap().contains("arbitrage-lite:old"));
    // A link under another name, which kubectl would follow, is told and left.
    fs::remove_file(dir.path().join(".kubectl-arbtune")).unwrap();
    symlink(&target, dir.path().join("link.yaml")).unwrap();
    let ran = into(dir.path(), &["--prune"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.starts_with("warning: ") && ran.err.contains("link.yaml is a symbolic link"), "{}", ran.err);
    assert_eq!(names_in(dir.path()), [FIRST, SECOND, "link.yaml"]);
    // The directory itself may be a link: that is where the user wants the files.
    let link = outside.path().join("link");
    let jobs = tempfile::tempdir().unwrap();
    symlink(jobs.path(), &link).unwrap();
    assert_eq!(into(&link, &[]).code, 0);
    assert_eq!(names_in(jobs.path()), [FIRST, SECOND]);
}

#[test]
fn a_write_protected_file_stays() {
    let dir = generated();
    let path = dir.path().join(SECOND);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    refused(dir.path(), &[SECOND, "is write-protected", "chmod u+w"], || {
        changed_into(dir.path(), ("workers: 2", "workers: 1"), &["--prune"])
    });
    refused(dir.path(), &[SECOND, "is write-protected"], || changed_into(dir.path(), ("latest", "new"), &[]));
    assert_eq!(into(dir.path(), &["--created-at", LATER]).code, 0, "what stays the same needs no right to write");
}

#[test]
fn odd_names_beside_the_sessions_files() {
    use std::os::unix::ffi::OsStrExt;
    let dir = generated();
    let odd = [&b"\xff\xfe.yaml"[..], b"a\nb.yaml", b"-rf.yaml", b".hidden.yaml", b"no ending", b"\x1b[2J.yaml"];
    for name in odd {
        fs::write(dir.path().join(std::ffi::OsStr::from_bytes(name)), "apiVersion: v1\nkind: Secret\n").unwrap();
    }
    fs::create_dir(dir.path().join("sub.yaml")).unwrap();
    let ran = changed_into(dir.path(), ("workers: 2", "workers: 1"), &["--prune"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), odd.len() + 2);
    fs::write(dir.path().join(std::ffi::OsStr::from_bytes(odd[0])), text_of("tests/data/worker-1.yaml")).unwrap();
    let ran = changed_into(dir.path(), ("workers: 2", "workers: 1"), &["--prune"]);
    assert!(ran.code == 0 && ran.err.contains("remove it by hand"), "{ran:?}");
    // A leftover under such a name is named without doing anything to the terminal.
    fs::write(dir.path().join(std::ffi::OsStr::from_bytes(b"\x1b[2J.yaml")), text_of("tests/data/worker-1.yaml"))
        .unwrap();
    let ran = changed_into(dir.path(), ("workers: 2", "workers: 1"), &[]);
    assert!(ran.code == 1 && !ran.err.contains('\u{1b}') && ran.err.contains("\\u{1b}[2J.yaml"), "{}", ran.err);
}

#[test]
fn directories_that_cannot_be_used() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "mine").unwrap();
    for (path, words) in [
        (file.clone(), "is not a directory"),
        (file.join("below"), "cannot be created"),
        (PathBuf::from("/proc/none"), "cannot be created"),
        (PathBuf::from("/proc"), "/proc"),
    ] {
        let ran = into(&path, &[]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}: {ran:?}", path.display());
        assert!(ran.err.starts_with("error: ") && ran.err.contains(words), "{}", ran.err);
    }
    assert_eq!(fs::read_to_string(file).unwrap(), "mine");
    let refused = into(&dir.path().join("a/b"), &["-o", "name"]);
    assert_eq!((refused.code, dir.path().join("a").exists()), (2, false), "a refused run leaves no directory");
}

/// A file system of its own, where this user may mount one.
struct Mount(TempDir);

impl Mount {
    fn tmpfs(options: &str) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(dir.path()).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(dir));
        }
        eprintln!("skipped: no tmpfs can be mounted here");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.path()).status();
    }
}

#[test]
fn a_full_disk_changes_nothing() {
    let Some(mount) = Mount::tmpfs("size=256k") else { return };
    let jobs = mount.path().join("jobs");
    assert_eq!(into(&jobs, &[]).code, 0);
    let many = text_of(K8S).replace("workers: 2", "workers: 500").replace("iterations: 6", "iterations: 500");
    let generate = ["generate", "--k8s-config", "-", "--prune", "-d"];
    refused(&jobs, &["cannot be written", "No space left", "The directory is unchanged."], || {
        run_with(&[&generate[..], &[arg(&jobs)]].concat(), many.clone())
    });
    let fresh = mount.path().join("fresh");
    let ran = run_with(&[&generate[..], &[arg(&fresh)]].concat(), many);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(names_in(mount.path()), ["jobs"], "nothing is left of the directory that was to be");
}

#[test]
fn a_read_only_disk_changes_nothing() {
    let Some(mount) = Mount::tmpfs("size=1m") else { return };
    let jobs = mount.path().join("jobs");
    assert_eq!(into(&jobs, &["--created-at", CREATED_AT]).code, 0);
    let remount = Command::new("mount").args(["-o", "remount,ro"]).arg(mount.path()).status().unwrap();
    assert!(remount.success());
    refused(&jobs, &["Read-only file system"], || changed_into(&jobs, ("latest", "new"), &[]));
    assert_eq!(into(&jobs, &["--created-at", LATER]).code, 0, "there is nothing to write");
    let fresh = into(&mount.path().join("fresh"), &[]);
    assert!(fresh.code == 1 && fresh.err.contains("cannot be created"), "{fresh:?}");
}

#[test]
fn runs_at_once_take_turns() {
    let dir = tempfile::tempdir().unwrap();
    let jobs = dir.path().join("jobs");
    let config = |workers: usize| {
        let path = dir.path().join(format!("{workers}.yaml"));
        let text = text_of(K8S).replace("workers: 2", &format!("workers: {workers}"));
        fs::write(&path, text.replace("iterations: 6", "iterations: 400")).unwrap();
        path
    };
    let runs: Vec<_> = (1..=12)
        .map(|nth| {
            Command::new(assert_cmd::cargo::cargo_bin("kubectl-arbtune"))
                .args(["generate", "--prune", "-q", "--k8s-config", arg(&config(nth * 20)), "-d", arg(&jobs)])
                .current_dir(root())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for run in runs {
        let output = run.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{err}");
        assert!(err.is_empty() || err.contains("another run is writing to"), "{err}");
    }
    // One of them was the last, and the directory is its alone.
    let names = names_in(&jobs);
    let plan = arbtune(&["plan", "--k8s-config", arg(&config(names.len())), "--diff", arg(&jobs)]).assert();
    let ran: Ran = plan.into();
    assert_eq!(ran.code, 0, "{ran:?}");
}

//! `generate --output-dir` where somebody else has been at work: what was planted in the directory before the
//! run, and what changes in it while the run is going on. Nothing outside it is touched, and nobody's file is lost.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::common::{K8S, Ran, arbtune, arg, contents_of, names_in, root, run_well, text_of};

const FIRST: &str = "job-00-arb-tuning-d29-k8s--worker-1-0.yaml";
const SECOND: &str = "job-01-arb-tuning-d29-k8s--worker-2-1.yaml";
const STAGING: &str = ".kubectl-arbtune";
/// Far more than any of these runs takes, and far less than a hang.
const AT_ONCE: Duration = Duration::from_mins(1);
/// Enough that the test is done with its change before the run is done with its files.
const MANY: usize = 1500;

fn into(dir: &Path, more: &[&str]) -> Ran {
    let args = [&["generate", "--k8s-config", K8S, "-d", arg(dir)], more].concat();
    arbtune(&args).timeout(AT_ONCE).assert().into()
}

fn changed_into(dir: &Path, (from, to): (&str, &str), more: &[&str]) -> Ran {
    let args = [&["generate", "--k8s-config", "-", "-d", arg(dir)], more].concat();
    arbtune(&args).write_stdin(text_of(K8S).replace(from, to)).timeout(AT_ONCE).assert().into()
}

fn generated() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    run_well(&["generate", "--k8s-config", K8S, "-d", arg(dir.path()), "-q"]);
    dir
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0)
}

fn make_private(path: &Path) {
    fs::create_dir(path).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
}

fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// The error of a run that was refused for what the staging directory is or holds.
fn refused_for_staging(dir: &Path) -> String {
    let ran = into(dir, &["--prune"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.starts_with("error: ") && ran.err.contains(STAGING), "{}", ran.err);
    assert!(ran.err.contains("move it away"), "it says the way out: {}", ran.err);
    ran.err
}

#[test]
fn a_planted_link_leads_nowhere() {
    for private in [false, true] {
        let root = tempfile::tempdir().unwrap();
        let (dir, victim) = (root.path().join("a"), root.path().join("v"));
        fs::create_dir(&dir).unwrap();
        fs::create_dir(&victim).unwrap();
        fs::write(victim.join("2024"), "mine").unwrap();
        fs::write(victim.join("1"), "mine").unwrap();
        if private {
            make_private(&dir.join(STAGING));
        } else {
            fs::create_dir(dir.join(STAGING)).unwrap();
        }
        for lane in 0..2 {
            symlink("../../v", dir.join(format!("{STAGING}/lane-{lane}"))).unwrap();
        }
        refused_for_staging(&dir);
        assert_eq!(names_in(&victim), ["1", "2024"]);
        assert_eq!(names_in(&dir), [STAGING]);
        assert_eq!(names_in(&dir.join(STAGING)), ["lane-0", "lane-1"]);
    }
}

#[test]
fn what_is_not_the_tools_own_is_refused_and_left() {
    type Plant = fn(&Path);
    let cases: [(&str, &str, Plant); 8] = [
        ("a file", "it is not a directory", |staging| fs::write(staging, "").unwrap()),
        ("a pipe", "it is not a directory", make_pipe),
        ("a dangling link", "it is not a directory", |staging| symlink("nowhere", staging).unwrap()),
        ("a link to a directory", "it is not a directory", |staging| symlink("..", staging).unwrap()),
        ("open to others", "0700", |staging| {
            make_private(staging);
            fs::write(staging.join("journal"), "").unwrap();
            fs::set_permissions(staging, fs::Permissions::from_mode(0o755)).unwrap();
        }),
        ("a file of a person", "notes", |staging| {
            make_private(staging);
            fs::write(staging.join("notes"), "mine").unwrap();
        }),
        ("a pipe as journal", "journal", |staging| {
            make_private(staging);
            make_pipe(&staging.join("journal"));
        }),
        ("numbers in a lane", "lane-0", |staging| {
            make_private(staging);
            fs::create_dir(staging.join("lane-0")).unwrap();
            fs::write(staging.join("lane-0/2024"), "mine").unwrap();
        }),
    ];
    for (what, words, plant) in cases {
        let dir = tempfile::tempdir().unwrap();
        plant(&dir.path().join(STAGING));
        let listed = || {
            let output = Command::new("ls").args(["-lR", "--full-time"]).arg(dir.path()).output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        let before = listed();
        let error = refused_for_staging(dir.path());
        assert!(error.contains(words), "{what}: {error}");
        assert_eq!(listed(), before, "{what}");
    }
}

#[test]
fn a_staging_directory_of_another_user_is_refused() {
    if !is_root() {
        eprintln!("skipped: only root can give a directory away");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let staging = dir.path().join(STAGING);
    make_private(&staging);
    fs::write(staging.join("journal"), "").unwrap();
    std::os::unix::fs::chown(&staging, Some(65534), None).unwrap();
    assert!(refused_for_staging(dir.path()).contains("another user"));
}

#[test]
fn a_forged_journal_moves_and_removes_nothing() {
    let journals = [
        r#"{"version":1,"session_id":"d29-k8s-demo-session","files":["job-00-arb-tuning-d29-k8s--worker-1-0.yaml"],"removals":[]}"#,
        r#"{"version":1,"session_id":"d29-k8s-other","files":[],"removals":["theirs.yaml"]}"#,
    ];
    for journal in journals {
        let dir = tempfile::tempdir().unwrap();
        let other = text_of("tests/data/worker-1.yaml").replace("d29-k8s-demo-session", "d29-k8s-other");
        fs::write(dir.path().join("theirs.yaml"), other).unwrap();
        let staging = dir.path().join(STAGING);
        make_private(&staging);
        make_private(&staging.join("lane-0"));
        fs::write(staging.join("lane-0/0"), "apiVersion: v1\nkind: Pod\n").unwrap();
        fs::write(staging.join("journal"), journal).unwrap();
        let before = contents_of(dir.path());
        refused_for_staging(dir.path());
        assert_eq!(contents_of(dir.path()), before);
    }
}

/// A run that is going on: `MANY` jobs into a directory, in which the test changes something meanwhile.
struct Running {
    process: std::process::Child,
    dir: PathBuf,
}

impl Running {
    fn start(config: &str, dir: &Path, more: &[&str]) -> Self {
        let mut process = Command::new(assert_cmd::cargo::cargo_bin("kubectl-arbtune"))
            .args(["generate", "--k8s-config", "-", "-q", "-d", arg(dir)])
            .args(more)
            .current_dir(root())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        process.stdin.take().unwrap().write_all(config.as_bytes()).unwrap();
        Self { process, dir: dir.to_owned() }
    }

    /// Waits until the run has looked at what the directory holds, and stages its files.
    fn wait_for_staging(&mut self) {
        while !self.dir.join(STAGING).exists() {
            assert!(self.process.try_wait().unwrap().is_none(), "the run ended before it began");
        }
    }

    fn end(self) -> Ran {
        let output = self.process.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn many(workers: usize, image: &str) -> String {
    let text = text_of(K8S).replace("workers: 2", &format!("workers: {workers}")).replace("latest", image);
    text.replace("iterations: 6", &format!("iterations: {MANY}"))
}

fn last(workers: usize) -> String {
    let index = workers - 1;
    format!("job-{index:04}-arb-tuning-d29-k8s--worker-{workers}-{index}.yaml")
}

#[test]
fn a_file_that_appears_under_a_jobs_name_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let mut run = Running::start(&many(MANY, "latest"), dir.path(), &[]);
    run.wait_for_staging();
    fs::write(dir.path().join(last(MANY)), "mine").unwrap();
    let ran = run.end();
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.starts_with("error: ") && ran.err.contains(&last(MANY)), "{}", ran.err);
    assert_eq!(names_in(dir.path()), [last(MANY)], "everything else has gone back");
    assert_eq!(fs::read_to_string(dir.path().join(last(MANY))).unwrap(), "mine");
}

#[test]
fn a_file_that_changes_before_its_turn_is_not_replaced() {
    type Change = fn(&Path);
    let changes: [Change; 3] = [
        |path| fs::write(path, "mine").unwrap(),
        // As an editor does it.
        |path| {
            fs::write(path.with_extension("new"), "mine").unwrap();
            fs::rename(path.with_extension("new"), path).unwrap();
        },
        |path| {
            fs::remove_file(path).unwrap();
            symlink("elsewhere", path).unwrap();
        },
    ];
    let dir = tempfile::tempdir().unwrap();
    for change in changes {
        let _ = fs::remove_file(dir.path().join(last(MANY)));
        Running::start(&many(MANY, "latest"), dir.path(), &[]).end();
        let mut before = contents_of_links(dir.path());
        let mut run = Running::start(&many(MANY, "new"), dir.path(), &[]);
        run.wait_for_staging();
        // The last worker's file has to be looked at before it changes.
        std::thread::sleep(Duration::from_millis(1));
        while fs::read_dir(dir.path().join(STAGING))
            .is_ok_and(|mut lanes| !lanes.any(|lane| lane.unwrap().path().join((MANY - 1).to_string()).exists()))
        {
        }
        change(&dir.path().join(last(MANY)));
        let ran = run.end();
        before.remove(&last(MANY));
        let mut after = contents_of_links(dir.path());
        let mine = after.remove(&last(MANY)).unwrap();
        assert!(mine == "mine" || mine == "-> elsewhere", "{mine}");
        if ran.code == 0 {
            // The change came after the move: it has replaced the new file, which was in its place by then.
            eprintln!("the run was faster than the change");
            continue;
        }
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
        assert!(ran.err.contains(&last(MANY)), "{}", ran.err);
        assert!(after == before, "everything else has gone back");
    }
}

/// The files of a directory by name, and where its links lead.
fn contents_of_links(dir: &Path) -> std::collections::BTreeMap<String, String> {
    let content = |name: &String| match fs::read_link(dir.join(name)) {
        Ok(target) => format!("-> {}", target.display()),
        Err(_) => fs::read_to_string(dir.join(name)).unwrap(),
    };
    names_in(dir).into_iter().map(|name| (name.clone(), content(&name))).collect()
}

#[test]
fn a_leftover_that_changes_before_its_turn_is_not_removed() {
    let dir = tempfile::tempdir().unwrap();
    Running::start(&many(MANY, "latest"), dir.path(), &[]).end();
    let before = contents_of(dir.path());
    let mut run = Running::start(&many(MANY - 1, "new"), dir.path(), &["--prune"]);
    run.wait_for_staging();
    let leftover = dir.path().join(last(MANY));
    fs::write(&leftover, "mine").unwrap();
    let ran = run.end();
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.contains(&last(MANY)), "{}", ran.err);
    let mut after = contents_of(dir.path());
    assert_eq!(after.insert(leftover, before[&dir.path().join(last(MANY))].clone()).unwrap(), b"mine");
    assert!(after == before);
}

/// A file that is immutable until this goes.
struct Immutable(PathBuf);

impl Immutable {
    fn new(path: PathBuf, flag: &str) -> Option<Self> {
        let done = Command::new("chattr").arg(format!("+{flag}")).arg(&path).output();
        if done.is_ok_and(|output| output.status.success()) {
            return Some(Self(path));
        }
        eprintln!("skipped: no file can be made immutable here");
        None
    }
}

impl Drop for Immutable {
    fn drop(&mut self) {
        let _ = Command::new("chattr").arg("-ia").arg(&self.0).status();
    }
}

/// Asserts that a run is refused that would change all files and remove one, and that nothing has changed.
fn nothing_moves(dir: &Path, words: &[&str], more: &[&str], change: (&str, &str)) {
    let before = contents_of(dir);
    let ran = changed_into(dir, change, more);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    for word in words {
        assert!(ran.err.contains(word), "{word}: {}", ran.err);
    }
    assert_eq!(contents_of(dir), before);
    assert!(!dir.join(STAGING).exists());
}

#[test]
fn an_immutable_file_keeps_all_as_they_were() {
    for flag in ["i", "a"] {
        let dir = generated();
        let Some(_immutable) = Immutable::new(dir.path().join(SECOND), flag) else { return };
        nothing_moves(dir.path(), &[SECOND, "chattr"], &[], ("latest", "new"));
        let fewer = ("workers: 2", "workers: 1");
        nothing_moves(dir.path(), &[SECOND, "chattr"], &["--prune"], fewer);
        assert_eq!(into(dir.path(), &[]).code, 0, "what stays the same need not be movable");
    }
}

#[test]
fn an_immutable_directory_is_refused_before_anything_is_made_in_it() {
    for flag in ["i", "a"] {
        let dir = generated();
        let Some(_immutable) = Immutable::new(dir.path().to_owned(), flag) else { return };
        nothing_moves(dir.path(), &["chattr"], &[], ("latest", "new"));
    }
}

#[test]
fn a_mounted_file_keeps_all_as_they_were() {
    struct Mounted(PathBuf);
    impl Drop for Mounted {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg(&self.0).status();
        }
    }
    let (dir, other) = (generated(), generated());
    let path = dir.path().join(SECOND);
    let mounted = Command::new("mount").arg("--bind").arg(other.path().join(SECOND)).arg(&path).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: nothing can be mounted here");
        return;
    }
    let _mounted = Mounted(path);
    nothing_moves(dir.path(), &[SECOND, "mount"], &[], ("latest", "new"));
}

/// The tool as a user who is not root, where root runs this and that user can reach everything.
fn as_nobody(dir: &Path, more: &[&str]) -> Option<Ran> {
    as_nobody_with("022", dir, more)
}

fn as_nobody_with(umask: &str, dir: &Path, more: &[&str]) -> Option<Ran> {
    if !is_root() {
        eprintln!("skipped: only root can become another user");
        return None;
    }
    // Neither the binary nor the configuration need be where others may read.
    let reachable = tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o755)).tempdir().unwrap();
    let binary = reachable.path().join("kubectl-arbtune");
    fs::copy(assert_cmd::cargo::cargo_bin("kubectl-arbtune"), &binary).unwrap();
    let config = reachable.path().join("config.yaml");
    fs::write(&config, text_of(K8S).replace("latest", "new")).unwrap();
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", "umask $0; exec \"$@\"", umask])
        .arg(&binary)
        .args(["generate", "--k8s-config", arg(&config), "-d", arg(dir)])
        .args(more)
        .output();
    let Ok(output) = output else {
        eprintln!("skipped: there is no setpriv");
        return None;
    };
    Some(Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    })
}

#[test]
fn a_umask_that_takes_the_owners_permissions_leaves_nothing_behind() {
    for umask in ["0700", "0777", "0400", "0300"] {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let Some(ran) = as_nobody_with(umask, dir.path(), &[]) else { return };
        // The first bits are repaired where the directory can still be opened, and refused where it cannot.
        assert!(ran.code == 0 || ran.err.contains("the umask must leave rwx for the owner"), "{umask}: {}", ran.err);
        assert!(!dir.path().join(".kubectl-arbtune").exists(), "{umask}");
        let again = as_nobody(dir.path(), &[]).unwrap();
        assert!(again.code == 0 || ran.code == 0, "{umask}: {}", again.err);
        let new = dir.path().join("new/sub");
        if as_nobody_with(umask, &new, &[]).unwrap().code != 0 {
            assert!(!dir.path().join("new").exists(), "{umask}");
        }
    }
}

#[test]
fn a_file_of_another_user_in_a_sticky_directory_leaves_all_files_unchanged() {
    let dir = generated();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o1777)).unwrap();
    std::os::unix::fs::chown(dir.path().join(FIRST), Some(65534), None).unwrap_or(());
    let before = contents_of(dir.path());
    let Some(ran) = as_nobody(dir.path(), &[]) else { return };
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.contains(SECOND) && ran.err.contains("sticky"), "{}", ran.err);
    assert!(!ran.err.contains(FIRST), "{}", ran.err);
    assert_eq!(contents_of(dir.path()), before);
}

#[test]
fn an_unreadable_leftover_is_not_skipped() {
    let dir = generated();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let secret = dir.path().join("secret.yaml");
    fs::copy(dir.path().join(FIRST), &secret).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let before = contents_of(dir.path());
    let Some(ran) = as_nobody(dir.path(), &["--prune"]) else { return };
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.starts_with("error: ") && ran.err.contains("secret.yaml"), "{}", ran.err);
    assert_eq!(contents_of(dir.path()), before);
}

#[test]
fn a_shared_directory_gives_its_group_and_no_more() {
    // A set-group-ID directory hands the bit on to what is made in it, the staging directory included.
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o2775)).unwrap();
    assert_eq!(into(dir.path(), &[]).code, 0);
    assert_eq!(names_in(dir.path()), [FIRST, SECOND]);
}

#[test]
fn only_the_owner_is_read_from_a_huge_file() {
    let huge = 20 * 1024 * 1024 * 1024;
    for (name, start) in [("huge.yaml", ""), (FIRST, ""), ("named.yaml", "session_id: d29-k8s-demo-session\n")] {
        let dir = tempfile::tempdir().unwrap();
        let mut file = fs::File::create(dir.path().join(name)).unwrap();
        file.write_all(start.as_bytes()).unwrap();
        file.set_len(huge).unwrap();
        let binary = assert_cmd::cargo::cargo_bin("kubectl-arbtune");
        let script = "ulimit -v 1000000; exec \"$@\"";
        let output = Command::new("sh")
            .args(["-c", script, "sh", arg(&binary), "generate", "--k8s-config", K8S, "-d", arg(dir.path())])
            .current_dir(root())
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        let code = i32::from(name == FIRST);
        assert_eq!(output.status.code(), Some(code), "{name}: {err}");
        assert!(code == 0 || err.starts_with("error: ") && err.contains(FIRST), "{err}");
        assert_eq!(fs::metadata(dir.path().join(name)).unwrap().len(), huge);
    }
}

#[test]
fn links_to_unreadable_targets_do_not_block() {
    let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    make_pipe(&outside.path().join("pipe"));
    make_pipe(&dir.path().join("pipe.yaml"));
    symlink(outside.path().join("pipe"), dir.path().join("to-a-pipe.yaml")).unwrap();
    symlink("/dev/zero", dir.path().join("to-a-device.yaml")).unwrap();
    symlink("to-itself.yaml", dir.path().join("to-itself.yaml")).unwrap();
    let huge = fs::File::create(outside.path().join("huge")).unwrap();
    huge.set_len(20 * 1024 * 1024 * 1024).unwrap();
    symlink(outside.path().join("huge"), dir.path().join("to-a-huge-file.yaml")).unwrap();
    let ran = into(dir.path(), &["--prune"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
}

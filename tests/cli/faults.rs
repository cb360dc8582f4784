//! `generate --output-dir` where the system fails: each call of a run fails once, and then from there on. The
//! directory holds the old set or the new one, what the run says is true, and the next run mends what is left.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::common::{CREATED_AT, K8S, Ran, arg, root, run_well, text_of};

const STAGING: &str = ".kubectl-arbtune";
/// The calls that change what a directory holds. A question mark is for those that not every processor has. `write`
/// has tests of its own, since an error that cannot be written either would tell nothing.
const CHANGING: [&str; 8] = ["mkdirat", "?renameat", "renameat2", "linkat", "unlinkat", "fsync", "syncfs", "fchmod"];
/// No run makes more calls of one kind, apart from those that read.
const MOST: usize = 60;

/// Files by name.
type Set = BTreeMap<String, String>;

/// A directory with a file to be replaced, one to be removed and one of somebody else, in which another is to be made.
struct Scene {
    dir: TempDir,
    old: Set,
    new: Set,
}

/// Whether a run can be traced here.
pub fn can_trace() -> bool {
    let traced = Command::new("strace").args(["-f", "-o", "/dev/null", "-e", "trace=fsync", "true"]).output();
    let can = traced.is_ok_and(|output| output.status.success());
    if !can {
        eprintln!("skipped: there is no strace here, or it may not trace");
    }
    can
}

fn files_in(dir: &Path) -> Set {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name != STAGING)
        .map(|name| (name.clone(), fs::read_to_string(dir.join(&name)).unwrap()))
        .collect()
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("three.yaml"), text_of(K8S).replace("workers: 2", "workers: 3")).unwrap();
        fs::write(dir.path().join("new.yaml"), text_of(K8S).replace("latest", "new")).unwrap();
        let mut scene = Self { dir, old: Set::new(), new: Set::new() };
        scene.reset();
        scene.old = files_in(&scene.jobs());
        assert!(scene.run().status().unwrap().success());
        scene.new = files_in(&scene.jobs());
        assert_eq!((scene.old.len(), scene.new.len()), (3, 3));
        scene
    }

    fn jobs(&self) -> PathBuf {
        self.dir.path().join("jobs")
    }

    fn reset(&self) {
        let jobs = self.jobs();
        let _ = fs::remove_dir_all(&jobs);
        let config = self.dir.path().join("three.yaml");
        run_well(&["generate", "--k8s-config", arg(&config), "-d", arg(&jobs), "-q", "--created-at", CREATED_AT]);
        fs::remove_file(jobs.join("job-00-arb-tuning-d29-k8s--worker-1-0.yaml")).unwrap();
        fs::write(jobs.join("notes.yaml"), "mine: true\n").unwrap();
    }

    fn arguments(&self) -> Vec<String> {
        let (config, jobs) = (self.dir.path().join("new.yaml"), self.jobs());
        ["generate", "--prune", "-q", "--created-at", CREATED_AT, "--k8s-config", arg(&config), "-d", arg(&jobs)]
            .map(ToOwned::to_owned)
            .into()
    }

    fn run(&self) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("kubectl-arbtune"));
        command.args(self.arguments()).current_dir(root());
        command
    }

    /// A run in which the system fails as the injections say; and whether it has failed at all.
    fn run_with(&self, injections: &[String]) -> (Ran, usize) {
        self.run_at(None, injections)
    }

    /// The same, where only calls fail that are about one file.
    fn run_at(&self, file: Option<&Path>, injections: &[String]) -> (Ran, usize) {
        let log = self.dir.path().join("log");
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o", arg(&log), "-e", "trace=all"]);
        if let Some(file) = file {
            command.args(["-P", arg(file)]);
        }
        for injection in injections {
            command.args(["-e", &format!("inject={injection}")]);
        }
        command.arg(assert_cmd::cargo::cargo_bin("kubectl-arbtune")).args(self.arguments()).current_dir(root());
        let output = command.output().unwrap();
        let ran = Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        (ran, fs::read_to_string(log).unwrap().matches("(INJECTED)").count())
    }

    /// What has to hold after a run, whatever has failed in it.
    fn assert_whole(&self, what: &str, ran: &Ran) {
        let found = files_in(&self.jobs());
        let has_staging = self.jobs().join(STAGING).exists();
        let is_stuck = ran.err.contains("it finishes the moves first");
        match ran.code {
            0 => {
                assert!(found == self.new, "{what}: {ran:?}");
                let is_told =
                    ran.err.contains("All files are in place, but") && ran.err.contains("could not be removed");
                assert_eq!(has_staging, is_told, "{what}: {ran:?}");
                assert!(ran.err.is_empty() || ran.err.starts_with("warning: "), "{what}: {ran:?}");
            }
            1 if is_stuck => assert!(has_staging, "{what}: {ran:?}"),
            1 => assert!(found == self.old, "{what}: {ran:?} {:?}", found.keys()),
            _ => panic!("{what}: {ran:?}"),
        }
        let next = self.run().output().unwrap();
        let said = String::from_utf8(next.stderr).unwrap();
        assert!(next.status.success(), "{what}: {ran:?}, then {said}");
        assert!(
            files_in(&self.jobs()) == self.new && !self.jobs().join(STAGING).exists(),
            "{what}: {ran:?}, then {said}"
        );
    }
}

/// What failed how often.
#[derive(Debug, Default)]
struct Counts {
    runs: usize,
    went_well: usize,
    changed_nothing: usize,
    left_to_the_next: usize,
}

impl Counts {
    fn add(&mut self, ran: &Ran) {
        self.runs += 1;
        match ran.code {
            0 => self.went_well += 1,
            _ if ran.err.contains("it finishes the moves first") => self.left_to_the_next += 1,
            _ => self.changed_nothing += 1,
        }
    }
}

/// Lets each call of a kind fail, once or from there on, until there is none left to fail.
fn fail_each(scene: &Scene, always: &[&str], call: &str, error: &str, from_there_on: bool, counts: &mut Counts) {
    for nth in 1..=MOST {
        scene.reset();
        let plus = if from_there_on { "+" } else { "" };
        let failing = format!("{call}:error={error}:when={nth}{plus}");
        let injections: Vec<String> = always.iter().map(|&one| one.to_owned()).chain([failing.clone()]).collect();
        let (ran, injected) = scene.run_with(&injections);
        let in_call = always.is_empty();
        if in_call && injected == 0 {
            assert_eq!(ran.code, 0, "{ran:?}");
            return;
        }
        counts.add(&ran);
        scene.assert_whole(&format!("{failing} with {always:?}"), &ran);
        if !in_call && ran.code == 0 && ran.err.is_empty() && nth > 12 {
            return;
        }
    }
    assert!(!always.is_empty(), "{call} was made more than {MOST} times");
}

#[test]
fn a_step_that_fails_changes_nothing() {
    if !can_trace() {
        return;
    }
    let scene = Scene::new();
    let mut counts = Counts::default();
    for (call, error) in [("renameat2", "EPERM"), ("?renameat", "EBUSY"), ("fsync", "EIO"), ("syncfs", "EIO")] {
        fail_each(&scene, &[], call, error, false, &mut counts);
    }
    println!("{counts:?}");
    assert_eq!((counts.left_to_the_next, counts.went_well), (0, 0), "one failure can always be undone");
    assert!(counts.changed_nothing >= 6, "{counts:?}");
}

#[test]
fn a_failed_cleanup_is_not_a_failure_of_the_moves() {
    if !can_trace() {
        return;
    }
    let scene = Scene::new();
    scene.reset();
    // The last directory that goes.
    let (ran, _) = scene.run_with(&["unlinkat:error=EBUSY:when=7+".to_owned()]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{ran:?}");
    assert!(ran.err.contains("All files are in place") && ran.err.contains("The next run removes it"), "{}", ran.err);
    scene.assert_whole("the last rmdir", &ran);
}

#[test]
fn a_journal_that_cannot_be_written_changes_nothing() {
    if !can_trace() {
        return;
    }
    let scene = Scene::new();
    scene.reset();
    let draft = scene.jobs().join(STAGING).join("journal.draft");
    let (ran, injected) = scene.run_at(Some(&draft), &["write:error=ENOSPC".to_owned()]);
    assert!(ran.code == 1 && injected > 0, "{ran:?}");
    assert!(ran.err.contains("No space left") && ran.err.contains("The directory is unchanged."), "{}", ran.err);
    scene.assert_whole("the journal", &ran);
}

#[test]
fn the_work_continues_if_no_thread_starts() {
    if !can_trace() {
        return;
    }
    let scene = Scene::new();
    for when in ["1", "2", "1+"] {
        scene.reset();
        let (ran, injected) = scene.run_with(&[format!("clone3,?clone:error=EAGAIN:when={when}")]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
        assert!(injected > 0);
        scene.assert_whole("no thread", &ran);
    }
}

#[test]
fn a_file_system_that_cannot_exchange_gets_the_closest_safe_order() {
    if !can_trace() {
        return;
    }
    let scene = Scene::new();
    for always in [&["renameat2:error=EINVAL"][..], &["renameat2:error=EINVAL", "linkat:error=EPERM"]] {
        scene.reset();
        let injections: Vec<String> = always.iter().map(|&one| one.to_owned()).collect();
        let (ran, injected) = scene.run_with(&injections);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
        assert!(injected >= 3);
        scene.assert_whole("without an exchange", &ran);
    }
    // A link that cannot be made, and a name that does not go when it should, leave the old set.
    let mut counts = Counts::default();
    for (call, nth) in [("linkat", 1), ("linkat", 2), ("linkat", 3), ("unlinkat", 1), ("unlinkat", 2), ("?renameat", 1)]
    {
        scene.reset();
        let failing = format!("{call}:error=EIO:when={nth}");
        let (ran, _) = scene.run_with(&["renameat2:error=EINVAL".to_owned(), failing.clone()]);
        counts.add(&ran);
        scene.assert_whole(&failing, &ran);
    }
    assert_eq!((counts.changed_nothing, counts.left_to_the_next), (6, 0), "{counts:?}");
}

#[test]
#[ignore = "runs a thousand times under strace; .ci/run runs it"]
fn whatever_fails_the_directory_is_whole() {
    if !can_trace() {
        return;
    }
    let scene = Scene::new();
    let without_exchange = &["renameat2:error=EINVAL"][..];
    let without_links = &["renameat2:error=EINVAL", "linkat:error=EPERM"][..];
    for always in [&[][..], without_exchange, without_links] {
        for from_there_on in [false, true] {
            let mut counts = Counts::default();
            for call in CHANGING.into_iter().filter(|call| !always.iter().any(|one| one.starts_with(call))) {
                for error in ["EIO", "EPERM"] {
                    fail_each(&scene, always, call, error, from_there_on, &mut counts);
                }
            }
            assert!(from_there_on || counts.left_to_the_next == 0, "one failure can always be undone: {counts:?}");
            println!("with {always:?}, failing {}: {counts:?}", if from_there_on { "from there on" } else { "once" });
        }
    }
}

#[test]
#[ignore = "runs a hundred times under strace; .ci/run runs it"]
fn a_run_that_cannot_read_changes_nothing() {
    if !can_trace() {
        return;
    }
    let scene = Scene::new();
    let mut counts = Counts::default();
    // The calls that the loader makes before the run are among them.
    for call in ["openat", "getdents64", "read", "statx", "newfstatat"] {
        for nth in 1..=MOST {
            scene.reset();
            let failing = format!("?{call}:error=EIO:when={nth}");
            let (ran, injected) = scene.run_with(std::slice::from_ref(&failing));
            if injected == 0 {
                break;
            }
            let is_loader = ran.code == 127 || ran.code == -1;
            if is_loader {
                assert!(files_in(&scene.jobs()) == scene.old, "{failing}: {ran:?}");
                continue;
            }
            counts.add(&ran);
            scene.assert_whole(&failing, &ran);
        }
    }
    println!("{counts:?}");
}

//! `generate --output-dir` while somebody else, with all rights to the directory, swaps what is in it: the staging
//! directory, what is in that, and the files that the run is about to move. Some of the runs are killed as well.
//! Nothing outside the directory changes, no file of the other one is lost, and a run that ends has moved everything
//! or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::common::{CREATED_AT, K8S, arg, contents_of, names_in, root, text_of};

const STAGING: &str = ".kubectl-arbtune";
const WORKERS: usize = 150;
const ROUNDS: usize = 60;

/// Numbers that look as if drawn by chance, the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

struct Scene {
    dir: tempfile::TempDir,
    old: BTreeMap<String, Vec<u8>>,
    new: BTreeMap<String, Vec<u8>>,
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, image, workers) in [("old", "latest", WORKERS), ("new", "new", WORKERS - 20)] {
            let text = text_of(K8S).replace("latest", image).replace("workers: 2", &format!("workers: {workers}"));
            fs::write(dir.path().join(format!("{name}.yaml")), text.replace("iterations: 6", "iterations: 9000"))
                .unwrap();
        }
        let mut scene = Self { dir, old: BTreeMap::new(), new: BTreeMap::new() };
        for name in ["old", "new"] {
            assert!(scene.start(name, name).wait().unwrap().success());
        }
        let files = |dir: &Path| {
            names_in(dir).into_iter().map(|name| (name.clone(), fs::read(dir.join(name)).unwrap())).collect()
        };
        (scene.old, scene.new) = (files(&scene.path("old")), files(&scene.path("new")));
        // Something to hit outside, under the names that the tool uses inside.
        let outside = scene.path("outside");
        fs::create_dir(&outside).unwrap();
        for name in ["0", "1", "2", "17", "0.old", "journal", "journal.draft"]
            .into_iter()
            .chain(scene.old.keys().map(String::as_str))
        {
            fs::write(outside.join(name), "outside").unwrap();
        }
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn start(&self, config: &str, into: &str) -> Child {
        Command::new(assert_cmd::cargo::cargo_bin("kubectl-arbtune"))
            .args(["generate", "--prune", "-q", "--created-at", CREATED_AT])
            .args(["--k8s-config", arg(&self.path(&format!("{config}.yaml"))), "-d", arg(&self.path(into))])
            .current_dir(root())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// The old set, without some files that the new one has.
    fn reset(&self) -> BTreeMap<String, Vec<u8>> {
        let jobs = self.path("jobs");
        let _ = fs::remove_dir_all(&jobs);
        fs::create_dir(&jobs).unwrap();
        let kept = self.old.iter().enumerate().filter(|(nth, _)| nth % 4 != 0).map(|(_, file)| file);
        kept.map(|(name, content)| {
            fs::write(jobs.join(name), content).unwrap();
            (name.clone(), content.clone())
        })
        .collect()
    }
}

/// What somebody else has done in a round.
#[derive(Default)]
struct Meddler {
    /// The names under which files of their own were put, and their contents.
    put: BTreeMap<String, String>,
    /// How often the staging directory, or something in it, was swapped.
    swaps: usize,
}

impl Meddler {
    /// Puts a file of their own in the place of whatever has a name, or where there is none.
    fn put(&mut self, jobs: &Path, name: &str, round: usize) {
        if self.put.contains_key(name) {
            return;
        }
        let (draft, content) = (jobs.join("draft"), format!("mine {round} {name}"));
        fs::write(&draft, &content).unwrap();
        fs::rename(&draft, jobs.join(name)).unwrap();
        self.put.insert(name.to_owned(), content);
    }

    /// Moves something away, puts a link in its place for a moment, and moves it back.
    fn swap(&mut self, path: &Path, aside: &Path, outside: &Path, moment: Duration) {
        if fs::symlink_metadata(path).is_err() || fs::rename(path, aside).is_err() {
            return;
        }
        self.swaps += 1;
        let linked = symlink(outside, path).is_ok();
        std::thread::sleep(moment);
        if linked {
            let _ = fs::remove_file(path);
        }
        let flags = rustix::fs::RenameFlags::NOREPLACE;
        let (aside_in, path_in) = (rustix::fs::CWD, rustix::fs::CWD);
        let _ = rustix::fs::renameat_with(aside_in, aside, path_in, path, flags);
    }

    fn meddle(&mut self, scene: &Scene, chance: &mut Chance, round: usize, is_over: &AtomicBool) {
        let (jobs, outside) = (scene.path("jobs"), scene.path("outside"));
        let names: Vec<&String> = scene.old.keys().collect();
        // Half of the rounds begin with the first move, others with the run.
        let staging = jobs.join(STAGING);
        while round.is_multiple_of(2) && !staging.join("journal").exists() && !is_over.load(Ordering::Relaxed) {}
        while !is_over.load(Ordering::Relaxed) {
            let moment = Duration::from_micros(chance.below(300) as u64);
            match chance.below(8) {
                0 if round.is_multiple_of(3) => self.put(&jobs, names[chance.below(names.len())], round),
                1 => self.swap(&staging, &jobs.join("aside"), &outside, moment),
                2 => {
                    let entries = fs::read_dir(&staging).into_iter().flatten().flatten();
                    let entries: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
                    if !entries.is_empty() {
                        let target = if chance.below(2) == 0 { outside.clone() } else { outside.join("journal") };
                        self.swap(&entries[chance.below(entries.len())], &jobs.join("aside-2"), &target, moment);
                    }
                }
                _ => std::thread::sleep(moment),
            }
        }
    }
}

/// The contents of all files below a directory, wherever they are.
fn all_contents(dir: &Path) -> BTreeSet<Vec<u8>> {
    contents_of_files(dir).into_values().collect()
}

/// Like `contents_of`, without what links lead to.
fn contents_of_files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap().flatten() {
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => all.extend(contents_of_files(&entry.path())),
            kind if kind.is_file() => drop(all.insert(entry.path(), fs::read(entry.path()).unwrap())),
            _ => {}
        }
    }
    all
}

/// Whether the directory holds this set, apart from the names that somebody else has taken.
fn holds(jobs: &Path, set: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>, put: &Meddler) -> bool {
    let names = set.keys().chain(other.keys()).filter(|name| !put.put.contains_key(*name));
    names.into_iter().all(|name| fs::read(jobs.join(name)).ok().as_ref() == set.get(name))
}

#[test]
#[ignore = "meddles with 60 runs; .ci/run runs it"]
fn somebody_else_swaps_what_is_in_the_directory() {
    let scene = Scene::new();
    let (jobs, outside) = (scene.path("jobs"), scene.path("outside"));
    let before_outside = contents_of(&outside);
    let mut chance = Chance(0x2545_F491_4F6C_DD1D);
    let mut counts = BTreeMap::<&str, usize>::new();
    for round in 0..ROUNDS {
        let before = scene.reset();
        let is_over = AtomicBool::new(false);
        let is_killed = round % 4 == 3;
        let life = Duration::from_micros(chance.below(250_000) as u64);
        let mut meddler = Meddler::default();
        let mut run = scene.start("new", "jobs");
        let output = std::thread::scope(|scope| {
            let meddling = scope.spawn(|| meddler.meddle(&scene, &mut chance, round, &is_over));
            if is_killed {
                std::thread::sleep(life);
                run.kill().unwrap();
            }
            let output = run.wait_with_output().unwrap();
            is_over.store(true, Ordering::Relaxed);
            meddling.join().unwrap();
            output
        });
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(contents_of(&outside) == before_outside, "round {round}: {said}");
        let found = all_contents(&jobs);
        for (name, content) in &meddler.put {
            assert!(found.contains(content.as_bytes()), "round {round}: the file put at {name} is lost: {said}");
        }
        let what = match output.status.code() {
            Some(0) => {
                assert!(holds(&jobs, &scene.new, &before, &meddler), "round {round}: {said}");
                "all new"
            }
            Some(1) if said.contains("it finishes the moves first") => "stuck",
            Some(1) => {
                assert!(said.starts_with("error: "), "round {round}: {said}");
                assert!(holds(&jobs, &before, &scene.new, &meddler), "round {round}: {said}");
                "all old"
            }
            _ => "killed",
        };
        *counts.entry(what).or_default() += 1;
        *counts.entry("files put").or_default() += meddler.put.len();
        *counts.entry("links put").or_default() += meddler.swaps;
        mend(&scene, &meddler, &before, round);
    }
    println!("{ROUNDS} rounds: {counts:?}");
    assert!(["all new", "all old", "killed"].iter().all(|what| counts.contains_key(what)), "{counts:?}");
}

/// What a person does next: run again, and where that is refused, do what it says.
fn mend(scene: &Scene, meddler: &Meddler, before: &BTreeMap<String, Vec<u8>>, round: usize) {
    let jobs = scene.path("jobs");
    let again = scene.start("new", "jobs").wait_with_output().unwrap();
    let said = String::from_utf8(again.stderr).unwrap();
    let found = all_contents(&jobs);
    for content in meddler.put.values() {
        assert!(found.contains(content.as_bytes()), "round {round}: {content} is lost by the next run: {said}");
    }
    if again.status.success() {
        assert!(holds(&jobs, &scene.new, before, meddler), "round {round}: {said}");
        return;
    }
    for (name, content) in &meddler.put {
        let path = jobs.join(name);
        if fs::read_to_string(&path).is_ok_and(|found| found == *content) {
            fs::remove_file(path).unwrap();
        }
    }
    if fs::symlink_metadata(jobs.join(STAGING)).is_ok() && said.contains("move it away") {
        fs::rename(jobs.join(STAGING), scene.path(&format!("away-{round}"))).unwrap();
    }
    let last = scene.start("new", "jobs").wait_with_output().unwrap();
    let said_last = String::from_utf8(last.stderr).unwrap();
    assert!(last.status.success(), "round {round}: {said}, then {said_last}");
    assert!(holds(&jobs, &scene.new, before, &Meddler::default()), "round {round}: {said}, then {said_last}");
}

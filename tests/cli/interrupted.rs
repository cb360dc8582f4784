//! `generate --output-dir`, killed at any moment: the directory holds the old set or the new one, and
//! the next run brings what is left in order and says so.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::common::{K8S, arg, root, text_of};

/// How often a run is killed.
const KILLS: usize = 240;
/// The numbers of workers that the runs change between.
const WORKERS: [usize; 2] = [200, 150];
const STAGING: &str = ".kubectl-arbtune";

/// A session's files by name, each as it has to be.
type Set = BTreeMap<String, Vec<u8>>;

struct Scene {
    dir: tempfile::TempDir,
}

impl Scene {
    fn jobs(&self) -> PathBuf {
        self.dir.path().join("jobs")
    }

    /// A run that makes `workers` files, none of which is that of another number of workers.
    fn run(&self, workers: usize, into: &Path) -> Command {
        let config = self.dir.path().join(format!("{workers}.yaml"));
        if !config.exists() {
            let text = text_of(K8S).replace("workers: 2", &format!("workers: {workers}"));
            fs::write(&config, text.replace("iterations: 6", "iterations: 9000")).unwrap();
        }
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("kubectl-arbtune"));
        command
            .args(["generate", "--prune", "-q", "--created-at", "2025-11-16T18:21:45Z"])
            .args(["--k8s-config", arg(&config), "-d", arg(into)])
            .current_dir(root())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    /// What a run of that many workers leaves when it is left alone.
    fn whole(&self, workers: usize) -> Set {
        let dir = self.dir.path().join(format!("whole-{workers}"));
        assert!(self.run(workers, &dir).status().unwrap().success());
        files_in(&dir)
    }
}

/// The manifests of a directory; the staging directory is none.
fn files_in(dir: &Path) -> Set {
    let Ok(entries) = fs::read_dir(dir) else { return Set::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != STAGING).map(|name| (name.clone(), fs::read(dir.join(&name)).unwrap())).collect()
}

/// Makes the next run a mix of everything: of the old set some files are gone, which it creates, and some are new
/// already, which it keeps; it changes the others, and removes those of larger numbers.
fn mix(jobs: &Path, old: &Set, new: &Set, round: usize) -> Set {
    let mut mixed = old.clone();
    for (nth, (name, content)) in new.iter().enumerate().filter(|(_, (name, _))| old.contains_key(*name)) {
        if (nth + round).is_multiple_of(5) {
            fs::remove_file(jobs.join(name)).unwrap();
            mixed.remove(name);
        } else if (nth + round).is_multiple_of(7) {
            fs::write(jobs.join(name), content).unwrap();
            mixed.insert(name.clone(), content.clone());
        }
    }
    mixed
}

/// Numbers below one that look as if drawn by chance, the same in each run.
fn chances() -> impl Iterator<Item = f64> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        f64::from(u32::try_from(state >> 32).unwrap()) / f64::from(u32::MAX)
    })
}

/// What a kill left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Left {
    Nothing,
    Unfinished,
    Moving,
    Done,
}

fn look(jobs: &Path, old: &Set, new: &Set) -> Left {
    let found = files_in(jobs);
    let staging = jobs.join(STAGING);
    if staging.join("journal").exists() {
        // Each file is whole, whichever of the two it is, and nothing is missing that both have.
        for (name, content) in &found {
            assert!(old.get(name) == Some(content) || new.get(name) == Some(content), "{name} is neither");
        }
        assert!(old.keys().filter(|name| new.contains_key(*name)).all(|name| found.contains_key(name)));
        return Left::Moving;
    }
    assert!(found == *old || found == *new, "without a journal the directory holds one set or the other");
    match (staging.exists(), found == *new) {
        (true, false) => Left::Unfinished,
        (false, false) => Left::Nothing,
        (_, true) => Left::Done,
    }
}

#[test]
#[ignore = "kills 240 runs; .ci/run runs it"]
fn killed_at_any_moment() {
    let scene = Scene { dir: tempfile::tempdir().unwrap() };
    let sets = WORKERS.map(|workers| scene.whole(workers));
    let jobs = scene.jobs();
    let started = Instant::now();
    assert!(scene.run(WORKERS[1], &jobs).status().unwrap().success());
    let mut takes = started.elapsed();
    let (mut old, mut counts) = (1, BTreeMap::<Left, usize>::new());
    for (nth, chance) in chances().take(KILLS).enumerate() {
        let new = 1 - old;
        let workers = WORKERS[new];
        let before = mix(&jobs, &sets[old], &sets[new], nth);
        let mut run = scene.run(workers, &jobs).spawn().unwrap();
        // Every other kill comes late, when the moves are made, which take a small part of a run.
        let moment = if nth % 2 == 0 { chance } else { chance.mul_add(0.4, 0.7) };
        std::thread::sleep(takes.mul_f64(moment));
        run.kill().unwrap();
        run.wait().unwrap();
        let left = look(&jobs, &before, &sets[new]);
        *counts.entry(left).or_default() += 1;

        // What a run takes changes with the machine's load; the kills are to be spread over all of it.
        match left {
            Left::Done => takes = takes.mul_f64(0.96),
            _ if moment > 0.9 => takes = takes.mul_f64(1.06),
            _ => {}
        }
        let next = scene.run(workers, &jobs).output().unwrap();
        let said = String::from_utf8(next.stderr).unwrap();
        assert!(next.status.success(), "{left:?}: {said}");
        match left {
            Left::Moving => assert!(said.contains("were complete and have been moved into place"), "{said}"),
            // In its first moment the staging directory is empty, and there is nothing to tell of.
            Left::Unfinished => assert!(said.is_empty() || said.contains("have been removed"), "{said}"),
            Left::Nothing | Left::Done => assert_eq!(said, ""),
        }
        assert!(files_in(&jobs) == sets[new] && !jobs.join(STAGING).exists(), "{left:?}");
        old = new;
    }
    println!("{KILLS} kills of runs of about {takes:?} left: {counts:?}");
    let hit = |left| counts.get(&left).copied().unwrap_or(0);
    assert!(hit(Left::Unfinished) >= KILLS / 10 && hit(Left::Moving) >= 1, "The kills miss the run: {counts:?}");
}

#[test]
#[ignore = "kills runs; .ci/run runs it"]
fn killed_before_anything_was_there() {
    let scene = Scene { dir: tempfile::tempdir().unwrap() };
    let (new, old) = (scene.whole(WORKERS[0]), Set::new());
    let started = Instant::now();
    assert!(scene.run(WORKERS[0], &scene.dir.path().join("first")).status().unwrap().success());
    let takes = started.elapsed();
    for (nth, chance) in chances().take(40).enumerate() {
        let jobs = scene.dir.path().join(format!("a-{nth}/jobs"));
        let mut run = scene.run(WORKERS[0], &jobs).spawn().unwrap();
        std::thread::sleep(takes.mul_f64(chance));
        run.kill().unwrap();
        run.wait().unwrap();
        look(&jobs, &old, &new);
        assert!(scene.run(WORKERS[0], &jobs).status().unwrap().success());
        assert!(files_in(&jobs) == new && !jobs.join(STAGING).exists());
    }
}

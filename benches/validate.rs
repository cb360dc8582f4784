//! What it takes to check 10,000 Jobs of a session, part by part. Parsing the YAML dominates: about seven tenths
//! of what one core does for a file; decoding and the rules share the rest, and reading is a tenth at most.
//! Run with `cargo bench --bench validate`; compare the parts with one another.
#![allow(clippy::expect_used)] // Each states its invariant, and there is no caller to tell.

use std::hint::black_box;
use std::path::PathBuf;

use divan::Bencher;
use divan::counter::BytesCount;
use kubectl_arbtune::manifest::Input;
use kubectl_arbtune::manifest::{self, Text};
use kubectl_arbtune::validate::{Checks, Sources, Validator, check_text};

const FILES: usize = 10_000;
const JOB: &str = include_str!("../tests/data/worker-1.yaml");
const ALL: Sources = Sources { api: true, tuning: true };

fn main() {
    divan::main();
}

/// The Jobs of a session, as texts.
fn jobs() -> Vec<String> {
    let job = |nth: usize| {
        JOB.replace("worker-1-0", &format!("worker-{}-{nth}", nth + 1))
            .replace("worker-1\n", &format!("worker-{}\n", nth + 1))
    };
    (0..FILES).map(job).collect()
}

fn bytes(jobs: &[String]) -> BytesCount {
    BytesCount::new(jobs.iter().map(String::len).sum::<usize>())
}

/// The files in a folder that goes away with the first value.
fn folder() -> (tempfile::TempDir, Vec<Input>) {
    let dir = tempfile::tempdir().expect("there is room for a temporary folder");
    let write = |(nth, job): (usize, String)| {
        let path: PathBuf = dir.path().join(format!("job-{nth:05}.yaml"));
        std::fs::write(&path, job).expect("there is room for a file");
        Input::File(path)
    };
    let inputs = jobs().into_iter().enumerate().map(write).collect();
    (dir, inputs)
}

/// The yardstick: the files, read and thrown away.
#[divan::bench(sample_count = 10)]
fn read_files(bencher: Bencher<'_, '_>) {
    let (_dir, inputs) = folder();
    bencher.counter(bytes(&jobs())).bench_local(|| {
        for input in &inputs {
            black_box(input.read().expect("the file is there"));
        }
    });
}

/// Text to nodes.
#[divan::bench(sample_count = 10)]
fn parse(bencher: Bencher<'_, '_>) {
    let jobs = jobs();
    bencher.counter(bytes(&jobs)).bench_local(|| {
        for job in &jobs {
            manifest::documents(job, |document| drop(black_box(document)));
        }
    });
}

/// Text to findings.
#[divan::bench(sample_count = 10)]
fn parse_decode_and_check(bencher: Bencher<'_, '_>) {
    let (jobs, checks) = (jobs(), Checks::from(ALL));
    bencher.counter(bytes(&jobs)).bench_local(|| {
        for job in &jobs {
            black_box(check_text("job.yaml", &Text::decode(job.clone().into_bytes()), &checks));
        }
    });
}

/// All of it, on all cores.
#[divan::bench(sample_count = 10)]
fn validate_folder(bencher: Bencher<'_, '_>) {
    let (_dir, inputs) = folder();
    bencher.counter(bytes(&jobs())).bench_local(|| {
        let mut validator = Validator::new(ALL);
        validator.add_inputs(&inputs, || ()).expect("the files are there");
        black_box(validator.finish())
    });
}

//! What it takes to plan, build, write and compare the Jobs of a session of 10,000 workers.
//! Run with `cargo bench --bench session`; compare the parts with one another, not with other machines.

#![allow(clippy::expect_used)] // Each states its invariant, and there is no caller to tell.

use std::hint::black_box;
use std::path::Path;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use kubectl_arbtune::apimachinery::Version;
use kubectl_arbtune::config::{Overrides, Session};
use kubectl_arbtune::diff::Verdict;
use kubectl_arbtune::job::{CreatedAt, K8sTuningJobFactory};
use kubectl_arbtune::manifest::Format;
use kubectl_arbtune::output::template::Template;
use kubectl_arbtune::plan::plan_jobs;

const WORKERS: u32 = 10_000;
const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/configs/d29_k8s/orchestrator_k8s_baseline.yaml");

fn main() {
    divan::main();
}

/// The baseline session, with more workers.
fn session() -> Session {
    let mut session = Session::load(Path::new(BASELINE), None, &Overrides::default()).expect("the baseline is valid");
    session.workers = WORKERS;
    session.total_iterations = u64::from(WORKERS) * 3 + 1;
    session
}

fn created_at() -> CreatedAt {
    CreatedAt::parse("2025-11-16T18:21:45Z").expect("this is RFC 3339")
}

#[divan::bench]
fn plan(bencher: Bencher<'_, '_>) {
    let session = session();
    bencher
        .counter(ItemsCount::new(WORKERS))
        .bench(|| plan_jobs(session.total_iterations, session.workers).for_each(|share| drop(black_box(share))));
}

#[divan::bench]
fn build(bencher: Bencher<'_, '_>) {
    let session = session();
    let factory = K8sTuningJobFactory::new(&session, created_at(), None).expect("no partial Job");
    bencher.counter(ItemsCount::new(WORKERS)).bench(|| {
        for job in factory.jobs() {
            black_box(job);
        }
    });
}

#[divan::bench(args = [Format::Yaml, Format::Kyaml, Format::Json])]
fn write(bencher: Bencher<'_, '_>, format: Format) {
    let session = session();
    let factory = K8sTuningJobFactory::new(&session, created_at(), None).expect("no partial Job");
    let jobs: Vec<_> = factory.jobs().collect();
    let mut out = Vec::new();
    for job in &jobs {
        format.push(job, &mut out).expect("a Job has a form in both notations");
    }
    bencher.counter(BytesCount::new(out.len())).bench_local(|| {
        out.clear();
        for job in &jobs {
            format.push(job, &mut out).expect("a Job has a form in both notations");
        }
        black_box(out.len())
    });
}

/// Each worker's manifest by the template, which is how `generate` writes them.
#[divan::bench(args = [Format::Yaml, Format::Kyaml, Format::Json])]
fn template(bencher: Bencher<'_, '_>, format: Format) {
    let session = session();
    let factory = K8sTuningJobFactory::new(&session, created_at(), None).expect("no partial Job");
    let mut out = Vec::new();
    let mut write_all = || {
        out.clear();
        let template = Template::document(&factory, format).expect("a Job has a form in both notations");
        for share in plan_jobs(session.total_iterations, session.workers) {
            template.push(&share, &mut out);
        }
        out.len()
    };
    let bytes = write_all();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| black_box(write_all()));
}

#[divan::bench]
fn compare(bencher: Bencher<'_, '_>) {
    let session = session();
    let factory = K8sTuningJobFactory::new(&session, created_at(), None).expect("no partial Job");
    let jobs: Vec<_> = factory.jobs().collect();
    let manifests: Vec<_> =
        jobs.iter().map(|job| serde_json::to_value(job).expect("a Job has a form in JSON")).collect();
    bencher.counter(ItemsCount::new(WORKERS)).bench(|| {
        for manifest in &manifests {
            black_box(Verdict::of(manifest, manifest, Version::NEWEST));
        }
    });
}

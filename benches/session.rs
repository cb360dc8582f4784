//! What it takes to plan, build and write the Jobs of a session of 10,000 workers.
//! Run with `cargo bench --bench session`; compare the parts with one another, not with other machines.

#![allow(clippy::expect_used)] // Each states its invariant, and there is no caller to tell.

use std::hint::black_box;
use std::path::Path;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use kubectl_arbtune::config::{Overrides, Session};
use kubectl_arbtune::job::{CreatedAt, K8sTuningJobFactory, build_job};
use kubectl_arbtune::output::manifests::{self, FileKind};
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
    let factory = K8sTuningJobFactory::new(&session, created_at());
    bencher.counter(ItemsCount::new(WORKERS)).bench(|| {
        for share in plan_jobs(session.total_iterations, session.workers) {
            black_box(build_job(factory.create_job_for_worker(&share.worker_id, share.iterations, share.index)));
        }
    });
}

#[divan::bench(args = [FileKind::Yaml, FileKind::Json])]
fn write(bencher: Bencher<'_, '_>, kind: FileKind) {
    let session = session();
    let factory = K8sTuningJobFactory::new(&session, created_at());
    let jobs: Vec<_> = plan_jobs(session.total_iterations, session.workers)
        .map(|share| build_job(factory.create_job_for_worker(&share.worker_id, share.iterations, share.index)))
        .collect();
    let mut out = Vec::new();
    for job in &jobs {
        manifests::push_document(job, kind, &mut out).expect("a Job has a form in both notations");
    }
    bencher.counter(BytesCount::new(out.len())).bench_local(|| {
        out.clear();
        for job in &jobs {
            manifests::push_document(job, kind, &mut out).expect("a Job has a form in both notations");
        }
        black_box(out.len())
    });
}

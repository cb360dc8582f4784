//! Templates for manifests: one manifest is serialized once, and those of all workers are copies of it with replaced
//! parts. The result is the same as that of [`Format::push`], but as fast as copying.
//!
//! The Jobs of a session differ only in their worker, index, iterations, ConfigMap and attempt. One Job is made with
//! numbers that occur nowhere else in it, serialized, and split at these numbers. The splits are verified: the first
//! and the last Job of a run are serialized both ways. Later attempts have their own template, because first attempts
//! do not contain a number. The numbers in a Job are found in one pass, so the time is linear in its size.

use std::collections::HashSet;

use k8s_openapi::api::batch::v1::Job;

use crate::job::K8sTuningJobFactory;
use crate::manifest::Format;
use crate::manifest::format::push_json;
use crate::manifest::write::WriteError;
use crate::plan::WorkerShare;

/// The smallest placeholder index: the index, the attempt below it and the worker above it have ten digits each.
const FIRST_NUMBER: u32 = 1_000_000_001;

/// The parts of a manifest that differ between workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Placeholder {
    Worker,
    Index,
    Iterations,
    ConfigMap,
    Attempt,
}

/// The manifests of a run's workers.
#[derive(Debug, Clone)]
pub struct Template<'s> {
    /// Of first attempts, if the run has any.
    first: Option<Cut<'s>>,
    /// Of later ones, if the run has any.
    later: Option<Cut<'s>>,
}

/// The common text of all manifests of one kind, and the positions of the placeholders.
#[derive(Debug, Clone)]
struct Cut<'s> {
    factory: K8sTuningJobFactory<'s>,
    text: Vec<u8>,
    /// Each placeholder with its position in the text.
    placeholders: Vec<(usize, Placeholder)>,
}

/// The texts for the placeholders.
struct WorkerValues<'s> {
    worker: &'s str,
    index: String,
    iterations: String,
    /// The name of the ConfigMap with its tuning file, if there is one.
    config_map: Option<String>,
    /// The attempt, if it is not the first one.
    attempt: Option<String>,
}

impl<'s> Template<'s> {
    /// The template for a session's manifests as documents.
    ///
    /// # Errors
    /// A Job cannot be written in the format.
    pub fn document(factory: &K8sTuningJobFactory<'s>, format: Format) -> Result<Self, WriteError> {
        Self::new(factory, |job, out| format.push(job, out))
    }

    /// The template for a session's manifests, nested `depth` levels deep in a JSON document.
    ///
    /// # Errors
    /// As [`Self::document`].
    pub fn item(factory: &K8sTuningJobFactory<'s>, depth: usize) -> Result<Self, WriteError> {
        Self::new(factory, |job, out| push_json(job, depth, out))
    }

    fn new(
        factory: &K8sTuningJobFactory<'s>,
        push: impl Fn(&Job, &mut Vec<u8>) -> Result<(), WriteError>,
    ) -> Result<Self, WriteError> {
        let (first, later): (Vec<_>, Vec<_>) = factory.samples().into_iter().partition(|share| share.attempt == 1);
        let of_kind =
            |samples: Vec<WorkerShare>| (!samples.is_empty()).then(|| Cut::new(factory, &samples, &push)).transpose();
        Ok(Self { first: of_kind(first)?, later: of_kind(later)? })
    }

    /// Appends the manifest of a worker of the run.
    pub fn push(&self, share: &WorkerShare, out: &mut Vec<u8>) {
        let cut = if share.attempt > 1 { &self.later } else { &self.first };
        // The samples represent all workers of a run.
        if let Some(cut) = cut {
            cut.push(share, out);
        }
    }
}

impl<'s> Cut<'s> {
    fn new(
        factory: &K8sTuningJobFactory<'s>,
        samples: &[WorkerShare],
        push: impl Fn(&Job, &mut Vec<u8>) -> Result<(), WriteError>,
    ) -> Result<Self, WriteError> {
        let written = |share: &WorkerShare| {
            let mut text = Vec::new();
            push(&factory.job(share), &mut text).map(|()| text)
        };
        let expected = samples.iter().map(written).collect::<Result<Vec<_>, _>>()?;
        let numbers = Numbers::within(expected.iter());
        let is_later = samples.iter().any(|share| share.attempt > 1);
        for index in (FIRST_NUMBER..=u32::MAX).rev() {
            let probe = WorkerShare {
                worker_id: format!("worker-{}", u64::from(index) + 1),
                index,
                iterations: u64::MAX - u64::from(index),
                attempt: if is_later { index - 1 } else { 1 },
            };
            if numbers.hold_any_of(&probe) {
                continue;
            }
            let cut = Self::at(factory, &written(&probe)?, &probe);
            if samples.iter().zip(&expected).all(|(share, expected)| cut.filled(share) == *expected) {
                return Ok(cut);
            }
        }
        unreachable!("no configuration is so large that it contains every ten-digit number")
    }

    /// Splits a manifest at its placeholders.
    fn at(factory: &K8sTuningJobFactory<'s>, manifest: &[u8], share: &WorkerShare) -> Self {
        let fill = WorkerValues::of(share, factory);
        let placeholders = [
            Placeholder::Worker,
            Placeholder::Index,
            Placeholder::Iterations,
            Placeholder::ConfigMap,
            Placeholder::Attempt,
        ];
        let placeholders = || placeholders.into_iter().filter(|placeholder| !fill.text(*placeholder).is_empty());
        let mut cut =
            Self { factory: factory.clone(), text: Vec::with_capacity(manifest.len()), placeholders: Vec::new() };
        let mut rest = manifest;
        while let Some((first, after)) = rest.split_first() {
            if let Some(placeholder) = placeholders().find(|placeholder| rest.starts_with(fill.text(*placeholder))) {
                cut.placeholders.push((cut.text.len(), placeholder));
                rest = &rest[fill.text(placeholder).len()..];
            } else {
                cut.text.push(*first);
                rest = after;
            }
        }
        cut
    }

    /// Appends the manifest of a worker.
    fn push(&self, share: &WorkerShare, out: &mut Vec<u8>) {
        let fill = WorkerValues::of(share, &self.factory);
        let mut start = 0;
        for (end, placeholder) in &self.placeholders {
            out.extend_from_slice(&self.text[start..*end]);
            out.extend_from_slice(fill.text(*placeholder));
            start = *end;
        }
        out.extend_from_slice(&self.text[start..]);
    }

    fn filled(&self, share: &WorkerShare) -> Vec<u8> {
        let mut out = Vec::new();
        self.push(share, &mut out);
        out
    }
}

/// The numbers of ten and of twenty digits in a text, including those within longer numbers.
struct Numbers {
    short: HashSet<u64>,
    long: HashSet<u64>,
}

impl Numbers {
    fn within<'t>(texts: impl Iterator<Item = &'t Vec<u8>>) -> Self {
        let mut numbers = Self { short: HashSet::new(), long: HashSet::new() };
        for text in texts {
            for digits in text.split(|byte| !byte.is_ascii_digit()) {
                numbers.short.extend(digits.windows(10).filter_map(number));
                numbers.long.extend(digits.windows(20).filter_map(number));
            }
        }
        numbers
    }

    /// Whether a number of this share already occurs in the text, in any context.
    fn hold_any_of(&self, share: &WorkerShare) -> bool {
        let index = u64::from(share.index);
        // The attempt, the index and the worker are consecutive numbers.
        (index - 1..=index + 1).any(|number| self.short.contains(&number)) || self.long.contains(&share.iterations)
    }
}

/// The value of these digits, if it fits in 64 bits.
fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

impl<'s> WorkerValues<'s> {
    fn of(share: &'s WorkerShare, factory: &'s K8sTuningJobFactory<'_>) -> Self {
        Self {
            worker: &share.worker_id,
            index: share.index.to_string(),
            iterations: share.iterations.to_string(),
            config_map: factory.config_map(share.index),
            attempt: (share.attempt > 1).then(|| share.attempt.to_string()),
        }
    }

    /// The text for a placeholder; empty if the manifest does not have it.
    fn text(&self, placeholder: Placeholder) -> &[u8] {
        match placeholder {
            Placeholder::Worker => self.worker.as_bytes(),
            Placeholder::Index => self.index.as_bytes(),
            Placeholder::Iterations => self.iterations.as_bytes(),
            Placeholder::ConfigMap => self.config_map.as_deref().unwrap_or_default().as_bytes(),
            Placeholder::Attempt => self.attempt.as_deref().unwrap_or_default().as_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::session::tests::{K8S, session};
    use crate::job::CreatedAt;
    use crate::plan::{Part, plan_jobs};
    use crate::tuning_file::Delivery;
    use crate::tuning_file::config_map::TuningConfigMaps;
    use crate::tuning_file::file::TuningFile;
    use proptest::prelude::*;

    fn created_at() -> CreatedAt {
        CreatedAt::parse("2025-11-16T18:21:45Z").unwrap()
    }

    impl Template<'_> {
        fn filled(&self, share: &WorkerShare) -> Vec<u8> {
            let mut out = Vec::new();
            self.push(share, &mut out);
            out
        }
    }

    fn compare(factory: &K8sTuningJobFactory<'_>) {
        for format in [Format::Yaml, Format::Kyaml, Format::Json] {
            let template = Template::document(factory, format).unwrap();
            for share in factory.shares() {
                let mut expected = Vec::new();
                format.push(&factory.job(&share), &mut expected).unwrap();
                assert_eq!(
                    String::from_utf8(template.filled(&share)).unwrap(),
                    String::from_utf8(expected).unwrap(),
                    "{share:?}"
                );
            }
        }
    }

    /// Values that look like placeholders.
    fn confusing() -> impl Strategy<Value = String> {
        let number = prop_oneof![
            Just(u64::from(u32::MAX)),
            Just(u64::from(u32::MAX) + 1),
            Just(u64::MAX - u64::from(u32::MAX)),
            0_u64..30,
            any::<u64>(),
        ];
        let part = prop_oneof![number.prop_map(|number| number.to_string()), "worker-", "[ -~]{0,3}"];
        proptest::collection::vec(part, 0..4).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn every_workers_manifest_is_the_one_that_would_be_written(
            values in proptest::collection::vec(confusing(), 0..4),
            image in "[a-z]{1,3}:(4294967295|worker-1|[a-z]{1,3})",
            attempts in proptest::collection::vec(prop_oneof![0_u32..3, Just(1), any::<u32>()], 1..25),
            surplus in 0_u64..100,
        ) {
            let mut session = session(K8S, None).unwrap();
            session.image = image;
            let workers = u32::try_from(attempts.len()).unwrap();
            session.workers = workers;
            session.total_iterations = u64::from(workers) + surplus;
            session.extra_env = values.into_iter().enumerate().map(|(n, value)| (format!("V{n}"), value)).collect();
            let mut part = Part::default();
            for (index, attempt) in (0..).zip(attempts).filter(|(_, attempt)| *attempt > 0) {
                part.extend(index..index + 1, attempt);
            }
            let factory = K8sTuningJobFactory::new(&session, created_at(), None).unwrap();
            compare(&factory);
            compare(&factory.with_part(part));
        }
    }

    #[test]
    fn each_workers_manifest_names_its_own_configmap() {
        let mut session = session(K8S, None).unwrap();
        (session.workers, session.total_iterations) = (300, 300);
        let text = format!("tuning: {{seed: 42}} # {}", "4294967296 worker-1".repeat(200));
        let file = TuningFile::parse(std::path::Path::new("x"), text.into()).unwrap();
        let config_maps = TuningConfigMaps::new(&session, &file, true).unwrap();
        assert!(config_maps.len() > 3);
        let delivery = Delivery { config_maps, mount_path: "/app/x.yaml".to_owned() };
        compare(&K8sTuningJobFactory::new(&session, created_at(), Some(&delivery)).unwrap());
    }

    #[test]
    fn the_largest_numbers_fit_too() {
        let mut session = session(K8S, None).unwrap();
        (session.workers, session.total_iterations) = (u32::MAX, u64::MAX);
        let factory = K8sTuningJobFactory::new(&session, created_at(), None).unwrap();
        let template = Template::document(&factory, Format::Yaml).unwrap();
        for nth in [0, 9, 99_999, u32::MAX as usize - 1] {
            let share = plan_jobs(session.total_iterations, session.workers).nth(nth).unwrap();
            let mut expected = Vec::new();
            Format::Yaml.push(&factory.job(&share), &mut expected).unwrap();
            assert!(template.filled(&share) == expected, "{share:?}");
        }
    }
}

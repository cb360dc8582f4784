//! The manifest of any worker, from one that was written once: a session comes in, and each worker's
//! bytes go out, the same that [`Format::push`] would write, as fast as they can be copied.
//!
//! The Jobs of a session differ in their worker, index, iterations and ConfigMap only. One Job is made with
//! numbers that stand nowhere else in it, written, and cut at these numbers. Whether the cuts are
//! right is not assumed: the first and the last Job of the session are written both ways.
//! Which numbers stand in a Job is found in one pass, so that the time for this grows with its size only.

use std::collections::HashSet;

use k8s_openapi::api::batch::v1::Job;

use crate::job::K8sTuningJobFactory;
use crate::manifest::Format;
use crate::manifest::format::push_json;
use crate::manifest::write::WriteError;
use crate::plan::{WorkerShare, first_and_last};

/// What a worker's manifest has of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Placeholder {
    Worker,
    Index,
    Iterations,
    ConfigMap,
}

/// What all manifests of a session have in common, and where each has something of its own.
#[derive(Debug, Clone)]
pub struct Template<'s> {
    factory: K8sTuningJobFactory<'s>,
    text: Vec<u8>,
    /// Each placeholder with the place in the text where it belongs.
    placeholders: Vec<(usize, Placeholder)>,
}

/// The texts that go into the placeholders.
struct WorkerValues<'s> {
    worker: &'s str,
    index: String,
    iterations: String,
    /// The name of the ConfigMap with its tuning file, if there is one.
    config_map: Option<String>,
}

impl<'s> Template<'s> {
    /// The template of a session's manifests, each a document of its own.
    ///
    /// # Errors
    /// A Job that has no form in the notation.
    pub fn document(factory: &K8sTuningJobFactory<'s>, format: Format) -> Result<Self, WriteError> {
        Self::new(factory, |job, out| format.push(job, out))
    }

    /// The template of a session's manifests, as they stand `depth` levels deep in a JSON document.
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
        let session = factory.session();
        let written = |share: &WorkerShare| {
            let mut text = Vec::new();
            push(&factory.job(share), &mut text).map(|()| text)
        };
        let samples: Vec<WorkerShare> = first_and_last(session.total_iterations, session.workers).collect();
        let expected = samples.iter().map(written).collect::<Result<Vec<_>, _>>()?;
        let numbers = Numbers::within(expected.iter());
        for index in (0..=u32::MAX).rev() {
            let probe = WorkerShare {
                worker_id: format!("worker-{}", u64::from(index) + 1),
                index,
                iterations: u64::MAX - u64::from(index),
            };
            if numbers.hold_any_of(&probe) {
                continue;
            }
            let template = Self::cut(factory, &written(&probe)?, &probe);
            if samples.iter().zip(&expected).all(|(share, expected)| template.filled(share) == *expected) {
                return Ok(template);
            }
        }
        unreachable!("no configuration is so large that every number of ten digits stands in it")
    }

    /// Cuts a manifest where it has something of its worker.
    fn cut(factory: &K8sTuningJobFactory<'s>, manifest: &[u8], share: &WorkerShare) -> Self {
        let fill = WorkerValues::of(share, factory);
        let placeholders = [Placeholder::Worker, Placeholder::Index, Placeholder::Iterations, Placeholder::ConfigMap];
        let placeholders = &placeholders[..if fill.config_map.is_some() { 4 } else { 3 }];
        let mut template =
            Self { factory: factory.clone(), text: Vec::with_capacity(manifest.len()), placeholders: Vec::new() };
        let mut rest = manifest;
        while let Some((first, after)) = rest.split_first() {
            if let Some(placeholder) =
                placeholders.iter().find(|placeholder| rest.starts_with(fill.text(**placeholder)))
            {
                template.placeholders.push((template.text.len(), *placeholder));
                rest = &rest[fill.text(*placeholder).len()..];
            } else {
                template.text.push(*first);
                rest = after;
            }
        }
        template
    }

    /// Appends the manifest of a worker.
    pub fn push(&self, share: &WorkerShare, out: &mut Vec<u8>) {
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

/// The numbers that stand in a text, also within longer ones: those of ten digits, and those of twenty.
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

    /// Whether a number of this share stands there already; the digits tell, whatever stands around them.
    fn hold_any_of(&self, share: &WorkerShare) -> bool {
        let index = u64::from(share.index);
        self.short.contains(&index) || self.short.contains(&(index + 1)) || self.long.contains(&share.iterations)
    }
}

/// The number that these digits are, if it fits 64 bits.
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
        }
    }

    fn text(&self, placeholder: Placeholder) -> &[u8] {
        match placeholder {
            Placeholder::Worker => self.worker.as_bytes(),
            Placeholder::Index => self.index.as_bytes(),
            Placeholder::Iterations => self.iterations.as_bytes(),
            Placeholder::ConfigMap => self.config_map.as_deref().unwrap_or_default().as_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::session::tests::{K8S, session};
    use crate::job::CreatedAt;
    use crate::plan::plan_jobs;
    use crate::tuning_file::Delivery;
    use crate::tuning_file::config_map::TuningConfigMaps;
    use crate::tuning_file::file::TuningFile;
    use proptest::prelude::*;

    fn created_at() -> CreatedAt {
        CreatedAt::parse("2025-11-16T18:21:45Z").unwrap()
    }

    fn compare(factory: &K8sTuningJobFactory<'_>) {
        let session = factory.session();
        for format in [Format::Yaml, Format::Kyaml, Format::Json] {
            let template = Template::document(factory, format).unwrap();
            for share in plan_jobs(session.total_iterations, session.workers) {
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

    /// Values that look like what is searched for.
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
            workers in 1_u32..25,
            surplus in 0_u64..100,
        ) {
            let mut session = session(K8S, None).unwrap();
            session.image = image;
            session.workers = workers;
            session.total_iterations = u64::from(workers) + surplus;
            session.extra_env = values.into_iter().enumerate().map(|(n, value)| (format!("V{n}"), value)).collect();
            compare(&K8sTuningJobFactory::new(&session, created_at(), None).unwrap());
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

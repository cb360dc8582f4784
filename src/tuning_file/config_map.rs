//! The ConfigMaps that carry a tuning file to the workers: one for all of them, or, where each has its own seed, as many
//! as their size demands. A session and a file come in; ConfigMaps, and for each worker which of them and which key in
//! it, go out. Only their names are kept, so that memory does not grow with what they hold.
//!
//! `kubectl apply` notes down what it applies in an annotation of the object, as JSON, and the server takes 262,144
//! bytes of annotations. A larger ConfigMap could be applied on the server's side only, so that each is kept below
//! that, with room for the labels and annotations that Kustomize and others add.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sha2::{Digest, Sha256};

use super::file::TuningFile;
use super::seed::{RaisedSeed, SeedError};
use crate::config::Session;
use crate::names::{APP, COMPONENT, HASH_LEN, config_map_prefix};
use crate::plan::Part;
use crate::printable::printable;

/// What the API server takes for all annotations of an object, names and values (`TotalAnnotationSizeLimitB`).
const MAX_ANNOTATIONS: usize = 256 << 10;
/// The annotation in which `kubectl apply` notes down what it applies.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// What is left free of that for others.
const HEADROOM: usize = 12 << 10;
/// The key of a file that all workers share.
const SHARED_KEY: &str = "tuning.yaml";

/// The ConfigMaps of a session's tuning file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TuningConfigMaps {
    /// The name that the file has in messages.
    file: String,
    content: String,
    /// The seed, if each worker has its own.
    seed: Option<RaisedSeed>,
    namespace: String,
    labels: BTreeMap<String, String>,
    prefix: String,
    chunks: Vec<Chunk>,
}

/// One ConfigMap, and the workers whose files it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Chunk {
    name: String,
    /// The place of the first worker, from 0.
    first: u32,
    /// How many files it holds: of one worker each, or one for all.
    count: u32,
    /// How many bytes of annotations `kubectl apply` makes of it.
    noted: usize,
}

impl TuningConfigMaps {
    /// Makes the ConfigMaps of a file that a session's workers share, or, with `has_own_seeds`, get each with their own
    /// seed.
    ///
    /// # Errors
    /// A seed that cannot be raised.
    pub fn new(session: &Session, file: &TuningFile, has_own_seeds: bool) -> Result<Self, SeedError> {
        let seed = has_own_seeds.then(|| RaisedSeed::of(file, session.workers)).transpose()?;
        let labels = [
            ("app", APP.to_owned()),
            ("session_id", session.session_id.clone()),
            ("component", COMPONENT.to_owned()),
            ("mode", session.mode.to_string()),
            ("env", session.env.to_string()),
        ];
        let mut maps = Self {
            file: file.name.clone(),
            content: file.content().to_owned(),
            seed,
            namespace: session.namespace.clone(),
            labels: labels.map(|(key, value)| (key.to_owned(), value)).into(),
            prefix: config_map_prefix(&session.session_short),
            chunks: Vec::new(),
        };
        maps.chunks = maps.pack(session.workers);
        maps.name_chunks(&session.session_id);
        Ok(maps)
    }

    /// How many ConfigMaps there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.chunks.len()
    }

    /// Whether there is none; there always is one.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Their names, in order.
    #[must_use]
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.chunks.iter().map(|chunk| chunk.name.as_str())
    }

    /// The ConfigMap at a place, from 0.
    #[must_use]
    pub fn config_map_at(&self, nth: usize) -> Option<ConfigMap> {
        self.chunks.get(nth).map(|chunk| self.config_map(chunk))
    }

    /// The places of the ConfigMaps that hold the file of any of some workers. They are the same objects, with the same
    /// names, whoever needs them.
    pub fn needed_by(&self, part: &Part) -> impl Iterator<Item = usize> {
        let is_shared = self.seed.is_none();
        let is_needed = move |chunk: &Chunk| {
            if is_shared { !part.is_empty() } else { part.has_any(&(chunk.first..chunk.first + chunk.count)) }
        };
        (0..).zip(&self.chunks).filter(move |(_, chunk)| is_needed(chunk)).map(|(nth, _)| nth)
    }

    /// The ConfigMap that holds the file of the worker at a place, from 0, and its key there.
    #[must_use]
    pub fn source(&self, index: u32) -> (&str, String) {
        let nth = self.chunks.partition_point(|chunk| chunk.first <= index).saturating_sub(1);
        let name = self.chunks.get(nth).map_or("", |chunk| chunk.name.as_str());
        (name, self.key(index))
    }

    /// The seeds of the first and the last of some workers, where each has its own.
    #[must_use]
    pub fn seeds(&self, workers: u32) -> Option<(u64, u64)> {
        self.seed.as_ref().map(|seed| (seed.at(0), seed.at(workers.saturating_sub(1))))
    }

    /// What the user should know of them, as a sentence.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let is_large = self.chunks.iter().any(|chunk| chunk.noted > MAX_ANNOTATIONS);
        is_large.then(|| {
            format!(
                "The tuning file {} has {} bytes, more than kubectl apply can note down of a ConfigMap; apply with \
                 --server-side.",
                printable(&self.file),
                self.content.len()
            )
        })
    }

    /// Puts the workers' files together in their order: each ConfigMap takes as many as it holds. So a worker stays
    /// where it is when others are added behind it.
    fn pack(&self, workers: u32) -> Vec<Chunk> {
        let empty = self.noted_when_empty();
        let content = json_length(&self.content);
        // The key, its quotes, a colon and a comma.
        let entry = |index: u32| {
            let growth = self.seed.as_ref().map_or(0, |seed| seed.growth(index));
            self.key(index).len() + 4 + content.saturating_add_signed(growth)
        };
        let mut chunks: Vec<Chunk> = Vec::new();
        let files = if self.seed.is_some() { workers } else { 1 };
        for index in 0..files {
            let size = entry(index);
            match chunks.last_mut() {
                Some(chunk) if chunk.noted + size <= MAX_ANNOTATIONS - HEADROOM => {
                    chunk.count += 1;
                    chunk.noted += size;
                }
                // No comma stands before the first one.
                _ => chunks.push(Chunk { name: String::new(), first: index, count: 1, noted: empty + size - 1 }),
            }
        }
        chunks
    }

    /// How many bytes of annotations `kubectl apply` makes of a ConfigMap without data.
    fn noted_when_empty(&self) -> usize {
        let mut config_map = self.config_map(&Chunk { name: self.name([0; 32]), first: 0, count: 0, noted: 0 });
        config_map.metadata.annotations = Some(BTreeMap::new());
        let json = serde_json::to_string(&config_map).map_or(0, |json| json.len());
        // kubectl adds a line break.
        LAST_APPLIED.len() + json + 1
    }

    /// Names each by the session and what it holds: what is immutable gets another name when it changes.
    fn name_chunks(&mut self, session_id: &str) {
        let names: Vec<String> = self
            .chunks
            .iter()
            .map(|chunk| {
                let mut hash = Sha256::new();
                hash.update(session_id);
                for (key, content) in self.data(chunk) {
                    for part in [key, content] {
                        hash.update(part.len().to_be_bytes());
                        hash.update(part);
                    }
                }
                self.name(hash.finalize().into())
            })
            .collect();
        for (chunk, name) in self.chunks.iter_mut().zip(names) {
            chunk.name = name;
        }
    }

    fn name(&self, hash: [u8; 32]) -> String {
        let mut name = self.prefix.clone();
        for byte in &hash[..HASH_LEN / 2] {
            // A String takes everything.
            _ = write!(name, "{byte:02x}");
        }
        name
    }

    fn key(&self, index: u32) -> String {
        if self.seed.is_some() { format!("worker-{}.yaml", u64::from(index) + 1) } else { SHARED_KEY.to_owned() }
    }

    fn data(&self, chunk: &Chunk) -> impl Iterator<Item = (String, String)> {
        (chunk.first..chunk.first + chunk.count).map(|index| {
            let content =
                self.seed.as_ref().map_or_else(|| self.content.clone(), |seed| seed.content(&self.content, index));
            (self.key(index), content)
        })
    }

    fn config_map(&self, chunk: &Chunk) -> ConfigMap {
        ConfigMap {
            metadata: ObjectMeta {
                name: Some(chunk.name.clone()),
                namespace: Some(self.namespace.clone()),
                labels: Some(self.labels.clone()),
                ..ObjectMeta::default()
            },
            data: Some(self.data(chunk).collect()),
            immutable: Some(true),
            ..ConfigMap::default()
        }
    }
}

/// How long a text is as Go writes it in JSON, with its quotes.
fn json_length(text: &str) -> usize {
    let length = |c: char| match c {
        '"' | '\\' | '\n' | '\r' | '\t' => 2,
        '\0'..='\u{1F}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => 6,
        _ => c.len_utf8(),
    };
    2 + text.chars().map(length).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    impl TuningConfigMaps {
        fn config_maps(&self) -> impl Iterator<Item = ConfigMap> {
            self.chunks.iter().map(|chunk| self.config_map(chunk))
        }
    }

    use crate::apimachinery::names::dns_subdomain;
    use crate::config::session::tests::{K8S, session};
    use crate::names::is_config_map_name;
    use crate::plan::plan_jobs;
    use std::path::Path;

    const BASELINE: &str = include_str!("../../configs/d23_tuning/advanced_baseline.yaml");

    fn config_maps(text: &str, workers: u32, has_own_seeds: bool) -> TuningConfigMaps {
        let config = K8S
            .replace("workers: 2", &format!("workers: {workers}"))
            .replace("total_iterations: 6", "total_iterations: 20000");
        let file = TuningFile::parse(Path::new("tuning.yaml"), text.into()).unwrap();
        TuningConfigMaps::new(&session(&config, None).unwrap(), &file, has_own_seeds).unwrap()
    }

    /// What kubectl notes down, as its own JSON has it.
    fn noted(config_map: &ConfigMap) -> usize {
        let mut config_map = config_map.clone();
        config_map.metadata.annotations = Some(BTreeMap::new());
        let json = serde_json::to_string(&config_map).unwrap();
        let escaped: usize = json
            .chars()
            .filter(|c| matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}'))
            .map(|c| 6 - c.len_utf8())
            .sum();
        LAST_APPLIED.len() + json.len() + escaped + 1
    }

    #[test]
    fn one_configmap_holds_the_file_of_all() {
        let maps = config_maps(BASELINE, 5, false);
        let all: Vec<_> = maps.config_maps().collect();
        assert_eq!((all.len(), maps.len(), maps.warning()), (1, 1, None));
        let data = all[0].data.clone().unwrap();
        assert_eq!(data.into_iter().collect::<Vec<_>>(), [("tuning.yaml".to_owned(), BASELINE.to_owned())]);
        assert_eq!(all[0].immutable, Some(true));
        let name = all[0].metadata.name.clone().unwrap();
        assert_eq!(maps.source(4), (name.as_str(), "tuning.yaml".to_owned()));
        assert!(
            is_config_map_name(&name)
                && dns_subdomain(&name).is_ok()
                && name.starts_with("arb-tuning-d29-k8s--tuning-"),
            "{name}"
        );
        assert_eq!(config_maps(BASELINE, 7, false).names().collect::<Vec<_>>(), [name.as_str()], "The same content.");
        assert_ne!(config_maps(&format!("{BASELINE}#"), 5, false).names().collect::<Vec<_>>(), [name.as_str()]);
    }

    #[test]
    fn many_seeds_take_as_many_configmaps_as_their_size_demands() {
        let text = format!("{BASELINE}# <&>\u{2028}# \t\"{}\n", "é".repeat(600));
        let maps = config_maps(&text, 10_000, true);
        let total = text.len() * 10_000;
        let most = 2 * total / MAX_ANNOTATIONS + 1;
        assert!(maps.len() < most, "{} of {most}", maps.len());
        let mut workers = 0_u32;
        for (config_map, chunk) in maps.config_maps().zip(&maps.chunks) {
            assert_eq!(noted(&config_map), chunk.noted);
            assert!(noted(&config_map) <= MAX_ANNOTATIONS - HEADROOM);
            let data = config_map.data.unwrap();
            for share in plan_jobs(20_000, 10_000).skip(chunk.first as usize).take(chunk.count as usize) {
                let expected = text.replace("seed: 42", &format!("seed: {}", 42 + share.index));
                let (name, key) = maps.source(share.index);
                assert_eq!((name, &key), (chunk.name.as_str(), &format!("{}.yaml", share.worker_id)));
                assert_eq!(data[&key], expected);
                workers += 1;
            }
            assert_eq!(data.len(), chunk.count as usize);
        }
        assert_eq!((workers, maps.seeds(10_000)), (10_000, Some((42, 10_041))));
        let fewer = config_maps(&text, 5_000, true);
        let (fewer, more) = (&fewer.chunks, &maps.chunks);
        assert_eq!(fewer[..fewer.len() - 1], more[..fewer.len() - 1], "Workers behind them move none of them.");
    }

    #[test]
    fn a_large_file_is_for_the_servers_side() {
        let large = format!("{BASELINE}# {}\n", "x".repeat(300_000));
        let maps = config_maps(&large, 3, false);
        let warning = maps.warning().unwrap();
        assert!(warning.ends_with("apply with --server-side."), "{warning}");
        assert_eq!(config_maps(&large, 3, true).len(), 3);
        // What the server counts, to the byte.
        let fits = MAX_ANNOTATIONS - noted(&config_maps(BASELINE, 1, false).config_maps().next().unwrap());
        let padded = |more: usize| config_maps(&format!("{BASELINE}{}", "#".repeat(more)), 1, false);
        assert_eq!(noted(&padded(fits).config_maps().next().unwrap()), MAX_ANNOTATIONS);
        assert!(padded(fits).warning().is_none() && padded(fits + 1).warning().is_some());
    }
}

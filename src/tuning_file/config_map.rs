//! The ConfigMaps with a session's tuning file: one for all workers or, if each has its own seed, as many as their size
//! requires. Maps each worker to a ConfigMap and a key in it. The packing is computed, and a name, which is a hash of
//! its ConfigMap's content, is made when it is first needed, so the cost of everything else does not depend on the
//! number of workers.
//!
//! `kubectl apply` stores what it applies in an annotation of the object, as JSON, and the server accepts 262,144 bytes
//! of annotations. A larger ConfigMap would need server-side apply, so each is kept below that limit, with room for the
//! labels and annotations that Kustomize and others add.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use sha2::{Digest, Sha256};

use super::file::TuningFile;
use super::seed::{RaisedSeed, SeedError};
use crate::config::Session;
use crate::names::{APP, COMPONENT, HASH_LEN, config_map_prefix};
use crate::plan::Part;
use crate::printable::printable;

/// The API server's limit for all annotations of an object, names and values (`TotalAnnotationSizeLimitB`).
const MAX_ANNOTATIONS: usize = 256 << 10;
/// The annotation in which `kubectl apply` stores what it applies.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// The part of the limit that is left for other annotations.
const HEADROOM: usize = 12 << 10;
/// The key of a file that all workers share.
const SHARED_KEY: &str = "tuning.yaml";

/// The ConfigMaps of a session's tuning file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TuningConfigMaps {
    /// The name of the file in messages.
    file: String,
    content: String,
    /// The seed, if each worker has its own.
    seed: Option<RaisedSeed>,
    session_id: String,
    namespace: String,
    labels: BTreeMap<String, String>,
    prefix: String,
    /// The assignment of workers' files to ConfigMaps, in order.
    runs: Vec<Run>,
    names: Names,
}

/// Consecutive ConfigMaps with the same number of files of the same length.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    /// The first of them, and their number.
    start: u32,
    maps: u32,
    chunk: Chunk,
}

/// The content of one ConfigMap.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Chunk {
    /// The index of the first worker, from 0.
    first: u32,
    /// The number of files: one per worker, or one for all.
    count: u32,
    /// The size of its last-applied annotation in bytes.
    noted: usize,
}

/// A cache of names. They are derived from the content, so they are not part of a comparison.
#[derive(Debug, Default)]
struct Names(Mutex<BTreeMap<u32, String>>);

impl Clone for Names {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Names {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Names {}

impl TuningConfigMaps {
    /// Makes the ConfigMaps for a file that a session's workers share or, with `has_own_seeds`, that each of them gets
    /// with its own seed.
    ///
    /// # Errors
    /// The seed cannot be incremented.
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
            session_id: session.session_id.clone(),
            runs: Vec::new(),
            names: Names::default(),
        };
        maps.runs = if maps.seed.is_some() { maps.pack(session.workers) } else { maps.pack(1) };
        Ok(maps)
    }

    /// The number of ConfigMaps.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count() as usize
    }

    /// Always false: there is at least one.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Their names in order, made lazily.
    #[must_use]
    pub fn names(&self) -> impl ExactSizeIterator<Item = String> {
        (0..self.count()).map(|nth| self.name_of(nth))
    }

    /// The ConfigMap at an index.
    #[must_use]
    pub fn config_map_at(&self, nth: usize) -> Option<ConfigMap> {
        let nth = u32::try_from(nth).ok().filter(|nth| *nth < self.count())?;
        Some(self.config_map(self.name_of(nth), &self.chunk(nth)))
    }

    /// The indexes of the ConfigMaps with the files of some workers. A ConfigMap and its name do not depend on which
    /// workers are selected.
    pub fn needed_by(&self, part: &Part) -> impl Iterator<Item = usize> {
        let is_shared = self.seed.is_none();
        let is_needed = move |nth: &u32| {
            let chunk = self.chunk(*nth);
            if is_shared { !part.is_empty() } else { part.has_any(&(chunk.first..chunk.first + chunk.count)) }
        };
        (0..self.count()).filter(is_needed).filter_map(|nth| usize::try_from(nth).ok())
    }

    /// The ConfigMap with the file of the worker at an index, and the file's key in it.
    #[must_use]
    pub fn source(&self, index: u32) -> (String, String) {
        (self.name_of(self.holder(index)), self.key(index))
    }

    /// The index of the first worker whose file is in the ConfigMap at an index.
    #[must_use]
    pub fn first_worker(&self, nth: u32) -> u32 {
        self.chunk(nth).first
    }

    /// The index of the ConfigMap with a worker's file.
    fn holder(&self, index: u32) -> u32 {
        let nth = self.runs.partition_point(|run| run.chunk.first <= index).saturating_sub(1);
        let Some(Run { start, maps, chunk }) = self.runs.get(nth) else { return 0 };
        start + ((index - chunk.first) / chunk.count).min(maps - 1)
    }

    fn count(&self) -> u32 {
        self.runs.last().map_or(0, |run| run.start + run.maps)
    }

    fn chunk(&self, nth: u32) -> Chunk {
        let run = self.runs.partition_point(|run| run.start <= nth).saturating_sub(1);
        let Run { start, chunk, .. } = &self.runs[run];
        Chunk { first: chunk.first + (nth - start) * chunk.count, ..chunk.clone() }
    }

    /// The seeds of the first and the last of some workers, if each has its own.
    #[must_use]
    pub fn seeds(&self, workers: u32) -> Option<(u64, u64)> {
        self.seed.as_ref().map(|seed| (seed.at(0), seed.at(workers.saturating_sub(1))))
    }

    /// A warning about them, as a sentence.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let is_large = self.runs.iter().any(|run| run.chunk.noted > MAX_ANNOTATIONS);
        is_large.then(|| {
            format!(
                "The tuning file {} has {} bytes, too many for kubectl's last-applied annotation; apply with \
                 --server-side.",
                printable(&self.file),
                self.content.len()
            )
        })
    }

    /// Packs the workers' files in order: each ConfigMap takes as many as fit. So adding workers does not move the
    /// existing ones.
    ///
    /// A file's length depends only on the digits of its seed and key, so a division finds how many fit.
    fn pack(&self, workers: u32) -> Vec<Run> {
        const ROOM: usize = MAX_ANNOTATIONS - HEADROOM;
        let (empty, content) = (self.noted_when_empty(), json_length(&self.content));
        let mut packing = Packing { runs: Vec::new(), last: None };
        let mut index = 0;
        while index < workers {
            let growth = self.seed.as_ref().map_or(0, |seed| seed.growth(index));
            // The key, its quotes, a colon and a comma.
            let size = self.key(index).len() + 4 + content.saturating_add_signed(growth);
            let end = self.equally_long_until(index).min(workers);
            index += packing.fill(size, ROOM, end - index);
            if index < end {
                // There is no comma before the first one.
                packing.add(index, end - index, empty - 1, size, ROOM);
                index = end;
            }
        }
        packing.finish()
    }

    /// The next index after a worker's whose file or key has a different length.
    fn equally_long_until(&self, index: u32) -> u32 {
        if index == 0 {
            return 1;
        }
        let more_digits = |number: u64| 10_u64.checked_pow(number.to_string().len().try_into().unwrap_or(u32::MAX));
        let until = |first: u64| {
            let next = more_digits(first + u64::from(index)).map(|next| next - first);
            next.and_then(|next| u32::try_from(next).ok()).unwrap_or(u32::MAX)
        };
        let seed = self.seed.as_ref().map_or(u32::MAX, |seed| until(seed.at(0)));
        until(1).min(seed)
    }

    /// The size of the last-applied annotation of a ConfigMap without data.
    fn noted_when_empty(&self) -> usize {
        let mut config_map = self.config_map(self.name([0; 32]), &Chunk { first: 0, count: 0, noted: 0 });
        config_map.metadata.annotations = Some(BTreeMap::new());
        let json = serde_json::to_string(&config_map).map_or(0, |json| json.len());
        // kubectl adds a line break.
        LAST_APPLIED.len() + json + 1
    }

    /// The name of the ConfigMap at an index: derived from the session and the content, because an immutable object
    /// needs a new name when it changes.
    fn name_of(&self, nth: u32) -> String {
        let mut names = self.names.0.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let mut hash = Sha256::new();
            hash.update(&self.session_id);
            for (key, content) in self.data(&self.chunk(nth)) {
                for part in [key, content] {
                    hash.update(part.len().to_be_bytes());
                    hash.update(part);
                }
            }
            self.name(hash.finalize().into())
        };
        names.entry(nth).or_insert_with(make).clone()
    }

    fn name(&self, hash: [u8; 32]) -> String {
        let mut name = self.prefix.clone();
        for byte in &hash[..HASH_LEN / 2] {
            // Writing to a String does not fail.
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

    fn config_map(&self, name: String, chunk: &Chunk) -> ConfigMap {
        ConfigMap {
            metadata: ObjectMeta {
                name: Some(name),
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

/// Packs files into ConfigMaps, one after the other.
struct Packing {
    runs: Vec<Run>,
    /// The last ConfigMap, which may have room for more.
    last: Option<Chunk>,
}

impl Packing {
    /// Adds as many of `count` files to the last ConfigMap as fit, and returns how many.
    fn fill(&mut self, size: usize, room: usize, count: u32) -> u32 {
        let Some(last) = &mut self.last else { return 0 };
        let fit = room.saturating_sub(last.noted) / size;
        let taken = u32::try_from(fit).unwrap_or(u32::MAX).min(count);
        last.count += taken;
        last.noted += taken as usize * size;
        taken
    }

    /// Puts `count` files into new ConfigMaps, which have `empty` bytes without data. Each takes at least one.
    fn add(&mut self, first: u32, count: u32, empty: usize, size: usize, room: usize) {
        self.close();
        let most = u32::try_from(room.saturating_sub(empty) / size).unwrap_or(u32::MAX).max(1);
        let chunk = |first: u32, count: u32| Chunk { first, count, noted: empty + count as usize * size };
        let full = (count - 1) / most;
        self.push(full, chunk(first, most));
        self.last = Some(chunk(first + full * most, count - full * most));
    }

    fn close(&mut self) {
        if let Some(last) = self.last.take() {
            self.push(1, last);
        }
    }

    fn push(&mut self, maps: u32, chunk: Chunk) {
        if maps > 0 {
            let start = self.runs.last().map_or(0, |run| run.start + run.maps);
            self.runs.push(Run { start, maps, chunk });
        }
    }

    fn finish(mut self) -> Vec<Run> {
        self.close();
        self.runs
    }
}

/// The length of a text in Go's JSON, including its quotes.
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
            (0..self.count()).map(|nth| self.config_map(self.name_of(nth), &self.chunk(nth)))
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

    /// The last-applied annotation in kubectl's own JSON.
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
        assert_eq!(maps.source(4), (name.clone(), "tuning.yaml".to_owned()));
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
        let chunks = |maps: &TuningConfigMaps| (0..maps.count()).map(|nth| maps.chunk(nth)).collect::<Vec<_>>();
        for ((config_map, made), chunk) in maps.config_maps().zip(maps.names()).zip(chunks(&maps)) {
            assert_eq!(noted(&config_map), chunk.noted);
            assert!(noted(&config_map) <= MAX_ANNOTATIONS - HEADROOM);
            let data = config_map.data.unwrap();
            for share in plan_jobs(20_000, 10_000).skip(chunk.first as usize).take(chunk.count as usize) {
                let expected = text.replace("seed: 42", &format!("seed: {}", 42 + share.index));
                let (name, key) = maps.source(share.index);
                assert_eq!((name, &key), (made.clone(), &format!("{}.yaml", share.worker_id)));
                assert_eq!(data[&key], expected);
                workers += 1;
            }
            assert_eq!(data.len(), chunk.count as usize);
        }
        assert_eq!((workers, maps.seeds(10_000)), (10_000, Some((42, 10_041))));
        let fewer = config_maps(&text, 5_000, true);
        let (fewer, more) = (chunks(&fewer), chunks(&maps));
        assert_eq!(fewer[..fewer.len() - 1], more[..fewer.len() - 1], "Workers behind them move none of them.");
    }

    #[test]
    fn all_workers_that_there_can_be_are_packed_by_division() {
        for (seed, width) in [("99", 0), ("0x2A", 100), ("99999999", 3_000), ("5", 300_000)] {
            let text = format!("tuning:\n  seed: {seed}\n# {}\n", "x".repeat(width));
            let most = config_maps_of(&text, u32::MAX);
            assert!(most.runs.len() < 80, "{}", most.runs.len());
            // One by one, as the rule says.
            let (empty, content) = (most.noted_when_empty(), json_length(&text));
            let mut chunks: Vec<Chunk> = Vec::new();
            for index in 0..12_000 {
                let growth = most.seed.as_ref().map_or(0, |seed| seed.growth(index));
                let size = most.key(index).len() + 4 + content.saturating_add_signed(growth);
                match chunks.last_mut() {
                    Some(chunk) if chunk.noted + size <= MAX_ANNOTATIONS - HEADROOM => {
                        chunk.count += 1;
                        chunk.noted += size;
                    }
                    _ => chunks.push(Chunk { first: index, count: 1, noted: empty + size - 1 }),
                }
            }
            let fewer = config_maps_of(&text, 12_000);
            assert_eq!((0..fewer.count()).map(|nth| fewer.chunk(nth)).collect::<Vec<_>>(), chunks);
            for (nth, chunk) in (0..).zip(&chunks) {
                assert_eq!((fewer.holder(chunk.first), fewer.holder(chunk.first + chunk.count - 1)), (nth, nth));
            }
        }
    }

    fn config_maps_of(text: &str, workers: u32) -> TuningConfigMaps {
        let file = TuningFile::parse(Path::new("tuning.yaml"), text.into()).unwrap();
        let mut session = session(K8S, None).unwrap();
        session.workers = workers;
        TuningConfigMaps::new(&session, &file, true).unwrap()
    }

    #[test]
    fn a_large_file_is_for_the_servers_side() {
        let large = format!("{BASELINE}# {}\n", "x".repeat(300_000));
        let maps = config_maps(&large, 3, false);
        let warning = maps.warning().unwrap();
        assert!(warning.ends_with("apply with --server-side."), "{warning}");
        assert_eq!(config_maps(&large, 3, true).len(), 3);
        // The size as the server counts it, to the byte.
        let fits = MAX_ANNOTATIONS - noted(&config_maps(BASELINE, 1, false).config_maps().next().unwrap());
        let padded = |more: usize| config_maps(&format!("{BASELINE}{}", "#".repeat(more)), 1, false);
        assert_eq!(noted(&padded(fits).config_maps().next().unwrap()), MAX_ANNOTATIONS);
        assert!(padded(fits).warning().is_none() && padded(fits + 1).warning().is_some());
    }
}

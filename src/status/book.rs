//! The objects of the input so far, grouped by Job: each object in its newest version, and the pods with their Job.

use std::hash::BuildHasher;
use std::rc::Rc;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::document::Change;
use super::object::{Metadata, Object};
use super::record::{JobRecord, PodRecord, Removal, Version};
use super::texts::Texts;
use crate::names::parse_job_name;

/// What is known of the Jobs.
#[derive(Debug, Default)]
pub struct Book {
    slots: Vec<Slot>,
    /// Where the slot of each Job's name is.
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
    texts: Texts,
    passed_over: u64,
}

/// What is known under the name of one Job.
#[derive(Debug)]
pub struct Slot {
    /// The namespace; empty if the objects name none.
    pub namespace: Rc<str>,
    /// The Job's name.
    pub name: Box<str>,
    /// The Job, if the input has it.
    pub job: Option<JobRecord>,
    /// Its pods, in the order of their first appearance.
    pub pods: Vec<PodRecord>,
}

impl Slot {
    /// Which attempt of its worker the Job is, from 1: by its label or its name, whichever is higher.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        let of_pods = self.pods.iter().map(|pod| pod.attempt).max();
        let of_label = self.job.as_ref().map(|job| job.attempt).or(of_pods).unwrap_or(1);
        let of_name = parse_job_name(&self.name)
            .and_then(|parts| u32::try_from(parts.attempt).ok())
            .filter(|attempt| *attempt < u32::MAX);
        of_label.max(of_name.unwrap_or(1))
    }

    /// How often its program was started, or was meant to be. The Job's own count may lag behind, and the input may not
    /// contain all of its pods.
    #[must_use]
    pub fn starts(&self) -> u64 {
        let counts = self.job.as_ref().map(|job| [job.active, job.failed, job.succeeded]).unwrap_or_default();
        let restarts: u64 = self.pods.iter().map(|pod| u64::from(pod.restarts)).sum();
        counts.into_iter().map(u64::from).sum::<u64>().max(self.pods.len() as u64) + restarts
    }
}

impl Book {
    /// Records what the input says about an object. Returns the index of the slot that has changed; none if the object
    /// belongs to no session, or if a newer version is known.
    pub fn take(&mut self, change: Change, object: Object) -> Option<usize> {
        let place = match object {
            Object::Job(metadata, spec, status) => {
                let mut job = JobRecord::new(&metadata, &spec, &status, &mut self.texts);
                if change == Change::Deleted {
                    job.removal = Some(Removal::Done);
                }
                match &metadata.name {
                    Some(name) if job.session_id.is_some() => self.take_job(&metadata, name, job),
                    Some(_) => self.pass_over(),
                    // A bookmark of a watch is an object without a name.
                    None => None,
                }
            }
            Object::Pod(metadata, status) => {
                let mut pod = PodRecord::new(&metadata, &status, &mut self.texts);
                if change == Change::Deleted {
                    pod.removal = Some(Removal::Done);
                }
                match job_of(&metadata).filter(|_| pod.session_id.is_some()) {
                    _ if metadata.name.is_none() => None,
                    Some(job) => self.take_pod(&metadata, &job, pod),
                    None => self.pass_over(),
                }
            }
        };
        place.and_then(|place| usize::try_from(place).ok())
    }

    /// The slots, in the order in which each Job first appeared.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// How many Jobs and pods belong to no session.
    #[must_use]
    pub const fn passed_over(&self) -> u64 {
        self.passed_over
    }

    const fn pass_over(&mut self) -> Option<u32> {
        self.passed_over += 1;
        None
    }

    fn take_job(&mut self, metadata: &Metadata, name: &str, job: JobRecord) -> Option<u32> {
        let place = self.place(metadata.namespace.as_deref().unwrap_or_default(), name)?;
        let slot = self.slots.get_mut(usize::try_from(place).ok()?)?;
        if slot.job.as_ref().is_some_and(|known| {
            is_stale((job.version, job.removal), (known.version, known.removal), job.created < known.created)
        }) {
            return None;
        }
        // The pods of an earlier Job of this name say nothing about this one.
        slot.pods.retain(|pod| pod.job_uid == 0 || job.version.uid == 0 || pod.job_uid == job.version.uid);
        slot.job = Some(job);
        Some(place)
    }

    fn take_pod(&mut self, metadata: &Metadata, job: &str, pod: PodRecord) -> Option<u32> {
        let place = self.place(metadata.namespace.as_deref().unwrap_or_default(), job)?;
        let slot = self.slots.get_mut(usize::try_from(place).ok()?)?;
        if let Some(known) = slot.pods.iter_mut().find(|known| known.name == pod.name) {
            if is_stale((pod.version, pod.removal), (known.version, known.removal), pod.created < known.created) {
                return None;
            }
            *known = pod;
            return Some(place);
        }
        let owner = slot.job.as_ref().map_or(0, |job| job.version.uid);
        if owner != 0 && pod.job_uid != 0 && owner != pod.job_uid && pod.created < slot.job.as_ref()?.created {
            return None;
        }
        slot.pods.push(pod);
        Some(place)
    }

    /// The index of a Job's slot, which is created if there is none.
    fn place(&mut self, namespace: &str, name: &str) -> Option<u32> {
        let hash = |hasher: &DefaultHashBuilder, namespace: &str, name: &str| hasher.hash_one((namespace, name));
        let Self { slots, index, hasher, texts, .. } = self;
        let slot = |place: &u32| usize::try_from(*place).ok().and_then(|place| slots.get(place));
        let is_it = |place: &u32| slot(place).is_some_and(|slot| *slot.namespace == *namespace && *slot.name == *name);
        let code = hash(hasher, namespace, name);
        if let Some(place) = index.find(code, is_it) {
            return Some(*place);
        }
        let place = u32::try_from(slots.len()).ok()?;
        let code_of = |place: &u32| slot(place).map_or(0, |slot| hash(hasher, &slot.namespace, &slot.name));
        index.insert_unique(code, place, code_of);
        let namespace = texts.keep(namespace);
        slots.push(Slot { namespace, name: name.into(), job: None, pods: Vec::new() });
        Some(place)
    }
}

/// Whether an object is older than the one that is known under its name. Inputs may come in any order.
fn is_stale(new: (Version, Option<Removal>), known: (Version, Option<Removal>), was_made_before: bool) -> bool {
    if new.0.is_another_than(known.0) {
        return was_made_before;
    }
    let is_back = known.1 == Some(Removal::Done) && new.1 != Some(Removal::Done);
    new.0.is_older_than(known.0) || is_back && known.0.uid != 0
}

/// The name of the Job that a pod belongs to.
fn job_of(metadata: &Metadata) -> Option<String> {
    let owner = metadata.owner_references.iter().flatten().find(|owner| owner.kind == "Job");
    let labels = metadata.labels.as_ref();
    let label = || labels.and_then(|labels| labels.job_name.clone().or_else(|| labels.old_job_name.clone()));
    owner.map(|owner| owner.name.clone()).or_else(label).filter(|name| !name.is_empty())
}

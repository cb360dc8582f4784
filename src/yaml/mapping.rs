//! The entries of a mapping as they are read: the last of two equal keys wins, and a merge key overrides
//! what stands before it, as in the Go reader.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::node::{Entry, Position};

/// Up to so many entries a key is found faster by looking than by hashing.
const LOOK_UP_TO: usize = 16;
/// The memory of a list of so many elements is kept for the next list.
const KEPT: usize = 64;
/// So many duplicate keys of one document are kept; who has more does not have a manifest.
const MAX_DUPLICATES: usize = 100;

/// A key that stands twice in one mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The key.
    pub key: String,
    /// Where it stands first; this value is lost.
    pub first: Position,
    /// Where it stands again; this value counts.
    pub last: Position,
}

/// The entries of a mapping, each key once, in the order of their first appearance.
#[derive(Debug, Default)]
pub struct Entries {
    list: Vec<Entry>,
    /// Where each key stands, once there are many.
    index: Option<Box<Index>>,
    /// Of each entry, whether it was merged in and never written in the mapping itself; none before the first merge.
    merged: Option<Vec<bool>>,
}

#[derive(Debug, Default)]
struct Index {
    places: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Entries {
    /// Room for so many entries.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { list: Vec::with_capacity(capacity), index: None, merged: None }
    }

    /// Puts an entry into the mapping; one that its key has already is replaced, and told of.
    pub fn insert(&mut self, entry: Entry, duplicates: &mut Vec<Duplicate>) {
        let duplicate = self.put(entry, false);
        if let Some(duplicate) = duplicate.filter(|_| duplicates.len() < MAX_DUPLICATES) {
            duplicates.push(duplicate);
        }
    }

    /// Takes over the entries of a merged mapping.
    pub fn merge(&mut self, entries: Box<[Entry]>) {
        self.merged.get_or_insert_with(|| vec![false; self.list.len()]);
        for entry in entries {
            self.put(entry, true);
        }
    }

    /// All entries.
    ///
    /// The memory that they were gathered in is kept for the next mapping, unless it is large.
    pub fn finish(&mut self) -> Box<[Entry]> {
        (self.index, self.merged) = (None, None);
        take_exactly(&mut self.list)
    }

    /// Puts an entry where it belongs; gives the duplicate if both entries of its key were written here.
    fn put(&mut self, entry: Entry, is_merged: bool) -> Option<Duplicate> {
        let Some(place) = self.find_or_note(&entry.key) else {
            self.list.push(entry);
            if let Some(merged) = &mut self.merged {
                merged.push(is_merged);
            }
            return None;
        };
        let was_merged = self.merged.as_mut().is_some_and(|merged| {
            let was = merged[place];
            merged[place] = was && is_merged;
            was
        });
        let old = std::mem::replace(&mut self.list[place], entry);
        let new = &self.list[place];
        let is_duplicate = !is_merged && !was_merged;
        is_duplicate.then_some(Duplicate { key: old.key, first: old.key_position, last: new.key_position })
    }

    /// The place of a key; a new key is noted as that of the entry to come.
    fn find_or_note(&mut self, key: &str) -> Option<usize> {
        let entries = &self.list;
        if self.index.is_none() {
            if entries.len() <= LOOK_UP_TO {
                return entries.iter().position(|entry| entry.key == key);
            }
            let mut index = Box::<Index>::default();
            for place in 0..entries.len() {
                index.note(entries, place, &entries[place].key);
            }
            self.index = Some(index);
        }
        let index = self.index.as_mut()?;
        let hash = index.hasher.hash_one(key);
        if let Some(place) = index.places.find(hash, |place| entries[*place as usize].key == key) {
            return Some(*place as usize);
        }
        index.note(entries, entries.len(), key);
        None
    }
}

/// Takes all elements out of a list into memory of their own. That of a small list is kept for the next one, since
/// allocating once is cheaper than growing again; that of a large one is given away.
pub fn take_exactly<T>(list: &mut Vec<T>) -> Box<[T]> {
    if list.len() > KEPT { std::mem::take(list).into() } else { list.drain(..).collect() }
}

impl Index {
    fn note(&mut self, entries: &[Entry], place: usize, key: &str) {
        let Self { places, hasher } = self;
        let hash = hasher.hash_one(key);
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        places.insert_unique(hash, place, |place| {
            hasher.hash_one(entries.get(*place as usize).map_or(key, |entry| entry.key.as_str()))
        });
    }
}

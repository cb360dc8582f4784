//! Collects the entries of a mapping: the last of two equal keys wins, and a merge key overrides preceding keys, as in
//! the Go parser.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::node::{Entry, Position};

/// Up to this number of entries, a linear search is faster than hashing.
const LOOK_UP_TO: usize = 16;
/// The memory of lists up to this size is reused for the next list.
const KEPT: usize = 64;
/// The maximum number of duplicate keys per document; with more, it is not a manifest.
const MAX_DUPLICATES: usize = 100;

/// A duplicate key in a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The key.
    pub key: String,
    /// The position of the first occurrence, whose value is lost.
    pub first: Position,
    /// The position of the last occurrence, whose value is used.
    pub last: Position,
}

/// The entries of a mapping with unique keys, in the order of their first occurrence.
#[derive(Debug, Default)]
pub struct Entries {
    list: Vec<Entry>,
    /// The index of each key, once there are many.
    index: Option<Box<Index>>,
    /// For each entry, whether it was merged and never written in the mapping itself; none before the first merge.
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

    /// Adds an entry; an existing entry with the same key is replaced and reported.
    pub fn insert(&mut self, entry: Entry, duplicates: &mut Vec<Duplicate>) {
        let duplicate = self.put(entry, false);
        if let Some(duplicate) = duplicate.filter(|_| duplicates.len() < MAX_DUPLICATES) {
            duplicates.push(duplicate);
        }
    }

    /// Adds the entries of a merged mapping.
    pub fn merge(&mut self, entries: Box<[Entry]>) {
        self.merged.get_or_insert_with(|| vec![false; self.list.len()]);
        for entry in entries {
            self.put(entry, true);
        }
    }

    /// All entries.
    ///
    /// Their memory is reused for the next mapping, unless it is large.
    pub fn finish(&mut self) -> Box<[Entry]> {
        (self.index, self.merged) = (None, None);
        take_exactly(&mut self.list)
    }

    /// Adds or replaces an entry; returns the duplicate if both entries were written here.
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

    /// The index of a key; a new key gets the index of the next entry.
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

/// Moves all elements of a list into memory of the exact size. The memory of a small list is reused, because allocating
/// once is cheaper than growing again; that of a large one is given away.
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

//! The files of one run on their way into the directory. After a commit, they are in place; without one, they are
//! removed.
//!
//! The order makes it safe: 1. All files and the draft of the journal are written. 2. One sync flushes them to disk. 3.
//! The draft becomes the journal: from here on, the next run finishes an interrupted one. 4. The files are moved, after
//! which the staging directory contains the old ones; if a move fails, all are undone. 5. The old files, the journal
//! and the staging directory are removed.

use std::io;

use super::area::{LANES, StagingArea};
use super::contents::{FileSnapshot, Fingerprint};
use super::error::DirectoryError;
use super::handle::Dir;
use super::journal::{Change, Journal, JournalEntry};
use super::moves::{Failure, Moves};
use super::obstacles;
use super::writers::{Staged, StagingWriters};

/// The files of one run.
#[derive(Debug)]
pub struct Staging<'d> {
    output: &'d Dir,
    area: StagingArea,
    writers: StagingWriters,
    session_id: String,
    entries: Vec<JournalEntry>,
    /// Whether the journal is in effect.
    is_committed: bool,
}

impl<'d> Staging<'d> {
    /// Nothing staged yet.
    pub fn begin(output: &'d Dir, session_id: &str) -> Result<Self, DirectoryError> {
        let obstacle =
            obstacles::of_directory(output).map_or(Ok(()), |what| Err(io::Error::other(format!("it {what}"))));
        let area = obstacle
            .and_then(|()| StagingArea::make(output))
            .map_err(|source| DirectoryError::Unusable(output.path().to_owned(), source))?;
        Ok(Self {
            output,
            area,
            writers: StagingWriters::default(),
            session_id: session_id.to_owned(),
            entries: Vec::new(),
            is_committed: false,
        })
    }

    /// Stages a file for a free name.
    pub fn create(&mut self, name: &str, content: &[u8]) -> Result<(), DirectoryError> {
        self.write(name, content, None, Change::Create { new: Fingerprint::of(content) })
    }

    /// Stages a file that replaces another one, with the same permissions.
    pub fn replace(&mut self, name: &str, content: &[u8], old: FileSnapshot) -> Result<(), DirectoryError> {
        self.write(name, content, Some(old.permissions()), Change::Replace { new: Fingerprint::of(content), old })
    }

    /// Records a file to remove.
    pub fn remove(&mut self, name: &str, old: FileSnapshot) {
        self.entries.push(JournalEntry { name: name.to_owned(), change: Change::Remove { old } });
    }

    /// Stages a file for a free name that replaces one with another name, with the same permissions.
    pub fn rename(&mut self, from: &str, to: &str, content: &[u8], old: FileSnapshot) -> Result<(), DirectoryError> {
        self.write(to, content, Some(old.permissions()), Change::Create { new: Fingerprint::of(content) })?;
        self.remove(from, old);
        Ok(())
    }

    fn write(&mut self, name: &str, content: &[u8], mode: Option<u32>, change: Change) -> Result<(), DirectoryError> {
        let nth = self.entries.len();
        self.entries.push(JournalEntry { name: name.to_owned(), change });
        let staged = Staged {
            lane: self.area.lane(nth % LANES),
            name: self.area.slot(nth).at().name.to_owned(),
            content: content.to_owned(),
            mode,
            target: self.output.at(name).path(),
        };
        self.writers.write(nth % LANES, staged)
    }

    /// Moves everything into place. Returns an error of removing the staging directory, which happens after everything
    /// is in place.
    pub fn commit(mut self) -> Result<Option<io::Error>, DirectoryError> {
        let not_yet = |source| DirectoryError::Write(self.output.path().to_owned(), source);
        self.writers.finish()?;
        let entries = std::mem::take(&mut self.entries);
        let journal = Journal::new(self.area.inode(), self.session_id.clone(), entries);
        self.area.draft(&journal).map_err(not_yet)?;
        self.output.sync_file_system().map_err(not_yet)?;
        self.area.publish().map_err(not_yet)?;
        self.is_committed = true;
        carry_out(self.output, &self.area, &journal.entries, |_| true)
    }
}

#[cfg(test)]
impl Staging<'_> {
    /// Leaves everything as if the run had died before the first move, with or without its journal.
    pub fn die(mut self, is_complete: bool) -> Journal {
        self.writers.finish().unwrap();
        let journal = Journal::new(self.area.inode(), self.session_id.clone(), std::mem::take(&mut self.entries));
        self.area.draft(&journal).unwrap();
        if is_complete {
            self.area.publish().unwrap();
        }
        self.is_committed = true; // It does not live to tidy up.
        journal
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        if !self.is_committed {
            // Only the first error matters; the next run will clean up the rest.
            let _ = self.writers.finish();
            let _ = self.area.clear(self.output);
        }
    }
}

/// Carries out a journal and removes the staging directory. Returns an error of the removal, which happens after
/// everything is in place.
pub fn carry_out(
    output: &Dir,
    area: &StagingArea,
    entries: &[JournalEntry],
    is_pending: impl Fn(usize) -> bool,
) -> Result<Option<io::Error>, DirectoryError> {
    let Failure { cause, kept, way_back } = match Moves::new(output, area, entries).make(is_pending) {
        Ok(()) => return Ok(area.clear(output).err()),
        Err(failure) => failure,
    };
    match way_back.and_then(|()| area.withdraw()) {
        Ok(()) => {
            let _ = area.clear(output);
            Err(DirectoryError::Undone { cause, kept })
        }
        Err(source) => Err(DirectoryError::Stuck { path: output.path().to_owned(), cause, source }),
    }
}

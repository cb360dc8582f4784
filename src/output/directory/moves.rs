//! The moves between the staging directory and the directory, all or none: each is made so that nothing
//! unseen is replaced, what came out is compared with what was seen, and when one fails all go back.
//!
//! Nothing is removed here. What was there before is in the staging directory when all is done, and still there if it
//! has to go back.

use std::io;
use std::path::PathBuf;

use super::area::Area;
use super::error::{DirectoryError, Meddling};
use super::files::{Found, Print, Seen};
use super::handle::{At, Dir};
use super::journal::{Change, Entry};
use super::moving::{exchange, take_free_name, take_out};

/// So many names are tried for a file that has lost its own.
const NAMES: usize = 1000;

/// The moves of one run.
pub struct Moves<'m> {
    output: &'m Dir,
    area: &'m Area,
    entries: &'m [Entry],
}

/// Why not everything could be moved, and what has come of going back.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong first.
    pub cause: DirectoryError,
    /// The way back, where something went wrong on it as well.
    pub way_back: io::Result<()>,
}

impl<'m> Moves<'m> {
    pub const fn new(output: &'m Dir, area: &'m Area, entries: &'m [Entry]) -> Self {
        Self { output, area, entries }
    }

    /// Makes the moves that `is_pending` names, and what makes them last. If one fails, all entries go back, those that
    /// an interrupted run has moved included.
    pub fn make(&self, is_pending: impl Fn(usize) -> bool) -> Result<(), Failure> {
        for nth in (0..self.entries.len()).filter(|nth| is_pending(*nth)) {
            if let Err(cause) = self.forward(nth) {
                return Err(self.go_back(cause));
            }
        }
        // The moves come before the end of the journal on the disk too.
        self.output
            .sync()
            .map_err(|source| self.go_back(DirectoryError::Write { path: self.output.path().to_owned(), source }))
    }

    fn target(&self, nth: usize) -> At<'m> {
        self.output.at(&self.entries[nth].name)
    }

    fn forward(&self, nth: usize) -> Result<(), DirectoryError> {
        let (slot, target) = (self.area.slot(nth), self.target(nth));
        match &self.entries[nth].change {
            Change::Create { .. } => create(slot.at(), target),
            Change::Replace { old, .. } => match exchange(slot.at(), target) {
                Ok(Some(())) => expect(slot.at(), old, target),
                Ok(None) => self.replace_in_steps(nth, old),
                Err(error) if error.kind() == io::ErrorKind::NotFound => self.replace_in_steps(nth, old),
                Err(source) => Err(DirectoryError::Write { path: target.path(), source }),
            },
            Change::Remove { old } => match take_out(target, slot.at()) {
                Ok(()) => expect(slot.at(), old, target),
                // Somebody else has removed it, which is just as well.
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                Err(source) => Err(DirectoryError::Remove { path: target.path(), source }),
            },
        }
    }

    /// Takes the old file out, and puts the new one where it was.
    fn replace_in_steps(&self, nth: usize, old: &Seen) -> Result<(), DirectoryError> {
        let (second, target) = (self.area.second_slot(nth), self.target(nth));
        match take_out(target, second.at()) {
            Ok(()) => expect(second.at(), old, target)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(DirectoryError::Write { path: target.path(), source }),
        }
        create(self.area.slot(nth).at(), target)
    }

    fn go_back(&self, cause: DirectoryError) -> Failure {
        let mut kept = Vec::new();
        // One that cannot go back keeps no other from it.
        let undone = (0..self.entries.len()).rev().map(|nth| self.undo(nth, &mut kept));
        let way_back = undone.fold(Ok(()), Result::and);
        // What has been put back is to stay so; but it is visible already, and the cause counts.
        let _ = self.output.sync();
        let cause = if kept.is_empty() { cause } else { DirectoryError::Kept { cause: Box::new(cause), kept } };
        Failure { cause, way_back }
    }

    /// Undoes the move of an entry, however far it has come. What somebody else has put in the place of a file since it
    /// was moved stays there, and the file that was there before gets another name.
    fn undo(&self, nth: usize, kept: &mut Vec<PathBuf>) -> io::Result<()> {
        let (slot, second) = (self.area.slot(nth), self.area.second_slot(nth));
        let in_slot = Found::at(slot.at())?;
        match &self.entries[nth].change {
            Change::Create { new } if in_slot == Found::Nothing => self.take_back(nth, new, kept),
            Change::Create { .. } => Ok(()),
            Change::Remove { .. } => self.restore(slot.at(), nth, kept),
            Change::Replace { new, .. } => {
                match in_slot {
                    Found::Nothing => self.take_back(nth, new, kept)?,
                    staged if staged.has(new) => {}
                    _ => self.exchange_back(nth, new, kept)?,
                }
                self.restore(second.at(), nth, kept)
            }
        }
    }

    /// Takes a new file out of the directory, if it is there and still what it was.
    fn take_back(&self, nth: usize, new: &Print, kept: &mut Vec<PathBuf>) -> io::Result<()> {
        let (slot, target) = (self.area.slot(nth), self.target(nth));
        if !Found::at(target)?.has(new) {
            return Ok(());
        }
        take_out(target, slot.at())?;
        // In the last moment somebody may have put another file there.
        if Found::at(slot.at())?.has(new) { Ok(()) } else { self.restore(slot.at(), nth, kept) }
    }

    /// Exchanges an old file in the slot with the new one in the directory, if that is there and still what it was.
    fn exchange_back(&self, nth: usize, new: &Print, kept: &mut Vec<PathBuf>) -> io::Result<()> {
        let (slot, target) = (self.area.slot(nth), self.target(nth));
        if Found::at(target)?.has(new) && exchange(slot.at(), target)?.is_some() {
            if Found::at(slot.at())?.has(new) {
                return Ok(());
            }
            // In the last moment somebody has put another file there, which goes back to its place.
            exchange(slot.at(), target)?;
        }
        self.restore(slot.at(), nth, kept)
    }

    /// Gives a file its name back, or another one if that is taken by now.
    fn restore(&self, from: At<'_>, nth: usize, kept: &mut Vec<PathBuf>) -> io::Result<()> {
        let target = self.target(nth);
        match take_free_name(from, target) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => return other,
        }
        for name in (1..NAMES).map(|nth| format!("{}.kept-{nth}", target.name)) {
            match take_free_name(from, self.output.at(&name)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(()) => {
                    kept.push(self.output.path().join(name));
                    return Ok(());
                }
            }
        }
        Err(io::Error::other(format!("there is no free name for what {} was", target.name)))
    }
}

fn create(slot: At<'_>, target: At<'_>) -> Result<(), DirectoryError> {
    take_free_name(slot, target).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => DirectoryError::Meddled { path: target.path(), what: Meddling::Appeared },
        _ => DirectoryError::Write { path: target.path(), source },
    })
}

/// What came out has to be what was seen.
fn expect(slot: At<'_>, old: &Seen, target: At<'_>) -> Result<(), DirectoryError> {
    match Found::at(slot) {
        Ok(found) if found.is(old) => Ok(()),
        Ok(_) => Err(DirectoryError::Meddled { path: target.path(), what: Meddling::Changed }),
        Err(source) => Err(DirectoryError::Write { path: target.path(), source }),
    }
}

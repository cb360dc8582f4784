//! What an interrupted run has left is finished if its files were complete, and cleared if not.
//!
//! A journal is believed only as far as it can be checked. Each entry has to have its new file, of its session, staged
//! or in place, and what it replaces or removes has to be what it was; otherwise nothing is touched.

use std::ffi::OsStr;
use std::io;

use super::area::{Area, NAME};
use super::error::DirectoryError;
use super::files::{Content, Found, Print, Seen};
use super::handle::{At, Dir};
use super::journal::{Change, Entry, Journal};
use super::owner::{Holdings, Owner};
use super::staging::carry_out;
use crate::manifest::Text;

/// What became of the traces of an interrupted run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// Its files were not complete, and are gone.
    Cleared,
    /// Its files were complete, and are in place.
    Finished,
}

/// Finishes or clears what an interrupted run has left. Without locks nobody can tell whether it was interrupted.
pub fn recover(output: &Dir, is_locked: bool) -> Result<Option<Recovery>, DirectoryError> {
    let fault = |why: String| DirectoryError::Leavings { path: output.path().join(NAME), why };
    if !is_locked && output.has(NAME) {
        let why = "this file system has no locks to tell whether the run that has made it is still going on";
        return Err(fault(why.to_owned()));
    }
    let Some(area) = Area::find(output).map_err(fault)? else { return Ok(None) };
    let not_cleared = |error: io::Error| fault(format!("it cannot be cleared: {error}"));
    let Some(journal) = area.journal().map_err(fault)? else {
        let is_empty = area.is_empty().map_err(not_cleared)?;
        area.clear(output).map_err(not_cleared)?;
        return Ok((!is_empty).then_some(Recovery::Cleared));
    };
    let pending = pending(output, &area, &journal).map_err(fault)?;
    match carry_out(output, &area, &journal.entries, |nth| pending[nth]) {
        Ok(None) => Ok(Some(Recovery::Finished)),
        Ok(Some(error)) => Err(not_cleared(error)),
        Err(cause) => Err(DirectoryError::Interrupted { path: output.path().to_owned(), cause: Box::new(cause) }),
    }
}

/// How far an entry has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Pending,
    Done,
    /// What was to be removed is another file by now, which stays.
    Overtaken,
}

/// Which entries have still to be moved; the error says why they cannot be.
fn pending(output: &Dir, area: &Area, journal: &Journal) -> Result<Vec<bool>, String> {
    let check = |nth: usize, entry| Check { output, area, nth, entry, session: &journal.session_id }.state();
    let states: Vec<State> =
        journal.entries.iter().enumerate().map(|(nth, entry)| check(nth, entry)).collect::<Result<_, _>>()?;
    let overtaken = states.iter().position(|state| *state == State::Overtaken);
    match overtaken.filter(|_| states.contains(&State::Pending)) {
        Some(nth) => Err(changed(&journal.entries[nth].name, "remove")),
        None => Ok(states.iter().map(|state| *state == State::Pending).collect()),
    }
}

fn changed(name: &str, verb: &str) -> String {
    format!("{name}, which an interrupted run was about to {verb}, has changed since")
}

/// One entry of a journal, and what is there of it.
struct Check<'c> {
    output: &'c Dir,
    area: &'c Area,
    nth: usize,
    entry: &'c Entry,
    session: &'c str,
}

impl Check<'_> {
    fn state(&self) -> Result<State, String> {
        let cannot_look = |error| format!("{} cannot be looked at: {error}", self.entry.name);
        let (slot, target) = (self.area.slot(self.nth), self.output.at(&self.entry.name));
        let in_slot = Found::at(slot.at()).map_err(cannot_look)?;
        match &self.entry.change {
            Change::Create { .. } | Change::Replace { .. } if in_slot == Found::Nothing => Ok(State::Done),
            Change::Replace { old, .. } | Change::Remove { old } if in_slot.is(old) => Ok(State::Done),
            Change::Create { new } => {
                self.expect_staged(&in_slot, new, slot.at())?;
                self.create(slot.at()).map_err(cannot_look)?.ok_or_else(|| changed(target.name, "make"))
            }
            Change::Replace { new, old } => {
                self.expect_staged(&in_slot, new, slot.at())?;
                self.replace(slot.at(), old).map_err(cannot_look)?.ok_or_else(|| changed(target.name, "replace"))
            }
            Change::Remove { old } => match Found::at(target).map_err(cannot_look)? {
                _ if in_slot != Found::Nothing => Err(self.stranger()),
                Found::Nothing => Ok(State::Done),
                found if found.is(old) && self.is_of_session(target) => Ok(State::Pending),
                _ => Ok(State::Overtaken),
            },
        }
    }

    fn expect_staged(&self, found: &Found, new: &Print, slot: At<'_>) -> Result<(), String> {
        if found.has(new) && self.is_of_session(slot) { Ok(()) } else { Err(self.stranger()) }
    }

    fn stranger(&self) -> String {
        format!("what is staged for {} is not what its journal says", self.entry.name)
    }

    fn is_of_session(&self, file: At<'_>) -> bool {
        Content::read(file.dir, OsStr::new(file.name)).is_ok_and(|content| {
            Holdings::of(&Text::decode(content.bytes)).owner == Owner::Session(self.session.to_owned())
        })
    }

    /// A new file that is staged, for a name that was free; none if that is taken by now.
    fn create(&self, slot: At<'_>) -> io::Result<Option<State>> {
        let target = self.output.at(&self.entry.name);
        match Found::at(target)? {
            Found::Nothing => Ok(Some(State::Pending)),
            // Where a file takes its name by a link, it can have both of them.
            Found::File(_) if slot.is_same_file(target)? => slot.dir.unlink(slot.name).map(|()| Some(State::Done)),
            _ => Ok(None),
        }
    }

    /// A new file that is staged, for the name of another one; none if that is another one by now.
    fn replace(&self, slot: At<'_>, old: &Seen) -> io::Result<Option<State>> {
        let target = self.output.at(&self.entry.name);
        let second = Found::at(self.area.second_slot(self.nth).at())?;
        match (second, Found::at(target)?) {
            // Half-way, or removed by a person.
            (second, Found::Nothing) if second == Found::Nothing || second.is(old) => Ok(Some(State::Pending)),
            (Found::Nothing, found) if found.is(old) && self.is_of_session(target) => Ok(Some(State::Pending)),
            (second, Found::File(_)) if second.is(old) => self.create(slot),
            _ => Ok(None),
        }
    }
}

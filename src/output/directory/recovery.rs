//! Recovers from an interrupted run: finishes it if its files were complete, and otherwise removes them.
//!
//! A journal is only trusted as far as it can be verified. For each entry, the new file must belong to the session and
//! be staged or in place, and the file that it replaces or removes must be unchanged; otherwise nothing is touched.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use super::area::{NAME, StagingArea};
use super::contents::{FileContent, FileSnapshot, Fingerprint, Found};
use super::error::DirectoryError;
use super::handle::{Dir, FileRef};
use super::journal::{Change, Journal, JournalEntry};
use super::owner::{FileSummary, Owner};
use super::staging::carry_out;
use crate::manifest::Text;

/// The result of recovering from an interrupted run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// Its files were incomplete and were removed.
    Cleared,
    /// Its files were complete and were moved into place.
    Finished,
}

impl Recovery {
    /// The same as a sentence about the directory.
    pub fn sentence(self, directory: &Path) -> String {
        let what = match self {
            Self::Cleared => "its files were incomplete and have been removed",
            Self::Finished => "its files were complete and have been moved into place",
        };
        format!("a run into {} was interrupted; {what}.", directory.display())
    }
}

/// Finishes or cleans up an interrupted run. Without locks, it is unknown whether the run was interrupted.
pub fn recover(output: &Dir, is_locked: bool) -> Result<Option<Recovery>, DirectoryError> {
    let fault = |why: String| DirectoryError::ForeignStaging { path: output.path().join(NAME), why };
    if !is_locked && output.has(NAME) {
        let why = "this file system has no locks, so it is unknown whether the run that created it is still going on";
        return Err(fault(why.to_owned()));
    }
    let Some(area) = StagingArea::find(output).map_err(fault)? else { return Ok(None) };
    let not_cleared = |error: io::Error| fault(format!("it cannot be removed: {error}"));
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

/// The state of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EntryState {
    Pending,
    Done,
    /// The file to remove has been replaced, and the replacement is kept.
    Overtaken,
}

/// The entries that still have to be moved, or why they cannot be.
fn pending(output: &Dir, area: &StagingArea, journal: &Journal) -> Result<Vec<bool>, String> {
    let beyond = area.staged().map_err(|error| format!("it cannot be read: {error}"))?;
    if let Some(nth) = beyond.into_iter().find(|nth| *nth >= journal.entries.len()) {
        return Err(format!("it contains {nth}, which is not in its journal"));
    }
    let check = |nth: usize, entry| Check { output, area, nth, entry, session: &journal.session_id }.state();
    let states: Vec<EntryState> =
        journal.entries.iter().enumerate().map(|(nth, entry)| check(nth, entry)).collect::<Result<_, _>>()?;
    let overtaken = states.iter().position(|state| *state == EntryState::Overtaken);
    match overtaken.filter(|_| states.contains(&EntryState::Pending)) {
        Some(nth) => Err(changed(&journal.entries[nth].name, "remove")),
        None => Ok(states.iter().map(|state| *state == EntryState::Pending).collect()),
    }
}

fn changed(name: &str, verb: &str) -> String {
    format!("{name}, which an interrupted run was about to {verb}, has changed since")
}

/// An entry of a journal and its files.
struct Check<'c> {
    output: &'c Dir,
    area: &'c StagingArea,
    nth: usize,
    entry: &'c JournalEntry,
    session: &'c str,
}

impl Check<'_> {
    fn state(&self) -> Result<EntryState, String> {
        let cannot_look = |error| format!("{} cannot be read: {error}", self.entry.name);
        let (slot, target) = (self.area.slot(self.nth), self.output.at(&self.entry.name));
        let in_slot = Found::at(slot.at()).map_err(cannot_look)?;
        let second = Found::at(self.area.second_slot(self.nth).at()).map_err(cannot_look)?;
        if second != Found::Absent && !matches!(&self.entry.change, Change::Replace { old, .. } if second.is(old)) {
            return Err(self.stranger());
        }
        match &self.entry.change {
            Change::Create { .. } | Change::Replace { .. } if in_slot == Found::Absent => Ok(EntryState::Done),
            Change::Replace { old, .. } | Change::Remove { old } if in_slot.is(old) => Ok(EntryState::Done),
            Change::Create { new } => {
                self.expect_staged(&in_slot, new, slot.at())?;
                self.create(slot.at()).map_err(cannot_look)?.ok_or_else(|| changed(target.name, "make"))
            }
            Change::Replace { new, old } => {
                self.expect_staged(&in_slot, new, slot.at())?;
                self.replace(slot.at(), &second, old)
                    .map_err(cannot_look)?
                    .ok_or_else(|| changed(target.name, "replace"))
            }
            Change::Remove { old } => match Found::at(target).map_err(cannot_look)? {
                _ if in_slot != Found::Absent => Err(self.stranger()),
                Found::Absent => Ok(EntryState::Done),
                found if found.is(old) && self.is_of_session(target) => Ok(EntryState::Pending),
                _ => Ok(EntryState::Overtaken),
            },
        }
    }

    fn expect_staged(&self, found: &Found, new: &Fingerprint, slot: FileRef<'_>) -> Result<(), String> {
        if found.has(new) && self.is_of_session(slot) { Ok(()) } else { Err(self.stranger()) }
    }

    fn stranger(&self) -> String {
        format!("the staged file for {} does not match its journal", self.entry.name)
    }

    fn is_of_session(&self, file: FileRef<'_>) -> bool {
        FileContent::read(file.dir, OsStr::new(file.name)).is_ok_and(|content| {
            FileSummary::of(&Text::decode(content.bytes)).owner == Owner::Session(self.session.to_owned())
        })
    }

    /// The state of a new file for a free name; none if the name has been taken.
    fn create(&self, slot: FileRef<'_>) -> io::Result<Option<EntryState>> {
        let target = self.output.at(&self.entry.name);
        match Found::at(target)? {
            Found::Absent => Ok(Some(EntryState::Pending)),
            // A file that is moved with a hard link can have both names.
            Found::File(_) if slot.is_same_file(target)? => slot.dir.unlink(slot.name).map(|()| Some(EntryState::Done)),
            _ => Ok(None),
        }
    }

    /// The state of a new file that replaces another one; none if that has changed.
    fn replace(&self, slot: FileRef<'_>, second: &Found, old: &FileSnapshot) -> io::Result<Option<EntryState>> {
        let target = self.output.at(&self.entry.name);
        match Found::at(target)? {
            // In the middle of the move, or removed by a user.
            Found::Absent => Ok(Some(EntryState::Pending)),
            found if *second == Found::Absent => {
                Ok((found.is(old) && self.is_of_session(target)).then_some(EntryState::Pending))
            }
            _ => self.create(slot),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use super::super::moves::Moves;
    use super::super::moving::take_out;
    use super::super::staging::Staging;
    use super::*;

    const OURS: &str = include_str!("../../../tests/data/worker-1.yaml");
    const SESSION: &str = "d29-k8s-demo-session";
    const STAGED: [&str; 5] = ["a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml"];

    fn content(version: &str) -> String {
        OURS.replace("latest", version)
    }

    fn seen(dir: &Dir, name: &str) -> FileSnapshot {
        FileContent::read(dir, OsStr::new(name)).unwrap().snapshot()
    }

    /// A directory with three old files and a run that dies before its first move. It creates `a` and `b`, replaces `c`
    /// and `d`, and removes `e`.
    struct Fixture {
        root: tempfile::TempDir,
        output: Dir,
        journal: Journal,
    }

    impl Fixture {
        fn new(is_complete: bool) -> Self {
            let root = tempfile::tempdir().unwrap();
            for name in &STAGED[2..] {
                fs::write(root.path().join(name), content("old")).unwrap();
            }
            let output = Dir::open(root.path()).unwrap();
            let mut staging = Staging::begin(&output, SESSION).unwrap();
            staging.create("a.yaml", content("new").as_bytes()).unwrap();
            staging.create("b.yaml", content("new").as_bytes()).unwrap();
            staging.replace("c.yaml", content("new").as_bytes(), seen(&output, "c.yaml")).unwrap();
            staging.replace("d.yaml", content("new").as_bytes(), seen(&output, "d.yaml")).unwrap();
            staging.remove("e.yaml", seen(&output, "e.yaml"));
            let journal = staging.die(is_complete);
            Self { root, output, journal }
        }

        fn area(&self) -> StagingArea {
            StagingArea::find(&self.output).unwrap().unwrap()
        }

        fn path(&self, name: &str) -> std::path::PathBuf {
            self.root.path().join(name)
        }

        fn recover(&self) -> Result<Option<Recovery>, DirectoryError> {
            recover(&self.output, true)
        }

        /// The files and their versions.
        fn versions(&self) -> BTreeMap<String, String> {
            let version = |text: String| {
                ["old", "new"].into_iter().find(|v| text == content(v)).map(ToOwned::to_owned).unwrap_or(text)
            };
            let names =
                fs::read_dir(self.root.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names
                .filter(|name| name != NAME)
                .map(|name| (name.clone(), version(fs::read_to_string(self.path(&name)).unwrap())))
                .collect()
        }

        fn assert_holds(&self, files: &[(&str, &str)]) {
            let files = files.iter().map(|(name, version)| ((*name).to_owned(), (*version).to_owned())).collect();
            assert_eq!(self.versions(), files);
        }

        /// Everything below the directory, to verify that nothing has been touched.
        fn everything(&self) -> Vec<(std::path::PathBuf, Vec<u8>)> {
            fn below(path: &Path, all: &mut Vec<(std::path::PathBuf, Vec<u8>)>) {
                for entry in fs::read_dir(path).unwrap() {
                    let path = entry.unwrap().path();
                    if path.is_dir() { below(&path, all) } else { all.push((path.clone(), fs::read(&path).unwrap())) }
                }
            }
            let mut all = Vec::new();
            below(self.root.path(), &mut all);
            all.sort();
            all
        }

        fn assert_refused(&self, words: &str) {
            let before = self.everything();
            let error = self.recover().unwrap_err().to_string();
            assert!(error.contains(words) && error.contains("move it away"), "{error}");
            assert_eq!(self.everything(), before);
        }
    }

    const OLD: [(&str, &str); 3] = [("c.yaml", "old"), ("d.yaml", "old"), ("e.yaml", "old")];
    const NEW: [(&str, &str); 4] = [("a.yaml", "new"), ("b.yaml", "new"), ("c.yaml", "new"), ("d.yaml", "new")];

    #[test]
    fn without_a_journal_it_is_cleared() {
        let fixture = Fixture::new(false);
        assert_eq!(fixture.recover().unwrap(), Some(Recovery::Cleared));
        fixture.assert_holds(&OLD);
        assert!(!fixture.path(NAME).exists());
        assert_eq!(fixture.recover().unwrap(), None);
        StagingArea::make(&fixture.output).unwrap();
        assert_eq!(fixture.recover().unwrap(), None, "there is nothing to tell of");
    }

    #[test]
    fn interrupted_after_any_move_it_is_finished() {
        for moved in 0..=STAGED.len() {
            let fixture = Fixture::new(true);
            let area = fixture.area();
            Moves::new(&fixture.output, &area, &fixture.journal.entries).make(|nth| nth < moved).unwrap();
            assert_eq!(fixture.recover().unwrap(), Some(Recovery::Finished), "{moved} moved");
            fixture.assert_holds(&NEW);
            assert!(!fixture.path(NAME).exists());
        }
    }

    #[test]
    fn interrupted_while_it_cleared_up_it_is_finished() {
        // Changes by a user in the meantime are kept, because the moves had been completed.
        for cleared in [2, 3, 4] {
            let fixture = Fixture::new(true);
            let area = fixture.area();
            Moves::new(&fixture.output, &area, &fixture.journal.entries).make(|_| true).unwrap();
            let slot = area.slot(cleared);
            slot.at().dir.unlink(slot.at().name).unwrap();
            fs::write(fixture.path(STAGED[cleared]), "mine").unwrap();
            fs::remove_file(fixture.path("a.yaml")).unwrap();
            assert_eq!(fixture.recover().unwrap(), Some(Recovery::Finished));
            assert_eq!(fixture.versions().get(STAGED[cleared]).unwrap(), "mine");
            assert!(!fixture.path("a.yaml").exists() && !fixture.path(NAME).exists());
        }
    }

    #[test]
    fn the_half_way_of_file_systems_without_an_exchange_is_finished() {
        // First, neither name has the file; then, a hard link gives it both.
        for is_linked in [false, true] {
            let fixture = Fixture::new(true);
            let area = fixture.area();
            take_out(fixture.output.at("c.yaml"), area.second_slot(2).at()).unwrap();
            if is_linked {
                for (nth, name) in [(0, "a.yaml"), (2, "c.yaml")] {
                    let slot = area.slot(nth);
                    fs::hard_link(slot.at().path(), fixture.path(name)).unwrap();
                }
            }
            assert_eq!(fixture.recover().unwrap(), Some(Recovery::Finished));
            fixture.assert_holds(&NEW);
            assert!(!fixture.path(NAME).exists());
        }
    }

    #[test]
    fn a_file_created_since_is_not_touched() {
        for name in ["a.yaml", "c.yaml", "e.yaml"] {
            let fixture = Fixture::new(true);
            fs::write(fixture.path(name), "mine").unwrap();
            fixture.assert_refused(&format!("{name}, which an interrupted run was about to"));
        }
        // A file with the same content still belongs to somebody else.
        let fixture = Fixture::new(true);
        fs::write(fixture.path("a.yaml"), content("new")).unwrap();
        fixture.assert_refused("a.yaml");
        let fixture = Fixture::new(true);
        fs::remove_file(fixture.path("c.yaml")).unwrap();
        std::os::unix::fs::symlink("d.yaml", fixture.path("c.yaml")).unwrap();
        fixture.assert_refused("c.yaml");
    }

    #[test]
    fn what_is_staged_has_to_be_what_the_journal_says() {
        for (nth, name) in STAGED[..4].iter().enumerate() {
            let fixture = Fixture::new(true);
            let area = fixture.area();
            fs::write(area.slot(nth).at().path(), content("forged")).unwrap();
            fixture.assert_refused(&format!("the staged file for {name}"));
        }
        let fixture = Fixture::new(true);
        fs::write(fixture.area().slot(4).at().path(), "mine").unwrap();
        fixture.assert_refused("the staged file for e.yaml");
        let fixture = Fixture::new(true);
        fs::write(fixture.area().second_slot(2).at().path(), "mine").unwrap();
        fixture.assert_refused("c.yaml");
    }

    #[test]
    fn an_entry_is_believed_only_of_its_own_session() {
        let foreign = "apiVersion: v1\nkind: Pod\n";
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("theirs.yaml"), foreign).unwrap();
        let output = Dir::open(root.path()).unwrap();
        for is_removal in [false, true] {
            let mut staging = Staging::begin(&output, SESSION).unwrap();
            if is_removal {
                staging.remove("theirs.yaml", seen(&output, "theirs.yaml"));
                staging.create("a.yaml", content("new").as_bytes()).unwrap();
            } else {
                staging.create("a.yaml", foreign.as_bytes()).unwrap();
            }
            staging.die(true);
            assert!(recover(&output, true).is_err());
            assert!(!root.path().join("a.yaml").exists());
            assert_eq!(fs::read_to_string(root.path().join("theirs.yaml")).unwrap(), foreign);
            fs::remove_dir_all(root.path().join(NAME)).unwrap();
        }
    }

    #[test]
    fn without_locks_an_interruption_cannot_be_detected() {
        let fixture = Fixture::new(true);
        let error = recover(&fixture.output, false).unwrap_err().to_string();
        assert!(error.contains("no locks") && error.contains("move it away"), "{error}");
        fixture.assert_holds(&OLD);
        fs::remove_dir_all(fixture.path(NAME)).unwrap();
        assert_eq!(recover(&fixture.output, false).unwrap(), None);
    }
}

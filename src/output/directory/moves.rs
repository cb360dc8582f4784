//! The moves between the staging directory and the directory, all or none: a move never replaces an unseen file, the
//! moved files are compared with what was seen before, and if one move fails, all are undone.
//!
//! Nothing is removed here. In the end, the old files are in the staging directory, so that they can still be moved
//! back.

use std::io;
use std::path::PathBuf;

use super::area::StagingArea;
use super::contents::{FileSnapshot, Fingerprint, Found};
use super::error::MoveError;
use super::handle::{Dir, FileRef};
use super::journal::{Change, JournalEntry};
use super::moving::{exchange, take_free_name, take_out};

/// The number of alternative names that are tried for a file whose name was taken.
const NAMES: usize = 1000;

/// The moves of one run.
pub struct Moves<'m> {
    output: &'m Dir,
    area: &'m StagingArea,
    entries: &'m [JournalEntry],
}

/// Why the moves failed, and the result of undoing them.
#[derive(Debug)]
pub struct Failure {
    /// The first error.
    pub cause: MoveError,
    /// Files that got another name when they were moved back, because their own was taken in the meantime.
    pub kept: Vec<PathBuf>,
    /// An error while undoing, if there was one.
    pub way_back: io::Result<()>,
}

impl<'m> Moves<'m> {
    pub const fn new(output: &'m Dir, area: &'m StagingArea, entries: &'m [JournalEntry]) -> Self {
        Self { output, area, entries }
    }

    /// Makes the moves selected by `is_pending` and flushes them to disk. If one fails, all entries are moved back,
    /// including those that an interrupted run had moved.
    pub fn make(&self, is_pending: impl Fn(usize) -> bool) -> Result<(), Failure> {
        for nth in (0..self.entries.len()).filter(|nth| is_pending(*nth)) {
            if let Err(cause) = self.forward(nth) {
                return Err(self.go_back(cause));
            }
        }
        // The moves must reach the disk before the journal is removed.
        self.output.sync().map_err(|source| self.go_back(MoveError::Write(self.output.path().to_owned(), source)))
    }

    fn target(&self, nth: usize) -> FileRef<'m> {
        self.output.at(&self.entries[nth].name)
    }

    fn forward(&self, nth: usize) -> Result<(), MoveError> {
        let (slot, target) = (self.area.slot(nth), self.target(nth));
        match &self.entries[nth].change {
            Change::Create { .. } => create(slot.at(), target),
            Change::Replace { old, .. } => match exchange(slot.at(), target) {
                Ok(Some(())) => expect(slot.at(), old, target),
                Ok(None) => self.replace_in_steps(nth, old),
                Err(error) if error.kind() == io::ErrorKind::NotFound => self.replace_in_steps(nth, old),
                Err(source) => Err(MoveError::Write(target.path(), source)),
            },
            Change::Remove { old } => match take_out(target, slot.at()) {
                Ok(()) => expect(slot.at(), old, target),
                // Somebody else has already removed it, which is fine.
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                Err(source) => Err(MoveError::Remove(target.path(), source)),
            },
        }
    }

    /// Moves the old file out and the new one into its place.
    fn replace_in_steps(&self, nth: usize, old: &FileSnapshot) -> Result<(), MoveError> {
        let (second, target) = (self.area.second_slot(nth), self.target(nth));
        match take_out(target, second.at()) {
            Ok(()) => expect(second.at(), old, target)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(MoveError::Write(target.path(), source)),
        }
        create(self.area.slot(nth).at(), target)
    }

    fn go_back(&self, cause: MoveError) -> Failure {
        let mut kept = Vec::new();
        // If one entry cannot be moved back, the others still are.
        let undone = (0..self.entries.len()).rev().map(|nth| self.undo(nth, &mut kept));
        let way_back = undone.fold(Ok(()), Result::and);
        // The restored state should be durable, but it is already visible, and the cause is more important.
        let _ = self.output.sync();
        Failure { cause, kept, way_back }
    }

    /// Undoes the move of an entry at any stage. If a moved file has been replaced in the meantime, the replacement is
    /// kept, and the old file gets another name.
    fn undo(&self, nth: usize, kept: &mut Vec<PathBuf>) -> io::Result<()> {
        let (slot, second) = (self.area.slot(nth), self.area.second_slot(nth));
        let in_slot = Found::at(slot.at())?;
        match &self.entries[nth].change {
            Change::Create { new } if in_slot == Found::Absent => self.take_back(nth, new, kept),
            Change::Create { .. } => self.drop_second_name(nth),
            Change::Remove { .. } if in_slot == Found::Absent => Ok(()),
            Change::Remove { .. } => self.restore(slot.at(), nth, kept),
            Change::Replace { new, .. } => {
                match in_slot {
                    Found::Absent => self.take_back(nth, new, kept)?,
                    staged if staged.has(new) => self.drop_second_name(nth)?,
                    _ => self.exchange_back(nth, new, kept)?,
                }
                if Found::at(second.at())? == Found::Absent { Ok(()) } else { self.restore(second.at(), nth, kept) }
            }
        }
    }

    /// A new file that is still in its slot can also have its name in the directory, if it was hard-linked and its old
    /// name could not be removed.
    fn drop_second_name(&self, nth: usize) -> io::Result<()> {
        let (slot, target) = (self.area.slot(nth), self.target(nth));
        match target.is_same_file(slot.at()) {
            Ok(true) => self.output.unlink(target.name),
            // There is none, or it is a different file.
            _ => Ok(()),
        }
    }

    /// Moves a new file out of the directory if it is there and unchanged.
    fn take_back(&self, nth: usize, new: &Fingerprint, kept: &mut Vec<PathBuf>) -> io::Result<()> {
        let (slot, target) = (self.area.slot(nth), self.target(nth));
        if !Found::at(target)?.has(new) {
            return Ok(());
        }
        take_out(target, slot.at())?;
        // At the last moment, somebody may have put another file there.
        if Found::at(slot.at())?.has(new) { Ok(()) } else { self.restore(slot.at(), nth, kept) }
    }

    /// Exchanges an old file in the slot with the new one in the directory, if that is there and unchanged.
    fn exchange_back(&self, nth: usize, new: &Fingerprint, kept: &mut Vec<PathBuf>) -> io::Result<()> {
        let (slot, target) = (self.area.slot(nth), self.target(nth));
        if Found::at(target)?.has(new) && exchange(slot.at(), target)?.is_some() {
            if Found::at(slot.at())?.has(new) {
                return Ok(());
            }
            // At the last moment, somebody has put another file there, which is moved back to its place.
            exchange(slot.at(), target)?;
        }
        self.restore(slot.at(), nth, kept)
    }

    /// Gives a file its old name, or another one if that is taken.
    fn restore(&self, from: FileRef<'_>, nth: usize, kept: &mut Vec<PathBuf>) -> io::Result<()> {
        let target = self.target(nth);
        match take_free_name(from, target) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
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
        Err(io::Error::other(format!("there is no free name for the previous {}", target.name)))
    }
}

fn create(slot: FileRef<'_>, target: FileRef<'_>) -> Result<(), MoveError> {
    take_free_name(slot, target).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => MoveError::Appeared(target.path()),
        _ => MoveError::Write(target.path(), source),
    })
}

/// The moved file must be the one that was seen.
fn expect(slot: FileRef<'_>, old: &FileSnapshot, target: FileRef<'_>) -> Result<(), MoveError> {
    match Found::at(slot) {
        Ok(found) if found.is(old) => Ok(()),
        Ok(_) => Err(MoveError::Changed(target.path())),
        Err(source) => Err(MoveError::Write(target.path(), source)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::io::Write as _;
    use std::path::Path;

    use super::*;

    const NEW: &str = "new";
    const OLD: &str = "old";

    /// A directory in which `a` will be created, `b` and `c` replaced, and `d` removed.
    struct Fixture {
        root: tempfile::TempDir,
        output: Dir,
        area: StagingArea,
        entries: Vec<JournalEntry>,
    }

    impl Fixture {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            for name in ["b", "c", "d"] {
                fs::write(root.path().join(name), OLD).unwrap();
            }
            let output = Dir::open(root.path()).unwrap();
            let area = StagingArea::make(&output).unwrap();
            let seen = |name| match Found::at(output.at(name)) {
                Ok(Found::File(seen)) => seen,
                other => panic!("{other:?}"),
            };
            let new = Fingerprint::of(NEW.as_bytes());
            let entry = |name: &str, change| JournalEntry { name: name.to_owned(), change };
            let entries = vec![
                entry("a", Change::Create { new: new.clone() }),
                entry("b", Change::Replace { new: new.clone(), old: seen("b") }),
                entry("c", Change::Replace { new, old: seen("c") }),
                entry("d", Change::Remove { old: seen("d") }),
            ];
            for nth in 0..3 {
                let slot = area.slot(nth);
                slot.at().dir.create(slot.at().name, 0o644).unwrap().write_all(NEW.as_bytes()).unwrap();
            }
            Self { root, output, area, entries }
        }

        fn moves(&self) -> Moves<'_> {
            Moves::new(&self.output, &self.area, &self.entries)
        }

        fn write(&self, name: &str) {
            // Like an editor: replaces the file with a new one of the same name.
            fs::write(self.root.path().join("draft"), "mine").unwrap();
            fs::rename(self.root.path().join("draft"), self.root.path().join(name)).unwrap();
        }

        fn assert_holds(&self, files: &[(&str, &str)]) {
            assert_eq!(
                contents(self.root.path()),
                files.iter().map(|(n, c)| ((*n).to_owned(), (*c).to_owned())).collect()
            );
        }
    }

    fn contents(path: &Path) -> BTreeMap<String, String> {
        let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        entries
            .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()))
            .collect()
    }

    const BEFORE: [(&str, &str); 3] = [("b", OLD), ("c", OLD), ("d", OLD)];
    const AFTER: [(&str, &str); 3] = [("a", NEW), ("b", NEW), ("c", NEW)];

    #[test]
    fn all_are_moved_and_what_was_there_is_still_staged() {
        let fixture = Fixture::new();
        fixture.moves().make(|_| true).unwrap();
        fixture.assert_holds(&AFTER);
        for nth in 1..4 {
            assert_eq!(fs::read_to_string(fixture.area.slot(nth).at().path()).unwrap(), OLD);
        }
    }

    #[test]
    fn what_has_changed_since_the_look_stays_and_all_others_go_back() {
        for (name, words) in [("a", "appeared"), ("b", "was changed"), ("c", "was changed"), ("d", "was changed")] {
            let fixture = Fixture::new();
            fixture.write(name);
            let failure = fixture.moves().make(|_| true).unwrap_err();
            let error = failure.cause.to_string();
            assert!(error.contains(&format!("/{name} {words} during")), "{error}");
            assert!(failure.way_back.is_ok() && failure.kept.is_empty());
            let mut files: BTreeMap<&str, &str> = BEFORE.into();
            files.insert(name, "mine");
            fixture.assert_holds(&files.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_directory_or_a_link_goes_back_as_well() {
        for name in ["b", "d"] {
            let fixture = Fixture::new();
            let path = fixture.root.path().join(name);
            fs::remove_file(&path).unwrap();
            std::os::unix::fs::symlink("elsewhere", &path).unwrap();
            assert!(fixture.moves().make(|_| true).unwrap_err().way_back.is_ok());
            assert_eq!(fs::read_link(&path).unwrap(), Path::new("elsewhere"));
            fs::remove_file(&path).unwrap();
            fs::create_dir(&path).unwrap();
            fs::write(path.join("inside"), "mine").unwrap();
            assert!(fixture.moves().make(|_| true).unwrap_err().way_back.is_ok());
            assert_eq!(fs::read_to_string(path.join("inside")).unwrap(), "mine");
        }
    }

    #[test]
    fn what_a_person_has_removed_does_not_stand_in_the_way() {
        let fixture = Fixture::new();
        fs::remove_file(fixture.root.path().join("b")).unwrap();
        fs::remove_file(fixture.root.path().join("d")).unwrap();
        fixture.moves().make(|_| true).unwrap();
        fixture.assert_holds(&AFTER);
        let failure = fixture.moves().go_back(MoveError::Changed(PathBuf::new()));
        assert!(failure.way_back.is_ok());
        fixture.assert_holds(&[("c", OLD)]);
    }

    #[test]
    fn a_file_created_before_the_rollback_stays_and_nothing_is_lost() {
        let fixture = Fixture::new();
        fixture.moves().make(|_| true).unwrap();
        for name in ["a", "b", "d"] {
            fixture.write(name);
        }
        let failure = fixture.moves().go_back(MoveError::Changed(PathBuf::new()));
        assert!(failure.way_back.is_ok());
        let mut kept = failure.kept;
        kept.sort();
        assert_eq!(kept, ["b.kept-1", "d.kept-1"].map(|name| fixture.root.path().join(name)));
        fixture.assert_holds(&[
            ("a", "mine"),
            ("b", "mine"),
            ("b.kept-1", OLD),
            ("c", OLD),
            ("d", "mine"),
            ("d.kept-1", OLD),
        ]);
    }

    #[test]
    fn without_an_exchange_the_old_file_goes_out_first() {
        let fixture = Fixture::new();
        let moves = fixture.moves();
        let Change::Replace { old, .. } = &fixture.entries[1].change else { panic!() };
        moves.replace_in_steps(1, old).unwrap();
        assert_eq!(fs::read_to_string(fixture.area.second_slot(1).at().path()).unwrap(), OLD);
        assert_eq!(fs::read_to_string(fixture.root.path().join("b")).unwrap(), NEW);
        fixture.write("c");
        let Change::Replace { old, .. } = &fixture.entries[2].change else { panic!() };
        let cause = moves.replace_in_steps(2, old).unwrap_err();
        assert!(moves.go_back(cause).way_back.is_ok());
        fixture.assert_holds(&[("b", OLD), ("c", "mine"), ("d", OLD)]);
    }

    #[test]
    fn one_that_cannot_go_back_keeps_no_other_from_it() {
        let fixture = Fixture::new();
        fixture.moves().make(|_| true).unwrap();
        for nth in 0..NAMES {
            let name = if nth == 0 { "d".to_owned() } else { format!("d.kept-{nth}") };
            fs::write(fixture.root.path().join(name), "mine").unwrap();
        }
        let failure = fixture.moves().go_back(MoveError::Changed(PathBuf::new()));
        assert!(failure.way_back.unwrap_err().to_string().contains("no free name"));
        for name in ["b", "c"] {
            assert_eq!(fs::read_to_string(fixture.root.path().join(name)).unwrap(), OLD);
        }
        assert!(!fixture.root.path().join("a").exists());
        assert_eq!(fs::read_to_string(fixture.area.slot(3).at().path()).unwrap(), OLD);
    }
}

//! The staging directory: files are written there, and moved into place when all are complete.
//! Names and contents come in; after a commit they are in place, and without one there is no trace.
//!
//! The order is what makes it safe. 1. Every file and the draft of the journal are written. 2. One
//! sync puts them all on the disk. 3. The draft becomes the journal: from here on the run will be
//! finished, by itself or by the next one. 4. The moves. 5. The journal and its directory go.

use std::fs::{self, Permissions};
use std::io;
use std::path::{Path, PathBuf};

use super::Directory;
use super::error::DirectoryError;
use super::files;
use super::journal::Journal;
use super::lanes::{self, Lanes};
use super::owner::{Holdings, Owner};
use crate::manifest::Text;

/// The staging directory's name. Nothing in it has an ending that kubectl reads, so that not even
/// `kubectl apply -R` takes half a session from it.
const NAME: &str = ".kubectl-arbtune";
const JOURNAL: &str = "journal";
const DRAFT: &str = "journal.draft";

/// What became of the traces of a run that was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// Its files were not complete, and are gone.
    Cleared,
    /// Its files were complete, and are in place.
    Finished,
}

/// Whether a run into this directory was cut off, or is going on.
#[must_use]
pub fn is_unfinished(path: &Path) -> bool {
    fs::symlink_metadata(path.join(NAME)).is_ok()
}

/// The files of one run on their way into the directory.
#[derive(Debug)]
pub struct Staging<'d> {
    directory: &'d Directory,
    path: PathBuf,
    lanes: Lanes,
    journal: Journal,
    is_committed: bool,
}

impl<'d> Staging<'d> {
    /// Nothing staged yet.
    pub fn begin(directory: &'d Directory, session_id: &str) -> Result<Self, DirectoryError> {
        let path = directory.path.join(NAME);
        fs::create_dir(&path).map_err(|source| DirectoryError::Unusable { path: directory.path.clone(), source })?;
        let (lanes, journal) = (Lanes::default(), Journal::new(session_id));
        Ok(Self { directory, path, lanes, journal, is_committed: false })
    }

    /// Writes a file that is to be moved into place, with the permissions of the one that it replaces.
    pub fn add(&mut self, name: &str, content: &[u8], permissions: Option<Permissions>) -> Result<(), DirectoryError> {
        let nth = self.journal.files.len();
        self.journal.files.push(name.to_owned());
        self.lanes.write(&self.path, nth, self.directory.path.join(name), content, permissions)
    }

    /// Notes a file that is to be removed.
    pub fn remove(&mut self, name: &str) {
        self.journal.removals.push(name.to_owned());
    }

    /// Moves everything into place.
    pub fn commit(mut self) -> Result<(), DirectoryError> {
        let (draft, journal) = (self.path.join(DRAFT), self.path.join(JOURNAL));
        let not_yet = |source| DirectoryError::Write { path: self.directory.path.clone(), source };
        self.lanes.finish()?;
        self.journal.write(&draft).map_err(not_yet)?;
        files::sync(&self.directory.handle).map_err(not_yet)?;
        fs::rename(&draft, &journal).map_err(not_yet)?;
        self.is_committed = true;
        finish(self.directory, &self.path, &self.journal)
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        if !self.is_committed {
            // The error that brought us here matters; whatever cannot be cleared now, the next run will find.
            let _ = self.lanes.finish();
            let _ = clear(&self.path);
        }
    }
}

/// The moves and what comes after them; the second time, what has been done already is passed over.
fn finish(directory: &Directory, staging: &Path, journal: &Journal) -> Result<(), DirectoryError> {
    move_all(directory, staging, journal)
        .map_err(|source| DirectoryError::Moving { path: directory.path.clone(), source })
}

fn move_all(directory: &Directory, staging: &Path, journal: &Journal) -> io::Result<()> {
    for (nth, name) in journal.files.iter().enumerate() {
        or_absent(fs::rename(lanes::place(staging, nth), directory.path.join(name)))?;
    }
    for name in &journal.removals {
        or_absent(fs::remove_file(directory.path.join(name)))?;
    }
    // The moves come before the end of the journal on the disk too.
    directory.handle.sync_all()?;
    clear(staging)
}

fn or_absent(result: io::Result<()>) -> io::Result<()> {
    result.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// Removes staged files and their directory; what is not of this tool stays, and with it the directory.
fn clear(staging: &Path) -> io::Result<()> {
    lanes::clear(staging)?;
    or_absent(fs::remove_file(staging.join(DRAFT)))?;
    // As long as anything else is left, the journal says that the run was complete.
    or_absent(fs::remove_file(staging.join(JOURNAL)))?;
    fs::remove_dir(staging)
}

/// Finishes or clears what a run left that was cut off.
pub fn recover(directory: &Directory) -> Result<Option<Recovery>, DirectoryError> {
    let path = directory.path.join(NAME);
    let fault = |why: String| DirectoryError::Leavings { path: path.clone(), why };
    match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fault(format!("it cannot be looked at: {error}"))),
        Ok(found) if !found.is_dir() => return Err(fault("it is no directory".to_owned())),
        Ok(_) if !directory.is_locked => {
            return Err(fault("this file system has no locks to tell whether that run is still going on".to_owned()));
        }
        // The very first or the very last moment of a run, which leaves nothing to tell of.
        Ok(_) if fs::remove_dir(&path).is_ok() => return Ok(None),
        Ok(_) => {}
    }
    match Journal::read(&path.join(JOURNAL)).map_err(fault)? {
        None => {
            clear(&path).map_err(|error| fault(format!("it cannot be cleared: {error}")))?;
            Ok(Some(Recovery::Cleared))
        }
        Some(journal) => {
            refuse_strangers(directory, &path, &journal).map_err(fault)?;
            finish(directory, &path, &journal)?;
            Ok(Some(Recovery::Finished))
        }
    }
}

/// Since the run was cut off, somebody may have put files of their own where its files go.
fn refuse_strangers(directory: &Directory, staging: &Path, journal: &Journal) -> Result<(), String> {
    let moves = journal.files.iter().enumerate().filter(|(nth, _)| lanes::place(staging, *nth).exists());
    for name in moves.map(|(_, name)| name).chain(&journal.removals) {
        let owner = match files::read(&directory.path.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Ok(content) => Holdings::of(&Text::decode(content.bytes)).owner,
            Err(error) => return Err(format!("{name}, which it would replace, cannot be read: {error}")),
        };
        if owner != Owner::Session(journal.session_id.clone()) {
            return Err(format!("{name}, which it would replace, is not of its session {}", journal.session_id));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = include_str!("../../../tests/data/worker-1.yaml");
    const SESSION: &str = "d29-k8s-demo-session";

    fn open(path: &Path) -> Result<Option<Recovery>, DirectoryError> {
        Directory::open(path, || panic!("nobody has it")).map(|(_, recovery)| recovery)
    }

    fn content(nth: usize) -> String {
        OURS.replace("worker-1", &format!("worker-{nth}"))
    }

    /// A directory as a run leaves it that dies before the commit, with `files` to move and one to remove.
    fn staged(path: &Path, files: usize) -> Journal {
        fs::write(path.join("old.yaml"), OURS).unwrap();
        let (directory, _) = Directory::open(path, || {}).unwrap();
        let mut staging = Staging::begin(&directory, SESSION).unwrap();
        for nth in 0..files {
            staging.add(&format!("{nth}.yaml"), content(nth).as_bytes(), None).unwrap();
        }
        staging.remove("old.yaml");
        staging.lanes.finish().unwrap();
        staging.is_committed = true; // It does not live to tidy up.
        staging.journal.clone()
    }

    fn files(path: &Path) -> Vec<String> {
        let names = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn cut_off_before_the_journal_it_is_cleared() {
        let root = tempfile::tempdir().unwrap();
        let journal = staged(root.path(), 3);
        journal.write(&root.path().join(NAME).join(DRAFT)).unwrap();
        assert!(is_unfinished(root.path()));
        assert_eq!(open(root.path()).unwrap(), Some(Recovery::Cleared));
        assert_eq!(files(root.path()), ["old.yaml"]);
        fs::create_dir(root.path().join(NAME)).unwrap();
        assert_eq!(open(root.path()).unwrap(), None, "there is nothing to tell of");
        assert!(!is_unfinished(root.path()));
    }

    #[test]
    fn cut_off_after_any_move_it_is_finished() {
        for moved in 0..=5 {
            let root = tempfile::tempdir().unwrap();
            let path = root.path();
            let journal = staged(path, 4);
            journal.write(&path.join(NAME).join(JOURNAL)).unwrap();
            for nth in 0..moved.min(4) {
                fs::rename(lanes::place(&path.join(NAME), nth), path.join(format!("{nth}.yaml"))).unwrap();
            }
            if moved == 5 {
                fs::remove_file(path.join("old.yaml")).unwrap();
            }
            assert_eq!(open(path).unwrap(), Some(Recovery::Finished), "{moved} moved");
            assert_eq!(files(path), ["0.yaml", "1.yaml", "2.yaml", "3.yaml"]);
            assert_eq!(fs::read_to_string(path.join("3.yaml")).unwrap(), content(3));
        }
    }

    #[test]
    fn what_somebody_has_put_there_since_is_not_replaced() {
        for name in ["1.yaml", "old.yaml"] {
            let root = tempfile::tempdir().unwrap();
            let journal = staged(root.path(), 2);
            journal.write(&root.path().join(NAME).join(JOURNAL)).unwrap();
            fs::write(root.path().join(name), "mine").unwrap();
            let error = open(root.path()).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains("is not of its session"), "{error}");
            assert_eq!(fs::read_to_string(root.path().join(name)).unwrap(), "mine");
        }
    }
}

//! The staging directory: its location, its allowed content, and how to distinguish it from something else in its
//! place.
//!
//! It belongs to the user who runs the tool, and nobody else has access. It contains a directory for each lane, whose
//! name includes the inode of the staging directory. Nobody knows that number before the directory exists, so a
//! checkout, an archive or a copy cannot contain a valid one, and other users cannot create one afterwards. Anything
//! else is rejected and left untouched.
//!
//! On file systems without owners or modes (FAT, some network shares), runs work as usual, but the leftovers of an
//! interrupted run are rejected and have to be moved away by hand.

use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use rustix::fs::FileType;

use super::handle::{Dir, FileRef};
use super::journal::Journal;

/// Nothing in it has an extension that kubectl reads, so not even `kubectl apply -R` applies half a session.
pub const NAME: &str = ".kubectl-arbtune";
const JOURNAL: &str = "journal";
const DRAFT: &str = "journal.draft";
/// The number of files that are created in parallel, each in its own directory, because creating a file locks its
/// directory. Another run must be able to finish an interrupted one, so this does not depend on the number of cores.
pub const LANES: usize = 2;

const PRIVATE: u32 = 0o700;
const PERMISSIONS: u32 = 0o777;

/// Whether a run into this directory was interrupted or is still going on.
pub fn is_unfinished(path: &Path) -> bool {
    std::fs::symlink_metadata(path.join(NAME)).is_ok()
}

/// The open staging directory of a directory.
#[derive(Debug)]
pub struct StagingArea {
    dir: Dir,
    inode: u64,
    lanes: [Arc<Dir>; LANES],
}

/// A name in a lane.
#[derive(Debug)]
pub struct Slot<'a> {
    dir: &'a Dir,
    name: String,
}

impl Slot<'_> {
    pub fn at(&self) -> FileRef<'_> {
        self.dir.at(&self.name)
    }
}

impl StagingArea {
    /// Creates a staging directory; none must exist.
    pub fn make(output: &Dir) -> io::Result<Self> {
        let dir = make_private(output, NAME)?;
        let inode = dir.metadata()?.ino();
        let lanes = make_lanes(&dir, inode);
        let checked = lanes.and_then(|lanes| if is_ours(&dir, &lanes)? { Ok(lanes) } else { Err(swapped()) });
        match checked {
            Ok(lanes) => Ok(Self { dir, inode, lanes }),
            Err(error) => {
                for lane in 0..LANES {
                    let name = lane_name(lane, inode);
                    let _ = dir.sub(&name).and_then(|lane| dir.remove_dir(&name, &lane));
                }
                let _ = output.remove_dir(NAME, &dir);
                Err(error)
            }
        }
    }

    /// Opens the staging directory of an interrupted run, if there is one. An empty one, as at the very start or end of
    /// a run, is removed instead.
    pub fn find(output: &Dir) -> Result<Option<Self>, String> {
        let dir = match output.sub(NAME) {
            Ok(dir) => dir,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if is_no_directory(&error) => return Err("it is not a directory".to_owned()),
            Err(error) => return Err(cannot_be_read(&error)),
        };
        let inode = private(&dir)?;
        if output.remove_dir(NAME, &dir).is_ok() {
            return Ok(None);
        }
        if check(&dir, inode)? < LANES {
            let name = lane_name(0, inode);
            let removed = dir.sub(&name).and_then(|lane| dir.remove_dir(&name, &lane));
            removed.and_then(|()| output.remove_dir(NAME, &dir)).map_err(|error| cannot_be_removed(&error))?;
            return Ok(None);
        }
        let lanes = open_lanes(&dir, inode).map_err(|error| cannot_be_read(&error))?;
        lanes.iter().try_for_each(|lane| check_lane(lane))?;
        Ok(Some(Self { dir, inode, lanes }))
    }

    /// The slot for the new content of an entry, and for its old content after an exchange.
    pub fn slot(&self, nth: usize) -> Slot<'_> {
        Slot { dir: &self.lanes[nth % LANES], name: nth.to_string() }
    }

    /// The slot for the old content of an entry if it cannot be exchanged with the new content.
    pub fn second_slot(&self, nth: usize) -> Slot<'_> {
        Slot { dir: &self.lanes[nth % LANES], name: format!("{nth}.old") }
    }

    /// The directory of a lane, for its thread.
    pub fn lane(&self, lane: usize) -> Arc<Dir> {
        Arc::clone(&self.lanes[lane])
    }

    /// The identifier that a journal of this directory contains.
    pub const fn inode(&self) -> u64 {
        self.inode
    }

    /// Writes a draft of the journal, which is not yet in effect.
    pub fn draft(&self, journal: &Journal) -> io::Result<()> {
        journal.write(&self.dir, DRAFT)
    }

    /// Puts the draft into effect.
    pub fn publish(&self) -> io::Result<()> {
        super::moving::take_free_name(self.dir.at(DRAFT), self.dir.at(JOURNAL))
    }

    /// The journal in effect, if there is one.
    pub fn journal(&self) -> Result<Option<Journal>, String> {
        Journal::read(&self.dir, JOURNAL, self.inode)
    }

    /// Removes the journal, so that nobody continues with what has been undone.
    pub fn withdraw(&self) -> io::Result<()> {
        self.dir.unlink(JOURNAL)
    }

    /// Whether it contains no files.
    pub fn is_empty(&self) -> io::Result<bool> {
        Ok(self.staged()?.is_empty() && self.dir.entries()?.iter().all(|(_, kind)| kind.is_dir()))
    }

    /// The indexes of the entries that have files in it.
    pub fn staged(&self) -> io::Result<Vec<usize>> {
        let mut indexes = Vec::new();
        for lane in &self.lanes {
            indexes.extend(lane.entries()?.iter().filter_map(|(name, _)| entry_index(name.to_str()?)));
        }
        Ok(indexes)
    }

    /// Removes this tool's files from it, and then the directory itself; anything else is kept.
    pub fn clear(&self, output: &Dir) -> io::Result<()> {
        for lane in &self.lanes {
            let names = lane.entries()?.into_iter().filter_map(|(name, _)| name.into_string().ok());
            names.filter(|name| entry_index(name).is_some()).try_for_each(|name| lane.unlink(&name))?;
        }
        self.dir.unlink(DRAFT)?;
        // As long as there are other files, the journal shows that the run was complete.
        self.dir.unlink(JOURNAL)?;
        for (nth, lane) in self.lanes.iter().enumerate().rev() {
            self.dir.remove_dir(lane_name(nth, self.inode), lane)?;
        }
        output.remove_dir(NAME, &self.dir)
    }
}

/// Creates a directory that only this user can access.
fn make_private(parent: &Dir, name: &str) -> io::Result<Dir> {
    let dir = parent.make_and_open(name, PRIVATE)?;
    // The umask may have removed permissions. If it has more permissions, it is not the directory that was created, or
    // the file system has no modes.
    let mode = dir.metadata()?.mode();
    if mode & PERMISSIONS != PRIVATE && mode & PERMISSIONS & !PRIVATE == 0 {
        let _ = dir.handle().set_permissions(std::fs::Permissions::from_mode(mode & !PERMISSIONS | PRIVATE));
    }
    Ok(dir)
}

fn make_lanes(dir: &Dir, inode: u64) -> io::Result<[Arc<Dir>; LANES]> {
    for lane in 0..LANES {
        make_private(dir, &lane_name(lane, inode))?;
    }
    open_lanes(dir, inode)
}

fn open_lanes(dir: &Dir, inode: u64) -> io::Result<[Arc<Dir>; LANES]> {
    let lanes: io::Result<Vec<Arc<Dir>>> =
        (0..LANES).map(|lane| dir.sub(lane_name(lane, inode)).map(Arc::new)).collect();
    lanes?.try_into().map_err(|_| io::Error::other("a lane is missing"))
}

fn lane_name(lane: usize, inode: u64) -> String {
    format!("lane-{lane}.{inode}")
}

/// Whether the staging directory looks like a private directory of this user: owned by the user with mode 0700, except
/// on file systems without owners or modes.
fn is_ours(dir: &Dir, lanes: &[Arc<Dir>]) -> io::Result<bool> {
    let looks = |dir: &Dir| dir.metadata().map(|found| (found.uid(), found.mode() & PERMISSIONS));
    let found = looks(dir)?;
    for lane in lanes {
        let lane = looks(lane)?;
        // The umask may have removed permissions from a lane.
        if lane.0 != found.0 || lane.1 | PRIVATE != found.1 {
            return Ok(false);
        }
    }
    Ok(true)
}

fn swapped() -> io::Error {
    io::Error::other(format!("the {NAME} that this run created was replaced by another one"))
}

/// Checks that only this user can have created a directory's content; returns its inode.
fn private(dir: &Dir) -> Result<u64, String> {
    let found = dir.metadata().map_err(|error| cannot_be_read(&error))?;
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err("it belongs to another user".to_owned());
    }
    match found.mode() & PERMISSIONS {
        PRIVATE => Ok(found.ino()),
        mode => Err(format!("others have access to it: its mode is {mode:04o}, but must be 0700")),
    }
}

/// Checks that a staging directory contains only what this tool creates, and counts its lanes.
fn check(dir: &Dir, inode: u64) -> Result<usize, String> {
    let entries = dir.entries().map_err(|error| cannot_be_read(&error))?;
    let lanes: Vec<String> = (0..LANES).map(|lane| lane_name(lane, inode)).collect();
    let is_lane = |name: &OsStr| lanes.iter().any(|lane| name == lane.as_str());
    for (name, kind) in &entries {
        let is_journal = [JOURNAL, DRAFT].map(OsStr::new).contains(&name.as_os_str());
        let expected = if is_lane(name) { FileType::Directory } else { FileType::RegularFile };
        if *kind != expected || !is_lane(name) && !is_journal {
            return Err(stranger(name));
        }
    }
    // The lanes are created first and removed last, so without them other content is not this tool's.
    let count = entries.iter().filter(|(name, _)| is_lane(name)).count();
    match entries.iter().find(|(name, _)| !is_lane(name) || count < LANES && *name != *lanes[0]) {
        Some((name, _)) if count < LANES => Err(stranger(name)),
        _ => Ok(count),
    }
}

/// Checks that a lane contains only staged files.
fn check_lane(lane: &Dir) -> Result<(), String> {
    let entries = lane.entries().map_err(|error| cannot_be_read(&error))?;
    let is_staged = |name: &OsStr, kind| kind == FileType::RegularFile && name.to_str().and_then(entry_index).is_some();
    entries.iter().find(|(name, kind)| !is_staged(name, *kind)).map_or(Ok(()), |(name, _)| Err(stranger(name)))
}

/// The index of the entry of a file in a lane, if it has a valid name.
fn entry_index(name: &str) -> Option<usize> {
    let number = name.strip_suffix(".old").unwrap_or(name);
    number.parse::<usize>().ok().filter(|nth| nth.to_string() == number)
}

fn stranger(name: &OsStr) -> String {
    format!("it contains {}, which this tool did not create", name.display())
}

fn cannot_be_read(error: &io::Error) -> String {
    format!("it cannot be read: {error}")
}

fn cannot_be_removed(error: &io::Error) -> String {
    format!("it cannot be removed: {error}")
}

/// Systems report links with different errors.
fn is_no_directory(error: &io::Error) -> bool {
    use rustix::io::Errno;
    Errno::from_io_error(error).is_some_and(|errno| [Errno::NOTDIR, Errno::LOOP, Errno::MLINK].contains(&errno))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn find(root: &Path) -> Result<bool, String> {
        StagingArea::find(&Dir::open(root).unwrap()).map(|area| area.is_some())
    }

    #[test]
    fn the_first_and_the_last_traces_of_a_run_go_without_a_word() {
        let root = tempfile::tempdir().unwrap();
        let output = Dir::open(root.path()).unwrap();
        assert_eq!(find(root.path()), Ok(false));
        for lanes in 0..LANES {
            output.make(NAME, PRIVATE).unwrap();
            let dir = output.sub(NAME).unwrap();
            let inode = dir.metadata().unwrap().ino();
            (0..lanes).for_each(|lane| dir.make(lane_name(lane, inode), PRIVATE).unwrap());
            assert_eq!(find(root.path()), Ok(false));
            assert!(!is_unfinished(root.path()));
        }
        let area = StagingArea::make(&output).unwrap();
        assert!(area.is_empty().unwrap() && is_unfinished(root.path()));
        assert_eq!(find(root.path()), Ok(true));
        area.clear(&output).unwrap();
        assert!(!is_unfinished(root.path()));
    }

    #[test]
    fn only_what_the_tool_makes_may_be_in_it() {
        let root = tempfile::tempdir().unwrap();
        let output = Dir::open(root.path()).unwrap();
        let area = StagingArea::make(&output).unwrap();
        let (staging, lane) = (root.path().join(NAME), lane_name(0, area.inode));
        for name in ["journal", "journal.draft", &format!("{lane}/0"), &format!("{lane}/17.old")] {
            fs::write(staging.join(name), "").unwrap();
            assert_eq!(find(root.path()), Ok(true), "{name}");
        }
        for name in ["notes", "lane-2.1", &format!("{lane}/01"), &format!("{lane}/+1"), &format!("{lane}/1.new")] {
            fs::write(staging.join(name), "").unwrap();
            assert!(find(root.path()).unwrap_err().contains("did not create"), "{name}");
            fs::remove_file(staging.join(name)).unwrap();
        }
        std::os::unix::fs::symlink("..", staging.join(&lane).join("2")).unwrap();
        assert!(find(root.path()).unwrap_err().contains("did not create"));
        fs::remove_file(staging.join(&lane).join("2")).unwrap();
        fs::set_permissions(&staging, fs::Permissions::from_mode(0o770)).unwrap();
        assert!(find(root.path()).unwrap_err().contains("0770"));
    }

    #[test]
    fn a_copy_of_one_is_none() {
        let (root, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let area = StagingArea::make(&Dir::open(root.path()).unwrap()).unwrap();
        fs::create_dir_all(copy.path().join(NAME).join(lane_name(0, area.inode))).unwrap();
        fs::create_dir_all(copy.path().join(NAME).join(lane_name(1, area.inode))).unwrap();
        fs::set_permissions(copy.path().join(NAME), fs::Permissions::from_mode(PRIVATE)).unwrap();
        assert!(find(copy.path()).unwrap_err().contains("did not create"));
        // One without lanes is rejected, too.
        let bare = tempfile::tempdir().unwrap();
        Dir::open(bare.path()).unwrap().make(NAME, PRIVATE).unwrap();
        fs::write(bare.path().join(NAME).join("journal.draft"), "").unwrap();
        assert!(find(bare.path()).unwrap_err().contains("journal.draft"));
    }
}

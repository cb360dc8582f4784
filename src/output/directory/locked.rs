//! The output directory during one run: locked, and recovered first.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::created::{self, CreatedDirectories};
use super::error::DirectoryError;
use super::handle::Dir;
use super::recovery::{self, Recovery};

/// A directory that is locked for this run.
#[derive(Debug)]
pub struct Directory {
    dir: Dir,
    /// Directories created for this run, which are removed if it fails.
    _created: CreatedDirectories,
}

impl Directory {
    /// Opens the directory, and creates it with its parents if necessary. If another run has locked it, calls `waiting`
    /// and waits. An interrupted run is finished or cleaned up.
    ///
    /// # Errors
    /// [`DirectoryError`] if the path is not a directory, or it cannot be created or recovered.
    pub fn open(path: &Path, waiting: impl Fn()) -> Result<(Self, Option<Recovery>), DirectoryError> {
        let (directory, is_locked) = loop {
            let (dir, made) = created::open(path)?;
            let unusable = |source| DirectoryError::Unusable(path.to_owned(), source);
            let is_locked = lock(dir.handle(), &waiting).map_err(unusable)?;
            let directory = Self { dir, _created: made };
            // The other run may have removed the directory that it had created.
            if directory.is_still_there().map_err(unusable)? {
                break (directory, is_locked);
            }
        };
        let recovery = recovery::recover(&directory.dir, is_locked)?;
        Ok((directory, recovery))
    }

    /// The open directory.
    pub(super) const fn dir(&self) -> &Dir {
        &self.dir
    }

    fn is_still_there(&self) -> io::Result<bool> {
        match fs::metadata(self.dir.path()) {
            Ok(found) => Ok(self.dir.identity()? == (found.dev(), found.ino())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Locks an open directory; false if the file system has no locks.
fn lock(handle: &File, waiting: &impl Fn()) -> io::Result<bool> {
    let result = match handle.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            waiting();
            handle.lock()
        }
        Err(TryLockError::Error(error)) => Err(error),
    };
    match result {
        Ok(()) => Ok(true),
        // Some network file systems cannot lock directories; there, only the staging directory keeps runs apart.
        Err(error) if lacks_locks(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

fn lacks_locks(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let lacking = [Errno::BADF, Errno::NOLCK, Errno::OPNOTSUPP, Errno::NOSYS, Errno::INVAL];
    Errno::from_io_error(error).is_some_and(|errno| lacking.contains(&errno))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_made_and_goes_again_if_nothing_comes_of_it() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b");
        let (directory, recovery) = Directory::open(&path, || panic!("nobody has it")).unwrap();
        assert!(path.is_dir() && recovery.is_none());
        drop(directory);
        assert!(!root.path().join("a").exists());
        fs::create_dir(root.path().join("mine")).unwrap();
        drop(Directory::open(&root.path().join("mine"), || {}).unwrap());
        assert!(root.path().join("mine").is_dir(), "what was there stays");
        fs::write(root.path().join("file"), "").unwrap();
        assert!(matches!(Directory::open(&root.path().join("file"), || {}), Err(DirectoryError::NotADirectory(_))));
        assert!(matches!(Directory::open(&root.path().join("file/x"), || {}), Err(DirectoryError::Create(..))));
    }

    #[test]
    fn the_second_of_two_runs_waits() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("jobs");
        let (first, _) = Directory::open(&path, || {}).unwrap();
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| Directory::open(&path, || sender.send(()).unwrap()).map(drop));
            receiver.recv().unwrap();
            // The first run fails and removes the directory that it created; the second creates its own.
            drop(first);
            second.join().unwrap().unwrap();
        });
    }
}

//! Manifests as files in a directory, all or nothing.
//! Names and contents come in; the directory ends up with the whole new set, or stays as it was.
//!
//! A run locks the directory, writes its files into a staging directory beside their places
//! (`staging`), and moves them when every one is complete. What a killed run leaves there, the
//! next one finishes or clears ([`Directory::open`]). Whose the files in the directory are, and so
//! what may be replaced or removed, is decided in `update`.

mod error;
mod files;
mod journal;
mod lanes;
mod owner;
mod staging;
mod update;

pub use error::{DirectoryError, Taken};
pub use staging::{Recovery, is_unfinished};
pub use update::{FileChange, Leftovers, Update};

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A directory that manifests are written into, for this run alone.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    /// Holds the lock.
    handle: File,
    /// Whether the file system has locks.
    is_locked: bool,
    /// What was made for this run, the innermost last; it goes again if nothing comes of the run.
    made: Vec<PathBuf>,
}

impl Directory {
    /// Opens the directory, and creates it with its parents where it is not there yet. While another
    /// run has it, `waiting` is called and this one waits. What a run left that was cut off is finished
    /// or cleared.
    ///
    /// # Errors
    /// [`DirectoryError`] if something else has its name, or it cannot be created or brought in order.
    pub fn open(path: &Path, waiting: impl Fn()) -> Result<(Self, Option<Recovery>), DirectoryError> {
        let directory = loop {
            let made = create(path)?;
            let unusable = |source| DirectoryError::Unusable { path: path.to_owned(), source };
            let handle = File::open(path).map_err(unusable)?;
            let is_locked = lock(&handle, &waiting).map_err(unusable)?;
            let directory = Self { path: path.to_owned(), handle, is_locked, made };
            // The run that we waited for may have removed what it had made.
            if directory.is_still_there() {
                break directory;
            }
        };
        let recovery = staging::recover(&directory)?;
        Ok((directory, recovery))
    }

    fn is_still_there(&self) -> bool {
        let place = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        match (self.handle.metadata(), fs::metadata(&self.path)) {
            (Ok(ours), Ok(found)) => place(ours) == place(found),
            _ => false,
        }
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // A directory that holds something is not removed.
        for path in self.made.iter().rev() {
            if fs::remove_dir(path).is_err() {
                break;
            }
        }
    }
}

/// Creates what is missing of a path, and says what that was.
fn create(path: &Path) -> Result<Vec<PathBuf>, DirectoryError> {
    match fs::metadata(path) {
        Ok(found) if !found.is_dir() => return Err(DirectoryError::NotADirectory(path.to_owned())),
        Ok(_) => return Ok(Vec::new()),
        Err(_) => {}
    }
    let missing = |path: &&Path| !path.as_os_str().is_empty() && fs::symlink_metadata(path).is_err();
    let mut made: Vec<PathBuf> = path.ancestors().take_while(missing).map(Path::to_owned).collect();
    made.reverse();
    fs::create_dir_all(path).map_err(|source| DirectoryError::Create { path: path.to_owned(), source })?;
    Ok(made)
}

/// Takes the lock of an open directory; false where the file system has no locks.
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
        // Some network file systems lock no directories; there the staging directory alone keeps runs apart.
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
        assert!(matches!(Directory::open(&root.path().join("file/x"), || {}), Err(DirectoryError::Create { .. })));
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
            // The first one goes, and takes the directory that it made with it; the second makes its own.
            drop(first);
            second.join().unwrap().unwrap();
        });
    }
}

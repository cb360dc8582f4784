//! Manifests as files in a directory.
//! Names and contents come in; files that are either complete or absent go out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a directory could not be written.
#[derive(Debug, Error)]
pub enum DirectoryError {
    /// A file stands where the directory should be.
    #[error("The output directory {} is not a directory. Name another one, or move the file away.", .0.display())]
    NotADirectory(PathBuf),
    /// The directory could not be made.
    #[error("The output directory {} cannot be created: {source}.", path.display())]
    Create {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("The file {} cannot be written: {source}.", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A directory that manifests are written into.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// Opens the directory, and creates it with its parents where it is not there yet.
    ///
    /// # Errors
    /// [`DirectoryError`] if something else has its name, or it cannot be created.
    pub fn open(path: &Path) -> Result<Self, DirectoryError> {
        match fs::metadata(path) {
            Ok(found) if !found.is_dir() => return Err(DirectoryError::NotADirectory(path.to_owned())),
            Ok(_) => {}
            Err(_) => {
                fs::create_dir_all(path).map_err(|source| DirectoryError::Create { path: path.to_owned(), source })?;
            }
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Writes one file: beside its place first, then moved into it, so that no reader sees half of it.
    ///
    /// # Errors
    /// [`DirectoryError::Write`].
    pub fn write(&self, name: &str, content: &[u8]) -> Result<(), DirectoryError> {
        let target = self.path.join(name);
        let beside = self.path.join(format!(".{name}.{}.tmp", std::process::id()));
        let moved = fs::write(&beside, content).and_then(|()| fs::rename(&beside, &target));
        moved.map_err(|source| {
            // The error at hand matters; the leftover is only tidied away.
            let _ = fs::remove_file(&beside);
            DirectoryError::Write { path: target, source }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_complete_or_absent() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b");
        let directory = Directory::open(&path).unwrap();
        directory.write("x.yaml", b"one").unwrap();
        directory.write("x.yaml", b"two").unwrap();
        assert_eq!(fs::read(path.join("x.yaml")).unwrap(), b"two");
        fs::create_dir(path.join("taken")).unwrap();
        fs::write(path.join("taken/file"), "").unwrap();
        assert!(matches!(directory.write("taken", b"x"), Err(DirectoryError::Write { .. })));
        assert_eq!(fs::read_dir(&path).unwrap().count(), 2, "nothing is left beside");
        assert!(matches!(Directory::open(&path.join("x.yaml")), Err(DirectoryError::NotADirectory(_))));
    }
}

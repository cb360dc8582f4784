//! An open directory and operations relative to it. They take names, never paths, so they stay in this directory even
//! if its path changes, and never follow a link out of it.

use std::ffi::{OsStr, OsString};
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;
use rustix::path::Arg;

/// An open directory.
#[derive(Debug)]
pub struct Dir {
    handle: File,
    /// Its path for messages; it is never opened by path again.
    path: PathBuf,
}

/// A name in an open directory.
#[derive(Debug, Clone, Copy)]
pub struct FileRef<'d> {
    pub dir: &'d Dir,
    pub name: &'d str,
}

impl Dir {
    /// Opens a path given by the user, following links.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let handle = rustix::fs::open(path, flags, Mode::empty())?;
        Ok(Self { handle: handle.into(), path: path.to_owned() })
    }

    /// The same directory with another path for messages.
    pub fn known_as(&self, path: &Path) -> io::Result<Self> {
        Ok(Self { handle: self.handle.try_clone()?, path: path.to_owned() })
    }

    /// Opens a directory in this one; a link is an error.
    pub fn sub(&self, name: impl AsRef<OsStr>) -> io::Result<Self> {
        let name = name.as_ref();
        let handle = self.open_file(name, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW, Mode::empty())?;
        Ok(Self { handle, path: self.path.join(name) })
    }

    /// Creates a directory in this one.
    pub fn make(&self, name: impl AsRef<OsStr>, mode: u32) -> io::Result<()> {
        Ok(rustix::fs::mkdirat(&self.handle, name.as_ref(), mode_of(mode))?)
    }

    /// Creates a directory in this one and opens it. If it cannot be opened, because the umask removed the owner's
    /// permissions, it is removed again if it is empty.
    pub fn make_and_open(&self, name: impl AsRef<OsStr>, mode: u32) -> io::Result<Self> {
        self.make(&name, mode)?;
        self.sub(&name).map_err(|error| {
            let _ = rustix::fs::unlinkat(&self.handle, name.as_ref(), AtFlags::REMOVEDIR);
            if error.kind() != io::ErrorKind::PermissionDenied {
                return error;
            }
            io::Error::new(
                error.kind(),
                "a directory created in it cannot be opened; the umask must leave rwx for the owner",
            )
        })
    }

    /// Creates a new file; the name must be free.
    pub fn create(&self, name: &str, mode: u32) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
        self.open_file(name, flags, mode_of(mode))
    }

    /// Opens an entry for reading; a link is an error, and a pipe does not block.
    pub fn open_to_read(&self, name: impl Arg) -> io::Result<File> {
        self.open_file(name, OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY, Mode::empty())
    }

    /// The same, following a link.
    pub fn open_behind(&self, name: impl Arg) -> io::Result<File> {
        self.open_file(name, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY, Mode::empty())
    }

    fn open_file(&self, name: impl Arg, flags: OFlags, mode: Mode) -> io::Result<File> {
        Ok(rustix::fs::openat(&self.handle, name, flags | OFlags::CLOEXEC, mode)?.into())
    }

    /// Whether an entry exists.
    pub fn has(&self, name: &str) -> bool {
        rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW).is_ok()
    }

    /// The metadata of an entry, following links.
    pub fn kind_behind(&self, name: &OsStr) -> io::Result<FileType> {
        let found = rustix::fs::statat(&self.handle, name, AtFlags::empty())?;
        Ok(FileType::from_raw_mode(found.st_mode))
    }

    /// The target of a link.
    pub fn link_target(&self, name: &str) -> io::Result<PathBuf> {
        let target = rustix::fs::readlinkat(&self.handle, name, Vec::new())?;
        Ok(OsStr::from_bytes(target.to_bytes()).into())
    }

    /// All entries.
    pub fn entries(&self) -> io::Result<Vec<(OsString, FileType)>> {
        let mut entries = Vec::new();
        for entry in rustix::fs::Dir::read_from(&self.handle)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            let kind = match entry.file_type() {
                // Not every file system reports types; entries that have disappeared are skipped.
                FileType::Unknown => match rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
                    Ok(found) => FileType::from_raw_mode(found.st_mode),
                    Err(Errno::NOENT) => continue,
                    Err(error) => return Err(error.into()),
                },
                kind => kind,
            };
            entries.push((name.to_owned(), kind));
        }
        Ok(entries)
    }

    /// Removes a file; a missing one is not an error.
    pub fn unlink(&self, name: &str) -> io::Result<()> {
        or_absent(rustix::fs::unlinkat(&self.handle, name, AtFlags::empty()))
    }

    /// Removes an empty directory if it is `dir`; a missing one is not an error.
    pub fn remove_dir(&self, name: impl AsRef<OsStr>, dir: &Self) -> io::Result<()> {
        match self.sub(&name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Ok(found) if found.identity()? == dir.identity()? => {}
            _ => return Err(io::Error::other("it was replaced by something else")),
        }
        or_absent(rustix::fs::unlinkat(&self.handle, name.as_ref(), AtFlags::REMOVEDIR))
    }

    /// The identity of this directory.
    pub fn identity(&self) -> io::Result<(u64, u64)> {
        let found = self.metadata()?;
        Ok((found.dev(), found.ino()))
    }

    /// Its owner, mode and the like.
    pub fn metadata(&self) -> io::Result<Metadata> {
        self.handle.metadata()
    }

    /// The open directory itself, to lock it or to ask the system about it.
    pub const fn handle(&self) -> &File {
        &self.handle
    }

    /// Its path for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A name in it.
    pub const fn at<'d>(&'d self, name: &'d str) -> FileRef<'d> {
        FileRef { dir: self, name }
    }

    /// Flushes the whole file system to disk, which is one wait for any number of files.
    pub fn sync_file_system(&self) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        rustix::fs::syncfs(&self.handle)?;
        #[cfg(not(target_os = "linux"))]
        rustix::fs::sync();
        Ok(())
    }

    /// Flushes its entries to disk.
    pub fn sync(&self) -> io::Result<()> {
        self.handle.sync_all()
    }
}

impl FileRef<'_> {
    /// Its path for messages.
    pub fn path(self) -> PathBuf {
        self.dir.path.join(self.name)
    }

    /// Whether two names refer to the same file.
    pub fn is_same_file(self, other: FileRef<'_>) -> io::Result<bool> {
        let identity = |at: FileRef<'_>| -> io::Result<_> {
            let found = at.dir.open_to_read(at.name)?.metadata()?;
            Ok((found.dev(), found.ino()))
        };
        Ok(identity(self)? == identity(other)?)
    }
}

fn or_absent(result: rustix::io::Result<()>) -> io::Result<()> {
    match result {
        Err(Errno::NOENT) => Ok(()),
        other => Ok(other?),
    }
}

/// The type of a mode differs between systems.
fn mode_of(bits: u32) -> Mode {
    Mode::from_bits_truncate(bits as _)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn no_step_follows_a_link() {
        let (root, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let dir = Dir::open(root.path()).unwrap();
        std::fs::write(outside.path().join("file"), "mine").unwrap();
        symlink(outside.path(), root.path().join("dir")).unwrap();
        symlink(outside.path().join("file"), root.path().join("link")).unwrap();
        symlink(outside.path().join("none"), root.path().join("dangling")).unwrap();
        assert!(dir.sub("dir").is_err() && dir.open_to_read("link").is_err());
        for name in ["link", "dangling"] {
            assert!(dir.create(name, 0o600).is_err());
            assert!(dir.remove_dir(name, &dir).is_err());
            dir.unlink(name).unwrap();
        }
        assert_eq!(std::fs::read_to_string(outside.path().join("file")).unwrap(), "mine");
        assert!(!outside.path().join("none").exists());
        assert!(dir.unlink("none").is_ok() && dir.remove_dir("none", &dir).is_ok());
    }

    #[test]
    fn a_directory_is_removed_only_where_it_is_the_same() {
        let root = tempfile::tempdir().unwrap();
        let dir = Dir::open(root.path()).unwrap();
        dir.make("one", 0o700).unwrap();
        dir.make("two", 0o700).unwrap();
        let one = dir.sub("one").unwrap();
        assert!(dir.remove_dir("two", &one).is_err());
        dir.remove_dir("one", &one).unwrap();
        assert_eq!(dir.entries().unwrap(), [(OsString::from("two"), FileType::Directory)]);
    }
}

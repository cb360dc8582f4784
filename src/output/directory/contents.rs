//! Safely reads and compares files in a directory: links are not followed, only regular files are read, and only the
//! beginning of huge ones.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;

use rustix::fs::FileType;
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::handle::{Dir, FileRef};

/// Far larger than any file of this tool or of a user.
const LARGEST: usize = 64 * 1024 * 1024;
const CHUNK: usize = 1024 * 1024;

/// The content of a regular file.
pub struct FileContent {
    pub bytes: Vec<u8>,
    /// Its type and permissions.
    pub mode: u32,
    /// Its owner.
    pub uid: u32,
    /// Whether more than [`LARGEST`] is left.
    pub is_too_large: bool,
}

/// The fingerprint of a file's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    size: u64,
    sha256: String,
}

/// The state of a file when the run read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSnapshot {
    /// Its type and permissions.
    mode: u32,
    #[serde(flatten)]
    fingerprint: Fingerprint,
}

/// A directory entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Absent,
    File(FileSnapshot),
    /// Anything that is not a regular file, is unreadable, or is larger than any file that this tool replaces.
    Other,
}

impl FileContent {
    /// Reads a regular file.
    pub fn read(dir: &Dir, name: &OsStr) -> io::Result<Self> {
        Self::of(&dir.open_to_read(name)?)
    }

    /// Reads the regular file that a link points to.
    pub fn read_behind(dir: &Dir, name: &OsStr) -> io::Result<Self> {
        // Devices are not even opened, because that can have side effects.
        if !dir.kind_behind(name)?.is_file() {
            return Err(not_a_file());
        }
        Self::of(&dir.open_behind(name)?)
    }

    fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(not_a_file());
        }
        let size = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
        let mut content = Self {
            bytes: Vec::with_capacity(size.min(CHUNK) + 1),
            mode: metadata.mode(),
            uid: metadata.uid(),
            is_too_large: false,
        };
        loop {
            let start = content.bytes.len();
            let read = file.take(CHUNK as u64).read_to_end(&mut content.bytes)?;
            if content.ends_at_nul(start) || read < CHUNK {
                return Ok(content);
            }
            if content.bytes.len() > LARGEST {
                content.is_too_large = true;
                return Ok(content);
            }
        }
    }

    /// Truncates the text after a NUL, where YAML and JSON parsers stop; only UTF-16 contains many of them.
    fn ends_at_nul(&mut self, start: usize) -> bool {
        let is_utf16 = self.bytes.starts_with(&[0xFF, 0xFE]) || self.bytes.starts_with(&[0xFE, 0xFF]);
        let nul = self.bytes[start..].iter().position(|byte| *byte == 0).filter(|_| !is_utf16);
        nul.inspect(|nul| self.bytes.truncate(start + nul + 1)).is_some()
    }

    /// A snapshot of the file, to recognize it later.
    pub fn snapshot(&self) -> FileSnapshot {
        FileSnapshot { mode: self.mode, fingerprint: Fingerprint::of(&self.bytes) }
    }
}

fn not_a_file() -> io::Error {
    io::Error::other("it is not a regular file")
}

impl FileSnapshot {
    /// Its permissions, without its type.
    pub const fn permissions(&self) -> u32 {
        self.mode & 0o7777
    }
}

impl Fingerprint {
    /// The fingerprint of a content.
    pub fn of(bytes: &[u8]) -> Self {
        Self { size: bytes.len() as u64, sha256: format!("{:x}", Sha256::digest(bytes)) }
    }
}

impl Found {
    /// Examines the entry with a name.
    pub fn at(file: FileRef<'_>) -> io::Result<Self> {
        let read = file.dir.open_to_read(file.name).and_then(|file| {
            let metadata = file.metadata()?;
            if !metadata.is_file() || metadata.len() > LARGEST as u64 {
                return Ok(Self::Other);
            }
            let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
            (&file).take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
            Ok(Self::File(FileSnapshot { mode: metadata.mode(), fingerprint: Fingerprint::of(&bytes) }))
        });
        read.or_else(|error| match Errno::from_io_error(&error) {
            Some(Errno::NOENT) => Ok(Self::Absent),
            // A link, a socket, a device without a driver, or an unreadable file.
            Some(
                Errno::LOOP
                | Errno::MLINK
                | Errno::NXIO
                | Errno::NODEV
                | Errno::OPNOTSUPP
                | Errno::ACCESS
                | Errno::PERM,
            ) => Ok(Self::Other),
            _ => Err(error),
        })
    }

    /// Whether it is a file with this content.
    pub fn has(&self, fingerprint: &Fingerprint) -> bool {
        matches!(self, Self::File(seen) if seen.fingerprint == *fingerprint)
    }

    /// Whether it is the file in the snapshot.
    pub fn is(&self, seen: &FileSnapshot) -> bool {
        matches!(self, Self::File(found) if found == seen)
    }
}

/// Describes an entry that is not a regular file, to follow its name in a sentence.
pub fn describe(dir: &Dir, name: &str, kind: FileType) -> String {
    let what = match kind {
        FileType::Symlink => {
            let target = dir.link_target(name).map_or_else(|_| "elsewhere".to_owned(), |to| to.display().to_string());
            return format!("is a symbolic link to {target}, and symbolic links are never followed or replaced");
        }
        FileType::Directory => "a directory",
        FileType::Fifo => "a named pipe",
        FileType::Socket => "a socket",
        _ => "a device",
    };
    format!("is {what}")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn no_more_is_read_than_a_reader_could_use() {
        let root = tempfile::tempdir().unwrap();
        let dir = Dir::open(root.path()).unwrap();
        let read = |bytes: &[u8]| {
            fs::write(root.path().join("a"), bytes).unwrap();
            FileContent::read(&dir, OsStr::new("a")).unwrap()
        };
        assert_eq!(read(b"a: 1\n\0b: 2\n").bytes, b"a: 1\n\0");
        assert_eq!(read(b"\xFF\xFEa\0").bytes, b"\xFF\xFEa\0");
        let long = vec![b'x'; 3 * CHUNK];
        assert!(read(&long).bytes == long && !read(&long).is_too_large);
        let huge = read(&vec![b'x'; LARGEST + 3 * CHUNK]);
        assert!(huge.is_too_large && huge.bytes.len() < LARGEST + 2 * CHUNK);
    }

    #[test]
    fn a_file_is_known_again_by_its_content_and_mode() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let root = tempfile::tempdir().unwrap();
        let (dir, path) = (Dir::open(root.path()).unwrap(), root.path().join("a"));
        fs::write(&path, "one").unwrap();
        let seen = FileContent::read(&dir, OsStr::new("a")).unwrap().snapshot();
        let found = || Found::at(dir.at("a")).unwrap();
        assert!(found().is(&seen) && found().has(&Fingerprint::of(b"one")));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(!found().is(&seen) && found().has(&Fingerprint::of(b"one")));
        fs::set_permissions(&path, fs::Permissions::from_mode(seen.mode)).unwrap();
        fs::write(&path, "two").unwrap();
        assert!(!found().is(&seen));
        fs::remove_file(&path).unwrap();
        assert_eq!(found(), Found::Absent);
        symlink("elsewhere", &path).unwrap();
        assert_eq!(found(), Found::Other);
        assert_eq!(Found::at(dir.at(".")).unwrap(), Found::Other);
    }
}

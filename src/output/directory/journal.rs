//! The list of moves and removals of a run. It appears atomically when every file is complete, so that another run can
//! finish the moves without further information. Each entry contains fingerprints of its files, so that it can be
//! verified.

use std::ffi::OsStr;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use super::contents::{FileSnapshot, Fingerprint};
use super::handle::Dir;
use crate::manifest::input::is_manifest;

/// Raised when the meaning of a field changes.
const VERSION: u32 = 2;

/// The files to move into the directory and to remove from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    version: u32,
    /// The inode of the staging directory, which cannot be known beforehand: a journal from elsewhere, such as a
    /// checkout or a copy, has a different one.
    staging: u64,
    /// The session of the files.
    pub session_id: String,
    /// The changes; each file is staged under its index in this list.
    pub entries: Vec<JournalEntry>,
}

/// The change of one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The name in the directory.
    pub name: String,
    /// Its change.
    #[serde(flatten)]
    pub change: Change,
}

/// The old and the new state of a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "change")]
pub enum Change {
    /// The name was free.
    Create {
        /// The staged file.
        new: Fingerprint,
    },
    /// It was a file of this session.
    Replace {
        /// The staged file.
        new: Fingerprint,
        /// The old file.
        old: FileSnapshot,
    },
    /// It was a stale file of this session.
    Remove {
        /// The old file.
        old: FileSnapshot,
    },
}

impl Journal {
    /// A list of changes staged in a directory with this inode.
    pub const fn new(staging: u64, session_id: String, entries: Vec<JournalEntry>) -> Self {
        Self { version: VERSION, staging, session_id, entries }
    }

    /// Writes the whole list.
    pub fn write(&self, dir: &Dir, name: &str) -> io::Result<()> {
        let mut file = BufWriter::new(dir.create(name, 0o600)?);
        serde_json::to_writer(&mut file, self)?;
        file.flush()
    }

    /// Reads the list of a staging directory with this inode; the error says what is wrong with it.
    pub fn read(dir: &Dir, name: &str, staging: u64) -> Result<Option<Self>, String> {
        let bytes = match read_file(dir, name) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("its journal cannot be read: {error}")),
        };
        let journal: Self =
            serde_json::from_slice(&bytes).map_err(|error| format!("its journal is damaged: {error}"))?;
        if journal.version != VERSION {
            return Err(format!("its journal was written by another version of this tool ({})", journal.version));
        }
        if journal.staging != staging {
            return Err("its journal was written elsewhere".to_owned());
        }
        match journal.entries.iter().find(|entry| !is_plain_manifest(&entry.name)) {
            Some(entry) => Err(format!("its journal contains {:?}, which is not the name of a manifest", entry.name)),
            None => Ok(Some(journal)),
        }
    }
}

/// A journal can be as large as the run requires and is read as a whole; it is opened only after everything around it
/// has been verified.
fn read_file(dir: &Dir, name: &str) -> io::Result<Vec<u8>> {
    let mut file = dir.open_to_read(name)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map(|_| bytes)
}

fn is_plain_manifest(name: &str) -> bool {
    let mut components = Path::new(name).components();
    let (Some(Component::Normal(only)), None) = (components.next(), components.next()) else { return false };
    only == OsStr::new(name) && is_manifest(Path::new(name))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn entry(name: &str) -> JournalEntry {
        JournalEntry { name: name.to_owned(), change: Change::Create { new: Fingerprint::of(b"a") } }
    }

    #[test]
    fn a_list_comes_back_and_a_forged_one_does_not() {
        let root = tempfile::tempdir().unwrap();
        let (dir, path) = (Dir::open(root.path()).unwrap(), root.path().join("journal"));
        let read = || Journal::read(&dir, "journal", 7);
        assert_eq!(read(), Ok(None));
        let journal = Journal::new(7, "s".to_owned(), vec![entry("a.yaml")]);
        journal.write(&dir, "journal").unwrap();
        assert_eq!(read(), Ok(Some(journal.clone())));
        assert!(journal.write(&dir, "journal").is_err(), "nothing is written over");
        assert!(Journal::read(&dir, "journal", 8).unwrap_err().contains("elsewhere"));
        for name in ["../a.yaml", "/a.yaml", "a/b.yaml", "", ".", "..", "a.yaml/", "./a.yaml", "a.sh", ".bashrc"] {
            fs::remove_file(&path).unwrap();
            Journal::new(7, "s".to_owned(), vec![entry("b.yaml"), entry(name)]).write(&dir, "journal").unwrap();
            assert!(read().unwrap_err().contains("not the name of a manifest"), "{name}");
        }
        fs::write(&path, "{").unwrap();
        assert!(read().unwrap_err().contains("damaged"));
        fs::write(&path, r#"{"version":1,"session_id":"s","files":[],"removals":[]}"#).unwrap();
        assert!(read().unwrap_err().contains("damaged"));
        fs::write(&path, r#"{"version":3,"staging":7,"session_id":"s","entries":[]}"#).unwrap();
        assert!(read().unwrap_err().contains("another version"));
    }
}

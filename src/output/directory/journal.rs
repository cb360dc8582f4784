//! The list of what a run is about to move and remove. It appears in one step when every file is
//! complete, so that a run that finds one can finish the moves without knowing anything else.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

/// Raised when the meaning of a field changes.
const VERSION: u32 = 1;

/// What is to be moved into the directory, and what is to be removed from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    version: u32,
    /// Whose files they are.
    pub session_id: String,
    /// The names of the files; each is staged under its place in this list.
    pub files: Vec<String>,
    /// The names of the files that go.
    pub removals: Vec<String>,
}

impl Journal {
    /// Nothing to move or to remove yet.
    pub fn new(session_id: &str) -> Self {
        Self { version: VERSION, session_id: session_id.to_owned(), files: Vec::new(), removals: Vec::new() }
    }

    /// Writes the whole list.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        fs::write(path, serde_json::to_vec(self)?)
    }

    /// Reads a list; the error says what is wrong with it. A name that leads out of the directory is never
    /// taken from anybody.
    pub fn read(path: &Path) -> Result<Option<Self>, String> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("its journal cannot be read: {error}")),
        };
        let journal: Self =
            serde_json::from_slice(&bytes).map_err(|error| format!("its journal is damaged: {error}"))?;
        if journal.version != VERSION {
            return Err(format!("its journal is of another version of this tool ({})", journal.version));
        }
        match journal.files.iter().chain(&journal.removals).find(|name| !is_plain(name)) {
            Some(name) => Err(format!("its journal has {name:?}, which is no file name")),
            None => Ok(Some(journal)),
        }
    }
}

fn is_plain(name: &str) -> bool {
    let mut components = Path::new(name).components();
    matches!((components.next(), components.next()), (Some(Component::Normal(only)), None) if only == OsStr::new(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back_and_a_forged_one_does_not() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("journal");
        assert_eq!(Journal::read(&path), Ok(None));
        let mut journal = Journal::new("s");
        journal.files.push("a.yaml".to_owned());
        journal.write(&path).unwrap();
        assert_eq!(Journal::read(&path), Ok(Some(journal.clone())));
        for name in ["../a", "/a", "a/b", "", ".", "..", "a/", "./a"] {
            journal.removals = vec![name.to_owned()];
            journal.write(&path).unwrap();
            assert!(Journal::read(&path).unwrap_err().contains("no file name"), "{name}");
        }
        fs::write(&path, "{").unwrap();
        assert!(Journal::read(&path).unwrap_err().contains("damaged"));
        fs::write(&path, r#"{"version":2,"session_id":"s","files":[],"removals":[]}"#).unwrap();
        assert!(Journal::read(&path).unwrap_err().contains("another version"));
    }
}

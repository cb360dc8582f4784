//! Opens the output directory, and creates it with its parents if necessary. Created directories are removed again if
//! the run fails.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Component, Path};
use std::sync::Arc;

use super::error::DirectoryError;
use super::handle::Dir;

/// The mode before the umask, as for every new directory.
const NEW: u32 = 0o777;

/// Created directories, the innermost last. Dropping this removes the empty ones.
#[derive(Debug, Default)]
pub struct CreatedDirectories(Vec<CreatedDirectory>);

#[derive(Debug)]
struct CreatedDirectory {
    parent: Arc<Dir>,
    name: OsString,
    dir: Arc<Dir>,
}

/// Opens a directory, and creates the missing parts of its path.
pub fn open(path: &Path) -> Result<(Dir, CreatedDirectories), DirectoryError> {
    match fs::metadata(path) {
        Ok(found) if !found.is_dir() => return Err(DirectoryError::NotADirectory(path.to_owned())),
        Ok(_) => {
            let dir = Dir::open(path);
            return dir
                .map(|dir| (dir, CreatedDirectories::default()))
                .map_err(|source| DirectoryError::Unusable(path.to_owned(), source));
        }
        Err(_) => {}
    }
    let mut made = CreatedDirectories::default();
    let dir = made.make(path).map_err(|source| DirectoryError::Create(path.to_owned(), source))?;
    Ok((dir, made))
}

impl CreatedDirectories {
    fn make(&mut self, path: &Path) -> io::Result<Dir> {
        let is_missing = |path: &&Path| !path.as_os_str().is_empty() && fs::symlink_metadata(path).is_err();
        let missing: Vec<&Path> = path.ancestors().take_while(is_missing).collect();
        let there = path.ancestors().nth(missing.len()).filter(|there| !there.as_os_str().is_empty());
        let mut dir = Arc::new(Dir::open(there.unwrap_or(Path::new(".")))?);
        for step in missing.iter().rev().filter_map(|path| path.components().next_back()) {
            dir = match step {
                Component::Normal(name) => self.step_into(dir, name.to_owned())?,
                other => Arc::new(dir.sub(other)?),
            };
        }
        dir.known_as(path)
    }

    fn step_into(&mut self, parent: Arc<Dir>, name: OsString) -> io::Result<Arc<Dir>> {
        let dir = match parent.make_and_open(&name, NEW) {
            // Another run may have created it in the meantime.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return parent.sub(&name).map(Arc::new).map_err(|_| error);
            }
            other => Arc::new(other?),
        };
        self.0.push(CreatedDirectory { parent, name, dir: Arc::clone(&dir) });
        Ok(dir)
    }
}

impl Drop for CreatedDirectories {
    fn drop(&mut self) {
        // A directory with content is not removed.
        for made in self.0.iter().rev() {
            if made.parent.remove_dir(&made.name, &made.dir).is_err() {
                break;
            }
        }
    }
}

//! Creates new files in a directory: either all of them or none.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;

use super::error::{DirectoryError, NameConflict};
use super::handle::Dir;
use super::locked::Directory;

/// The mode before the umask, as for every new file.
const NEW: u32 = 0o666;

/// Creates files with these names and contents. Existing files are kept, and links are not followed: their names are
/// taken.
///
/// # Errors
/// A name is taken, or a file cannot be created; the files created so far are removed.
pub fn create_all<'f>(directory: &Directory, files: &[(&'f str, &'f str)]) -> Result<(), DirectoryError> {
    let dir = directory.dir();
    let taken = files.iter().filter(|(name, _)| dir.has(name));
    let conflicts: Vec<NameConflict> = taken
        .map(|(name, _)| NameConflict {
            name: (*name).to_owned(),
            what: "already exists".to_owned(),
            is_of_session: false,
        })
        .collect();
    if !conflicts.is_empty() {
        return Err(DirectoryError::NameConflicts { path: dir.path().to_owned(), conflicts });
    }
    let mut made = Vec::new();
    let created = files.iter().try_for_each(|(name, content)| create(dir, name, content, &mut made));
    created.inspect_err(|_| {
        for (name, file) in &made {
            remove(dir, name, file);
        }
    })
}

fn create<'f>(dir: &Dir, name: &'f str, content: &str, made: &mut Vec<(&'f str, File)>) -> Result<(), DirectoryError> {
    let cannot = |source: io::Error| DirectoryError::Write(dir.at(name).path(), source);
    let mut file = dir.create(name, NEW).map_err(cannot)?;
    let written = file.write_all(content.as_bytes());
    made.push((name, file));
    written.map_err(cannot)
}

/// Removes a created file, unless it has been replaced.
fn remove(dir: &Dir, name: &str, file: &File) {
    let place = |file: &File| file.metadata().map(|found| (found.dev(), found.ino())).ok();
    if dir.open_to_read(name).is_ok_and(|found| place(&found).is_some() && place(&found) == place(file)) {
        // Only the first error matters.
        let _ = dir.unlink(name);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_was_made_goes_again_if_one_cannot_be_made() {
        let root = tempfile::tempdir().unwrap();
        let (directory, _) = Directory::open(root.path(), || {}).unwrap();
        fs::write(root.path().join("mine"), "mine").unwrap();
        let error = create_all(&directory, &[("one", "1"), ("no/such/place", "2"), ("three", "3")]).unwrap_err();
        assert!(error.to_string().contains("no/such/place"), "{error}");
        let names: Vec<_> = fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["mine"]);
        create_all(&directory, &[("one", "1"), ("two", "2")]).unwrap();
        assert_eq!(fs::read_to_string(root.path().join("two")).unwrap(), "2");
        assert!(create_all(&directory, &[("three", "3"), ("mine", "4")]).is_err());
        assert!(!root.path().join("three").exists());
    }
}

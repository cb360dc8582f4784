//! Files that a directory is to have and must not have yet: all of them appear, or none does.

use super::error::{DirectoryError, NameConflict};
use super::locked::Directory;
use super::staging::Staging;

/// Makes files of these names and contents. What is there already stays, and a link is not followed: its name is taken.
/// `session_id` is what the journal names.
///
/// # Errors
/// Names that are taken, and files that cannot be made.
pub fn create_all(directory: &Directory, session_id: &str, files: &[(&str, &str)]) -> Result<(), DirectoryError> {
    let dir = directory.dir();
    let taken = files.iter().filter(|(name, _)| dir.has(name));
    let conflicts: Vec<NameConflict> = taken
        .map(|(name, _)| NameConflict {
            name: (*name).to_owned(),
            what: "is there already".to_owned(),
            is_of_session: false,
        })
        .collect();
    if !conflicts.is_empty() {
        return Err(DirectoryError::NameConflicts { path: dir.path().to_owned(), conflicts });
    }
    let mut staging = Staging::begin(dir, session_id)?;
    files.iter().try_for_each(|(name, content)| staging.create(name, content.as_bytes()))?;
    // What is left of the staging directory is cleared by the next run.
    staging.commit().map(|_| ())
}

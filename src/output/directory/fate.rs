//! What a run into a directory is to do, what becomes of each file, and when a file counts as the same.

use crate::job::CreatedAt;
use crate::manifest::Format;

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileChange {
    /// There was none of this name.
    Created,
    /// It meant something else.
    Changed,
    /// It means the same, and the width of the index in its name has changed.
    Renamed,
    /// It means the same apart from `created_at`, and is kept as it is.
    Unchanged,
}

impl FileChange {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Renamed => "renamed",
            Self::Unchanged => "unchanged",
        }
    }
}

/// What is done with files of the session that the run does not make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leftovers {
    /// Nothing is written.
    Refuse,
    /// They are removed.
    Prune,
    /// They stay.
    Keep,
}

/// What a run into a directory is to do.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The notation of the manifests.
    pub format: Format,
    /// What is done with files of the session that the run does not make.
    pub leftovers: Leftovers,
    /// Whether the directory gets a `kustomization.yaml` that lists the files.
    pub kustomize: bool,
}

/// Whether two manifests of this tool differ in their `created_at` only, which stands first in each of them.
pub fn same_but_for_time(old: &[u8], new: &[u8], created_at: &str) -> bool {
    let width = created_at.len();
    if old.len() != new.len() || width == 0 {
        return false;
    }
    let Some(start) = new.windows(width).position(|window| window == created_at.as_bytes()) else { return false };
    let end = start + width;
    let is_time = || str::from_utf8(&old[start..end]).is_ok_and(|text| CreatedAt::parse(text).is_ok());
    old[..start] == new[..start] && old[end..] == new[end..] && is_time()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_time_may_differ() {
        let now = "2025-11-16T18:21:45.000000Z";
        let new = format!("created_at: \"{now}\"\nx: 1\n");
        let same = |old: &str| same_but_for_time(old.as_bytes(), new.as_bytes(), now);
        assert!(same(&new) && same(&new.replace("45.0", "59.9")));
        assert!(!same(&new.replace("x: 1", "x: 2")) && !same(&new.replace("2025-11-16T", "not a time ")));
        assert!(!same(&format!("{new}\n")) && !same(""));
    }
}

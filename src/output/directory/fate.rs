//! The options of a run into a directory, the change of each file, and when a file counts as unchanged.

use crate::job::CreatedAt;
use crate::manifest::Format;

/// The change of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileChange {
    /// It did not exist.
    Created,
    /// It had different content.
    Changed,
    /// It is equivalent, but the width of the index in its name has changed.
    Renamed,
    /// It is the same apart from `created_at`, and is kept.
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

/// What to do with stale files of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leftovers {
    /// Fail without writing anything.
    Refuse,
    /// Remove them.
    Prune,
    /// Keep them.
    Keep,
}

/// The options of a run into a directory.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The format of the manifests.
    pub format: Format,
    /// What to do with stale files of the session.
    pub leftovers: Leftovers,
    /// Whether the directory gets a `kustomization.yaml` that lists the files.
    pub kustomize: bool,
}

/// Whether two manifests of this tool differ only in their first `created_at`.
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

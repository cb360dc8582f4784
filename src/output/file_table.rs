//! The table of file changes after a run into a directory, and a summary line.

use std::path::Path;

use super::directory::FileChange;
use super::line::Line;
use super::session_view::JobRow;
use super::style::Role;
use super::table::{self, Table};
use crate::config::Session;
use crate::job::kustomization;
use crate::manifest::Format;
use crate::plan::Part;
use crate::printable;

/// The file changes of a run.
#[derive(Debug, Clone, Copy)]
pub struct FileResults<'f> {
    /// The directory.
    pub directory: &'f Path,
    /// The workers of the run.
    pub part: &'f Part,
    /// The changes of the ConfigMaps' files, which come first.
    pub config_maps: &'f [(String, FileChange)],
    /// The change of each worker's file.
    pub changes: &'f [FileChange],
    /// The change of the kustomization, if there is one.
    pub kustomization: Option<FileChange>,
    /// The stale files of the session.
    pub leftovers: &'f [String],
    /// Whether the stale files have been removed.
    pub pruned: bool,
}

impl FileResults<'_> {
    const fn fate_of_leftovers(&self) -> &'static str {
        if self.pruned { "pruned" } else { "stale" }
    }

    fn count(&self) -> usize {
        self.changes().count() + self.leftovers.len()
    }

    /// The change of each file, in the order of the table.
    fn changes(&self) -> impl Iterator<Item = FileChange> + '_ {
        let config_maps = self.config_maps.iter().map(|(_, change)| *change);
        config_maps.chain(self.changes.iter().copied()).chain(self.kustomization)
    }

    /// The row at an index of the whole table.
    fn row(&self, nth: usize) -> FileRow<'_> {
        if let Some((name, change)) = self.config_maps.get(nth) {
            return FileRow::Other(name, *change);
        }
        let nth = nth - self.config_maps.len();
        if let Some(change) = self.changes.get(nth) {
            return FileRow::Job(nth, *change);
        }
        match (nth - self.changes.len(), self.kustomization) {
            (0, Some(change)) => FileRow::Other(kustomization::FILE, change),
            (nth, kustomization) => FileRow::Leftover(&self.leftovers[nth - usize::from(kustomization.is_some())]),
        }
    }

    /// The indexes of the rows to show: for a long table, only those of files that have changed or are stale.
    fn shown(&self) -> Vec<usize> {
        let is_long = self.count() > table::WHOLE;
        let stays = |nth: &usize| {
            matches!(self.row(*nth), FileRow::Other(_, FileChange::Unchanged) | FileRow::Job(_, FileChange::Unchanged))
        };
        (0..self.count()).filter(|nth| !(is_long && stays(nth))).collect()
    }
}

/// A row of the table.
enum FileRow<'f> {
    /// The file of the worker at this index.
    Job(usize, FileChange),
    /// Another file of the run.
    Other(&'f str, FileChange),
    /// A stale file.
    Leftover(&'f str),
}

/// The table of workers with the change of each file, followed by the stale files.
pub fn file_table<'f>(session: &Session, format: Format, files: &FileResults<'f>) -> Table<'f, 4> {
    // A file's name contains the Job's name and index; separate columns would make the table too wide.
    let headers = ["STATUS", "WORKER", "ITERATIONS", "FILE"];
    let shown = files.shown();
    let row = |nth: usize| match files.row(shown[nth]) {
        FileRow::Job(nth, change) => job_row(session, files.part, format, nth, change),
        FileRow::Other(name, change) => [status(change), "-".into(), "-".into(), name.to_owned().into()],
        FileRow::Leftover(name) => {
            [Line::new(Role::Bad, files.fate_of_leftovers()), "-".into(), "-".into(), name.to_owned().into()]
        }
    };
    Table::abridged(headers, shown.len(), row, |more| format!("… {more} more files"))
}

/// The note about unchanged files that a long table leaves out.
pub fn unchanged_line(files: &FileResults<'_>) -> Option<Line<'static>> {
    let unchanged = files.count() - files.shown().len();
    (unchanged > 0).then(|| Line::new(Role::Dim, format!("… {unchanged} files unchanged")))
}

fn job_row(session: &Session, part: &Part, format: Format, nth: usize, change: FileChange) -> [Line<'static>; 4] {
    let status = status(change);
    match part.shares(session.total_iterations, session.workers).nth(nth) {
        None => [status, "-".into(), "-".into(), "-".into()],
        Some(share) => {
            let row = JobRow::new(session, &share, format);
            [status, row.worker_id.into(), row.iterations.to_string().into(), row.file.into()]
        }
    }
}

fn status(change: FileChange) -> Line<'static> {
    let role = match change {
        FileChange::Created => Role::Good,
        FileChange::Changed | FileChange::Renamed => Role::Warn,
        FileChange::Unchanged => Role::Dim,
    };
    Line::new(role, change.as_str())
}

/// The summary of the changes: `jobs: 1 created, 1 unchanged`.
pub fn summary_line(files: &FileResults<'_>) -> String {
    let count = |wanted| files.changes().filter(|change| *change == wanted).count();
    let changes = [FileChange::Created, FileChange::Changed, FileChange::Renamed, FileChange::Unchanged];
    let changes = changes.map(|change| (count(change), change.as_str()));
    let parts: Vec<String> = changes
        .into_iter()
        .chain([(files.leftovers.len(), files.fate_of_leftovers())])
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    format!("{}: {}", files.directory.display(), parts.join(", "))
}

/// How to apply a directory with a `kustomization.yaml`: kubectl apply -f would also send that to the server, which
/// does not have that kind.
#[must_use]
pub fn apply_line(files: &FileResults<'_>) -> Option<String> {
    files.kustomization.map(|_| format!("Apply it with: kubectl apply -k {}", printable::argument(files.directory)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::session::tests::{K8S, session};
    use crate::output::Style;
    use crate::output::line::LineStart;

    #[test]
    fn a_long_table_shows_what_has_changed() {
        let text = K8S.replace("workers: 2", "workers: 100").replace("iterations: 6", "iterations: 100");
        let session = session(&text, None).unwrap();
        let mut changes = vec![FileChange::Unchanged; 100];
        changes[70] = FileChange::Changed;
        let leftovers = ["x.yaml".to_owned()];
        let mut files = FileResults {
            directory: Path::new("jobs"),
            part: &Part::whole(100),
            config_maps: &[],
            changes: &changes,
            kustomization: None,
            leftovers: &leftovers,
            pruned: true,
        };
        let table = |files: &FileResults<'_>| {
            let mut text = file_table(&session, Format::Yaml, files).render(Style::plain());
            text.extend(unchanged_line(files).map(|line| line.show(LineStart::OfLine, 80, Style::plain()) + "\n"));
            text
        };
        let lines: Vec<_> = table(&files).lines().map(ToOwned::to_owned).collect();
        assert!(lines[1].starts_with("changed   worker-71 "), "{lines:?}");
        assert!(lines[2].starts_with("pruned ") && lines[2].ends_with("x.yaml"), "{lines:?}");
        assert_eq!(lines[3..], ["… 99 files unchanged"]);
        assert_eq!(summary_line(&files), "jobs: 1 changed, 99 unchanged, 1 pruned");
        files.kustomization = Some(FileChange::Created);
        assert!(table(&files).lines().nth(2).unwrap().ends_with("kustomization.yaml"), "{}", table(&files));
        assert_eq!(summary_line(&files), "jobs: 1 created, 1 changed, 99 unchanged, 1 pruned");
        (files.leftovers, files.kustomization) = (&[], None);
        let created = vec![FileChange::Created; 100];
        files.changes = &created;
        assert!(table(&files).contains("… 75 more files\n"), "{}", table(&files));
        let unchanged = vec![FileChange::Unchanged; 100];
        files.changes = &unchanged;
        assert_eq!(table(&files), "… 100 files unchanged\n");
    }
}

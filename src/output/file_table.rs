//! What became of the files of a run into a directory, for a person to look at.
//! A session, its files' fates and what was left over come in; a table and a line that counts them go out.

use std::path::Path;

use super::directory::FileChange;
use super::line::Line;
use super::session_view::JobRow;
use super::style::Role;
use super::table::{self, Table};
use crate::config::Session;
use crate::manifest::Format;
use crate::plan::Part;

/// What became of the files of a run.
#[derive(Debug, Clone, Copy)]
pub struct FileResults<'f> {
    /// The directory.
    pub directory: &'f Path,
    /// The workers of the run.
    pub part: &'f Part,
    /// What became of the files of ConfigMaps, which come first.
    pub config_maps: &'f [(String, FileChange)],
    /// What became of each worker's file.
    pub changes: &'f [FileChange],
    /// Files of the session that the run does not make.
    pub leftovers: &'f [String],
    /// Whether those have been removed.
    pub pruned: bool,
}

impl FileResults<'_> {
    const fn fate_of_leftovers(&self) -> &'static str {
        if self.pruned { "pruned" } else { "stale" }
    }

    const fn count(&self) -> usize {
        self.config_maps.len() + self.changes.len() + self.leftovers.len()
    }

    /// What became of a file of the run; none for a leftover.
    fn change(&self, nth: usize) -> Option<FileChange> {
        let config_map = self.config_maps.get(nth).map(|(_, change)| *change);
        config_map.or_else(|| self.changes.get(nth.checked_sub(self.config_maps.len())?).copied())
    }

    /// The places of the files that a table shows: of a long one those that have not stayed as they were, counted
    /// through the workers and on through the leftovers.
    fn shown(&self) -> Vec<usize> {
        let is_long = self.count() > table::WHOLE;
        let stays = |nth: &usize| self.change(*nth) == Some(FileChange::Unchanged);
        (0..self.count()).filter(|nth| !(is_long && stays(nth))).collect()
    }
}

/// The table of workers with what became of each file, and after them what was left over.
pub fn file_table<'f>(session: &Session, format: Format, files: &FileResults<'f>) -> Table<'f, 4> {
    // A file's name holds its Job's, and the index; with columns of their own the table would be too wide.
    let headers = ["STATUS", "WORKER", "ITERATIONS", "FILE"];
    let shown = files.shown();
    let row = |nth: usize| {
        let Some(nth) = shown[nth].checked_sub(files.config_maps.len()) else {
            let (name, change) = &files.config_maps[shown[nth]];
            return [status(*change), "-".into(), "-".into(), name.as_str().into()];
        };
        match nth.checked_sub(files.changes.len()) {
            None => job_row(session, format, nth, files),
            Some(leftover) => {
                let fate = Line::new(Role::Bad, files.fate_of_leftovers());
                [fate, "-".into(), "-".into(), files.leftovers[leftover].as_str().into()]
            }
        }
    };
    Table::abridged(headers, shown.len(), row, |more| format!("… {more} more files"))
}

/// What is said of the files that a long table leaves out because they have stayed as they were.
pub fn unchanged_line(files: &FileResults<'_>) -> Option<Line<'static>> {
    let unchanged = files.count() - files.shown().len();
    (unchanged > 0).then(|| Line::new(Role::Dim, format!("… {unchanged} files unchanged")))
}

fn job_row(session: &Session, format: Format, nth: usize, files: &FileResults<'_>) -> [Line<'static>; 4] {
    let status = status(files.changes[nth]);
    match files.part.shares(session.total_iterations, session.workers).nth(nth) {
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
        FileChange::Changed => Role::Warn,
        FileChange::Unchanged => Role::Dim,
    };
    Line::new(role, change.as_str())
}

/// What became of the files, counted: `jobs: 1 created, 1 unchanged`.
pub fn summary_line(files: &FileResults<'_>) -> String {
    let changes = || files.config_maps.iter().map(|(_, change)| change).chain(files.changes);
    let count = |wanted| changes().filter(|change| **change == wanted).count();
    let changes = [FileChange::Created, FileChange::Changed, FileChange::Unchanged].map(|c| (count(c), c.as_str()));
    let parts: Vec<String> = changes
        .into_iter()
        .chain([(files.leftovers.len(), files.fate_of_leftovers())])
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    format!("{}: {}", files.directory.display(), parts.join(", "))
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
        files.leftovers = &[];
        let created = vec![FileChange::Created; 100];
        files.changes = &created;
        assert!(table(&files).contains("… 75 more files\n"), "{}", table(&files));
        let unchanged = vec![FileChange::Unchanged; 100];
        files.changes = &unchanged;
        assert_eq!(table(&files), "… 100 files unchanged\n");
    }
}

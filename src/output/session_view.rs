//! A session as tables or as a serializable view: its workers and the origin of each setting.

use serde::Serialize;

use super::line::Line;
use super::style::Role;
use super::table::Table;
use super::totals::Totals;
use crate::config::{Session, Setting};
use crate::diagnostic::Diagnostic;
use crate::manifest::Format;
use crate::manifest::text::Excerpt;
use crate::names::{file_name, job_name};
use crate::plan::{Part, WorkerShare};
use crate::quota::Answer;

/// The values of settings with longer names follow the name instead of being in the values' column.
const LONG_NAME: usize = 34;

/// One worker in the outputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobRow {
    /// The worker's index, from 0.
    pub index: u32,
    /// The Job's name.
    pub name: String,
    /// The worker.
    pub worker_id: String,
    /// The number of its iterations.
    pub iterations: u64,
    /// The file that `generate --output-dir` writes.
    pub file: String,
}

/// A session as shown by `plan -o json` and `-o yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanView {
    /// Each setting with its origin.
    pub settings: Vec<Setting>,
    /// The workers.
    pub jobs: Vec<JobRow>,
    /// The totals.
    pub totals: Totals,
    /// Warnings.
    pub warnings: Vec<String>,
    /// The effect of the namespace's policies, if they were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<Answer>,
}

impl JobRow {
    /// The row for a worker.
    pub fn new(session: &Session, share: &WorkerShare, format: Format) -> Self {
        let name = job_name(&session.session_short, share);
        let file = file_name(&name, share.index, session.workers, format);
        Self { index: share.index, name, worker_id: share.worker_id.clone(), iterations: share.iterations, file }
    }

    fn into_cells(self) -> [Line<'static>; 4] {
        [self.index.to_string().into(), self.name.into(), self.worker_id.into(), self.iterations.to_string().into()]
    }

    fn into_wide_cells(self) -> [Line<'static>; 5] {
        let file = self.file.clone().into();
        let [index, name, worker_id, iterations] = self.into_cells();
        [index, name, worker_id, iterations, file]
    }
}

/// The workers of a part of a session, one row each.
#[must_use]
pub fn rows(session: &Session, part: &Part, format: Format) -> impl ExactSizeIterator<Item = JobRow> {
    let shares = part.shares(session.total_iterations, session.workers);
    shares.map(move |share| JobRow::new(session, &share, format))
}

/// A finding as one line: position, message and help.
fn located(finding: &Diagnostic) -> String {
    let Excerpt { file, position, .. } = &finding.excerpt;
    format!("{file}:{}:{}: {}", position.line, position.column, finding.with_help())
}

/// The serializable view of a session, with the warnings about its tuning file.
pub fn view(session: &Session, totals: Totals, of_tuning_file: Vec<String>) -> PlanView {
    PlanView {
        settings: session.settings.clone(),
        jobs: rows(session, &Part::whole(session.workers), Format::Yaml).collect(),
        totals,
        warnings: session.warnings.iter().map(located).chain(of_tuning_file).collect(),
        quota: None,
    }
}

/// The table of the workers of a part of a session. A long one shows its head and its tail, and how many rows it leaves
/// out.
pub fn job_table(session: &Session, part: &Part) -> Table<'static, 4> {
    let shares = || part.shares(session.total_iterations, session.workers);
    let cells = |share: WorkerShare| JobRow::new(session, &share, Format::Yaml).into_cells();
    let row = |nth| shares().nth(nth).map(cells).unwrap_or_default();
    let note = |more| format!("… {more} more jobs; plan -o wide shows all");
    Table::abridged(["INDEX", "JOB", "WORKER", "ITERATIONS"], shares().len(), row, note)
}

/// The table of all workers, with the file that `generate --output-dir` writes for each.
#[must_use]
pub fn wide_job_table(session: &Session) -> Table<'static, 5> {
    let headers = ["INDEX", "JOB", "WORKER", "ITERATIONS", "FILE"];
    Table::new(
        headers,
        rows(session, &Part::whole(session.workers), Format::Yaml).map(JobRow::into_wide_cells).collect(),
    )
}

/// The settings, grouped by the file or flag that they came from. Long names do not widen the column of the others.
#[must_use]
pub fn setting_table(session: &Session) -> Table<'_, 2> {
    let mut origins: Vec<&str> = Vec::new();
    for setting in &session.settings {
        if !origins.contains(&setting.origin.as_str()) {
            origins.push(setting.origin.as_str());
        }
    }
    let (mut rows, mut notes) = (Vec::new(), Vec::new());
    for origin in origins {
        notes.push((rows.len(), Line::new(Role::Header, origin).text(":")));
        for setting in session.settings.iter().filter(|setting| setting.origin.as_str() == origin) {
            let name = Line::from("  ").text(&setting.name);
            if setting.name.len() > LONG_NAME {
                notes.push((rows.len(), name.text("   ").text(&setting.value)));
            } else {
                rows.push([name, Line::from(&setting.value)]);
            }
        }
    }
    Table::new(["SETTING", "VALUE"], rows).with_notes(notes)
}

/// The settings, each with the file or flag that it came from.
pub fn wide_setting_table(session: &Session) -> Table<'_, 3> {
    let rows = session.settings.iter();
    let rows = rows.map(|Setting { name, value, origin }| [name.into(), value.into(), origin.as_str().into()]);
    Table::new(["SETTING", "VALUE", "FROM"], rows.collect())
}

/// The summary line of a run: `2 jobs, 6 iterations: session d29-k8s-demo-session, …`; for a part of a session `2 of 12
/// jobs, 6 of 36 iterations: …`.
#[must_use]
pub fn summary_line(session: &Session, part: &Part) -> String {
    let of = |count: u64, all: u64, noun| {
        if part.len() == session.workers { plural(all, noun) } else { format!("{count} of {}", plural(all, noun)) }
    };
    format!(
        "{}, {}: session {}, namespace {}, mode {}",
        of(part.len().into(), session.workers.into(), "job"),
        of(part.iterations(session.total_iterations, session.workers), session.total_iterations, "iteration"),
        session.session_id,
        session.namespace,
        session.mode
    )
}

/// A number and its noun: `1 job`, `2 jobs`.
pub fn plural(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// Why files of a session were renamed.
#[must_use]
pub fn renamed_note(session: &Session, count: usize) -> String {
    let (workers, files) = (plural(u64::from(session.workers), "worker"), plural(count as u64, "file"));
    let has = if count == 1 { "has" } else { "have" };
    format!("{workers}: the index in file names is as wide as the largest one, so {files} {has} a new name.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Origin;
    use crate::config::session::tests::{K8S, session};
    use crate::output::Style;

    #[test]
    fn rows_fit_a_terminal() {
        let mut session = session(K8S, None).unwrap();
        (session.workers, session.total_iterations) = (10_000, 1_000_000);
        let part = Part::whole(session.workers);
        let text = [job_table(&session, &part).render(Style::plain()), setting_table(&session).render(Style::plain())]
            .concat();
        let wide = text.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None);
    }

    #[test]
    fn settings_stand_under_their_origin() {
        let mut session = session(K8S, None).unwrap();
        session.settings.truncate(3);
        session.settings[1].origin = Origin::Flag("--namespace");
        let text = setting_table(&session).render(Style::plain());
        let lines: Vec<&str> = text.lines().filter(|line| line.ends_with(':') || line.starts_with("  ")).collect();
        assert!(lines[0].ends_with(".yaml:") && lines[1].starts_with("  session_id "), "{text}");
        assert_eq!((lines[3], lines.len()), ("--namespace:", 5), "{text}");
    }

    #[test]
    fn a_long_name_does_not_widen_the_column() {
        let mut session = session(K8S, None).unwrap();
        session.settings.truncate(2);
        let long = "job_template.spec.template.spec.terminationGracePeriodSeconds";
        session.settings.insert(1, Setting { name: long.to_owned(), ..session.settings[0].clone() });
        let text = setting_table(&session).render(Style::plain());
        assert!(text.contains(&format!("\n  {long}   {}\n", session.settings[0].value)), "{text}");
        assert!(text.starts_with("SETTING           VALUE\n"), "{text}");
        session.settings.swap(1, 2);
        assert!(setting_table(&session).render(Style::plain()).contains(long));
    }

    #[test]
    fn a_long_table_shows_its_ends() {
        let text = K8S.replace("workers: 2", "workers: 1000").replace("iterations: 6", "iterations: 1000");
        let session = session(&text, None).unwrap();
        let all = wide_job_table(&session).render(Style::plain());
        let table = job_table(&session, &Part::whole(session.workers)).render(Style::plain());
        assert_eq!(table.lines().count(), 1 + 20 + 1 + 5);
        assert!(table.contains("… 975 more jobs"));
        assert!(table.lines().last().unwrap().starts_with("999 "));
        assert_eq!(all.lines().count(), 1001);
    }
}

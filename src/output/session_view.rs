//! A session for a person to look at, and for a program to read: its workers, its totals and where
//! each setting came from. A session comes in; a table, or something serde can write, goes out.

use serde::Serialize;

use super::line::Line;
use super::table::Table;
use crate::apimachinery::Quantity;
use crate::config::{Session, Setting};
use crate::diagnostic::Diagnostic;
use crate::job::names::{file_name, job_name};
use crate::manifest::Format;
use crate::plan::{WorkerShare, plan_jobs};

/// The columns of [`JobRow::cells`].
const JOB_HEADERS: [&str; 5] = ["INDEX", "JOB", "WORKER", "ITERATIONS", "FILE"];

/// One worker, as the outputs show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobRow {
    /// The worker's index, from 0.
    pub index: u32,
    /// The Job's name.
    pub name: String,
    /// The worker.
    pub worker_id: String,
    /// How many iterations it runs.
    pub iterations: u64,
    /// The file that `generate --output-dir` writes.
    pub file: String,
}

/// What the Jobs of a session come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// How many Jobs.
    pub jobs: u32,
    /// How many iterations.
    pub iterations: u64,
    /// All requests, summed up by resource.
    pub requests: Vec<ResourceTotal>,
    /// All limits, summed up by resource.
    pub limits: Vec<ResourceTotal>,
}

/// A resource and its amount over all Jobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResourceTotal {
    /// The resource.
    pub resource: String,
    /// The amount, as a quantity.
    pub amount: String,
}

/// A session as `plan -o json` and `-o yaml` show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanView {
    /// Each setting with its origin.
    pub settings: Vec<Setting>,
    /// The workers.
    pub jobs: Vec<JobRow>,
    /// What they come to.
    pub totals: Totals,
    /// What the user should know.
    pub warnings: Vec<String>,
}

impl JobRow {
    /// The row of a worker.
    pub fn new(session: &Session, share: &WorkerShare, format: Format) -> Self {
        let name = job_name(&session.session_short, &share.worker_id, share.index);
        let file = file_name(&name, share.index, session.workers, format);
        Self { index: share.index, name, worker_id: share.worker_id.clone(), iterations: share.iterations, file }
    }

    fn into_cells(self) -> [Line<'static>; 5] {
        [
            self.index.to_string().into(),
            self.name.into(),
            self.worker_id.into(),
            self.iterations.to_string().into(),
            self.file.into(),
        ]
    }
}

/// The workers of a session, one row each.
pub fn rows(session: &Session, format: Format) -> impl ExactSizeIterator<Item = JobRow> {
    plan_jobs(session.total_iterations, session.workers).map(move |share| JobRow::new(session, &share, format))
}

/// What a session's Jobs come to.
pub fn totals(session: &Session) -> Totals {
    let sum = |amounts: &[(String, String)]| {
        let total = |text: &str| Quantity::parse(text).map(|each| each.times(u64::from(session.workers)));
        amounts
            .iter()
            .filter_map(|(resource, text)| {
                Some(ResourceTotal { resource: resource.clone(), amount: total(text)?.to_string() })
            })
            .collect()
    };
    Totals {
        jobs: session.workers,
        iterations: session.total_iterations,
        requests: sum(&session.requests),
        limits: sum(&session.limits),
    }
}

/// The whole session for a program to read.
pub fn view(session: &Session) -> PlanView {
    PlanView {
        settings: session.settings.clone(),
        jobs: rows(session, Format::Yaml).collect(),
        totals: totals(session),
        warnings: session.warnings.iter().map(Diagnostic::with_help).collect(),
    }
}

/// The table of workers. A long one shows its head and its tail and says what it left out,
/// unless all rows are asked for.
pub fn job_table(session: &Session, format: Format, all_rows: bool) -> Table<'static, 5> {
    let shares = || plan_jobs(session.total_iterations, session.workers);
    let cells = |share: WorkerShare| JobRow::new(session, &share, format).into_cells();
    if all_rows {
        return Table::new(JOB_HEADERS, shares().map(cells).collect());
    }
    let row = |nth| shares().nth(nth).map(cells).unwrap_or_default();
    let note = |more| format!("… {more} more jobs; plan -o wide shows all");
    Table::abridged(JOB_HEADERS, shares().len(), row, note)
}

/// The settings, each with the file or flag that it came from.
pub fn setting_table(session: &Session) -> Table<'_, 3> {
    let rows = session.settings.iter();
    let rows = rows.map(|Setting { name, value, origin }| [name.into(), value.into(), origin.to_string().into()]);
    Table::new(["SETTING", "VALUE", "FROM"], rows.collect())
}

/// The totals as two columns.
pub fn total_table(session: &Session) -> Table<'static, 2> {
    let totals = totals(session);
    let amounts = |amounts: Vec<ResourceTotal>, what: &str| -> Vec<[Line<'static>; 2]> {
        amounts
            .into_iter()
            .map(|ResourceTotal { resource, amount }| [format!("{resource} {what}").into(), amount.into()])
            .collect()
    };
    let mut rows = vec![
        ["jobs".into(), totals.jobs.to_string().into()],
        ["iterations".into(), totals.iterations.to_string().into()],
    ];
    rows.extend(amounts(totals.requests, "requests"));
    rows.extend(amounts(totals.limits, "limits"));
    Table::new(["TOTAL", "AMOUNT"], rows)
}

/// The one line that sums a run up: `2 jobs, 6 iterations: session d29-k8s-demo-session, …`.
pub fn summary_line(session: &Session) -> String {
    format!(
        "{}, {}: session {}, namespace {}, mode {}",
        plural(u64::from(session.workers), "job"),
        plural(session.total_iterations, "iteration"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::session::tests::{K8S, session};
    use crate::output::Style;

    #[test]
    fn totals_are_sums_over_the_workers() {
        let text = K8S.replace("workers: 2", "workers: 3");
        let totals = totals(&session(&text, None).unwrap());
        let amounts: Vec<_> =
            totals.requests.iter().chain(&totals.limits).map(|amount| amount.amount.as_str()).collect();
        assert_eq!(amounts, ["1500m", "1536Mi", "3", "3Gi"]);
    }

    #[test]
    fn a_long_table_shows_its_ends() {
        let text = K8S.replace("workers: 2", "workers: 1000").replace("iterations: 6", "iterations: 1000");
        let session = session(&text, None).unwrap();
        let table = |all_rows| job_table(&session, Format::Yaml, all_rows).render(Style::plain());
        let all = table(true);
        let table = table(false);
        assert_eq!(table.lines().count(), 1 + 20 + 1 + 5);
        assert!(table.contains("… 975 more jobs"));
        assert!(table.lines().last().unwrap().starts_with("999 "));
        assert_eq!(all.lines().count(), 1001);
    }
}

//! The completeness of a session's results: a table, JSON or YAML.

use std::io::{self, Write};

use crate::manifest::write::{self, WriteError};
use crate::manifest::write_json;
use crate::output::session_view::plural;
use crate::output::{Line, Role, Screen, Table};
use crate::results::{Account, Ranges, WorkerAccount};

const HEADERS: [&str; 6] = ["WORKER", "ROWS", "ITERATIONS", "MISSING", "REPEATED", "FILE"];
/// The number of problems that are shown, unless all rows are requested.
const SHOWN: usize = 25;

/// Writes a table for each session, the problems with files and rows, and the counts.
///
/// # Errors
/// The stream cannot be written.
pub fn table(account: &Account, all_rows: bool, screen: &mut Screen<impl Write>) -> io::Result<()> {
    for workers in account.workers.chunk_by(|a, b| a.session_id == b.session_id) {
        screen.line(Line::new(Role::Header, "session").text(" ").text(&workers[0].session_id))?;
        let note = |more| format!("… {more} more workers; -o wide shows all");
        screen.table(&if all_rows {
            Table::new(HEADERS, workers.iter().map(row).collect())
        } else {
            Table::abridged(HEADERS, workers.len(), |nth| row(&workers[nth]), note)
        })?;
        screen.blank()?;
    }
    let shown = if all_rows { account.trouble.len() } else { account.trouble.len().min(SHOWN) };
    for trouble in &account.trouble[..shown] {
        screen.line(trouble)?;
    }
    if account.trouble.len() > shown {
        let note = format!("… {} more lines like these; -o wide shows all", account.trouble.len() - shown);
        screen.line(Line::new(Role::Dim, note))?;
    }
    if shown > 0 {
        screen.blank()?;
    }
    summary(account, screen)
}

fn summary(account: &Account, screen: &mut Screen<impl Write>) -> io::Result<()> {
    let workers = account.workers.len() as u64;
    screen.line(format!("{} of {}", plural(account.rows, "row"), plural(workers, "worker")))?;
    let incomplete = account.workers.iter().filter(|worker| !worker.is_whole()).count() as u64;
    if incomplete > 0 {
        let text = format!("{} with missing, repeated or unplanned iterations", plural(incomplete, "worker"));
        screen.line(Line::new(Role::Warn, text))?;
    }
    if !account.missing_workers.is_empty() {
        screen.line(Line::new(Role::Bad, "no rows").text(format!(" of worker {}", account.missing_workers)))?;
    }
    let earlier: u64 = account.workers.iter().map(|worker| worker.earlier_rows).sum();
    if earlier > 0 {
        screen.line(format!("left out: {} of earlier attempts", plural(earlier, "row")))?;
    }
    for other in &account.other_sessions {
        let text = format!("left out: {} of session {}", plural(other.rows, "row"), other.session_id);
        screen.line(Line::new(Role::Warn, text))?;
    }
    Ok(())
}

fn row(worker: &WorkerAccount) -> [Line<'static>; 6] {
    let iterations = match worker.planned {
        Some(0) => Line::new(Role::Bad, format!("{}, not planned", worker.iterations)),
        Some(planned) => format!("{} of {planned}", worker.iterations).into(),
        None => worker.iterations.to_string().into(),
    };
    let repeated = match (worker.repeated.is_empty(), worker.unplanned.is_empty() || worker.planned == Some(0)) {
        (true, true) => "-".into(),
        (false, true) => Line::new(Role::Warn, worker.repeated.to_string()),
        (true, false) => Line::new(Role::Warn, format!("{} not planned", worker.unplanned)),
        (false, false) => Line::new(Role::Warn, format!("{}; {} not planned", worker.repeated, worker.unplanned)),
    };
    let file = match worker.files.as_slice() {
        [] => "-".to_owned(),
        [one] => one.clone(),
        [first, more @ ..] => format!("{first} and {} more", more.len()),
    };
    [
        worker.worker_id.clone().into(),
        worker.rows.to_string().into(),
        iterations,
        or_dash(&worker.missing, Role::Bad),
        repeated,
        file.into(),
    ]
}

fn or_dash(ranges: &Ranges, role: Role) -> Line<'static> {
    if ranges.is_empty() { "-".into() } else { Line::new(role, ranges.to_string()) }
}

/// Writes everything as indented JSON.
///
/// # Errors
/// The stream cannot be written.
pub fn json(account: &Account, out: &mut impl Write) -> io::Result<()> {
    write_json::json(account, "  ", out)?;
    out.write_all(b"\n")
}

/// The same as YAML.
///
/// # Errors
/// A value cannot be written as YAML, which does not happen.
pub fn yaml(account: &Account) -> Result<Vec<u8>, WriteError> {
    let mut text = Vec::new();
    write::yaml(account, &mut text)?;
    Ok(text)
}

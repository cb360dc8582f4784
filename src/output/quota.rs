//! The effect of a namespace's policies on a session, as text: tables of requested and remaining amounts, and a line
//! for each refusal.

use std::io::{self, Write};

use super::line::Line;
use super::screen::Screen;
use super::style::Role;
use super::table::Table;
use crate::quota::{Answer, Refusal, Row};

/// The number of lines of a kind that are shown.
const SHOWN: usize = 20;

/// Writes the answer. Only the first of many rows and refusals are shown, unless all are requested.
///
/// # Errors
/// The stream cannot be written.
pub fn write(answer: &Answer, workers: u32, all_rows: bool, screen: &mut Screen<impl Write>) -> io::Result<()> {
    if !answer.quotas.is_empty() {
        screen.blank()?;
        screen.table(&quota_table(&answer.quotas, workers, all_rows))?;
    }
    if !answer.filled_in.is_empty() {
        screen.blank()?;
        screen.table(&filled_table(answer, all_rows))?;
    }
    screen.blank()?;
    let shown = if all_rows { usize::MAX } else { SHOWN };
    for refusal in answer.refusals.iter().take(shown) {
        let line = Line::new(Role::Bad, "refused:").text(format!(" {}, by {}. ", who(refusal, workers), refusal.by));
        screen.line(line.text(refusal.message.as_str()))?;
        if let Some(help) = &refusal.help {
            screen.line(Line::from("  help: ").text(help.as_str()))?;
        }
    }
    rest(answer.refusals.len(), shown, "refusals", screen)?;
    for warning in answer.warnings.iter().take(shown) {
        screen.line(Line::new(Role::Warn, "warning:").text(" ").text(warning.as_str()))?;
    }
    rest(answer.warnings.len(), shown, "warnings", screen)?;
    for note in answer.notes.iter().take(shown) {
        screen.line(Line::new(Role::Dim, "note:").text(" ").text(note.as_str()))?;
    }
    rest(answer.notes.len(), shown, "notes", screen)?;
    screen.line(summary(answer))
}

fn rest(count: usize, shown: usize, noun: &str, screen: &mut Screen<impl Write>) -> io::Result<()> {
    match count.checked_sub(shown) {
        Some(more) if more > 0 => screen.line(Line::new(Role::Dim, format!("… {more} more {noun}; -o wide shows all"))),
        _ => Ok(()),
    }
}

fn quota_table(rows: &[Row], workers: u32, all_rows: bool) -> Table<'_, 8> {
    const HEADERS: [&str; 8] = ["QUOTA", "RESOURCE", "HARD", "USED", "LEFT", "EACH", "ASKED", "WORKERS"];
    let cells = |row: &'_ Row| {
        let role = if row.workers < workers { Role::Bad } else { Role::Good };
        [
            row.quota.clone().into(),
            row.resource.clone().into(),
            row.hard.clone().into(),
            row.used.clone().into(),
            row.left.clone().into(),
            row.each.clone().into(),
            row.asked.clone().into(),
            Line::new(role, format!("{} of {workers}", row.workers)),
        ]
    };
    if all_rows {
        return Table::new(HEADERS, rows.iter().map(cells).collect());
    }
    let note = |more| format!("… {more} more; plan -o wide shows all");
    Table::abridged(HEADERS, rows.len(), |nth| cells(&rows[nth]), note)
}

fn filled_table(answer: &Answer, all_rows: bool) -> Table<'_, 3> {
    const HEADERS: [&str; 3] = ["LIMITRANGE", "CONTAINER OF WORKER-1", "FILLS IN"];
    let cells = |nth: usize| {
        let filled = &answer.filled_in[nth];
        let what = format!("{}.{}={}", filled.field, filled.resource, filled.amount);
        [filled.limit_range.as_str().into(), filled.container.as_str().into(), what.into()]
    };
    let count = answer.filled_in.len();
    if all_rows {
        return Table::new(HEADERS, (0..count).map(cells).collect());
    }
    Table::abridged(HEADERS, count, cells, |more| format!("… {more} more; plan -o wide shows all"))
}

/// The refused objects: `the pod of worker-2`, `the pods of worker-2 to worker-9`.
fn who(refusal: &Refusal, workers: u32) -> String {
    let noun = refusal.object.to_lowercase();
    let (first, last) = (u64::from(refusal.index) + 1, u64::from(refusal.index) + u64::from(refusal.workers));
    match refusal.workers {
        1 => format!("the {noun} of worker-{first}"),
        count if count == workers => format!("the {noun}s of all {workers} workers"),
        _ => format!("the {noun}s of worker-{first} to worker-{last}"),
    }
}

fn summary(answer: &Answer) -> Line<'_> {
    let namespace = &answer.namespace;
    match answer.refusals.first() {
        None if !answer.judged => {
            let text =
                format!("Nothing was checked: the input contains no quota, limit range or Namespace for {namespace}.");
            Line::new(Role::Warn, text)
        }
        None => Line::new(Role::Good, format!("The namespace {namespace} would admit all Jobs and their pods.")),
        Some(first) => {
            let (noun, worker) = (first.object.to_lowercase(), u64::from(first.index) + 1);
            let text = format!("The namespace {namespace} would refuse the {noun} of worker-{worker} first.");
            Line::new(Role::Bad, text)
        }
    }
}

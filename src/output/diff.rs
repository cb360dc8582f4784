//! What applying a session would change, for a person to look at and for a program to read.
//! A session's diff comes in; a table with the fields of each change, or something serde can write, goes out.

use std::io::{self, Write};

use serde::Serialize;

use super::style::{Style, printable};
use super::table;
use crate::diff::{Action, Counts, FieldChange, JobDiff, SessionDiff};

/// So many kinds of change are shown field by field.
const SHOWN: usize = 25;

/// A diff as `plan --diff -o json` and `-o yaml` show it.
#[derive(Debug, Serialize)]
pub struct DiffView<'d> {
    session_id: &'d str,
    jobs: &'d [JobDiff],
    counts: Counts,
    warnings: Vec<&'d str>,
}

/// The whole diff for a program to read.
#[must_use]
pub fn view<'d>(session_id: &'d str, diff: &'d SessionDiff, warnings: &'d [String]) -> DiffView<'d> {
    let warnings = warnings.iter().chain(&diff.warnings).map(String::as_str).collect();
    DiffView { session_id, jobs: &diff.jobs, counts: Counts::of(&diff.jobs), warnings }
}

/// Writes the whole diff for a person to look at. Of a large session the Jobs that stay as they are, and all but the
/// first of the others, are counted only, unless all rows are asked for.
///
/// # Errors
/// `out` does not take it.
pub fn write(diff: &SessionDiff, all_rows: bool, style: Style, out: &mut impl Write) -> io::Result<()> {
    write_table(&diff.jobs, all_rows, style, out)?;
    let groups = groups(&diff.jobs);
    let shown = if all_rows { groups.len() } else { groups.len().min(SHOWN) };
    for group in &groups[..shown] {
        writeln!(out, "\n{}", heading(group, style))?;
        for change in &group[0].fields {
            write_field(change, style, out)?;
        }
        if group[0].fields.is_empty() && group[0].causes.is_empty() {
            writeln!(out, "  nothing; kubectl asks for the order of a list to which somebody has added")?;
        }
        for refusal in group[0].refusals() {
            writeln!(out, "  {}", style.bad(&printable(&format!("refused: {refusal}"))))?;
        }
    }
    if groups.len() > shown {
        let note = format!("… {} more kinds of change; -o wide shows all", groups.len() - shown);
        writeln!(out, "\n{}", style.dim(&note))?;
    }
    let counts = Counts::of(&diff.jobs);
    writeln!(out, "\n{}", summary(diff, counts))?;
    write_ways_out(diff, counts, out)
}

fn write_table(jobs: &[JobDiff], all_rows: bool, style: Style, out: &mut impl Write) -> io::Result<()> {
    const HEADERS: [&str; 4] = ["ACTION", "JOB", "FIELDS", "FILE"];
    if all_rows {
        let rows = jobs.iter().map(|job| cells(job, style)).collect();
        return out.write_all(table::render(HEADERS, rows, style).as_bytes());
    }
    let is_long = jobs.len() > table::WHOLE;
    let shown: Vec<&JobDiff> = jobs.iter().filter(|job| !(is_long && job.action == Action::Unchanged)).collect();
    let note = |more| format!("… {more} more jobs; -o wide shows all");
    let table = table::abridged(HEADERS, shown.len(), |nth| cells(shown[nth], style), note, style);
    out.write_all(table.as_bytes())?;
    match jobs.len() - shown.len() {
        0 => Ok(()),
        unchanged => writeln!(out, "{}", style.dim(&format!("… {unchanged} jobs unchanged; -o wide shows all"))),
    }
}

fn cells(job: &JobDiff, style: Style) -> [String; 4] {
    let action = job.action.as_str();
    let action = match job.action {
        Action::Create => style.good(action),
        Action::Change => style.warn(action),
        Action::Unchanged => style.dim(action),
        Action::Stale => style.bad(action),
    };
    let immutable = job.fields.iter().filter(|field| field.immutable).count();
    let fields = match (job.fields.len(), immutable) {
        (0, _) if job.is_refused() => style.bad("refused"),
        (0, _) => "-".to_owned(),
        (count, 0) => count.to_string(),
        (count, immutable) if count == immutable => style.bad(&format!("{immutable} immutable")),
        (count, immutable) => format!("{count}, {}", style.bad(&format!("{immutable} immutable"))),
    };
    // All are in what the user has named; with that before each of them the table would be too wide.
    let file = job.file.as_deref().map_or("-", |file| file.rsplit('/').next().unwrap_or(file));
    [action, printable(&job.name).into_owned(), fields, printable(file).into_owned()]
}

/// Jobs that change in the same way, in the order of the first of each.
fn groups(jobs: &[JobDiff]) -> Vec<Vec<&JobDiff>> {
    let mut groups: Vec<Vec<&JobDiff>> = Vec::new();
    // The same change mostly concerns neighbours; looking at the last group alone keeps this quick.
    for job in jobs.iter().filter(|job| job.action == Action::Change) {
        let is_same = |other: &JobDiff| {
            other.fields == job.fields && other.causes == job.causes && other.other_session == job.other_session
        };
        match groups.last_mut() {
            Some(group) if is_same(group[0]) => group.push(job),
            _ => groups.push(vec![job]),
        }
    }
    groups
}

fn heading(group: &[&JobDiff], style: Style) -> String {
    let first = group[0];
    let more = match group.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more in the same way"),
    };
    let other = first.other_session.as_ref().map(|id| format!(", which is of session {id}")).unwrap_or_default();
    style.header(&printable(&format!("{}{more}{other}:", first.name)))
}

fn write_field(change: &FieldChange, style: Style, out: &mut impl Write) -> io::Result<()> {
    let mark = if change.immutable { format!(" {}", style.bad("(immutable)")) } else { String::new() };
    writeln!(out, "  {}{mark}", printable(&change.field))?;
    if let Some(old) = &change.old {
        writeln!(out, "  {}", style.removed(&printable(&format!("- {old}"))))?;
    }
    if let Some(new) = &change.new {
        writeln!(out, "  {}", style.good(&printable(&format!("+ {new}"))))?;
    }
    Ok(())
}

fn summary(diff: &SessionDiff, counts: Counts) -> String {
    let are_immutable = diff.jobs.iter().all(|job| job.is_immutable() || !job.is_refused());
    let why = if are_immutable { "immutable" } else { "refused" };
    let change = match counts.refused {
        0 => "to change".to_owned(),
        refused => format!("to change ({refused} of them {why})"),
    };
    let parts = [
        (counts.create, "to create"),
        (counts.change, change.as_str()),
        (counts.unchanged, "unchanged"),
        (counts.stale, "stale"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}")).collect();
    parts.join(", ")
}

/// What to do about what kubectl apply alone cannot do.
fn write_ways_out(diff: &SessionDiff, counts: Counts, out: &mut impl Write) -> io::Result<()> {
    if let Some(job) = diff.jobs.iter().find(|job| job.is_immutable()) {
        writeln!(
            out,
            "A cluster refuses to change an immutable field of a Job that exists.\n\
             Delete such a Job first (kubectl delete job {} -n {}),\n\
             or give the session names of its own with --session-id or --session-short.",
            job.name, job.namespace
        )?;
    }
    if counts.stale > 0 {
        writeln!(
            out,
            "kubectl apply leaves stale Jobs as they are. In a directory, generate --prune removes their files."
        )?;
    }
    for assumption in diff.assumptions() {
        writeln!(out, "{}", assumption.sentence())?;
    }
    Ok(())
}

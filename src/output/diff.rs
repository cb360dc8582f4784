//! What applying a session would change, as tables with the fields of each change, or as a serializable view.

use std::io::{self, Write};

use serde::Serialize;

use super::line::Line;
use super::screen::Screen;
use super::style::Role;
use super::table::{self, Table};
use crate::diagnostic::Diagnostic;
use crate::diff::{Action, Counts, FieldChange, JobDiff, SessionDiff};

/// The number of kinds of changes that are shown field by field.
const SHOWN: usize = 25;

/// A diff as shown by `plan --diff -o json` and `-o yaml`.
#[derive(Debug, Serialize)]
pub struct DiffView<'d> {
    session_id: &'d str,
    jobs: &'d [JobDiff],
    counts: Counts,
    warnings: Vec<String>,
}

/// The serializable view of a diff.
pub fn view<'d>(session_id: &'d str, diff: &'d SessionDiff, warnings: &[Diagnostic]) -> DiffView<'d> {
    let warnings = warnings.iter().map(Diagnostic::with_help).chain(diff.warnings.iter().cloned()).collect();
    DiffView { session_id, jobs: &diff.jobs, counts: Counts::of(&diff.jobs), warnings }
}

/// Writes the diff as text. For a large session, unchanged Jobs and all but the first of the others are only counted,
/// unless all rows are requested.
pub fn write(session_id: &str, diff: &SessionDiff, all_rows: bool, screen: &mut Screen<impl Write>) -> io::Result<()> {
    write_table(&diff.jobs, all_rows, screen)?;
    let groups = groups(&diff.jobs);
    let shown = if all_rows { groups.len() } else { groups.len().min(SHOWN) };
    for group in &groups[..shown] {
        screen.blank()?;
        screen.line(heading(group))?;
        for change in &group[0].fields {
            write_field(change, screen)?;
        }
        if group[0].fields.is_empty() && group[0].causes.is_empty() {
            screen.line("  no field changes; kubectl only restores the order of a list that others have added to")?;
        }
        for refusal in group[0].refusals() {
            screen.line(Line::from("  ").and(Role::Bad, format!("refused: {refusal}")))?;
        }
    }
    if groups.len() > shown {
        screen.blank()?;
        let note = format!("… {} more kinds of change; -o wide shows all", groups.len() - shown);
        screen.line(Line::new(Role::Dim, note))?;
    }
    let counts = Counts::of(&diff.jobs);
    screen.blank()?;
    screen.line(summary(diff, counts))?;
    write_ways_out(session_id, diff, all_rows, screen)
}

fn write_table(jobs: &[JobDiff], all_rows: bool, screen: &mut Screen<impl Write>) -> io::Result<()> {
    if all_rows {
        return screen.table(&Table::new(["ACTION", "JOB", "FIELDS", "FILE"], jobs.iter().map(wide_cells).collect()));
    }
    let is_long = jobs.len() > table::WHOLE;
    let shown: Vec<&JobDiff> = jobs.iter().filter(|job| !(is_long && job.action == Action::Unchanged)).collect();
    let note = |more| format!("… {more} more jobs; -o wide shows all");
    screen.table(&Table::abridged(["ACTION", "JOB", "FIELDS"], shown.len(), |nth| cells(shown[nth]), note))?;
    match jobs.len() - shown.len() {
        0 => Ok(()),
        unchanged => screen.line(Line::new(Role::Dim, format!("… {unchanged} jobs unchanged; -o wide shows all"))),
    }
}

fn cells(job: &JobDiff) -> [Line<'_>; 3] {
    let role = match job.action {
        Action::Create => Role::Good,
        Action::Change => Role::Warn,
        Action::Unchanged => Role::Dim,
        Action::Stale => Role::Bad,
    };
    let immutable = job.fields.iter().filter(|field| field.immutable).count();
    let fields = match (job.fields.len(), immutable) {
        (0, _) if job.is_refused() => Line::new(Role::Bad, "refused"),
        (0, _) => "-".into(),
        (count, 0) => count.to_string().into(),
        (count, immutable) if count == immutable => Line::new(Role::Bad, format!("{immutable} immutable")),
        (count, immutable) => Line::from(format!("{count}, ")).and(Role::Bad, format!("{immutable} immutable")),
    };
    [Line::new(role, job.action.as_str()), job.name.as_str().into(), fields]
}

/// The same with the Job's file.
fn wide_cells(job: &JobDiff) -> [Line<'_>; 4] {
    // All files are in the directory that the user named.
    let file = job.file.as_deref().map_or("-", |file| file.rsplit('/').next().unwrap_or(file));
    let [action, name, fields] = cells(job);
    [action, name, fields, file.into()]
}

/// Groups of Jobs with the same changes, in the order of their first Jobs.
fn groups(jobs: &[JobDiff]) -> Vec<Vec<&JobDiff>> {
    let mut groups: Vec<Vec<&JobDiff>> = Vec::new();
    // The same change usually affects adjacent Jobs; comparing only with the last group keeps this fast.
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

fn heading(group: &[&JobDiff]) -> Line<'static> {
    let first = group[0];
    let more = match group.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more in the same way"),
    };
    let other = first.other_session.as_ref().map(|id| format!(", which belongs to session {id}")).unwrap_or_default();
    Line::new(Role::Header, format!("{}{more}{other}:", first.name))
}

fn write_field(change: &FieldChange, screen: &mut Screen<impl Write>) -> io::Result<()> {
    let field = Line::from("  ").text(change.field.to_string());
    screen.line(if change.immutable { field.text(" ").and(Role::Bad, "(immutable)") } else { field })?;
    if let Some(old) = &change.old {
        screen.line(Line::from("  ").and(Role::Removed, format!("- {old}")))?;
    }
    if let Some(new) = &change.new {
        screen.line(Line::from("  ").and(Role::Good, format!("+ {new}")))?;
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

/// A command that deletes exactly these Jobs: by the session's label if they are all of its Jobs, and otherwise by
/// name.
fn deletion(session_id: &str, immutable: &[&JobDiff], all: &[JobDiff], all_rows: bool) -> String {
    let namespace = &immutable[0].namespace;
    let has_label = |job: &&JobDiff| {
        job.other_session.is_none() && !job.fields.iter().any(|change| change.field.to_string().contains("session_id"))
    };
    if immutable.len() == all.len() && immutable.iter().all(has_label) {
        return format!("kubectl delete jobs -n {namespace} -l session_id={session_id}");
    }
    if immutable.len() > SHOWN && !all_rows {
        return "-o wide shows the command with their names".to_owned();
    }
    let names: Vec<&str> = immutable.iter().map(|job| job.name.as_str()).collect();
    format!("kubectl delete jobs -n {namespace} {}", names.join(" "))
}

/// What to do about changes that kubectl apply cannot make.
fn write_ways_out(
    session_id: &str,
    diff: &SessionDiff,
    all_rows: bool,
    screen: &mut Screen<impl Write>,
) -> io::Result<()> {
    let immutable: Vec<&JobDiff> = diff.jobs.iter().filter(|job| job.is_immutable()).collect();
    if !immutable.is_empty() {
        screen.line("The immutable fields of an existing Job cannot be changed.")?;
        match immutable.as_slice() {
            [job] => screen
                .line(format!("Delete such a Job first (kubectl delete job {} -n {}),", job.name, job.namespace))?,
            jobs => {
                screen.line(format!("Delete these {} Jobs first:", jobs.len()))?;
                screen.line(format!("  {}", deletion(session_id, jobs, &diff.jobs, all_rows)))?;
            }
        }
        screen.line("or give the session its own names with --session-id or --session-short.")?;
    }
    if Counts::of(&diff.jobs).stale > 0 {
        screen.line("kubectl apply leaves stale Jobs alone. In a directory, generate --prune removes their files.")?;
    }
    for assumption in diff.assumptions() {
        screen.line(assumption.sentence())?;
    }
    Ok(())
}

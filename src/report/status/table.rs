//! The status of sessions as text: a table of the workers, then the problems with their original messages and the
//! command to run next, then the counts.

use std::collections::HashMap;
use std::io::{self, Write};

use super::{phases, range};
use crate::apimachinery::duration;
use crate::output::session_view::plural;
use crate::output::{Line, Role, Screen, Table};
use crate::status::{Phase, SessionStatus, Summary, Worker, time_text};

/// The number of kinds of problems that are shown in full.
const SHOWN: usize = 25;
/// The number of lines of a message that are shown.
const MESSAGE: usize = 10;
/// The number of ranges of missing workers that are shown.
const RANGES: usize = 10;
const HEADERS: [&str; 7] = ["WORKER", "PHASE", "ITERATIONS", "ATTEMPTS", "SINCE", "DURATION", "CAUSE"];
const WIDE_HEADERS: [&str; 9] =
    ["WORKER", "PHASE", "ITERATIONS", "ATTEMPTS", "SINCE", "DURATION", "JOB", "POD", "CAUSE"];

/// Writes all sessions. A long table shows its head and its tail, unless all rows are requested.
///
/// # Errors
/// The stream cannot be written.
pub fn write(sessions: &[SessionStatus<'_>], all_rows: bool, screen: &mut Screen<impl Write>) -> io::Result<()> {
    for (nth, session) in sessions.iter().enumerate() {
        if nth > 0 {
            screen.blank()?;
        }
        write_workers(session, all_rows, screen)?;
        write_trouble(session, all_rows, screen)?;
        screen.blank()?;
        write_summary(session, screen)?;
    }
    Ok(())
}

/// Writes what fits on a terminal that is redrawn repeatedly: the workers and the counts.
///
/// # Errors
/// The stream cannot be written.
pub fn write_short(sessions: &[SessionStatus<'_>], all_rows: bool, screen: &mut Screen<impl Write>) -> io::Result<()> {
    for session in sessions {
        write_workers(session, all_rows, screen)?;
        screen.blank()?;
        write_summary(session, screen)?;
    }
    Ok(())
}

/// The line for a changed worker.
#[must_use]
pub fn change<'s>(session_id: &'s str, worker: &Worker) -> Line<'s> {
    let since = worker.since.map_or_else(|| "-".to_owned(), time_text);
    let line = Line::from(format!("{since}   ")).text(session_id).text(format!("   {}   ", worker.id));
    let line = line.and(role(worker), worker.phase.as_str());
    match &worker.cause {
        Some(cause) => line.text(format!("   {}", cause.summary)),
        None => line,
    }
}

fn write_workers(session: &SessionStatus<'_>, all_rows: bool, screen: &mut Screen<impl Write>) -> io::Result<()> {
    let heading = Line::new(Role::Header, "session").text(" ").text(&session.session_id);
    screen.line(if session.namespace.is_empty() {
        heading
    } else {
        heading.text(", namespace ").text(&session.namespace)
    })?;
    if all_rows {
        return screen.table(&Table::new(WIDE_HEADERS, session.workers().map(|worker| wide_row(&worker)).collect()));
    }
    let row = |nth| session.worker(nth).map(|worker| row(&worker)).unwrap_or_default();
    let note = |more| format!("… {more} more workers; -o wide shows all");
    screen.table(&Table::abridged(HEADERS, session.len(), row, note))
}

fn row(worker: &Worker) -> [Line<'static>; 7] {
    let cause = worker.cause.as_ref().map_or("-", |cause| cause.summary.as_str()).to_owned();
    [
        worker.id.to_string().into(),
        Line::new(role(worker), worker.phase.as_str()),
        or_dash(worker.iterations.map(|count| count.to_string())),
        or_dash(worker.job.as_ref().map(|_| worker.attempts.to_string())),
        or_dash(worker.since.map(time_text)),
        or_dash(worker.duration.and_then(duration::short)),
        cause.into(),
    ]
}

fn wide_row(worker: &Worker) -> [Line<'static>; 9] {
    let [id, phase, iterations, attempts, since, duration, cause] = row(worker);
    let (job, pod) = (or_dash(worker.job.clone()), or_dash(worker.pod.clone()));
    [id, phase, iterations, attempts, since, duration, job, pod, cause]
}

fn or_dash(text: Option<String>) -> Line<'static> {
    text.map_or_else(|| "-".into(), Into::into)
}

const fn role(worker: &Worker) -> Role {
    match (worker.phase, worker.attention) {
        (Phase::Succeeded, _) => Role::Good,
        (Phase::Failed | Phase::Missing, _) => Role::Bad,
        (_, true) => Role::Warn,
        _ => Role::Plain,
    }
}

/// Writes each kind of problem once, with the first worker that has it.
fn write_trouble(session: &SessionStatus<'_>, all: bool, screen: &mut Screen<impl Write>) -> io::Result<()> {
    // The names of containers and pods do not make problems different.
    let mut kinds: HashMap<(Phase, Option<(String, String)>), usize> = HashMap::new();
    let mut groups: Vec<(Worker, u64)> = Vec::new();
    for worker in session.present_workers().filter(|worker| worker.next_command.is_some()) {
        let said = worker.cause.as_ref().map(|cause| (cause.summary.clone(), cause.message.clone()));
        let nth = *kinds.entry((worker.phase, said)).or_insert(groups.len());
        match groups.get_mut(nth) {
            Some((_, count)) => *count += 1,
            None => groups.push((worker, 1)),
        }
    }
    let shown = if all { groups.len() } else { groups.len().min(SHOWN) };
    for (worker, count) in &groups[..shown] {
        screen.blank()?;
        write_group(worker, *count, screen)?;
    }
    if groups.len() > shown {
        screen.blank()?;
        let note = format!("… {} more kinds of problems; -o wide shows all", groups.len() - shown);
        screen.line(Line::new(Role::Dim, note))?;
    }
    Ok(())
}

fn write_group(worker: &Worker, count: u64, screen: &mut Screen<impl Write>) -> io::Result<()> {
    let more = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
    let line = Line::from(format!("{}{more} ", worker.id)).and(role(worker), worker.phase.as_str());
    let Some(cause) = &worker.cause else {
        screen.line(line)?;
        return write_command(worker, screen);
    };
    screen.line(line.text(": ").text(&cause.summary))?;
    for line in cause.message.lines().take(MESSAGE) {
        screen.line(Line::from("  ").text(line))?;
    }
    if cause.message.lines().nth(MESSAGE).is_some() {
        screen.line(Line::new(Role::Dim, "  … -o json shows the whole message"))?;
    }
    if let Some(said) = cause.job.as_ref().filter(|said| said.message != cause.message) {
        screen.line(Line::from("  Job: ").text(&said.reason).text(": ").text(&said.message))?;
    }
    if let (Some(_), Some(said)) = (&cause.pod, &cause.condition) {
        screen.line(Line::from("  Condition: ").text(&said.reason))?;
    }
    write_command(worker, screen)
}

fn write_command(worker: &Worker, screen: &mut Screen<impl Write>) -> io::Result<()> {
    match &worker.next_command {
        Some(command) => screen.line(Line::from("  $ ").text(command)),
        None => Ok(()),
    }
}

/// Writes the counts of a session.
///
/// # Errors
/// The stream cannot be written.
pub fn write_summary(session: &SessionStatus<'_>, screen: &mut Screen<impl Write>) -> io::Result<()> {
    let Summary { workers, iterations, .. } = session.summary();
    screen.line(format!("{}: {}", plural(workers.total, "worker"), phases(|phase| workers.of(phase))))?;
    if iterations.total > 0 {
        let counted = plural(iterations.total, "iteration");
        screen.line(format!("{counted}: {}", phases(|phase| iterations.of(phase))))?;
    }
    let mut gaps = session.gaps();
    let named: Vec<String> = gaps.by_ref().take(RANGES).map(range).collect();
    if !named.is_empty() {
        let more = if gaps.next().is_some() { ", …" } else { "" };
        screen.line(Line::from("no Job: ").text(named.join(", ")).text(more))?;
    }
    if !session.has_pods() && workers.failed + workers.pending > 0 {
        let note = "The input contains no pods, and a Job alone does not show why its pod is waiting or has failed: \
                    kubectl get jobs,pods does.";
        screen.line(Line::new(Role::Dim, note))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::CreatedAt;
    use crate::output::Style;
    use crate::status::{Book, read, sessions};

    #[test]
    fn a_problem_that_many_workers_share_is_shown_once() {
        let list = include_str!("../../../tests/after/jobs-pods.json");
        let list: serde_json::Value = serde_json::from_str(list).unwrap();
        let of_third = |item: &&serde_json::Value| item["metadata"]["labels"]["worker_id"] == "worker-3";
        let third = serde_json::Value::from(
            list["items"].as_array().unwrap().iter().filter(of_third).cloned().collect::<Vec<_>>(),
        );
        let mut book = Book::default();
        for number in 1..=60 {
            let items = third.to_string().replace("worker-3-2", &format!("worker-{number}-{}", number - 1));
            let items = items.replace("\"worker-3\"", &format!("\"worker-{number}\""));
            let text = format!("{{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":{items}}}");
            read("x", text.as_bytes(), &mut |change, object| _ = book.take(change, object)).unwrap();
        }
        let now = CreatedAt::parse("2026-11-25T00:00:00Z").unwrap().moment();
        let mut out = Vec::new();
        write(&sessions(&book, &[], now), false, &mut Screen::new(&mut out, Style::plain())).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert_eq!(out.matches("\nworker-1 and 59 more failed: exit code 2\n").count(), 1, "{out}");
        assert_eq!(out.matches("$ kubectl logs ").count(), 1, "{out}");
        assert!(out.contains("… 35 more workers; -o wide shows all"), "{out}");
    }
}

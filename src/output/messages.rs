//! What is told on stderr beside the results. Where stderr does not take it, there is nobody to tell, and work goes on:
//! the exit code says how it ended.

use std::io::{self, Write};

use super::line::Line;
use super::screen::Screen;
use super::snippet::{Heading, Snippet};
use super::style::{Role, Style};
use crate::diagnostic::Diagnostic;

/// So many problems are shown; who has more has another mistake than these.
const PROBLEMS: usize = 50;

/// Tells of something that keeps nobody from going on.
pub fn warning(text: &str, style: Style) {
    tell(style, |screen| screen.line(Line::new(Role::Warn, "warning:").text(" ").text(text)));
}

/// Tells of something that keeps nobody from going on, and what it comes from, each with its place.
pub fn warning_of(text: &str, problems: &[Diagnostic], style: Style) {
    tell(style, |screen| {
        screen.line(Line::new(Role::Warn, "warning:").text(" ").text(text))?;
        list(problems, screen)
    });
}

/// Tells what is going on.
pub fn note(text: &str, style: Style) {
    tell(style, |screen| screen.line(Line::new(Role::Dim, "note:").text(" ").text(text)));
}

/// Tells why the work ended; a text of several lines goes out as such.
pub fn error(text: &str, style: Style) {
    tell(style, |screen| {
        let mut lines = text.lines();
        screen.line(Line::new(Role::Bad, "error:").text(" ").text(lines.next().unwrap_or_default()))?;
        lines.try_for_each(|line| screen.line(line))
    });
}

/// Tells why the work ended, and all the places that it comes from.
pub fn error_of(text: &str, problems: &[Diagnostic], style: Style) {
    error(text, style);
    tell(style, |screen| list(problems, screen));
}

/// Problems below a line that has said what they are.
fn list(problems: &[Diagnostic], screen: &mut Screen<&mut Vec<u8>>) -> io::Result<()> {
    for problem in problems.iter().take(PROBLEMS) {
        screen.blank()?;
        screen.snippet(&Snippet::of(Heading::Bare, problem))?;
    }
    match problems.len().saturating_sub(PROBLEMS) {
        0 => Ok(()),
        1 => screen.blank().and_then(|()| screen.line("… and 1 more problem.")),
        more => screen.blank().and_then(|()| screen.line(format!("… and {more} more problems."))),
    }
}

/// Tells what clap has put into words and colours itself.
pub fn prepared(text: &str) {
    raw(text.as_bytes());
}

/// Writes to stderr, all at once.
pub fn tell(style: Style, write: impl FnOnce(&mut Screen<&mut Vec<u8>>) -> io::Result<()>) {
    let mut text = Vec::new();
    // Memory takes everything.
    if write(&mut Screen::new(&mut text, style)).is_ok() {
        raw(&text);
    }
}

/// Writes text to stderr that is known to be printable.
fn raw(text: &[u8]) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text).and_then(|()| stderr.flush());
}

//! Messages on stderr. Errors of writing to stderr are ignored, because there is nowhere to report them; the exit code
//! still tells the outcome.

use std::io::{self, Write};

use super::line::Line;
use super::screen::Screen;
use super::session_view::plural;
use super::snippet::{Heading, Snippet};
use super::style::{Role, Style};
use crate::diagnostic::Diagnostic;

/// The number of problems that are shown; with more, the mistake is probably a different one.
const PROBLEMS: usize = 50;

/// Prints a warning.
pub fn warning(text: &str, style: Style) {
    tell(style, |screen| screen.line(Line::new(Role::Warn, "warning:").text(" ").text(text)));
}

/// Prints a warning and the problems that it is about, each with its position.
pub fn warning_of(text: &str, problems: &[Diagnostic], style: Style) {
    tell(style, |screen| {
        screen.line(Line::new(Role::Warn, "warning:").text(" ").text(text))?;
        list(problems, screen)
    });
}

/// Prints a note.
pub fn note(text: &str, style: Style) {
    tell(style, |screen| screen.line(Line::new(Role::Dim, "note:").text(" ").text(text)));
}

/// Prints an error, which may have several lines.
pub fn error(text: &str, style: Style) {
    tell(style, |screen| {
        let mut lines = text.lines();
        screen.line(Line::new(Role::Bad, "error:").text(" ").text(lines.next().unwrap_or_default()))?;
        lines.try_for_each(|line| screen.line(line))
    });
}

/// Prints an error and the problems that it is about, each with its position.
pub fn error_of(text: &str, problems: &[Diagnostic], style: Style) {
    error(text, style);
    tell(style, |screen| list(problems, screen));
}

/// Prints problems below the line that introduces them.
fn list(problems: &[Diagnostic], screen: &mut Screen<&mut Vec<u8>>) -> io::Result<()> {
    for problem in problems.iter().take(PROBLEMS) {
        screen.blank()?;
        screen.snippet(&Snippet::of(Heading::Bare, problem))?;
    }
    match problems.len().saturating_sub(PROBLEMS) {
        0 => Ok(()),
        more => {
            screen.blank()?;
            screen.line(format!("… and {}.", plural(more as u64, "more problem")))
        }
    }
}

/// Prints text that clap has rendered and coloured.
pub fn prepared(text: &str) {
    raw(text.as_bytes());
}

/// Writes to stderr in one piece.
pub fn tell(style: Style, write: impl FnOnce(&mut Screen<&mut Vec<u8>>) -> io::Result<()>) {
    let mut text = Vec::new();
    // Writing to memory does not fail.
    if write(&mut Screen::new(&mut text, style)).is_ok() {
        raw(&text);
    }
}

/// Writes text that is known to be printable to stderr.
fn raw(text: &[u8]) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text).and_then(|()| stderr.flush());
}

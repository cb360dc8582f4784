//! A status that is watched: each change in a stream of objects is shown before the next one is awaited. A terminal is
//! redrawn; elsewhere, a line is appended.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{self, Read, Write};

use chrono::{DateTime, Utc};

use super::table;
use crate::config::Session;
use crate::output::{Screen, Style};
use crate::status::{self, Book, Extent, Phase, StatusError};

/// Clears a terminal and moves to its first line.
const CLEAR: &[u8] = b"\x1b[H\x1b[J";

/// How changes are shown.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// Whether the output is a terminal.
    pub is_terminal: bool,
    /// Whether all rows are shown, with Jobs and pods.
    pub is_wide: bool,
    /// The colours.
    pub style: Style,
    /// The time at which durations end.
    pub now: fn() -> io::Result<DateTime<Utc>>,
}

/// How watching ended.
#[derive(Debug)]
pub enum End {
    /// At the end of the stream.
    OfStream(Extent),
    /// Because the output can no longer be written.
    OfOutput(io::Error),
}

/// Follows a stream and returns its content.
///
/// # Errors
/// The errors of [`status::read`].
pub fn follow(
    name: &str,
    input: impl Read,
    out: impl Write,
    view: View,
    plans: &[Session],
) -> Result<(Book, End), StatusError> {
    let watch =
        Watch { book: Book::default(), plans, view, out, has_changed: false, shown: HashMap::new(), broken: None };
    let watch = RefCell::new(watch);
    let input = BeforeRead { input, show: || watch.borrow_mut().catch_up() };
    let read = status::read(name, input, &mut |change, object| watch.borrow_mut().take(change, object));
    let mut watch = watch.into_inner();
    let end = match (watch.broken.take(), read) {
        (Some(broken), _) => End::OfOutput(broken),
        (None, Err(error)) => return Err(error),
        (None, Ok(extent)) => match watch.finish() {
            Ok(()) => End::OfStream(extent),
            Err(broken) => End::OfOutput(broken),
        },
    };
    Ok((watch.book, end))
}

/// What has been seen and shown so far.
struct Watch<'p, W> {
    book: Book,
    plans: &'p [Session],
    view: View,
    out: W,
    /// Whether something has changed since the last drawing.
    has_changed: bool,
    /// The content of the last line of each Job.
    shown: HashMap<usize, (Phase, Option<String>)>,
    /// Why the output can no longer be written.
    broken: Option<io::Error>,
}

impl<W: Write> Watch<'_, W> {
    fn take(&mut self, change: status::Change, object: status::Object) {
        let Some(place) = self.book.take(change, object) else { return };
        self.has_changed = true;
        if !self.view.is_terminal {
            let appended = self.append(place);
            self.broken = self.broken.take().or(appended.err());
        }
    }

    /// Appends the line of a Job if it has changed.
    fn append(&mut self, place: usize) -> io::Result<()> {
        let Some(slot) = self.book.slots().get(place) else { return Ok(()) };
        let Some((session_id, worker)) = status::observe(slot, (self.view.now)()?) else { return Ok(()) };
        let said = (worker.phase, worker.cause.as_ref().map(|cause| cause.summary.clone()));
        if self.shown.get(&place) == Some(&said) {
            return Ok(());
        }
        Screen::new(&mut self.out, self.view.style).line(table::change(session_id, &worker))?;
        self.shown.insert(place, said);
        Ok(())
    }

    /// Shows all changes before the input may block.
    ///
    /// # Errors
    /// The output can no longer be written; the cause is kept.
    fn catch_up(&mut self) -> io::Result<()> {
        if self.broken.is_none() && std::mem::take(&mut self.has_changed) {
            self.broken = self.draw().err();
        }
        if self.broken.is_some() { Err(io::Error::other("nothing more can be shown")) } else { Ok(()) }
    }

    fn draw(&mut self) -> io::Result<()> {
        if self.view.is_terminal {
            let sessions = status::sessions(&self.book, self.plans, (self.view.now)()?);
            self.out.write_all(CLEAR)?;
            table::write_short(&sessions, self.view.is_wide, &mut Screen::new(&mut self.out, self.view.style))?;
        }
        self.out.flush()
    }

    /// Shows the end of the stream.
    fn finish(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.has_changed) {
            self.draw()?;
        }
        if !self.view.is_terminal {
            let sessions = status::sessions(&self.book, self.plans, (self.view.now)()?);
            let mut screen = Screen::new(&mut self.out, self.view.style);
            for session in &sessions {
                screen.blank()?;
                table::write_summary(session, &mut screen)?;
            }
        }
        self.out.flush()
    }
}

/// An input that shows all changes so far before each read, because the read may block.
struct BeforeRead<R, F> {
    input: R,
    show: F,
}

impl<R: Read, F: FnMut() -> io::Result<()>> Read for BeforeRead<R, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (self.show)()?;
        self.input.read(buffer)
    }
}

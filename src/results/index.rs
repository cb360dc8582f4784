//! The first pass over the results: which rows of which worker stand where, and what is wrong with the others.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

use csv::ByteRecord;

use super::error::ResultsError;
use super::ranges::Ranges;
use super::records::{NoRecord, Record, Records};
use super::source::open;
use crate::status::WorkerId;

/// More different columns than this are no results.
const MAX_COLUMNS: usize = 4096;
/// So much of what is wrong with a file is told line by line.
const TOLD: usize = 20;
/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// What stands where.
#[derive(Debug, Default)]
pub struct Index {
    /// The files, in the order in which they were read.
    pub files: Vec<FileIndex>,
    /// All columns, in the order in which they were seen first.
    pub columns: Vec<Vec<u8>>,
    /// The rows of each worker of each session.
    pub workers: BTreeMap<Key, WorkerRows>,
    /// Rows of sessions that were not asked for, by session.
    pub others: BTreeMap<String, u64>,
    /// What is wrong with a file or a row, which is left out then.
    pub trouble: Vec<Trouble>,
}

/// Whose rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The session.
    pub session_id: String,
    /// The worker.
    pub worker: WorkerId,
}

/// The rows of a worker.
#[derive(Debug, Clone, Default)]
pub struct WorkerRows {
    /// How many.
    pub rows: u64,
    /// The iterations that are there.
    pub iterations: Ranges,
    /// The iterations that are there more than once.
    pub repeated: Ranges,
    /// Where the rows stand, in the order in which they were read.
    pub runs: Vec<Run>,
}

/// Rows of one worker that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The place of the file.
    pub file: usize,
    /// The first byte.
    pub start: u64,
    /// The byte after the last one.
    pub end: u64,
    /// How many rows.
    pub rows: u64,
}

/// A file of results.
#[derive(Debug)]
pub struct FileIndex {
    /// Where it is.
    pub path: PathBuf,
    /// The place of each of its columns among all columns.
    pub columns: Vec<usize>,
}

/// What is wrong with a file, or with a row of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; none for the file as a whole.
    pub line: Option<u64>,
    /// What is wrong, as a sentence.
    pub message: String,
}

/// The columns that tell rows apart.
#[derive(Clone, Copy)]
struct Keys {
    session: usize,
    worker: usize,
    iteration: usize,
    timestamp: Option<usize>,
}

impl Index {
    /// Reads the files. With a session, the rows of others are counted only.
    ///
    /// # Errors
    /// [`ResultsError`].
    pub fn new(files: &[PathBuf], session: Option<&str>) -> Result<Self, ResultsError> {
        let mut index = Self::default();
        let mut known = HashMap::new();
        for path in files {
            index.add(path, session, &mut known)?;
        }
        Ok(index)
    }

    fn add(
        &mut self,
        path: &PathBuf,
        session: Option<&str>,
        known: &mut HashMap<Vec<u8>, usize>,
    ) -> Result<(), ResultsError> {
        let unreadable = |source| ResultsError::Unreadable { path: path.clone(), source };
        let mut file = open(path)?;
        let length = file.metadata().map_err(unreadable)?.len();
        let is_ended = ends_with_line_break(&mut file, length).map_err(unreadable)?;
        let mut records = Records::between(file, 0, length).map_err(unreadable)?;
        let mut notes = Notes { file: path, trouble: &mut self.trouble, told: 0, more: 0 };
        let header = match records.next() {
            Ok(Some(record)) if record.end < length || is_ended => record.fields.clone(),
            Ok(Some(_)) => return Ok(notes.whole("It has one line only, which is not finished.")),
            Ok(None) => return Ok(notes.whole("It is empty.")),
            Err(NoRecord::TooLong(_)) => return Ok(notes.whole("Its first line is longer than 1 MiB: that is no CSV.")),
            Err(NoRecord::Read(error)) => return Err(unreadable(error)),
        };
        let keys = match Keys::of(&header) {
            Ok(keys) => keys,
            Err(message) => return Ok(notes.whole(&message)),
        };
        let mut columns = Vec::with_capacity(header.len());
        for name in header.iter().enumerate().map(|(nth, name)| name_of(nth, name)) {
            let place = known.get(name).copied().unwrap_or_else(|| {
                self.columns.push(name.to_owned());
                known.insert(name.to_owned(), self.columns.len() - 1);
                self.columns.len() - 1
            });
            columns.push(place);
        }
        if self.columns.len() > MAX_COLUMNS {
            return Err(ResultsError::TooManyColumns { path: path.clone(), max: MAX_COLUMNS });
        }
        let place = self.files.len();
        self.files.push(FileIndex { path: path.clone(), columns });
        let mut last_time = 0;
        loop {
            let record = match records.next() {
                Ok(Some(record)) => record,
                Ok(None) => break,
                Err(NoRecord::TooLong(line)) => {
                    let text = "It is longer than 1 MiB: a quote is not closed, or this is no CSV. It and what follows are left out.";
                    notes.line(line, text.to_owned());
                    break;
                }
                Err(NoRecord::Read(error)) => return Err(unreadable(error)),
            };
            let is_last = record.end >= length && !is_ended;
            let is_cut = is_last && !keys.is_whole(record.fields, header.len(), last_time);
            last_time = keys.timestamp.and_then(|at| record.fields.get(at)).map_or(0, <[u8]>::len);
            let row = if is_cut {
                Err("It is cut off: the file ends within it.".to_owned())
            } else {
                keys.row(record.fields, header.len(), record.end >= length)
            };
            match row {
                Err(message) => notes.line(record.line, message),
                Ok((session_id, ..)) if session.is_some_and(|session| session != session_id) => {
                    *self.others.entry(session_id).or_default() += 1;
                }
                Ok((session_id, worker, iteration)) => {
                    let rows = self.workers.entry(Key { session_id, worker }).or_default();
                    rows.add(place, &record, iteration);
                }
            }
        }
        notes.finish();
        Ok(())
    }
}

impl WorkerRows {
    fn add(&mut self, file: usize, record: &Record<'_>, iteration: u64) {
        self.rows += 1;
        if !self.iterations.insert(iteration) {
            self.repeated.insert(iteration);
        }
        match self.runs.last_mut() {
            Some(run) if run.file == file && run.end == record.start => {
                run.end = record.end;
                run.rows += 1;
            }
            _ => self.runs.push(Run { file, start: record.start, end: record.end, rows: 1 }),
        }
    }
}

impl Keys {
    /// Finds the columns in a header.
    fn of(header: &ByteRecord) -> Result<Self, String> {
        let mut names = HashMap::new();
        for (nth, name) in header.iter().enumerate().map(|(nth, name)| (nth, name_of(nth, name))) {
            if names.insert(name, nth).is_some() {
                return Err(format!("It has two columns {:?}.", String::from_utf8_lossy(name)));
            }
        }
        let find = |name: &str| names.get(name.as_bytes()).copied();
        let (Some(session), Some(worker), Some(iteration)) = (find("session_id"), find("worker_id"), find("iteration"))
        else {
            return Err("Its first line does not name the columns session_id, worker_id and iteration.".to_owned());
        };
        Ok(Self { session, worker, iteration, timestamp: find("timestamp") })
    }

    /// The session, the worker and the iteration of a row.
    fn row(self, fields: &ByteRecord, expected: usize, is_at_end: bool) -> Result<(String, WorkerId, u64), String> {
        if fields.len() != expected {
            let end = if is_at_end && fields.len() < expected { ": the file ends within it" } else { "" };
            return Err(format!("It has {} of {expected} fields{end}.", fields.len()));
        }
        if fields.as_slice().contains(&0) {
            return Err("It holds NUL bytes.".to_owned());
        }
        let text = |at: usize| String::from_utf8_lossy(fields.get(at).unwrap_or_default()).into_owned();
        let (session, worker, iteration) = (text(self.session), text(self.worker), text(self.iteration));
        if session.is_empty() || worker.is_empty() {
            return Err("It names no session or no worker.".to_owned());
        }
        let number = iteration.parse().map_err(|_| format!("Its iteration {iteration:?} is not a whole number."))?;
        Ok((session, WorkerId::of(&worker), number))
    }

    /// Whether a last line without a line break may be whole. Its last field may be cut: only a timestamp that is as
    /// long as the one before it shows that it is not.
    fn is_whole(self, fields: &ByteRecord, expected: usize, last_time: usize) -> bool {
        let time = self.timestamp.filter(|at| at + 1 == expected).and_then(|at| fields.get(at));
        fields.len() == expected && last_time > 0 && time.is_some_and(|time| time.len() == last_time)
    }
}

/// A column's name, without the mark before the first one.
fn name_of(nth: usize, name: &[u8]) -> &[u8] {
    if nth == 0 { name.strip_prefix(MARK).unwrap_or(name) } else { name }
}

fn ends_with_line_break(file: &mut File, length: u64) -> std::io::Result<bool> {
    let Some(last) = length.checked_sub(1) else { return Ok(true) };
    file.seek(SeekFrom::Start(last))?;
    let mut byte = [0];
    file.read_exact(&mut byte)?;
    Ok(matches!(byte, [b'\n' | b'\r']))
}

/// What is wrong with one file.
struct Notes<'n> {
    file: &'n PathBuf,
    trouble: &'n mut Vec<Trouble>,
    told: usize,
    more: u64,
}

impl Notes<'_> {
    fn whole(&mut self, message: &str) {
        self.trouble.push(Trouble { file: self.file.clone(), line: None, message: message.to_owned() });
    }

    fn line(&mut self, line: u64, message: String) {
        if self.told < TOLD {
            self.trouble.push(Trouble { file: self.file.clone(), line: Some(line), message });
            self.told += 1;
        } else {
            self.more += 1;
        }
    }

    fn finish(&mut self) {
        match self.more {
            0 => {}
            1 => self.whole("1 more row of it is left out."),
            more => self.whole(&format!("{more} more rows of it are left out.")),
        }
    }
}

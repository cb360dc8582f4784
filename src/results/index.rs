//! The first pass over the results: where the rows of each worker are, and what is wrong with the other rows.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use csv::ByteRecord;

use super::error::ResultsError;
use super::ranges::Ranges;
use super::records::{NoRecord, Record, Records, leaves_quote_open};
use super::source::open;
use crate::names::parse_csv_name;
use crate::status::WorkerId;

/// The maximum number of columns; a file with more is not a file of results.
const MAX_COLUMNS: usize = 4096;
/// The maximum number of bad rows that are reported line by line; the others are counted.
const TOLD: usize = 20;
/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// The message for a row that does not end.
const TOO_LONG: &str = "The row is longer than 1 MiB: a quote is not closed, or the file is not CSV. The row and all \
                        that follows are left out.";
/// The message for a file whose first line is not a header of results.
const NO_COLUMNS: &str = "The first line does not name the columns session_id, worker_id and iteration, separated by \
                          commas and in UTF-8.";

/// The index of all rows.
#[derive(Debug, Default)]
pub struct Index {
    /// The files, in the order in which they were read.
    pub files: Vec<FileIndex>,
    /// All columns, in the order in which they first appeared.
    pub columns: Vec<Vec<u8>>,
    /// The rows of each worker of each session.
    pub workers: BTreeMap<Key, WorkerRows>,
    /// Rows of other sessions than the one that was asked for, by session.
    pub others: BTreeMap<String, u64>,
    /// What is wrong with files and rows that are left out.
    pub trouble: Vec<Trouble>,
}

/// The session and the worker of a row.
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
    /// Which attempt they are from: the newest one that has any. It is in the name of the file; without it, it is 1.
    pub attempt: u64,
    /// The number of rows of earlier attempts, which are left out.
    pub earlier: u64,
    /// The number of rows.
    pub rows: u64,
    /// The iterations that are present.
    pub iterations: Ranges,
    /// The iterations that occur more than once.
    pub repeated: Ranges,
    /// The positions of the rows, in the order in which they were read.
    pub runs: Vec<Run>,
}

/// Consecutive rows of one worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The index of the file.
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
    /// The index of each of its columns among all columns.
    pub columns: Vec<usize>,
}

/// What is wrong with a file or with one of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; none for the file as a whole.
    pub line: Option<u64>,
    /// What is wrong, as a sentence.
    pub message: String,
}

/// The columns that identify a row.
#[derive(Clone, Copy)]
struct Keys {
    session: usize,
    worker: usize,
    iteration: usize,
    timestamp: Option<usize>,
}

impl Index {
    /// Reads the files. If a session is given, the rows of other sessions are only counted.
    ///
    /// # Errors
    /// [`ResultsError`].
    pub fn new(files: &[PathBuf], session: Option<&str>) -> Result<Self, ResultsError> {
        let mut index = Self::default();
        let mut known = HashMap::new();
        for path in files {
            index.add(path, session, &mut known)?;
        }
        index.forgive_earlier_attempts();
        Ok(index)
    }

    /// Drops the problems of files of superseded attempts: the files of failed attempts are often cut off.
    fn forgive_earlier_attempts(&mut self) {
        let Self { workers, trouble, .. } = self;
        let mut newest: HashMap<&WorkerId, u64> = HashMap::new();
        for (key, rows) in &*workers {
            let attempt = newest.entry(&key.worker).or_insert(rows.attempt);
            // The name of a file does not contain its session.
            *attempt = rows.attempt.min(*attempt);
        }
        trouble.retain(|trouble| {
            let Some((worker, attempt)) = attempt_of(&trouble.file) else { return true };
            newest.get(&worker).is_none_or(|newest| *newest <= attempt)
        });
    }

    fn add(
        &mut self,
        path: &Path,
        session: Option<&str>,
        known: &mut HashMap<Vec<u8>, usize>,
    ) -> Result<(), ResultsError> {
        let unreadable = |source| ResultsError::Unreadable { path: path.to_owned(), source };
        let mut notes = Notes::default();
        let mut part = Part::of(open(path)?).map_err(unreadable)?;
        match part.header().map_err(unreadable)? {
            Err(message) => notes.files.push(message),
            Ok((header, keys)) => {
                let columns = self.columns(&header, known);
                if self.columns.len() > MAX_COLUMNS {
                    return Err(ResultsError::TooManyColumns { path: path.to_owned(), max: MAX_COLUMNS });
                }
                self.files.push(FileIndex { path: path.to_owned(), columns });
                self.rows(&mut part, keys, session, &mut notes).map_err(unreadable)?;
            }
        }
        self.trouble.extend(notes.finish(path, &part.file).map_err(unreadable)?);
        Ok(())
    }

    /// The indexes of a file's columns among all columns.
    fn columns(&mut self, header: &ByteRecord, known: &mut HashMap<Vec<u8>, usize>) -> Vec<usize> {
        let mut place_of = |name: &[u8]| {
            if let Some(place) = known.get(name) {
                return *place;
            }
            known.insert(name.to_owned(), self.columns.len());
            self.columns.push(name.to_owned());
            self.columns.len() - 1
        };
        header.iter().enumerate().map(|(nth, name)| place_of(name_of(nth, name))).collect()
    }

    /// Reads the rows of the file that was added last.
    fn rows(&mut self, part: &mut Part, keys: Keys, session: Option<&str>, notes: &mut Notes) -> io::Result<()> {
        let place = self.files.len() - 1;
        let expected = self.files[place].columns.len();
        let by_name = attempt_of(&self.files[place].path);
        let (mut last_time, mut end) = (0, part.header_end);
        loop {
            let record = match part.records.next() {
                Ok(Some(record)) => record,
                Ok(None) => return Ok(()),
                Err(NoRecord::Read(error)) => return Err(error),
                Err(NoRecord::TooLong) => {
                    notes.row(end, TOO_LONG.to_owned());
                    return Ok(());
                }
            };
            end = record.end;
            let is_at_end = record.end >= part.length;
            let is_cut = is_at_end
                && (!part.is_ended && !keys.is_whole(record.fields, expected, last_time)
                    || leaves_quote_open(&bytes_of(&part.file, &record)?));
            last_time = keys.timestamp.and_then(|at| record.fields.get(at)).map_or(0, <[u8]>::len);
            let row = if is_cut {
                Err("The row is cut off: the file ends within it.".to_owned())
            } else {
                keys.row(record.fields, expected, is_at_end)
            };
            match row {
                Err(message) => notes.row(record.start, message),
                Ok((session_id, ..)) if session.is_some_and(|session| session != session_id) => {
                    *self.others.entry(session_id).or_default() += 1;
                }
                Ok((session_id, worker, iteration)) => {
                    let attempt =
                        by_name.as_ref().filter(|(named, _)| *named == worker).map_or(1, |(_, attempt)| *attempt);
                    let rows = self.workers.entry(Key { session_id, worker }).or_default();
                    rows.add(place, &record, iteration, attempt);
                }
            }
        }
    }
}

/// A file that is read record by record.
struct Part {
    records: Records,
    /// The same file, opened again to look at parts of it.
    file: File,
    length: u64,
    /// The byte after its first record, once that has been read.
    header_end: u64,
    /// Whether its last line has a line break.
    is_ended: bool,
}

impl Part {
    fn of(mut file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let is_ended = ends_with_line_break(&mut file, length)?;
        let mut records = Records::new(file.try_clone()?);
        records.go_to(0, length)?;
        Ok(Self { records, file, length, header_end: 0, is_ended })
    }

    /// Its first record, which names the columns, or what is wrong with it.
    fn header(&mut self) -> io::Result<Result<(ByteRecord, Keys), String>> {
        Ok(match self.records.next() {
            Ok(Some(record)) if record.end < self.length || self.is_ended => {
                self.header_end = record.end;
                Keys::of(record.fields).map(|keys| (record.fields.clone(), keys))
            }
            Ok(Some(_)) => Err("The file has only one line, which is cut off.".to_owned()),
            Ok(None) => Err("The file is empty.".to_owned()),
            Err(NoRecord::TooLong) => Err("The first line is longer than 1 MiB: the file is not CSV.".to_owned()),
            Err(NoRecord::Read(error)) => return Err(error),
        })
    }
}

/// The bytes of a record.
fn bytes_of(file: &File, record: &Record<'_>) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(record.end - record.start).unwrap_or(0)];
    file.read_exact_at(&mut bytes, record.start)?;
    Ok(bytes)
}

/// The worker and the attempt of a file, as far as its name contains them.
fn attempt_of(path: &Path) -> Option<(WorkerId, u64)> {
    let (worker, attempt) = parse_csv_name(path.file_name()?.to_str()?)?;
    Some((WorkerId::of(worker), attempt))
}

impl WorkerRows {
    fn add(&mut self, file: usize, record: &Record<'_>, iteration: u64, attempt: u64) {
        if attempt < self.attempt {
            self.earlier += 1;
            return;
        }
        if attempt > self.attempt {
            *self = Self { attempt, earlier: self.earlier + self.rows, ..Self::default() };
        }
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
                return Err(format!("The file has two columns named {:?}.", String::from_utf8_lossy(name)));
            }
        }
        let find = |name: &str| names.get(name.as_bytes()).copied();
        let (Some(session), Some(worker), Some(iteration)) = (find("session_id"), find("worker_id"), find("iteration"))
        else {
            return Err(NO_COLUMNS.to_owned());
        };
        Ok(Self { session, worker, iteration, timestamp: find("timestamp") })
    }

    /// The session, the worker and the iteration of a row.
    fn row(self, fields: &ByteRecord, expected: usize, is_at_end: bool) -> Result<(String, WorkerId, u64), String> {
        if fields.len() != expected {
            let end = if is_at_end && fields.len() < expected { ": the file ends within it" } else { "" };
            return Err(format!("The row has {} of {expected} fields{end}.", fields.len()));
        }
        if fields.as_slice().contains(&0) {
            return Err("The row contains NUL bytes.".to_owned());
        }
        let text = |at: usize| String::from_utf8_lossy(fields.get(at).unwrap_or_default()).into_owned();
        let (session, worker, iteration) = (text(self.session), text(self.worker), text(self.iteration));
        if session.is_empty() || worker.is_empty() {
            return Err("The row has no session or no worker.".to_owned());
        }
        let number = iteration.parse().map_err(|_| format!("The iteration {iteration:?} is not a whole number."))?;
        Ok((session, WorkerId::of(&worker), number))
    }

    /// Whether a last line without a line break counts as complete: its last field could be cut off, unless it is a
    /// timestamp as long as the one before it.
    fn is_whole(self, fields: &ByteRecord, expected: usize, last_time: usize) -> bool {
        let time = self.timestamp.filter(|at| at + 1 == expected).and_then(|at| fields.get(at));
        fields.len() == expected && last_time > 0 && time.is_some_and(|time| time.len() == last_time)
    }
}

/// A column's name, without the byte order mark before the first one.
fn name_of(nth: usize, name: &[u8]) -> &[u8] {
    if nth == 0 { name.strip_prefix(MARK).unwrap_or(name) } else { name }
}

fn ends_with_line_break(file: &mut File, length: u64) -> io::Result<bool> {
    let Some(last) = length.checked_sub(1) else { return Ok(true) };
    file.seek(SeekFrom::Start(last))?;
    let mut byte = [0];
    file.read_exact(&mut byte)?;
    Ok(matches!(byte, [b'\n' | b'\r']))
}

/// The problems of one file.
#[derive(Default)]
struct Notes {
    /// Problems of the file as a whole.
    files: Vec<String>,
    /// Where bad rows begin, and what is wrong with them.
    rows: Vec<(u64, String)>,
    more: u64,
}

impl Notes {
    fn row(&mut self, start: u64, message: String) {
        if self.rows.len() < TOLD {
            self.rows.push((start, message));
        } else {
            self.more += 1;
        }
    }

    /// Finds the line numbers of the bad rows. They are computed only if there is something to report.
    fn finish(self, path: &Path, file: &File) -> io::Result<Vec<Trouble>> {
        let of = |line, message| Trouble { file: path.to_owned(), line, message };
        let mut lines = Lines { file, offset: 0, line: 1 };
        let mut all: Vec<Trouble> = self.files.into_iter().map(|message| of(None, message)).collect();
        for (start, message) in self.rows {
            all.push(of(Some(lines.of(start)?), message));
        }
        match self.more {
            0 => {}
            1 => all.push(of(None, "1 more row is left out.".to_owned())),
            more => all.push(of(None, format!("{more} more rows are left out."))),
        }
        Ok(all)
    }
}

/// Counts the lines of a file from one position to the next.
struct Lines<'f> {
    file: &'f File,
    offset: u64,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first character at or after a byte; the line break that ends the row before may come first.
    fn of(&mut self, start: u64) -> io::Result<u64> {
        let mut buffer = [0; 16 * 1024];
        loop {
            let count = self.file.read_at(&mut buffer, self.offset)?;
            for byte in &buffer[..count] {
                if self.offset >= start && !matches!(byte, b'\r' | b'\n') {
                    return Ok(self.line);
                }
                self.line += u64::from(*byte == b'\n');
                self.offset += 1;
            }
            if count == 0 {
                return Ok(self.line);
            }
        }
    }
}

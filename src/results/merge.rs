//! The second pass over the results: reads the rows of each worker again and writes them in order.

use std::borrow::Cow;
use std::io::Write;
use std::ops::Range;

use csv::{ByteRecord, WriterBuilder};

use super::error::ResultsError;
use super::index::{FileIndex, Index};
use super::records::Records;
use super::source;
use crate::printable::printable;

/// How fields are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Byte for byte.
    Exact,
    /// With escapes for control characters, for a terminal.
    Printable,
}

/// Writes all rows as one CSV: sessions and workers in order, and the rows of a worker in the order of its files.
///
/// # Errors
/// [`ResultsError`].
pub fn merge(index: &Index, form: Form, out: impl Write) -> Result<(), ResultsError> {
    if index.columns.is_empty() {
        return Ok(());
    }
    let written = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => ResultsError::Write(error),
        other => ResultsError::Write(std::io::Error::other(format!("{other:?}"))),
    };
    let mut csv = WriterBuilder::new().from_writer(out);
    csv.write_record(index.columns.iter().map(|name| shown(name, form))).map_err(written)?;
    let mut row = vec![None; index.columns.len()];
    // The rows of a file are mostly consecutive, even if the rows of several workers alternate in it.
    let mut open: Option<(usize, Records)> = None;
    for run in index.workers.values().flat_map(|rows| &rows.runs) {
        let file = &index.files[run.file];
        let unreadable = |source| ResultsError::Unreadable { path: file.path.clone(), source };
        let changed = || ResultsError::Changed(file.path.clone());
        let records = match open.take() {
            Some((place, records)) if place == run.file => records,
            _ => Records::new(source::open(&file.path)?),
        };
        let (_, records) = open.insert((run.file, records));
        records.go_to(run.start, run.end).map_err(unreadable)?;
        for _ in 0..run.rows {
            let record = records.next().map_err(|_| changed())?.ok_or_else(changed)?;
            if record.fields.len() != file.columns.len() {
                return Err(changed());
            }
            place_fields(record.fields, file, &mut row);
            let field = |range: &Option<Range<usize>>| match range {
                Some(range) => shown(&record.fields.as_slice()[range.clone()], form),
                None => Cow::Borrowed(&b""[..]),
            };
            csv.write_record(row.iter().map(field)).map_err(written)?;
        }
    }
    csv.flush().map_err(ResultsError::Write)
}

/// For each of all columns, the index of its field in a row; none if the file lacks the column.
fn place_fields(fields: &ByteRecord, file: &FileIndex, row: &mut [Option<Range<usize>>]) {
    row.fill(None);
    for (nth, place) in file.columns.iter().enumerate() {
        row[*place] = fields.range(nth);
    }
}

fn shown(field: &[u8], form: Form) -> Cow<'_, [u8]> {
    match form {
        Form::Exact => Cow::Borrowed(field),
        Form::Printable => Cow::Owned(printable(&String::from_utf8_lossy(field)).into_owned().into_bytes()),
    }
}

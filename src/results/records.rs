//! Reads the records of a CSV file one at a time, with a limit on their length.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

use csv::{ByteRecord, Position, Reader, ReaderBuilder};

/// The maximum length of a record. Anything longer is an unclosed quote, or the file is not CSV.
pub const MAX_RECORD: u64 = 1 << 20;
const BUFFER: usize = 64 * 1024;

/// The records of a file, read from any position.
pub struct Records {
    reader: Reader<Limited>,
    limits: Rc<Limits>,
    record: ByteRecord,
}

/// A record and its position.
pub struct Record<'r> {
    /// The fields.
    pub fields: &'r ByteRecord,
    /// Its first byte in the file.
    pub start: u64,
    /// The byte after its last one.
    pub end: u64,
}

/// Why a record cannot be read.
pub enum NoRecord {
    /// It is longer than [`MAX_RECORD`].
    TooLong,
    /// The file cannot be read.
    Read(io::Error),
}

impl Records {
    /// The records of a file; there are none before [`Records::go_to`].
    #[must_use]
    pub fn new(file: File) -> Self {
        let limits = Rc::new(Limits::default());
        let input = Limited { file, at: 0, limits: Rc::clone(&limits) };
        let mut builder = ReaderBuilder::new();
        let reader = builder.has_headers(false).flexible(true).buffer_capacity(BUFFER).from_reader(input);
        Self { reader, limits, record: ByteRecord::new() }
    }

    /// Moves to the records between two byte positions.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn go_to(&mut self, start: u64, end: u64) -> io::Result<()> {
        let mut position = Position::new();
        position.set_byte(start);
        // Before its first seek, the reader would take a record for a header.
        self.reader.seek_raw(SeekFrom::Start(start), position).map_err(io::Error::other)?;
        self.limits.end.set(end);
        Ok(())
    }

    /// The next record; none at the end.
    ///
    /// # Errors
    /// [`NoRecord`].
    pub fn next(&mut self) -> Result<Option<Record<'_>>, NoRecord> {
        self.limits.record.set(MAX_RECORD);
        match self.reader.read_byte_record(&mut self.record) {
            Ok(false) => Ok(None),
            Ok(true) => {
                let start = self.record.position().map_or(0, Position::byte);
                let end = self.reader.position().byte();
                Ok(Some(Record { fields: &self.record, start, end }))
            }
            Err(error) => Err(match error.into_kind() {
                csv::ErrorKind::Io(_) if self.limits.record.get() == 0 => NoRecord::TooLong,
                csv::ErrorKind::Io(error) => NoRecord::Read(error),
                other => NoRecord::Read(io::Error::other(format!("{other:?}"))),
            }),
        }
    }
}

/// Whether a quote that opens in a record is still open at its end: everything after it would belong to the record.
#[must_use]
pub fn leaves_quote_open(record: &[u8]) -> bool {
    let followed = [record, b"\nx"].concat();
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(followed.as_slice());
    reader.byte_records().count() == 1
}

/// The limits of reading a file.
#[derive(Default)]
struct Limits {
    /// The number of bytes that may still belong to the current record.
    record: Cell<u64>,
    /// The byte after the last one to read.
    end: Cell<u64>,
}

/// A file that is read within these limits.
struct Limited {
    file: File,
    at: u64,
    limits: Rc<Limits>,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Limits { record, end } = &*self.limits;
        let left = end.get().saturating_sub(self.at);
        let most = usize::try_from(left.min(record.get())).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 && !buffer.is_empty() && left > 0 {
            return Err(io::Error::other("a record is too long"));
        }
        let count = self.file.read(&mut buffer[..most])?;
        self.at += count as u64;
        record.set(record.get() - count as u64);
        Ok(count)
    }
}

impl Seek for Limited {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.file.seek(to)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_that_is_not_closed_is_seen() {
        for closed in ["a,b", "a,b\n", "\n\"a\",b\r\n", "a,\"b\"", "a,\"b\"\"\"", "a,b\"c\n", "a,\"\"\n"] {
            assert!(!leaves_quote_open(closed.as_bytes()), "{closed:?}");
        }
        for open in ["a,\"b", "a,\"b\n", "a,\"b\"\"", "\n\"a,b\r\n", "a,\""] {
            assert!(leaves_quote_open(open.as_bytes()), "{open:?}");
        }
    }
}

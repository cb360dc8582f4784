//! The records of a part of a CSV file, one at a time, none of them longer than can be a row of results.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Take};
use std::rc::Rc;

use csv::{ByteRecord, Reader, ReaderBuilder};

/// A longer record is none: the quote that opens it is not closed, or the file is something else.
pub const MAX_RECORD: u64 = 1 << 20;
const BUFFER: usize = 64 * 1024;

/// Records from one byte of a file to another.
pub struct Records {
    reader: Reader<Limited>,
    left: Rc<Cell<u64>>,
    start: u64,
    record: ByteRecord,
}

/// A record and where it stands.
pub struct Record<'r> {
    /// The fields.
    pub fields: &'r ByteRecord,
    /// Its first byte in the file.
    pub start: u64,
    /// The byte after its last one.
    pub end: u64,
}

/// Why there is no record.
pub enum NoRecord {
    /// It is longer than [`MAX_RECORD`].
    TooLong,
    /// The file does not allow it.
    Read(io::Error),
}

impl Records {
    /// The records of a file between two bytes.
    ///
    /// # Errors
    /// Whatever the file answers.
    pub fn between(mut file: File, start: u64, end: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(start))?;
        let left = Rc::new(Cell::new(MAX_RECORD));
        let input = Limited { input: file.take(end.saturating_sub(start)), left: Rc::clone(&left) };
        let mut builder = ReaderBuilder::new();
        let reader = builder.has_headers(false).flexible(true).buffer_capacity(BUFFER).from_reader(input);
        Ok(Self { reader, left, start, record: ByteRecord::new() })
    }

    /// The next record; none at the end.
    ///
    /// # Errors
    /// [`NoRecord`].
    pub fn next(&mut self) -> Result<Option<Record<'_>>, NoRecord> {
        self.left.set(MAX_RECORD);
        match self.reader.read_byte_record(&mut self.record) {
            Ok(false) => Ok(None),
            Ok(true) => {
                let start = self.start + self.record.position().map_or(0, csv::Position::byte);
                let end = self.start + self.reader.position().byte();
                Ok(Some(Record { fields: &self.record, start, end }))
            }
            Err(error) => Err(match error.into_kind() {
                csv::ErrorKind::Io(_) if self.left.get() == 0 => NoRecord::TooLong,
                csv::ErrorKind::Io(error) => NoRecord::Read(error),
                other => NoRecord::Read(io::Error::other(format!("{other:?}"))),
            }),
        }
    }
}

/// Gives no more than a record may have, until the next one is asked for.
struct Limited {
    input: Take<File>,
    left: Rc<Cell<u64>>,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left.get()).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 && !buffer.is_empty() && self.input.limit() > 0 {
            return Err(io::Error::other("a record is too long"));
        }
        let count = self.input.read(&mut buffer[..most])?;
        self.left.set(self.left.get() - count as u64);
        Ok(count)
    }
}

//! Standard output, where every write can fail, and which may be closed.

use std::io::{self, BufWriter, StdoutLock, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{FileType, OFlags};

/// The size of the write buffer.
const BUFFER: usize = 128 * 1024;

/// Whether stdout was closed when the program was started.
static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether stdout is open, but not for writing.
static IS_READ_ONLY: OnceLock<bool> = OnceLock::new();

fn is_read_only() -> bool {
    let flags = rustix::fs::fcntl_getfl(rustix::stdio::stdout());
    flags.is_ok_and(|flags| flags & OFlags::ACCMODE == OFlags::RDONLY)
}

/// Checks whether stdout is open. The Rust runtime opens `/dev/null` for each closed standard stream, which afterwards
/// cannot be distinguished from an intended `/dev/null` (Python and Node.js do the same). So this is called before the
/// runtime starts, and must not use anything from it.
pub fn look_before_main() {
    let is_closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
    WAS_CLOSED.store(is_closed, Ordering::Relaxed);
}

/// The device and the inode of the regular file that stdout goes to, if it goes to one.
#[must_use]
pub fn file() -> Option<(u64, u64)> {
    let stat = rustix::fs::fstat(rustix::stdio::stdout()).ok()?;
    let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    is_file.then_some((stat.st_dev, stat.st_ino))
}

/// Standard output, ready to be written.
#[derive(Debug)]
pub struct Stdout(BufWriter<StdoutLock<'static>>);

impl Stdout {
    /// Standard output.
    pub fn lock() -> Self {
        Self(BufWriter::with_capacity(BUFFER, io::stdout().lock()))
    }
}

/// A closed stdout is an error at the first write or, if there is nothing to write, at the end.
impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        refuse_closed()?;
        self.0.write(bytes)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        refuse_closed()?;
        self.0.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        refuse_closed()?;
        self.0.flush()
    }
}

/// The standard library ignores writes to a stdout that is not writable.
fn refuse_closed() -> io::Result<()> {
    if *IS_READ_ONLY.get_or_init(is_read_only) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "standard output is open for reading only"));
    }
    if WAS_CLOSED.load(Ordering::Relaxed) {
        return Err(io::Error::new(io::ErrorKind::NotConnected, "standard output is closed"));
    }
    Ok(())
}

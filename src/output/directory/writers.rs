//! Writes files into the staging directory, with one thread per lane, or in the caller's thread if no other can be
//! started.

use std::fs::Permissions;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::area::LANES;
use super::error::DirectoryError;
use super::handle::Dir;

/// The queue length of each thread: enough to keep it busy, but small enough to fit in memory.
const WAITING: usize = 64;
/// The mode before the umask, as for every new file.
const NEW: u32 = 0o666;

/// A file to stage.
#[derive(Debug)]
pub struct Staged {
    /// Its lane and its name there.
    pub lane: Arc<Dir>,
    pub name: String,
    pub content: Vec<u8>,
    /// The permissions of the file that it replaces.
    pub mode: Option<u32>,
    /// Its path for messages.
    pub target: PathBuf,
}

/// The writers; the thread of a lane starts with its first file.
#[derive(Debug, Default)]
pub struct StagingWriters {
    writers: [LaneWriter; LANES],
}

#[derive(Debug, Default)]
enum LaneWriter {
    #[default]
    Idle,
    Thread(Thread),
    /// No thread could be started, so the caller writes.
    Caller,
}

#[derive(Debug)]
struct Thread {
    sender: SyncSender<Staged>,
    handle: JoinHandle<Result<(), DirectoryError>>,
}

impl StagingWriters {
    /// Passes a file to the writer of its lane; the error may be that of a previous file.
    pub fn write(&mut self, lane: usize, staged: Staged) -> Result<(), DirectoryError> {
        let writer = &mut self.writers[lane];
        if matches!(writer, LaneWriter::Idle) {
            *writer = Thread::start().map_or(LaneWriter::Caller, LaneWriter::Thread);
        }
        match std::mem::take(writer) {
            LaneWriter::Thread(thread) => match thread.sender.send(staged) {
                Ok(()) => {
                    *writer = LaneWriter::Thread(thread);
                    Ok(())
                }
                // The thread has ended early and returns the reason.
                Err(_) => {
                    thread.join().map(|()| unreachable!("a thread that is still sent files ends by an error only"))
                }
            },
            LaneWriter::Idle | LaneWriter::Caller => {
                *writer = LaneWriter::Caller;
                staged.write()
            }
        }
    }

    /// Waits until every file is written.
    pub fn finish(&mut self) -> Result<(), DirectoryError> {
        // All threads have to end, even if one of them has failed.
        let results = self.writers.each_mut().map(|writer| match std::mem::take(writer) {
            LaneWriter::Thread(thread) => thread.join(),
            LaneWriter::Idle | LaneWriter::Caller => Ok(()),
        });
        results.into_iter().collect()
    }
}

impl Thread {
    fn start() -> io::Result<Self> {
        let (sender, receiver) = sync_channel::<Staged>(WAITING);
        let write_all = move || receiver.iter().try_for_each(|staged| staged.write());
        let handle = std::thread::Builder::new().spawn(write_all)?;
        Ok(Self { sender, handle })
    }

    fn join(self) -> Result<(), DirectoryError> {
        drop(self.sender);
        self.handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Staged {
    fn write(&self) -> Result<(), DirectoryError> {
        self.try_to_write().map_err(|source| DirectoryError::Write(self.target.clone(), source))
    }

    fn try_to_write(&self) -> io::Result<()> {
        let mut file = self.lane.create(&self.name, NEW)?;
        file.write_all(&self.content)?;
        self.mode.map_or(Ok(()), |mode| file.set_permissions(Permissions::from_mode(mode)))
    }
}

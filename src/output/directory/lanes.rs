//! Files on their way into the staging directory: names and contents come in one at a time, and are
//! written by several threads, each into a directory of its own, since making a file locks its directory.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::error::DirectoryError;

/// How many files are made at a time. The journal that one run leaves is finished by another, so that both must
/// agree on this number; it is not that of the cores.
const LANES: usize = 2;
/// So many files may wait for each thread: enough to keep it busy, and little enough to hold in memory.
const WAITING: usize = 64;

/// Where the file at this place in the journal is staged.
pub fn place(staging: &Path, nth: usize) -> PathBuf {
    lane(staging, nth % LANES).join(nth.to_string())
}

fn lane(staging: &Path, lane: usize) -> PathBuf {
    staging.join(format!("lane-{lane}"))
}

/// Removes the files and their directories; what has another name stays, and with it the directory.
pub fn clear(staging: &Path) -> io::Result<()> {
    for nth in 0..LANES {
        let path = lane(staging, nth);
        let entries = match fs::read_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other?,
        };
        for entry in entries {
            let entry = entry?;
            if entry.file_name().to_str().is_some_and(|name| name.parse::<usize>().is_ok()) {
                fs::remove_file(entry.path())?;
            }
        }
        fs::remove_dir(path)?;
    }
    Ok(())
}

/// A file to be staged.
struct Staged {
    path: PathBuf,
    content: Vec<u8>,
    permissions: Option<Permissions>,
    /// What the user knows it by.
    target: PathBuf,
}

/// The threads that write; each starts with its first file.
#[derive(Debug, Default)]
pub struct Lanes {
    threads: [Option<Thread>; LANES],
}

#[derive(Debug)]
struct Thread {
    sender: SyncSender<Staged>,
    handle: JoinHandle<Result<(), DirectoryError>>,
}

impl Lanes {
    /// Has the file at place `nth` written; an error may be that of a file before it.
    pub fn write(
        &mut self,
        staging: &Path,
        nth: usize,
        target: PathBuf,
        content: &[u8],
        permissions: Option<Permissions>,
    ) -> Result<(), DirectoryError> {
        let thread = &mut self.threads[nth % LANES];
        let running = match thread.take() {
            Some(running) => running,
            None => Thread::start(&lane(staging, nth % LANES))
                .map_err(|source| DirectoryError::Write { path: target.clone(), source })?,
        };
        let staged = Staged { path: place(staging, nth), content: content.to_owned(), permissions, target };
        match running.sender.send(staged) {
            Ok(()) => {
                *thread = Some(running);
                Ok(())
            }
            // The thread has ended before its time; it knows why.
            Err(_) => running.join().map(|()| unreachable!("a thread that is still sent files ends by an error only")),
        }
    }

    /// Waits until every file is written.
    pub fn finish(&mut self) -> Result<(), DirectoryError> {
        // All have to end, whatever the first of them says.
        let results = self.threads.each_mut().map(|thread| thread.take().map_or(Ok(()), Thread::join));
        results.into_iter().collect()
    }
}

impl Thread {
    fn start(lane: &Path) -> io::Result<Self> {
        fs::create_dir(lane)?;
        let (sender, receiver) = sync_channel::<Staged>(WAITING);
        let handle = std::thread::spawn(move || {
            receiver.iter().try_for_each(|staged| {
                staged.write().map_err(|source| DirectoryError::Write { path: staged.target, source })
            })
        });
        Ok(Self { sender, handle })
    }

    fn join(self) -> Result<(), DirectoryError> {
        drop(self.sender);
        self.handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Staged {
    fn write(&self) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&self.path)?;
        file.write_all(&self.content)?;
        self.permissions.clone().map_or(Ok(()), |permissions| file.set_permissions(permissions))
    }
}

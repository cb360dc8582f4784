//! Reading what lies in a directory without being led astray: no link is followed, and nothing that
//! is no regular file is opened.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

/// A regular file's content and permissions.
pub struct Content {
    pub bytes: Vec<u8>,
    pub permissions: fs::Permissions,
}

/// Reads a regular file; a link that has slipped into its place since the directory was listed is not followed, and
/// a pipe does not hold us up.
pub fn read(path: &Path) -> io::Result<Content> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
    file.read_to_end(&mut bytes)?;
    Ok(Content { bytes, permissions: metadata.permissions() })
}

/// What a name stands for that is no regular file, to follow it in a sentence.
pub fn describe(path: &Path, kind: fs::FileType) -> String {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_symlink() {
        let target = fs::read_link(path).map_or_else(|_| "elsewhere".to_owned(), |to| to.display().to_string());
        return format!("is a symbolic link to {target}, and nothing is written through or in place of one");
    }
    let what = match kind {
        _ if kind.is_dir() => "a directory",
        _ if kind.is_fifo() => "a named pipe",
        _ if kind.is_socket() => "a socket",
        _ => "a device",
    };
    format!("is {what}")
}

/// Has the whole file system put on the disk what it was given: one wait for any number of files.
pub fn sync(directory: &File) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(directory)?;
    #[cfg(not(target_os = "linux"))]
    {
        let _ = directory;
        rustix::fs::sync();
    }
    Ok(())
}

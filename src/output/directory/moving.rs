//! Three ways to move a file between two directories without losing an existing file, and their fallbacks on file
//! systems without support for them.
//!
//! | step | if the file system supports it | fallback |
//! | --- | --- | --- |
//! | take a free name | `renameat2` with `RENAME_NOREPLACE` | a hard link, then remove the old name; else check and rename |
//! | replace | `renameat2` with `RENAME_EXCHANGE` | the caller moves the old file out, then takes a free name |
//! | take out | `renameat` to a name that is free because nobody else can create files there | the same |
//!
//! Linux supports the flags on ext4, xfs, btrfs, tmpfs, overlayfs, FUSE and others, and macOS on APFS (`renameatx_np`).
//! The most common file system without them is NFS.

use std::io;

use rustix::fs::AtFlags;
use rustix::io::Errno;

use super::handle::FileRef;

/// Moves a file to a name that must be free.
pub fn take_free_name(from: FileRef<'_>, to: FileRef<'_>) -> io::Result<()> {
    match without_replacing(from, to) {
        Err(error) if lacks(error) => Ok(by_link(from, to)?),
        other => Ok(other?),
    }
}

/// Exchanges two files; `None` if the file system cannot do it.
pub fn exchange(one: FileRef<'_>, other: FileRef<'_>) -> io::Result<Option<()>> {
    match exchanging(one, other) {
        Err(error) if lacks(error) => Ok(None),
        other => Ok(Some(other?)),
    }
}

/// Moves an entry to a free name in a directory where nobody else creates files.
pub fn take_out(from: FileRef<'_>, to: FileRef<'_>) -> io::Result<()> {
    Ok(rustix::fs::renameat(from.dir.handle(), from.name, to.dir.handle(), to.name)?)
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn without_replacing(from: FileRef<'_>, to: FileRef<'_>) -> rustix::io::Result<()> {
    let flags = rustix::fs::RenameFlags::NOREPLACE;
    rustix::fs::renameat_with(from.dir.handle(), from.name, to.dir.handle(), to.name, flags)
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn exchanging(one: FileRef<'_>, other: FileRef<'_>) -> rustix::io::Result<()> {
    let flags = rustix::fs::RenameFlags::EXCHANGE;
    rustix::fs::renameat_with(one.dir.handle(), one.name, other.dir.handle(), other.name, flags)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn without_replacing(_: FileRef<'_>, _: FileRef<'_>) -> rustix::io::Result<()> {
    Err(Errno::NOSYS)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn exchanging(_: FileRef<'_>, _: FileRef<'_>) -> rustix::io::Result<()> {
    Err(Errno::NOSYS)
}

/// Whether the kernel or the file system does not support the call or its flag.
fn lacks(error: Errno) -> bool {
    [Errno::INVAL, Errno::NOSYS, Errno::OPNOTSUPP].contains(&error)
}

fn by_link(from: FileRef<'_>, to: FileRef<'_>) -> rustix::io::Result<()> {
    match rustix::fs::linkat(from.dir.handle(), from.name, to.dir.handle(), to.name, AtFlags::empty()) {
        Ok(()) => rustix::fs::unlinkat(from.dir.handle(), from.name, AtFlags::empty()).inspect_err(|_| {
            // The file still exists under its old name, so this name is removed again and the error returned.
            let _ = rustix::fs::unlinkat(to.dir.handle(), to.name, AtFlags::empty());
        }),
        // The file system has no hard links, or the entry cannot have them, such as a directory.
        Err(error) if lacks(error) || [Errno::PERM, Errno::MLINK].contains(&error) => after_a_look(from, to),
        Err(error) => Err(error),
    }
}

/// There is no better way without flags and links: a file created between the check and the rename is lost.
fn after_a_look(from: FileRef<'_>, to: FileRef<'_>) -> rustix::io::Result<()> {
    match rustix::fs::statat(to.dir.handle(), to.name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(_) => Err(Errno::EXIST),
        Err(Errno::NOENT) => rustix::fs::renameat(from.dir.handle(), from.name, to.dir.handle(), to.name),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::handle::Dir;
    use super::*;

    #[test]
    fn a_name_that_is_taken_stays() {
        type Step = fn(FileRef<'_>, FileRef<'_>) -> io::Result<()>;
        let steps: [Step; 3] =
            [take_free_name, |from, to| Ok(by_link(from, to)?), |from, to| Ok(after_a_look(from, to)?)];
        for step in steps {
            let root = tempfile::tempdir().unwrap();
            let dir = Dir::open(root.path()).unwrap();
            fs::write(root.path().join("ours"), "ours").unwrap();
            fs::write(root.path().join("mine"), "mine").unwrap();
            std::os::unix::fs::symlink("mine", root.path().join("link")).unwrap();
            for name in ["mine", "link"] {
                let error = step(dir.at("ours"), dir.at(name)).unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
            }
            step(dir.at("ours"), dir.at("free")).unwrap();
            assert_eq!(fs::read_to_string(root.path().join("free")).unwrap(), "ours");
            assert_eq!(fs::read_to_string(root.path().join("mine")).unwrap(), "mine");
            assert!(!root.path().join("ours").exists());
        }
    }
}

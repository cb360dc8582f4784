//! Detects in advance what would prevent a file from being moved. Returns a description that follows the file's name in
//! a sentence.

use std::os::unix::fs::MetadataExt;

use super::handle::Dir;

const STICKY: u32 = 0o1000;
const ANY_WRITE: u32 = 0o222;

/// What would prevent the file with this name, mode and owner from being replaced or removed.
pub fn of_file(dir: &Dir, name: &str, mode: u32, uid: u32) -> Option<String> {
    if mode & ANY_WRITE == 0 {
        return Some("is write-protected; run chmod u+w on it if it may be changed".to_owned());
    }
    of_sticky_directory(dir, uid).or_else(|| of_attributes(dir, name))
}

/// What would prevent files from being moved into or out of a directory.
pub fn of_directory(dir: &Dir) -> Option<String> {
    of_attributes(dir, ".").filter(|what| !what.contains("mount point"))
}

/// Root may move all files.
fn of_sticky_directory(dir: &Dir, uid: u32) -> Option<String> {
    let user = rustix::process::geteuid();
    let found = dir.metadata().ok()?;
    let is_free = found.mode() & STICKY == 0 || user.is_root() || [uid, found.uid()].contains(&user.as_raw());
    (!is_free).then(|| {
        "belongs to another user, and in a sticky directory only its owner can replace or remove it".to_owned()
    })
}

#[cfg(target_os = "linux")]
fn of_attributes(dir: &Dir, name: &str) -> Option<String> {
    use rustix::fs::{AtFlags, StatxAttributes, StatxFlags, statx};
    let found = statx(dir.handle(), name, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::empty()).ok()?;
    let known = [
        (StatxAttributes::IMMUTABLE, "is immutable; run chattr -i on it if it may be changed"),
        (StatxAttributes::APPEND, "is append-only; run chattr -a on it if it may be changed"),
        (StatxAttributes::MOUNT_ROOT, "is a mount point; unmount it if it may be changed"),
    ];
    let holds = |attribute| found.stx_attributes.contains(attribute);
    known.into_iter().find(|(attribute, _)| holds(*attribute)).map(|(_, what)| what.to_owned())
}

/// On other systems, the move itself fails, and everything is undone.
#[cfg(not(target_os = "linux"))]
fn of_attributes(_: &Dir, _: &str) -> Option<String> {
    None
}

//! Finds the files of results: the regular files that the paths name, each once.

use std::collections::HashSet;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::error::ResultsError;

/// The files to read.
#[derive(Debug, Default)]
pub struct Sources {
    /// Regular files in the order of the arguments; those of a directory are sorted by name.
    pub files: Vec<PathBuf>,
    /// Sentences about directory entries that have the name of a CSV file but are not read.
    pub passed_over: Vec<String>,
}

/// The identity of a file, regardless of its name: its device and its inode.
pub type FileId = (u64, u64);

/// The files that the arguments name. The file that the output is written to is skipped if it is among them.
///
/// # Errors
/// A path that cannot be read or is not a regular file, and a directory without results.
pub fn sources(arguments: &[PathBuf], output: Option<FileId>) -> Result<Sources, ResultsError> {
    let mut search = Search { sources: Sources::default(), seen: HashSet::new(), output };
    for argument in arguments {
        let unreadable = |source| ResultsError::Unreadable { path: argument.clone(), source };
        let metadata = fs::metadata(argument).map_err(unreadable)?;
        if metadata.is_dir() {
            if !search.list(argument).map_err(unreadable)? {
                return Err(ResultsError::NoResults(argument.clone()));
            }
        } else if metadata.is_file() {
            search.add(argument.clone(), &metadata);
        } else {
            return Err(ResultsError::NoFile(argument.clone()));
        }
    }
    Ok(search.sources)
}

/// The files that have been found so far.
struct Search {
    sources: Sources,
    seen: HashSet<FileId>,
    output: Option<FileId>,
}

impl Search {
    /// Adds the CSV files of a directory. Returns whether there were any.
    fn list(&mut self, directory: &Path) -> io::Result<bool> {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(directory)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
        paths.retain(|path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")));
        paths.sort();
        let is_any = !paths.is_empty();
        for path in paths {
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_file() => self.add(path, &metadata),
                Ok(_) => self.pass_over(&path, "is not a regular file; it is skipped."),
                Err(error) => self.pass_over(&path, &format!("cannot be read: {error}.")),
            }
        }
        Ok(is_any)
    }

    /// Adds a file unless it has been added already: reading it again through a link would repeat its rows.
    fn add(&mut self, path: PathBuf, metadata: &Metadata) {
        let id = (metadata.dev(), metadata.ino());
        if !self.seen.insert(id) {
            return;
        }
        if self.output == Some(id) {
            self.pass_over(&path, "is the output file; it is skipped.");
        } else {
            self.sources.files.push(path);
        }
    }

    fn pass_over(&mut self, path: &Path, why: &str) {
        self.sources.passed_over.push(format!("{} {why}", path.display()));
    }
}

/// Opens a file that was a regular file when it was found. If it has become a pipe since, this does not block.
pub fn open(path: &Path) -> Result<File, ResultsError> {
    let unreadable = |source| ResultsError::Unreadable { path: path.to_owned(), source };
    let at_once = OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options().read(true).custom_flags(at_once).open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_file() { Ok(file) } else { Err(ResultsError::NoFile(path.to_owned())) }
}

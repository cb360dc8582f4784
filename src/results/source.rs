//! The files that hold results: paths come in, and regular files, each once, go out.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::error::ResultsError;

/// The files to read.
#[derive(Debug, Default)]
pub struct Sources {
    /// Regular files in the order of the arguments, those of a directory in the order of their names.
    pub files: Vec<PathBuf>,
    /// What a directory holds under the name of a CSV file and is none, as sentences.
    pub passed_over: Vec<String>,
}

/// The files that the arguments stand for.
///
/// # Errors
/// A path that cannot be read or is no regular file, and a directory without results.
pub fn sources(arguments: &[PathBuf]) -> Result<Sources, ResultsError> {
    let (mut sources, mut seen) = (Sources::default(), HashSet::new());
    for argument in arguments {
        let unreadable = |source| ResultsError::Unreadable { path: argument.clone(), source };
        let metadata = fs::metadata(argument).map_err(unreadable)?;
        if metadata.is_dir() {
            let before = sources.files.len() + sources.passed_over.len();
            list(argument, &mut sources, &mut seen).map_err(unreadable)?;
            if sources.files.len() + sources.passed_over.len() == before {
                return Err(ResultsError::NoResults(argument.clone()));
            }
        } else if !metadata.is_file() {
            return Err(ResultsError::NoFile(argument.clone()));
        } else if seen.insert((metadata.dev(), metadata.ino())) {
            sources.files.push(argument.clone());
        }
    }
    Ok(sources)
}

fn list(directory: &Path, sources: &mut Sources, seen: &mut HashSet<(u64, u64)>) -> io::Result<()> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(directory)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")));
    paths.sort();
    for path in paths {
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => {
                // A link to a file that is read anyway would repeat its rows.
                if seen.insert((metadata.dev(), metadata.ino())) {
                    sources.files.push(path);
                }
            }
            Ok(_) => sources.passed_over.push(format!("{} is not a file; it is passed over.", path.display())),
            Err(error) => sources.passed_over.push(format!("{} cannot be read: {error}.", path.display())),
        }
    }
    Ok(())
}

/// Opens what was a regular file when it was found. If it has become a pipe since, that is not waited for.
pub fn open(path: &Path) -> Result<File, ResultsError> {
    let unreadable = |source| ResultsError::Unreadable { path: path.to_owned(), source };
    let at_once = OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options().read(true).custom_flags(at_once).open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_file() { Ok(file) } else { Err(ResultsError::NoFile(path.to_owned())) }
}

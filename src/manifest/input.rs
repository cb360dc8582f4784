//! The inputs of `-f`: files, directories and standard input, in the order in which kubectl reads them.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use thiserror::Error;

use crate::printable;
use crate::yaml::Text;

/// The extensions of the files that kubectl reads from a directory.
const ENDINGS: [&str; 3] = ["json", "yaml", "yml"];

/// The maximum that is allocated before reading: a sparse file can report any length.
const MOST_AT_ONCE: usize = 1 << 20;

/// One input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// `-f -`.
    Stdin,
    /// A named file, or anything else that can be read.
    File(PathBuf),
    /// A file in a directory.
    Found(PathBuf),
}

/// The inputs of the arguments of `-f`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inputs {
    /// The inputs in order.
    pub inputs: Vec<Input>,
    /// Sentences about skipped directory entries that have a manifest's name but are not files. Reading from a pipe
    /// without a writer would block forever, and opening a device can have side effects.
    pub passed_over: Vec<String>,
}

/// Why an input could not be read.
#[derive(Debug, Error)]
pub enum InputError {
    /// The path does not exist or cannot be read.
    #[error("{} cannot be read: {source}.", printable::path(path))]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A directory without manifests.
    #[error("{} contains no .yaml, .yml or .json file{}.", printable::path(path), if *.recursive == Some(false) { "; use -R to read its subdirectories too" } else { "" })]
    NoManifests {
        /// The directory.
        path: PathBuf,
        /// Whether subdirectories were included; none if the command has no `-R`.
        recursive: Option<bool>,
    },
}

impl Input {
    /// Its name in reports.
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "standard input".to_owned(),
            Self::File(path) | Self::Found(path) => path.display().to_string(),
        }
    }

    /// Reads the whole input.
    ///
    /// # Errors
    /// `InputError::Unreadable`.
    pub fn read(&self) -> Result<Text, InputError> {
        let bytes = match self {
            Self::Stdin => {
                let mut bytes = Vec::new();
                io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
            }
            Self::File(path) => fs::read(path),
            Self::Found(path) => read_found(path),
        };
        bytes.map(Text::decode).map_err(|source| InputError::Unreadable { path: self.name().into(), source })
    }
}

impl Input {
    /// Opens the input for reading.
    ///
    /// # Errors
    /// `InputError::Unreadable`.
    pub fn open(&self) -> Result<Box<dyn Read>, InputError> {
        let opened: io::Result<Box<dyn Read>> = match self {
            Self::Stdin => Ok(Box::new(io::stdin().lock())),
            Self::File(path) => File::open(path).map(|file| Box::new(file) as _),
            Self::Found(path) => open_found(path).map(|file| Box::new(file) as _),
        };
        opened.map_err(|source| InputError::Unreadable { path: self.name().into(), source })
    }
}

/// Resolves the arguments of `-f`; the files of a directory are sorted by name. `recursive` includes subdirectories; it is
/// none for a command that has no `-R`.
///
/// # Errors
/// A path cannot be read, or a directory contains no manifest.
pub fn expand(arguments: &[PathBuf], recursive: Option<bool>) -> Result<Inputs, InputError> {
    let mut found = Inputs::default();
    for argument in arguments {
        if argument == Path::new("-") {
            found.inputs.push(Input::Stdin);
            continue;
        }
        let unreadable = |source| InputError::Unreadable { path: argument.clone(), source };
        if fs::metadata(argument).map_err(unreadable)?.is_dir() {
            let before = found.inputs.len();
            list(argument, recursive == Some(true), &mut found)?;
            if found.inputs.len() == before && found.passed_over.is_empty() {
                return Err(InputError::NoManifests { path: argument.clone(), recursive });
            }
        } else {
            found.inputs.push(Input::File(argument.clone()));
        }
    }
    Ok(found)
}

/// Whether kubectl would read a file with this name from a directory.
pub fn is_manifest(name: &Path) -> bool {
    name.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
}

fn list(directory: &Path, recursive: bool, found: &mut Inputs) -> Result<(), InputError> {
    let unreadable = |source| InputError::Unreadable { path: directory.to_owned(), source };
    let mut entries = fs::read_dir(directory).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(unreadable)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            if recursive {
                list(&path, recursive, found)?;
            }
        } else if is_manifest(&path) {
            // An entry whose type is a file needs no further check.
            let odd = if kind.is_file() { None } else { odd_kind(&path) };
            match odd {
                None => found.inputs.push(Input::Found(path)),
                Some(kind) => {
                    found.passed_over.push(format!("{} is {kind}, not a file, and was skipped.", path.display()));
                }
            }
        }
    }
    Ok(())
}

/// Opens a file from a directory listing. If it has been replaced by a pipe, this does not block.
fn open_found(path: &Path) -> io::Result<File> {
    let at_once = OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options().read(true).custom_flags(at_once).open(path)?;
    let found = file.metadata()?;
    if !found.is_file() && !found.is_dir() {
        return Err(io::Error::other("it is no longer a file"));
    }
    Ok(file)
}

fn read_found(path: &Path) -> io::Result<Vec<u8>> {
    let file = open_found(path)?;
    // Its length is already known.
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(0);
    let mut bytes = Vec::with_capacity(length.min(MOST_AT_ONCE) + 1);
    file.take(u64::MAX).read_to_end(&mut bytes).map(|_| bytes)
}

/// The type of a path, or of a link's target, that is neither a file nor a directory. Other errors are reported when
/// the file is read.
fn odd_kind(path: &Path) -> Option<&'static str> {
    let kind = fs::metadata(path).ok()?.file_type();
    if kind.is_file() || kind.is_dir() {
        return None;
    }
    Some(match () {
        () if kind.is_fifo() => "a pipe",
        () if kind.is_socket() => "a socket",
        () => "a device",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_has_become_a_pipe_is_not_waited_for() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a.yaml");
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
        let error = Input::Found(path.clone()).read().unwrap_err();
        assert!(error.to_string().contains("it is no longer a file"), "{error}");
        fs::remove_file(&path).unwrap();
        fs::write(&path, "a: 1").unwrap();
        assert_eq!(Input::Found(path).read().unwrap().as_str(), "a: 1");
    }

    #[test]
    fn directories_are_listed_in_order() {
        let root = tempfile::tempdir().unwrap();
        for name in ["b.yaml", "a.json", "c.txt", "sub/d.yml"] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let names = |recursive| -> Vec<String> {
            let Inputs { inputs, passed_over } = expand(&[root.path().to_owned()], Some(recursive)).unwrap();
            assert_eq!(passed_over, [""; 0]);
            let prefix = format!("{}/", root.path().display());
            inputs.iter().map(|input| input.name().replace(&prefix, "")).collect()
        };
        assert_eq!(names(false), ["a.json", "b.yaml"]);
        assert_eq!(names(true), ["a.json", "b.yaml", "sub/d.yml"]);
        fs::create_dir(root.path().join("empty")).unwrap();
        for (recursive, has_hint) in [(Some(false), true), (Some(true), false), (None, false)] {
            let nothing = expand(&[root.path().join("empty")], recursive).unwrap_err().to_string();
            assert_eq!(nothing.contains("-R"), has_hint, "{nothing}");
        }
        assert!(expand(&[root.path().join("none")], None).is_err());
    }
}

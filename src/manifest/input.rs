//! What `-f` names: files, directories and standard input, in the order in which kubectl takes them.
//! Paths come in, and the list of files to read goes out.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::text::Text;

/// Endings of the files that are taken from a directory, as kubectl does.
const ENDINGS: [&str; 3] = ["json", "yaml", "yml"];

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// `-f -`.
    Stdin,
    /// A file that was named, or found in a directory.
    File(PathBuf),
}

/// Why an input could not be read.
#[derive(Debug, Error)]
pub enum InputError {
    /// The path leads nowhere, or may not be read.
    #[error("{} cannot be read: {source}.", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A directory without manifests.
    #[error("{} holds no .yaml, .yml or .json file{}.", path.display(), if *.recursive { "" } else { "; -R looks into its sub-directories too" })]
    NoManifests {
        /// The directory.
        path: PathBuf,
        /// Whether sub-directories were looked into.
        recursive: bool,
    },
}

impl Input {
    /// The name that reports give it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "standard input".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// Reads the whole of it.
    ///
    /// # Errors
    /// [`InputError::Unreadable`].
    pub fn read(&self) -> Result<Text, InputError> {
        let bytes = match self {
            Self::Stdin => {
                let mut bytes = Vec::new();
                io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
            }
            Self::File(path) => fs::read(path),
        };
        bytes.map(Text::decode).map_err(|source| InputError::Unreadable { path: self.name().into(), source })
    }
}

/// The files that the arguments of `-f` stand for, each directory's in the order of their names.
///
/// # Errors
/// A path that cannot be read, or a directory that holds no manifest.
pub fn expand(arguments: &[PathBuf], recursive: bool) -> Result<Vec<Input>, InputError> {
    let mut inputs = Vec::new();
    for argument in arguments {
        if argument == Path::new("-") {
            inputs.push(Input::Stdin);
            continue;
        }
        let unreadable = |source| InputError::Unreadable { path: argument.clone(), source };
        if fs::metadata(argument).map_err(unreadable)?.is_dir() {
            let before = inputs.len();
            list(argument, recursive, &mut inputs)?;
            if inputs.len() == before {
                return Err(InputError::NoManifests { path: argument.clone(), recursive });
            }
        } else {
            inputs.push(Input::File(argument.clone()));
        }
    }
    Ok(inputs)
}

/// Whether kubectl would take a file of this name from a directory.
#[must_use]
pub fn is_manifest(name: &Path) -> bool {
    name.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
}

fn list(directory: &Path, recursive: bool, inputs: &mut Vec<Input>) -> Result<(), InputError> {
    let unreadable = |source| InputError::Unreadable { path: directory.to_owned(), source };
    let mut entries = fs::read_dir(directory).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(unreadable)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            if recursive {
                list(&path, recursive, inputs)?;
            }
        } else if is_manifest(&path) {
            inputs.push(Input::File(path));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_listed_in_order() {
        let root = tempfile::tempdir().unwrap();
        for name in ["b.yaml", "a.json", "c.txt", "sub/d.yml"] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let names = |recursive| -> Vec<String> {
            let inputs = expand(&[root.path().to_owned()], recursive).unwrap();
            let prefix = format!("{}/", root.path().display());
            inputs.iter().map(|input| input.name().replace(&prefix, "")).collect()
        };
        assert_eq!(names(false), ["a.json", "b.yaml"]);
        assert_eq!(names(true), ["a.json", "b.yaml", "sub/d.yml"]);
        fs::create_dir(root.path().join("empty")).unwrap();
        let nothing = expand(&[root.path().join("empty")], false);
        assert!(nothing.unwrap_err().to_string().contains("-R"));
        assert!(expand(&[root.path().join("none")], false).is_err());
    }
}

//! Reads the tuning file like the worker: UTF-8, with one YAML document that is a mapping. Keeps the file's bytes, its
//! text and every node with its position.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;
use thiserror::Error;

use crate::printable;
use crate::yaml::text::Excerpt;
use crate::yaml::{Document, Node, Position, Text, single_document};

/// The maximum size of a ConfigMap: the values of all its keys together (`MaxSecretSize` of the API server).
pub const MAX_SIZE: usize = 1 << 20;

/// A readable tuning file.
#[derive(Debug)]
pub struct TuningFile {
    /// Its name in messages: its path.
    pub name: String,
    /// All of its bytes, including a byte order mark.
    content: String,
    /// Its text, for excerpts.
    pub text: Text,
    /// Its one document.
    pub document: Document,
}

/// Why a tuning file cannot be used.
#[derive(Debug, Error)]
pub enum TuningFileError {
    /// There is no such file.
    #[error("There is no tuning file {}, which config_path refers to.", printable::path(file))]
    Missing {
        /// The path that was tried.
        file: PathBuf,
    },
    /// The file could not be opened or read.
    #[error("The tuning file {} cannot be read: {source}.", printable::path(file))]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The path is a directory.
    #[error("The tuning file {} is a directory. Point config_path at the YAML file inside it.", printable::path(file))]
    Directory {
        /// The directory.
        file: PathBuf,
    },
    /// A pipe, a device or a socket.
    #[error(
        "The tuning file {} is not a regular file. Save it as one, or point config_path at another.",
        printable::path(file)
    )]
    NoFile {
        /// The type of the entry.
        file: PathBuf,
    },
    /// The file is larger than a ConfigMap.
    #[error(
        "The tuning file {} is larger than {MAX_SIZE} bytes, the most that a ConfigMap can hold.",
        printable::path(file)
    )]
    TooLarge {
        /// The file.
        file: PathBuf,
    },
    /// The file is not UTF-8, and the worker reads only UTF-8.
    #[error(
        "The tuning file {} is not UTF-8 text, and the worker reads only UTF-8. Save it as UTF-8.",
        printable::path(file)
    )]
    NotUtf8 {
        /// The file.
        file: PathBuf,
    },
    /// The file is not well-formed YAML.
    #[error("The tuning file is not well-formed YAML. {message}")]
    NotYaml {
        /// The excerpt.
        excerpt: Excerpt,
        /// What is wrong, as a sentence.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// The file contains several documents, and the worker rejects it.
    #[error(
        "The tuning file {} contains {count} YAML documents, but the worker reads only one. Keep one, and one '---' \
         at most.",
        printable::path(file)
    )]
    Documents {
        /// The file.
        file: PathBuf,
        /// How many there are.
        count: usize,
    },
    /// The document is not a mapping.
    #[error("A tuning file must be a mapping with the key tuning, not {kind}.")]
    NotMapping {
        /// The excerpt.
        excerpt: Excerpt,
        /// The type of the document.
        kind: &'static str,
    },
}

impl TuningFileError {
    /// The position in the file, if there is one.
    #[must_use]
    pub const fn excerpt(&self) -> Option<&Excerpt> {
        match self {
            Self::NotYaml { excerpt, .. } | Self::NotMapping { excerpt, .. } => Some(excerpt),
            _ => None,
        }
    }

    /// What to do about it, where the message does not say it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::NotYaml { help, .. } => help.as_deref(),
            Self::NotMapping { .. } => Some("Start from configs/d23_tuning/advanced_baseline.yaml."),
            _ => None,
        }
    }
}

impl TuningFile {
    /// Reads the file at `path`, up to the maximum size of a ConfigMap.
    ///
    /// # Errors
    /// The file cannot be read, or is not a single YAML document in UTF-8 of at most 1 MiB with a mapping.
    pub fn read(path: &Path) -> Result<Self, TuningFileError> {
        Self::parse(path, read_limited(path)?)
    }

    /// Parses the bytes of a file.
    ///
    /// # Errors
    /// As [`TuningFile::read`].
    pub fn parse(path: &Path, bytes: Vec<u8>) -> Result<Self, TuningFileError> {
        let file = || path.to_owned();
        let name = path.display().to_string();
        if bytes.len() > MAX_SIZE {
            return Err(TuningFileError::TooLarge { file: file() });
        }
        let Ok(content) = String::from_utf8(bytes) else {
            return Err(TuningFileError::NotUtf8 { file: file() });
        };
        let text = Text::decode(content.clone().into_bytes());
        let count = documents(text.as_str());
        if count > 1 {
            return Err(TuningFileError::Documents { file: file(), count });
        }
        let document = single_document(text.as_str()).map_err(|error| TuningFileError::NotYaml {
            excerpt: Excerpt::cut(name.as_str(), &text, error.position),
            message: error.to_string(),
            help: error.kind.help(),
        })?;
        if document.root.as_mapping().is_none() {
            let kind = document.root.kind();
            return Err(TuningFileError::NotMapping {
                excerpt: Excerpt::cut(name.as_str(), &text, document.root.position),
                kind,
            });
        }
        Ok(Self { name, content, text, document })
    }

    /// All of its bytes, including a byte order mark.
    #[must_use]
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The document's root, which is a mapping.
    #[must_use]
    pub const fn root(&self) -> &Node {
        &self.document.root
    }

    /// An excerpt of the file.
    #[must_use]
    pub fn excerpt(&self, position: Position) -> Excerpt {
        Excerpt::cut(self.name.as_str(), &self.text, position)
    }

    /// The number of bytes before the text: a byte order mark is not part of it.
    #[must_use]
    pub fn mark_length(&self) -> usize {
        self.content.len() - self.text.as_str().len()
    }
}

fn read_limited(path: &Path) -> Result<Vec<u8>, TuningFileError> {
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => TuningFileError::Missing { file: path.to_owned() },
        _ => TuningFileError::Unreadable { file: path.to_owned(), source },
    };
    // Opening a pipe would wait for its writer, possibly forever.
    let at_once = OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options().read(true).custom_flags(at_once).open(path);
    let file = file.map_err(|error| match error.raw_os_error().map(Errno::from_raw_os_error) {
        // The system's error for a socket.
        Some(Errno::NXIO) => TuningFileError::NoFile { file: path.to_owned() },
        _ => unreadable(error),
    })?;
    let kind = file.metadata().map_err(unreadable)?.file_type();
    if kind.is_dir() {
        return Err(TuningFileError::Directory { file: path.to_owned() });
    }
    if !kind.is_file() {
        return Err(TuningFileError::NoFile { file: path.to_owned() });
    }
    let mut bytes = Vec::new();
    file.take(MAX_SIZE as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The number of documents that a YAML parser finds: one for each `---` at the start of a line, and one for text before
/// the first of them. An empty one counts: `safe_load` accepts only a single document.
fn documents(text: &str) -> usize {
    let is_separator =
        |line: &str| line.strip_prefix("---").is_some_and(|rest| rest.trim_start() != rest || rest.is_empty());
    let is_content =
        |line: &str| !matches!(line.trim_start().bytes().next(), None | Some(b'#')) && !line.starts_with('%');
    let lines = || text.split(['\n', '\r']);
    let separators = lines().filter(|line| is_separator(line)).count();
    separators + usize::from(lines().take_while(|line| !is_separator(line)).any(is_content))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8]) -> Result<TuningFile, TuningFileError> {
        TuningFile::parse(Path::new("x.yaml"), bytes.to_vec())
    }

    #[test]
    fn odd_files_are_told_apart() {
        use TuningFileError as Error;
        assert!(matches!(TuningFile::read(Path::new("/")), Err(Error::Directory { .. })));
        assert!(matches!(TuningFile::read(Path::new("/no/such/file")), Err(Error::Missing { .. })));
        assert!(matches!(TuningFile::read(Path::new("/dev/null/file")), Err(Error::Unreadable { .. })));
        assert!(matches!(TuningFile::read(Path::new("/dev/zero")), Err(Error::NoFile { .. })));
        assert!(matches!(parse(b"\xFF\xFEa\0"), Err(Error::NotUtf8 { .. })));
        assert!(matches!(parse(b"a: [1\n"), Err(Error::NotYaml { .. })));
        assert!(matches!(parse(b"a: \0\n"), Err(Error::NotYaml { .. })));
        for empty in ["", "# only a comment\n", "---\n", "[1]", "text"] {
            assert!(matches!(parse(empty.as_bytes()), Err(Error::NotMapping { .. })), "{empty:?}");
        }
    }

    /// Whether PyYAML 6.0.3 accepts each of them.
    #[test]
    fn a_file_of_one_document_is_taken() {
        for text in [
            "a: 1",
            "---\na: 1\n",
            "--- {a: 1}\n",
            "# c\n\n--- # c\na: 1\n",
            "%YAML 1.1\n---\na: 1\n",
            "a: |\n  ---\n",
            "a: ---b\n",
            "\u{FEFF}a: 1\n",
            "{\"a\": 1}",
        ] {
            assert!(parse(text.as_bytes()).is_ok(), "{text:?}");
        }
        for (text, expected) in [
            ("a: 1\n---\nb: 2\n", 2),
            ("a: 1\n---\n", 2),
            ("---\n---\na: 1\n", 2),
            ("---\na: 1\r\n---\tb\r\n--- # c\n", 3),
        ] {
            assert!(
                matches!(parse(text.as_bytes()), Err(TuningFileError::Documents { count, .. }) if count == expected),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_full_configmap_is_the_limit() {
        let text = |size: usize| format!("a: {}", "x".repeat(size - 3));
        assert!(parse(text(MAX_SIZE).as_bytes()).is_ok());
        assert!(matches!(parse(text(MAX_SIZE + 1).as_bytes()), Err(TuningFileError::TooLarge { .. })));
    }
}

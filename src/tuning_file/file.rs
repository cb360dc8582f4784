//! Reads the tuning file as the worker will: UTF-8, one YAML document, a mapping.
//! A path comes in; the file's bytes, its text and every node with its place go out.

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

/// A ConfigMap holds no more than this, the values of all its keys together (`MaxSecretSize` of the API server).
pub const MAX_SIZE: usize = 1 << 20;

/// A tuning file that could be read.
#[derive(Debug)]
pub struct TuningFile {
    /// The name that it has in messages: its path.
    pub name: String,
    /// All of it, a byte order mark included.
    content: String,
    /// Its text, to show lines of.
    pub text: Text,
    /// Its one document.
    pub document: Document,
}

/// Why a tuning file cannot be used.
#[derive(Debug, Error)]
pub enum TuningFileError {
    /// There is no such file.
    #[error("There is no tuning file {}, where config_path leads to.", printable::path(file))]
    Missing {
        /// The path that was tried.
        file: PathBuf,
    },
    /// The file could not be opened or read.
    #[error("The tuning file {} cannot be read: {source}.", printable::path(file))]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A directory stands where a file should.
    #[error("The tuning file {} is a directory. Let config_path name the YAML file inside it.", printable::path(file))]
    Directory {
        /// The directory.
        file: PathBuf,
    },
    /// A pipe, a device or a socket.
    #[error(
        "The tuning file {} is no regular file. Save it as one, or let config_path name another.",
        printable::path(file)
    )]
    NoFile {
        /// What stands there.
        file: PathBuf,
    },
    /// More than a ConfigMap holds.
    #[error(
        "The tuning file {} is larger than {MAX_SIZE} bytes, and a ConfigMap holds no more.",
        printable::path(file)
    )]
    TooLarge {
        /// The file.
        file: PathBuf,
    },
    /// Bytes that are not UTF-8, which is all that the worker reads.
    #[error(
        "The tuning file {} is not UTF-8 text, and the worker reads no other. Save it as UTF-8.",
        printable::path(file)
    )]
    NotUtf8 {
        /// The file.
        file: PathBuf,
    },
    /// Text that is not well-formed YAML.
    #[error("The tuning file is not well-formed YAML. {message}")]
    NotYaml {
        /// The place, and what stands there.
        excerpt: Excerpt,
        /// What is wrong, as a sentence.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// Several documents, of which the worker takes none.
    #[error(
        "The tuning file {} holds {count} YAML documents, and the worker reads a file of one. Keep one, and one '---' \
         at most.",
        printable::path(file)
    )]
    Documents {
        /// The file.
        file: PathBuf,
        /// How many there are.
        count: usize,
    },
    /// A document that is no mapping.
    #[error("A tuning file must be a mapping with the key tuning, and this is {kind}.")]
    NotMapping {
        /// The place, and what stands there.
        excerpt: Excerpt,
        /// What the document is.
        kind: &'static str,
    },
}

impl TuningFileError {
    /// Where in the file it is wrong, if it is wrong at one place.
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
    /// Reads the file at `path`, and no further than a ConfigMap could hold.
    ///
    /// # Errors
    /// Anything that keeps it from being one YAML document in UTF-8 of at most 1 MiB, whose root is a mapping.
    pub fn read(path: &Path) -> Result<Self, TuningFileError> {
        Self::parse(path, read_limited(path)?)
    }

    /// Takes the bytes of a file as its content.
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

    /// All of it, a byte order mark included.
    #[must_use]
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The document's root, which is a mapping.
    #[must_use]
    pub const fn root(&self) -> &Node {
        &self.document.root
    }

    /// A place of the file, to be shown.
    #[must_use]
    pub fn excerpt(&self, position: Position) -> Excerpt {
        Excerpt::cut(self.name.as_str(), &self.text, position)
    }

    /// How many bytes stand before the text: a byte order mark is no part of it.
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
    // Whoever opens a pipe waits for its writer, and it would be for ever.
    let at_once = OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options().read(true).custom_flags(at_once).open(path);
    let file = file.map_err(|error| match error.raw_os_error().map(Errno::from_raw_os_error) {
        // What the system says of a socket.
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

/// How many documents a YAML reader finds: one for each `---` at the start of a line, and one for what stands before
/// the first of them. An empty one counts: `safe_load` takes a file of exactly one.
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

    /// Whether PyYAML 6.0.3 has taken each of them.
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

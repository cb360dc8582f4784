//! Reads one configuration file as kubectl would read it.
//! A path (or `-`) comes in; the file's one document, every node with its position, goes out.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::file_kind::{self, FileKind};
use super::problem::{ConfigError, Problems};
use super::set::{self, Assignment};
use super::source::Source;
use crate::diagnostic::Hidden;
use crate::manifest::text::Excerpt;
use crate::manifest::{self, Document, Node, Position, Text};
use crate::yaml::Given;

/// A session is described in some twenty lines; a file above this size is a mistake.
const MAX_SIZE: u64 = 1 << 20;

/// A configuration file that could be read.
#[derive(Debug)]
pub struct ConfigFile {
    /// Its name and text, into which the positions of its document point.
    pub source: Source,
    /// Its one document.
    pub document: Document,
}

impl ConfigFile {
    /// Reads the file at `path`, or standard input for `-`.
    ///
    /// # Errors
    /// Anything that keeps it from being one YAML document of sensible size, and text that is not
    /// well-formed, with its position.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let (name, bytes) = if path == Path::new("-") {
            ("standard input".to_owned(), read_limited(io::stdin().lock(), Path::new("standard input"))?)
        } else {
            (path.display().to_string(), read_file(path)?)
        };
        Self::parse(name, bytes)
    }

    /// Takes the bytes of a file as its content.
    ///
    /// # Errors
    /// As [`ConfigFile::read`].
    pub fn parse(name: String, bytes: Vec<u8>) -> Result<Self, ConfigError> {
        let text = Text::decode(bytes);
        if text.is_lossy() || text.as_str().contains('\0') {
            return Err(ConfigError::NotText(name.into()));
        }
        let mut documents = Vec::new();
        let mut source = Source::new(name, text);
        let mut problems = Problems::of(&source);
        manifest::documents(source.text().as_str(), |document| match document {
            Ok(document) => documents.push(document),
            Err(error) => problems.unreadable(&error),
        });
        Problems::finish([problems], Some(()))?;
        match documents.len() {
            0 => Err(ConfigError::Empty(source.name.into())),
            1 => {
                let document = documents.remove(0);
                source.hide(Hidden::of_config(&document.root, &document.duplicates));
                Ok(Self { source, document })
            }
            count => {
                Err(several(&documents, source.name).unwrap_or_else(|name| ConfigError::Documents(name.into(), count)))
            }
        }
    }

    /// The file with keys that have their values on the command line.
    #[must_use]
    pub fn with(mut self, assignments: &[Assignment]) -> Self {
        let first_line = self.source.follow_with(&set::lines(assignments));
        set::apply(&mut self.document.root, assignments, first_line);
        self.source.hide(Hidden::of_config(&self.document.root, &self.document.duplicates));
        self
    }

    /// The name it is known by in messages: the path, or `standard input`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// A place of the file, or of a flag that adds to it, to be shown.
    #[must_use]
    pub fn excerpt(&self, position: Position) -> Excerpt {
        self.source.excerpt(position)
    }

    /// Whether a flag has given a value.
    #[must_use]
    pub fn is_set<T>(&self, given: &Given<T>) -> bool {
        given.written().is_some_and(|value| self.source.is_flag(value.position))
    }

    /// The document's root.
    pub const fn root(&self) -> &Node {
        &self.document.root
    }

    /// The list for what is found to be wrong with the file.
    pub fn problems(&self) -> Problems<'_> {
        Problems::of(&self.source)
    }
}

/// What is wrong with a file of several documents that are none of a configuration; its name, where they may be one.
fn several(documents: &[Document], name: String) -> Result<ConfigError, String> {
    let mut kinds = documents.iter().map(|document| FileKind::of(&document.root));
    match (kinds.next().flatten(), kinds.all(|kind| matches!(kind, Some(FileKind::Object(_))))) {
        (Some(first @ FileKind::Object(_)), true) => {
            let help = file_kind::command(&first, &name);
            Ok(ConfigError::Manifests(name.into(), documents.len(), help))
        }
        _ => Err(name),
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable(path.to_owned(), source);
    let file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(ConfigError::Directory(path.to_owned()));
    }
    read_limited(file, path)
}

/// Reads no further than the limit, so that neither a huge file nor `/dev/zero` takes time.
fn read_limited(reader: impl Read, file: &Path) -> Result<Vec<u8>, ConfigError> {
    let mut bytes = Vec::new();
    reader
        .take(MAX_SIZE + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| ConfigError::Unreadable(file.to_owned(), source))?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(ConfigError::TooLarge(file.to_owned(), MAX_SIZE));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8]) -> Result<ConfigFile, ConfigError> {
        ConfigFile::parse("x.yaml".to_owned(), bytes.to_vec())
    }

    #[test]
    fn odd_files_are_told_apart() {
        assert!(matches!(parse(b""), Err(ConfigError::Empty(..))));
        assert!(matches!(parse(b"# only a comment\n"), Err(ConfigError::Empty(..))));
        assert!(matches!(parse(b"\x7fELF\0\0"), Err(ConfigError::NotText(..))));
        assert!(matches!(parse(b"a: 1\n---\nb: 2\n"), Err(ConfigError::Documents(_, 2))));
        let jobs = b"apiVersion: batch/v1\nkind: Job\n---\napiVersion: batch/v1\nkind: Job\n";
        assert!(matches!(parse(jobs), Err(ConfigError::Manifests(_, 2, help)) if help.ends_with("validate -f x.yaml")));
        assert!(matches!(parse(b"a: [1\n"), Err(ConfigError::Invalid(_))));
        assert!(matches!(ConfigFile::read(Path::new("/")), Err(ConfigError::Directory(..))));
        assert!(matches!(ConfigFile::read(Path::new("/no/such/file")), Err(ConfigError::Unreadable(..))));
        assert!(matches!(ConfigFile::read(Path::new("/dev/zero")), Err(ConfigError::TooLarge(..))));
    }
}

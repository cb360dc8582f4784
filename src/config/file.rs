//! Reads one configuration file as kubectl would read it, as a single document in which every node has a position.

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

/// A session takes some twenty lines; a file above this size is a mistake.
const MAX_SIZE: u64 = 1 << 20;

/// A readable configuration file.
#[derive(Debug)]
pub struct ConfigFile {
    /// Its name and text, to which the positions of the document refer.
    pub source: Source,
    /// Its one document.
    pub document: Document,
}

impl ConfigFile {
    /// Reads the file at `path`, or standard input for `-`.
    ///
    /// # Errors
    /// The file cannot be read, is too large, is not well-formed, or is not exactly one YAML document.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let (name, bytes) = if path == Path::new("-") {
            ("standard input".to_owned(), read_limited(io::stdin().lock(), Path::new("standard input"))?)
        } else {
            (path.display().to_string(), read_file(path)?)
        };
        Self::parse(name, bytes)
    }

    /// Parses the bytes of a file.
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

    /// The file with additional keys from the command line.
    #[must_use]
    pub fn with(mut self, assignments: &[Assignment]) -> Self {
        let first_line = self.source.follow_with(&set::lines(assignments));
        set::apply(&mut self.document.root, assignments, first_line);
        self.source.hide(Hidden::of_config(&self.document.root, &self.document.duplicates));
        self
    }

    /// Its name in messages: the path, or `standard input`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// An excerpt of the file, or of a flag that adds to it.
    #[must_use]
    pub fn excerpt(&self, position: Position) -> Excerpt {
        self.source.excerpt(position)
    }

    /// Whether a value comes from a flag.
    #[must_use]
    pub fn is_set<T>(&self, given: &Given<T>) -> bool {
        given.written().is_some_and(|value| self.source.is_flag(value.position))
    }

    /// The document's root.
    pub const fn root(&self) -> &Node {
        &self.document.root
    }

    /// An empty list of problems for the file.
    pub fn problems(&self) -> Problems<'_> {
        Problems::of(&self.source)
    }
}

/// The error of a file with several documents if all of them are Kubernetes objects; otherwise returns its name.
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

/// Reads no further than the limit, so that neither a huge file nor `/dev/zero` takes long.
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

//! Reads one configuration file as kubectl would read it.
//! A path (or `-`) comes in; the file's one document, every node with its position, goes out.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use super::problem::{ConfigError, Problems};
use crate::diagnostic::Hidden;
use crate::manifest::text::Excerpt;
use crate::manifest::{self, Document, Node, Position, Text};

/// A session is described in some twenty lines; a file above this size is a mistake.
const MAX_SIZE: u64 = 1 << 20;

/// A configuration file that could be read.
#[derive(Debug)]
pub struct ConfigFile {
    /// The name it is known by in messages: the path, or `standard input`.
    pub name: String,
    /// Its text, to show lines of.
    pub text: Arc<Text>,
    /// Its one document.
    pub document: Document,
    /// Where it spells out credentials, which no excerpt shows.
    pub hidden: Arc<Hidden>,
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
        let nothing = Hidden::default();
        let mut problems = Problems::of(&name, &text, &nothing);
        manifest::documents(text.as_str(), |document| match document {
            Ok(document) => documents.push(document),
            Err(error) => problems.unreadable(&error),
        });
        Problems::finish([problems], Some(()))?;
        match documents.len() {
            0 => Err(ConfigError::Empty(name.into())),
            1 => {
                let document = documents.remove(0);
                let hidden = Arc::new(Hidden::of_config(&document.root, &document.duplicates));
                Ok(Self { name, text: Arc::new(text), document, hidden })
            }
            count => Err(ConfigError::Documents(name.into(), count)),
        }
    }

    /// A place of the file, to be shown.
    #[must_use]
    pub fn excerpt(&self, position: Position) -> Excerpt {
        self.hidden.excerpt(self.name.as_str(), &self.text, position)
    }

    /// The document's root.
    pub const fn root(&self) -> &Node {
        &self.document.root
    }

    /// The list for what is found to be wrong with the file.
    pub fn problems(&self) -> Problems<'_> {
        Problems::of(&self.name, &self.text, &self.hidden)
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
        assert!(matches!(parse(b"a: [1\n"), Err(ConfigError::Invalid(_))));
        assert!(matches!(ConfigFile::read(Path::new("/")), Err(ConfigError::Directory(..))));
        assert!(matches!(ConfigFile::read(Path::new("/no/such/file")), Err(ConfigError::Unreadable(..))));
        assert!(matches!(ConfigFile::read(Path::new("/dev/zero")), Err(ConfigError::TooLarge(..))));
    }
}

//! The formats of manifests, and writing typed values in them.

use serde::Serialize;

use crate::yaml::write::{self, WriteError};
use crate::yaml::{kyaml, write_json};

/// The format of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// YAML 1.1, read as kubectl does, and written in block style.
    Yaml,
    /// YAML in flow style, as newer versions of kubectl print it.
    Kyaml,
    /// JSON: read as a stream of values, written with indentation.
    Json,
}

impl Format {
    /// The extension of its file names.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Yaml | Self::Kyaml => "yaml",
            Self::Json => "json",
        }
    }

    /// Whether each document starts with `---`.
    #[must_use]
    pub const fn has_start(self) -> bool {
        matches!(self, Self::Kyaml)
    }

    /// Appends a value as a document.
    ///
    /// # Errors
    /// `WriteError` if the value cannot be written in the format.
    pub fn push(self, value: &impl Serialize, out: &mut Vec<u8>) -> Result<(), WriteError> {
        match self {
            Self::Yaml => write::yaml(value, out),
            Self::Kyaml => kyaml::kyaml(value, out),
            Self::Json => {
                push_json(value, 0, out)?;
                out.push(b'\n');
                Ok(())
            }
        }
    }
}

/// Appends a value as JSON with kubectl's indentation of four spaces, nested `depth` levels deep.
///
/// # Errors
/// [`WriteError`] if the value cannot be written as JSON.
pub fn push_json(value: &impl Serialize, depth: usize, out: &mut Vec<u8>) -> Result<(), WriteError> {
    let mut text = Vec::new();
    write_json::json(value, "    ", &mut text).map_err(|error| WriteError::Value(error.to_string()))?;
    let indent = "    ".repeat(depth);
    // JSON escapes line breaks inside strings, so each one here starts a new line.
    for (nth, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if nth > 0 {
            out.push(b'\n');
            out.extend_from_slice(indent.as_bytes());
        }
        out.extend_from_slice(line);
    }
    Ok(())
}

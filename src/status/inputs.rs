//! Reads several inputs, given as paths, into one account of all their objects.

use std::path::PathBuf;

use super::book::Book;
use super::error::StatusError;
use super::read::{Extent, read};
use crate::manifest::Input;
use crate::manifest::input::{Inputs, expand};

/// The combined content of several inputs.
#[derive(Debug, Default)]
pub struct Told {
    /// The objects.
    pub book: Book,
    /// The name of the first of them.
    pub name: String,
    /// Warnings about the inputs, as sentences.
    pub warnings: Vec<String>,
}

/// Reads all inputs that the paths name.
///
/// # Errors
/// A path that cannot be read, and the errors of [`read`].
pub fn read_all(paths: &[PathBuf]) -> Result<Told, StatusError> {
    let Inputs { inputs, passed_over } = expand(paths, None)?;
    let name = inputs.first().map(Input::name).unwrap_or_default();
    let mut told = Told { book: Book::default(), name, warnings: passed_over };
    for input in &inputs {
        let name = input.name();
        let extent = read(&name, input.open()?, &mut |change, object| _ = told.book.take(change, object))?;
        told.warnings.extend(extent.warnings(&name)?);
    }
    Ok(told)
}

impl Extent {
    /// The warnings about an input.
    ///
    /// # Errors
    /// An empty input.
    pub fn warnings(&self, name: &str) -> Result<Vec<String>, StatusError> {
        if self.documents == 0 {
            return Err(StatusError::Nothing(name.to_owned()));
        }
        let cut_off = self.is_cut_off.then(|| format!("{name} ends within a document, which was skipped."));
        let failed = self.failure.as_ref().map(|failure| {
            format!("{name} contains an error from the API server: {failure}. What happened after it is not known.")
        });
        Ok(cut_off.into_iter().chain(failed).collect())
    }
}

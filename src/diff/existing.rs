//! The Jobs that exist already: a directory, a file or standard input comes in, and each Job in it
//! goes out, one at a time.

use std::path::Path;

use thiserror::Error;

use crate::config::Problem;
use crate::job::JobIdentity;
use crate::manifest::input::Inputs;
use crate::manifest::text::Excerpt;
use crate::manifest::{self, Input, InputError, Node, ReadError, Text, input};
use crate::printable::printable;

/// A Job, and where it stands.
#[derive(Debug)]
pub struct ExistingJob<'n> {
    /// What tells it from others.
    pub identity: JobIdentity,
    /// The file.
    pub file: &'n str,
    /// The whole object.
    pub object: &'n Node,
}

/// Why the existing Jobs could not be read.
#[derive(Debug, Error)]
pub enum ExistingError {
    /// A file or directory that cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A document that kubectl could not read either.
    #[error("{}", .0.message)]
    Unreadable(Box<Problem>),
    /// Nothing at all: what should have written it has most likely failed.
    #[error("There is no document in {}. Where there are no Jobs, kubectl get -o yaml prints an empty List.", printable(.0))]
    Nothing(String),
}

/// Hands over each Job of a directory, a file, or standard input (`-`). An empty directory has none.
/// Gives what was passed over because it is no file, as sentences.
///
/// # Errors
/// [`ExistingError`].
pub fn each_job(path: &Path, mut each: impl FnMut(ExistingJob<'_>)) -> Result<Vec<String>, ExistingError> {
    let Inputs { inputs, passed_over } = match input::expand(&[path.to_owned()], false) {
        Err(InputError::NoManifests { .. }) => return Ok(Vec::new()),
        other => other?,
    };
    if inputs.is_empty() {
        return Ok(passed_over);
    }
    let mut documents = 0;
    for input in &inputs {
        documents += read(input, &mut each)?;
    }
    if documents == 0 {
        return Err(ExistingError::Nothing(inputs.first().map(Input::name).unwrap_or_default()));
    }
    Ok(passed_over)
}

/// Reads one input, and counts its documents.
fn read(input: &Input, each: &mut impl FnMut(ExistingJob<'_>)) -> Result<usize, ExistingError> {
    let (text, file) = (input.read()?, input.name());
    let (mut documents, mut fault) = (0, None);
    manifest::documents(text.as_str(), |read| match read {
        Ok(document) => {
            documents += 1;
            document.root.each_object(&mut |object, list| {
                if let Some(identity) = JobIdentity::of(object, list) {
                    each(ExistingJob { identity, file: &file, object });
                }
            });
        }
        Err(error) => fault = fault.take().or(Some(error)),
    });
    fault.map_or(Ok(documents), |error| Err(unreadable(&file, &text, &error)))
}

fn unreadable(file: &str, text: &Text, error: &ReadError) -> ExistingError {
    let excerpt = Excerpt::cut(file, text, error.position());
    let help = error.help().map(ToOwned::to_owned);
    ExistingError::Unreadable(Box::new(Problem { excerpt, message: error.to_string(), help }))
}

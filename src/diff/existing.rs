//! Reads the existing Jobs from a directory, a file or standard input, one at a time.

use std::path::Path;

use rayon::prelude::*;
use thiserror::Error;

use crate::diagnostic::Diagnostic;
use crate::job::JobIdentity;
use crate::manifest::input::Inputs;
use crate::manifest::{self, Input, InputError, Node, input};
use crate::printable::printable;

/// The number of inputs per batch.
const BATCH: usize = 2048;
/// Fewer inputs, or Jobs in a document, than this are processed on one core.
const FEW: usize = 16;

/// A Job and its source.
#[derive(Debug)]
pub struct ExistingJob<'n> {
    /// Its identity.
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
    Unreadable(Box<Diagnostic>),
    /// An empty input: the command that should have written it most likely failed.
    #[error("{} contains no documents. If there are no Jobs, kubectl get -o yaml prints an empty List.", printable(.0))]
    Nothing(String),
}

/// Maps each Job of a directory, a file, or standard input (`-`) on all cores, and passes on the results in the order
/// of the Jobs. An empty directory has none. Returns sentences about what was skipped because it is not a file.
///
/// # Errors
/// [`ExistingError`].
pub fn each_job<T: Send>(
    path: &Path,
    make: impl Fn(&ExistingJob<'_>) -> Option<T> + Sync,
    mut each: impl FnMut(T),
) -> Result<Vec<String>, ExistingError> {
    let Inputs { inputs, passed_over } = match input::expand(&[path.to_owned()], None) {
        Err(InputError::NoManifests { .. }) => return Ok(Vec::new()),
        other => other?,
    };
    if inputs.is_empty() {
        return Ok(passed_over);
    }
    let mut documents = 0;
    // One batch at a time, to limit the number of pending results.
    for batch in inputs.chunks(BATCH) {
        let read: Vec<_> = if batch.len() < FEW {
            batch.iter().map(|input| read(input, &make)).collect()
        } else {
            batch.par_iter().map(|input| read(input, &make)).collect()
        };
        for result in read {
            let (found, count) = result?;
            documents += count;
            found.into_iter().for_each(&mut each);
        }
    }
    if documents == 0 {
        return Err(ExistingError::Nothing(inputs.first().map(Input::name).unwrap_or_default()));
    }
    Ok(passed_over)
}

/// Reads one input, and counts its documents.
fn read<T: Send>(
    input: &Input,
    make: &(impl Fn(&ExistingJob<'_>) -> Option<T> + Sync),
) -> Result<(Vec<T>, usize), ExistingError> {
    let (text, file) = (input.read()?, input.name());
    let (mut results, mut documents, mut fault) = (Vec::new(), 0, None);
    manifest::documents(text.as_str(), |read| match read {
        Ok(document) => {
            documents += 1;
            let mut jobs = Vec::new();
            document.root.each_object(&mut |object, list| {
                jobs.extend(JobIdentity::of(object, list).map(|identity| ExistingJob {
                    identity,
                    file: &file,
                    object,
                }));
            });
            // A List of a whole cluster is a single document.
            if jobs.len() < FEW {
                results.extend(jobs.iter().filter_map(make));
            } else {
                results.extend(jobs.par_iter().filter_map(make).collect::<Vec<T>>());
            }
        }
        Err(error) => fault = fault.take().or(Some(error)),
    });
    fault.map_or(Ok((results, documents)), |error| {
        Err(ExistingError::Unreadable(Box::new(Diagnostic::unreadable(&error, file.as_str(), &text))))
    })
}

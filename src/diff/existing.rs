//! The Jobs that exist already: a directory, a file or standard input comes in, and each Job in it,
//! to be found by its namespace and name, goes out.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;
use thiserror::Error;

use crate::config::Problem;
use crate::job::JobIdentity;
use crate::manifest::text::Excerpt;
use crate::manifest::{self, ReadError, Text};
use crate::validate::input::{self, Input, InputError};

/// A Job, and where it stands.
#[derive(Debug, Clone)]
pub struct ExistingJob {
    /// What tells it from others.
    pub identity: JobIdentity,
    /// The file.
    pub file: String,
    /// The whole object.
    pub object: Value,
}

/// All Jobs of an input.
#[derive(Debug, Default)]
pub struct Existing {
    jobs: Vec<Option<ExistingJob>>,
    places: HashMap<(String, String), usize>,
    /// Jobs that stand there twice, as sentences.
    pub warnings: Vec<String>,
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
    #[error("There is no document in {0}. Where there are no Jobs, kubectl get -o yaml prints an empty List.")]
    Nothing(String),
}

impl Existing {
    /// Reads all Jobs of a directory, a file, or standard input (`-`). An empty directory has none.
    ///
    /// # Errors
    /// [`ExistingError`].
    pub fn read(path: &Path) -> Result<Self, ExistingError> {
        let inputs = match input::expand(&[path.to_owned()], false) {
            Err(InputError::NoManifests { .. }) => return Ok(Self::default()),
            other => other?,
        };
        let mut existing = Self::default();
        let mut documents = 0;
        for input in &inputs {
            documents += existing.add(input)?;
        }
        if documents == 0 {
            let name = inputs.first().map(Input::name).unwrap_or_default();
            return Err(ExistingError::Nothing(name));
        }
        Ok(existing)
    }

    fn add(&mut self, input: &Input) -> Result<usize, ExistingError> {
        let (text, file) = (input.read()?, input.name());
        let (mut documents, mut fault) = (0, None);
        manifest::documents(text.as_str(), |read| match read {
            Ok(document) => {
                documents += 1;
                document.root.each_object(&mut |object, list| {
                    if let Some(identity) = JobIdentity::of(object, list) {
                        self.insert(ExistingJob { identity, file: file.clone(), object: object.to_json() });
                    }
                });
            }
            Err(error) => fault = fault.take().or(Some(error)),
        });
        fault.map_or(Ok(documents), |error| Err(unreadable(&file, &text, &error)))
    }

    /// As for apply, the last of two counts.
    fn insert(&mut self, job: ExistingJob) {
        let key = (job.identity.namespace.clone(), job.identity.name.clone());
        if let Some(before) = self.places.insert(key, self.jobs.len())
            && let Some(before) = self.jobs[before].take()
        {
            let (name, first, last) = (&job.identity.name, before.file, &job.file);
            let where_ = if first == *last { format!("twice in {last}") } else { format!("in {first} and in {last}") };
            self.warnings.push(format!("The Job {name} stands {where_}; the last one counts."));
        }
        self.jobs.push(Some(job));
    }

    /// Takes out the Job of this name. One that names no namespace would go wherever kubectl is told to.
    pub fn take(&mut self, namespace: &str, name: &str) -> Option<ExistingJob> {
        let place =
            [namespace, ""].iter().find_map(|space| self.places.get(&((*space).to_owned(), name.to_owned())))?;
        self.jobs[*place].take()
    }

    /// The Jobs that nobody has taken, in their order.
    pub fn into_rest(self) -> impl Iterator<Item = ExistingJob> {
        self.jobs.into_iter().flatten()
    }
}

fn unreadable(file: &str, text: &Text, error: &ReadError) -> ExistingError {
    let excerpt = Excerpt::cut(file, text, error.position());
    ExistingError::Unreadable(Box::new(Problem { excerpt, message: error.to_string(), help: None }))
}

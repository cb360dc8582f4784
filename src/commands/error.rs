//! Why a command could not do its work, for `main` to print.

use std::io;

use thiserror::Error;

use crate::config::ConfigError;
use crate::diagnostic::Diagnostic;
use crate::diff::ExistingError;
use crate::job::created_at::CreatedAtError;
use crate::manifest::InputError;
use crate::output::directory::DirectoryError;
use crate::output::manifests::OutputError;

/// What ended a command.
#[derive(Debug, Error)]
pub enum CommandError {
    /// The arguments do not go together.
    #[error("{0}")]
    Usage(String),
    /// A configuration file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An input of `validate`.
    #[error(transparent)]
    Input(#[from] InputError),
    /// What `plan --diff` was given to compare with.
    #[error(transparent)]
    Existing(#[from] ExistingError),
    /// Anything that keeps `plan --diff` from an answer; 1 would be an answer.
    #[error(transparent)]
    InDiff(Box<CommandError>),
    /// The time of the Jobs.
    #[error(transparent)]
    CreatedAt(#[from] CreatedAtError),
    /// The output directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The stream of manifests.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// Another output.
    #[error("The output cannot be written: {0}.")]
    Write(#[from] io::Error),
    /// Mode live without the flag that allows it.
    #[error("The session {0} has mode live, which trades real money. If that is meant, add --allow-live.")]
    Live(String),
    /// Jobs that the API server would refuse.
    #[error("The API server would refuse these Jobs, so none was written:{0}")]
    Refused(String),
    /// No document at all in what `validate` was given.
    #[error("There is no document in {0}. kubectl would say: no objects passed to apply.")]
    NoDocuments(String),
}

impl CommandError {
    /// The exit code: 2 for wrong usage, and where 1 means something else; 1 for anything else.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Config(ConfigError::Flag(_)) | Self::InDiff(_) => 2,
            _ => 1,
        }
    }

    /// The positions in configuration files that the error is about.
    pub fn problems(&self) -> &[Diagnostic] {
        match self {
            Self::Config(ConfigError::Invalid(problems)) => problems,
            Self::Existing(ExistingError::Unreadable(problem)) => std::slice::from_ref(problem),
            Self::InDiff(error) => error.problems(),
            _ => &[],
        }
    }

    /// Whether the reader of stdout has gone, which is nothing to speak of.
    pub fn is_closed_pipe(&self) -> bool {
        match self {
            Self::Output(error) => error.is_closed_pipe(),
            Self::InDiff(error) => error.is_closed_pipe(),
            Self::Write(error) => error.kind() == io::ErrorKind::BrokenPipe,
            _ => false,
        }
    }
}

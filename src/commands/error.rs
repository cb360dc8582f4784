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
use crate::quota::PolicyError;
use crate::results::ResultsError;
use crate::status::StatusError;
use crate::tuning_file::TuningError;

/// The exit code of an error where 1 and 2 are answers.
pub const ABOVE_ANSWERS: u8 = 3;

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
    /// What `plan --quota` was given to read.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Anything that keeps `plan --diff` or `plan --quota` from an answer; 1 would be an answer.
    #[error(transparent)]
    InDiff(Box<CommandError>),
    /// The tuning file, where it is to be mounted.
    #[error(transparent)]
    Tuning(#[from] TuningError),
    /// What `status` was given to read.
    #[error(transparent)]
    Status(#[from] StatusError),
    /// Anything that keeps `status` from an answer; 1 and 2 would be answers.
    #[error(transparent)]
    InStatus(Box<CommandError>),
    /// What `results` was given to collect.
    #[error(transparent)]
    Results(#[from] ResultsError),
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
    #[error("The API server would refuse these Jobs, so none was written.")]
    Refused(Vec<Diagnostic>),
    /// No document at all in what `validate` was given.
    #[error("There is no document in {0}. kubectl would say: no objects passed to apply.")]
    NoDocuments(String),
}

impl CommandError {
    /// The exit code: 2 for wrong usage, and where 1 means something else; 3 where 2 does too; 1 for anything else.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::InStatus(_) => ABOVE_ANSWERS,
            Self::Usage(_) | Self::Config(ConfigError::Flag(_)) | Self::InDiff(_) => 2,
            _ => 1,
        }
    }

    /// The positions in configuration files that the error is about.
    pub fn problems(&self) -> &[Diagnostic] {
        match self {
            Self::Config(ConfigError::Invalid(problems)) | Self::Refused(problems) => problems,
            Self::Existing(ExistingError::Unreadable(problem)) | Self::Policy(PolicyError::Unreadable(problem)) => {
                std::slice::from_ref(problem)
            }
            Self::InDiff(error) | Self::InStatus(error) => error.problems(),
            _ => &[],
        }
    }

    /// Whether the one problem that it is about says all there is to say.
    #[must_use]
    pub const fn is_its_problem(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }

    /// Whether the reader of stdout has gone, which is nothing to speak of.
    pub fn is_closed_pipe(&self) -> bool {
        match self {
            Self::Output(error) => error.is_closed_pipe(),
            Self::InDiff(error) | Self::InStatus(error) => error.is_closed_pipe(),
            Self::Write(error) | Self::Results(ResultsError::Write(error)) => error.kind() == io::ErrorKind::BrokenPipe,
            _ => false,
        }
    }
}

//! Why a command failed, for `main` to print.

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

/// The exit code of an error if 1 and 2 are regular results.
pub const ABOVE_ANSWERS: u8 = 3;

/// The error that ended a command.
#[derive(Debug, Error)]
pub enum CommandError {
    /// The arguments cannot be combined.
    #[error("{0}")]
    Usage(String),
    /// A configuration file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An input of `validate`.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The input of `plan --diff`.
    #[error(transparent)]
    Existing(#[from] ExistingError),
    /// The input of `plan --quota`.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// Any error of `plan --diff` or `plan --quota`, where the exit code 1 is a regular result.
    #[error(transparent)]
    InDiff(Box<CommandError>),
    /// A tuning file that is to be mounted.
    #[error(transparent)]
    Tuning(#[from] TuningError),
    /// The input of `status`.
    #[error(transparent)]
    Status(#[from] StatusError),
    /// Any error of `status`, where the exit codes 1 and 2 are regular results.
    #[error(transparent)]
    InStatus(Box<CommandError>),
    /// The input of `results`.
    #[error(transparent)]
    Results(#[from] ResultsError),
    /// The creation time of the Jobs.
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
    /// Mode live without `--allow-live`.
    #[error("The session {0} has mode live, which trades with real money. If you mean it, add --allow-live.")]
    Live(String),
    /// Jobs that the API server would reject.
    #[error("The API server would reject these Jobs, so none were written.")]
    Refused(Vec<Diagnostic>),
    /// The input of `validate` contains no documents.
    #[error("{0} contains no documents. kubectl would say: no objects passed to apply.")]
    NoDocuments(String),
}

impl CommandError {
    /// The exit code: 2 for wrong usage and for commands where 1 is a regular result; 3 where 2 is one too; otherwise
    /// 1.
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

    /// Whether a single problem can be shown in place of the error, because it says everything.
    #[must_use]
    pub const fn is_its_problem(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }

    /// Whether the reader of stdout has closed the pipe, which is not worth an error message.
    pub fn is_closed_pipe(&self) -> bool {
        match self {
            Self::Output(error) => error.is_closed_pipe(),
            Self::InDiff(error) | Self::InStatus(error) => error.is_closed_pipe(),
            Self::Write(error) | Self::Results(ResultsError::Write(error)) => error.kind() == io::ErrorKind::BrokenPipe,
            _ => false,
        }
    }
}

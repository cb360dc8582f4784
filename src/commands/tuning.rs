//! The tuning file of a session, looked for in the current directory, and what is told of it on stderr.

use std::path::Path;

use super::CommandError;
use crate::config::{ConfigError, Session};
use crate::diagnostic::{Diagnostic, Reason, Severity};
use crate::output::snippet::{Heading, Snippet};
use crate::output::{Style, messages};
use crate::tuning_file::{RULE, Tuning, Warning};

/// Reads the tuning file that the session's `config_path` leads to.
///
/// # Errors
/// A file that is to be mounted and cannot be.
pub fn load(session: &Session) -> Result<Tuning, CommandError> {
    Tuning::of(session, Path::new("")).map_err(|error| match error.excerpt().cloned() {
        Some(excerpt) => {
            let help = error.help().map(ToOwned::to_owned);
            let message = error.to_string();
            let (severity, rule, reason) = (Severity::Error, &RULE, Reason::FieldValueInvalid);
            ConfigError::Invalid(vec![Diagnostic {
                severity,
                rule,
                path: String::new(),
                reason,
                message,
                help,
                excerpt,
            }])
            .into()
        }
        None => CommandError::Tuning(error),
    })
}

/// Tells what the author of the file should know.
pub fn warn(tuning: &Tuning, style: Style) {
    for warning in &tuning.warnings {
        match &warning.excerpt {
            None => messages::warning(&sentence(warning), style),
            Some(excerpt) => messages::tell(style, |screen| {
                screen.snippet(&Snippet {
                    heading: Heading::Warning,
                    message: &warning.message,
                    excerpt,
                    notes: &[],
                    help: warning.help.as_deref(),
                })
            }),
        }
    }
}

/// All that is told of the file, each on a line with its place.
pub fn sentences(tuning: &Tuning) -> Vec<String> {
    let repeats = tuning.repeats.iter().map(|repeats| format!("{} {}", repeats.message, repeats.help));
    tuning.warnings.iter().map(sentence).chain(repeats).collect()
}

fn sentence(Warning { excerpt, message, help }: &Warning) -> String {
    let place = excerpt
        .as_ref()
        .map(|excerpt| format!("{}:{}:{}: ", excerpt.file, excerpt.position.line, excerpt.position.column));
    let help = help.as_ref().map(|help| format!(" {help}"));
    format!("{}{message}{}", place.unwrap_or_default(), help.unwrap_or_default())
}

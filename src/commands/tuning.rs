//! The tuning file of a session, relative to the current directory, and its warnings on stderr.

use std::path::Path;

use super::CommandError;
use crate::config::{ConfigError, Session};
use crate::diagnostic::{Diagnostic, Reason, Severity, Wording};
use crate::manifest::text::Excerpt;
use crate::output::snippet::{Heading, Snippet};
use crate::output::{Style, messages};
use crate::tuning_file::{RULE, Tuning, Warning};

/// Reads the tuning file that the session's `config_path` refers to.
///
/// # Errors
/// A file that is to be mounted cannot be mounted.
pub fn load(session: &Session) -> Result<Tuning, CommandError> {
    Tuning::of(session, Path::new("")).map_err(|error| match error.excerpt().cloned() {
        Some(excerpt) => {
            let wording = Wording { message: error.to_string(), help: error.help().map(ToOwned::to_owned) };
            ConfigError::Invalid(vec![diagnostic(Severity::Error, wording, excerpt)]).into()
        }
        None => CommandError::Tuning(error),
    })
}

/// Prints the warnings about the file.
pub fn warn(tuning: &Tuning, style: Style) {
    for warning in &tuning.warnings {
        match &warning.excerpt {
            None => messages::warning(&sentence(warning), style),
            Some(excerpt) => {
                let wording = Wording { message: warning.message.clone(), help: warning.help.clone() };
                let diagnostic = diagnostic(Severity::Warning, wording, excerpt.clone());
                messages::tell(style, |screen| screen.snippet(&Snippet::of(Heading::Severity, &diagnostic)));
            }
        }
    }
}

fn diagnostic(severity: Severity, wording: Wording, excerpt: Excerpt) -> Diagnostic {
    Diagnostic::new(severity, &RULE, "", Reason::FieldValueInvalid, wording, excerpt)
}

/// The warnings about the file, each on one line with its position.
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

//! `results`: merges the workers' CSV files into one and reports what is missing.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::{CommandError, Outcome, SESSION_OPTIONS, Styles, has_options, load, show_out, write_out};
use crate::cli::{ResultsArgs, ResultsFormat};
use crate::config::Session;
use crate::output::manifests::OutputError;
use crate::output::{messages, stdout};
use crate::report::results::{json, table, yaml};
use crate::results::{Account, Form, Index, Sources, merge, sources};

/// Runs the command.
///
/// # Errors
/// Whatever is wrong with the configuration or the files, and output that cannot be written.
pub fn run(args: &ResultsArgs, styles: Styles) -> Result<Outcome, CommandError> {
    let session = session(args)?;
    if args.paths.iter().any(|path| path == Path::new("-")) {
        return Err(CommandError::Usage(
            "Results are read twice, and standard input can be read only once. Name files.".to_owned(),
        ));
    }
    let Sources { files, passed_over } = sources(&args.paths, stdout::file())?;
    for warning in &passed_over {
        messages::warning(warning, styles.err);
    }
    let index = Index::new(&files, session.as_ref().map(|session| session.session_id.as_str()))?;
    let account = Account::new(&index, session.as_ref());
    let outcome = if account.is_whole() { Outcome::Success } else { Outcome::Findings };
    match args.output {
        ResultsFormat::Csv => {
            let form = if io::stdout().is_terminal() { Form::Printable } else { Form::Exact };
            let outcome = write_out(outcome, |out| Ok(merge(&index, form, out)?))?;
            messages::tell(styles.err, |screen| table(&account, false, screen));
            Ok(outcome)
        }
        ResultsFormat::Table | ResultsFormat::Wide => {
            show_out(outcome, styles.out, |screen| table(&account, args.output == ResultsFormat::Wide, screen))
        }
        ResultsFormat::Json => write_out(outcome, |out| Ok(json(&account, out)?)),
        ResultsFormat::Yaml => {
            write_out(outcome, |out| Ok(out.write_all(&yaml(&account).map_err(OutputError::from)?)?))
        }
    }
}

/// The session that the results are compared with, if one is given.
fn session(args: &ResultsArgs) -> Result<Option<Session>, CommandError> {
    match &args.k8s_config {
        Some(k8s_config) => load(k8s_config, &args.options).map(Some),
        None if has_options(&args.options) => Err(CommandError::Usage(format!(
            "{SESSION_OPTIONS} change a configuration. Name it with --k8s-config FILE."
        ))),
        None => Ok(None),
    }
}

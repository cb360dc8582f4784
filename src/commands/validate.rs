//! `validate`: says what the API server, and the guide, would say of Jobs.

use std::io::{self, Write};
use std::path::Path;

use super::{CommandError, Outcome, Styles, created_at, load, warn};
use crate::cli::{ReportFormat, RuleSet, ValidateArgs};
use crate::job::K8sTuningJobFactory;
use crate::manifest::input::expand;
use crate::manifest::{Format, Text};
use crate::nearest::nearest;
use crate::output::manifests::OutputError;
use crate::output::progress::Progress;
use crate::output::session;
use crate::report;
use crate::validate::{DocumentReport, Severity, Sources, Validator, rules};

/// Runs the command.
///
/// # Errors
/// Inputs that cannot be read, and output that cannot be written.
pub fn run(args: &ValidateArgs, styles: Styles) -> Result<Outcome, CommandError> {
    if args.list_rules {
        return list_rules(styles);
    }
    if let Some(name) = &args.explain {
        return explain(name, styles);
    }
    let sources = Sources { api: args.rules.contains(&RuleSet::Api), tuning: args.rules.contains(&RuleSet::Tuning) };
    let reports = match &args.k8s_config {
        Some(k8s_config) => check_session(k8s_config, args, sources, styles)?,
        None => check_files(args, sources)?,
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.output {
        ReportFormat::Table => report::table::write(&reports, styles.out, &mut out)?,
        ReportFormat::Json => report::json::write(&reports, &mut out)?,
        ReportFormat::Github => report::github::write(&reports, &mut out)?,
        ReportFormat::Junit => report::junit::write(&reports, &mut out)?,
        ReportFormat::Sarif => report::sarif::write(&reports, &mut out)?,
    }
    out.flush()?;
    let sound = reports.iter().all(|report| report.count(Severity::Error) == 0);
    Ok(if sound { Outcome::Well } else { Outcome::Findings })
}

fn list_rules(styles: Styles) -> Result<Outcome, CommandError> {
    let mut out = io::stdout().lock();
    write!(out, "{}", report::rules::list(styles.out))?;
    Ok(Outcome::Well)
}

fn explain(name: &str, styles: Styles) -> Result<Outcome, CommandError> {
    let rules = rules();
    let Some(rule) = rules.iter().find(|rule| rule.name == name) else {
        let near = nearest(name, rules.iter().map(|rule| rule.name), 0.0);
        let mend = near.map_or(String::new(), |near| format!(" Did you mean {near}?"));
        return Err(CommandError::Usage(format!("There is no rule {name}.{mend} --list-rules lists them.")));
    };
    let mut out = io::stdout().lock();
    write!(out, "{}", report::rules::explain(rule, styles.out))?;
    Ok(Outcome::Well)
}

fn check_files(args: &ValidateArgs, sources: Sources) -> Result<Vec<DocumentReport>, CommandError> {
    if args.filename.iter().filter(|path| path.as_path() == Path::new("-")).count() > 1 {
        return Err(CommandError::Usage("Standard input can be read once only. Leave out one -f -.".to_owned()));
    }
    let mut validator = Validator::new(sources);
    let inputs = expand(&args.filename, args.recursive)?;
    let progress = Progress::new(inputs.len(), "manifests");
    validator.add_inputs(&inputs, || progress.step())?;
    drop(progress);
    let reports = validator.finish();
    if reports.is_empty() {
        let names: Vec<String> = args.filename.iter().map(|path| path.display().to_string()).collect();
        return Err(CommandError::NoDocuments(names.join(", ")));
    }
    Ok(reports)
}

/// Checks the manifests that the configuration would make, each under the name of its file.
fn check_session(
    k8s_config: &Path,
    args: &ValidateArgs,
    sources: Sources,
    styles: Styles,
) -> Result<Vec<DocumentReport>, CommandError> {
    let session = load(k8s_config, &args.options)?;
    warn(&session, styles.err);
    let factory = K8sTuningJobFactory::new(&session, created_at(None)?);
    let mut validator = Validator::new(sources);
    for (job, row) in factory.jobs().zip(session::rows(&session, Format::Yaml)) {
        let mut content = Vec::new();
        Format::Yaml.push(&job, &mut content).map_err(OutputError::from)?;
        validator.add(&row.file, &Text::decode(content));
    }
    Ok(validator.finish())
}

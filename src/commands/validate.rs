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
use crate::validate::{Checks, DocumentReport, Rule, Severity, Source, Sources, Validator, gates, rules};

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
    let checks = checks(args)?;
    let reports = match &args.k8s_config {
        Some(k8s_config) => check_session(k8s_config, args, checks, styles)?,
        None => check_files(args, checks)?,
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
    let text = match gates::GATES.iter().find(|gate| gate.name == name) {
        Some(gate) => report::rules::explain_gate(gate, styles.out),
        None => report::rules::explain(rule(name)?, styles.out),
    };
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(Outcome::Well)
}

/// The rule of a name.
fn rule(name: &str) -> Result<&'static Rule, CommandError> {
    let rules = rules();
    rules.iter().find(|rule| rule.name == name).copied().ok_or_else(|| {
        let near = nearest(name, rules.iter().map(|rule| rule.name), 0.0);
        let mend = near.map_or(String::new(), |near| format!(" Did you mean {near}?"));
        CommandError::Usage(format!("There is no rule {name}.{mend} --list-rules lists them."))
    })
}

/// What the documents are held against.
fn checks(args: &ValidateArgs) -> Result<Checks, CommandError> {
    let sources = Sources { api: args.rules.contains(&RuleSet::Api), tuning: args.rules.contains(&RuleSet::Tuning) };
    let skipped = args.skip_rule.iter().map(|name| match rule(name)? {
        rule if rule.source == Source::Tuning => Ok(rule),
        _ => Err(CommandError::Usage(format!(
            "{name} is a rule of the API server, which skips none. Leave out --skip-rule {name}, \
             or write --rules tuning to leave out all of the server's."
        ))),
    });
    Ok(Checks {
        sources,
        version: args.server.kubernetes_version,
        skipped: skipped.collect::<Result<_, _>>()?,
        fail_on_skipped: args.fail_on_skipped,
    })
}

fn check_files(args: &ValidateArgs, checks: Checks) -> Result<Vec<DocumentReport>, CommandError> {
    if args.filename.iter().filter(|path| path.as_path() == Path::new("-")).count() > 1 {
        return Err(CommandError::Usage("Standard input can be read once only. Leave out one -f -.".to_owned()));
    }
    let mut validator = Validator::new(checks);
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
    checks: Checks,
    styles: Styles,
) -> Result<Vec<DocumentReport>, CommandError> {
    let session = load(k8s_config, &args.options)?;
    warn(&session, styles.err);
    let factory = K8sTuningJobFactory::new(&session, created_at(None)?);
    let mut validator = Validator::new(checks);
    for (job, row) in factory.jobs().zip(session::rows(&session, Format::Yaml)) {
        let mut content = Vec::new();
        Format::Yaml.push(&job, &mut content).map_err(OutputError::from)?;
        validator.add(&row.file, &Text::decode(content));
    }
    Ok(validator.finish())
}

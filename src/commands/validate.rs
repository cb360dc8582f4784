//! `validate`: says what the API server, and the guide, would say of Jobs.

use std::path::Path;

use super::{CommandError, Outcome, Styles, created_at, load, show_out, warn, write_out};
use crate::cli::{ReportFormat, RuleSet, ValidateArgs};
use crate::config::ConfigError;
use crate::diagnostic::{Rule, Severity, Source};
use crate::job::{K8sTuningJobFactory, build_job};
use crate::manifest::input::{Inputs, expand};
use crate::manifest::{Format, Text};
use crate::nearest::nearest;
use crate::output::manifests::OutputError;
use crate::output::messages;
use crate::output::progress::Progress;
use crate::plan::plan_jobs;
use crate::printable;
use crate::report;
use crate::validate::origins::Origins;
use crate::validate::{Checks, DocumentReport, Sources, Validator, gates, rules};

/// Runs the command.
///
/// # Errors
/// Inputs that cannot be read, and output that cannot be written.
pub fn run(args: &ValidateArgs, styles: Styles) -> Result<Outcome, CommandError> {
    if args.list_rules {
        return show_out(Outcome::Success, styles.out, |screen| report::rules::list(&rules(), screen));
    }
    if let Some(name) = &args.explain {
        return explain(name, styles);
    }
    let checks = checks(args)?;
    let reports = match &args.k8s_config {
        Some(k8s_config) => check_session(k8s_config, args, checks, styles)?,
        None => check_files(args, checks, styles)?,
    };
    let sound = reports.iter().all(|report| report.count(Severity::Error) == 0);
    let outcome = if sound { Outcome::Success } else { Outcome::Findings };
    match args.output {
        ReportFormat::Table => show_out(outcome, styles.out, |screen| report::table::write(&reports, screen)),
        ReportFormat::Json => write_out(outcome, |out| Ok(report::json::write(&reports, out)?)),
        ReportFormat::Github => write_out(outcome, |out| Ok(report::github::write(&reports, out)?)),
        ReportFormat::Junit => write_out(outcome, |out| Ok(report::junit::write(&reports, out)?)),
        ReportFormat::Sarif => write_out(outcome, |out| Ok(report::sarif::write(&reports, out)?)),
    }
}

fn explain(name: &str, styles: Styles) -> Result<Outcome, CommandError> {
    if let Some(gate) = gates::GATES.iter().find(|gate| gate.name == name) {
        return show_out(Outcome::Success, styles.out, |screen| report::rules::explain_gate(gate, screen));
    }
    let rule = rule(name)?;
    show_out(Outcome::Success, styles.out, |screen| report::rules::explain(rule, screen))
}

/// The rule of a name.
fn rule(name: &str) -> Result<&'static Rule, CommandError> {
    let rules = rules();
    rules.iter().find(|rule| rule.name == name).copied().ok_or_else(|| {
        let near = nearest(name, rules.iter().map(|rule| rule.name), 0.0);
        let help = near.map_or(String::new(), |near| format!(" Did you mean {near}?"));
        CommandError::Usage(format!("There is no rule {}.{help} --list-rules lists them.", printable::printable(name)))
    })
}

/// What the documents are held against.
fn checks(args: &ValidateArgs) -> Result<Checks, CommandError> {
    let sources = Sources { api: args.rules.contains(&RuleSet::Api), tuning: args.rules.contains(&RuleSet::Tuning) };
    let skipped = args.skip_rule.iter().map(|name| {
        let rule = rule(name)?;
        match rule.source {
            Source::Tuning => Ok(rule),
            Source::Api => Err(CommandError::Usage(format!(
                "{name} is a rule of the API server, which skips none. Leave out --skip-rule {name}, \
                 or write --rules tuning to leave out all of the server's."
            ))),
            Source::Config => Err(CommandError::Usage(format!(
                "{name} is a rule of configurations, and no Jobs come of one that breaks it. Leave out --skip-rule \
                 {name}."
            ))),
        }
    });
    Ok(Checks {
        sources,
        version: args.server.kubernetes_version,
        skipped: skipped.collect::<Result<_, _>>()?,
        fail_on_skipped: args.fail_on_skipped,
    })
}

fn check_files(args: &ValidateArgs, checks: Checks, styles: Styles) -> Result<Vec<DocumentReport>, CommandError> {
    if args.filename.iter().filter(|path| path.as_path() == Path::new("-")).count() > 1 {
        return Err(CommandError::Usage("Standard input can be read once only. Leave out one -f -.".to_owned()));
    }
    let mut validator = Validator::new(checks);
    let Inputs { inputs, passed_over } = expand(&args.filename, args.recursive)?;
    for warning in &passed_over {
        messages::warning(warning, styles.err);
    }
    let progress = Progress::new(inputs.len(), "manifests");
    validator.add_inputs(&inputs, || progress.step())?;
    drop(progress);
    let reports = validator.finish();
    if reports.is_empty() {
        let names: Vec<String> = args.filename.iter().map(|path| printable::path(path)).collect();
        return Err(CommandError::NoDocuments(names.join(", ")));
    }
    Ok(reports)
}

/// Checks the configuration, and the Jobs that it would make; what is found is told in its lines.
fn check_session(
    k8s_config: &Path,
    args: &ValidateArgs,
    checks: Checks,
    styles: Styles,
) -> Result<Vec<DocumentReport>, CommandError> {
    let session = match load(k8s_config, &args.options) {
        Err(CommandError::Config(ConfigError::Invalid(problems))) => return Ok(DocumentReport::of_configs(&problems)),
        other => other?,
    };
    warn(&session, styles.err);
    let factory = K8sTuningJobFactory::new(&session, created_at(None)?);
    let origins = Origins::of(&session);
    let mut validator = Validator::new(checks);
    for share in plan_jobs(session.total_iterations, session.workers) {
        let spec = factory.create_job_for_worker(&share.worker_id, share.iterations, share.index);
        let mut content = Vec::new();
        Format::Yaml.push(&build_job(spec.clone()), &mut content).map_err(OutputError::from)?;
        validator.add_job(&spec, &Text::decode(content), &origins);
    }
    Ok(validator.finish())
}

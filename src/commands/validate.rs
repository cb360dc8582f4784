//! `validate`: checks Jobs against the API server's rules and the guide's.

use std::path::Path;

use super::{CommandError, Outcome, Styles, created_at, load, show_out, tuning, warn_of_real_money, write_out};
use crate::cli::{ReportFormat, RuleSet, Standard, ValidateArgs};
use crate::config::ConfigError;
use crate::diagnostic::{Rule, Severity, Source};
use crate::manifest::input::{Inputs, expand};
use crate::manifest::{Format, Text};
use crate::nearest::mistyped;
use crate::output::manifests::OutputError;
use crate::output::messages;
use crate::output::progress::Progress;
use crate::plan::plan_jobs;
use crate::printable;
use crate::report;
use crate::validate::job_template;
use crate::validate::origins::Origins;
use crate::validate::pod_security_standards::Level;
use crate::validate::{Checks, DocumentReport, Sources, Validator, gates, rules};

/// Runs the command.
///
/// # Errors
/// An input cannot be read, or the output cannot be written.
pub fn run(args: &ValidateArgs, styles: Styles) -> Result<Outcome, CommandError> {
    if args.list_rules {
        return list_rules(args.output, styles);
    }
    if let Some(name) = &args.explain {
        return explain(name, args.output, styles);
    }
    if args.filename.is_empty() && args.k8s_config.is_none() {
        return Err(CommandError::Usage(
            "There is nothing to validate. Name manifests with -f FILE, or a session's configuration with --k8s-config \
             FILE."
                .to_owned(),
        ));
    }
    let checks = checks(args)?;
    let reports = match &args.k8s_config {
        Some(k8s_config) => check_session(k8s_config, args, checks, styles)?,
        None => check_files(args, checks, styles)?,
    };
    let sound = reports.iter().all(|report| report.count(Severity::Error) == 0);
    let outcome = if sound { Outcome::Success } else { Outcome::Findings };
    match args.output {
        ReportFormat::Table if args.quiet => {
            show_out(outcome, styles.out, |screen| report::table::write_findings(&reports, screen))
        }
        ReportFormat::Table => show_out(outcome, styles.out, |screen| report::table::write(&reports, screen)),
        ReportFormat::Json => write_out(outcome, |out| Ok(report::json::write(&reports, out)?)),
        ReportFormat::Github => write_out(outcome, |out| Ok(report::github::write(&reports, out)?)),
        ReportFormat::Junit => write_out(outcome, |out| Ok(report::junit::write(&reports, out)?)),
        ReportFormat::Sarif => write_out(outcome, |out| Ok(report::sarif::write(&reports, out)?)),
    }
}

fn list_rules(output: ReportFormat, styles: Styles) -> Result<Outcome, CommandError> {
    if is_json(output)? {
        return write_out(Outcome::Success, |out| Ok(report::catalogue::list(&rules(), out)?));
    }
    show_out(Outcome::Success, styles.out, |screen| report::rules::list(&rules(), screen))
}

fn explain(name: &str, output: ReportFormat, styles: Styles) -> Result<Outcome, CommandError> {
    let is_json = is_json(output)?;
    let gate = gates::GATES.iter().find(|gate| gate.name == name);
    match gate {
        Some(gate) if is_json => write_out(Outcome::Success, |out| Ok(report::catalogue::explain_gate(gate, out)?)),
        Some(gate) => show_out(Outcome::Success, styles.out, |screen| report::rules::explain_gate(gate, screen)),
        None => {
            let rule = rule(name, gates::GATES.iter().map(|gate| gate.name))?;
            if is_json {
                return write_out(Outcome::Success, |out| Ok(report::catalogue::explain(rule, out)?));
            }
            show_out(Outcome::Success, styles.out, |screen| report::rules::explain(rule, screen))
        }
    }
}

/// Whether rules are requested as JSON or as text; the other formats are only for findings.
fn is_json(output: ReportFormat) -> Result<bool, CommandError> {
    match output {
        ReportFormat::Table => Ok(false),
        ReportFormat::Json => Ok(true),
        ReportFormat::Github | ReportFormat::Junit | ReportFormat::Sarif => {
            Err(CommandError::Usage("Rules can only be shown with -o table or -o json.".to_owned()))
        }
    }
}

/// Finds a rule by its name; `others` are more names to suggest for a mistyped one.
fn rule(name: &str, others: impl IntoIterator<Item = &'static str>) -> Result<&'static Rule, CommandError> {
    let rules = rules();
    rules.iter().find(|rule| rule.name == name).copied().ok_or_else(|| {
        let near = mistyped(name, rules.iter().map(|rule| rule.name).chain(others));
        let help = near.map_or(String::new(), |near| format!(" Did you mean {near}?"));
        CommandError::Usage(format!(
            "There is no rule {}.{help} List the rules with --list-rules.",
            printable::printable(name)
        ))
    })
}

/// The checks to run on the documents.
fn checks(args: &ValidateArgs) -> Result<Checks, CommandError> {
    let sources = Sources { api: args.rules.contains(&RuleSet::Api), tuning: args.rules.contains(&RuleSet::Tuning) };
    let skipped = args.skip_rule.iter().map(|name| {
        let rule = rule(name, [])?;
        match rule.source {
            Source::Tuning => Ok(rule),
            Source::Api => Err(CommandError::Usage(format!(
                "{name} is a rule of the API server and cannot be skipped. Remove --skip-rule {name}, \
                 or use --rules tuning to skip all of the server's rules."
            ))),
            Source::PodSecurity => Err(CommandError::Usage(format!(
                "{name} is a check of the Pod Security Standards and cannot be skipped. Remove --skip-rule {name} \
                 or --pod-security."
            ))),
            Source::Config => Err(CommandError::Usage(format!(
                "{name} is a rule for configurations and cannot be skipped. Remove --skip-rule \
                 {name}."
            ))),
        }
    });
    let pod_security = args.pod_security.map(|standard| match standard {
        Standard::Baseline => Level::Baseline,
        Standard::Restricted => Level::Restricted,
    });
    Ok(Checks {
        sources,
        pod_security,
        version: args.server.kubernetes_version,
        skipped: skipped.collect::<Result<_, _>>()?,
        fail_on_skipped: args.fail_on_skipped,
    })
}

fn check_files(args: &ValidateArgs, checks: Checks, styles: Styles) -> Result<Vec<DocumentReport>, CommandError> {
    if args.filename.iter().filter(|path| path.as_path() == Path::new("-")).count() > 1 {
        return Err(CommandError::Usage("Standard input can be read only once. Remove one -f -.".to_owned()));
    }
    let mut validator = Validator::new(checks);
    let Inputs { inputs, passed_over } = expand(&args.filename, Some(args.recursive))?;
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

/// Checks the configuration and the Jobs generated from it; findings refer to lines of the configuration.
fn check_session(
    k8s_config: &Path,
    args: &ValidateArgs,
    checks: Checks,
    styles: Styles,
) -> Result<Vec<DocumentReport>, CommandError> {
    match reports_of_session(k8s_config, args, checks, styles) {
        Err(CommandError::Config(ConfigError::Invalid(problems))) => Ok(DocumentReport::of_configs(&problems)),
        other => other,
    }
}

fn reports_of_session(
    k8s_config: &Path,
    args: &ValidateArgs,
    checks: Checks,
    styles: Styles,
) -> Result<Vec<DocumentReport>, CommandError> {
    let session = load(k8s_config, &args.options)?;
    let tuning = tuning::load(&session)?;
    warn_of_real_money(&session, styles.err);
    tuning::warn(&tuning, styles.err);
    let version = args.server.kubernetes_version;
    let factory = job_template::factory(&session, created_at(None)?, tuning.delivery.as_ref(), version)?;
    let origins = Origins::of(&session);
    let mut validator = Validator::new(checks);
    for config_map in factory.config_maps() {
        let mut content = Vec::new();
        Format::Yaml.push(&config_map, &mut content).map_err(OutputError::from)?;
        validator.add(origins.file(), &Text::decode(content));
    }
    for share in plan_jobs(session.total_iterations, session.workers) {
        let spec = factory.create_job_for_worker(&share.worker_id, share.iterations, share.index);
        let mut content = Vec::new();
        Format::Yaml.push(&factory.job(&share), &mut content).map_err(OutputError::from)?;
        validator.add_job(&spec, &Text::decode(content), &origins);
    }
    let mut reports = DocumentReport::of_configs(&session.warnings);
    reports.extend(validator.finish());
    Ok(reports)
}

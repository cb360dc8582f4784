//! `plan`: shows what a session would become, or what applying it would change, and writes nothing.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{CommandError, Outcome, Styles, created_at, load, preflight, show_out, warn, write_out};
use crate::apimachinery::Version;
use crate::cli::{PlanArgs, PlanFormat};
use crate::config::Session;
use crate::diff::{Counts, SessionDiff};
use crate::job::{CreatedAt, K8sTuningJobFactory};
use crate::manifest::{Format, write, write_json};
use crate::output::directory::is_unfinished;
use crate::output::manifests::{self, OutputError};
use crate::output::session::PlanView;
use crate::output::{self, diff, messages, session};
use crate::quota::{self, Answer, Policies};

/// Runs the command.
///
/// # Errors
/// Whatever is wrong with the configuration, and output that cannot be written.
pub fn run(args: &PlanArgs, styles: Styles) -> Result<Outcome, CommandError> {
    match &args.diff {
        None if args.quota.is_empty() => show(args, None, styles),
        None => show_with_quota(args, styles).map_err(|error| CommandError::InDiff(Box::new(error))),
        Some(path) => show_diff(args, path, styles).map_err(|error| CommandError::InDiff(Box::new(error))),
    }
}

fn show_with_quota(args: &PlanArgs, styles: Styles) -> Result<Outcome, CommandError> {
    refuse_what_does_not_go_with_quota(args)?;
    show(args, Some(&args.quota), styles)
}

fn show(args: &PlanArgs, quota: Option<&[PathBuf]>, styles: Styles) -> Result<Outcome, CommandError> {
    let session = load(&args.session.k8s_config, &args.session.options)?;
    warn(&session, styles.err);
    warn_of_refusal(&session, args, styles)?;
    let quota = quota.map(|paths| ask(&session, paths, args.server.kubernetes_version)).transpose()?;
    let refused = quota.as_ref().is_some_and(Answer::refuses);
    let outcome = if refused { Outcome::Findings } else { Outcome::Well };
    let all_rows = args.output == PlanFormat::Wide;
    match args.output {
        PlanFormat::Table | PlanFormat::Wide => show_out(outcome, styles.out, |screen| {
            screen.table(&session::job_table(&session, Format::Yaml, all_rows))?;
            screen.blank()?;
            screen.table(&session::total_table(&session))?;
            screen.blank()?;
            screen.table(&session::setting_table(&session))?;
            quota.iter().try_for_each(|answer| output::quota::write(answer, session.workers, all_rows, screen))
        }),
        PlanFormat::Json => write_out(outcome, |out| json(&PlanView { quota, ..session::view(&session) }, out)),
        PlanFormat::Yaml => write_out(outcome, |out| yaml(&PlanView { quota, ..session::view(&session) }, out)),
        PlanFormat::Name => write_out(Outcome::Well, |out| Ok(manifests::names(&session, out, || {})?)),
    }
}

fn show_diff(args: &PlanArgs, path: &Path, styles: Styles) -> Result<Outcome, CommandError> {
    refuse_what_does_not_go_with_diff(args, path)?;
    let session = load(&args.session.k8s_config, &args.session.options)?;
    warn(&session, styles.err);
    warn_of_refusal(&session, args, styles)?;
    if is_unfinished(path) {
        let shown = path.display();
        let warning = format!("a run into {shown} was cut off, or is going on; generate finishes or clears it.");
        messages::warning(&warning, styles.err);
    }
    let found = compare(&session, path, args.server.kubernetes_version)?;
    for warning in &found.warnings {
        messages::warning(warning, styles.err);
    }
    let differs = !Counts::of(&found.jobs).is_same();
    let outcome = if differs && args.exit_code { Outcome::Findings } else { Outcome::Well };
    let view = || diff::view(&session.session_id, &found, &session.warnings);
    match args.output {
        PlanFormat::Json => write_out(outcome, |out| json(&view(), out)),
        PlanFormat::Yaml => write_out(outcome, |out| yaml(&view(), out)),
        format => show_out(outcome, styles.out, |screen| diff::write(&found, format == PlanFormat::Wide, screen)),
    }
}

/// What the namespace's policies mean for the session. Its Jobs differ in nothing that they look at.
fn ask(session: &Session, paths: &[PathBuf], version: Version) -> Result<Answer, CommandError> {
    let policies = Policies::read(paths, &session.namespace)?;
    let factory = K8sTuningJobFactory::new(session, CreatedAt::resolve(None, None)?);
    let answer = |job| quota::answer(&job, session.workers, &session.namespace, &policies, version);
    Ok(factory.jobs().next().map(answer).unwrap_or_default())
}

fn refuse_what_does_not_go_with_quota(args: &PlanArgs) -> Result<(), CommandError> {
    let stdin = Path::new("-");
    let orchestrator = args.session.options.orchestrator_config.as_ref();
    let named = args.quota.iter().chain(orchestrator).chain([&args.session.k8s_config]);
    if named.filter(|path| path.as_path() == stdin).count() > 1 {
        return Err(CommandError::Usage(
            "Standard input can be read once only: as a configuration, or for --quota. Name files for the others."
                .to_owned(),
        ));
    }
    if args.output == PlanFormat::Name {
        return Err(CommandError::Usage(
            "-o name does not say what would be refused. Leave out --quota, or write -o table, wide, json or yaml."
                .to_owned(),
        ));
    }
    Ok(())
}

/// Tells the user where `generate` would come to nothing.
fn warn_of_refusal(session: &Session, args: &PlanArgs, styles: Styles) -> Result<(), CommandError> {
    // The moment is no cause of a refusal, so that any will do.
    let refusal = preflight::refusal(session, CreatedAt::resolve(None, None)?, args.server.kubernetes_version)?;
    if let Some(causes) = refusal {
        messages::warning_of("the API server would refuse these Jobs:", causes.trim_start_matches('\n'), styles.err);
    }
    Ok(())
}

fn refuse_what_does_not_go_with_diff(args: &PlanArgs, path: &Path) -> Result<(), CommandError> {
    let stdin = Path::new("-");
    let configs = [Some(args.session.k8s_config.as_path()), args.session.options.orchestrator_config.as_deref()];
    if path == stdin && configs.contains(&Some(stdin)) {
        return Err(CommandError::Usage(
            "Standard input can be a configuration or what --diff looks at, not both. Name a file for one of them."
                .to_owned(),
        ));
    }
    if args.output == PlanFormat::Name {
        return Err(CommandError::Usage(
            "-o name does not say what would change. Leave out --diff, or write -o table, wide, json or yaml."
                .to_owned(),
        ));
    }
    Ok(())
}

/// `created_at` is no difference, so that any moment will do.
fn compare(session: &Session, path: &Path, version: Version) -> Result<SessionDiff, CommandError> {
    Ok(SessionDiff::new(session, created_at(None)?, path, version)?)
}

fn json(view: &impl Serialize, out: &mut impl Write) -> Result<(), CommandError> {
    write_json::json(view, "  ", out)?;
    Ok(out.write_all(b"\n")?)
}

fn yaml(view: &impl Serialize, out: &mut impl Write) -> Result<(), CommandError> {
    let mut text = Vec::new();
    write::yaml(view, &mut text).map_err(OutputError::from)?;
    Ok(out.write_all(&text)?)
}

//! `plan`: shows what a session would become, or what applying it would change, and writes nothing.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::{CommandError, Outcome, Styles, created_at, load, preflight, show_out, warn, write_out};
use crate::apimachinery::Version;
use crate::cli::{PlanArgs, PlanFormat};
use crate::config::Session;
use crate::diff::{Counts, SessionDiff};
use crate::job::CreatedAt;
use crate::manifest::{write, write_json};
use crate::output::directory::is_unfinished;
use crate::output::manifests::{self, OutputError};
use crate::output::{diff, messages, session};

/// Runs the command.
///
/// # Errors
/// Whatever is wrong with the configuration, and output that cannot be written.
pub fn run(args: &PlanArgs, styles: Styles) -> Result<Outcome, CommandError> {
    match &args.diff {
        None => show(args, styles),
        Some(path) => show_diff(args, path, styles).map_err(|error| CommandError::InDiff(Box::new(error))),
    }
}

fn show(args: &PlanArgs, styles: Styles) -> Result<Outcome, CommandError> {
    let session = load(&args.session.k8s_config, &args.session.options)?;
    warn(&session, styles.err);
    warn_of_refusal(&session, args, styles)?;
    if args.quiet {
        return Ok(Outcome::Well);
    }
    match args.output {
        PlanFormat::Table => show_out(Outcome::Well, styles.out, |screen| {
            screen.table(&session::job_table(&session))?;
            screen.blank()?;
            screen.table(&session::total_table(&session))?;
            screen.blank()?;
            screen.table(&session::setting_table(&session))
        }),
        PlanFormat::Wide => show_out(Outcome::Well, styles.out, |screen| {
            screen.table(&session::wide_job_table(&session))?;
            screen.blank()?;
            screen.table(&session::total_table(&session))?;
            screen.blank()?;
            screen.table(&session::wide_setting_table(&session))
        }),
        PlanFormat::Json => write_out(Outcome::Well, |out| json(&session::view(&session), out)),
        PlanFormat::Yaml => write_out(Outcome::Well, |out| yaml(&session::view(&session), out)),
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
    if args.quiet {
        return Ok(outcome);
    }
    let view = || diff::view(&session.session_id, &found, &session.warnings);
    match args.output {
        PlanFormat::Json => write_out(outcome, |out| json(&view(), out)),
        PlanFormat::Yaml => write_out(outcome, |out| yaml(&view(), out)),
        format => show_out(outcome, styles.out, |screen| diff::write(&found, format == PlanFormat::Wide, screen)),
    }
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

//! `plan`: shows what a session would become, or what applying it would change, and writes nothing.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::{CommandError, Outcome, Styles, created_at, load, show_out, tell_findings, tuning, warn, write_out};
use crate::cli::{PlanArgs, PlanFormat};
use crate::diff::{Counts, SessionDiff};
use crate::job::{CreatedAt, K8sTuningJobFactory};
use crate::manifest::{Format, write, write_json};
use crate::output::directory::is_unfinished;
use crate::output::manifests::{self, OutputError};
use crate::output::{diff, messages, session_view};
use crate::validate::job_template;
use crate::validate::preflight::preflight;

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
    let tuning = tuning::load(&session)?;
    // The moment is no difference, and no cause of a refusal, so that any will do.
    let factory = job_template::factory(
        &session,
        CreatedAt::resolve(None, None)?,
        tuning.delivery.as_ref(),
        args.server.kubernetes_version,
    )?;
    tell_findings(&session, styles.err);
    warn(&session, styles.err);
    tuning::warn(&tuning, styles.err);
    warn_of_refusal(&factory, args, styles)?;
    let view = || session_view::view(&session, &tuning, tuning::sentences(&tuning));
    match args.output {
        PlanFormat::Table | PlanFormat::Wide => show_out(Outcome::Success, styles.out, |screen| {
            screen.table(&session_view::job_table(&session, Format::Yaml, args.output == PlanFormat::Wide))?;
            screen.blank()?;
            screen.table(&session_view::total_table(&session, &tuning))?;
            if let Some(repeats) = &tuning.repeats {
                screen.blank()?;
                screen.line(repeats.message.as_str())?;
                screen.line(repeats.help.as_str())?;
            }
            screen.blank()?;
            screen.table(&session_view::setting_table(&session))
        }),
        PlanFormat::Json => write_out(Outcome::Success, |out| json(&view(), out)),
        PlanFormat::Yaml => write_out(Outcome::Success, |out| yaml(&view(), out)),
        PlanFormat::Name => write_out(Outcome::Success, |out| Ok(manifests::names(&factory, out, || {})?)),
    }
}

fn show_diff(args: &PlanArgs, path: &Path, styles: Styles) -> Result<Outcome, CommandError> {
    refuse_what_does_not_go_with_diff(args, path)?;
    let session = load(&args.session.k8s_config, &args.session.options)?;
    let tuning = tuning::load(&session)?;
    let factory =
        job_template::factory(&session, created_at(None)?, tuning.delivery.as_ref(), args.server.kubernetes_version)?;
    tell_findings(&session, styles.err);
    warn(&session, styles.err);
    tuning::warn(&tuning, styles.err);
    warn_of_refusal(&factory, args, styles)?;
    if is_unfinished(path) {
        let shown = path.display();
        let warning = format!("a run into {shown} was cut off, or is going on; generate finishes or clears it.");
        messages::warning(&warning, styles.err);
    }
    let found = SessionDiff::new(&factory, path, args.server.kubernetes_version)?;
    for warning in &found.warnings {
        messages::warning(warning, styles.err);
    }
    let differs = !Counts::of(&found.jobs).is_same();
    let outcome = if differs && args.exit_code { Outcome::Findings } else { Outcome::Success };
    let view = || diff::view(&session.session_id, &found, &session.warnings);
    match args.output {
        PlanFormat::Json => write_out(outcome, |out| json(&view(), out)),
        PlanFormat::Yaml => write_out(outcome, |out| yaml(&view(), out)),
        format => show_out(outcome, styles.out, |screen| diff::write(&found, format == PlanFormat::Wide, screen)),
    }
}

/// Tells the user where `generate` would come to nothing.
fn warn_of_refusal(factory: &K8sTuningJobFactory<'_>, args: &PlanArgs, styles: Styles) -> Result<(), CommandError> {
    let causes = preflight(factory, args.server.kubernetes_version).map_err(OutputError::from)?;
    if !causes.is_empty() {
        messages::warning_of("the API server would refuse these Jobs:", &causes, styles.err);
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

fn json(view: &impl Serialize, out: &mut impl Write) -> Result<(), CommandError> {
    write_json::json(view, "  ", out)?;
    Ok(out.write_all(b"\n")?)
}

fn yaml(view: &impl Serialize, out: &mut impl Write) -> Result<(), CommandError> {
    let mut text = Vec::new();
    write::yaml(view, &mut text).map_err(OutputError::from)?;
    Ok(out.write_all(&text)?)
}

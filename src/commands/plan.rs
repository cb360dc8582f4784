//! `plan`: shows what a session would become, or what applying it would change, and writes nothing.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::{CommandError, Outcome, Styles, created_at, load, preflight, print_warning, warn};
use crate::cli::{PlanArgs, PlanFormat};
use crate::config::Session;
use crate::diff::{Counts, SessionDiff};
use crate::job::CreatedAt;
use crate::manifest::{Format, write};
use crate::output::directory::is_unfinished;
use crate::output::manifests::{self, OutputError};
use crate::output::{diff, session};

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
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.output {
        PlanFormat::Table | PlanFormat::Wide => {
            let all_rows = args.output == PlanFormat::Wide;
            let jobs = session::job_table(&session, Format::Yaml, all_rows, styles.out);
            let totals = session::total_table(&session, styles.out);
            let settings = session::setting_table(&session, styles.out);
            write!(out, "{jobs}\n{totals}\n{settings}")?;
        }
        PlanFormat::Json => json(&session::view(&session), &mut out)?,
        PlanFormat::Yaml => yaml(&session::view(&session), &mut out)?,
        PlanFormat::Name => manifests::names(&session, &mut out, || {})?,
    }
    out.flush()?;
    Ok(Outcome::Well)
}

fn show_diff(args: &PlanArgs, path: &Path, styles: Styles) -> Result<Outcome, CommandError> {
    refuse_what_does_not_go_with_diff(args, path)?;
    let session = load(&args.session.k8s_config, &args.session.options)?;
    warn(&session, styles.err);
    warn_of_refusal(&session, args, styles)?;
    if is_unfinished(path) {
        let shown = path.display();
        let warning = format!("a run into {shown} was cut off, or is going on; generate finishes or clears it.");
        print_warning(&warning, styles.err);
    }
    let found = compare(&session, path)?;
    for warning in &found.warnings {
        print_warning(warning, styles.err);
    }
    let mut out = io::BufWriter::new(io::stdout().lock());
    let view = || diff::view(&session.session_id, &found, &session.warnings);
    match args.output {
        PlanFormat::Json => json(&view(), &mut out)?,
        PlanFormat::Yaml => yaml(&view(), &mut out)?,
        format => diff::write(&found, format == PlanFormat::Wide, styles.out, &mut out)?,
    }
    out.flush()?;
    let differs = !Counts::of(&found.jobs).is_same();
    Ok(if differs && args.exit_code { Outcome::Findings } else { Outcome::Well })
}

/// Tells the user where `generate` would come to nothing.
fn warn_of_refusal(session: &Session, args: &PlanArgs, styles: Styles) -> Result<(), CommandError> {
    // The moment is no cause of a refusal, so that any will do.
    let refusal = preflight::refusal(session, CreatedAt::resolve(None, None)?, args.server.kubernetes_version)?;
    if let Some(causes) = refusal {
        print_warning(&format!("the API server would refuse these Jobs:{causes}"), styles.err);
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
fn compare(session: &Session, path: &Path) -> Result<SessionDiff, CommandError> {
    Ok(SessionDiff::new(session, created_at(None)?, path)?)
}

fn json(view: &impl Serialize, out: &mut impl Write) -> Result<(), CommandError> {
    serde_json::to_writer_pretty(&mut *out, view).map_err(io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

fn yaml(view: &impl Serialize, out: &mut impl Write) -> Result<(), CommandError> {
    let mut text = Vec::new();
    write::yaml(view, &mut text).map_err(OutputError::from)?;
    Ok(out.write_all(&text)?)
}

//! `plan`: shows the Jobs of a session, or what applying them would change, without writing anything.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{CommandError, Outcome, Styles, created_at, load, show_out, tuning, warn, write_out};
use crate::apimachinery::Version;
use crate::cli::{PlanArgs, PlanFormat};
use crate::config::Session;
use crate::diff::{Counts, SessionDiff};
use crate::job::{CreatedAt, K8sTuningJobFactory};
use crate::manifest::{write, write_json};
use crate::output::directory::is_unfinished;
use crate::output::manifests::{self, OutputError};
use crate::output::session_view::PlanView;
use crate::output::totals::{Totals, total_table, totals};
use crate::output::{self, Screen, diff, messages, session_view};
use crate::plan::Part;
use crate::quota::{self, Answer, ConfigMaps, Policies};
use crate::tuning_file::Tuning;
use crate::validate::job_template;
use crate::validate::preflight::preflight;

/// Runs the command.
///
/// # Errors
/// The configuration is not valid, or the output cannot be written.
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
    let tuning = tuning::load(&session)?;
    // The creation time does not count as a difference and is never rejected, so any time will do.
    let factory = job_template::factory(
        &session,
        CreatedAt::resolve(None, None)?,
        tuning.delivery.as_ref(),
        args.server.kubernetes_version,
    )?;
    warn(&session, styles.err);
    tuning::warn(&tuning, styles.err);
    warn_of_refusal(&factory, args, styles)?;
    let quota = quota.map(|paths| ask(&factory, paths, args.server.kubernetes_version)).transpose()?;
    let refused = quota.as_ref().is_some_and(Answer::refuses);
    let outcome = if refused { Outcome::Findings } else { Outcome::Success };
    if args.quiet {
        return Ok(outcome);
    }
    let is_wide = args.output == PlanFormat::Wide;
    let totals = totals(&factory, &tuning);
    let view = |totals, quota| PlanView { quota, ..session_view::view(&session, totals, tuning::sentences(&tuning)) };
    match args.output {
        PlanFormat::Table | PlanFormat::Wide => show_out(outcome, styles.out, |screen| {
            write_tables(&session, totals, &tuning, is_wide, screen)?;
            quota.iter().try_for_each(|answer| output::quota::write(answer, session.workers, is_wide, screen))
        }),
        PlanFormat::Json => write_out(outcome, |out| json(&view(totals, quota), out)),
        PlanFormat::Yaml => write_out(outcome, |out| yaml(&view(totals, quota), out)),
        PlanFormat::Name => write_out(Outcome::Success, |out| Ok(manifests::names(&factory, out, || {})?)),
    }
}

fn write_tables(
    session: &Session,
    totals: Totals,
    tuning: &Tuning,
    is_wide: bool,
    screen: &mut Screen<impl Write>,
) -> io::Result<()> {
    if is_wide {
        screen.table(&session_view::wide_job_table(session))?;
    } else {
        screen.table(&session_view::job_table(session, &Part::whole(session.workers)))?;
    }
    screen.blank()?;
    screen.table(&total_table(totals))?;
    if let Some(repeats) = &tuning.repeats {
        screen.blank()?;
        screen.paragraph(&repeats.message)?;
        screen.paragraph(&repeats.help)?;
    }
    screen.blank()?;
    if is_wide {
        screen.table(&session_view::wide_setting_table(session))
    } else {
        screen.table(&session_view::setting_table(session))
    }
}

fn show_diff(args: &PlanArgs, path: &Path, styles: Styles) -> Result<Outcome, CommandError> {
    refuse_what_does_not_go_with_diff(args, path)?;
    let session = load(&args.session.k8s_config, &args.session.options)?;
    let tuning = tuning::load(&session)?;
    let factory =
        job_template::factory(&session, created_at(None)?, tuning.delivery.as_ref(), args.server.kubernetes_version)?;
    warn(&session, styles.err);
    tuning::warn(&tuning, styles.err);
    warn_of_refusal(&factory, args, styles)?;
    if is_unfinished(path) {
        let shown = path.display();
        let warning = format!(
            "a run into {shown} was interrupted or is still going on; generate will finish it or clean up after it."
        );
        messages::warning(&warning, styles.err);
    }
    let found = SessionDiff::new(&factory, path, args.server.kubernetes_version)?;
    for warning in &found.warnings {
        messages::warning(warning, styles.err);
    }
    let differs = !Counts::of(&found.jobs).is_same();
    let outcome = if differs && args.exit_code { Outcome::Findings } else { Outcome::Success };
    if args.quiet {
        return Ok(outcome);
    }
    let view = || diff::view(&session.session_id, &found, &session.warnings);
    match args.output {
        PlanFormat::Json => write_out(outcome, |out| json(&view(), out)),
        PlanFormat::Yaml => write_out(outcome, |out| yaml(&view(), out)),
        format => show_out(outcome, styles.out, |screen| {
            diff::write(&session.session_id, &found, format == PlanFormat::Wide, screen)
        }),
    }
}

/// Evaluates the namespace's policies for the session. Its Jobs do not differ in anything that policies check.
fn ask(factory: &K8sTuningJobFactory<'_>, paths: &[PathBuf], version: Version) -> Result<Answer, CommandError> {
    let session = factory.session();
    let policies = Policies::read(paths, &session.namespace)?;
    let delivered = factory.delivery().map(|delivery| &delivery.config_maps);
    let first_worker = |nth| delivered.map_or(0, |config_maps| config_maps.first_worker(nth));
    let count = u32::try_from(factory.config_map_count()).unwrap_or(u32::MAX);
    let config_maps = ConfigMaps { count, first_worker: &first_worker };
    let answer = |job| quota::answer_with(config_maps, &job, session.workers, &session.namespace, &policies, version);
    Ok(factory.jobs().next().map(answer).unwrap_or_default())
}

fn refuse_what_does_not_go_with_quota(args: &PlanArgs) -> Result<(), CommandError> {
    let stdin = Path::new("-");
    let orchestrator = args.session.options.orchestrator_config.as_ref();
    let named = args.quota.iter().chain(orchestrator).chain([&args.session.k8s_config]);
    if named.filter(|path| path.as_path() == stdin).count() > 1 {
        return Err(CommandError::Usage(
            "Standard input can be read only once: as a configuration or for --quota. Name files for the others."
                .to_owned(),
        ));
    }
    if args.output == PlanFormat::Name {
        return Err(CommandError::Usage(
            "-o name cannot show what would be refused. Remove --quota, or use -o table, wide, json or yaml."
                .to_owned(),
        ));
    }
    Ok(())
}

/// Warns if `generate` would fail.
fn warn_of_refusal(factory: &K8sTuningJobFactory<'_>, args: &PlanArgs, styles: Styles) -> Result<(), CommandError> {
    let problems = preflight(factory, args.server.kubernetes_version).map_err(OutputError::from)?;
    if !problems.is_empty() {
        messages::warning_of("the API server would reject these Jobs.", &problems, styles.err);
    }
    Ok(())
}

fn refuse_what_does_not_go_with_diff(args: &PlanArgs, path: &Path) -> Result<(), CommandError> {
    let stdin = Path::new("-");
    let configs = [Some(args.session.k8s_config.as_path()), args.session.options.orchestrator_config.as_deref()];
    if path == stdin && configs.contains(&Some(stdin)) {
        return Err(CommandError::Usage(
            "Standard input can be used for a configuration or for --diff, not both. Name a file for one of them."
                .to_owned(),
        ));
    }
    if args.output == PlanFormat::Name {
        return Err(CommandError::Usage(
            "-o name cannot show what would change. Remove --diff, or use -o table, wide, json or yaml.".to_owned(),
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

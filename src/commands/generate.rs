//! `generate`: writes a session's manifests to stdout or as files into a directory.

use std::io::Write;
use std::path::Path;

use super::{CommandError, Outcome, Styles, created_at, load, part, show_out, tuning, warn, write_out};
use crate::cli::{GenerateArgs, GenerateFormat};
use crate::config::Mode;
use crate::job::K8sTuningJobFactory;
use crate::manifest::Format;
use crate::output::directory::{Directory, Leftovers, Options, Update};
use crate::output::file_table::{self, FileResults};
use crate::output::manifests::{self, OutputError};
use crate::output::progress::Progress;
use crate::output::{Style, messages, session_view};
use crate::validate::job_template;
use crate::validate::preflight::preflight;

/// Runs the command.
///
/// # Errors
/// The configuration is not valid, or the output cannot be written.
pub fn run(args: &GenerateArgs, styles: Styles) -> Result<Outcome, CommandError> {
    let session = load(&args.session.k8s_config, &args.session.options)?;
    if session.mode == Mode::Live && !args.allow_live {
        return Err(CommandError::Live(session.session_id));
    }
    let created_at = created_at(args.created_at)?;
    let chosen = part::choose(args, &session, created_at.moment(), styles.err)?;
    let tuning = tuning::load(&session)?;
    let factory =
        job_template::factory(&session, created_at, tuning.delivery.as_ref(), args.server.kubernetes_version)?
            .with_part(chosen.part.clone());
    let problems = preflight(&factory, args.server.kubernetes_version).map_err(OutputError::from)?;
    if !problems.is_empty() {
        return Err(CommandError::Refused(problems));
    }
    warn(&session, styles.err);
    tuning::warn(&tuning, styles.err);
    chosen.tell(&factory, styles.err);
    match &args.output_dir {
        None => to_stdout(&factory, args, styles.err),
        Some(path) => to_directory(&factory, path, args, styles),
    }
}

fn to_stdout(factory: &K8sTuningJobFactory<'_>, args: &GenerateArgs, style: Style) -> Result<Outcome, CommandError> {
    let session = factory.session();
    write_out(Outcome::Success, |out| {
        let progress = Progress::of_stdout(factory.part().len() as usize, "jobs");
        let step = || progress.step();
        match args.output {
            GenerateFormat::Yaml => manifests::stream(factory, Format::Yaml, out, step)?,
            GenerateFormat::Kyaml => manifests::stream(factory, Format::Kyaml, out, step)?,
            GenerateFormat::Json => manifests::json_list(factory, out, step)?,
            GenerateFormat::Name => manifests::names(factory, out, step)?,
        }
        out.flush().map_err(OutputError::from)?;
        drop(progress);
        if !args.quiet && args.output != GenerateFormat::Name {
            messages::tell(style, |screen| {
                screen.table(&session_view::job_table(session, factory.part()))?;
                screen.line(session_view::summary_line(session, factory.part()))
            });
        }
        Ok(())
    })
}

fn to_directory(
    factory: &K8sTuningJobFactory<'_>,
    path: &Path,
    args: &GenerateArgs,
    styles: Styles,
) -> Result<Outcome, CommandError> {
    let Some(format) = file_format(args.output) else {
        return Err(CommandError::Usage(
            "-o name prints names and writes no files. Remove --output-dir, or use -o yaml.".to_owned(),
        ));
    };
    let session = factory.session();
    let directory = open(path, styles.err)?;
    let options = Options { format, leftovers: leftovers(args), kustomize: args.kustomize };
    let mut update = Update::begin(&directory, factory, options)?;
    for warning in update.warnings() {
        messages::warning(warning, styles.err);
    }
    let progress = Progress::new(factory.part().len() as usize, "files");
    let config_maps = update.put_config_maps()?;
    let changes = update.put_jobs(|| progress.step())?;
    let kustomization = update.put_kustomization()?;
    let (leftovers, renamed) = (update.leftovers(), update.renamed());
    let warnings = update.finish()?;
    drop(progress);
    for warning in warnings {
        messages::warning(&warning, styles.err);
    }
    if args.quiet {
        return Ok(Outcome::Success);
    }
    if renamed > 0 {
        messages::note(&session_view::renamed_note(session, renamed), styles.err);
    }
    let files = FileResults {
        directory: path,
        part: factory.part(),
        config_maps: &config_maps,
        changes: &changes,
        kustomization,
        leftovers: &leftovers,
        pruned: args.prune,
    };
    show_out(Outcome::Success, styles.out, |screen| {
        screen.table(&file_table::file_table(session, format, &files))?;
        file_table::unchanged_line(&files).map_or(Ok(()), |line| screen.line(line))?;
        screen.line(session_view::summary_line(session, factory.part()))?;
        screen.line(file_table::summary_line(&files))?;
        file_table::apply_line(&files).map_or(Ok(()), |line| screen.line(line))
    })
}

/// Opens the directory, and reports if it had to wait for another run or recover from an interrupted one.
pub(super) fn open(path: &Path, style: Style) -> Result<Directory, CommandError> {
    let note = |text: &str| messages::note(text, style);
    let waiting = || note(&format!("another run is writing to {}; waiting for it to end.", path.display()));
    let (directory, recovery) = Directory::open(path, waiting)?;
    if let Some(recovery) = recovery {
        note(&recovery.sentence(path));
    }
    Ok(directory)
}

const fn leftovers(args: &GenerateArgs) -> Leftovers {
    match (args.prune, args.keep_stale) {
        (true, _) => Leftovers::Prune,
        (_, true) => Leftovers::Keep,
        _ => Leftovers::Refuse,
    }
}

const fn file_format(format: GenerateFormat) -> Option<Format> {
    match format {
        GenerateFormat::Yaml => Some(Format::Yaml),
        GenerateFormat::Kyaml => Some(Format::Kyaml),
        GenerateFormat::Json => Some(Format::Json),
        GenerateFormat::Name => None,
    }
}

//! `generate`: a session becomes manifests, on stdout or as files in a directory.

use std::io::Write;
use std::path::Path;

use super::{CommandError, Outcome, Styles, created_at, load, preflight, show_out, warn, write_out};
use crate::cli::{GenerateArgs, GenerateFormat};
use crate::config::{Mode, Session};
use crate::diff::is_unchanged;
use crate::job::{CreatedAt, K8sTuningJobFactory};
use crate::manifest::{Format, Node};
use crate::output::directory::{Directory, FileChange, Leftovers, Recovery, Update};
use crate::output::files::{self, Files};
use crate::output::manifests::{self, OutputError};
use crate::output::progress::Progress;
use crate::output::template::Template;
use crate::output::{Style, messages, session};
use crate::plan::plan_jobs;

/// Runs the command.
///
/// # Errors
/// Whatever is wrong with the configuration, and output that cannot be written.
pub fn run(args: &GenerateArgs, styles: Styles) -> Result<Outcome, CommandError> {
    let session = load(&args.session.k8s_config, &args.session.options)?;
    if session.mode == Mode::Live && !args.allow_live {
        return Err(CommandError::Live(session.session_id));
    }
    let created_at = created_at(args.created_at)?;
    let refusal = preflight::refusal(&session, created_at, args.server.kubernetes_version)?;
    if let Some(causes) = refusal {
        return Err(CommandError::Refused(causes));
    }
    warn(&session, styles.err);
    match &args.output_dir {
        None => to_stdout(&session, created_at, args, styles.err),
        Some(path) => to_directory(&session, created_at, path, args, styles),
    }
}

fn to_stdout(
    session: &Session,
    created_at: CreatedAt,
    args: &GenerateArgs,
    style: Style,
) -> Result<Outcome, CommandError> {
    write_out(Outcome::Well, |out| {
        let progress = Progress::of_stdout(session.workers as usize, "jobs");
        let step = || progress.step();
        match args.output {
            GenerateFormat::Yaml => manifests::stream(session, created_at, Format::Yaml, out, step)?,
            GenerateFormat::Kyaml => manifests::stream(session, created_at, Format::Kyaml, out, step)?,
            GenerateFormat::Json => manifests::json_list(session, created_at, out, step)?,
            GenerateFormat::Name => manifests::names(session, out, step)?,
        }
        out.flush().map_err(OutputError::from)?;
        drop(progress);
        if !args.quiet && args.output != GenerateFormat::Name {
            messages::tell(style, |screen| {
                screen.table(&session::job_table(session))?;
                screen.line(session::summary_line(session))
            });
        }
        Ok(())
    })
}

fn to_directory(
    session: &Session,
    created_at: CreatedAt,
    path: &Path,
    args: &GenerateArgs,
    styles: Styles,
) -> Result<Outcome, CommandError> {
    let Some(format) = file_format(args.output) else {
        return Err(CommandError::Usage(
            "-o name prints names, and writes no files. Leave out --output-dir, or write -o yaml.".to_owned(),
        ));
    };
    let directory = open(path, styles.err)?;
    let names = session::rows(session, format).map(|row| row.file);
    let mut update = Update::begin(&directory, session, created_at, names, leftovers(args))?;
    for warning in update.warnings() {
        messages::warning(warning, styles.err);
    }
    let progress = Progress::new(session.workers as usize, "files");
    let changes = put_all(&mut update, session, created_at, format, &progress)?;
    let leftovers = update.leftovers();
    let warnings = update.finish()?;
    drop(progress);
    for warning in warnings {
        messages::warning(&warning, styles.err);
    }
    if args.quiet {
        return Ok(Outcome::Well);
    }
    let files = Files { directory: path, changes: &changes, leftovers: &leftovers, pruned: args.prune };
    show_out(Outcome::Well, styles.out, |screen| {
        screen.table(&files::file_table(session, format, &files))?;
        files::unchanged_line(&files).map_or(Ok(()), |line| screen.line(line))?;
        screen.line(session::summary_line(session))?;
        screen.line(files::summary_line(&files))
    })
}

/// Opens the directory, and tells what had to be waited for or brought in order first.
fn open(path: &Path, style: Style) -> Result<Directory, CommandError> {
    let note = |text: &str| messages::note(text, style);
    let shown = path.display();
    let waiting = || note(&format!("another run is writing to {shown}; waiting for it to end."));
    let (directory, recovery) = Directory::open(path, waiting)?;
    match recovery {
        None => {}
        Some(Recovery::Cleared) => {
            note(&format!("a run into {shown} was interrupted; its files were not complete, and have been cleared."));
        }
        Some(Recovery::Finished) => {
            note(&format!("a run into {shown} was interrupted; its files were complete, and are in place now."));
        }
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

fn put_all(
    update: &mut Update<'_>,
    session: &Session,
    created_at: CreatedAt,
    format: Format,
    progress: &Progress,
) -> Result<Vec<FileChange>, CommandError> {
    let factory = K8sTuningJobFactory::new(session, created_at);
    let template = Template::document(session, created_at, format).map_err(OutputError::from)?;
    let mut changes = Vec::with_capacity(session.workers as usize);
    let mut content = Vec::new();
    for share in plan_jobs(session.total_iterations, session.workers) {
        content.clear();
        template.push(&share, &mut content);
        let name = session::JobRow::new(session, &share, format).file;
        let is_same = |object: &Node| is_unchanged(&factory.job(&share), object);
        changes.push(update.put(&name, &content, is_same)?);
        progress.step();
    }
    Ok(changes)
}

const fn file_format(format: GenerateFormat) -> Option<Format> {
    match format {
        GenerateFormat::Yaml => Some(Format::Yaml),
        GenerateFormat::Kyaml => Some(Format::Kyaml),
        GenerateFormat::Json => Some(Format::Json),
        GenerateFormat::Name => None,
    }
}

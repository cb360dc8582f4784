//! `generate`: a session becomes manifests, on stdout or as files in a directory.

use std::io::{self, Write};
use std::path::Path;

use k8s_openapi::api::batch::v1::Job;

use super::{CommandError, Outcome, Styles, created_at, load, warn};
use crate::cli::{GenerateArgs, GenerateFormat};
use crate::config::{Mode, Session};
use crate::job::names::file_name;
use crate::job::{CreatedAt, K8sTuningJobFactory, build_job};
use crate::manifest::Text;
use crate::output::directory::Directory;
use crate::output::manifests::{self, FileKind};
use crate::output::{Style, session};
use crate::plan::{WorkerShare, plan_jobs};
use crate::validate::{Severity, Sources, check_text};

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
    refuse_what_the_server_would(&session, created_at)?;
    warn(&session, styles.err);
    match &args.output_dir {
        None => to_stdout(&session, created_at, args, styles.err)?,
        Some(directory) => to_directory(&session, created_at, directory, args, styles.out)?,
    }
    Ok(Outcome::Well)
}

/// The Jobs of a session, made one at a time.
pub(super) fn jobs(session: &Session, created_at: CreatedAt) -> impl Iterator<Item = Job> {
    let factory = K8sTuningJobFactory::new(session, created_at);
    plan_jobs(session.total_iterations, session.workers).map(move |share| job(&factory, &share))
}

fn job(factory: &K8sTuningJobFactory<'_>, share: &WorkerShare) -> Job {
    build_job(factory.create_job_for_worker(&share.worker_id, share.iterations, share.index))
}

/// Whatever slips through the rules of a configuration is caught here. Jobs of a session differ in their
/// worker and their iterations only, so the first and the last, with the longest name, speak for all.
fn refuse_what_the_server_would(session: &Session, created_at: CreatedAt) -> Result<(), CommandError> {
    let factory = K8sTuningJobFactory::new(session, created_at);
    let mut shares = plan_jobs(session.total_iterations, session.workers);
    let first = shares.next();
    let last = shares.len().checked_sub(1).and_then(|last| shares.nth(last));
    for share in first.into_iter().chain(last) {
        let job = job(&factory, &share);
        let mut content = Vec::new();
        manifests::push_document(&job, FileKind::Yaml, &mut content)?;
        let checked = check_text("", &Text::decode(content), Sources { api: true, tuning: false });
        let findings = checked.into_iter().flat_map(|(report, _)| report.findings);
        let causes: Vec<String> = findings
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| format!("\n  {}: {}", finding.field, finding.message))
            .collect();
        if !causes.is_empty() {
            return Err(CommandError::Refused(causes.concat()));
        }
    }
    Ok(())
}

fn to_stdout(session: &Session, created_at: CreatedAt, args: &GenerateArgs, style: Style) -> Result<(), CommandError> {
    let jobs = jobs(session, created_at);
    let mut out = io::stdout().lock();
    match args.output {
        GenerateFormat::Yaml => manifests::yaml_stream(jobs, &mut out)?,
        GenerateFormat::Json => manifests::json_list(jobs, &mut out)?,
        GenerateFormat::Name => manifests::names(jobs, &mut out)?,
    }
    out.flush()?;
    if !args.quiet && args.output != GenerateFormat::Name {
        eprint!("{}", summary(session, args, style));
    }
    Ok(())
}

fn to_directory(
    session: &Session,
    created_at: CreatedAt,
    path: &Path,
    args: &GenerateArgs,
    style: Style,
) -> Result<(), CommandError> {
    let Some(kind) = file_kind(args.output) else {
        return Err(CommandError::Usage(
            "-o name prints names, and writes no files. Leave out --output-dir, or write -o yaml.".to_owned(),
        ));
    };
    let directory = Directory::open(path)?;
    let mut content = Vec::new();
    for (index, job) in (0..).zip(jobs(session, created_at)) {
        content.clear();
        manifests::push_document(&job, kind, &mut content)?;
        let name = job.metadata.name.as_deref().unwrap_or_default();
        directory.write(&file_name(name, index, session.workers, kind), &content)?;
    }
    if !args.quiet {
        let mut out = io::stdout().lock();
        write!(out, "{}", summary(session, args, style))?;
    }
    Ok(())
}

const fn file_kind(format: GenerateFormat) -> Option<FileKind> {
    match format {
        GenerateFormat::Yaml => Some(FileKind::Yaml),
        GenerateFormat::Json => Some(FileKind::Json),
        GenerateFormat::Name => None,
    }
}

fn summary(session: &Session, args: &GenerateArgs, style: Style) -> String {
    let kind = file_kind(args.output).unwrap_or(FileKind::Yaml);
    let table = session::job_table(session, kind, false, style);
    let line = session::summary_line(session);
    match &args.output_dir {
        None => format!("{table}{line}"),
        Some(directory) => format!("{table}{}, written to {}\n", line.trim_end(), directory.display()),
    }
}

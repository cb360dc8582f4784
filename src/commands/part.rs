//! The workers that `generate` makes Jobs for: all of them, the named ones, or the rest of a session according to
//! `kubectl get`.

use std::path::Path;
use std::slice;

use chrono::{DateTime, Utc};

use super::CommandError;
use crate::cli::GenerateArgs;
use crate::config::Session;
use crate::job::K8sTuningJobFactory;
use crate::output::session_view::plural;
use crate::output::{Style, messages};
use crate::plan::{Part, Workers};
use crate::status::{self, Rest, Retry, StatusError, Told};

/// The workers of a run.
#[derive(Debug)]
pub struct Chosen {
    /// The workers and their attempts.
    pub part: Part,
    /// The status of the session, if it was read.
    rest: Option<Rest>,
    /// The workers that were asked for by their names, if any were.
    only: Option<Part>,
}

/// Determines the workers that the arguments ask for.
///
/// # Errors
/// The session does not have a worker, or the status cannot be read.
pub fn choose(
    args: &GenerateArgs,
    session: &Session,
    now: DateTime<Utc>,
    style: Style,
) -> Result<Chosen, CommandError> {
    let only = match args.only.as_slice() {
        [] => None,
        named => {
            let part = Workers::part(named, session.workers);
            Some(part.map_err(|error| CommandError::Usage(error.to_string()))?)
        }
    };
    match &args.from_status {
        None => {
            let part = only.clone().unwrap_or_else(|| Part::whole(session.workers));
            Ok(Chosen { part, rest: None, only })
        }
        Some(path) => {
            refuse_two_readers_of_stdin(args, path)?;
            let rest = rest(path, session, only.as_ref(), retry(args), now, style)?;
            Ok(Chosen { part: rest.part.clone(), rest: Some(rest), only })
        }
    }
}

const fn retry(args: &GenerateArgs) -> Retry {
    if args.replace { Retry::Replace } else { Retry::Again }
}

fn refuse_two_readers_of_stdin(args: &GenerateArgs, path: &Path) -> Result<(), CommandError> {
    let stdin = Path::new("-");
    let configs = [Some(args.session.k8s_config.as_path()), args.session.options.orchestrator_config.as_deref()];
    if path == stdin && configs.contains(&Some(stdin)) {
        return Err(CommandError::Usage(
            "Standard input can be used for a configuration or for --from-status, not both. Name a file for one of them."
                .to_owned(),
        ));
    }
    Ok(())
}

/// The rest of a session, according to kubectl's output.
fn rest(
    path: &Path,
    session: &Session,
    only: Option<&Part>,
    retry: Retry,
    now: DateTime<Utc>,
    style: Style,
) -> Result<Rest, CommandError> {
    let Told { book, name, warnings } = status::read_all(&[path.to_owned()])?;
    for warning in &warnings {
        messages::warning(warning, style);
    }
    let sessions = status::sessions(&book, slice::from_ref(session), now);
    let is_it = |found: &&status::SessionStatus<'_>| {
        found.namespace == session.namespace && found.session_id == session.session_id
    };
    let Some(found) = sessions.iter().find(is_it) else { return Err(StatusError::NoSession(name).into()) };
    if found.is_unknown() {
        let (id, namespace) = (&session.session_id, &session.namespace);
        let text =
            format!("{name} contains no Job of session {id} in namespace {namespace}: all its workers are missing.");
        messages::warning(&text, style);
    } else if !found.has_jobs() {
        return Err(StatusError::PodsAlone(name).into());
    }
    for warning in &found.warnings {
        messages::warning(warning, style);
    }
    Ok(Rest::of(found, session, only, retry))
}

impl Chosen {
    /// Summarizes the status in a sentence.
    fn outline(&self, rest: &Rest, workers: u32) -> String {
        let (failed, made) = (rest.failed.len(), rest.part.len());
        let asked_for = self.only.as_ref().map_or(workers, Part::len);
        let of = |count: u32| match self.only {
            Some(_) => format!("{count} of the named workers"),
            None => plural(count.into(), "worker"),
        };
        let made_of = match (failed, made - failed) {
            (0, 0) if self.only.is_some() => {
                return "none of the named workers has failed or lacks a Job; there is nothing to generate.".to_owned();
            }
            (0, 0) => return "no worker has failed or lacks a Job; there is nothing to generate.".to_owned(),
            (failed, 0) => format!("{} failed", of(failed)),
            (0, 1) => format!("{} has no Job", of(1)),
            (0, missing) => format!("{} have no Job", of(missing)),
            (failed, 1) => format!("{} failed, and 1 has no Job", of(failed)),
            (failed, missing) => format!("{} failed, and {missing} have no Job", of(failed)),
        };
        match (asked_for == made, &self.only) {
            (true, _) => format!("{made_of}."),
            (false, None) => format!("{made_of}; the others have succeeded or have not ended."),
            (false, Some(_)) => format!("{made_of}; the others among them have succeeded or have not ended."),
        }
    }

    /// Summarizes the status, and prints what to run before applying the Jobs.
    pub fn tell(&self, factory: &K8sTuningJobFactory<'_>, style: Style) {
        let Some(rest) = &self.rest else { return };
        let missing = rest.part.len() - rest.failed.len();
        messages::note(&self.outline(rest, factory.session().workers), style);
        let job = factory.jobs().next().and_then(|job| job.spec);
        if let Some(seconds) = job.and_then(|spec| spec.ttl_seconds_after_finished).filter(|_| missing > 0) {
            messages::warning(
                &format!(
                    "Jobs of this session are removed {} after they finish (ttlSecondsAfterFinished): a worker without one \
                     may have succeeded.",
                    plural(seconds.unsigned_abs().into(), "second")
                ),
                style,
            );
        }
        let deletions = rest.deletions();
        if !deletions.is_empty() {
            messages::note("these Jobs keep their names. Delete the existing ones first:", style);
            messages::tell(style, |screen| {
                deletions.iter().try_for_each(|command| screen.line(format!("  {command}")))
            });
        }
    }
}

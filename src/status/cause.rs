//! Why a worker is in its phase: one cause from its Job, its pod and its container, with the original messages.

use serde::Serialize;

use super::book::Slot;
use super::record::{Exit, Removal, Said, Trouble, VerdictKind, is_start};
use super::standing::{Context, Phase, Standing};

/// Reasons of failed Jobs that say no more than that pods have failed.
const BY_PODS: [&str; 6] = [
    "",
    "BackoffLimitExceeded",
    "BackoffLimitExceededPerIndex",
    "FailedIndexes",
    "MaxFailedIndexesExceeded",
    "PodFailurePolicy",
];

/// Why a worker is in its phase.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct Cause {
    /// In one word.
    pub reason: String,
    /// In a few words.
    pub summary: String,
    /// The original message; may be empty.
    pub message: String,
    /// The Job's condition.
    pub job: Option<Words>,
    /// The pod's own reason and message.
    pub pod: Option<Words>,
    /// A condition of the pod: not scheduled, or disrupted.
    pub condition: Option<Words>,
    /// The state of the container.
    pub container: Option<ContainerWords>,
}

/// A reason and a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Words {
    /// In one word.
    pub reason: String,
    /// For a person; may be empty.
    pub message: String,
}

/// The state of a container.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ContainerWords {
    /// The container.
    pub name: String,
    /// Why it is waiting or has ended, in one word.
    pub reason: String,
    /// For a person; may be empty.
    pub message: String,
    /// How it ended.
    pub exit_code: Option<i32>,
    /// The signal that ended it, from its exit code or as the runtime reports it.
    pub signal: Option<String>,
}

impl Cause {
    fn plain(reason: &str, summary: impl Into<String>, message: &str) -> Self {
        Self { reason: reason.to_owned(), summary: summary.into(), message: message.to_owned(), ..Self::default() }
    }

    /// A worker that has no Job.
    #[must_use]
    pub fn no_job() -> Self {
        Self::plain("NoJob", "no Job", "")
    }

    fn with_job(mut self, said: Option<Words>) -> Self {
        self.job = said;
        self
    }
}

/// The cause of a standing, if there is one to report.
#[must_use]
pub fn of(standing: &Standing<'_>, slot: &Slot, context: Context) -> Option<Cause> {
    match standing.phase {
        Phase::Succeeded => None,
        Phase::Running => running(standing, slot),
        Phase::Pending => Some(pending(standing, slot, context)).filter(|cause| !cause.reason.is_empty()),
        Phase::Suspended => {
            let said = job_words(standing);
            let message = said.as_ref().map_or("", |said| &said.message);
            Some(Cause::plain("JobSuspended", "waiting to be resumed", message).with_job(said.clone()))
        }
        Phase::Failed => Some(failed(standing, slot, context)),
        Phase::Missing => Some(match standing.job.and_then(|job| job.removal) {
            Some(Removal::Asked(_)) => Cause::plain("Deleting", "its Job is being deleted", ""),
            Some(Removal::Done) => Cause::plain("Deleted", "its Job was deleted", ""),
            None if slot.pods.is_empty() => Cause::no_job(),
            None => Cause::plain("NoJob", "no Job, but a pod remains", ""),
        }),
    }
}

fn running(standing: &Standing<'_>, slot: &Slot) -> Option<Cause> {
    let stuck = standing.current.filter(|pod| pod.is_stuck());
    if let Some(pod) = stuck {
        return Some(match pod.trouble.as_deref() {
            Some(trouble) => by_pod(trouble, slot),
            None => Cause::plain("Unknown", "its node does not respond", ""),
        });
    }
    let count = standing.job.map_or(0, |job| job.failed).max(u32::from(standing.failed.is_some()));
    let before = if count == 1 { "1 earlier pod failed".to_owned() } else { format!("{count} earlier pods failed") };
    let trouble = standing.failed.and_then(|pod| pod.trouble.as_deref());
    match (count, trouble) {
        (0, _) => None,
        (_, None) => Some(Cause::plain("Retried", before, "")),
        (_, Some(trouble)) => {
            let mut cause = by_pod(trouble, slot);
            cause.summary = format!("{before}: {}", cause.summary);
            "Retried".clone_into(&mut cause.reason);
            Some(cause)
        }
    }
}

fn pending(standing: &Standing<'_>, slot: &Slot, context: Context) -> Cause {
    if let Some(pod) = standing.current {
        return pod.trouble.as_deref().map(|trouble| by_pod(trouble, slot)).unwrap_or_default();
    }
    let Some(job) = standing.job else { return no_pod() };
    let counted = u64::from(job.active) + u64::from(job.failed) + u64::from(job.succeeded);
    // A Job may lag behind its pods and count a pod that has ended as active.
    let is_active = job.active > 0 && counted > slot.pods.len() as u64;
    let not_ready = |message| Cause::plain("PodNotReady", "its pod is not ready", message);
    if is_active && !context.has_pods {
        not_ready("A Job alone does not show why its pod is waiting. Pass its pods too.")
    } else if is_active {
        not_ready("The input does not contain the pod.")
    } else if standing.succeeded.is_some() {
        Cause::plain("PodSucceeded", "its pod succeeded; the Job has not counted it yet", "")
    } else if job.failed > 0 || standing.failed.is_some() {
        let trouble = standing.failed.and_then(|pod| pod.trouble.as_deref());
        let mut cause = trouble.map(|trouble| by_pod(trouble, slot)).unwrap_or_default();
        cause.summary = match cause.summary.as_str() {
            "" => "its pod failed".to_owned(),
            why => format!("its pod failed: {why}"),
        };
        "PodFailed".clone_into(&mut cause.reason);
        cause
    } else if job.terminating > 0 {
        Cause::plain("PodTerminating", "its pod is being deleted", "")
    } else {
        no_pod()
    }
}

fn no_pod() -> Cause {
    Cause::plain("NoPod", "no pod yet", "")
}

fn failed(standing: &Standing<'_>, slot: &Slot, context: Context) -> Cause {
    let said = job_words(standing);
    let trouble = standing.failed.and_then(|pod| pod.trouble.as_deref());
    let reason = said.as_ref().map_or("", |said| said.reason.as_str());
    let message = said.as_ref().map_or("", |said| said.message.as_str());
    let is_decided_by_job = !BY_PODS.contains(&reason);
    let mut cause = match trouble {
        Some(trouble) => by_pod(trouble, slot),
        None => Cause::default(),
    };
    if is_decided_by_job || cause.reason.is_empty() {
        let summary = match reason {
            "" => "failed",
            reason => reason,
        };
        let gone = if context.has_pods && slot.pods.is_empty() { "; its pod is gone" } else { "" };
        cause = Cause {
            reason: summary.to_owned(),
            summary: format!("{summary}{gone}"),
            message: message.to_owned(),
            ..cause
        };
    }
    cause.with_job(said)
}

fn job_words(standing: &Standing<'_>) -> Option<Words> {
    let verdict = standing.job?.verdict.as_ref().filter(|verdict| verdict.kind != VerdictKind::Complete)?;
    Some(Words { reason: verdict.reason.to_string(), message: verdict.message.to_string() })
}

/// The cause of a pod's trouble: an eviction explains more than the exit code that it led to, and a container's state
/// explains more than a pod that is not ready.
fn by_pod(trouble: &Trouble, slot: &Slot) -> Cause {
    let words = |said: &Said| Words { reason: said.reason.to_string(), message: said.message.to_string() };
    let container = trouble.container.as_ref().map(|container| ContainerWords {
        name: container.name.to_string(),
        reason: container.said.reason.to_string(),
        message: container.said.message.to_string(),
        exit_code: container.exit.map(|exit| exit.code),
        signal: container.exit.and_then(signal),
    });
    let (pod, condition) = (trouble.pod.as_ref().map(words), trouble.condition.as_ref().map(words));
    let (reason, summary, message) = match (&pod, &condition, &container) {
        (Some(said), ..) | (None, Some(said), _) => (said.reason.clone(), said.reason.clone(), said.message.clone()),
        (None, None, Some(container)) => {
            (container.reason.clone(), in_words(container, slot), container.message.clone())
        }
        (None, None, None) => Default::default(),
    };
    Cause { reason, summary, message, job: None, pod, condition, container }
}

/// `OOMKilled, exit code 137 (SIGKILL)`, and the container's name, unless it is the worker's own container, which has the
/// name of its Job.
fn in_words(container: &ContainerWords, slot: &Slot) -> String {
    let exit = container.exit_code.map(|code| match &container.signal {
        Some(signal) => format!("exit code {code} ({signal})"),
        None => format!("exit code {code}"),
    });
    let said = match (container.reason.as_str(), exit) {
        ("" | "Error", Some(exit)) => exit,
        (reason, Some(exit)) => format!("{reason}, {exit}"),
        (reason, None) if is_start(reason) => return reason.to_owned(),
        (reason, None) => reason.to_owned(),
    };
    match container.name.as_str() {
        "" => said,
        name if *name == *slot.name => said,
        name => format!("{name}: {said}"),
    }
}

/// The signal that ended a container: shells and container runtimes add 128 to its number.
fn signal(exit: Exit) -> Option<String> {
    let number = exit.signal.or_else(|| (129..=192).contains(&exit.code).then(|| exit.code - 128))?;
    Some(match number {
        1 => "SIGHUP".to_owned(),
        2 => "SIGINT".to_owned(),
        3 => "SIGQUIT".to_owned(),
        4 => "SIGILL".to_owned(),
        6 => "SIGABRT".to_owned(),
        7 => "SIGBUS".to_owned(),
        8 => "SIGFPE".to_owned(),
        9 => "SIGKILL".to_owned(),
        11 => "SIGSEGV".to_owned(),
        13 => "SIGPIPE".to_owned(),
        15 => "SIGTERM".to_owned(),
        number => format!("signal {number}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_code_implies_its_signal() {
        let exit = |code, told| signal(Exit { code, signal: told });
        assert_eq!(exit(137, None).as_deref(), Some("SIGKILL"));
        assert_eq!(exit(139, None).as_deref(), Some("SIGSEGV"));
        assert_eq!(exit(1, Some(15)).as_deref(), Some("SIGTERM"));
        assert_eq!(exit(170, None).as_deref(), Some("signal 42"));
        for code in [1, 2, 128, 255] {
            assert_eq!(exit(code, None), None, "{code}");
        }
    }
}

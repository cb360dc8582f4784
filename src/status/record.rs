//! The facts about a Job and a pod that a status is computed from, stored compactly.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use k8s_openapi::api::batch::v1::JobCondition;
use k8s_openapi::api::core::v1::{ContainerState, PodCondition};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::object::{ContainerStatus, JobSpec, JobStatus, Metadata, PodStatus};
use super::texts::Texts;

/// Distinguishes an object from others of the same name, and its versions from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Version {
    /// The uid; 0 if it is missing or not a UUID.
    pub uid: u128,
    /// The resource version; 0 if it is missing or not a number.
    pub revision: u64,
}

/// The facts about a Job.
#[derive(Debug, Clone)]
pub struct JobRecord {
    /// Which object this is.
    pub version: Version,
    /// The session, if it has one.
    pub session_id: Option<Rc<str>>,
    /// The worker, if it has one.
    pub worker_id: Option<Rc<str>>,
    /// Which attempt of the worker it is, from 1.
    pub attempt: u32,
    /// The number of iterations in its arguments.
    pub iterations: Option<u64>,
    /// When it was made.
    pub created: Option<DateTime<Utc>>,
    /// When the controller started it.
    pub started: Option<DateTime<Utc>>,
    /// Whether it is suspended.
    pub is_suspended: bool,
    /// Pods that are pending or running.
    pub active: u32,
    /// Pods that are ready; servers before 1.24 do not say.
    pub ready: Option<u32>,
    /// Pods that have failed.
    pub failed: u32,
    /// Pods that have succeeded.
    pub succeeded: u32,
    /// Pods that are being deleted.
    pub terminating: u32,
    /// The condition that ended or suspended it, if any.
    pub verdict: Option<Box<Verdict>>,
    /// Whether it is, or is being, deleted.
    pub removal: Option<Removal>,
}

/// A condition of a Job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What it means for the Job.
    pub kind: VerdictKind,
    /// When it became true.
    pub since: Option<DateTime<Utc>>,
    /// The reason, in one word.
    pub reason: Rc<str>,
    /// The message.
    pub message: Rc<str>,
}

/// A state in which a Job stays for good, or until it is resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerdictKind {
    /// It has succeeded, or is about to be counted as such.
    Complete,
    /// It has failed, or is about to be counted as such.
    Failed,
    /// It is suspended.
    Suspended,
}

/// The deletion of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// Its deletion was requested at this time.
    Asked(DateTime<Utc>),
    /// It is gone.
    Done,
}

/// The facts about a pod.
#[derive(Debug, Clone)]
pub struct PodRecord {
    /// The name.
    pub name: Box<str>,
    /// Which object this is.
    pub version: Version,
    /// The uid of its Job; 0 if it is not known.
    pub job_uid: u128,
    /// The session, if it has one.
    pub session_id: Option<Rc<str>>,
    /// The worker, if it has one.
    pub worker_id: Option<Rc<str>>,
    /// Which attempt of the worker it belongs to, from 1.
    pub attempt: u32,
    /// When it was made.
    pub created: Option<DateTime<Utc>>,
    /// When its container was started, or else when the kubelet started the pod.
    pub started: Option<DateTime<Utc>>,
    /// When its last container ended.
    pub ended: Option<DateTime<Utc>>,
    /// Its phase.
    pub phase: PodPhase,
    /// How often its containers were restarted.
    pub restarts: u32,
    /// Why it is waiting or has failed.
    pub trouble: Option<Box<Trouble>>,
    /// Whether it is, or is being, deleted.
    pub removal: Option<Removal>,
}

/// The phase of a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PodPhase {
    /// Not all containers are running yet.
    Pending,
    /// It is running.
    Running,
    /// It has succeeded.
    Succeeded,
    /// It has failed.
    Failed,
    /// Its node does not respond.
    Unknown,
}

/// What keeps a pod from running, or has ended it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trouble {
    /// The pod's own reason and message.
    pub pod: Option<Said>,
    /// A condition of the pod: not scheduled, or disrupted.
    pub condition: Option<Said>,
    /// The container that is waiting or has failed.
    pub container: Option<ContainerTrouble>,
}

/// A reason and a message, either of which may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The reason, in one word.
    pub reason: Rc<str>,
    /// The message.
    pub message: Rc<str>,
}

/// A container that is not running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerTrouble {
    /// The container.
    pub name: Rc<str>,
    /// Why.
    pub said: Said,
    /// How it ended, if it did.
    pub exit: Option<Exit>,
    /// Whether it is waiting now, regardless of how it ended before.
    pub is_waiting: bool,
}

/// How a container ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// The exit code.
    pub code: i32,
    /// The signal, if the runtime reports it.
    pub signal: Option<i32>,
}

impl Version {
    /// The version in a `metadata`.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        let revision = metadata.resource_version.as_deref().and_then(|text| text.parse().ok());
        Self { uid: metadata.uid.as_deref().map_or(0, uid), revision: revision.unwrap_or(0) }
    }

    /// Whether this version is older than another one. Inputs may come in any order.
    #[must_use]
    pub const fn is_older_than(self, other: Self) -> bool {
        self.uid == other.uid && self.revision != 0 && self.revision < other.revision
    }

    /// Whether both are known to be different objects.
    #[must_use]
    pub const fn is_another_than(self, other: Self) -> bool {
        self.uid != 0 && other.uid != 0 && self.uid != other.uid
    }
}

/// A UUID as a number; 0 for anything else.
fn uid(text: &str) -> u128 {
    let hyphens = text.char_indices().filter(|(_, c)| *c == '-').map(|(at, _)| at);
    if text.len() != 36 || !hyphens.eq([8, 13, 18, 23]) {
        return 0;
    }
    u128::from_str_radix(&text.replace('-', ""), 16).unwrap_or(0)
}

impl JobRecord {
    /// Extracts the facts about a Job.
    #[must_use]
    pub fn new(metadata: &Metadata, spec: &JobSpec, status: &JobStatus, texts: &mut Texts) -> Self {
        let labels = metadata.labels.as_ref();
        Self {
            version: Version::of(metadata),
            session_id: labels.and_then(|labels| texts.label(labels.session_id.as_deref())),
            worker_id: labels.and_then(|labels| texts.label(labels.worker_id.as_deref())),
            attempt: attempt(labels.and_then(|labels| labels.attempt.as_deref())),
            iterations: iterations(spec),
            created: moment(metadata.creation_timestamp.as_ref()),
            started: moment(status.start_time.as_ref()),
            is_suspended: spec.suspend.unwrap_or(false),
            active: status.active.unwrap_or(0),
            ready: status.ready,
            failed: status.failed.unwrap_or(0),
            succeeded: status.succeeded.unwrap_or(0),
            terminating: status.terminating.unwrap_or(0),
            verdict: verdict(status, texts).map(Box::new),
            removal: moment(metadata.deletion_timestamp.as_ref()).map(Removal::Asked),
        }
    }
}

impl PodRecord {
    /// Extracts the facts about a pod.
    #[must_use]
    pub fn new(metadata: &Metadata, status: &PodStatus, texts: &mut Texts) -> Self {
        let labels = metadata.labels.as_ref();
        let owner = metadata.owner_references.iter().flatten().find(|owner| owner.kind == "Job");
        let containers = status.container_statuses.as_deref().unwrap_or_default();
        let inits = status.init_container_statuses.as_deref().unwrap_or_default();
        let running =
            containers.iter().find_map(|one| moment(one.state.as_ref()?.running.as_ref()?.started_at.as_ref()));
        let ended =
            containers.iter().filter_map(|one| moment(one.state.as_ref()?.terminated.as_ref()?.finished_at.as_ref()));
        let phase = match status.phase.as_deref() {
            Some("Running") => PodPhase::Running,
            Some("Succeeded") => PodPhase::Succeeded,
            Some("Failed") => PodPhase::Failed,
            Some("Unknown") => PodPhase::Unknown,
            _ => PodPhase::Pending,
        };
        let restarts = containers.iter().chain(inits).map(|one| one.restart_count.unwrap_or(0));
        let trouble = trouble(status, phase, inits.iter().chain(containers), texts);
        Self {
            name: metadata.name.as_deref().unwrap_or_default().into(),
            version: Version::of(metadata),
            job_uid: owner.map_or(0, |owner| uid(&owner.uid)),
            session_id: labels.and_then(|labels| texts.label(labels.session_id.as_deref())),
            worker_id: labels.and_then(|labels| texts.label(labels.worker_id.as_deref())),
            attempt: attempt(labels.and_then(|labels| labels.attempt.as_deref())),
            created: moment(metadata.creation_timestamp.as_ref()),
            started: running.or_else(|| moment(status.start_time.as_ref())),
            ended: ended.max(),
            phase,
            restarts: restarts.fold(0, u32::saturating_add),
            trouble: trouble.map(Box::new),
            removal: moment(metadata.deletion_timestamp.as_ref()).map(Removal::Asked),
        }
    }

    /// Whether it has succeeded or failed.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        matches!(self.phase, PodPhase::Succeeded | PodPhase::Failed)
    }

    /// Whether it has not ended and is waiting for something that needs intervention.
    #[must_use]
    pub fn is_stuck(&self) -> bool {
        if self.phase == PodPhase::Unknown {
            return true;
        }
        let Some(trouble) = self.trouble.as_deref() else { return false };
        let waits = trouble.container.as_ref().is_some_and(|one| one.is_waiting && !is_start(&one.said.reason));
        waits || self.phase == PodPhase::Pending && trouble.condition.is_some()
    }
}

fn moment(time: Option<&Time>) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(time?.0.as_second(), 0)
}

fn attempt(label: Option<&str>) -> u32 {
    // The largest number has no successor; in practice it is never reached.
    label.and_then(|label| label.parse().ok()).filter(|attempt| (1..u32::MAX).contains(attempt)).unwrap_or(1)
}

/// The iterations in the arguments of the first container that names any.
fn iterations(spec: &JobSpec) -> Option<u64> {
    let containers = spec.template.as_ref()?.spec.as_ref()?.containers.as_deref()?;
    let mut args = containers.iter().filter_map(|container| container.args.as_deref());
    args.find_map(|args| {
        let (nth, flag) = args.iter().enumerate().find(|(_, arg)| arg.starts_with("--iterations"))?;
        match flag.strip_prefix("--iterations=") {
            Some(count) => count.parse().ok(),
            None if flag == "--iterations" => args.get(nth + 1)?.parse().ok(),
            None => None,
        }
    })
}

/// The state that the conditions give a Job. Those that end in `Target` and `Met` precede the final ones, while the
/// last pods terminate.
fn verdict(status: &JobStatus, texts: &mut Texts) -> Option<Verdict> {
    const KINDS: [(&str, VerdictKind); 5] = [
        ("Complete", VerdictKind::Complete),
        ("Failed", VerdictKind::Failed),
        ("SuccessCriteriaMet", VerdictKind::Complete),
        ("FailureTarget", VerdictKind::Failed),
        ("Suspended", VerdictKind::Suspended),
    ];
    let conditions = status.conditions.as_deref().unwrap_or_default();
    let find = |type_: &str| conditions.iter().find(|condition| condition.type_ == type_ && condition.status == "True");
    let (condition, kind): (&JobCondition, _) = KINDS.iter().find_map(|(type_, kind)| Some((find(type_)?, *kind)))?;
    let since = moment(condition.last_transition_time.as_ref());
    Some(Verdict {
        kind,
        since: if kind == VerdictKind::Complete { moment(status.completion_time.as_ref()).or(since) } else { since },
        reason: texts.keep(condition.reason.as_deref().unwrap_or_default()),
        message: texts.keep(condition.message.as_deref().unwrap_or_default()),
    })
}

/// What keeps a pod from running, or has ended it.
fn trouble<'s>(
    status: &PodStatus,
    phase: PodPhase,
    containers: impl Iterator<Item = &'s ContainerStatus>,
    texts: &mut Texts,
) -> Option<Trouble> {
    if phase == PodPhase::Succeeded {
        return None;
    }
    let conditions = status.conditions.as_deref().unwrap_or_default();
    let speaks = |condition: &&PodCondition| match condition.type_.as_str() {
        "PodScheduled" => condition.status == "False",
        "DisruptionTarget" => condition.status == "True",
        _ => false,
    };
    let trouble = Trouble {
        pod: said(status.reason.as_deref(), status.message.as_deref(), texts),
        condition: conditions
            .iter()
            .filter(speaks)
            .find_map(|condition| said(condition.reason.as_deref(), condition.message.as_deref(), texts)),
        container: worst(containers, texts),
    };
    (trouble != Trouble::default()).then_some(trouble)
}

fn said(reason: Option<&str>, message: Option<&str>, texts: &mut Texts) -> Option<Said> {
    let (reason, message) = (reason.unwrap_or_default(), message.unwrap_or_default());
    let is_said = !(reason.is_empty() && message.is_empty());
    is_said.then(|| Said { reason: texts.keep(reason), message: texts.keep(message) })
}

/// The most informative container: one that has failed, else one that is waiting with a message or after a failure, else
/// one that is waiting.
fn worst<'s>(containers: impl Iterator<Item = &'s ContainerStatus>, texts: &mut Texts) -> Option<ContainerTrouble> {
    let mut worst: Option<(u8, ContainerTrouble)> = None;
    for container in containers {
        let Some(found) = container_trouble(container, texts) else { continue };
        let rank = match (&found.exit, found.is_waiting) {
            (Some(_), false) => 3,
            (Some(_), true) => 2,
            (None, _) => u8::from(!is_start(&found.said.reason)),
        };
        if worst.as_ref().is_none_or(|(before, _)| rank > *before) {
            worst = Some((rank, found));
        }
    }
    worst.map(|(_, trouble)| trouble)
}

fn container_trouble(container: &ContainerStatus, texts: &mut Texts) -> Option<ContainerTrouble> {
    let ended = |state: Option<&ContainerState>| {
        let terminated = state?.terminated.as_ref().filter(|terminated| terminated.exit_code != 0)?;
        let exit = Exit { code: terminated.exit_code, signal: terminated.signal.filter(|signal| *signal != 0) };
        Some((exit, terminated.reason.clone(), terminated.message.clone()))
    };
    let name = texts.keep(container.name.as_deref().unwrap_or_default());
    let state = container.state.as_ref();
    if let Some((exit, reason, message)) = ended(state) {
        let said = Said {
            reason: texts.keep(reason.as_deref().unwrap_or_default()),
            message: texts.keep(message.as_deref().unwrap_or_default().trim_end()),
        };
        return Some(ContainerTrouble { name, said, exit: Some(exit), is_waiting: false });
    }
    let waiting = state?.waiting.as_ref()?;
    let exit = ended(container.last_state.as_ref()).map(|(exit, ..)| exit);
    let said = Said {
        reason: texts.keep(waiting.reason.as_deref().unwrap_or_default()),
        message: texts.keep(waiting.message.as_deref().unwrap_or_default()),
    };
    Some(ContainerTrouble { name, said, exit, is_waiting: true })
}

/// Whether a container that is waiting for this reason is starting normally.
pub fn is_start(reason: &str) -> bool {
    matches!(reason, "" | "ContainerCreating" | "PodInitializing")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_a_uuid_or_nothing() {
        assert_eq!(uid("828c85e4-9e0f-4f83-b7cd-199328da2af9"), 0x828c_85e4_9e0f_4f83_b7cd_1993_28da_2af9);
        for odd in ["", "1", "828c85e4-9e0f-4f83-b7cd-199328da2af", "+28c85e4-9e0f-4f83-b7cd-199328da2afg"] {
            assert_eq!(uid(odd), 0, "{odd}");
        }
    }

    #[test]
    fn iterations_follow_their_flag_or_an_equals_sign() {
        for (args, found) in [
            (&["--iterations", "3"][..], Some(3)),
            (&["a", "--iterations=12", "--iterations", "4"], Some(12)),
            (&["--iterations"], None),
            (&["--iterations", "many"], None),
            (&[], None),
        ] {
            let args = serde_json::json!({"template": {"spec": {"containers": [{}, {"args": args}]}}});
            assert_eq!(iterations(&serde_json::from_value(args).unwrap()), found);
        }
    }

    #[test]
    fn a_condition_that_is_not_true_decides_nothing() {
        let status = serde_json::json!({"conditions": [{"type": "Suspended", "status": "False"}]});
        assert_eq!(verdict(&serde_json::from_value(status).unwrap(), &mut Texts::default()), None);
    }
}

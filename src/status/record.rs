//! What is kept of a Job and of a pod: the few facts that a status is made from, in little memory.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use k8s_openapi::api::batch::v1::JobCondition;
use k8s_openapi::api::core::v1::{ContainerState, PodCondition};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::object::{ContainerStatus, JobSpec, JobStatus, Metadata, PodStatus};
use super::texts::Texts;

/// What tells an object from others of the same name, and its versions from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Version {
    /// The uid; 0 where there is none, or it is not a UUID.
    pub uid: u128,
    /// The resource version; 0 where there is none, or it is no number.
    pub revision: u64,
}

/// What is kept of a Job.
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
    /// How many iterations its pod is told to run.
    pub iterations: Option<u64>,
    /// When it was made.
    pub created: Option<DateTime<Utc>>,
    /// When the controller took it up.
    pub started: Option<DateTime<Utc>>,
    /// Whether it waits for somebody to let it go on.
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
    /// Whether and when its end was decided, or it was suspended.
    pub verdict: Option<Box<Verdict>>,
    /// Whether it is, or is being, deleted.
    pub removal: Option<Removal>,
}

/// What a condition says of a Job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What it decides.
    pub kind: VerdictKind,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// Why, in one word.
    pub reason: Rc<str>,
    /// Why, for a person.
    pub message: Rc<str>,
}

/// How a Job stands for good, or until somebody changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerdictKind {
    /// It has succeeded, or is about to be counted as such.
    Complete,
    /// It has failed, or is about to be counted as such.
    Failed,
    /// It is suspended.
    Suspended,
}

/// How an object goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// Its deletion was asked for at this moment.
    Asked(DateTime<Utc>),
    /// It is gone.
    Done,
}

/// What is kept of a pod.
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
    /// When its container was started, or else the kubelet took it up.
    pub started: Option<DateTime<Utc>>,
    /// When its last container ended.
    pub ended: Option<DateTime<Utc>>,
    /// Where it stands.
    pub phase: PodPhase,
    /// How often its containers were started again.
    pub restarts: u32,
    /// Why it waits, or has failed.
    pub trouble: Option<Box<Trouble>>,
    /// Whether it is, or is being, deleted.
    pub removal: Option<Removal>,
}

/// The phase of a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PodPhase {
    /// Not all containers run yet.
    Pending,
    /// It runs.
    Running,
    /// It has ended well.
    Succeeded,
    /// It has ended otherwise.
    Failed,
    /// Its node does not answer.
    Unknown,
}

/// What keeps a pod from running, or has ended it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trouble {
    /// The pod's own reason and message.
    pub pod: Option<Said>,
    /// A condition that speaks of it: not scheduled, or disrupted.
    pub condition: Option<Said>,
    /// The container that waits or has failed.
    pub container: Option<ContainerTrouble>,
}

/// A reason and a message, either of which may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// In one word.
    pub reason: Rc<str>,
    /// For a person.
    pub message: Rc<str>,
}

/// A container that does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerTrouble {
    /// The container.
    pub name: Rc<str>,
    /// Why.
    pub said: Said,
    /// How it ended, if it did.
    pub exit: Option<Exit>,
    /// Whether it waits now, whatever became of it before.
    pub is_waiting: bool,
}

/// How a container ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// The exit code.
    pub code: i32,
    /// The signal, where the runtime tells it.
    pub signal: Option<i32>,
}

impl Version {
    /// The version that a `metadata` names.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        let revision = metadata.resource_version.as_deref().and_then(|text| text.parse().ok());
        Self { uid: metadata.uid.as_deref().map_or(0, uid), revision: revision.unwrap_or(0) }
    }

    /// Whether an object of this version was there before what another one names. Inputs may come in any order.
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
    /// Keeps what matters of a Job.
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
    /// Keeps what matters of a pod.
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

    /// Whether it has ended, in whatever way.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        matches!(self.phase, PodPhase::Succeeded | PodPhase::Failed)
    }

    /// Whether it waits, before it has ended, for something that does not come by itself.
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
    // After the largest number there is no next attempt; nobody has got there.
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

/// What the conditions decide. Those that end in `Target` and `Met` come a moment before the final ones, while the
/// last pods are cleared away.
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

/// The container that says most: one that has failed, else one that waits with a message or after a failure, else one
/// that waits.
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

/// Whether a container that waits for this reason is on its way, and nobody has to look.
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
    fn iterations_stand_behind_their_flag_or_in_it() {
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

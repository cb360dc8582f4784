//! Properties of the status that hold for every session and every form of the input.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Book, Phase, Rest, Retry, SessionStatus, read, sessions};
use crate::config::Session;
use crate::config::session::tests::{K8S, session};
use crate::job::{CreatedAt, K8sTuningJobFactory};
use crate::names::job_name;
use crate::plan::{Part, WorkerShare, plan_jobs};

/// What happens to a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Absent,
    Deleted,
    Created,
    Creating,
    Unschedulable,
    Running,
    Suspended,
    Succeeded,
    Failed,
    /// Its first attempt has failed, and the second one has succeeded.
    SecondSucceeded,
    /// Both attempts have failed.
    SecondFailed,
}

use State::{
    Absent, Created, Creating, Deleted, Failed, Running, SecondFailed, SecondSucceeded, Succeeded, Suspended,
    Unschedulable,
};

impl State {
    const ALL: [Self; 11] = [
        Absent,
        Deleted,
        Created,
        Creating,
        Unschedulable,
        Running,
        Suspended,
        Succeeded,
        Failed,
        SecondSucceeded,
        SecondFailed,
    ];

    const fn phase(self) -> Phase {
        match self {
            Absent | Deleted => Phase::Missing,
            Created | Creating | Unschedulable => Phase::Pending,
            Running => Phase::Running,
            Suspended => Phase::Suspended,
            Succeeded | SecondSucceeded => Phase::Succeeded,
            Failed | SecondFailed => Phase::Failed,
        }
    }

    /// Only the scheduler's message shows that a pod cannot run; a Job alone does not.
    const fn needs_attention(self, has_pods: bool) -> bool {
        match self {
            Absent | Deleted | Suspended | Failed | SecondFailed => true,
            Unschedulable => has_pods,
            Created | Creating | Running | Succeeded | SecondSucceeded => false,
        }
    }
}

/// The form of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    List,
    JobList,
    Documents,
    Events,
    Yaml,
}

/// The objects of a worker, Jobs first, each with whether it has been deleted since.
fn objects(state: State, session: &Session, nth: usize, with_pods: bool) -> Vec<(Value, bool)> {
    let Some(share) = plan_jobs(session.total_iterations, session.workers).nth(nth) else { return Vec::new() };
    let name = |attempt: u32| job_name(&session.session_short, &WorkerShare { attempt, ..share.clone() });
    let job = |attempt: u32, suspend: bool, status: Value| {
        let labels =
            json!({"session_id": session.session_id, "worker_id": share.worker_id, "attempt": attempt.to_string()});
        let args = ["--iterations".to_owned(), share.iterations.to_string()];
        json!({
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": {"name": name(attempt), "namespace": session.namespace, "labels": labels, "resourceVersion": "7",
                "uid": format!("00000000-0000-0000-{attempt:04}-{nth:012}"), "creationTimestamp": "2026-11-24T23:19:45Z"},
            "spec": {"suspend": suspend, "template": {"spec": {"containers": [{"args": args}]}}},
            "status": status,
        })
    };
    let pod = |attempt: u32, status: Value| {
        let labels = json!({"session_id": session.session_id, "worker_id": share.worker_id, "job-name": name(attempt)});
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": format!("{}-x", name(attempt)), "namespace": session.namespace, "labels": labels},
            "status": status,
        })
    };
    let decided =
        |type_: &str| json!({"conditions": [{"type": type_, "status": "True", "reason": "R", "message": "m"}]});
    let is_scheduled =
        json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0 nodes"});
    let waiting = json!({"name": "c", "state": {"waiting": {"reason": "ContainerCreating"}}});
    let active = |ready: u32| json!({"active": 1, "ready": ready});
    let (mut jobs, pods) = match state {
        Absent => (vec![], vec![]),
        Deleted => (vec![(job(1, false, active(1)), true)], vec![]),
        Created => (vec![(job(1, false, json!({})), false)], vec![]),
        Creating => (
            vec![(job(1, false, active(0)), false)],
            vec![pod(1, json!({"phase": "Pending", "containerStatuses": [waiting]}))],
        ),
        Unschedulable => (
            vec![(job(1, false, active(0)), false)],
            vec![pod(1, json!({"phase": "Pending", "conditions": [is_scheduled]}))],
        ),
        Running => (vec![(job(1, false, active(1)), false)], vec![pod(1, json!({"phase": "Running"}))]),
        Suspended => (vec![(job(1, true, decided("Suspended")), false)], vec![]),
        Succeeded => (vec![(job(1, false, decided("Complete")), false)], vec![pod(1, json!({"phase": "Succeeded"}))]),
        Failed => (vec![(job(1, false, decided("Failed")), false)], vec![pod(1, json!({"phase": "Failed"}))]),
        SecondFailed => (
            vec![(job(1, false, decided("Failed")), false), (job(2, false, decided("Failed")), false)],
            vec![pod(1, json!({"phase": "Failed"}))],
        ),
        SecondSucceeded => (
            vec![(job(2, false, decided("Complete")), false), (job(1, false, decided("Failed")), false)],
            vec![pod(2, json!({"phase": "Succeeded"})), pod(1, json!({"phase": "Failed"}))],
        ),
    };
    jobs.extend(pods.into_iter().filter(|_| with_pods).map(|pod| (pod, false)));
    jobs
}

/// The text of the input; only events can report that an object was deleted.
fn input(objects: &[(Value, bool)], form: Form) -> String {
    let present = || objects.iter().filter(|(_, is_deleted)| !is_deleted).map(|(object, _)| object);
    match form {
        Form::List => json!({"apiVersion": "v1", "items": present().collect::<Vec<_>>(), "kind": "List"}).to_string(),
        Form::JobList => {
            // As the server itself writes lists: the kind comes first, and the items do not name theirs.
            let list = |kind: &str, api_version: &str, of: &str| {
                let mut items: Vec<Value> = present().filter(|object| object["kind"] == of).cloned().collect();
                for item in items.iter_mut().filter_map(Value::as_object_mut) {
                    item.remove("kind");
                    item.remove("apiVersion");
                }
                let items = Value::from(items);
                format!("{{\"kind\":\"{kind}\",\"apiVersion\":\"{api_version}\",\"items\":{items}}}\n")
            };
            list("JobList", "batch/v1", "Job") + &list("PodList", "v1", "Pod")
        }
        Form::Documents => present().map(|object| format!("{object:#}")).collect::<Vec<_>>().join("\n"),
        Form::Events => {
            let event = |(object, is_deleted): &(Value, bool)| {
                let added = json!({"type": "ADDED", "object": object}).to_string();
                let deleted = json!({"type": "DELETED", "object": object}).to_string();
                if *is_deleted { format!("{added}\n{deleted}\n") } else { format!("{added}\n") }
            };
            objects.iter().map(event).collect()
        }
        Form::Yaml => present().map(|object| serde_yaml::to_string(object).unwrap()).collect::<Vec<_>>().join("---\n"),
    }
}

fn with_status<T>(text: &str, plans: &[Session], look: impl FnOnce(&[SessionStatus<'_>]) -> T) -> T {
    let mut book = Book::default();
    read("x", text.as_bytes(), &mut |change, object| _ = book.take(change, object)).unwrap();
    let now = CreatedAt::parse("2026-11-25T00:00:00Z").unwrap().moment();
    look(&sessions(&book, plans, now))
}

fn planned(workers: usize, surplus: u64) -> Session {
    let text = K8S.replace("workers: 2", &format!("workers: {workers}"));
    session(&text.replace("iterations: 6", &format!("iterations: {}", workers as u64 + surplus)), None).unwrap()
}

proptest! {
    #[test]
    fn any_workers_in_any_phases_sum_up(
        states in proptest::collection::vec(proptest::sample::select(&State::ALL[..]), 1..30),
        surplus in 0_u64..50,
        form in proptest::sample::select(&[Form::List, Form::JobList, Form::Documents, Form::Events, Form::Yaml][..]),
        with_pods in any::<bool>(),
        turn in 0_usize..100,
    ) {
        let session = planned(states.len(), surplus);
        let mut all: Vec<(Value, bool)> =
            states.iter().enumerate().flat_map(|(nth, state)| objects(*state, &session, nth, with_pods)).collect();
        let middle = if all.is_empty() { 0 } else { turn % all.len() };
        all.rotate_left(middle);
        let text = input(&all, form);
        with_status(&text, std::slice::from_ref(&session), |found| {
            prop_assert_eq!(found.len(), 1);
            let workers: Vec<_> = found[0].workers().collect();
            let phases: Vec<Phase> = workers.iter().map(|worker| worker.phase).collect();
            let expected: Vec<Phase> = states.iter().map(|state| state.phase()).collect();
            prop_assert_eq!(phases, expected);
            let shares: Vec<Option<u64>> =
                plan_jobs(session.total_iterations, session.workers).map(|share| Some(share.iterations)).collect();
            prop_assert_eq!(workers.iter().map(|worker| worker.iterations).collect::<Vec<_>>(), shares);
            let summary = found[0].summary();
            for phase in Phase::ALL {
                let of_phase = workers.iter().filter(|worker| worker.phase == phase);
                let iterations: u64 = of_phase.clone().filter_map(|worker| worker.iterations).sum();
                prop_assert_eq!(summary.workers.of(phase), of_phase.count() as u64);
                prop_assert_eq!(summary.iterations.of(phase), iterations);
            }
            prop_assert_eq!(summary.workers.total, states.len() as u64);
            prop_assert_eq!(summary.iterations.total, session.total_iterations);
            let attention = states.iter().filter(|state| state.needs_attention(with_pods)).count() as u64;
            prop_assert_eq!(summary.attention, attention);
            let attempts = |state: State| workers.iter().zip(&states).filter(move |(_, other)| **other == state);
            prop_assert!(attempts(SecondFailed).all(|(worker, _)| worker.attempt == Some(2) && worker.attempts >= 1));
            prop_assert!(attempts(SecondSucceeded).all(|(worker, _)| worker.attempt == Some(2) && worker.attempts >= 1));
            prop_assert!(found[0].warnings.is_empty(), "{:?}", found[0].warnings);
            Ok(())
        })?;
    }

    #[test]
    fn the_rest_and_the_active_workers_make_up_the_session(
        states in proptest::collection::vec(proptest::sample::select(&State::ALL[..]), 1..20),
        surplus in 0_u64..50,
        form in proptest::sample::select(&[Form::List, Form::Documents, Form::Events, Form::Yaml][..]),
        retry in proptest::sample::select(&[Retry::Again, Retry::Replace][..]),
        only in proptest::option::of(0_u32..20),
    ) {
        let session = planned(states.len(), surplus);
        let all: Vec<(Value, bool)> =
            states.iter().enumerate().flat_map(|(nth, state)| objects(*state, &session, nth, false)).collect();
        let text = input(&all, form);
        let only = only.map(|end| Part::whole(end.min(session.workers)));
        let is_asked_for = |index: u32| only.as_ref().is_none_or(|only| only.attempt(index).is_some());
        let rest = with_status(&text, std::slice::from_ref(&session), |found| {
            Rest::of(&found[0], &session, only.as_ref(), retry)
        });
        for (index, state) in (0..).zip(&states) {
            let is_new = u32::from(retry == Retry::Again);
            let attempt = match state {
                Absent => Some(1),
                // Only a stream of events reports a Job that has been deleted.
                Deleted => Some(if form == Form::Events { 1 + is_new } else { 1 }),
                Failed => Some(1 + is_new),
                SecondFailed => Some(2 + is_new),
                _ => None,
            };
            prop_assert_eq!(rest.part.attempt(index), attempt.filter(|_| is_asked_for(index)), "{:?}", state);
            let has_failed = matches!(state, Failed | SecondFailed) && is_asked_for(index);
            prop_assert_eq!(rest.failed.attempt(index).is_some(), has_failed);
        }
        // The Jobs to delete first are exactly those whose names are reused.
        let there = all.iter().filter(|(_, is_deleted)| !is_deleted);
        let there: Vec<&str> = there.map(|(job, _)| job["metadata"]["name"].as_str().unwrap()).collect();
        let factory = K8sTuningJobFactory::new(&session, CreatedAt::parse("2026-11-25T00:00:00Z").unwrap(), None).unwrap();
        let made: Vec<_> = factory.with_part(rest.part.clone()).jobs().collect();
        let names = made.iter().map(|job| job.metadata.name.clone().unwrap());
        let hit: Vec<String> = names.filter(|name| there.contains(&name.as_str())).collect();
        prop_assert!(retry == Retry::Replace || hit.is_empty());
        let deleted = rest.deletions().concat();
        let deleted = deleted.strip_prefix("kubectl delete job -n trading-bots ").unwrap_or_default();
        prop_assert_eq!(deleted.split(' ').filter(|name| !name.is_empty()).collect::<Vec<_>>(), hit);
        // Once they are applied and complete, no worker is left over, and none has run twice.
        if only.is_none() {
            let done = made.iter().enumerate().map(|(nth, job)| {
                let mut job = serde_json::to_value(job).unwrap();
                job["status"] = json!({"conditions": [{"type": "Complete", "status": "True"}]});
                job["metadata"]["uid"] = format!("11111111-0000-0000-0000-{nth:012}").into();
                job["metadata"]["creationTimestamp"] = "2026-11-24T23:59:00Z".into();
                job.to_string()
            });
            let done: String = done.collect();
            let mut book = Book::default();
            for text in [&text, &done].into_iter().filter(|text| !text.is_empty()) {
                read("x", text.as_bytes(), &mut |change, object| _ = book.take(change, object)).unwrap();
            }
            let now = CreatedAt::parse("2026-11-25T00:00:00Z").unwrap().moment();
            let found = sessions(&book, std::slice::from_ref(&session), now);
            let summary = found[0].summary();
            prop_assert_eq!((summary.workers.failed, summary.workers.missing), (0, 0));
            prop_assert_eq!(summary.iterations.total, session.total_iterations);
            prop_assert_eq!(&found[0].warnings, &Vec::<String>::new());
            prop_assert!(Rest::of(&found[0], &session, None, retry).part.is_empty());
        }
    }

    #[test]
    fn without_a_plan_gaps_are_missing(numbers in proptest::collection::btree_set(1_usize..40, 1..20)) {
        let session = planned(40, 0);
        let all: Vec<_> = numbers.iter().flat_map(|number| objects(Running, &session, number - 1, true)).collect();
        with_status(&input(&all, Form::List), &[], |found| {
            let highest = numbers.last().copied().unwrap_or(0);
            let missing: Vec<usize> = (1..=highest).filter(|number| !numbers.contains(number)).collect();
            let told: Vec<usize> =
                found[0].gaps().flat_map(|(first, last)| first as usize..=last as usize).collect();
            prop_assert_eq!(told, missing.clone());
            prop_assert_eq!(found[0].len(), highest);
            prop_assert_eq!(found[0].summary().workers.missing, missing.len() as u64);
            Ok(())
        })?;
    }

    #[test]
    fn no_input_ends_in_anything_but_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}:,\" a-z0-9\\n-]{0,120}") {
        for input in [bytes.as_slice(), text.as_bytes(), &[b"{\"items\":", text.as_bytes()].concat()] {
            let mut book = Book::default();
            let _ = read("x", input, &mut |change, object| _ = book.take(change, object));
        }
    }
}

#[test]
fn an_older_version_of_an_object_changes_nothing() {
    let session = planned(2, 0);
    let (mut newer, _) = objects(Succeeded, &session, 0, false).remove(0);
    newer["metadata"]["resourceVersion"] = "10".into();
    let (mut older, _) = objects(Running, &session, 0, false).remove(0);
    older["metadata"]["resourceVersion"] = "9".into();
    for text in [format!("{newer}{older}"), format!("{older}{newer}")] {
        with_status(&text, &[], |found| assert_eq!(found[0].worker(0).unwrap().phase, Phase::Succeeded));
    }
}

#[test]
fn a_succeeded_job_stays_succeeded_after_its_deletion() {
    let session = planned(1, 0);
    let (job, _) = objects(Succeeded, &session, 0, false).remove(0);
    let text = input(&[(job, true)], Form::Events);
    with_status(&text, &[], |found| assert_eq!(found[0].worker(0).unwrap().phase, Phase::Succeeded));
}

#[test]
fn a_job_that_was_made_again_starts_anew() {
    let session = planned(1, 0);
    let failed = objects(Failed, &session, 0, true);
    let (mut again, _) = objects(Running, &session, 0, false).remove(0);
    again["metadata"]["uid"] = "11111111-0000-0000-0000-000000000000".into();
    again["metadata"]["resourceVersion"] = "99".into();
    let mut text = input(&[(failed[0].0.clone(), true)], Form::Events);
    text += &input(&[(again, false)], Form::Events);
    with_status(&text, &[], |found| assert_eq!(found[0].worker(0).unwrap().phase, Phase::Running));
}

#[test]
fn a_number_of_billions_makes_no_billions_of_workers() {
    let session = planned(1, 0);
    let (mut job, _) = objects(Running, &session, 0, false).remove(0);
    job["metadata"]["labels"]["worker_id"] = format!("worker-{}", u32::MAX).into();
    with_status(&job.to_string(), &[], |found| {
        assert_eq!((found[0].len(), found[0].gaps().count()), (1, 0));
        assert!(found[0].warnings[0].contains("4294967294 workers"), "{:?}", found[0].warnings);
    });
}

#[test]
fn what_is_not_needed_may_be_anything() {
    let odd =
        r#"{"apiVersion": "example.com/v9", "kind": "Widget", "metadata": 3, "spec": [], "status": "x", "type": 1}"#;
    let newer = r#"{"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j", "labels": {"session_id": "s",
        "worker_id": "worker-1", "x": null}, "managedFields": 1}, "spec": {"template": {"spec": {"containers": [{"args": ["a"],
        "image": {}}]}}, "new": []}, "status": {"active": 1, "ready": 1, "new": {"a": 1}, "conditions": null}}"#;
    let text = format!("{odd}\n{{\"items\": [{odd}, {newer}, {odd}], \"kind\": \"List\", \"apiVersion\": \"v1\"}}");
    with_status(&text, &[], |found| assert_eq!(found[0].worker(0).unwrap().phase, Phase::Running));
}

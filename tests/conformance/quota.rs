//! What a 1.36 server said of Jobs and their pods in namespaces with quotas, limit ranges and labels: which worker was
//! the first whose Job, and the first whose pod, it refused, and what it had filled in.

use std::collections::BTreeSet;

use k8s_openapi::api::batch::v1::Job;
use kubectl_arbtune::apimachinery::Version;
use kubectl_arbtune::quota::{Answer, Policies, answer};
use serde::Deserialize;
use serde_json::{Value, json};

use super::verdicts::rows;

const CASES: &str = include_str!("quota.jsonl");

#[derive(Deserialize)]
struct Case {
    policies: Value,
    job: Job,
    workers: u32,
    /// The place of the first worker whose Job was refused.
    job_refused: Option<u32>,
    /// The same for pods; the pods of Jobs that were refused were not asked for.
    pod_refused: Option<u32>,
    /// Why that pod was refused.
    reason: Option<Reason>,
    /// What was filled in, where a pod was taken: the container, the field and the resource.
    filled_in: Option<BTreeSet<[String; 3]>>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Reason {
    /// More than is left.
    Quota,
    /// Something that a quota counts is not set.
    Unset,
    LimitRange,
    PodSecurity,
    /// The pod contradicts itself once defaults are in.
    Invalid,
}

impl Reason {
    /// How our refusals for this reason name what refuses.
    fn starts(self) -> &'static [&'static str] {
        match self {
            Self::Quota | Self::Unset => &["ResourceQuota "],
            Self::LimitRange => &["LimitRange "],
            Self::PodSecurity => &["Pod Security "],
            Self::Invalid => &["LimitRange ", "the API's rules"],
        }
    }
}

fn first(answer: &Answer, object: &str) -> Option<u32> {
    answer.refusals.iter().filter(|refusal| refusal.object == object).map(|refusal| refusal.index).min()
}

/// What our answer says otherwise.
fn differences(case: &Case, answer: &Answer) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut compare = |what: &str, ours: Option<u32>, recorded: Option<u32>| {
        if ours != recorded {
            wrong.push(format!("first {what} refused: {ours:?}, and by the server {recorded:?}"));
        }
    };
    compare("Job", first(answer, "Job"), case.job_refused);
    if case.job_refused == Some(0) {
        return wrong;
    }
    compare("Pod", first(answer, "Pod"), case.pod_refused);
    if let (Some(reason), Some(index)) = (case.reason, case.pod_refused) {
        let named = |by: &str| reason.starts().iter().any(|start| by.starts_with(start));
        if !answer.refusals.iter().any(|refusal| refusal.index == index && named(&refusal.by)) {
            wrong.push(format!("no refusal by {:?}", reason.starts()));
        }
    }
    if let Some(recorded) = &case.filled_in {
        let ours = answer.filled_in.iter();
        let ours: BTreeSet<[String; 3]> =
            ours.map(|it| [it.container.clone(), it.field.to_owned(), it.resource.clone()]).collect();
        if ours != *recorded {
            wrong.push(format!("filled in: {ours:?}, and by the server {recorded:?}"));
        }
    }
    wrong
}

#[test]
fn a_namespace_refuses_what_the_server_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policies.json");
    let (mut count, mut wrong) = (0, Vec::new());
    for case in rows::<Case>(CASES) {
        count += 1;
        let list = json!({"apiVersion": "v1", "kind": "List", "items": case.policies});
        std::fs::write(&path, list.to_string()).unwrap();
        let policies = Policies::read(std::slice::from_ref(&path), "bots").unwrap();
        let answer = answer(&case.job, case.workers, "bots", &policies, Version::NEWEST);
        let differences = differences(&case, &answer);
        if !differences.is_empty() {
            wrong.push(format!("line {count}: {}\n{:#?}", differences.join("; "), answer.refusals));
        }
    }
    assert!(count > 300, "only {count} cases");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

//! A session with any combination of optional keys produces Jobs that `validate` accepts, with unchanged worker
//! identities, and with every config value unchanged in the pods.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Container, PodSpec};
use proptest::collection::btree_map;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Checks, Sources, Validator, job_template};
use crate::apimachinery::Version;
use crate::config::session::tests::{K8S, session};
use crate::diagnostic::Severity;
use crate::job::{CreatedAt, K8sTuningJobFactory};
use crate::manifest::{Format, Text};
use crate::yaml::write;

/// Optional keys, and the guide's `extra_env`.
fn keys() -> impl Strategy<Value = Map<String, Value>> {
    let text = || any::<String>();
    let name = || "[a-z]([a-z0-9]{0,8}[a-z0-9])?";
    let label = || "([A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?)?";
    let own = || "own-[a-z]{1,6}";
    let env = (btree_map("V[A-Z]{1,6}", text(), 0..3), btree_map("S[A-Z]{1,6}", (name(), name(), any::<bool>()), 0..3));
    let from = proptest::collection::vec((any::<bool>(), name(), proptest::option::of("[A-Z]{1,4}_")), 0..3);
    let metadata = (btree_map(own(), label(), 0..3), btree_map(own(), text(), 0..3));
    let flags = (any::<bool>(), any::<bool>(), 0..3_u8);
    let partial = proptest::option::of((0..9999_i32, btree_map(own(), label(), 0..3), text(), name()));
    (env, from, metadata, flags, partial).prop_map(|(env, from, metadata, (results, queue, standard), partial)| {
        let mut keys = Map::new();
        let mut set = |key: &str, value: Value| keys.insert(key.to_owned(), value);
        set("extra_env", json!(env.0));
        let secret = |(secret, key, optional)| json!({"secret": secret, "key": key, "optional": optional});
        let secrets: Map<String, Value> = env.1.into_iter().map(|(name, from)| (name, secret(from))).collect();
        set("secret_env", secrets.into());
        let source = |(is_secret, name, prefix): (bool, String, Option<String>)| {
            let mut item = Map::from_iter([((if is_secret { "secret" } else { "config_map" }).to_owned(), name.into())]);
            item.extend(prefix.map(|prefix| ("prefix".to_owned(), prefix.into())));
            Value::from(item)
        };
        set("env_from", from.into_iter().map(source).collect());
        set("labels", json!(metadata.0));
        set("annotations", json!(metadata.1));
        if results {
            set("working_dir", "/app".into());
            set("results", json!({"claim": "tuning-results"}));
        }
        if queue {
            set("queue", "tuning".into());
        }
        if let Some(level) = [None, Some("baseline"), Some("restricted")][usize::from(standard)] {
            set("pod_security", level.into());
        }
        if let Some((ttl, selector, value, sidecar)) = partial {
            let containers =
                json!([{"name": "tuner", "env": [{"name": "TV", "value": value}]}, {"name": format!("s-{sidecar}"), "image": "i"}]);
            let pod = json!({"nodeSelector": selector, "containers": containers});
            set("job_template", json!({"spec": {"ttlSecondsAfterFinished": ttl, "template": {"spec": pod}}}));
        }
        keys
    })
}

/// The baseline with these keys.
fn config(keys: &Map<String, Value>) -> String {
    let end = K8S.find("extra_env:").unwrap();
    let mut text = Vec::new();
    write::yaml(keys, &mut text).unwrap();
    format!("{}{}", &K8S[..end], String::from_utf8(text).unwrap())
}

fn pod(job: &Job) -> &PodSpec {
    job.spec.as_ref().unwrap().template.spec.as_ref().unwrap()
}

fn worker(job: &Job) -> &Container {
    let name = job.metadata.name.as_deref();
    pod(job).containers.iter().find(|container| Some(container.name.as_str()) == name).unwrap()
}

/// A Job parsed from its manifest.
fn read_back(job: &Job) -> Job {
    let mut content = Vec::new();
    Format::Yaml.push(job, &mut content).unwrap();
    let mut root = None;
    crate::yaml::documents(Text::decode(content).as_str(), |read| root = read.ok().map(|document| document.root));
    serde_json::from_value(root.unwrap().to_json()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn is_taken_and_keeps_who_its_workers_are(keys in keys()) {
        let text = config(&keys);
        let session = session(&text, None).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
        let moment = CreatedAt::parse("2025-11-16T18:21:45Z").unwrap();
        let factory = job_template::factory(&session, moment, None, Version::NEWEST).unwrap();
        let mut validator = Validator::new(Checks::from(Sources { api: true, tuning: true }));
        for job in factory.jobs() {
            let mut content = Vec::new();
            Format::Yaml.push(&job, &mut content).unwrap();
            validator.add("job.yaml", &Text::decode(content));
        }
        for report in validator.finish() {
            let errors: Vec<_> =
                report.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
            prop_assert!(errors.is_empty() && report.accepted == Some(true), "{errors:?}\n{text}");
        }
        let mut plain = session.clone();
        plain.additions = crate::config::Additions::default();
        let guide = K8sTuningJobFactory::new(&plain, moment, None).unwrap();
        for (job, guides) in factory.jobs().zip(guide.jobs()) {
            let job = read_back(&job);
            same_worker(&job, &guides)?;
            arrived(&job, &keys)?;
        }
    }
}

/// The fields that identify a worker's Job.
fn same_worker(job: &Job, guides: &Job) -> Result<(), TestCaseError> {
    prop_assert_eq!(&job.metadata.name, &guides.metadata.name);
    prop_assert_eq!(&job.metadata.namespace, &guides.metadata.namespace);
    let labels = job.metadata.labels.as_ref().unwrap();
    prop_assert!(guides.metadata.labels.iter().flatten().all(|(key, value)| labels.get(key) == Some(value)));
    let (ours, theirs) = (worker(job), worker(guides));
    prop_assert_eq!((&ours.command, &ours.args), (&theirs.command, &theirs.args));
    for variable in theirs.env.iter().flatten() {
        prop_assert!(ours.env.iter().flatten().any(|ours| ours == variable), "{variable:?}");
    }
    Ok(())
}

/// Checks that each value of the config is in the Job.
fn arrived(job: &Job, keys: &Map<String, Value>) -> Result<(), TestCaseError> {
    let entries = |key: &str| keys[key].as_object().unwrap().clone();
    let worker = worker(job);
    let variable = |name: &str| worker.env.iter().flatten().find(|variable| variable.name == name).unwrap();
    for (name, value) in entries("extra_env") {
        prop_assert_eq!(variable(&name).value.as_deref(), value.as_str());
    }
    for (name, from) in entries("secret_env") {
        let source = variable(&name).value_from.as_ref().unwrap().secret_key_ref.as_ref().unwrap();
        prop_assert_eq!(
            (Some(source.name.as_str()), Some(source.key.as_str())),
            (from["secret"].as_str(), from["key"].as_str())
        );
    }
    prop_assert_eq!(worker.env_from.as_deref().unwrap_or_default().len(), keys["env_from"].as_array().unwrap().len());
    let template = job.spec.as_ref().unwrap().template.metadata.as_ref().unwrap();
    for metadata in [&job.metadata, template] {
        for (name, value) in entries("labels") {
            prop_assert_eq!(metadata.labels.as_ref().unwrap()[&name].as_str(), value.as_str().unwrap());
        }
        for (name, value) in entries("annotations") {
            prop_assert_eq!(metadata.annotations.as_ref().unwrap()[&name].as_str(), value.as_str().unwrap());
        }
    }
    if let Some(partial) = keys.get("job_template") {
        let expected = &partial["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"];
        prop_assert_eq!(variable("TV").value.as_deref(), expected.as_str());
        prop_assert_eq!(pod(job).containers.len(), 2);
    }
    Ok(())
}

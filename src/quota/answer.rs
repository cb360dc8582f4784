//! The answer: what the server would do with the Jobs of a session and their pods, given the policies of its namespace.
//!
//! The answer assumes that all Jobs exist and run their pods at the same time. The workers of a session differ only in
//! their name and their iterations, so one pod represents all. Each policy is evaluated by itself: what one refuses
//! does not free up another.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::PodTemplateSpec;
use serde::Serialize;

use super::amounts::Amounts;
use super::limit_range::Filled;
use super::namespace::{PodSecurity, Standard};
use super::pod::PodResources;
use super::read::Policies;
use super::resource_quota::{JOBS, ResourceQuota, Traits};
use crate::apimachinery::{Quantity, Version};
use crate::config::metadata::QUEUE_LABEL;
use crate::diagnostic::Wording;
use crate::validate::gates;
use crate::validate::pod_security_standards;

/// The kind of a refused ConfigMap.
const CONFIG_MAP: &str = "ConfigMap";

/// The effect of a namespace's policies on a session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The namespace.
    pub namespace: String,
    /// Whether there was anything to check: a quota, a limit range or the namespace itself.
    pub judged: bool,
    /// What each quota has left of the resources that the session requests.
    pub quotas: Vec<Row>,
    /// What limit ranges set in each pod.
    pub filled_in: Vec<Filled>,
    /// Refusals, sorted by worker.
    pub refusals: Vec<Refusal>,
    /// Warnings from the server.
    pub warnings: Vec<String>,
    /// Other notes.
    pub notes: Vec<String>,
}

/// A resource of a quota.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The quota.
    pub quota: String,
    /// The resource, as the quota names it.
    pub resource: String,
    /// The hard limit.
    pub hard: String,
    /// The usage.
    pub used: String,
    /// The remaining amount.
    pub left: String,
    /// What one worker requests; `-` for ConfigMaps, which the workers share.
    pub each: String,
    /// What the session requests.
    pub asked: String,
    /// The number of workers that fit.
    pub workers: u32,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The kind and name of the policy.
    pub by: String,
    /// The kind of the refused objects: `ConfigMap`, `Job` or `Pod`.
    pub object: &'static str,
    /// The index of the first affected worker, from 0.
    pub index: u32,
    /// The number of affected workers.
    pub workers: u32,
    /// The reason, as a sentence.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Answer {
    /// Whether anything would be refused.
    #[must_use]
    pub const fn refuses(&self) -> bool {
        !self.refusals.is_empty()
    }
}

/// The ConfigMaps of a session, which are created before its Jobs.
#[derive(Clone, Copy)]
pub struct ConfigMaps<'a> {
    /// Their number.
    pub count: u32,
    /// The index of the first worker whose file is in the ConfigMap at an index.
    pub first_worker: &'a dyn Fn(u32) -> u32,
}

/// The server's answer to `workers` Jobs like `job`.
#[must_use]
pub fn answer(job: &Job, workers: u32, namespace: &str, policies: &Policies, server: Version) -> Answer {
    let none = ConfigMaps { count: 0, first_worker: &|nth| nth };
    answer_with(none, job, workers, namespace, policies, server)
}

/// The server's answer to ConfigMaps and `workers` Jobs like `job`.
#[must_use]
pub fn answer_with(
    config_maps: ConfigMaps<'_>,
    job: &Job,
    workers: u32,
    namespace: &str,
    policies: &Policies,
    server: Version,
) -> Answer {
    let mut answer = Answer {
        namespace: namespace.to_owned(),
        judged: policies.are_any(),
        notes: policies.left_alone.clone(),
        ..Answer::default()
    };
    let Some(spec) = &job.spec else { return answer };
    let mut template = spec.template.clone();
    let Some(pod) = &mut template.spec else { return answer };
    gates::drop_fields(pod, server);
    let mut resources = PodResources::of(pod);
    answer.notes.extend(waits_in_queue(job).then(|| IN_QUEUE.to_owned()));
    let mut question = Question { config_maps, workers, pods: pods_of(job), answer: &mut answer };
    if policies.is_terminating {
        question.refuse_for_terminating_namespace();
    }
    question.ask_for_config_maps(&policies.quotas);
    let jobs = question.ask_for_jobs(&policies.quotas);
    question.ask_limit_ranges(policies, &mut resources);
    if let Some(labels) = &policies.labels {
        question.ask_pod_security(&PodSecurity::of(labels, server), &template);
    }
    question.ask_for_pods(&policies.quotas, &template, &resources, jobs);
    answer.refusals.sort_by_key(|refusal| refusal.index);
    answer
}

/// The note about Jobs in a queue.
const IN_QUEUE: &str = "The Jobs are created suspended, and each gets its pods once Kueue admits it; here all Jobs are \
                        counted as if they were admitted at the same time.";

/// Whether a Job is suspended until Kueue admits it.
fn waits_in_queue(job: &Job) -> bool {
    let is_suspended = job.spec.as_ref().is_some_and(|spec| spec.suspend == Some(true));
    is_suspended && job.metadata.labels.as_ref().is_some_and(|labels| labels.contains_key(QUEUE_LABEL))
}

/// The number of pods that a Job runs at the same time, as if a queued Job had been admitted.
fn pods_of(job: &Job) -> u32 {
    let Some(spec) = &job.spec else { return 0 };
    let most = spec.completions.unwrap_or(if spec.parallelism.is_none() { 1 } else { i32::MAX });
    let pods = spec.parallelism.unwrap_or(1).min(most).max(0);
    if spec.suspend == Some(true) && !waits_in_queue(job) { 0 } else { pods.unsigned_abs() }
}

struct Question<'a> {
    config_maps: ConfigMaps<'a>,
    workers: u32,
    /// The pods of each worker.
    pods: u32,
    answer: &'a mut Answer,
}

impl Question<'_> {
    /// The server creates no objects in a namespace that is being deleted.
    fn refuse_for_terminating_namespace(&mut self) {
        let object = if self.config_maps.count > 0 { CONFIG_MAP } else { "Job" };
        self.answer.refusals.push(Refusal {
            by: format!("Namespace {}", self.answer.namespace),
            object,
            index: 0,
            workers: self.workers,
            message: "It is being deleted and accepts no new objects.".to_owned(),
            help: Some("Wait until it is gone and create it again, or name another namespace.".to_owned()),
        });
    }

    /// Counts the ConfigMaps against quotas.
    fn ask_for_config_maps(&mut self, quotas: &[ResourceQuota]) {
        let ConfigMaps { count, first_worker } = self.config_maps;
        if count == 0 {
            return;
        }
        for (quota, resource) in quotas.iter().flat_map(|quota| quota.of_config_maps().map(move |it| (quota, it))) {
            let Some([hard, used, left]) = quota.balance(resource) else { continue };
            let fit = u32::try_from(left.holds(Quantity::ONE)).unwrap_or(u32::MAX).min(count);
            let found = if quota.is_status_unknown(resource) { 0 } else { fit };
            let index = if found < count { first_worker(found) } else { self.workers };
            self.answer.quotas.push(Row {
                quota: quota.name.clone(),
                resource: resource.to_owned(),
                hard: hard.to_string(),
                used: used.to_string(),
                left: left.to_string(),
                each: "-".to_owned(),
                asked: count.to_string(),
                workers: index,
            });
            if found < count {
                let message = if quota.is_status_unknown(resource) {
                    status_unknown(resource)
                } else {
                    format!(
                        "{resource}: {used} of {hard} is used and {} is left. The session has {count}, so \
                         {found} of {count} fit.",
                        rest(left)
                    )
                };
                let help = "Delete unused ConfigMaps, or have the quota raised.";
                self.answer.refusals.push(Refusal {
                    by: format!("ResourceQuota {}", quota.name),
                    object: CONFIG_MAP,
                    index,
                    workers: self.workers - index,
                    message,
                    help: Some(help.to_owned()),
                });
            }
        }
    }

    /// Counts the Jobs against quotas, and returns how many would be created.
    fn ask_for_jobs(&mut self, quotas: &[ResourceQuota]) -> u32 {
        let mut jobs = self.workers;
        for quota in quotas.iter().filter(|quota| quota.counts_jobs()) {
            let help = "Delete finished Jobs, run fewer workers, or have the quota raised.";
            jobs = jobs.min(self.ask(quota, JOBS, Quantity::ONE, "Job", self.workers, help));
        }
        jobs
    }

    fn ask_limit_ranges(&mut self, policies: &Policies, resources: &mut PodResources) {
        let said = resources.clone();
        for range in &policies.limit_ranges {
            self.answer.filled_in.extend(range.fill_in(resources));
        }
        self.note_rival_defaults(policies, &said);
        self.refuse_limits_below_requests(resources);
        for wording in resources.contradictions() {
            self.refuse_all("the API's rules for pods".to_owned(), wording);
        }
        let whole = resources.for_limit_range();
        for range in &policies.limit_ranges {
            for wording in range.refusals(resources, &whole) {
                self.refuse_all(format!("LimitRange {}", range.name), wording);
            }
        }
    }

    /// Two limit ranges may set the same field, and the server processes them in no particular order.
    fn note_rival_defaults(&mut self, policies: &Policies, said: &PodResources) {
        if policies.limit_ranges.len() < 2 {
            return;
        }
        let mut by_field = BTreeMap::new();
        let mut rivals = BTreeSet::new();
        for range in &policies.limit_ranges {
            for filled in range.fill_in(&mut said.clone()) {
                let field = (filled.field, filled.resource);
                let first = by_field.entry(field.clone()).or_insert_with(|| filled.amount.clone());
                if *first != filled.amount {
                    rivals.insert(field);
                }
            }
        }
        for (field, resource) in rivals {
            self.answer.notes.push(format!(
                "The limit ranges have different defaults for the {field} of {resource}, and any of them may be applied."
            ));
        }
    }

    /// The server refuses a pod that requests more than its limit, even if that results from a default.
    fn refuse_limits_below_requests(&mut self, resources: &PodResources) {
        // If both are filled in, the limit comes last and is named.
        let key = |it: &Filled| (it.container.clone(), it.resource.clone());
        let filled: HashMap<_, _> = self.answer.filled_in.iter().map(|it| (key(it), it)).collect();
        let mut found = Vec::new();
        for container in &resources.containers {
            for (resource, limit) in &container.resources.limits {
                let Some(request) = container.resources.requests.get(resource).filter(|it| *it > limit) else {
                    continue;
                };
                let Some(cause) = filled.get(&(container.name.clone(), resource.clone())) else { continue };
                let message = format!(
                    "The {} requests {request} of {resource} and is limited to {limit}; the limit range fills \
                     in the {}.",
                    container.title(),
                    if cause.field == "limits" { "limit" } else { "request" }
                );
                let help = format!("Set both the request and the limit of {resource}.");
                found.push((format!("LimitRange {}", cause.limit_range), Wording::from((message, help))));
            }
        }
        for (by, wording) in found {
            self.refuse_all(by, wording);
        }
    }

    fn ask_pod_security(&mut self, labels: &PodSecurity, template: &PodTemplateSpec) {
        self.answer.notes.extend(labels.faults.iter().cloned());
        for (check, wording) in pod_security_standards::breaches(template, labels.enforce.level, labels.enforce.version)
        {
            self.refuse_all(format!("Pod Security {}, {check}", title(labels.enforce)), wording);
        }
        if labels.warn != labels.enforce {
            let warnings = pod_security_standards::breaches(template, labels.warn.level, labels.warn.version)
                .into_iter()
                .map(|(check, wording)| {
                    let help = wording.help.unwrap_or_default();
                    format!("Pod Security {}, {check}: {} {help}", title(labels.warn), wording.message)
                });
            self.answer.warnings.extend(warnings);
        }
        if labels.audit != labels.enforce
            && !pod_security_standards::breaches(template, labels.audit.level, labels.audit.version).is_empty()
        {
            let title = title(labels.audit);
            self.answer.notes.push(format!("The server records in its audit log that the pods violate {title}."));
        }
    }

    /// Counts the pods of `jobs` Jobs against quotas.
    fn ask_for_pods(
        &mut self,
        quotas: &[ResourceQuota],
        template: &PodTemplateSpec,
        resources: &PodResources,
        jobs: u32,
    ) {
        const HELP: &str = "Lower the workers' requests, run fewer workers at a time, or have the quota raised.";
        let Some(spec) = &template.spec else { return };
        let (usage, traits) = (resources.usage(), Traits::of(spec, resources));
        let (mut others, mut unmeasured) = (0_usize, 0_usize);
        for quota in quotas {
            unmeasured += usize::from(!quota.is_measured);
            if !quota.counts_pod(&traits) {
                let counts_config_maps = self.config_maps.count > 0 && quota.of_config_maps().next().is_some();
                others += usize::from(!quota.counts_jobs() && !counts_config_maps);
                continue;
            }
            for (resource, containers) in quota.unset(resources) {
                let message = format!("It limits {resource}, which is not set for {}.", some_of(&containers));
                let help = "Set it for every container; a LimitRange could give a default.";
                self.refuse_all(format!("ResourceQuota {}", quota.name), (message, help).into());
            }
            for (resource, amount) in counted_by(quota, &usage) {
                let each = amount.times(u64::from(self.pods));
                self.ask(quota, resource, each, "Pod", jobs, HELP);
            }
        }
        if unmeasured > 0 {
            let subject =
                if unmeasured == 1 { "1 quota reports".to_owned() } else { format!("{unmeasured} quotas report") };
            self.answer.notes.push(format!("{subject} no usage; it is taken as zero."));
        }
        if others > 0 {
            let subject = if others == 1 { "1 quota counts".to_owned() } else { format!("{others} quotas count") };
            self.answer.notes.push(format!("{subject} nothing of this session: it has other scopes or resources."));
        }
    }

    /// Compares the requests of `askers` workers with the remaining amount, and returns how many fit.
    fn ask(
        &mut self,
        quota: &ResourceQuota,
        resource: &str,
        each: Quantity,
        object: &'static str,
        askers: u32,
        help: &str,
    ) -> u32 {
        let Some([hard, used, left]) = quota.balance(resource) else { return askers };
        let fit = u32::try_from(left.holds(each)).unwrap_or(u32::MAX).min(self.workers);
        let found = if quota.is_status_unknown(resource) { 0 } else { fit };
        self.answer.quotas.push(Row {
            quota: quota.name.clone(),
            resource: resource.to_owned(),
            hard: hard.to_string(),
            used: used.to_string(),
            left: left.to_string(),
            each: each.to_string(),
            asked: each.times(u64::from(self.workers)).to_string(),
            workers: found,
        });
        if found < askers {
            let message = if quota.is_status_unknown(resource) {
                status_unknown(resource)
            } else {
                format!(
                    "{resource}: {used} of {hard} is used and {} is left. Each worker requests {each}, so \
                     {found} of {} fit.",
                    rest(left),
                    self.workers
                )
            };
            self.answer.refusals.push(Refusal {
                by: format!("ResourceQuota {}", quota.name),
                object,
                index: found,
                workers: askers - found,
                message,
                help: Some(help.to_owned()),
            });
        }
        found
    }

    /// The pods of all workers are refused.
    fn refuse_all(&mut self, by: String, wording: Wording) {
        if self.pods > 0 {
            let Wording { message, help } = wording;
            self.answer.refusals.push(Refusal { by, object: "Pod", index: 0, workers: self.workers, message, help });
        }
    }
}

fn status_unknown(resource: &str) -> String {
    format!(
        "Its status does not say how much of {resource} is used, and the server refuses requests for it until it does."
    )
}

/// The remaining amount in words.
fn rest(left: Quantity) -> String {
    if left.is_zero() || left.is_negative() { "nothing".to_owned() } else { left.to_string() }
}

/// The parts of a pod's usage that a quota counts, without zeros.
fn counted_by<'q>(quota: &'q ResourceQuota, usage: &'q Amounts) -> impl Iterator<Item = (&'q String, &'q Quantity)> {
    let used = quota.hard.keys().filter_map(|name| usage.get_key_value(name));
    used.filter(|(_, amount)| !amount.is_zero())
}

fn title(standard: Standard) -> String {
    format!("{} ({})", standard.level, standard.version)
}

/// The first few names, and how many more there are.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 5;
    match names.split_at_checked(SHOWN) {
        Some((shown, more)) if !more.is_empty() => format!("{} and {} more", shown.join(", "), more.len()),
        _ => names.join(", "),
    }
}

#[cfg(test)]
mod tests;

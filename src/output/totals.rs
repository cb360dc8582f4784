//! The totals of a session's Jobs, as a table or as a serializable view.

use std::collections::BTreeMap;

use serde::Serialize;

use super::line::Line;
use super::table::Table;
use crate::apimachinery::Quantity;
use crate::job::K8sTuningJobFactory;
use crate::job::destination::{Destination, Kept, KeptOn};
use crate::quota::pod::PodResources;
use crate::tuning_file::Tuning;

/// The totals of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// The number of Jobs.
    pub jobs: u32,
    /// The number of iterations.
    pub iterations: u64,
    /// The sum of requests by resource.
    pub requests: Vec<ResourceTotal>,
    /// The sum of limits by resource.
    pub limits: Vec<ResourceTotal>,
    /// Where the workers write their results.
    pub results: ResultFiles,
    /// The number of distinct parameter sets that the workers propose, if it is known and less than the number of
    /// iterations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distinct_proposals: Option<u64>,
    /// The number of ConfigMaps with the tuning file, if it is mounted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_maps: Option<usize>,
}

/// A resource and its total amount over all Jobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResourceTotal {
    /// The resource.
    pub resource: String,
    /// The amount, as a quantity.
    pub amount: String,
}

/// Where the workers of a session write their results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResultFiles {
    /// The path of each worker's file in its pod.
    pub file: String,
    /// The `PersistentVolumeClaim` for the results; without one and without a `volume`, they are lost with their pods.
    pub claim: Option<String>,
    /// The volume of the pod for the results, if it has no claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// Their directory on the volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// The working directory that the image must have to keep the results, if the container does not set one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub if_started_in: Option<String>,
}

impl ResultFiles {
    fn of(Destination { file, kept }: Destination) -> Self {
        let Some(Kept { volume, directory, if_started_in }) = kept else {
            return Self { file, claim: None, volume: None, directory: None, if_started_in: None };
        };
        let (claim, volume) = match volume {
            KeptOn::Claim(claim) => (Some(claim), None),
            KeptOn::Volume(volume) => (None, Some(volume)),
        };
        Self { file, claim, volume, directory: Some(directory).filter(|it| !it.is_empty()), if_started_in }
    }

    /// The rows about the results' location and persistence.
    fn rows(&self) -> [[Line<'static>; 2]; 2] {
        let kept = match (&self.claim, &self.volume) {
            (Some(claim), _) => Some(format!("kept on claim {claim}")),
            (None, Some(volume)) => Some(format!("kept on volume {volume}")),
            (None, None) => None,
        };
        let kept = kept.map_or_else(
            || "lost with the pod".to_owned(),
            |mut kept| {
                if let Some(directory) = &self.directory {
                    kept = format!("{kept}, in {directory}/");
                }
                match &self.if_started_in {
                    Some(start) => format!("{kept}, if the worker starts in {start}"),
                    None => kept,
                }
            },
        );
        [["results".into(), self.file.clone().into()], ["".into(), kept.into()]]
    }
}

/// The totals of a session's Jobs.
#[must_use]
pub fn totals(factory: &K8sTuningJobFactory<'_>, tuning: &Tuning) -> Totals {
    let session = factory.session();
    // The Jobs of a session use the same resources and volumes.
    let job = factory.jobs().next().unwrap_or_default();
    let pod = job.spec.as_ref().and_then(|spec| spec.template.spec.as_ref());
    let resources = pod.map(|pod| PodResources::of(pod).in_all()).unwrap_or_default();
    let sum = |amounts: BTreeMap<String, Quantity>| {
        let times = |(resource, amount): (String, Quantity)| ResourceTotal {
            resource,
            amount: amount.times(u64::from(session.workers)).to_string(),
        };
        amounts.into_iter().map(times).collect()
    };
    Totals {
        jobs: session.workers,
        iterations: session.total_iterations,
        requests: sum(resources.requests),
        limits: sum(resources.limits),
        results: ResultFiles::of(Destination::of(&job)),
        distinct_proposals: tuning.repeats.as_ref().map(|repeats| repeats.proposals.distinct),
        config_maps: tuning.delivery.as_ref().map(|delivery| delivery.config_maps.len()),
    }
}

/// The totals as two columns.
#[must_use]
pub fn total_table(totals: Totals) -> Table<'static, 2> {
    let amounts = |amounts: Vec<ResourceTotal>, what: &str| -> Vec<[Line<'static>; 2]> {
        amounts
            .into_iter()
            .map(|ResourceTotal { resource, amount }| [format!("{resource} {what}").into(), amount.into()])
            .collect()
    };
    let mut rows = vec![
        ["jobs".into(), totals.jobs.to_string().into()],
        ["iterations".into(), totals.iterations.to_string().into()],
    ];
    rows.extend(totals.distinct_proposals.map(|distinct| ["distinct sets".into(), distinct.to_string().into()]));
    rows.extend(totals.config_maps.map(|count| ["configmaps".into(), count.to_string().into()]));
    rows.extend(amounts(totals.requests, "requests"));
    rows.extend(amounts(totals.limits, "limits"));
    rows.extend(totals.results.rows());
    Table::new(["TOTAL", "AMOUNT"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::session::tests::{K8S, session};
    use crate::job::CreatedAt;
    use crate::output::Style;

    /// The amounts and the table of the baseline with three workers and additional lines.
    fn of(lines: &str) -> (Vec<String>, String) {
        let session = session(&format!("{}{lines}", K8S.replace("workers: 2", "workers: 3")), None).unwrap();
        let moment = CreatedAt::parse("2025-11-16T18:21:45Z").unwrap();
        let factory = K8sTuningJobFactory::new(&session, moment, None).unwrap();
        let totals = totals(&factory, &Tuning::default());
        let amounts = totals.requests.iter().chain(&totals.limits);
        let amounts = amounts.map(|ResourceTotal { resource, amount }| format!("{resource}={amount}")).collect();
        (amounts, total_table(totals).render(Style::plain()))
    }

    #[test]
    fn totals_are_sums_over_the_workers() {
        let (amounts, table) = of("");
        assert_eq!(amounts, ["cpu=1500m", "memory=1536Mi", "cpu=3", "memory=3Gi"]);
        assert!(table.contains("lost with the pod"), "{table}");
    }

    #[test]
    fn what_a_partial_job_sets_counts() {
        let pod = "job_template:\n  spec:\n    template:\n      spec:\n";
        let containers = "        containers:\n        - {name: tuner, resources: {requests: {cpu: 1, memory: 1Gi}}}\n        \
                          - {name: side, image: s, resources: {limits: {cpu: 2}}}\n";
        let (amounts, _) = of(&format!("{pod}{containers}"));
        assert_eq!(amounts, ["cpu=9", "memory=3Gi", "cpu=9", "memory=3Gi"]);
    }

    #[test]
    fn a_claim_that_a_partial_job_mounts_keeps_the_results() {
        let template = |mount: &str| {
            format!(
                "job_template:\n  spec:\n    template:\n      spec:\n        \
                 volumes: [{{name: v, persistentVolumeClaim: {{claimName: mine}}}}]\n        \
                 containers: [{{name: tuner, volumeMounts: [{mount}]}}]\n"
            )
        };
        for (mount, working_dir, words) in [
            ("{name: v, mountPath: /app/outputs}", "working_dir: /app\n", "kept on claim mine\n"),
            ("{name: v, mountPath: /app, subPath: s}", "working_dir: /app\n", "kept on claim mine, in s/outputs/\n"),
            ("{name: v, mountPath: /srv/outputs}", "", "kept on claim mine, if the worker starts in /srv\n"),
            ("{name: v, mountPath: /data}", "working_dir: /app\n", "lost with the pod\n"),
        ] {
            let (_, table) = of(&format!("{working_dir}{}", template(mount)));
            assert!(table.contains(words), "{mount}: {table}");
        }
        let (_, table) = of("working_dir: /app\nresults: {claim: own}\n");
        assert!(table.contains("kept on claim own, in d29-k8s-demo-session/\n"), "{table}");
    }
}

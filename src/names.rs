//! The names of a session's Jobs, their files and the workers' results: creating and parsing them.

use crate::manifest::Format;
use crate::plan::WorkerShare;

/// The `app` label of every tuning Job.
pub const APP: &str = "arbitrage-tuning";

/// The `component` label of every tuning Job.
pub const COMPONENT: &str = "tuning";

/// The directory that the workers write their results to.
pub const OUTPUT_DIR: &str = "outputs";

/// The prefix of every Job's name.
pub const PREFIX: &str = "arb-tuning-";

/// The prefix of the name of a worker's results file.
const CSV_PREFIX: &str = "d29_k8s_session_";

/// The name of a worker's Job and of its container: `arb-tuning-{session_short}-{worker_id}-{index}`, with the suffix
/// `-r{attempt}` from the second attempt on.
pub fn job_name(session_short: &str, share: &WorkerShare) -> String {
    let WorkerShare { worker_id, index, attempt, .. } = share;
    if *attempt > 1 {
        format!("{PREFIX}{session_short}-{worker_id}-{index}-r{attempt}")
    } else {
        format!("{PREFIX}{session_short}-{worker_id}-{index}")
    }
}

/// The path of a worker's results. Each attempt has its own file, so that it does not overwrite earlier results.
pub fn output_csv(worker_id: &str, attempt: u64) -> String {
    if attempt > 1 {
        format!("{OUTPUT_DIR}/{CSV_PREFIX}{worker_id}_r{attempt}.csv")
    } else {
        format!("{OUTPUT_DIR}/{CSV_PREFIX}{worker_id}.csv")
    }
}

/// The worker and the attempt in the name of a results file; none if it is not the name of a results file.
pub fn parse_csv_name(file_name: &str) -> Option<(&str, u64)> {
    let rest = file_name.strip_prefix(CSV_PREFIX)?.strip_suffix(".csv")?;
    let (worker_id, attempt) = match rest.split_once("_r") {
        None => (rest, 1),
        Some((worker_id, attempt)) => (worker_id, later_attempt(attempt)?),
    };
    number(worker_id.strip_prefix("worker-")?).map(|_| (worker_id, attempt))
}

/// The file of a Job: `job-{index}-{job name}.yaml`. The index is as wide as the session's largest one, with at least
/// two digits, so that the files are sorted like the workers.
pub fn file_name(job_name: &str, index: u32, workers: u32, format: Format) -> String {
    let width = index_width(workers);
    format!("job-{index:0width$}-{job_name}.{}", format.extension())
}

/// The file of a ConfigMap: `configmap-{place}-{PREFIX}{session_short}-tuning.yaml`. It does not contain the name of
/// the ConfigMap, which changes with its content, so that the file is replaced instead of becoming stale.
#[must_use]
pub fn config_map_file_name(session_short: &str, nth: usize, count: usize, format: Format) -> String {
    let width = index_width(u32::try_from(count).unwrap_or(u32::MAX));
    format!("configmap-{nth:0width$}-{PREFIX}{session_short}-tuning.{}", format.extension())
}

/// Whether this can be the name of a file of this tool.
#[must_use]
pub fn is_file_name(name: &str) -> bool {
    index_and_rest(name).is_some_and(|(_, rest)| rest.starts_with(PREFIX) && !rest.contains('/'))
}

/// Whether two file names differ only in the width of their index, which depends on the number of workers.
#[must_use]
pub fn differ_in_width(one: &str, other: &str) -> bool {
    one != other && index_and_rest(one).is_some_and(|parts| index_and_rest(other) == Some(parts))
}

/// The index in a file's name without leading zeros, and the rest of the name.
fn index_and_rest(name: &str) -> Option<(&str, &str)> {
    let rest = name.strip_prefix("job-").or_else(|| name.strip_prefix("configmap-"))?;
    let (index, rest) = rest.split_once('-')?;
    let is_number = !index.is_empty() && index.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| (index.trim_start_matches('0'), rest))
}

/// The prefix of the name of a ConfigMap with a session's tuning file; a hash of its content follows.
#[must_use]
pub fn config_map_prefix(session_short: &str) -> String {
    format!("{PREFIX}{session_short}-tuning-")
}

/// The length of the hash in the name of a ConfigMap.
pub const HASH_LEN: usize = 10;

/// Whether this can be the name of a ConfigMap with a tuning file.
#[must_use]
pub fn is_config_map_name(name: &str) -> bool {
    let parts = name.strip_prefix(PREFIX).and_then(|rest| rest.rsplit_once("-tuning-"));
    let is_hash = |hash: &str| hash.len() == HASH_LEN && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    parts.is_some_and(|(session_short, hash)| !session_short.is_empty() && is_hash(hash))
}

fn index_width(workers: u32) -> usize {
    let largest = workers.saturating_sub(1);
    largest.checked_ilog10().map_or(1, |log| log as usize + 1).max(2)
}

/// The parts of a tuning Job's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameParts<'n> {
    /// The session's short name: `session_short`, or the first characters of its id.
    pub session_short: &'n str,
    /// The worker's number k, from 1: it is `worker-{k}`.
    pub worker: u64,
    /// The worker's index, from 0.
    pub index: u64,
    /// The worker's attempt, from 1.
    pub attempt: u64,
}

/// Parses a Job's name; none if it does not have the form of [`job_name`].
pub fn parse_job_name(name: &str) -> Option<NameParts<'_>> {
    let rest = name.strip_prefix(PREFIX)?;
    let (session_short, worker) = rest.rsplit_once("-worker-")?;
    let mut numbers = worker.split('-');
    let (worker, index) = (number(numbers.next()?)?, number(numbers.next()?)?);
    let attempt = match numbers.next() {
        None => 1,
        Some(attempt) => later_attempt(attempt.strip_prefix('r')?)?,
    };
    let is_name = !session_short.is_empty() && worker >= 1 && numbers.next().is_none();
    is_name.then_some(NameParts { session_short, worker, index, attempt })
}

/// An attempt in a name; the first one is never included.
fn later_attempt(digits: &str) -> Option<u64> {
    number(digits).filter(|attempt| *attempt > 1)
}

/// A number in a name: only digits, without leading zeros.
fn number(digits: &str) -> Option<u64> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    if plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apimachinery::names::dns_label;
    use crate::config::{session_id_fault, session_id_start_fault};
    use proptest::prelude::*;

    #[test]
    fn files_sort_as_the_workers_do() {
        for (workers, first, last) in [(2, "job-00-a", "job-01-a"), (100, "job-00-a", "job-99-a")] {
            assert_eq!(file_name("a", 0, workers, Format::Yaml), format!("{first}.yaml"));
            assert_eq!(file_name("a", workers - 1, workers, Format::Yaml), format!("{last}.yaml"));
        }
        assert_eq!(file_name("a", 7, 101, Format::Json), "job-007-a.json");
        assert_eq!(file_name("a", 7, 100_000, Format::Yaml), "job-00007-a.yaml");
    }

    #[test]
    fn a_wider_index_makes_another_name_of_the_same_file() {
        for (one, other, is_same) in [
            ("job-00-a.yaml", "job-000-a.yaml", true),
            ("job-07-a.yaml", "job-007-a.yaml", true),
            ("configmap-00-a.yaml", "configmap-000-a.yaml", true),
            ("job-00-a.yaml", "job-00-a.yaml", false),
            ("job-00-a.yaml", "job-001-a.yaml", false),
            ("job-10-a.yaml", "job-010-b.yaml", false),
            ("job-00-a.yaml", "job-000-a.json", false),
            ("job--a.yaml", "job-0-a.yaml", false),
            ("a", "b", false),
        ] {
            assert_eq!(differ_in_width(one, other), is_same, "{one} {other}");
        }
        assert!(is_file_name("job-00-arb-tuning-a.yaml") && !is_file_name("../job-00-arb-tuning-a.yaml"));
    }

    #[test]
    fn names_that_are_none_of_ours() {
        for name in [
            "",
            "arb-tuning-",
            "arb-tuning-a-worker-1",
            "arb-tuning-a-worker-0-0",
            "arb-tuning--worker-1-0",
            "arb-tuning-a-worker-01-0",
            "x-a-worker-1-0",
            "arb-tuning-a-worker-1-0 ",
            "arb-tuning-a-worker-1-0-2",
            "arb-tuning-a-worker-1-0-r",
            "arb-tuning-a-worker-1-0-r1",
            "arb-tuning-a-worker-1-0-r02",
            "arb-tuning-a-worker-1-0-r2-r3",
            "arb-tuning-a-worker-1-0-r2-",
            "arb-tuning-a-worker-1-r2",
        ] {
            assert_eq!(parse_job_name(name), None, "{name}");
        }
    }

    #[test]
    fn a_file_of_results_says_its_attempt() {
        for (name, parts) in [
            ("d29_k8s_session_worker-1.csv", Some(("worker-1", 1))),
            ("d29_k8s_session_worker-1_r2.csv", Some(("worker-1", 2))),
            ("d29_k8s_session_worker-12_r13.csv", Some(("worker-12", 13))),
            ("d29_k8s_session_worker-1_r1.csv", None),
            ("d29_k8s_session_worker-1_r02.csv", None),
            ("d29_k8s_session_worker-x_r2.csv", None),
            ("d29_k8s_session_worker-1_r2.csv.gz", None),
            ("worker-1_r2.csv", None),
        ] {
            assert_eq!(parse_csv_name(name), parts, "{name}");
        }
        for attempt in [1, 2, u64::from(u32::MAX)] {
            let path = output_csv("worker-7", attempt);
            assert_eq!(parse_csv_name(path.strip_prefix("outputs/").unwrap()), Some(("worker-7", attempt)));
        }
    }

    proptest! {
        #[test]
        fn a_valid_session_makes_valid_names(id in "[a-z0-9]([-a-z0-9]{0,7}|[-a-z0-9]{7}[-A-Za-z0-9_.]{0,54}[A-Za-z0-9])", index in 0_u32..u32::MAX, attempt in prop_oneof![Just(1), Just(2), 1..u32::MAX]) {
            if session_id_fault(&id).or_else(|| session_id_start_fault(&id)).is_none() {
                let short: String = id.chars().take(8).collect();
                let worker_id = format!("worker-{}", u64::from(index) + 1);
                let name = job_name(&short, &WorkerShare { worker_id, index, iterations: 1, attempt });
                prop_assert_eq!(dns_label(&name), Ok(()));
                let parts = parse_job_name(&name).unwrap();
                prop_assert_eq!(parts, NameParts {
                    session_short: &short,
                    worker: u64::from(index) + 1,
                    index: u64::from(index),
                    attempt: u64::from(attempt),
                });
            }
        }
    }
}

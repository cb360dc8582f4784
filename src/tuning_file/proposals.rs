//! The proposals of workers that all start from the same seed or at the start of the same grid: their k-th proposals
//! are the same. Computes how many proposals are distinct, and how often each is run.

use std::collections::BTreeMap;

/// Proposals that are run the same number of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Runs {
    /// The number of proposals.
    pub proposals: u64,
    /// The number of times that each of them is run.
    pub times: u64,
}

/// The proposals of workers with the same start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposals {
    /// The total number of iterations.
    pub iterations: u64,
    /// The number of workers.
    pub workers: u64,
    /// The number of distinct proposals.
    pub distinct: u64,
    /// The proposals, ordered by how often they are run, the most frequent first.
    pub runs: Vec<Runs>,
}

impl Proposals {
    /// Computes them from the sizes of the shares and the number of workers for each. After `limit` proposals, a worker
    /// repeats the last one, as at the end of a grid.
    #[must_use]
    pub fn shared(shares: impl IntoIterator<Item = (u64, u64)>, limit: Option<u128>) -> Self {
        let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
        for (iterations, workers) in shares {
            *sizes.entry(iterations).or_default() += workers;
        }
        sizes.retain(|_, workers| *workers > 0);
        let limit = limit.and_then(|limit| u64::try_from(limit).ok()).unwrap_or(u64::MAX);
        let workers = sizes.values().sum();
        let iterations = sizes.iter().map(|(size, count)| size.saturating_mul(*count)).fold(0, u64::saturating_add);
        let distinct = sizes.last_key_value().map_or(0, |(largest, _)| (*largest).min(limit));
        let mut by_times: BTreeMap<u64, u64> = BTreeMap::new();
        let (mut below, mut left, mut run) = (0, workers, 0_u64);
        for (size, count) in sizes {
            let proposals = size.min(limit) - below;
            if proposals > 0 {
                *by_times.entry(left).or_default() += proposals;
                run += proposals.saturating_mul(left);
            }
            (below, left) = (size.min(limit), left - count);
            if below == limit {
                break;
            }
        }
        let repeats = iterations.saturating_sub(run);
        if repeats > 0 && distinct > 0 {
            repeat_the_last(&mut by_times, repeats);
        }
        let runs = by_times.into_iter().rev().map(|(times, proposals)| Runs { proposals, times }).collect();
        Self { iterations, workers, distinct, runs }
    }

    /// The numbers as part of a sentence: `the 6 iterations are 3 distinct ones, each run twice`. If two proposals can
    /// be equal by chance, the number is given as `at_most`.
    #[must_use]
    pub fn sentence_part(&self, at_most: bool) -> String {
        let runs = match self.runs.as_slice() {
            [Runs { proposals: 1, times }] => format!("run {}", how_often(*times)),
            [Runs { times, .. }] => format!("each run {}", how_often(*times)),
            runs => {
                let parts: Vec<String> =
                    runs.iter().map(|runs| format!("{} run {}", runs.proposals, how_often(runs.times))).collect();
                match parts.split_last() {
                    Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
                    None => String::new(),
                }
            }
        };
        let at_most = if at_most { "at most " } else { "" };
        let ones = if self.distinct == 1 { "one" } else { "ones" };
        format!("the {} iterations are {at_most}{} distinct {ones}, {runs}", self.iterations, self.distinct)
    }

    /// The workers as the subject of a sentence.
    #[must_use]
    pub fn subject(&self) -> String {
        if self.workers == 2 { "Both workers".to_owned() } else { format!("All {} workers", self.workers) }
    }
}

/// The last proposal is one of the least frequent.
fn repeat_the_last(by_times: &mut BTreeMap<u64, u64>, repeats: u64) {
    let Some(mut entry) = by_times.first_entry() else { return };
    let times = *entry.key();
    *entry.get_mut() -= 1;
    if *entry.get() == 0 {
        entry.remove();
    }
    *by_times.entry(times + repeats).or_default() += 1;
}

fn how_often(times: u64) -> String {
    match times {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        times => format!("{times} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::share_sizes;
    use proptest::prelude::*;

    fn said(total: u64, workers: u32, limit: Option<u128>) -> String {
        Proposals::shared(share_sizes(total, workers), limit).sentence_part(false)
    }

    #[test]
    fn the_numbers_are_those_of_the_plan() {
        assert_eq!(said(6, 2, None), "the 6 iterations are 3 distinct ones, each run twice");
        assert_eq!(said(7, 2, None), "the 7 iterations are 4 distinct ones, 3 run twice and 1 run once");
        assert_eq!(said(8, 3, None), "the 8 iterations are 3 distinct ones, 2 run 3 times and 1 run twice");
        assert_eq!(said(3, 3, None), "the 3 iterations are 1 distinct one, run 3 times");
        assert_eq!(said(4, 3, None), "the 4 iterations are 2 distinct ones, 1 run 3 times and 1 run once");
        assert_eq!(said(6, 1, None), "the 6 iterations are 6 distinct ones, each run once");
        // At the end of a grid of four points, each of the two workers runs the last one two more times.
        assert_eq!(said(12, 2, Some(4)), "the 12 iterations are 4 distinct ones, 1 run 6 times and 3 run twice");
        assert_eq!(said(11, 2, Some(5)), "the 11 iterations are 5 distinct ones, 1 run 3 times and 4 run twice");
    }

    proptest! {
        #[test]
        fn every_iteration_is_counted_at_its_proposal(
            shares in proptest::collection::vec(0_u64..30, 1..12),
            limit in proptest::option::of(1_u64..40),
        ) {
            let mut counted: BTreeMap<u64, u64> = BTreeMap::new();
            for share in &shares {
                for nth in 1..=*share {
                    *counted.entry(nth.min(limit.unwrap_or(u64::MAX))).or_default() += 1;
                }
            }
            let mut expected: BTreeMap<u64, u64> = BTreeMap::new();
            for times in counted.values() {
                *expected.entry(*times).or_default() += 1;
            }
            let proposals = Proposals::shared(shares.iter().map(|size| (*size, 1)), limit.map(u128::from));
            let found: Vec<_> = proposals.runs.iter().rev().map(|runs| (runs.times, runs.proposals)).collect();
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
            prop_assert_eq!(proposals.distinct, counted.len() as u64);
            prop_assert_eq!(proposals.iterations, shares.iter().sum::<u64>());
        }
    }
}

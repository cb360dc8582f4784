//! The workers of a session that a run makes Jobs for, with their attempts. Adjacent workers with the same attempt are
//! stored as one range, so that memory use depends only on the number of gaps.

use std::ops::Range;

use super::shares::WorkerShare;

/// Some or all of a session's workers, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// Ascending, non-empty and merged wherever possible.
    runs: Vec<Run>,
}

/// Consecutive workers with the same attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    /// Their indexes, from 0.
    indices: Range<u32>,
    attempt: u32,
}

impl Part {
    /// The first attempts of all workers.
    #[must_use]
    pub fn whole(workers: u32) -> Self {
        let mut part = Self::default();
        part.extend(0..workers, 1);
        part
    }

    /// Adds workers with an attempt, after the existing ones.
    ///
    /// # Panics
    /// The workers do not follow the existing ones.
    pub fn extend(&mut self, indices: Range<u32>, attempt: u32) {
        if indices.is_empty() {
            return;
        }
        match self.runs.last_mut() {
            Some(last) if last.attempt == attempt && last.indices.end == indices.start => {
                last.indices.end = indices.end;
            }
            last => {
                let end = last.map_or(0, |last| last.indices.end);
                assert!(end <= indices.start, "workers are added in their order");
                self.runs.push(Run { indices, attempt });
            }
        }
    }

    /// The number of workers.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.runs.iter().map(|run| run.indices.end - run.indices.start).sum()
    }

    /// Whether it has no workers.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The attempt of the worker at an index; none if it is not included.
    #[must_use]
    pub fn attempt(&self, index: u32) -> Option<u32> {
        let run = self.runs.get(self.runs.partition_point(|run| run.indices.end <= index))?;
        run.indices.contains(&index).then_some(run.attempt)
    }

    /// Whether it includes any of these workers.
    #[must_use]
    pub fn has_any(&self, indices: &Range<u32>) -> bool {
        let run = self.runs.get(self.runs.partition_point(|run| run.indices.end <= indices.start));
        run.is_some_and(|run| run.indices.start < indices.end)
    }

    /// The intersection with another part, with the attempts of this one.
    #[must_use]
    pub fn within(&self, other: &Self) -> Self {
        let mut both = Self::default();
        let mut others = other.runs.iter().peekable();
        for run in &self.runs {
            while let Some(theirs) = others.peek() {
                let start = run.indices.start.max(theirs.indices.start);
                both.extend(start..run.indices.end.min(theirs.indices.end), run.attempt);
                if theirs.indices.end > run.indices.end {
                    break;
                }
                others.next();
            }
        }
        both
    }

    /// The total iterations of its workers, in a session with these totals.
    #[must_use]
    pub fn iterations(&self, total_iterations: u64, workers: u32) -> u64 {
        let count = u64::from(workers.max(1));
        let (each, surplus) = (total_iterations / count, total_iterations % count);
        let of_run = |Run { indices, .. }: &Run| {
            let (start, end) = (u64::from(indices.start), u64::from(indices.end));
            each * (end - start) + end.min(surplus).saturating_sub(start)
        };
        self.runs.iter().map(of_run).sum()
    }

    /// The shares of its workers, which are the same as in the whole session.
    #[must_use]
    pub fn shares(&self, total_iterations: u64, workers: u32) -> impl ExactSizeIterator<Item = WorkerShare> {
        PartShares { runs: &self.runs, passed: 0, total_iterations, workers }
    }

    /// Shares that represent all others with the same kind of attempt, first or later: the first, the last, and one
    /// with the longest name.
    #[must_use]
    pub fn samples(&self, total_iterations: u64, workers: u32, is_retry: bool) -> Vec<WorkerShare> {
        let runs = || self.runs.iter().filter(|run| (run.attempt > 1) == is_retry);
        let digits = |number: u32| number.checked_ilog10().unwrap_or(0);
        let length = |run: &&Run| digits(run.indices.end) + digits(run.indices.end - 1) + digits(run.attempt);
        let ends = [
            runs().next().map(|run| (run.indices.start, run.attempt)),
            runs().next_back().map(|run| (run.indices.end - 1, run.attempt)),
            runs().max_by_key(length).map(|run| (run.indices.end - 1, run.attempt)),
        ];
        let mut places: Vec<(u32, u32)> = ends.into_iter().flatten().collect();
        places.dedup();
        let share = |(index, attempt)| WorkerShare { attempt, ..WorkerShare::of(total_iterations, workers, index) };
        places.into_iter().map(share).collect()
    }
}

struct PartShares<'p> {
    runs: &'p [Run],
    /// The number of workers of the first range that have been returned.
    passed: u32,
    total_iterations: u64,
    workers: u32,
}

impl Iterator for PartShares<'_> {
    type Item = WorkerShare;

    fn next(&mut self) -> Option<WorkerShare> {
        let run = self.runs.first()?;
        let index = run.indices.start + self.passed;
        self.passed += 1;
        if index + 1 == run.indices.end {
            (self.runs, self.passed) = (&self.runs[1..], 0);
        }
        let share = WorkerShare::of(self.total_iterations, self.workers, index);
        Some(WorkerShare { attempt: run.attempt, ..share })
    }

    fn nth(&mut self, n: usize) -> Option<WorkerShare> {
        // Skipping shares costs nothing, because they do not depend on each other.
        let mut skipped = u32::try_from(n).unwrap_or(u32::MAX);
        while let Some(run) = self.runs.first() {
            let left = run.indices.end - run.indices.start - self.passed;
            if skipped < left {
                self.passed += skipped;
                return self.next();
            }
            skipped -= left;
            (self.runs, self.passed) = (&self.runs[1..], 0);
        }
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let all: u32 = self.runs.iter().map(|run| run.indices.end - run.indices.start).sum();
        let left = usize::try_from(all - self.passed).unwrap_or(usize::MAX);
        (left, Some(left))
    }
}

impl ExactSizeIterator for PartShares<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::shares::plan_jobs;
    use proptest::prelude::*;

    fn part(attempts: &[u32]) -> Part {
        let mut part = Part::default();
        for (index, attempt) in (0..).zip(attempts).filter(|(_, attempt)| **attempt > 0) {
            part.extend(index..index + 1, *attempt);
        }
        part
    }

    proptest! {
        /// The attempt of each worker; 0 for one that is not included.
        #[test]
        fn a_part_is_the_plan_without_the_others(
            attempts in proptest::collection::vec(0_u32..3, 1..40),
            others in proptest::collection::vec(0_u32..3, 1..40),
            surplus in 0_u64..100,
            nth in 0_usize..45,
        ) {
            let workers = u32::try_from(attempts.len()).unwrap();
            let total = u64::from(workers) + surplus;
            let made = part(&attempts);
            let expected: Vec<WorkerShare> = plan_jobs(total, workers)
                .zip(&attempts)
                .filter(|(_, attempt)| **attempt > 0)
                .map(|(share, attempt)| WorkerShare { attempt: *attempt, ..share })
                .collect();
            let shares = || made.shares(total, workers);
            prop_assert_eq!(shares().len(), expected.len());
            prop_assert_eq!(shares().collect::<Vec<_>>(), expected.clone());
            prop_assert_eq!(shares().nth(nth), expected.get(nth).cloned());
            prop_assert_eq!(shares().skip(1).nth(nth), expected.get(nth + 1).cloned());
            prop_assert_eq!(made.len() as usize, expected.len());
            prop_assert_eq!(made.is_empty(), expected.is_empty());
            let sum = expected.iter().map(|share| share.iterations).sum::<u64>();
            prop_assert_eq!(made.iterations(total, workers), sum);
            for (index, attempt) in (0..).zip(&attempts) {
                prop_assert_eq!(made.attempt(index).unwrap_or(0), *attempt);
                let from_here = attempts[index as usize..].iter().take(3).any(|attempt| *attempt > 0);
                prop_assert_eq!(made.has_any(&(index..index + 3)), from_here);
            }
            prop_assert_eq!(made.attempt(workers), None);
            let both: Vec<u32> = attempts.iter().zip(&others).map(|(one, other)| one * u32::from(*other > 0)).collect();
            prop_assert_eq!(made.within(&part(&others)), part(&both));
            for share in [false, true].iter().flat_map(|retry| made.samples(total, workers, *retry)) {
                prop_assert!(expected.contains(&share), "{:?}", share);
            }
        }
    }

    #[test]
    fn a_whole_session_is_one_run() {
        let whole = Part::whole(u32::MAX);
        assert_eq!((whole.runs.len(), whole.len()), (1, u32::MAX));
        assert_eq!(whole.iterations(u64::MAX, u32::MAX), u64::MAX);
        assert!(Part::whole(0).is_empty());
        let attempts = [1, 1, 2, 2, 0, 2, 13, 2];
        let samples = |is_retry| part(&attempts).samples(8, 8, is_retry);
        let places = |is_retry| samples(is_retry).iter().map(|share| (share.index, share.attempt)).collect::<Vec<_>>();
        assert_eq!(places(false), [(0, 1), (1, 1)]);
        assert_eq!(places(true), [(2, 2), (7, 2), (6, 13)]);
    }
}

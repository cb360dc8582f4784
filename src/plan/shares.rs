//! Splits a session's iterations over its workers. The shares are computed lazily, so that a session of any size takes
//! no memory.

/// The share of one worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerShare {
    /// `worker-1`, `worker-2`, …
    pub worker_id: String,
    /// The worker's index, from 0.
    pub index: u32,
    /// The number of its iterations.
    pub iterations: u64,
    /// The attempt, from 1.
    pub attempt: u32,
}

impl WorkerShare {
    /// The first attempt of the worker at an index.
    #[must_use]
    pub fn of(total_iterations: u64, workers: u32, index: u32) -> Self {
        let count = u64::from(workers.max(1));
        let (each, surplus) = (total_iterations / count, total_iterations % count);
        Self {
            worker_id: format!("worker-{}", u64::from(index) + 1),
            index,
            iterations: each + u64::from(u64::from(index) < surplus),
            attempt: 1,
        }
    }
}

/// Splits `total_iterations` over `workers` (D29 guide, "`plan_jobs")`: each worker gets the same number, and the first
/// ones get one more if it does not divide evenly.
///
/// # Examples
/// ```
/// let shares: Vec<u64> = kubectl_arbtune::plan::plan_jobs(7, 3).map(|share| share.iterations).collect();
/// assert_eq!(shares, [3, 2, 2]);
/// ```
#[must_use]
pub fn plan_jobs(total_iterations: u64, workers: u32) -> impl ExactSizeIterator<Item = WorkerShare> {
    Shares { total_iterations, workers, indices: 0..workers }
}

/// The sizes of the shares with the number of workers for each: the larger size first, possibly with no workers.
#[must_use]
pub fn share_sizes(total_iterations: u64, workers: u32) -> [(u64, u64); 2] {
    let count = u64::from(workers.max(1));
    let (each, surplus) = (total_iterations / count, total_iterations % count);
    [(each.saturating_add(1), surplus), (each, u64::from(workers).saturating_sub(surplus))]
}

struct Shares {
    total_iterations: u64,
    workers: u32,
    indices: std::ops::Range<u32>,
}

impl Iterator for Shares {
    type Item = WorkerShare;

    fn next(&mut self) -> Option<WorkerShare> {
        self.indices.next().map(|index| WorkerShare::of(self.total_iterations, self.workers, index))
    }

    fn nth(&mut self, n: usize) -> Option<WorkerShare> {
        // Skipping shares costs nothing, because they do not depend on each other.
        let skipped = u32::try_from(n).unwrap_or(u32::MAX);
        self.indices.start = self.indices.start.saturating_add(skipped).min(self.indices.end);
        self.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.indices.end - self.indices.start).unwrap_or(usize::MAX);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Shares {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shares_sum_up_and_differ_by_at_most_one(workers in 1_u32..500, surplus in 0_u64..100_000) {
            let total = u64::from(workers) + surplus;
            let shares: Vec<WorkerShare> = plan_jobs(total, workers).collect();
            prop_assert_eq!(shares.len(), workers as usize);
            prop_assert_eq!(shares.iter().map(|share| share.iterations).sum::<u64>(), total);
            prop_assert!(shares.is_sorted_by(|a, b| a.iterations >= b.iterations));
            prop_assert!(shares[0].iterations - shares[shares.len() - 1].iterations <= 1);
            for (nth, share) in (0..).zip(&shares) {
                prop_assert_eq!(share.index, nth);
                prop_assert_eq!(&share.worker_id, &format!("worker-{}", nth + 1));
                prop_assert_eq!(share.attempt, 1);
            }
        }

        #[test]
        fn sizes_are_those_of_the_shares(total in 1_u64..1000, workers in 1_u32..100) {
            let counted = |size| plan_jobs(total, workers).filter(|share| share.iterations == size).count() as u64;
            for (size, count) in share_sizes(total, workers) {
                prop_assert_eq!(count, counted(size));
            }
            prop_assert_eq!(share_sizes(total, workers).map(|(_, count)| count).iter().sum::<u64>(), u64::from(workers));
        }

        #[test]
        fn skipping_is_the_same_as_counting(total in 1_u64..1000, workers in 1_u32..100, nth in 0_usize..120) {
            let counted = plan_jobs(total, workers).collect::<Vec<_>>().get(nth).cloned();
            prop_assert_eq!(plan_jobs(total, workers).nth(nth), counted);
        }
    }
}

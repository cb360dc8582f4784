//! The threads that check files: one per core, or as many as the system allows.

use std::num::NonZero;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// The number of threads that can run at the same time.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// A pool with this number of threads.
///
/// # Errors
/// The system does not allow that many threads.
pub fn start(count: usize) -> Result<ThreadPool, rayon::ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(count).build()
}

/// A pool of up to `most` threads; none if not even two can be started, so that the caller's thread is used.
pub fn pool<P, E>(most: usize, start: impl Fn(usize) -> Result<P, E>) -> Option<P> {
    let mut count = most;
    while count >= 2 {
        if let Ok(pool) = start(count) {
            return Some(pool);
        }
        count /= 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_threads_cannot_be_started_fewer_do_the_work() {
        let up_to = |limit: usize| move |count: usize| if count <= limit { Ok(count) } else { Err(()) };
        assert_eq!(pool(16, up_to(16)), Some(16));
        assert_eq!(pool(16, up_to(5)), Some(4));
        assert_eq!(pool(16, up_to(1)), None);
        assert_eq!(pool(1, up_to(1)), None);
    }
}

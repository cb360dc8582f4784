//! Ranges of workers in the syntax of `generate --only`: `worker-3`, or `worker-3..9` for worker-3 to worker-9.

use std::str::FromStr;

use thiserror::Error;

use super::part::Part;

/// An inclusive range of workers, by their numbers from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workers {
    first: u64,
    last: u64,
}

/// A worker that a session does not have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("There is no worker-{number}: the session has {}.", known(*workers))]
pub struct UnknownWorker {
    /// Its number.
    pub number: u64,
    /// The number of workers.
    pub workers: u32,
}

fn known(workers: u32) -> String {
    match workers {
        1 => "only worker-1".to_owned(),
        2 => "worker-1 and worker-2".to_owned(),
        more => format!("worker-1 to worker-{more}"),
    }
}

impl FromStr for Workers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let help = "Write worker-3, or worker-3..9 for worker-3 to worker-9.";
        let odd = || match text.split("..").map(number).collect::<Option<Vec<u64>>>() {
            // Only the word is missing.
            Some(_) => format!("{text:?} is not a valid range of workers. Write worker-{text}."),
            None => format!("{text:?} is not a valid range of workers. {help}"),
        };
        let (first, last) = text.split_once("..").map_or((text, None), |(first, last)| (first, Some(last)));
        let first = first.strip_prefix("worker-").and_then(number).ok_or_else(odd)?;
        let last = match last {
            None => first,
            // Rust users may expect ..= for an inclusive range.
            Some(last) => number(last.strip_prefix("worker-").unwrap_or(last)).ok_or_else(odd)?,
        };
        if last < first {
            return Err(format!("{text:?} ends before it starts. Write worker-{last}..{first}."));
        }
        Ok(Self { first, last })
    }
}

/// A number as in names: from 1, only digits, without leading zeros.
fn number(digits: &str) -> Option<u64> {
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    if is_plain { digits.parse().ok() } else { None }
}

impl Workers {
    /// The first attempts of all named workers of a session with this number of workers.
    ///
    /// # Errors
    /// The session does not have a worker.
    pub fn part(named: &[Self], workers: u32) -> Result<Part, UnknownWorker> {
        let mut sorted = named.to_vec();
        sorted.sort_by_key(|range| range.first);
        let (mut part, mut end) = (Part::default(), 0);
        for Self { first, last } in sorted {
            let unknown = || UnknownWorker { number: first.max(u64::from(workers) + 1), workers };
            let last = u32::try_from(last).ok().filter(|last| *last <= workers).ok_or_else(unknown)?;
            let first = u32::try_from(first).map_err(|_| unknown())?;
            // A worker that is named twice is included once.
            part.extend((first - 1).max(end)..last, 1);
            end = end.max(last);
        }
        Ok(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str, workers: u32) -> Result<Vec<u32>, String> {
        let named: Vec<Workers> = text.split(',').map(str::parse).collect::<Result<_, _>>()?;
        let part = Workers::part(&named, workers).map_err(|error| error.to_string())?;
        Ok(part.shares(20, workers).map(|share| share.index + 1).collect())
    }

    #[test]
    fn workers_are_named_alone_and_as_ranges() {
        assert_eq!(part("worker-3,worker-7", 12), Ok(vec![3, 7]));
        assert_eq!(part("worker-7,worker-3..5", 12), Ok(vec![3, 4, 5, 7]));
        assert_eq!(part("worker-3..worker-5,worker-4..6,worker-1,worker-5", 12), Ok(vec![1, 3, 4, 5, 6]));
        assert_eq!(part("worker-4..4,worker-1..9,worker-2..3", 9), Ok((1..=9).collect()));
    }

    #[test]
    fn what_names_no_worker_is_told() {
        for text in ["", "3", "worker-", "worker-0", "worker-03", "worker-3..", "worker-3..=5", "worker-+3", "Worker-3"]
        {
            assert!(part(text, 12).unwrap_err().contains("is not a valid range of workers"), "{text}");
        }
        assert_eq!(part("3..5", 12).unwrap_err(), "\"3..5\" is not a valid range of workers. Write worker-3..5.");
        assert_eq!(part("worker-9..3", 12).unwrap_err(), "\"worker-9..3\" ends before it starts. Write worker-3..9.");
        for (text, workers, expected) in [
            ("worker-13", 12, "There is no worker-13: the session has worker-1 to worker-12."),
            ("worker-2..14", 2, "There is no worker-3: the session has worker-1 and worker-2."),
            ("worker-2", 1, "There is no worker-2: the session has only worker-1."),
            ("worker-4294967297", 12, "There is no worker-4294967297: the session has worker-1 to worker-12."),
            ("worker-3..4294967297", 12, "There is no worker-13: the session has worker-1 to worker-12."),
        ] {
            assert_eq!(part(text, workers).unwrap_err(), expected);
        }
    }
}

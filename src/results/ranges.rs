//! Sets of mostly consecutive numbers, stored as ranges.

use std::collections::BTreeMap;
use std::fmt;

/// A set of numbers. It takes memory for its gaps, not for its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ranges(BTreeMap<u64, u64>);

impl Ranges {
    /// Inserts a number. Returns whether it is new.
    pub fn insert(&mut self, number: u64) -> bool {
        let before = self.0.range(..=number).next_back().map(|(first, last)| (*first, *last));
        if before.is_some_and(|(_, last)| last >= number) {
            return false;
        }
        let after = number.checked_add(1).and_then(|next| self.0.remove(&next));
        let first = match before {
            Some((first, last)) if last + 1 == number => first,
            _ => number,
        };
        self.0.insert(first, after.unwrap_or(number));
        true
    }

    /// The numbers of a range that are not in the set.
    #[must_use]
    pub fn missing(&self, first: u64, last: u64) -> Self {
        let mut missing = Self::default();
        let mut next = first;
        for (start, end) in self.0.iter().map(|(start, end)| (*start, *end)).filter(|(_, end)| *end >= first) {
            if start > last {
                break;
            }
            if start > next {
                missing.0.insert(next, start - 1);
            }
            match end.checked_add(1) {
                Some(after) => next = after,
                None => return missing,
            }
        }
        if next <= last {
            missing.0.insert(next, last);
        }
        missing
    }

    /// The numbers of the set outside a range.
    #[must_use]
    pub fn outside(&self, first: u64, last: u64) -> Self {
        let mut outside = Self::default();
        for (start, end) in &self.0 {
            if *start < first {
                outside.0.insert(*start, (*end).min(first - 1));
            }
            if *end > last {
                outside.0.insert((*start).max(last + 1), *end);
            }
        }
        outside
    }

    /// The ranges, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> {
        self.0.iter().map(|(first, last)| (*first, *last))
    }

    /// The highest number.
    #[must_use]
    pub fn last(&self) -> Option<u64> {
        self.0.values().next_back().copied()
    }

    /// The lowest number.
    #[must_use]
    pub fn first(&self) -> Option<u64> {
        self.0.keys().next().copied()
    }

    /// The number of elements.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(first, last)| last - first + 1).sum()
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// `2, 5..9`, with at most ten ranges.
impl fmt::Display for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, (first, last)) in self.0.iter().enumerate() {
            match nth {
                0 => {}
                10 => return f.write_str(", …"),
                _ => f.write_str(", ")?,
            }
            if first == last { write!(f, "{first}")? } else { write!(f, "{first}..{last}")? }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_are_written_like_ranges() {
        let mut ranges = Ranges::default();
        assert!([3, 7, 1, 2, 9, 8].into_iter().all(|number| ranges.insert(number)));
        assert_eq!(ranges.to_string(), "1..3, 7..9");
        assert!(ranges.insert(u64::MAX));
        assert_eq!(ranges.missing(0, u64::MAX).to_string(), format!("0, 4..6, 10..{}", u64::MAX - 1));
    }

    proptest! {
        #[test]
        fn it_is_a_set(numbers in proptest::collection::vec(0_u64..30, 0..60), a in 0_u64..30, b in 0_u64..30) {
            let (mut ranges, mut set) = (Ranges::default(), BTreeSet::new());
            for number in numbers {
                prop_assert_eq!(ranges.insert(number), set.insert(number));
            }
            let (first, last) = (a.min(b), a.max(b));
            let all = |ranges: &Ranges| ranges.0.iter().flat_map(|(first, last)| *first..=*last).collect::<Vec<_>>();
            prop_assert_eq!(all(&ranges), set.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(ranges.count(), set.len() as u64);
            prop_assert_eq!(ranges.last(), set.last().copied());
            let missing: Vec<u64> = (first..=last).filter(|number| !set.contains(number)).collect();
            prop_assert_eq!(all(&ranges.missing(first, last)), missing);
            let outside: Vec<u64> = set.iter().copied().filter(|number| !(first..=last).contains(number)).collect();
            prop_assert_eq!(all(&ranges.outside(first, last)), outside);
        }
    }
}

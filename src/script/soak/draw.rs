//! Chance, all of it from one seed.
//!
//! Each purpose draws from a stream of its own, so what one person does never changes what another does, however the
//! processes happen to interleave.

use std::time::Duration;

/// A stream of numbers (SplitMix64).
#[derive(Debug, Clone)]
pub(super) struct Draw(u64);

impl Draw {
    /// The stream of a purpose, and of a number where there are several of it.
    pub(super) fn of(seed: u64, purpose: &str, number: u64) -> Self {
        // FNV-1a, so that the purposes lie far apart.
        let name = purpose.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut draw = Self(seed ^ name ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        draw.next();
        draw
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `limit`; 0 where there is nothing below it.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// From `low` to `high`, both included.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True in so many of a hundred cases.
    pub(super) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// One of a list that is not empty.
    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::try_from(self.below(list.len() as u64)).unwrap_or(0)]
    }

    /// From `low` to `high` milliseconds.
    pub(super) fn millis(&mut self, low: u64, high: u64) -> Duration {
        Duration::from_millis(self.between(low, high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_draws_the_same_again_and_another_something_else() {
        let drawn = |seed, purpose, number| {
            let mut draw = Draw::of(seed, purpose, number);
            [draw.below(1000), draw.below(1000), draw.below(1000)]
        };
        assert_eq!(drawn(7, "kills", 0), drawn(7, "kills", 0));
        for other in [
            drawn(8, "kills", 0),
            drawn(7, "faults", 0),
            drawn(7, "kills", 1),
        ] {
            assert_ne!(drawn(7, "kills", 0), other);
        }
    }

    #[test]
    fn what_is_drawn_lies_within_its_bounds() {
        let mut draw = Draw::of(1, "bounds", 0);
        for _ in 0..1000 {
            assert!((3..=5).contains(&draw.between(3, 5)));
            assert_eq!(draw.below(1), 0);
            assert!(["a", "b"].contains(&draw.pick(&["a", "b"])));
        }
        assert!(!draw.percent(0) && draw.percent(100));
    }
}

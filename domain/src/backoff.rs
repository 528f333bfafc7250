//! Pauses between tries that double up to a bound: the one arithmetic for all that is tried again.
//!
//! How often something is tried, and what counts as a failure, is the business of whoever tries.

use std::time::Duration;

/// How long to wait before something is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The pause after the first failure; it doubles with each further one.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
}

impl Backoff {
    /// Pauses from `first` up to `longest`.
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest }
    }

    /// The pause after a failure that so many others in a row came before.
    pub fn pause(&self, earlier: u32) -> Duration {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(earlier));
        doubled.min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_however_many_failures_there_were() {
        let backoff = Backoff::new(Duration::from_secs(3), Duration::from_secs(20));
        let pauses = [0, 1, 2, 3, 31, 32, u32::MAX].map(|earlier| backoff.pause(earlier).as_secs());
        assert_eq!(pauses, [3, 6, 12, 20, 20, 20, 20]);
    }
}

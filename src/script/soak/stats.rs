//! Numbers that grow while a soak runs, in a fixed room.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// Latencies are told apart up to so many milliseconds; Discord gives up at 3000.
const LONGEST: usize = 3_000;

/// What has been counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    /// Commands and clicks whose answer said that it is done.
    pub(super) accepted: u64,
    /// Those that were turned down.
    pub(super) refused: u64,
    /// Those that were acknowledged and changed nothing that could be seen, or were said to be uncertain.
    pub(super) perhaps: u64,
    /// Those without any answer.
    pub(super) unanswered: u64,
    /// Tweets that answers promised.
    pub(super) promised: u64,
    /// Times that the engine was killed.
    pub(super) kills: u64,
    /// Troubles that were switched on, gateway trouble included.
    pub(super) faults: u64,
    /// Clients that were resumed.
    pub(super) resumed: u64,
}

#[derive(Debug)]
struct Inner {
    counts: Counts,
    latencies: Vec<u32>,
}

/// The counters; shared by reference.
#[derive(Debug)]
pub(super) struct Stats(Mutex<Inner>);

impl Default for Stats {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            counts: Counts::default(),
            latencies: vec![0; LONGEST + 1],
        }))
    }
}

impl Stats {
    /// Counts something.
    pub(super) fn count(&self, what: impl FnOnce(&mut Counts)) {
        what(&mut self.lock().counts);
    }

    /// How it stands.
    pub(super) fn counts(&self) -> Counts {
        self.lock().counts.clone()
    }

    /// Notes how long an acknowledgement took.
    pub(super) fn acknowledged(&self, millis: u64) {
        let at = usize::try_from(millis).unwrap_or(LONGEST).min(LONGEST);
        self.lock().latencies[at] += 1;
    }

    /// The latency, in milliseconds, below or at which so many of a hundred lie.
    pub(super) fn percentile(&self, percent: u64) -> usize {
        let inner = self.lock();
        let all: u64 = inner.latencies.iter().map(|n| u64::from(*n)).sum();
        let wanted = (all * percent).div_ceil(100);
        let mut seen = 0;
        let reaches = |n: &u32| {
            seen += u64::from(*n);
            seen >= wanted
        };
        inner.latencies.iter().position(reaches).unwrap_or(0)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_what_was_noted() {
        let stats = Stats::default();
        for millis in 1..=100 {
            stats.acknowledged(millis);
        }
        stats.acknowledged(1_000_000);
        assert_eq!((stats.percentile(50), stats.percentile(99)), (51, 100));
        assert_eq!(stats.percentile(100), LONGEST);
    }
}

//! A circuit breaker: after several failures in a row a service is left alone for a while, then tried with one call.

use std::time::Duration;

use clara_domain::later;
use jiff::Timestamp;

/// When a service is left alone, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open before one call is let through.
    pub pause: Duration,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            failures: 5,
            pause: Duration::from_secs(30),
        }
    }
}

/// Whether calls go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// They do.
    Closed,
    /// They do not, until a time.
    Open {
        /// Until when.
        until: Timestamp,
    },
    /// One has been let through; its outcome decides. If none is heard of, another one goes at a time.
    HalfOpen {
        /// At which time.
        until: Timestamp,
    },
}

/// The breaker of one service.
#[derive(Debug)]
pub struct Breaker {
    policy: BreakerPolicy,
    failures: u32,
    state: BreakerState,
}

impl Breaker {
    /// A closed one.
    pub fn new(policy: BreakerPolicy) -> Self {
        Self {
            policy,
            failures: 0,
            state: BreakerState::Closed,
        }
    }

    /// Whether a call may leave; if not, how long to wait.
    pub fn admit(&mut self, now: Timestamp) -> Result<(), Duration> {
        match self.state {
            BreakerState::Closed => Ok(()),
            BreakerState::Open { until } | BreakerState::HalfOpen { until } if now >= until => {
                let until = self.after_pause(now);
                self.state = BreakerState::HalfOpen { until };
                Ok(())
            }
            BreakerState::Open { until } | BreakerState::HalfOpen { until } => {
                Err(Duration::try_from(until.duration_since(now)).unwrap_or_default())
            }
        }
    }

    /// Notes what became of a call: whether the service worked, whatever it answered.
    pub fn note(&mut self, worked: bool, now: Timestamp) {
        if worked {
            self.failures = 0;
            self.state = BreakerState::Closed;
            return;
        }
        self.failures += 1;
        if self.failures >= self.policy.failures {
            let until = self.after_pause(now);
            self.state = BreakerState::Open { until };
        }
    }

    fn after_pause(&self, now: Timestamp) -> Timestamp {
        later(now, self.policy.pause)
    }

    /// Whether calls go through.
    pub fn state(&self) -> BreakerState {
        self.state
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_one_success_closes_it() {
        let mut breaker = Breaker::new(BreakerPolicy::default());
        for n in 0..4 {
            breaker.note(false, at(n));
        }
        breaker.note(true, at(4));
        for n in 5..10 {
            assert_eq!(breaker.admit(at(n)), Ok(()));
            breaker.note(false, at(n));
        }
        assert_eq!(breaker.admit(at(19)), Err(Duration::from_secs(20)));
    }

    #[test]
    fn after_its_pause_it_lets_one_call_through_whose_outcome_decides() {
        let mut breaker = Breaker::new(BreakerPolicy::default());
        (0..5).for_each(|_| breaker.note(false, at(0)));
        assert_eq!(breaker.admit(at(30)), Ok(()));
        assert_eq!(breaker.admit(at(30)), Err(Duration::from_secs(30)));
        breaker.note(false, at(31));
        assert_eq!(breaker.state(), BreakerState::Open { until: at(61) });
        assert_eq!(breaker.admit(at(61)), Ok(()));
        breaker.note(true, at(62));
        assert_eq!(breaker.state(), BreakerState::Closed);
    }
}

//! When to start something again that has ended, and when to leave it alone.
//!
//! Plain arithmetic over exits and times; who ended and who is started is the engine's business.

use std::collections::VecDeque;
use std::time::Duration;

use clara_domain::Backoff;
use jiff::Timestamp;

/// Why an actor ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExitReason {
    /// It was told to.
    Stopped,
    /// It could not go on, and said why.
    Failed(String),
    /// It panicked.
    Panicked,
}

impl std::fmt::Display for ExitReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stopped => f.write_str("it was stopped"),
            Self::Failed(reason) => f.write_str(reason),
            Self::Panicked => f.write_str("it panicked; the log says where"),
        }
    }
}

/// How patiently failures are answered with a new start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestartPolicy {
    /// The pause before the first new start; it doubles with each further one.
    pub first_delay: Duration,
    /// The longest pause.
    pub longest_delay: Duration,
    /// With more failures than this within [`RestartPolicy::within`] there is no further start.
    pub most: usize,
    /// The window in which failures are counted.
    pub within: Duration,
}

impl Default for RestartPolicy {
    fn default() -> Self {
        Self {
            first_delay: Duration::from_millis(100),
            longest_delay: Duration::from_secs(10),
            most: 5,
            within: Duration::from_secs(60),
        }
    }
}

/// What to do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Start again after a pause.
    RestartAfter(Duration),
    /// Leave it alone, and tell people.
    Quarantine,
}

/// The failures of one actor, as far as they still count.
#[derive(Debug, Clone, Default)]
pub struct FailureHistory {
    failures: VecDeque<Timestamp>,
}

impl FailureHistory {
    /// Notes a failure and says what to do about it.
    pub fn note(&mut self, now: Timestamp, policy: &RestartPolicy) -> Verdict {
        let oldest = now.checked_sub(policy.within).unwrap_or(Timestamp::MIN);
        self.failures.retain(|failure| *failure >= oldest);
        self.failures.push_back(now);
        let count = self.failures.len();
        if count > policy.most {
            return Verdict::Quarantine;
        }
        let earlier = u32::try_from(count - 1).unwrap_or(u32::MAX);
        let backoff = Backoff::new(policy.first_delay, policy.longest_delay);
        Verdict::RestartAfter(backoff.pause(earlier))
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
    fn pauses_double_and_then_it_is_left_alone() {
        let policy = RestartPolicy::default();
        let mut history = FailureHistory::default();
        let verdicts: Vec<_> = (0..6).map(|n| history.note(at(n), &policy)).collect();
        let pauses =
            [100, 200, 400, 800, 1600].map(|ms| Verdict::RestartAfter(Duration::from_millis(ms)));
        assert_eq!(verdicts[..5], pauses);
        assert_eq!(verdicts[5], Verdict::Quarantine);
    }

    #[test]
    fn failures_that_are_far_apart_do_not_add_up() {
        let policy = RestartPolicy::default();
        let mut history = FailureHistory::default();
        for n in 0..100 {
            let verdict = history.note(at(n * 61), &policy);
            assert_eq!(verdict, Verdict::RestartAfter(policy.first_delay));
        }
    }
}

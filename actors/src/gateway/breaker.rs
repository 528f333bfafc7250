//! A circuit breaker: after several failures in a row a service is left alone for a while, then tried with one call.
//!
//! Who is let through holds a [`Ticket`]; only the tickets of the present state count. So the one call that tries
//! whether the service works again decides alone, and calls that left before are heard no more.

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
    /// How long that call is waited for; then another one is let through.
    pub probe: Duration,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            failures: 5,
            pause: Duration::from_secs(30),
            probe: Duration::from_secs(200),
        }
    }
}

/// Whether calls go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// They do.
    Closed,
    /// They do not, until a time; the first one after it is a trial.
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

/// What a call was let through with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(u64);

/// The breaker of one service, or of one client's calls to it.
#[derive(Debug, Clone)]
pub struct Breaker {
    policy: BreakerPolicy,
    failures: u32,
    state: BreakerState,
    since: Option<Timestamp>,
    reason: Option<String>,
    /// Grows with every change of state: tickets of an earlier one are worth nothing.
    round: u64,
}

impl Breaker {
    /// A closed one.
    pub fn new(policy: BreakerPolicy) -> Self {
        Self {
            policy,
            failures: 0,
            state: BreakerState::Closed,
            since: None,
            reason: None,
            round: 0,
        }
    }

    /// How long a call has to wait; nothing where one may leave.
    pub fn wait(&self, now: Timestamp) -> Option<Duration> {
        let (until, longest) = match self.state {
            BreakerState::Closed => return None,
            BreakerState::Open { until } => (until, self.policy.pause),
            BreakerState::HalfOpen { until } => (until, self.policy.probe),
        };
        let left = until.duration_since(now);
        // More is left than there ever was: the clock was set back, and nobody knows how long it has been.
        let is_over = !left.is_positive() || left.unsigned_abs() > longest;
        // An outcome may come at any time: it is worth asking again soon.
        (!is_over).then(|| left.unsigned_abs().min(self.policy.pause))
    }

    /// Lets a call leave; if none may, says how long to wait.
    pub fn admit(&mut self, now: Timestamp) -> Result<Ticket, Duration> {
        if let Some(wait) = self.wait(now) {
            return Err(wait);
        }
        if self.state != BreakerState::Closed {
            let until = later(now, self.policy.probe);
            self.turn(BreakerState::HalfOpen { until }, now);
        }
        Ok(Ticket(self.round))
    }

    /// Notes what became of a call: whether the service worked, whatever it answered, or why not.
    pub fn note(&mut self, ticket: Ticket, outcome: Result<(), &str>, now: Timestamp) {
        self.note_or_bear(ticket, outcome, now, true);
    }

    /// As [`Breaker::note`]; but a failure opens it only where it may, a failed trial excepted.
    pub(super) fn note_or_bear(
        &mut self,
        ticket: Ticket,
        outcome: Result<(), &str>,
        now: Timestamp,
        may_open: bool,
    ) {
        if ticket.0 != self.round {
            return;
        }
        let Err(reason) = outcome else {
            self.failures = 0;
            self.reason = None;
            if self.state != BreakerState::Closed {
                self.turn(BreakerState::Closed, now);
            }
            return;
        };
        self.failures = self.failures.saturating_add(1);
        self.reason = Some(reason.to_owned());
        let opens = match self.state {
            BreakerState::Closed => may_open && self.failures >= self.policy.failures,
            BreakerState::Open { .. } | BreakerState::HalfOpen { .. } => true,
        };
        if opens {
            let until = later(now, self.policy.pause);
            self.turn(BreakerState::Open { until }, now);
        }
    }

    /// A call came to nothing before it reached the service: if it was the trial, another one may be made at once.
    pub fn abandon(&mut self, ticket: Ticket, now: Timestamp) {
        if ticket.0 == self.round && self.state != BreakerState::Closed {
            self.turn(BreakerState::Open { until: now }, now);
        }
    }

    fn turn(&mut self, state: BreakerState, now: Timestamp) {
        self.state = state;
        self.since = Some(now);
        self.round += 1;
    }

    /// Whether calls go through.
    pub fn state(&self) -> BreakerState {
        self.state
    }

    /// Since when they do, or do not; none where it has never been otherwise.
    pub fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// Why the last call failed, unless one has worked since.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn breaker() -> Breaker {
        Breaker::new(BreakerPolicy::default())
    }

    fn fail(breaker: &mut Breaker, now: Timestamp) {
        let ticket = breaker.admit(now).unwrap();
        breaker.note(ticket, Err("no answer"), now);
    }

    fn opened() -> Breaker {
        let mut breaker = breaker();
        (0..5).for_each(|_| fail(&mut breaker, at(0)));
        assert_eq!(breaker.state(), BreakerState::Open { until: at(30) });
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row_which_a_success_interrupts() {
        let mut breaker = breaker();
        (0..4).for_each(|n| fail(&mut breaker, at(n)));
        let ticket = breaker.admit(at(4)).unwrap();
        breaker.note(ticket, Ok(()), at(4));
        assert_eq!(breaker.reason(), None);
        (5..10).for_each(|n| fail(&mut breaker, at(n)));
        assert_eq!(breaker.admit(at(19)), Err(Duration::from_secs(20)));
        assert_eq!(breaker.since(), Some(at(9)));
        assert_eq!(breaker.reason(), Some("no answer"));
    }

    #[test]
    fn after_its_pause_it_lets_one_call_through_whose_outcome_decides() {
        let mut breaker = opened();
        let probe = breaker.admit(at(30)).unwrap();
        assert_eq!(breaker.admit(at(30)), Err(Duration::from_secs(30)));
        breaker.note(probe, Err("no answer"), at(31));
        assert_eq!(breaker.state(), BreakerState::Open { until: at(61) });
        let probe = breaker.admit(at(61)).unwrap();
        breaker.note(probe, Ok(()), at(62));
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[test]
    fn calls_that_left_before_decide_nothing() {
        let mut breaker = breaker();
        let early = breaker.admit(at(0)).unwrap();
        (0..5).for_each(|_| fail(&mut breaker, at(0)));
        breaker.note(early, Ok(()), at(1));
        assert_eq!(breaker.state(), BreakerState::Open { until: at(30) });
        let probe = breaker.admit(at(30)).unwrap();
        breaker.note(early, Ok(()), at(31));
        assert!(matches!(breaker.state(), BreakerState::HalfOpen { .. }));
        breaker.note(probe, Ok(()), at(32));
        breaker.note(early, Err("no answer"), at(33));
        assert_eq!(breaker.reason(), None);
    }

    #[test]
    fn a_trial_that_is_never_heard_of_is_followed_by_another() {
        let mut breaker = opened();
        let lost = breaker.admit(at(30)).unwrap();
        assert_eq!(breaker.admit(at(229)), Err(Duration::from_secs(1)));
        let probe = breaker.admit(at(230)).unwrap();
        breaker.note(lost, Err("no answer"), at(231));
        assert!(matches!(breaker.state(), BreakerState::HalfOpen { .. }));
        breaker.note(probe, Ok(()), at(231));
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[test]
    fn a_trial_that_never_reached_the_service_is_made_by_another_call() {
        let mut breaker = opened();
        let stopped = breaker.admit(at(30)).unwrap();
        breaker.abandon(stopped, at(31));
        assert!(breaker.admit(at(31)).is_ok());
        assert!(breaker.admit(at(31)).is_err());
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_keep_it_open() {
        let mut breaker = opened();
        assert!(breaker.admit(at(-3600)).is_ok());
        assert_eq!(breaker.admit(at(-3599)), Err(Duration::from_secs(30)));
    }
}

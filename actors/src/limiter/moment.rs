//! The limiter's own time: it only goes forward, however often the wall clock is set.
//!
//! Quotas are counted by it alone. A wall clock that is set back neither stops it nor makes it repeat itself: what
//! passes after that counts, what is said to pass again does not pass twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::Clock as GovernorClock;
use governor::nanos::Nanos;
use jiff::Timestamp;

use crate::ports::Clock;

/// How far back from the limiter's start its time reaches: beyond the longest window, for what left before it.
const BEFORE: Duration = Duration::from_secs(48 * 60 * 60);

/// A moment of the limiter's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Moment(Duration);

impl Moment {
    /// The moment at which a limiter starts.
    pub(super) const START: Self = Self(BEFORE);

    /// What governor read off a [`Hand`].
    pub(super) fn of(nanos: Nanos) -> Self {
        Self(Duration::from_nanos(nanos.as_u64()))
    }

    pub(super) fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(time))
    }

    /// How long ago another moment was; nothing where it is yet to come.
    pub(super) fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    fn before(self, time: Duration) -> Self {
        Self(self.0.saturating_sub(time))
    }
}

/// Counts the limiter's time from the engine's clock.
pub(super) struct Steady {
    clock: Arc<dyn Clock>,
    seen: Duration,
    now: Moment,
}

impl Steady {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            seen: clock.steady(),
            clock,
            now: Moment::START,
        }
    }

    /// The moment now: further by what has passed since the last look, if anything has.
    pub(super) fn now(&mut self) -> Moment {
        let seen = self.clock.steady();
        self.now = self.now.after(seen.saturating_sub(self.seen));
        self.seen = seen;
        self.now
    }

    /// The moment that a time of the wall clock is, as that clock stands now.
    pub(super) fn moment(&mut self, at: Timestamp) -> Moment {
        let now = self.now();
        let ahead = at.duration_since(self.clock.now());
        if ahead.is_negative() {
            now.before(ahead.unsigned_abs())
        } else {
            now.after(ahead.unsigned_abs())
        }
    }
}

/// The hand that governor reads the time off: it stands where it was put last.
#[derive(Debug, Clone, Default)]
pub(super) struct Hand(Arc<AtomicU64>);

impl Hand {
    pub(super) fn set(&self, at: Moment) {
        let nanos = u64::try_from(at.0.as_nanos()).unwrap_or(u64::MAX);
        self.0.store(nanos, Ordering::Relaxed);
    }

    pub(super) fn moment(&self) -> Moment {
        Moment(Duration::from_nanos(self.0.load(Ordering::Relaxed)))
    }

    pub(super) fn turn_to(&self, at: Nanos) {
        self.0.store(at.as_u64(), Ordering::Relaxed);
    }
}

impl GovernorClock for Hand {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(self.0.load(Ordering::Relaxed))
    }
}

//! The engine's clock as governor reads it.

use std::sync::Arc;
use std::time::Duration;

use governor::clock::Clock as GovernorClock;
use governor::nanos::Nanos;
use jiff::Timestamp;

use crate::ports::Clock;

/// Counts from its own making; a clock that is set back counts as standing still.
#[derive(Clone)]
pub(super) struct EngineClock {
    clock: Arc<dyn Clock>,
    origin: Timestamp,
}

impl EngineClock {
    pub(super) fn new(clock: &Arc<dyn Clock>) -> Self {
        Self {
            clock: clock.clone(),
            origin: clock.now(),
        }
    }
}

impl GovernorClock for EngineClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let passed = self.clock.now().duration_since(self.origin);
        Nanos::from(Duration::try_from(passed).unwrap_or_default())
    }
}

//! The world's time as the engine's.

use std::time::Duration;

use async_trait::async_trait;
use clara_actors::ports::Clock;
use clara_sandbox::SimClock;
use jiff::Timestamp;

/// The longest sleep without a look at the time: a machine may be suspended meanwhile.
const STEP: Duration = Duration::from_secs(2);
/// The shortest: the wall clock and the timer do not agree to the microsecond.
const SHORTEST: Duration = Duration::from_millis(1);

/// The clock of a pretended world: who sleeps wakes when it is advanced past their time.
#[derive(Debug, Clone)]
pub struct WorldClock(SimClock);

impl WorldClock {
    /// The engine's view of a world's clock.
    pub fn new(clock: SimClock) -> Self {
        Self(clock)
    }
}

#[async_trait]
impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    async fn sleep_until(&self, at: Timestamp) {
        let mut advances = self.0.subscribe();
        loop {
            let left = self.0.now().duration_until(at);
            if left.is_zero() || left.is_negative() {
                return;
            }
            let left = left.unsigned_abs() / self.0.pace().factor().max(1);
            let pause = left.min(STEP).max(SHORTEST);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                // The clock lives in `self`, so the channel cannot close while this waits.
                _ = advances.changed() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use clara_sandbox::Pace;

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_world_is_moved_past_its_time() {
        let world = SimClock::new(Duration::ZERO);
        let clock = WorldClock::new(world.clone());
        let at = clock.now() + Duration::from_secs(24 * 3600);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(at).await }
        });
        world.advance(Duration::from_secs(3600));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        world.advance(Duration::from_secs(24 * 3600));
        tokio::time::timeout(Duration::from_secs(60), sleeper)
            .await
            .unwrap()
            .unwrap();
        assert!(clock.now() >= at);
    }

    #[tokio::test]
    async fn a_sleeper_of_a_fast_world_waits_as_much_shorter() {
        let world = SimClock::new(Duration::ZERO);
        world.run_at(Pace::from_now(Timestamp::UNIX_EPOCH, 3600));
        let clock = WorldClock::new(world);
        let at = Timestamp::UNIX_EPOCH + Duration::from_secs(360);
        let begun = std::time::Instant::now();
        clock.sleep_until(at).await;
        assert!(clock.now() >= at);
        let waited = begun.elapsed();
        assert!(waited < Duration::from_secs(60), "{waited:?}");
    }

    #[tokio::test]
    async fn a_time_that_has_passed_is_not_waited_for() {
        WorldClock::new(SimClock::new(Duration::ZERO))
            .sleep_until(Timestamp::UNIX_EPOCH)
            .await;
    }
}

//! The system's clock behind the port.
//!
//! The invariant: a sleeper wakes soon after the wall clock has reached its time, even when that clock was set forward
//! or the machine was suspended meanwhile; so it sleeps in short steps and looks again.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use clara_actors::ports::Clock;
use jiff::Timestamp;

/// The longest step. A clock that jumps is noticed this late at most.
const STEP: Duration = Duration::from_secs(2);
/// The shortest step: the wall clock and the timer do not agree to the microsecond.
const SHORTEST: Duration = Duration::from_millis(1);

/// The first look at the machine's clock that is never set.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The wall clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn steady(&self) -> Duration {
        START.elapsed()
    }

    async fn sleep_until(&self, at: Timestamp) {
        sleep_in_steps(Timestamp::now, at, STEP).await;
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

async fn sleep_in_steps(now: impl Fn() -> Timestamp, at: Timestamp, step: Duration) {
    loop {
        let left = now().duration_until(at);
        if left.is_zero() || left.is_negative() {
            return;
        }
        let left = left.unsigned_abs();
        tokio::time::sleep(left.min(step).max(SHORTEST)).await;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::cell::Cell;

    #[tokio::test]
    async fn a_time_that_has_passed_is_not_waited_for() {
        let started = Instant::now();
        SystemClock.sleep_until(Timestamp::UNIX_EPOCH).await;
        SystemClock.sleep_until(SystemClock.now()).await;
        assert!(started.elapsed() < STEP);
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_its_time_is_reached_and_not_before() {
        let at = SystemClock.now() + Duration::from_millis(30);
        SystemClock.sleep_until(at).await;
        assert!(SystemClock.now() >= at);
    }

    #[tokio::test]
    async fn a_pause_is_as_long_as_it_was_to_be_by_the_clock_that_is_never_set() {
        let before = SystemClock.steady();
        SystemClock.sleep(Duration::from_millis(30)).await;
        let passed = SystemClock.steady() - before;
        assert!(passed >= Duration::from_millis(30), "{passed:?}");
    }

    #[tokio::test]
    async fn a_sleeper_notices_that_the_clock_was_set_forward() {
        let at = Timestamp::UNIX_EPOCH + Duration::from_secs(3600);
        let looks = Cell::new(0);
        let jumping = || {
            looks.set(looks.get() + 1);
            if looks.get() < 3 {
                Timestamp::UNIX_EPOCH
            } else {
                at
            }
        };
        let started = Instant::now();
        sleep_in_steps(jumping, at, Duration::from_millis(1)).await;
        assert_eq!(looks.get(), 3);
        assert!(started.elapsed() < Duration::from_secs(60));
    }

    #[tokio::test]
    async fn a_sleeper_sleeps_longer_when_the_clock_was_set_back() {
        let at = Timestamp::UNIX_EPOCH + Duration::from_secs(10);
        let times = [9, 3, 9, 10].map(|s| Timestamp::UNIX_EPOCH + Duration::from_secs(s));
        let looks = Cell::new(0);
        let now = || {
            let time = times[looks.get()];
            looks.set(looks.get() + 1);
            time
        };
        sleep_in_steps(now, at, Duration::from_millis(1)).await;
        assert_eq!(looks.get(), times.len());
    }
}

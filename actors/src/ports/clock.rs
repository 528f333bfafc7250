//! Time, as the engine knows it.

use std::time::Duration;

use async_trait::async_trait;
use clara_domain::later;
use jiff::Timestamp;

/// Tells the time and waits for it. All waiting in the engine goes through this, so that time can be virtual.
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// The time now. It may jump; it is never compared with another clock's.
    fn now(&self) -> Timestamp;

    /// How long something that never stops and never jumps has been running: what limits are counted by. A clock that
    /// has nothing better counts by [`Clock::now`], and hands its jumps on.
    fn steady(&self) -> Duration {
        let since = self.now().duration_since(Timestamp::UNIX_EPOCH);
        Duration::try_from(since).unwrap_or_default()
    }

    /// Resolves when [`Clock::now`] has reached a time, at once where it has already.
    async fn sleep_until(&self, at: Timestamp);

    /// Resolves when a time has passed; by [`Clock::steady`] where there is such a thing.
    async fn sleep(&self, time: Duration) {
        self.sleep_until(later(self.now(), time)).await;
    }
}

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

    /// Resolves when [`Clock::now`] has reached a time, at once where it has already.
    async fn sleep_until(&self, at: Timestamp);

    /// Resolves when a time has passed.
    async fn sleep(&self, time: Duration) {
        self.sleep_until(later(self.now(), time)).await;
    }
}

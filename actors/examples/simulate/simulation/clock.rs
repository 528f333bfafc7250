//! The engine's clock: the world's time, as wrong as the engine's host has it.

use std::sync::Arc;

use async_trait::async_trait;
use clara_actors::ports::Clock;
use jiff::Timestamp;

use super::time::Whose;
use super::world::World;

/// See the module.
pub(crate) struct SimClock(pub(crate) Arc<World>);

#[async_trait]
impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    async fn sleep_until(&self, at: Timestamp) {
        self.0.sleep_until(Whose::Engine, at).await;
    }
}

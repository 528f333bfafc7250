//! Ids that are never given twice in a run: the engine's time, then a number that only grows.

use std::sync::Arc;

use clara_actors::ports::Ids;
use clara_domain::ids::TweetId;
use uuid::Builder;

use super::world::World;

/// See the module.
pub(crate) struct SimIds(pub(crate) Arc<World>);

impl Ids for SimIds {
    fn tweet(&self) -> TweetId {
        let millis = u64::try_from(self.0.now().as_millisecond()).unwrap_or(0);
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.0.next_number().to_be_bytes());
        TweetId(Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
    }
}

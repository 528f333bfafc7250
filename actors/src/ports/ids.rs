//! New ids.

use clara_domain::ids::TweetId;

/// Makes ids that were never given before.
pub trait Ids: Send + Sync + 'static {
    /// An id for a new tweet: a `UUIDv7` of the engine's clock.
    fn tweet(&self) -> TweetId;
}

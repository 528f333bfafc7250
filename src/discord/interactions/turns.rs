//! One click at a time on the same tweet: between looking at a tweet and asking the engine, no other click decides.
//!
//! Commands do not wait here: what they ask names its tweet, not what a card showed.

use std::hash::{DefaultHasher, Hash, Hasher};

use clara_domain::ids::TweetId;
use tokio::sync::{Mutex, MutexGuard};

const LANES: usize = 64;

/// A fixed number of queues; tweets that share one wait for each other now and then.
pub(super) struct Turns(Vec<Mutex<()>>);

impl Default for Turns {
    fn default() -> Self {
        Self(
            std::iter::repeat_with(|| Mutex::new(()))
                .take(LANES)
                .collect(),
        )
    }
}

impl Turns {
    pub(super) async fn wait(&self, tweet: TweetId) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        tweet.hash(&mut hasher);
        let lane = hasher.finish() as usize % LANES;
        self.0[lane].lock().await
    }
}

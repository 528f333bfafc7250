//! The pretend world's time: the wall clock, or one that runs at another [`Pace`], plus an offset that only grows.
//! Everything a simulator stamps, expires or rate-limits reads this clock, so moving it moves the whole world at once.
//! What waits for real time (socket timeouts, an interaction's three seconds) stays with the wall clock.

mod pace;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::store::{Entry, Store};
pub use pace::{BadPace, Pace};

/// A cheap handle on the world's time; all clones move together.
#[derive(Clone, Debug)]
pub struct SimClock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pace: Mutex<Pace>,
    offset: watch::Sender<Duration>,
    log: Option<Store>,
}

impl SimClock {
    /// A clock that runs `offset` ahead of the wall clock and writes nothing down.
    #[must_use]
    pub fn new(offset: Duration) -> Self {
        Self::with_log(offset, None)
    }

    /// The clock as it was when the world stopped: each advance is logged to `store`, and `replay` holds the earlier ones.
    #[must_use]
    pub fn replayed(store: &Store, replay: &[Entry]) -> Self {
        let offset = replay
            .iter()
            .filter(|e| e.service == "clock" && e.kind == "offset")
            .filter_map(|e| e.data["ms"].as_u64())
            .max()
            .unwrap_or(0);
        Self::with_log(Duration::from_millis(offset), Some(store.clone()))
    }

    fn with_log(offset: Duration, log: Option<Store>) -> Self {
        let (offset, _) = watch::channel(offset);
        Self {
            inner: Arc::new(Inner {
                pace: Mutex::default(),
                offset,
                log,
            }),
        }
    }

    /// The world's present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.pace()
            .at(Timestamp::now())
            .checked_add(self.offset())
            .unwrap_or(Timestamp::MAX)
    }

    /// How the world's time runs beside the wall clock.
    #[must_use]
    pub fn pace(&self) -> Pace {
        *self.lock()
    }

    /// Lets the world's time run like this from now on. Not logged, and meant for the beginning of a world: whoever has
    /// seen a later time than the new one would see time go back.
    pub fn run_at(&self, pace: Pace) {
        *self.lock() = pace;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Pace> {
        self.inner
            .pace
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the world's time forward; there is no way back.
    pub fn advance(&self, by: Duration) {
        self.inner.offset.send_modify(|offset| {
            *offset = offset.saturating_add(by);
            if let Some(log) = &self.inner.log {
                let ms = u64::try_from(offset.as_millis()).unwrap_or(u64::MAX);
                log.append(&Entry::new(
                    "clock",
                    "offset",
                    serde_json::json!({ "ms": ms }),
                ));
            }
        });
    }

    /// How far the world runs ahead of the wall clock.
    #[must_use]
    pub fn offset(&self) -> Duration {
        *self.inner.offset.borrow()
    }

    /// Resolves at the next advance.
    pub async fn changed(&self) {
        // The sender lives in `self`, so the channel cannot close while we wait.
        let _ = self.subscribe().changed().await;
    }

    /// A receiver that sees every later advance.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Duration> {
        self.inner.offset.subscribe()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn all_clones_move_together_and_only_forward() {
        let clock = SimClock::new(Duration::from_secs(5));
        let other = clock.clone();
        let before = other.now();
        clock.advance(Duration::from_secs(3600));
        assert_eq!(other.offset(), Duration::from_secs(3605));
        assert!(other.now().duration_since(before).as_secs() >= 3600);
    }

    #[test]
    fn the_offset_survives_in_the_log() {
        let dir = std::env::temp_dir().join(format!("clara-clock-{}", std::process::id()));
        let path = dir.join("world.jsonl");
        std::fs::create_dir_all(&dir).unwrap();
        let (store, replay) = Store::open(Some(&path)).unwrap();
        let clock = SimClock::replayed(&store, &replay);
        clock.advance(Duration::from_secs(10));
        clock.advance(Duration::from_millis(500));
        drop((clock, store));
        let (store, replay) = Store::open(Some(&path)).unwrap();
        let again = SimClock::replayed(&store, &replay);
        std::fs::remove_dir_all(&dir).unwrap();
        assert_eq!(again.offset(), Duration::from_millis(10_500));
    }
}

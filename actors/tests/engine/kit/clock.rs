//! Time that passes only when a test says so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use clara_actors::ports::Clock;
use jiff::Timestamp;
use tokio::sync::oneshot;

use super::diary::{Diary, lock};

/// A virtual clock. Sleepers wake in the order of their times, those of the same time in the order of their coming.
#[derive(Clone)]
pub(crate) struct TestClock {
    time: Arc<Mutex<Time>>,
    diary: Diary,
}

struct Time {
    now: Timestamp,
    sleepers: BTreeMap<Place, oneshot::Sender<()>>,
    came: u64,
}

type Place = (Timestamp, u64);

impl TestClock {
    pub(crate) fn new(diary: &Diary) -> Self {
        let time = Time {
            now: "2026-03-02T08:00:00Z".parse().unwrap(),
            sleepers: BTreeMap::new(),
            came: 0,
        };
        Self {
            time: Arc::new(Mutex::new(time)),
            diary: diary.clone(),
        }
    }

    /// When the next sleeper wakes.
    pub(crate) fn next_wake(&self) -> Option<Timestamp> {
        let time = lock(&self.time);
        time.sleepers.keys().next().map(|(at, _)| *at)
    }

    /// Lets time pass up to a moment, and wakes whoever slept until then.
    pub(crate) fn set(&self, to: Timestamp) {
        let mut time = lock(&self.time);
        time.now = time.now.max(to);
        let later = time.sleepers.split_off(&(to, u64::MAX));
        for (_, sleeper) in std::mem::replace(&mut time.sleepers, later) {
            let _ = sleeper.send(());
        }
    }
}

/// Takes a sleeper that is woken no more off the list.
struct Bed<'a>(&'a TestClock, Place);

impl Drop for Bed<'_> {
    fn drop(&mut self) {
        lock(&self.0.time).sleepers.remove(&self.1);
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.diary.note_activity();
        lock(&self.time).now
    }

    async fn sleep_until(&self, at: Timestamp) {
        self.diary.enter().await;
        let (wake, woken) = oneshot::channel();
        let place = {
            let mut time = lock(&self.time);
            if at <= time.now {
                return;
            }
            time.came += 1;
            let place = (at, time.came);
            time.sleepers.insert(place, wake);
            place
        };
        let _bed = Bed(self, place);
        let _ = woken.await;
        self.diary.note_activity();
    }
}

//! New ids: `UUIDv7` (RFC 9562) from a clock and a random source.
//!
//! The twelve bits after the milliseconds count within one millisecond, the other sixty-two are random: people tell
//! tweets apart by an id's tail. The invariant: every id of a process is greater than the one before, whatever the
//! clock does.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use clara_actors::ports::{Clock, Ids};
use clara_domain::ids::TweetId;
use sha2::{Digest, Sha256};
use uuid::Builder;

/// The first value that the counter's twelve bits cannot hold.
const COUNTER_END: u16 = 1 << 12;

/// See the module.
pub struct UuidIds {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    millis: u64,
    counter: u16,
    random: Random,
}

/// SHA-256 of a seed and a counter: the same ids from the same seed, on every machine.
struct Random {
    seed: [u8; 32],
    drawn: u64,
}

impl UuidIds {
    /// Ids that no other process makes.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        // Each `RandomState` hashes with keys that come from the system's random source.
        let mut seed = Sha256::new();
        for _ in 0..4 {
            seed.update(RandomState::new().build_hasher().finish().to_le_bytes());
        }
        seed.update(uuid::Uuid::now_v7().as_bytes());
        Self::from_seed(clock, seed.finalize().into())
    }

    /// The same ids again and again, for simulations.
    pub fn seeded(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self::from_seed(clock, Sha256::digest(seed.to_le_bytes()).into())
    }

    fn from_seed(clock: Arc<dyn Clock>, seed: [u8; 32]) -> Self {
        Self {
            clock,
            state: Mutex::new(State {
                millis: 0,
                counter: 0,
                random: Random { seed, drawn: 0 },
            }),
        }
    }
}

impl Ids for UuidIds {
    fn tweet(&self) -> TweetId {
        let now = u64::try_from(self.clock.now().as_millisecond()).unwrap_or(0);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        TweetId(state.next(now).into_uuid())
    }
}

impl State {
    fn next(&mut self, now: u64) -> Builder {
        let mut bytes = self.random.next();
        if now > self.millis {
            self.millis = now;
            self.counter = 0;
        } else {
            self.counter += 1;
            if self.counter == COUNTER_END {
                self.millis += 1;
                self.counter = 0;
            }
        }
        bytes[..2].copy_from_slice(&self.counter.to_be_bytes());
        Builder::from_unix_timestamp_millis(self.millis, &bytes)
    }
}

impl Random {
    fn next(&mut self) -> [u8; 10] {
        self.drawn += 1;
        let mut hasher = Sha256::new();
        hasher.update(self.seed);
        hasher.update(self.drawn.to_le_bytes());
        let digest: [u8; 32] = hasher.finalize().into();
        let (bytes, _) = digest
            .split_first_chunk::<10>()
            .expect("ten bytes are fewer than thirty-two");
        *bytes
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use async_trait::async_trait;
    use jiff::Timestamp;
    use std::collections::BTreeSet;
    use std::sync::atomic::{AtomicI64, Ordering};

    #[derive(Default)]
    struct SetClock(AtomicI64);

    #[async_trait]
    impl Clock for SetClock {
        fn now(&self) -> Timestamp {
            Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
        }
        async fn sleep_until(&self, _at: Timestamp) {}
    }

    fn at(millis: i64) -> Arc<SetClock> {
        Arc::new(SetClock(AtomicI64::new(millis)))
    }

    #[test]
    fn an_id_is_a_version_7_uuid_of_the_clocks_time() {
        let id = UuidIds::seeded(at(1_770_000_000_123), 1).tweet().0;
        assert_eq!(id.get_version_num(), 7);
        let (seconds, nanos) = id.get_timestamp().unwrap().to_unix();
        assert_eq!((seconds, nanos), (1_770_000_000, 123_000_000));
    }

    #[test]
    fn ids_grow_within_a_millisecond_and_when_the_clock_goes_back() {
        let clock = at(1_770_000_000_000);
        let ids = UuidIds::seeded(clock.clone(), 1);
        let mut last = ids.tweet();
        for round in 0..10_000 {
            clock
                .0
                .fetch_add([0, 0, -1, 1][round % 4], Ordering::SeqCst);
            let next = ids.tweet();
            assert!(next > last, "{next} after {last}");
            last = next;
        }
    }

    #[test]
    fn ids_of_one_millisecond_differ_in_the_part_that_people_see() {
        let ids = UuidIds::seeded(at(0), 7);
        let shown: BTreeSet<_> = (0..1000).map(|_| ids.tweet().short()).collect();
        assert_eq!(shown.len(), 1000);
    }

    #[test]
    fn a_seed_gives_the_same_ids_again_and_another_seed_others() {
        let three = |seed| {
            let ids = UuidIds::seeded(at(5), seed);
            [ids.tweet(), ids.tweet(), ids.tweet()]
        };
        assert_eq!(three(1), three(1));
        assert_ne!(three(1), three(2));
    }

    #[test]
    fn two_processes_make_different_ids() {
        assert_ne!(UuidIds::new(at(5)).tweet(), UuidIds::new(at(5)).tweet());
    }
}

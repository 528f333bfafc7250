//! What was tried in vain and is not tried again before its time.

use std::collections::BTreeMap;
use std::time::Duration;

use clara_domain::effect::EffectKey;
use clara_domain::{Backoff, later};
use jiff::Timestamp;

use super::effects::End;

const BACKOFF: Backoff = Backoff::new(Duration::from_secs(2), Duration::from_secs(120));

/// The pauses of effects whose failure the client's state does not know of.
#[derive(Debug, Default)]
pub(super) struct Delays(BTreeMap<EffectKey, Delay>);

#[derive(Debug, Clone, Copy)]
struct Delay {
    until: Timestamp,
    tries: u32,
}

impl Delays {
    pub(super) fn holds(&self, key: EffectKey, now: Timestamp) -> bool {
        self.0.get(&key).is_some_and(|delay| delay.until > now)
    }

    pub(super) fn note(&mut self, key: EffectKey, end: End, now: Timestamp) {
        let End::Failed { retry_after } = end else {
            self.0.remove(&key);
            return;
        };
        let earlier = self.0.get(&key).map_or(0, |delay| delay.tries);
        let pause = BACKOFF.pause(earlier).max(retry_after.unwrap_or_default());
        let until = later(now, pause);
        let tries = earlier.saturating_add(1);
        self.0.insert(key, Delay { until, tries });
    }

    pub(super) fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let pending = self.0.values().map(|delay| delay.until);
        pending.filter(|until| *until > now).min()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn pauses_grow_until_it_works() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let mut delays = Delays::default();
        let failed = End::Failed { retry_after: None };
        let mut pauses = Vec::new();
        for _ in 0..8 {
            delays.note(EffectKey::Notify, failed, now);
            pauses.push(delays.next(now).unwrap().duration_since(now).as_secs());
        }
        assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 120, 120]);
        assert!(delays.holds(EffectKey::Notify, now));
        delays.note(EffectKey::Notify, End::Done, now);
        assert!(!delays.holds(EffectKey::Notify, now));
    }
}

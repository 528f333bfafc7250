//! What is owed to the outside, checked at any moment of a life: nothing twice, nothing in vain, nothing slept through.

use std::collections::BTreeSet;

use clara_domain::person::By;
use clara_domain::{Command, Effect, EffectKey, decide, effects, next_wake};
use jiff::{SignedDuration, Timestamp};

use super::life::Life;
use crate::world::{minutes, name};

impl Life {
    pub(crate) fn check_what_is_owed(&self) {
        let owed = effects(&self.world.client, self.world.now);
        let keys: BTreeSet<EffectKey> = owed.iter().map(Effect::key).collect();
        assert_eq!(keys.len(), owed.len(), "owed twice: {owed:?}");
        for effect in &owed {
            self.check_is_alive(effect);
        }
        self.check_sends(&keys);
        self.check_wake(&keys);
    }

    fn check_is_alive(&self, effect: &Effect) {
        let worked_on = match effect.key() {
            EffectKey::Generate(id)
            | EffectKey::Check(id)
            | EffectKey::Publish(id)
            | EffectKey::Reconcile(id)
            | EffectKey::Delete(id) => id,
            EffectKey::ShowCard(_) | EffectKey::Notify => return,
        };
        let tweet = self.world.client.tweet(worked_on).unwrap();
        assert!(
            !tweet.state.is_terminal(),
            "work on a tweet that has ended: {effect:?}"
        );
    }

    /// What is owed is granted, and what would be sent is owed.
    fn check_sends(&self, keys: &BTreeSet<EffectKey>) {
        for id in self.world.client.tweets.keys() {
            let begin = Command::BeginPublish { tweet: *id };
            let granted = decide(&self.world.client, &By::Engine, &begin, self.world.now);
            let would_send = granted
                .iter()
                .flatten()
                .any(|event| name(event) == "publish_started");
            let is_owed = keys.contains(&EffectKey::Publish(*id));
            assert!(granted.is_ok() || !is_owed, "owed and refused: {granted:?}");
            assert!(
                is_owed || !would_send,
                "would be sent and is not owed: {id}"
            );
        }
    }

    /// Nothing becomes due before the next wake, and something does at it.
    fn check_wake(&self, keys: &BTreeSet<EffectKey>) {
        let now = self.world.now;
        let wake = next_wake(&self.world.client, now);
        let sleep_until = wake.unwrap_or(now + minutes(100_000));
        assert!(sleep_until > now, "a wake that is not to come");
        // The clock is read in milliseconds.
        let just_before = now.max(sleep_until - SignedDuration::from_millis(1));
        let halfway = now + just_before.duration_since(now) / 2;
        for moment in [halfway, just_before] {
            assert!(!self.is_news(keys, moment), "slept through {moment}");
        }
        assert!(
            wake.is_none_or(|wake| self.is_news(keys, wake)),
            "woke for nothing"
        );
    }

    fn is_news(&self, known: &BTreeSet<EffectKey>, moment: Timestamp) -> bool {
        let later = effects(&self.world.client, moment);
        later.iter().any(|effect| !known.contains(&effect.key()))
            || self.lapses(moment) != self.lapses(self.world.now)
    }

    fn lapses(&self, moment: Timestamp) -> usize {
        decide(&self.world.client, &By::Engine, &Command::Tick, moment)
            .unwrap()
            .len()
    }
}

//! The six rules of the design as properties: random lives, in which people with all kinds of rights, the outside
//! world and the clock do what they like, are lived through under the eyes of [`Watch`].

mod answers;
mod life;
mod owed;
mod step;

use std::collections::BTreeSet;

use clara_domain::{Client, Event, Illegal, evolve};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::world::World;
use life::Life;
use step::{Setup, Step};

fn lives() -> impl Strategy<Value = (Setup, Vec<Step>)> {
    (step::setup(), prop::collection::vec(step::step(), 1..80))
}

fn lived((setup, steps): &(Setup, Vec<Step>)) -> Life {
    let mut life = Life::new(setup);
    for step in steps {
        life.take(step);
        life.check_what_is_owed();
    }
    life
}

proptest! {
    /// Rules 1, 2, 3, 5 and 6; that `decide` never panics and never returns what `evolve` refuses; that what is owed
    /// is granted and nothing is owed twice. See [`Watch`] and [`Life::check_what_is_owed`].
    #[test]
    fn no_promise_is_broken_in_any_life(script in lives()) {
        lived(&script);
    }

    /// Rule 4, second half.
    #[test]
    fn replaying_a_life_from_its_records_gives_the_state_that_was_lived(
        script in lives(),
        cut in any::<prop::sample::Index>(),
    ) {
        let world = lived(&script).world;
        let cut = cut.index(world.journal.len() + 1);
        let snapshot = replay(World::empty().client, &world.journal[..cut]);
        let snapshot = serde_json::to_string(&snapshot).unwrap();
        let snapshot: Client = serde_json::from_str(&snapshot).unwrap();
        prop_assert_eq!(replay(snapshot, &world.journal[cut..]), world.client);
    }

    /// Rule 4, first half: not even an event that nobody would decide moves a tweet that has ended; but what is live of
    /// it can be taken down.
    #[test]
    fn nothing_can_happen_to_a_tweet_that_has_ended(script in lives()) {
        let world = lived(&script).world;
        let ended = world.client.tweets.values().filter(|tweet| tweet.state.is_terminal());
        for tweet in ended {
            for (_, record) in &world.journal {
                if let Event::Tweet { event, .. } = serde_json::from_str(record).unwrap() {
                    if event.name() == "deletion_asked" && tweet.live().next().is_some() {
                        continue;
                    }
                    let again = evolve(world.client.clone(), &event.of(tweet.id), world.now);
                    let refused = matches!(again, Err(Illegal { .. }));
                    prop_assert!(refused);
                }
            }
        }
    }
}

fn replay(from: Client, records: &[(jiff::Timestamp, String)]) -> Client {
    records.iter().fold(from, |client, (at, record)| {
        let event: Event = serde_json::from_str(record).unwrap();
        evolve(client, &event, *at).unwrap()
    })
}

/// A property over lives in which nothing happens would hold of anything.
#[test]
fn the_random_lives_see_everything_that_can_happen() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..500 {
        let script = lives().new_tree(&mut runner).unwrap().current();
        seen.extend(lived(&script).seen);
    }
    let missing: Vec<_> = EVERY_EVENT
        .iter()
        .filter(|name| !seen.contains(**name))
        .collect();
    assert!(missing.is_empty(), "never happened: {missing:?}");
}

pub(crate) const EVERY_EVENT: [&str; 44] = [
    "configured",
    "paused",
    "resumed",
    "notices_delivered",
    "knowledge_added",
    "knowledge_removed",
    "lesson_learned",
    "lesson_forgotten",
    "card_shown",
    "planned",
    "generation_delayed",
    "sent_back",
    "gave_up",
    "regeneration_asked",
    "revision_written",
    "checks_due",
    "checks_delayed",
    "validation_passed",
    "validation_failed",
    "validation_overridden",
    "approval_given",
    "approved",
    "rejected",
    "cancelled",
    "missed",
    "overdue",
    "rescheduled",
    "publish_started",
    "segment_posted",
    "posted",
    "not_sent",
    "refused",
    "outcome_unknown",
    "not_found_yet",
    "look_failed",
    "proved_absent",
    "person_asked",
    "said_absent",
    "retry_asked",
    "deletion_asked",
    "segment_deleted",
    "deletion_delayed",
    "deletion_refused",
    "deleted",
];

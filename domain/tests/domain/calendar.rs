//! Scenarios of the calendar: planning, giving another time, and what is refused there.

use clara_domain::command::SlotChoice;
use clara_domain::slots::QuietHours;
use clara_domain::{Command, Rejection};
use jiff::Timestamp;

use crate::world::{World, ana, at, cho, dee, eve, first, minutes, plan, settings, tweet_id};

fn slots(world: &World) -> Vec<Timestamp> {
    world
        .client
        .tweets
        .values()
        .map(|tweet| tweet.slot)
        .collect()
}

#[test]
fn a_plan_of_several_takes_consecutive_free_slots() {
    let mut world = World::new();
    let taken = at("2026-03-02T12:00:00+01:00");
    world.done(&cho(), plan(vec![tweet_id(9)], 1, SlotChoice::At(taken)));
    let tweets = vec![tweet_id(1), tweet_id(2), tweet_id(3)];
    world.done(&cho(), plan(tweets, 1, SlotChoice::NextFree));
    let expected = [
        "2026-03-02T09:00:00+01:00",
        "2026-03-02T17:30:00+01:00",
        "2026-03-03T09:00:00+01:00",
        "2026-03-02T12:00:00+01:00",
    ];
    assert_eq!(slots(&world), expected.map(at));
}

#[test]
fn a_plan_with_a_time_puts_only_the_first_there_and_the_rest_into_slots() {
    let mut world = World::new();
    let first = at("2026-03-02T10:15:00+01:00");
    world.done(
        &cho(),
        plan(vec![tweet_id(1), tweet_id(2)], 1, SlotChoice::At(first)),
    );
    assert_eq!(slots(&world), [first, at("2026-03-02T09:00:00+01:00")]);
}

#[test]
fn a_plan_is_all_or_nothing() {
    let mut world = World::new();
    let twice = vec![tweet_id(1), tweet_id(2), tweet_id(1)];
    let refused = world.refused(&cho(), plan(twice, 1, SlotChoice::NextFree));
    assert_eq!(refused, Rejection::TweetExists(tweet_id(1)));
    assert!(world.client.tweets.is_empty());
}

#[test]
fn a_client_without_slots_has_no_next_free_one() {
    let mut bare = settings();
    bare.schedule.slots.clear();
    let mut world = World::with(bare);
    let refused = world.refused(&cho(), plan(vec![first()], 1, SlotChoice::NextFree));
    assert_eq!(refused, Rejection::NoFreeSlot { has_slots: false });
}

#[test]
fn a_time_that_does_not_suit_is_refused_with_the_reason() {
    let mut world = World::new();
    let other = at("2026-03-02T12:00:00+01:00");
    world.done(&cho(), plan(vec![tweet_id(9)], 1, SlotChoice::At(other)));
    let mut refused = |slot: &str| {
        let slot = SlotChoice::At(at(slot));
        world.refused(&cho(), plan(vec![first()], 1, slot))
    };
    let slot = at("2026-03-02T07:59:59+01:00");
    assert_eq!(
        refused("2026-03-02T07:59:59+01:00"),
        Rejection::InThePast { slot }
    );
    let (slot, min_gap) = (at("2026-03-02T12:29:59+01:00"), minutes(30));
    assert_eq!(
        refused("2026-03-02T12:29:59+01:00"),
        Rejection::TooClose {
            slot,
            other,
            min_gap
        }
    );
    let (slot, hours): (_, QuietHours) = (
        at("2026-03-02T22:00:00+01:00"),
        "22:00-07:00".parse().unwrap(),
    );
    assert_eq!(
        refused("2026-03-02T22:00:00+01:00"),
        Rejection::Quiet { slot, hours }
    );
}

#[test]
fn a_brief_a_count_and_a_thread_have_their_limits() {
    let mut world = World::new();
    let now = world.now;
    let mut refused = |count: u128, segments: u8, brief: &str| {
        let command = Command::Plan {
            tweets: (1..=count).map(tweet_id).collect(),
            brief: brief.to_owned(),
            segments,
            slot: SlotChoice::At(now),
            write: clara_domain::command::WriteTime::Ahead,
        };
        world.refused(&cho(), command).to_string()
    };
    assert_eq!(
        refused(1, 1, " \n"),
        "brief: expected 1 to 1000 characters, not 0"
    );
    assert_eq!(
        refused(1, 1, &"ä".repeat(5000)),
        "brief: expected 1 to 1000 characters, not 5000"
    );
    assert_eq!(refused(0, 1, "hello"), "count: expected 1 to 25, not 0");
    assert_eq!(refused(26, 1, "hello"), "count: expected 1 to 25, not 26");
    assert_eq!(refused(1, 0, "hello"), "thread: expected 1 to 25, not 0");
    assert_eq!(refused(1, 26, "hello"), "thread: expected 1 to 25, not 26");
}

#[test]
fn nobody_plans_for_a_client_that_is_not_there_or_without_the_right() {
    let mut nobody = World::empty();
    let command = plan(vec![first()], 1, SlotChoice::NextFree);
    assert_eq!(
        nobody.refused(&cho(), command.clone()),
        Rejection::NoSuchClient
    );
    let refused = World::new().refused(&eve(), command);
    assert_eq!(refused.to_string(), "needs the right to write");
}

#[test]
fn what_is_written_ahead_is_owed_only_when_its_lead_begins() {
    let mut world = World::new();
    let slot = at("2026-03-05T12:00:00+01:00");
    let command = Command::Plan {
        tweets: vec![first()],
        brief: "say good morning".into(),
        segments: 1,
        slot: SlotChoice::At(slot),
        write: clara_domain::command::WriteTime::Ahead,
    };
    world.done(&cho(), command);
    assert_eq!(world.owed(), []);
    assert_eq!(world.wake(), Some(at("2026-03-04T12:00:00+01:00")));
    world.now = world.wake().unwrap();
    assert_eq!(world.owed().len(), 1);
}

#[test]
fn what_is_approved_is_moved_only_by_those_who_approve() {
    let mut world = World::ready(1);
    let command = Command::Reschedule {
        tweet: first(),
        slot: SlotChoice::Now,
    };
    let refused = world.refused(&dee(), command.clone());
    assert_eq!(refused.to_string(), "needs the right to approve");
    assert_eq!(world.done(&ana(), command), ["rescheduled"]);
    assert_eq!(world.state(), "approved");
    assert_eq!(world.begin(), ["publish_started"]);
}

#[test]
fn the_engine_moves_no_tweet_by_itself() {
    let mut world = World::ready(1);
    let command = Command::Reschedule {
        tweet: first(),
        slot: SlotChoice::NextFree,
    };
    let refused = world.refused(&clara_domain::person::By::Engine, command);
    assert_eq!(refused.to_string(), "needs the right to approve");
}

#[test]
fn a_time_too_near_to_what_was_just_sent_is_refused_and_the_next_free_slot_keeps_away_from_it() {
    let mut world = World::sending(1);
    world.accepted(7);
    world.pass(minutes(5));
    let slot = SlotChoice::At(at("2026-03-02T09:29:00+01:00"));
    let refused = world.refused(&cho(), plan(vec![tweet_id(2)], 1, slot));
    assert!(matches!(refused, Rejection::TooClose { .. }), "{refused}");
    let slot = SlotChoice::At(at("2026-03-02T09:30:00+01:00"));
    world.done(&cho(), plan(vec![tweet_id(2)], 1, slot));
}

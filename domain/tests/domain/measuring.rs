//! What versions of a prompt are compared by.

use std::time::Duration;

use clara_domain::Tweet;
use clara_domain::command::SlotChoice;
use clara_domain::stats::{FEW, Tally, Writer, tallies};
use clara_domain::tweet::{Measured, TweetState};
use jiff::Timestamp;

use crate::world::{World, ana, good, reject};

fn measured(version: &str, approved: bool, changed: u16) -> Option<Measured> {
    Some(Measured {
        version: version.into(),
        model: "small-1".into(),
        approved,
        changed,
    })
}

/// An approved tweet, and the moment of its approval.
fn approved() -> (Tweet, Timestamp) {
    let mut world = World::new();
    world.plan(SlotChoice::NextFree);
    world.drafted(vec![good(1)]);
    world.approved();
    (world.tweet().clone(), world.now)
}

fn of(tweets: &[Tweet], since: Timestamp, version: &str) -> Option<Tally> {
    let writer = Writer {
        version: version.into(),
        model: "small-1".into(),
    };
    tallies(tweets, since).remove(&writer)
}

#[test]
fn each_tweet_counts_once_for_the_prompt_it_was_written_for() {
    let (tweet, _) = approved();
    let with = |measured| Tweet {
        measured,
        ..tweet.clone()
    };
    let tweets = [
        with(measured("v1", true, 0)),
        with(measured("v1", true, 250)),
        with(measured("v1", true, 51)),
        with(measured("v1", false, 1000)),
        with(measured("v2", false, 400)),
        with(None),
    ];
    let all = tallies(&tweets, Timestamp::MIN);
    assert_eq!(all.len(), 2);
    let one = of(&tweets, Timestamp::MIN, "v1").unwrap();
    assert_eq!((one.approved, one.turned_down, one.decided()), (3, 1, 4));
    assert_eq!(one.approval_rate(), Some(750));
    assert_eq!(one.mean_changed(), Some(100), "of what was approved");
    let two = of(&tweets, Timestamp::MIN, "v2").unwrap();
    assert_eq!((two.approval_rate(), two.mean_changed()), (Some(0), None));
}

#[test]
fn nothing_decided_has_no_rate() {
    let none = Tally::default();
    assert_eq!((none.approval_rate(), none.mean_changed()), (None, None));
    assert!(none.is_few());
}

#[test]
fn under_twenty_decisions_are_few() {
    let (mut tweet, _) = approved();
    tweet.measured = measured("v1", true, 0);
    let few = vec![tweet; FEW as usize];
    assert!(!of(&few, Timestamp::MIN, "v1").unwrap().is_few());
    assert!(of(&few[1..], Timestamp::MIN, "v1").unwrap().is_few());
}

#[test]
fn what_was_decided_before_is_left_out() {
    let (mut tweet, at) = approved();
    tweet.measured = measured("v1", true, 0);
    let later = at + Duration::from_secs(1);
    assert!(of(std::slice::from_ref(&tweet), at, "v1").is_some());
    assert!(of(std::slice::from_ref(&tweet), later, "v1").is_none());
    let mut world = World::new();
    world.plan(SlotChoice::NextFree);
    world.drafted(vec![good(1)]);
    world.pass(Duration::from_secs(600));
    let command = reject(world.tweet(), "off brand");
    world.done(&ana(), command);
    let mut rejected = world.tweet().clone();
    rejected.measured = measured("v1", false, 0);
    assert!(matches!(rejected.state, TweetState::Rejected { .. }));
    assert!(of(std::slice::from_ref(&rejected), world.now, "v1").is_some());
}

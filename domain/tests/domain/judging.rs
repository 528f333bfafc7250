//! The judge finds what he is there for: a good life is bent in one place, and he says so at that place.

use clara_domain::audit::{Asker, Judge};
use clara_domain::command::Look;
use clara_domain::content::Content;
use clara_domain::ids::{AttemptNo, Handle, SegmentNo};
use clara_domain::person::{By, Grant, PersonRef};
use clara_domain::settings::ClientSettings;
use clara_domain::{Event, TweetEvent as E};
use jiff::Timestamp;

use crate::world::{World, ana, at, ben, eve, first, good, minutes, name, post_id, unknown};

/// An event as a record has it: when, who asked, what.
type Entry = (Timestamp, Option<PersonRef>, Event);

/// Planned, written, approved and posted: a life without a fault.
fn good_life() -> Vec<Entry> {
    let mut world = World::sending(1);
    world.accepted(8);
    entries(&world)
}

fn entries(world: &World) -> Vec<Entry> {
    let entries = world.journal.iter().map(|(at, record)| {
        let event: Event = serde_json::from_str(record).unwrap();
        let by = match &event {
            Event::Tweet {
                event: E::ApprovalGiven { by, .. },
                ..
            } => Some(by.clone()),
            _ => None,
        };
        (*at, by, event)
    });
    entries.collect()
}

/// The first thing that is wrong with a life, and at which event.
fn judged(life: &[Entry]) -> Option<(&'static str, String)> {
    let mut judge = Judge::new();
    life.iter().find_map(|(at, by, event)| {
        let breaches = judge.see(Asker::recorded(by.as_ref()), event, *at);
        breaches
            .first()
            .map(|breach| (name(event), breach.what.clone()))
    })
}

fn place(life: &[Entry], event: &str) -> usize {
    life.iter()
        .position(|entry| name(&entry.2) == event)
        .unwrap()
}

#[track_caller]
fn found(life: &[Entry], event: &str, what: &str) {
    let (at, words) = judged(life).expect("nothing was found");
    assert_eq!((at, words.as_str()), (event, what));
}

#[track_caller]
fn found_without(removed: &str, event: &str, what: &str) {
    let mut life = good_life();
    life.remove(place(&life, removed));
    found(&life, event, what);
}

#[track_caller]
fn found_with(added: E, after: &str, what: &str) {
    let mut life = good_life();
    let place = place(&life, after);
    let event = added.name();
    life.insert(place + 1, (life[place].0, None, added.of(first())));
    found(&life, event, what);
}

#[test]
fn a_good_life_is_good() {
    assert_eq!(judged(&good_life()), None);
    assert_eq!(
        good_life()
            .iter()
            .map(|entry| name(&entry.2))
            .collect::<Vec<_>>(),
        [
            "configured",
            "planned",
            "revision_written",
            "validation_passed",
            "approval_given",
            "approved",
            "publish_started",
            "segment_posted",
            "posted"
        ]
    );
}

#[test]
fn what_is_missing_is_missed_where_it_was_needed() {
    found_without(
        "configured",
        "planned",
        "it comes before the client's settings",
    );
    found_without(
        "planned",
        "revision_written",
        "it is of a tweet that was never planned",
    );
    let unseen = "somebody approved another text than the one there is";
    found_without("revision_written", "approval_given", unseen);
    let unchecked = "approved although it did not pass validation";
    found_without("validation_passed", "approval_given", unchecked);
    found_without("approval_given", "approved", "approved by too few people");
    found_without("approved", "publish_started", "sent without approval");
    let unrecorded = "posted without a request that was recorded before";
    found_without("publish_started", "segment_posted", unrecorded);
    found_without("segment_posted", "posted", "posted in part");
}

#[test]
fn what_comes_twice_or_too_late_is_found() {
    let again = |post: u64, segment: u32| E::SegmentPosted {
        segment: SegmentNo(segment),
        post: post_id(post),
        known_by: clara_domain::tweet::KnownBy::Answer,
        by: None,
    };
    found_with(
        again(8, 1),
        "segment_posted",
        "one post was taken for two segments",
    );
    let unsent = "posted without a request that was recorded before";
    found_with(again(9, 1), "segment_posted", unsent);
    let hash = good(1).hash();
    let start = |attempt: u32| E::PublishStarted {
        attempt: AttemptNo(attempt),
        segment: SegmentNo(0),
        hash,
    };
    found_with(
        start(2),
        "publish_started",
        "sent while an outcome was open",
    );
    found_with(start(2), "posted", "sent out of order");
    found_with(E::Missed, "approved", "missed though approved");
    found_with(E::Posted, "posted", "it comes after the tweet's end");
    let unasked = "absent though it was not looked for";
    found_with(E::ProvedAbsent, "publish_started", unasked);
}

#[test]
fn another_text_than_the_approved_one_is_found() {
    let mut life = good_life();
    let place = place(&life, "publish_started");
    life[place].2 = E::PublishStarted {
        attempt: AttemptNo(1),
        segment: SegmentNo(0),
        hash: Content::texts(["something else"]).hash(),
    }
    .of(first());
    let what = "sent something else than what was approved";
    found(&life, "publish_started", what);
}

#[test]
fn a_word_of_somebody_who_may_not_give_it_is_found() {
    let (By::Person(ana), By::Person(eve)) = (ana(), eve()) else {
        panic!("they are people");
    };
    let mut life = good_life();
    let place = place(&life, "approval_given");
    life[place].1 = None;
    found(&life, "approval_given", "the engine took a person's word");
    life[place].1 = Some(eve.who.clone());
    found(
        &life,
        "approval_given",
        "a person's word was taken down for somebody else",
    );

    // Records do not have roles; where they are known, they are asked.
    let mut judge = Judge::new();
    for (at, _, event) in &life[..place] {
        assert_eq!(judge.see(Asker::Engine, event, *at), []);
    }
    let (at, _, event) = &life[place];
    let mut unknown = judge.clone();
    assert_eq!(unknown.see(Asker::Person(&ana.who, None), event, *at), []);
    assert_eq!(unknown.by_role(), 1);
    let breaches = judge.see(Asker::Person(&ana.who, Some(&eve.roles)), event, *at);
    assert_eq!(breaches[0].what, "Ana (1) had no right to approve");
}

#[test]
fn what_was_sent_at_a_wrong_time_is_found() {
    let send = |from: Timestamp| {
        let mut life = good_life();
        let place = place(&life, "publish_started");
        life[place..].iter_mut().for_each(|entry| entry.0 = from);
        life
    };
    let slot = at("2026-03-02T09:00:00+01:00");
    assert_eq!(judged(&send(slot + minutes(15))), None);
    found(
        &send(slot + minutes(16)),
        "publish_started",
        "sent late without asking",
    );
    found(
        &send(slot - minutes(1)),
        "publish_started",
        "sent before its time",
    );
    let mut life = good_life();
    let place = place(&life, "publish_started");
    let pause = Event::Paused {
        by: None,
        reason: "401".into(),
    };
    life.insert(place, (slot, None, pause));
    found(&life, "publish_started", "sent while paused");
}

#[test]
fn the_rest_of_a_thread_is_late_when_its_beginning_has_been_live_for_long_whenever_that_was_found()
{
    let mut world = World::sending(2);
    world.sent(unknown());
    world.pass(minutes(180));
    let post = post_id(7);
    world.looked(Look::Found { post });
    let start = E::PublishStarted {
        attempt: AttemptNo(2),
        segment: SegmentNo(1),
        hash: good(2).hash(),
    };
    world.live(&start.of(first()));
    let what = "sent late without asking";
    found(&entries(&world), "publish_started", what);
}

#[test]
fn what_the_timeline_of_another_account_settles_is_found() {
    let mut world = World::sending(1);
    world.sent(unknown());
    let mut settings = crate::world::settings();
    settings.handle = Handle::new("fjordcoffee").unwrap();
    let settings = Box::new(settings);
    world.live(&Event::Configured { settings });
    let mut found_there = world.clone();
    let what = "settled by the timeline of another account";
    for _ in 0..3 {
        world.looks_in_vain();
    }
    found(&entries(&world), "proved_absent", what);
    let post = post_id(7);
    found_there.looked(Look::Found { post });
    found(&entries(&found_there), "segment_posted", what);
}

/// A life in which the settings change right before the last approval.
fn with_other_settings(change: impl FnOnce(&mut ClientSettings)) -> Vec<Entry> {
    let mut life = good_life();
    let Event::Configured { settings } = &mut life[0].2 else {
        panic!("it begins with the settings");
    };
    settings.approval.needed = 2.try_into().unwrap();
    let mut other = settings.clone();
    change(&mut other);
    let place = place(&life, "approval_given");
    let (when, bens) = (life[place].0, ben().who().unwrap());
    let mut second = life[place].clone();
    second.1 = Some(bens.clone());
    if let Event::Tweet {
        event: E::ApprovalGiven { by, .. },
        ..
    } = &mut second.2
    {
        *by = bens;
    }
    life.insert(place + 1, second);
    let change = Event::Configured { settings: other };
    life.insert(place + 1, (when, None, change));
    life
}

#[test]
fn an_approval_that_does_not_count_any_more_is_not_counted() {
    assert_eq!(judged(&with_other_settings(|_| ())), None);
    let what = "approved by too few people";
    let removed = with_other_settings(|settings| {
        settings.access.approve = Grant {
            people: [ben().who().unwrap().id].into(),
            ..Grant::default()
        };
    });
    found(&removed, "approved", what);
    let more = with_other_settings(|settings| {
        settings.approval.needed = 3.try_into().unwrap();
    });
    found(&more, "approved", what);
}

#[test]
fn one_person_approves_twice_only_where_the_settings_changed_between() {
    let twice = |settings_change: bool| {
        let mut life = with_other_settings(|settings| {
            if settings_change {
                settings.approval.author_counts = false;
            }
        });
        let place = place(&life, "approval_given");
        life.insert(place + 2, life[place].clone());
        life
    };
    assert_eq!(judged(&twice(true)), None);
    let what = "one person's approval was counted twice";
    found(&twice(false), "approval_given", what);
}

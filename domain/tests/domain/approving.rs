//! Scenarios of approval: who counts, how many, of which text, and until when.

use clara_domain::client::NoticeKind;
use clara_domain::command::SlotChoice;
use clara_domain::content::Content;
use clara_domain::person::By;
use clara_domain::{Command, Rejection};

use crate::world::{
    World, ana, approve, ben, cho, dee, edit, eve, first, good, minutes, reject, settings,
};

/// Validated, where so many people have to approve.
fn validated(needed: u8) -> World {
    let mut settings = settings();
    settings.approval.needed = needed.try_into().unwrap();
    settings.approval.author_counts = false;
    let mut world = World::with(settings);
    world.plan(SlotChoice::NextFree);
    world.written();
    world
}

fn approved_by(world: &mut World, who: &By) -> Result<Vec<&'static str>, Rejection> {
    let command = approve(world.tweet());
    world.ask(who, command)
}

#[test]
fn two_of_two_means_two_different_people() {
    let mut world = validated(2);
    assert_eq!(approved_by(&mut world, &ana()).unwrap(), ["approval_given"]);
    let again = approved_by(&mut world, &ana());
    assert_eq!(
        again,
        Err(Rejection::AlreadyApproved { have: 1, needed: 2 })
    );
    assert_eq!(world.state(), "validated");
    assert_eq!(
        approved_by(&mut world, &ben()).unwrap(),
        ["approval_given", "approved"]
    );
    assert_eq!(world.state(), "approved");
}

#[test]
fn neither_a_person_without_the_right_nor_the_engine_approves() {
    let mut world = validated(1);
    for who in [dee(), eve(), By::Engine] {
        let refused = approved_by(&mut world, &who).unwrap_err();
        assert_eq!(refused.to_string(), "needs the right to approve");
    }
}

#[test]
fn the_author_of_a_text_does_not_approve_it_where_the_policy_says_so() {
    let mut world = validated(1);
    let command = edit(world.tweet(), Content::texts(["hello harbour"]));
    world.done(&cho(), command);
    assert_eq!(
        approved_by(&mut world, &cho()),
        Err(Rejection::AuthorMayNotApprove)
    );
    assert_eq!(
        approved_by(&mut world, &ana()).unwrap(),
        ["approval_given", "approved"]
    );
}

#[test]
fn an_edit_voids_the_approval() {
    let mut world = World::ready(1);
    let command = edit(world.tweet(), Content::texts(["hello harbour"]));
    world.done(&cho(), command);
    assert_eq!(
        (world.state(), world.tweet().approvals.len()),
        ("validated", 0)
    );
    world.now = world.tweet().slot;
    let begin = Command::BeginPublish { tweet: first() };
    assert!(matches!(
        world.refused(&By::Engine, begin),
        Rejection::WrongState { .. }
    ));
}

#[test]
fn who_saw_an_older_text_is_told_so() {
    let mut world = World::ready(1);
    let (approval, rejection) = (approve(world.tweet()), reject(world.tweet(), "no"));
    let command = edit(world.tweet(), Content::texts(["hello harbour"]));
    world.done(&cho(), command.clone());
    for stale in [approval, rejection, command] {
        let refused = world.refused(&cho(), stale);
        assert_eq!(refused.to_string(), "revision 1 was seen, 2 is current");
    }
}

#[test]
fn a_click_on_what_was_decided_says_by_whom_and_when() {
    let mut world = validated(1);
    let command = reject(world.tweet(), "off brand");
    world.done(&ana(), command.clone());
    let Rejection::WrongState { state, by, at, .. } = world.refused(&ben(), command) else {
        panic!("another answer");
    };
    assert_eq!((state, by, at), ("rejected", ana().who(), Some(world.now)));
}

#[test]
fn a_text_that_did_not_pass_cannot_be_approved() {
    let mut world = validated(1);
    let command = edit(world.tweet(), Content::texts(["so cheap"]));
    world.done(&cho(), command);
    assert_eq!(world.state(), "generated");
    let Err(Rejection::NotValidated { findings }) = approved_by(&mut world, &ana()) else {
        panic!("another answer");
    };
    assert_eq!(
        findings[0].message,
        "do not say \"cheap\": this client blocks it"
    );
}

#[test]
fn an_approval_that_comes_late_becomes_a_question() {
    let mut world = validated(1);
    world.now = world.tweet().slot;
    world.pass(minutes(16));
    let happened = approved_by(&mut world, &ana()).unwrap();
    assert_eq!(happened, ["approval_given", "approved", "overdue"]);
    assert_eq!(world.state(), "overdue");
    assert_eq!(
        world.client.notices.back().unwrap().kind,
        NoticeKind::Overdue
    );
    assert_eq!(world.owed(), []);
    assert_eq!(world.wake(), None);
}

#[test]
fn an_approval_within_the_grace_still_goes_out() {
    let mut world = validated(1);
    world.now = world.tweet().slot;
    world.pass(minutes(15));
    assert_eq!(
        approved_by(&mut world, &ana()).unwrap(),
        ["approval_given", "approved"]
    );
    assert_eq!(world.begin(), ["publish_started"]);
}

#[test]
fn a_missed_tweet_is_approved_and_then_its_time_is_asked_for() {
    let mut world = validated(1);
    world.now = world.wake().unwrap();
    assert_eq!(world.tick(), ["missed"]);
    let happened = approved_by(&mut world, &ana()).unwrap();
    assert_eq!(happened, ["approval_given", "approved", "overdue"]);
    assert_eq!(world.rescheduled(SlotChoice::Now), ["rescheduled"]);
    assert_eq!(world.begin(), ["publish_started"]);
}

#[test]
fn a_missed_tweet_keeps_the_approvals_it_has_when_it_gets_another_time() {
    let mut world = validated(2);
    approved_by(&mut world, &ana()).unwrap();
    world.now = world.wake().unwrap();
    world.tick();
    world.rescheduled(SlotChoice::NextFree);
    assert_eq!(world.state(), "validated");
    assert_eq!(
        approved_by(&mut world, &ben()).unwrap(),
        ["approval_given", "approved"]
    );
}

#[test]
fn a_rejection_takes_a_reason() {
    let mut world = validated(1);
    let silent = reject(world.tweet(), " ");
    assert!(matches!(
        world.refused(&ana(), silent),
        Rejection::Invalid { .. }
    ));
    assert_eq!(world.tweet().current().unwrap().content, good(1));
}

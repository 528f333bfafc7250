//! Scenarios of taking down what is live, of threads that stopped half-way, and of the brake that holds everything.

use std::time::Duration;

use clara_domain::client::NoticeKind;
use clara_domain::command::{DeleteOutcome, SlotChoice};
use clara_domain::person::{By, Grant, Right};
use clara_domain::tweet::{Failure, TweetState};
use clara_domain::{Brake, BrakeCommand, BrakeEvent, Command, Effect, Rejection};

use crate::world::{
    World, ana, at, ben, cho, dee, eve, first, mia, minutes, not_sent, post_id, refusal, settings,
    unknown,
};

fn delete() -> Command {
    Command::Delete {
        tweet: first(),
        reason: "wrong price".to_owned(),
    }
}

fn deletion(post: u64, outcome: DeleteOutcome) -> Command {
    Command::RecordDeletion {
        tweet: first(),
        post: post_id(post),
        outcome,
    }
}

fn owed_deletion(post: u64) -> Effect {
    Effect::Delete {
        tweet: first(),
        post: post_id(post),
    }
}

/// A thread of three, all of it live.
fn posted_thread() -> World {
    let mut world = World::sending(3);
    world.accepted(1);
    for segment in [2, 3] {
        world.begin();
        world.accepted(segment);
    }
    assert_eq!(world.state(), "posted");
    world
}

/// A thread of two whose second segment was not sent, and then Clara was down for an hour.
fn stopped_half_way() -> World {
    let mut world = World::sending(2);
    world.accepted(1);
    world.begin();
    assert_eq!(world.sent(not_sent()), ["not_sent"]);
    world.pass(minutes(60));
    assert_eq!(world.tick(), ["overdue"]);
    world
}

#[test]
fn a_posted_thread_is_taken_down_from_its_end_and_that_is_recorded_segment_by_segment() {
    let mut world = posted_thread();
    assert_eq!(world.done(&ana(), delete()), ["deletion_asked"]);
    for post in [3, 2] {
        assert_eq!(world.owed(), [owed_deletion(post)]);
        let gone = deletion(post, DeleteOutcome::Gone);
        assert_eq!(world.done(&By::Engine, gone), ["segment_deleted"]);
    }
    let gone = deletion(1, DeleteOutcome::Gone);
    let events = world.done(&By::Engine, gone);
    assert_eq!(events, ["segment_deleted", "deleted"]);
    assert_eq!(world.owed(), []);
    assert!(
        matches!(&world.tweet().state, TweetState::Deleted { by, reason, .. }
        if by.name == "Ana" && reason == "wrong price")
    );
}

#[test]
fn only_who_may_approve_may_take_down_and_says_why() {
    let mut world = posted_thread();
    for who in [dee(), mia(), eve()] {
        let right = Right::Approve;
        assert_eq!(
            world.refused(&who, delete()),
            Rejection::NotAllowed { right }
        );
    }
    let silent = Command::Delete {
        tweet: first(),
        reason: "  ".to_owned(),
    };
    let rejection = world.refused(&ben(), silent);
    assert!(matches!(
        rejection,
        Rejection::Invalid {
            field: "reason",
            ..
        }
    ));
}

#[test]
fn what_cannot_be_taken_down_yet_is_tried_again_and_what_x_refuses_is_told() {
    let mut world = World::sending(1);
    world.accepted(1);
    world.done(&ana(), delete());
    let outcome = DeleteOutcome::NotYet {
        reason: "503".to_owned(),
        retry_after: Some(minutes(2)),
    };
    world.done(&By::Engine, deletion(1, outcome));
    assert_eq!(world.owed(), []);
    assert_eq!(world.wake(), Some(world.now + minutes(2)));
    world.now += minutes(2);
    assert_eq!(world.owed(), [owed_deletion(1)]);
    let reason = "not yours".to_owned();
    world.done(&By::Engine, deletion(1, DeleteOutcome::Refused { reason }));
    let TweetState::Failed { failure, .. } = &world.tweet().state else {
        panic!("{:?}", world.tweet().state);
    };
    assert!(matches!(failure, Failure::NotDeleted { .. }));
    let told = world.client.notices.back().unwrap();
    assert!(matches!(told.kind, NoticeKind::NotDeleted { .. }));
    assert_eq!(world.done(&ana(), delete()), ["deletion_asked"]);
}

fn not_yet(post: u64) -> Command {
    let outcome = DeleteOutcome::NotYet {
        reason: "503".to_owned(),
        retry_after: None,
    };
    deletion(post, outcome)
}

#[test]
fn what_x_does_not_take_down_is_tried_less_and_less_often_and_people_hear_of_it_once() {
    let mut world = World::sending(1);
    world.accepted(1);
    world.done(&ana(), delete());
    let before = world.tweet().change;
    for (tries, expected) in [
        (1, 15),
        (2, 30),
        (3, 60),
        (4, 120),
        (5, 240),
        (6, 300),
        (7, 300),
    ] {
        world.done(&By::Engine, not_yet(1));
        let wait = Duration::try_from(world.wake().unwrap() - world.now).unwrap();
        assert_eq!(wait, Duration::from_secs(expected));
        let shown = world.tweet().change - before;
        assert_eq!(
            (shown, world.client.notices.len()),
            match tries {
                1 | 2 => (0, 0),
                _ => (1, 1),
            }
        );
        world.pass(wait);
        assert_eq!(world.owed(), [owed_deletion(1)]);
    }
    let reason = "503".to_owned();
    let told = world.client.notices.back().unwrap();
    assert_eq!(told.kind, NoticeKind::DeletionTrouble { reason });
    assert_eq!(told.tweet, Some(first()));
}

#[test]
fn a_deletion_that_gets_on_or_is_asked_for_anew_begins_with_short_pauses_again() {
    let mut world = posted_thread();
    world.done(&ana(), delete());
    for _ in 0..4 {
        world.done(&By::Engine, not_yet(3));
    }
    let shown = world.tweet().change;
    world.done(&By::Engine, deletion(3, DeleteOutcome::Gone));
    // The card says no more that nothing happens.
    assert_eq!(
        (world.tweet().troubles, world.tweet().change),
        (0, shown + 1)
    );
    world.done(&By::Engine, not_yet(2));
    let reason = "403".to_owned();
    world.done(&By::Engine, deletion(2, DeleteOutcome::Refused { reason }));
    world.done(&ana(), delete());
    assert_eq!(world.tweet().troubles, 0);
}

#[test]
fn an_answer_about_a_post_that_is_not_being_taken_down_changes_nothing() {
    let mut world = posted_thread();
    let gone = |post| deletion(post, DeleteOutcome::Gone);
    assert_eq!(world.refused(&By::Engine, gone(3)), Rejection::NotAwaited);
    world.done(&ana(), delete());
    world.done(&By::Engine, gone(3));
    for post in [3, 9] {
        assert_eq!(
            world.refused(&By::Engine, gone(post)),
            Rejection::NotAwaited
        );
    }
}

#[test]
fn nothing_is_taken_down_while_a_segment_is_on_its_way_or_in_doubt() {
    let mut world = World::sending(2);
    world.accepted(1);
    world.begin();
    assert!(matches!(
        world.refused(&ana(), delete()),
        Rejection::WrongState { .. }
    ));
    world.sent(unknown());
    assert!(matches!(
        world.refused(&ana(), delete()),
        Rejection::WrongState { .. }
    ));
}

#[test]
fn the_live_part_of_a_refused_thread_can_be_taken_down() {
    let mut world = World::sending(2);
    world.accepted(1);
    world.begin();
    world.sent(refusal(false));
    world.done(&cho(), delete());
    assert_eq!(world.owed(), [owed_deletion(1)]);
}

#[test]
fn what_was_taken_down_may_be_said_again() {
    let mut world = World::sending(1);
    world.accepted(1);
    let said = world.client.posted.clone();
    assert_eq!(said.len(), 1);
    world.done(&ana(), delete());
    world.done(&By::Engine, deletion(1, DeleteOutcome::Gone));
    assert!(world.client.posted.is_empty());
}

#[test]
fn a_thread_that_stopped_half_way_for_too_long_asks_and_does_not_go_on_by_itself() {
    let mut world = stopped_half_way();
    assert_eq!(world.owed(), []);
    let begin = Command::BeginPublish { tweet: first() };
    assert!(matches!(
        world.refused(&By::Engine, begin),
        Rejection::WrongState { .. }
    ));
}

#[test]
fn a_thread_that_stopped_half_way_goes_on_at_the_right_segment_by_a_persons_word() {
    let mut world = stopped_half_way();
    let now = Command::Reschedule {
        tweet: first(),
        slot: SlotChoice::Now,
    };
    world.done(&ana(), now);
    assert_eq!(world.owed(), [Effect::Publish { tweet: first() }]);
    assert_eq!(world.begin(), ["publish_started"]);
    assert_eq!(world.accepted(2), ["segment_posted", "posted"]);
}

#[test]
fn what_is_live_of_a_thread_that_stopped_half_way_can_be_taken_down_or_left() {
    let mut world = stopped_half_way();
    world.done(&ana(), delete());
    assert_eq!(world.owed(), [owed_deletion(1)]);
    let mut world = stopped_half_way();
    world.done(&cho(), Command::Cancel { tweet: first() });
    world.done(&ana(), delete());
    assert_eq!(world.owed(), [owed_deletion(1)]);
}

#[test]
fn a_persons_word_to_post_again_is_about_now() {
    let mut world = World::sending(1);
    world.sent(refusal(false));
    world.pass(minutes(24 * 60));
    let retry = Command::Retry {
        tweet: first(),
        revision: world.tweet().revision(),
    };
    world.done(&ana(), retry);
    assert_eq!(world.tick(), [""; 0]);
    assert_eq!(world.begin(), ["publish_started"]);
}

fn managers() -> Grant {
    settings().access.manage
}

fn halt(until: Option<jiff::Timestamp>) -> BrakeCommand {
    BrakeCommand::Halt {
        reason: "X is out of credits".to_owned(),
        until,
    }
}

fn pulled(brake: Brake, by: &By, command: &BrakeCommand, now: jiff::Timestamp) -> Brake {
    let events = brake.decide(by, &managers(), command, now).unwrap();
    events.iter().fold(brake, |brake, event| {
        let record = serde_json::to_string(event).unwrap();
        let event: BrakeEvent = serde_json::from_str(&record).unwrap();
        brake.evolve(&event, now)
    })
}

#[test]
fn managers_hold_everything_and_let_it_go_and_nobody_else_does() {
    let now = at("2026-03-02T08:00:00Z");
    let brake = Brake::default();
    let right = Right::Manage;
    let refused = brake.decide(&eve(), &managers(), &halt(None), now);
    assert_eq!(refused, Err(Rejection::NotAllowed { right }));
    let brake = pulled(brake, &mia(), &halt(None), now);
    let held = brake.halt.clone().unwrap();
    assert_eq!(held.by.unwrap().name, "Mia");
    let again = brake.decide(&mia(), &managers(), &halt(None), now);
    assert_eq!(again, Err(Rejection::Halted));
    let brake = pulled(brake, &mia(), &BrakeCommand::Release, now);
    assert_eq!(brake, Brake::default());
    let again = brake.decide(&mia(), &managers(), &BrakeCommand::Release, now);
    assert_eq!(again, Err(Rejection::NotHalted));
}

#[test]
fn clara_holds_everything_once_and_lets_it_go_only_when_its_time_is_over() {
    let now = at("2026-03-02T08:00:00Z");
    let later = now + minutes(60);
    let brake = pulled(Brake::default(), &By::Engine, &halt(Some(later)), now);
    let again = pulled(brake.clone(), &By::Engine, &halt(None), now);
    assert_eq!(again, brake);
    let early = pulled(brake.clone(), &By::Engine, &BrakeCommand::Release, now);
    assert_eq!(early, brake);
    let over = pulled(brake.clone(), &By::Engine, &BrakeCommand::Release, later);
    assert_eq!(over, Brake::default());
    let for_good = pulled(brake, &mia(), &halt(None), now);
    assert_eq!(for_good.halt.unwrap().until, None);
}

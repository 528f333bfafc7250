//! Scenarios of posting: each segment once, nothing on a guess, nothing late unasked, nothing while paused.

use clara_domain::client::NoticeKind;
use clara_domain::command::{Look, SendOutcome, Settlement, SlotChoice};
use clara_domain::effect::look;
use clara_domain::ids::{AttemptNo, SegmentNo, TweetId};
use clara_domain::person::{By, Right};
use clara_domain::{Command, Effect, Rejection, TweetEvent, decide};

use crate::world::{
    World, ana, approve, at, ben, cho, dee, eve, first, good, mia, minutes, not_sent, outcome_of,
    plan, post_id, recover, refusal, retry, settings, tweet_id, unknown, written,
};

/// The first tweet and others, all approved, in the slots of one day.
fn ready_to_send(others: &[TweetId]) -> World {
    let mut world = World::ready(1);
    for (nth, id) in others.iter().enumerate() {
        world.done(&cho(), plan(vec![*id], 1, SlotChoice::NextFree));
        let text = clara_domain::content::Content::texts([format!("other {nth}")]);
        let drafts = written(world.client.tweet(*id).unwrap(), vec![text]);
        world.done(&By::Engine, drafts);
        let approval = approve(world.client.tweet(*id).unwrap());
        world.done(&ana(), approval);
    }
    world
}

fn begin(tweet: TweetId) -> Command {
    Command::BeginPublish { tweet }
}

/// Sent, its outcome unknown, and three looks in vain.
fn proved_absent() -> World {
    let mut world = World::sending(1);
    world.sent(unknown());
    assert_eq!(world.looks_in_vain(), ["not_found_yet"]);
    assert_eq!(world.looks_in_vain(), ["not_found_yet"]);
    assert_eq!(world.looks_in_vain(), ["proved_absent"]);
    world
}

/// After that it was sent again, and X calls it a repetition.
fn called_a_duplicate() -> World {
    let mut world = proved_absent();
    world.begin();
    assert_eq!(world.sent(refusal(true)), ["outcome_unknown"]);
    world
}

fn asked() -> World {
    let mut world = called_a_duplicate();
    world.looks_in_vain();
    world.looks_in_vain();
    assert_eq!(world.looks_in_vain(), ["person_asked"]);
    world
}

#[test]
fn an_approved_tweet_waits_for_its_time_and_goes_out() {
    let mut world = World::ready(1);
    assert_eq!(
        world.refused(&By::Engine, begin(first())),
        Rejection::NotDue
    );
    assert_eq!(world.wake(), Some(world.tweet().slot));
    world.now = world.tweet().slot;
    assert_eq!(world.owed(), [Effect::Publish { tweet: first() }]);
    assert_eq!(world.begin(), ["publish_started"]);
    assert_eq!(world.owed(), []);
    assert_eq!(world.accepted(7), ["segment_posted", "posted"]);
    assert_eq!((world.state(), world.wake()), ("posted", None));
}

#[test]
fn what_was_not_approved_word_for_word_does_not_go_out_whatever_the_journal_says() {
    let mut world = World::new();
    world.plan(SlotChoice::NextFree);
    world.written();
    let hash = good(2).hash();
    world.live(&TweetEvent::Approved { hash }.of(first()));
    assert_eq!(world.state(), "approved");
    world.now = world.tweet().slot;
    assert_eq!(
        world.refused(&By::Engine, begin(first())),
        Rejection::HashMismatch
    );
}

#[test]
fn what_is_on_its_way_is_not_sent_again() {
    let mut world = World::sending(1);
    assert!(matches!(
        world.refused(&By::Engine, begin(first())),
        Rejection::WrongState { .. }
    ));
    let outcome = outcome_of(world.tweet(), SendOutcome::Accepted { post: post_id(7) });
    world.done(&By::Engine, outcome.clone());
    assert_eq!(world.refused(&By::Engine, outcome), Rejection::NotAwaited);
    assert_eq!(
        world.refused(&eve(), begin(first())),
        Rejection::NotForPeople
    );
}

#[test]
fn a_thread_goes_segment_by_segment_and_resumes_where_it_stopped() {
    let mut world = World::sending(3);
    assert_eq!(world.accepted(7), ["segment_posted"]);
    world.begin();
    assert_eq!(world.sent(not_sent()), ["not_sent"]);
    assert_eq!(world.state(), "posting");
    // The service is away for a while: within the grace what has begun goes on without a question.
    world.pass(minutes(10));
    assert_eq!(world.tick(), Vec::<&str>::new());
    world.begin();
    assert_eq!(world.tweet().next_segment(), SegmentNo(1));
    assert_eq!(world.accepted(8), ["segment_posted"]);
    world.begin();
    assert_eq!(world.accepted(9), ["segment_posted", "posted"]);
}

#[test]
fn a_thread_whose_segment_was_refused_goes_on_when_a_person_says_so() {
    let mut world = World::sending(2);
    world.accepted(7);
    world.begin();
    assert_eq!(world.sent(refusal(false)), ["refused"]);
    assert_eq!(world.state(), "failed");
    let command = retry(world.tweet());
    assert_eq!(world.done(&ana(), command), ["retry_asked"]);
    world.begin();
    assert_eq!(world.accepted(8), ["segment_posted", "posted"]);
}

#[test]
fn a_tweet_that_is_live_in_part_is_neither_edited_nor_rewritten() {
    let mut world = World::sending(2);
    world.accepted(7);
    for command in [
        crate::world::edit(world.tweet(), good(2)),
        crate::world::regenerate(world.tweet()),
    ] {
        let refused = world.refused(&cho(), command);
        assert_eq!(refused.to_string(), "1 of 2 segments are live");
    }
}

#[test]
fn an_unknown_outcome_is_looked_for_and_found() {
    let mut world = World::sending(1);
    assert_eq!(world.sent(unknown()), ["outcome_unknown"]);
    assert_eq!(world.owed(), []);
    world.looks_in_vain();
    assert!(matches!(
        world.refused(&By::Engine, begin(first())),
        Rejection::WrongState { .. }
    ));
    world.now = world.wake().unwrap();
    assert!(matches!(
        world.owed().as_slice(),
        [Effect::Reconcile { .. }]
    ));
    assert_eq!(
        world.looked(Look::Found { post: post_id(7) }),
        ["segment_posted", "posted"]
    );
}

#[test]
fn what_was_proved_absent_is_sent_again_within_the_grace() {
    let mut world = proved_absent();
    assert_eq!(world.state(), "approved");
    assert_eq!(world.begin(), ["publish_started"]);
    assert_eq!(world.accepted(7), ["segment_posted", "posted"]);
}

#[test]
fn a_duplicate_after_a_doubt_is_looked_for_and_then_asked_about() {
    let mut world = asked();
    let Some(asked) = world.client.notices.back() else {
        panic!("nobody was told");
    };
    assert!(matches!(asked.kind, NoticeKind::PersonAsked { .. }));
    assert_eq!((world.owed(), world.wake()), (vec![], None));
    assert_eq!(
        world.settled(Settlement::Live { post: post_id(7) }),
        ["segment_posted", "posted"]
    );
}

#[test]
fn the_looks_are_counted_from_when_nobody_waits_for_the_answer_any_more() {
    let mut world = World::sending(1);
    world.pass(minutes(4));
    world.sent(unknown());
    let unknown_since = world.now;
    world.looks_in_vain();
    world.looks_in_vain();
    assert_eq!(world.wake(), Some(unknown_since + minutes(5)));
    assert_eq!(world.looks_in_vain(), ["proved_absent"]);
}

#[test]
fn the_look_after_a_duplicate_reaches_back_to_the_first_doubt() {
    let mut world = called_a_duplicate();
    world.now = world.wake().unwrap();
    let owed = world.owed();
    assert!(matches!(owed.as_slice(), [Effect::Reconcile { .. }]));
    let look = look(&world.client, first()).unwrap();
    assert_eq!(look.since, world.tweet().slot);
}

#[test]
fn a_duplicate_without_a_doubt_is_a_refusal() {
    let mut world = World::sending(1);
    assert_eq!(world.sent(refusal(true)), ["refused"]);
    assert_eq!(world.state(), "failed");
}

#[test]
fn only_those_who_approve_settle_a_question_and_only_when_it_is_asked() {
    let mut looking = World::sending(1);
    looking.sent(unknown());
    let again = |attempt| Command::Settle {
        tweet: first(),
        attempt: AttemptNo(attempt),
        answer: Settlement::PostAgain,
    };
    let refused = looking.refused(&ana(), again(1));
    assert!(matches!(refused, Rejection::WrongState { .. }));
    let mut world = asked();
    let refused = world.refused(&ana(), again(1));
    assert!(matches!(refused, Rejection::WrongState { .. }));
    let refused = world.refused(&mia(), again(2));
    assert_eq!(refused.to_string(), "needs the right to approve");
    assert_eq!(world.settled(Settlement::PostAgain), ["said_absent"]);
    assert_eq!(world.state(), "approved");
}

#[test]
fn cancelling_answers_a_question_and_takes_the_same_right() {
    let mut world = asked();
    let cancel = Command::Cancel { tweet: first() };
    let refused = world.refused(&dee(), cancel.clone());
    let right = Right::Approve;
    assert_eq!(refused, Rejection::NotAllowed { right });
    assert!(decide(&world.client, &cho(), &cancel, world.now).is_ok());
}

#[test]
fn a_question_is_answered_with_leave_it() {
    let mut world = asked();
    assert_eq!(world.settled(Settlement::Drop), ["cancelled"]);
}

#[test]
fn a_timeline_that_cannot_be_read_ends_in_a_question_not_in_a_second_post() {
    let mut world = World::sending(1);
    world.sent(unknown());
    for _ in 0..7 {
        world.now = world.wake().unwrap();
        let reason = "403".to_owned();
        assert_eq!(world.looked(Look::Unreadable { reason }), ["look_failed"]);
    }
    world.now = world.wake().unwrap();
    let reason = "403".to_owned();
    assert_eq!(world.looked(Look::Unreadable { reason }), ["person_asked"]);
}

#[test]
fn one_post_is_not_taken_for_two_tweets() {
    let other = tweet_id(2);
    let mut world = ready_to_send(&[other]);
    world.now = world.tweet().slot;
    world.begin();
    world.accepted(7);
    world.now = world.client.tweet(other).unwrap().slot;
    world.done(&By::Engine, begin(other));
    let accepted = SendOutcome::Accepted { post: post_id(7) };
    let command = outcome_of(world.client.tweet(other).unwrap(), accepted);
    assert_eq!(world.done(&By::Engine, command), ["outcome_unknown"]);
    let found = Look::Found { post: post_id(7) };
    let command = crate::world::look_of(world.client.tweet(other).unwrap(), found);
    assert_eq!(world.done(&By::Engine, command), ["not_found_yet"]);
}

#[test]
fn a_send_that_was_cut_off_is_unknown_and_one_in_hand_is_not() {
    let mut world = World::sending(1);
    assert_eq!(
        world.done(&By::Engine, recover([first()])),
        Vec::<&str>::new()
    );
    assert_eq!(world.done(&By::Engine, recover([])), ["outcome_unknown"]);
    assert_eq!(world.state(), "uncertain");
}

/// A thread whose first segment was on its way when Clara ended; three hours later she finds it on the timeline.
fn found_after_an_outage() -> World {
    let mut world = World::sending(2);
    world.pass(minutes(180));
    world.done(&By::Engine, recover([]));
    world.now = world.wake().unwrap();
    let post = post_id(7);
    assert_eq!(world.looked(Look::Found { post }), ["segment_posted"]);
    world
}

#[test]
fn the_rest_of_a_thread_that_is_found_after_an_outage_asks_before_it_goes_on() {
    let mut world = found_after_an_outage();
    assert_eq!(world.tick(), ["overdue"]);
    let mut world = found_after_an_outage();
    assert_eq!(world.begin(), ["overdue"]);
    assert_eq!(world.rescheduled(SlotChoice::Now), ["rescheduled"]);
    assert_eq!(world.begin(), ["publish_started"]);
}

#[test]
fn a_person_who_says_that_a_segment_is_live_means_the_rest_too_and_now() {
    let mut world = World::sending(2);
    world.sent(unknown());
    let reason = "503".to_owned();
    while world.state() == "uncertain" && world.wake().is_some() {
        world.now = world.wake().unwrap();
        let reason = reason.clone();
        world.looked(Look::Unreadable { reason });
    }
    world.pass(minutes(180));
    let post = post_id(7);
    assert_eq!(world.settled(Settlement::Live { post }), ["segment_posted"]);
    assert_eq!(world.tick(), [""; 0]);
    assert_eq!(world.begin(), ["publish_started"]);
}

#[test]
fn a_tweet_that_could_not_go_out_in_time_becomes_a_question_and_goes_out_when_told() {
    let mut world = World::ready(1);
    world.now = world.tweet().slot;
    world.pass(minutes(16));
    assert_eq!(world.begin(), ["overdue"]);
    assert_eq!(world.owed(), []);
    assert_eq!(world.rescheduled(SlotChoice::Now), ["rescheduled"]);
    assert_eq!(world.owed(), [Effect::Publish { tweet: first() }]);
    assert_eq!(world.begin(), ["publish_started"]);
}

#[test]
fn a_refused_connection_costs_seconds_not_the_gap_to_other_tweets() {
    let mut world = World::sending(1);
    world.sent(not_sent());
    let wait = world.wake().unwrap().duration_since(world.now);
    assert_eq!(wait.as_secs(), 15);
    world.now = world.wake().unwrap();
    assert_eq!(world.begin(), ["publish_started"]);
}

#[test]
fn a_tweet_that_came_to_nothing_does_not_hold_up_the_next_one() {
    let mut settings = settings();
    settings.schedule.min_gap = minutes(180);
    let mut world = ready_to_send(&[tweet_id(2)]);
    world.done(
        &By::Engine,
        Command::Configure {
            settings: Box::new(settings),
        },
    );
    world.now = world.tweet().slot;
    world.pass(minutes(14));
    world.begin();
    world.sent(refusal(false));
    let next = world.client.tweet(tweet_id(2)).unwrap().slot;
    assert_eq!(next, at("2026-03-02T12:00:00+01:00"));
    world.now = next;
    assert_eq!(
        world.done(&By::Engine, begin(tweet_id(2))),
        ["publish_started"]
    );
}

#[test]
fn a_doubt_that_was_left_alone_still_keeps_the_gap() {
    let mut world = asked();
    world.settled(Settlement::Drop);
    assert_eq!(world.client.last_sent(), world.tweet().sent_at);
}

#[test]
fn while_paused_nothing_leaves_not_even_the_rest_of_a_thread() {
    let mut world = World::sending(2);
    let reason = "crisis".to_owned();
    world.done(&mia(), Command::Pause { reason });
    assert_eq!(world.accepted(7), ["segment_posted"]);
    assert_eq!(world.owed(), []);
    assert_eq!(
        world.refused(&By::Engine, begin(first())),
        Rejection::Paused
    );
    world.done(&mia(), Command::Resume);
    assert_eq!(world.owed(), [Effect::Publish { tweet: first() }]);
}

#[test]
fn after_a_pause_the_backlog_drips_or_is_asked_about() {
    let [second, third] = [tweet_id(2), tweet_id(3)];
    let mut settings = settings();
    settings.schedule.grace = minutes(240);
    let mut world = ready_to_send(&[second, third]);
    let settings = Box::new(settings);
    world.done(&By::Engine, Command::Configure { settings });
    let slot = SlotChoice::At(at("2026-03-02T15:00:00+01:00"));
    world.done(&ana(), Command::Reschedule { tweet: third, slot });
    let reason = "crisis".to_owned();
    world.done(&mia(), Command::Pause { reason });
    // The tweet of 09:00 is late by more than the grace; those of 12:00 and 15:00 are not.
    world.now = at("2026-03-02T15:59:00+01:00");
    assert_eq!(world.tick(), ["overdue"]);
    assert_eq!(world.owed(), []);
    world.done(&mia(), Command::Resume);
    world.done(&By::Engine, begin(second));
    assert_eq!(world.refused(&By::Engine, begin(third)), Rejection::NotDue);
    world.now = world.wake().unwrap();
    assert_eq!(world.now, at("2026-03-02T16:29:00+01:00"));
    assert_eq!(world.owed(), [Effect::Publish { tweet: third }]);
    assert_eq!(world.state(), "overdue");
}

#[test]
fn now_means_now_whatever_was_sent_a_minute_ago() {
    let second = tweet_id(2);
    let mut world = ready_to_send(&[second]);
    world.now = world.tweet().slot;
    world.begin();
    world.accepted(7);
    world.pass(minutes(1));
    let now = Command::Reschedule {
        tweet: second,
        slot: SlotChoice::Now,
    };
    world.done(&ben(), now);
    assert_eq!(world.done(&By::Engine, begin(second)), ["publish_started"]);
}

#[test]
fn refused_credentials_pause_the_client_until_a_person_resumes_it() {
    let mut world = World::sending(1);
    let revoked = SendOutcome::NotSent {
        reason: "401: the token was revoked".into(),
        retry_after: None,
        needs_person: true,
    };
    assert_eq!(world.sent(revoked), ["not_sent", "paused"]);
    let told = &world.client.notices.back().unwrap().kind;
    assert!(matches!(told, NoticeKind::Paused { reason } if reason.contains("revoked")));
    world.pass(minutes(2));
    assert_eq!((world.state(), world.owed()), ("approved", vec![]));
    let refused = world.refused(&ana(), Command::Resume);
    assert_eq!(refused.to_string(), "needs the right to manage");
    world.done(&mia(), Command::Resume);
    assert_eq!(world.begin(), ["publish_started"]);
}

//! What X does to a post, and what becomes of it.

use std::time::Duration;

use super::kit::{Run, Seen, Sending, World, ada, client, handle, live, minutes, seconds};
use clara_actors::handle::Refusal;
use clara_actors::ports::journal::{StreamId, Version};
use clara_actors::ports::x::XEndpoint;
use clara_actors::ports::{Clock, Journal};
use clara_actors::record::encode;
use clara_domain::client::NoticeKind;
use clara_domain::content::Content;
use clara_domain::ids::TweetId;
use clara_domain::{Command, Rejection, TweetEvent, TweetState};

/// Plays one approved tweet whose requests end so, up to a time after its slot.
fn with_sendings(
    sendings: impl IntoIterator<Item = Sending>,
    play: impl AsyncFnOnce(&Run, TweetId),
) {
    let world = World::with_clients(&["harbour", "museum"]);
    world.x.next(&client("harbour"), sendings);
    live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        run.advance(minutes(5)).await;
        play(&run, tweet).await;
    });
}

#[test]
fn a_post_whose_answer_was_lost_is_found_on_the_timeline() {
    with_sendings([Sending::LoseAnswer], async |run, tweet| {
        assert_eq!(run.state("harbour", tweet), "uncertain");
        run.advance(seconds(10)).await;
        assert_eq!(run.state("harbour", tweet), "posted");
        run.advance(minutes(60)).await;
        assert_eq!(run.world.x.live(&handle("harbour")).len(), 1);
    });
}

#[test]
fn a_post_that_the_timeline_shows_late_is_not_sent_again() {
    for lag in [11, 59, 61, 299] {
        with_sendings([Sending::LoseAnswer], async |run, tweet| {
            run.world.x.set_lag(seconds(lag));
            run.until_state("harbour", tweet, "posted").await;
            run.advance(minutes(60)).await;
            assert_eq!(run.world.x.live(&handle("harbour")).len(), 1, "lag {lag}");
        });
    }
}

#[test]
fn a_post_that_was_lost_is_sent_again_after_three_looks() {
    with_sendings([Sending::LoseRequest], async |run, tweet| {
        run.advance(seconds(299)).await;
        assert_eq!(run.state("harbour", tweet), "uncertain");
        assert_eq!(run.world.x.looks(), 2);
        run.until_state("harbour", tweet, "posted").await;
        assert_eq!(run.world.x.looks(), 3);
        assert_eq!(run.world.x.live(&handle("harbour")).len(), 1);
    });
}

#[test]
fn looks_that_fail_prove_nothing_and_in_the_end_a_person_is_asked() {
    with_sendings([Sending::LoseRequest], async |run, tweet| {
        run.world.x.make_unreadable(100);
        run.advance(minutes(60)).await;
        let TweetState::Uncertain(uncertain) = run.tweet("harbour", tweet).state else {
            panic!("it was settled without a look");
        };
        assert_eq!(uncertain.next_look, None);
        let notices = run.world.desk.notices(&client("harbour"));
        assert!(
            matches!(notices[..], [NoticeKind::PersonAsked { .. }]),
            "{notices:?}"
        );
        assert_eq!(run.world.x.live(&handle("harbour")), [""; 0]);
    });
}

#[test]
fn a_throttled_client_is_held_back_as_asked_and_the_others_go_on() {
    with_sendings([Sending::Throttle(minutes(7))], async |run, tweet| {
        let museum = run.approved("museum", seconds(30)).await;
        run.advance(seconds(30)).await;
        assert_eq!(run.state("museum", museum), "posted");
        assert_eq!(run.state("harbour", tweet), "approved");
        run.advance(Duration::from_secs(6 * 60 + 29)).await;
        assert_eq!(run.world.x.live(&handle("harbour")), [""; 0]);
        run.advance(seconds(2)).await;
        assert_eq!(run.state("harbour", tweet), "posted");
    });
}

#[test]
fn a_window_that_x_says_is_used_up_is_waited_out_without_a_call_that_would_be_refused() {
    let world = World::with_clients(&["harbour", "museum"]);
    live(&world, async |run| {
        let reset = run.engine.now() + minutes(14);
        world.x.use_up(XEndpoint::Create, reset);
        let first = run.approved("harbour", minutes(1)).await;
        let second = run.approved("harbour", minutes(8)).await;
        run.advance(minutes(2)).await;
        assert_eq!(run.state("harbour", first), "posted");
        let museum = run.approved("museum", minutes(7)).await;
        run.advance(minutes(11)).await;
        assert_eq!(run.state("museum", museum), "posted", "its own window");
        assert_eq!(run.state("harbour", second), "approved");
        run.advance(minutes(1)).await;
        assert_eq!(run.state("harbour", second), "posted");
    });
}

#[test]
fn a_used_up_window_for_reading_is_waited_out_before_the_next_look() {
    with_sendings([Sending::LoseAnswer], async |run, tweet| {
        let reset = run.engine.now() + minutes(14);
        run.world.x.use_up(XEndpoint::Timeline, reset);
        run.until_state("harbour", tweet, "posted").await;
        assert!(run.engine.now() < reset, "the first look had its turn");
        let looks = run.world.x.looks();
        run.world.x.next(&client("harbour"), [Sending::LoseAnswer]);
        let next = run.approved("harbour", minutes(6)).await;
        run.until_state("harbour", next, "posted").await;
        assert!(run.engine.now() >= reset, "looked before X allows it");
        assert_eq!(run.world.x.looks(), looks + 1);
    });
}

#[test]
fn a_request_that_never_left_is_made_again() {
    with_sendings([Sending::NotSent, Sending::NotSent], async |run, tweet| {
        assert_eq!(run.state("harbour", tweet), "approved");
        run.advance(seconds(15)).await;
        assert_eq!(run.state("harbour", tweet), "approved");
        run.advance(seconds(15)).await;
        assert_eq!(run.state("harbour", tweet), "posted");
        assert_eq!(run.world.x.looks(), 0);
    });
}

#[test]
fn a_tweet_does_not_wait_for_the_gap_to_its_own_attempt_that_had_no_effect() {
    let mut world = World::with_clients(&["harbour"]);
    world.declared[0].1.schedule = Default::default();
    world.x.next(&client("harbour"), [Sending::NotSent]);
    live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        run.advance(minutes(6)).await;
        assert_eq!(run.state("harbour", tweet), "posted");
    });
}

#[test]
fn a_text_that_is_not_the_approved_one_is_never_sent() {
    let world = World::with_clients(&["harbour"]);
    let tweet = live(&world, async |run| run.plan("harbour", minutes(5)).await);
    // A journal that was tampered with: it says that another text was approved.
    let hash = Content::texts(["something else"]).hash();
    let forged = encode(
        &TweetEvent::Approved { hash }.of(tweet),
        world.clock.now(),
        None,
    );
    let stream = StreamId::Client(client("harbour"));
    live(&world, async |_| {
        let records = world.journal.read(&stream, Version(0)).await.unwrap();
        let version = records.last().unwrap().version;
        let appended = world.journal.append(&stream, version, vec![forged]).await;
        appended.unwrap();
    });
    live(&world, async |run| {
        assert_eq!(run.state("harbour", tweet), "approved");
        run.advance(minutes(15)).await;
        assert_eq!(run.state("harbour", tweet), "approved");
        assert_eq!(world.x.live(&handle("harbour")), [""; 0]);
    });
}

#[test]
fn a_refused_post_waits_for_a_person_and_goes_out_when_told_to() {
    with_sendings([Sending::Refuse], async |run, tweet| {
        assert_eq!(run.state("harbour", tweet), "failed");
        let notices = run.world.desk.notices(&client("harbour"));
        assert!(
            matches!(notices[..], [NoticeKind::Refused { .. }]),
            "{notices:?}"
        );
        assert_eq!(run.world.desk.shown(tweet).last(), Some(&"failed"));
        let revision = run.tweet("harbour", tweet).revision();
        run.ask("harbour", Command::Retry { tweet, revision }).await;
        run.until_state("harbour", tweet, "posted").await;
    });
}

#[test]
fn a_blocked_account_pauses_its_client_alone_and_goes_on_when_resumed() {
    with_sendings([Sending::Block], async |run, tweet| {
        let notices = run.world.desk.notices(&client("harbour"));
        assert!(
            matches!(notices[..], [NoticeKind::Paused { .. }]),
            "{notices:?}"
        );
        assert!(run.view("harbour").paused.is_some());
        assert!(run.view("museum").paused.is_none());
        let museum = run.approved("museum", minutes(1)).await;
        run.advance(minutes(2)).await;
        assert_eq!(run.state("museum", museum), "posted");
        assert_eq!(run.state("harbour", tweet), "approved");
        run.ask("harbour", Command::Resume).await;
        assert_eq!(run.state("harbour", tweet), "posted");
    });
}

#[test]
fn nothing_is_sent_under_the_wrong_account() {
    let world = World::with_clients(&["harbour"]);
    world.x.set_account(&client("harbour"), &handle("casino"));
    live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        run.advance(minutes(10)).await;
        assert_eq!(world.x.live(&handle("casino")), [""; 0]);
        let notices = world.desk.notices(&client("harbour"));
        let [NoticeKind::Paused { reason }] = &notices[..] else {
            panic!("{notices:?}");
        };
        assert!(
            reason.contains("@casino") && reason.contains("@harbour"),
            "{reason}"
        );
        world.x.set_account(&client("harbour"), &handle("Harbour"));
        run.ask("harbour", Command::Resume).await;
        run.until_state("harbour", tweet, "posted").await;
        assert_eq!(world.x.live(&handle("Harbour")).len(), 1);
    });
}

#[test]
fn a_tweet_that_is_on_its_way_cannot_be_taken_back() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        world.x.gate.shut();
        run.advance(minutes(5)).await;
        assert_eq!(run.state("harbour", tweet), "posting");
        let (engine, id) = (run.engine.clone(), client("harbour"));
        let cancel = async move { engine.execute(&id, ada(), Command::Cancel { tweet }).await };
        let answer = run.answer(cancel).await.unwrap();
        assert!(matches!(
            answer,
            Err(Refusal::Rejected(Rejection::WrongState { .. }))
        ));
        world.x.gate.open();
        run.settle().await;
        assert_eq!(run.state("harbour", tweet), "posted");
    });
}

#[test]
fn x_that_never_answers_is_given_up_and_looked_after() {
    with_sendings([Sending::Hang], async |run, tweet| {
        assert_eq!(run.state("harbour", tweet), "posting");
        run.until_state("harbour", tweet, "posted").await;
        assert_eq!(run.world.x.looks(), 3);
        assert_eq!(run.world.x.live(&handle("harbour")).len(), 1);
    });
}

#[test]
fn after_several_failures_in_a_row_of_a_client_x_is_left_alone_by_it_for_a_moment() {
    let world = World::with_clients(&["harbour", "museum"]);
    world.x.next(&client("harbour"), vec![Sending::NotSent; 5]);
    live(&world, async |run| {
        let harbour = run.approved("harbour", minutes(5)).await;
        run.advance(minutes(6)).await;
        let sent = |run: &Run| {
            let seen = run.world.diary.seen().into_iter();
            seen.filter(|seen| matches!(seen, Seen::Sent(..))).count()
        };
        assert_eq!(sent(&run), 5);
        let museum = run.approved("museum", seconds(10)).await;
        run.advance(seconds(29)).await;
        assert_eq!(run.state("museum", museum), "posted");
        assert_eq!(sent(&run), 6, "it was not left alone");
        run.until_state("harbour", harbour, "posted").await;
        assert_eq!(sent(&run), 7);
    });
}

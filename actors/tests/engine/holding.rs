//! What holds a post back at the last moment, and what is taken down: the brake, a pause between the intent and the
//! send, and deletions.

use clara_actors::alerts::Matter;
use clara_actors::handle::Refusal;
use clara_actors::ports::Clock;
use clara_actors::ports::x::{Deletion, Exhausted};
use clara_domain::client::NoticeKind;
use clara_domain::command::SlotChoice;
use clara_domain::ids::TweetId;
use clara_domain::person::By;
use clara_domain::{Command, Rejection};

use super::kit::{Fault, Gate, Run, Sending, World, ada, client, handle, live, minutes, seconds};

fn halts(world: &World) -> usize {
    let alerts = world.desk.alerts();
    let halted = alerts
        .iter()
        .filter(|alert| matches!(alert.matter, Matter::Halted { .. }));
    halted.count()
}

async fn halt(run: &Run) {
    let engine = run.engine.clone();
    let asked = run.answer(async move { engine.halt(ada(), "a crisis".to_owned()).await });
    asked.await.expect("an answer").expect("granted");
}

async fn release(run: &Run) {
    let engine = run.engine.clone();
    let asked = run.answer(async move { engine.release(ada()).await });
    asked.await.expect("an answer").expect("granted");
}

#[test]
fn while_everything_is_held_nothing_of_any_client_leaves_and_then_it_does() {
    let world = World::with_clients(&["harbour", "museum"]);
    live(&world, async |run| {
        let coffee = run.approved("harbour", minutes(10)).await;
        let art = run.approved("museum", minutes(10)).await;
        halt(&run).await;
        assert_eq!(halts(&run.world), 1);
        run.advance(minutes(12)).await;
        assert_eq!(run.state("harbour", coffee), "approved");
        assert_eq!(run.state("museum", art), "approved");
        release(&run).await;
        run.until_state("harbour", coffee, "posted").await;
        run.until_state("museum", art, "posted").await;
    });
}

#[test]
fn a_brake_that_was_pulled_holds_after_a_restart_and_says_so_again() {
    let world = World::with_clients(&["harbour"]);
    let tweet = live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(10)).await;
        halt(&run).await;
        tweet
    });
    live(&world, async |run| {
        assert_eq!(run.engine.halted().unwrap().reason, "a crisis");
        assert_eq!(halts(&run.world), 2);
        run.advance(minutes(12)).await;
        assert_eq!(run.state("harbour", tweet), "approved");
        release(&run).await;
        run.until_state("harbour", tweet, "posted").await;
    });
}

#[test]
fn what_waited_too_long_behind_the_brake_asks_instead_of_flooding() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(10)).await;
        halt(&run).await;
        run.advance(minutes(120)).await;
        release(&run).await;
        run.settle().await;
        assert_eq!(run.state("harbour", tweet), "overdue");
        assert!(run.world.x.live(&handle("harbour")).is_empty());
    });
}

#[test]
fn one_client_out_of_credits_holds_everybody_and_people_are_told() {
    let world = World::with_clients(&["harbour", "museum"]);
    world.x.next(&client("harbour"), [Sending::Exhaust(None)]);
    live(&world, async |run| {
        let coffee = run.approved("harbour", minutes(10)).await;
        let art = run.approved("museum", minutes(11)).await;
        run.advance(minutes(13)).await;
        assert_eq!(run.state("harbour", coffee), "approved");
        assert_eq!(run.state("museum", art), "approved");
        assert!(run.view("harbour").paused.is_none());
        assert_eq!(halts(&run.world), 1);
        release(&run).await;
        run.until_state("harbour", coffee, "posted").await;
        run.until_state("museum", art, "posted").await;
    });
}

#[test]
fn a_cap_that_ends_by_itself_lets_everything_go_on_by_itself_also_after_a_restart() {
    let world = World::with_clients(&["harbour"]);
    let until = world.clock.now() + minutes(20);
    world
        .x
        .next(&client("harbour"), [Sending::Exhaust(Some(until))]);
    let tweet = live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(10)).await;
        run.advance(minutes(11)).await;
        assert!(run.engine.halted().is_some());
        tweet
    });
    live(&world, async |run| {
        assert!(run.engine.halted().is_some());
        run.until_state("harbour", tweet, "posted").await;
        assert!(run.engine.halted().is_none());
        assert!(run.world.clock.now() >= until);
    });
}

#[test]
fn only_managers_hold_everything() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let engine = run.engine.clone();
        let nobody = By::Person(match ada() {
            By::Person(mut person) => {
                person.roles.clear();
                person
            }
            By::Engine => unreachable!("Ada is a person"),
        });
        let asked = run.answer(async move { engine.halt(nobody, "fun".to_owned()).await });
        let refused = asked.await.unwrap();
        assert!(matches!(
            refused,
            Err(Refusal::Rejected(Rejection::NotAllowed { .. }))
        ));
        assert!(run.engine.halted().is_none());
    });
}

/// What a request waits for when its intent is on disk: whose account it is, and a token that has to be renewed.
fn last_waits(world: &World) -> [&Gate; 2] {
    [&world.x.me_gate, &world.x.token_gate]
}

/// Holds a request at each of its last waits: it does not leave, and does once it is let go.
fn stops_the_send(hold: impl AsyncFn(&Run), let_go: impl AsyncFn(&Run)) {
    for at in 0..2 {
        let world = World::with_clients(&["harbour"]);
        live(&world, async |run| {
            let tweet = run.approved("harbour", minutes(10)).await;
            let wait = last_waits(&run.world)[at];
            wait.shut();
            run.advance(minutes(10) + seconds(1)).await;
            assert_eq!(run.state("harbour", tweet), "posting");
            hold(&run).await;
            wait.open();
            run.settle().await;
            assert_eq!(run.state("harbour", tweet), "approved");
            assert!(run.world.x.live(&handle("harbour")).is_empty());
            let_go(&run).await;
            run.until_state("harbour", tweet, "posted").await;
        });
    }
}

#[test]
fn a_pause_between_the_intent_and_the_send_stops_the_send() {
    stops_the_send(
        async |run| {
            let reason = "wrong day".to_owned();
            run.ask("harbour", Command::Pause { reason }).await;
        },
        async |run| {
            run.ask("harbour", Command::Resume).await;
        },
    );
}

#[test]
fn the_brake_between_the_intent_and_the_send_stops_the_send() {
    stops_the_send(halt, release);
}

#[test]
fn a_request_that_was_given_up_while_the_account_was_asked_for_does_not_leave() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(10)).await;
        let other = run.approved("harbour", minutes(60)).await;
        run.world.x.me_gate.shut();
        run.advance(minutes(10) + seconds(1)).await;
        assert_eq!(run.state("harbour", tweet), "posting");
        // Another decision goes wrong, and the client starts anew without what it had in hand.
        run.world
            .journal
            .script(|append| match append.holds("rescheduled") {
                true => Fault::Conflict,
                false => Fault::None,
            });
        let slot = SlotChoice::At(run.world.clock.now() + minutes(90));
        let moved = Command::Reschedule { tweet: other, slot };
        run.try_ask("harbour", moved).await;
        run.until_state("harbour", tweet, "uncertain").await;
        run.world.x.me_gate.open();
        run.settle().await;
        assert!(run.world.x.live(&handle("harbour")).is_empty());
        run.until_state("harbour", tweet, "posted").await;
        assert_eq!(run.world.x.live(&handle("harbour")).len(), 1);
    });
}

fn delete(tweet: TweetId) -> Command {
    Command::Delete {
        tweet,
        reason: "wrong price".to_owned(),
    }
}

#[test]
fn a_post_is_taken_down_by_a_persons_word_and_tried_again_until_it_is_gone() {
    let world = World::with_clients(&["harbour"]);
    let reason = || "503".to_owned();
    world.x.next_deletions([
        Deletion::NotKnown { reason: reason() },
        Deletion::Throttled {
            reason: reason(),
            retry_after: minutes(3),
        },
        Deletion::Exhausted(Exhausted {
            reason: reason(),
            until: None,
        }),
    ]);
    live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(10)).await;
        run.until_state("harbour", tweet, "posted").await;
        run.ask("harbour", delete(tweet)).await;
        run.until_state("harbour", tweet, "deleted").await;
        assert!(run.world.x.live(&handle("harbour")).is_empty());
    });
}

#[test]
fn a_deletion_that_x_does_not_take_holds_up_no_post_and_people_hear_of_it_once() {
    let world = World::with_clients(&["harbour"]);
    let reason = || "503".to_owned();
    let vain = std::iter::repeat_with(|| Deletion::NotKnown { reason: reason() });
    world.x.next_deletions(vain.take(500));
    live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(10)).await;
        run.until_state("harbour", tweet, "posted").await;
        run.ask("harbour", delete(tweet)).await;
        for _ in 0..6 {
            let post = run.approved("harbour", minutes(10)).await;
            run.advance(minutes(10) + seconds(60)).await;
            assert_eq!(run.state("harbour", post), "posted");
        }
        assert_eq!(run.state("harbour", tweet), "deleting");
        let told = run.world.desk.notices(&client("harbour"));
        assert!(
            matches!(told.as_slice(), [NoticeKind::DeletionTrouble { .. }]),
            "{told:?}"
        );
        let cards = run.world.desk.cards(tweet);
        let shown = cards.last().unwrap().client.tweet(tweet).unwrap().troubles;
        assert!(shown >= 3, "{shown}");
    });
}

#[test]
fn a_deletion_goes_on_after_a_restart() {
    let world = World::with_clients(&["harbour"]);
    world.x.next_deletions([Deletion::NotKnown {
        reason: "the answer was lost".to_owned(),
    }]);
    let tweet = live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(10)).await;
        run.until_state("harbour", tweet, "posted").await;
        run.ask("harbour", delete(tweet)).await;
        tweet
    });
    live(&world, async |run| {
        run.until_state("harbour", tweet, "deleted").await;
        assert!(run.world.x.live(&handle("harbour")).is_empty());
    });
}

#[test]
fn under_a_wrong_account_nothing_is_taken_down() {
    let world = World::with_clients(&["harbour"]);
    let tweet = live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(10)).await;
        run.until_state("harbour", tweet, "posted").await;
        tweet
    });
    world
        .x
        .set_account(&client("harbour"), &handle("somebodyelse"));
    live(&world, async |run| {
        run.ask("harbour", delete(tweet)).await;
        run.settle().await;
        assert_eq!(run.state("harbour", tweet), "failed");
        assert_eq!(run.world.x.live(&handle("harbour")).len(), 1);
    });
}

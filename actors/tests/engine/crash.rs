//! The process dies at every place where something was to be written down, and the next one goes on.

use super::kit::{Fault, Run, Sending, World, ada, client, handle, live, minutes, seconds};
use clara_actors::handle::Refusal;
use clara_actors::ports::Clock;
use clara_domain::command::SlotChoice;
use clara_domain::ids::TweetId;
use clara_domain::{Command, Rejection};

/// More lives than this mean that it does not get on.
const MOST_LIVES: usize = 6;

/// Plans a tweet, approves it and sees it posted, over as many lives as it takes; asks again what was not answered.
/// Returns the text that was approved, and whether that approval was acknowledged.
fn play_to_the_end(world: &World, tweet: TweetId) {
    for _ in 0..MOST_LIVES {
        if live(world, async |run| play(&run, tweet).await) {
            return;
        }
    }
    panic!("not posted after {MOST_LIVES} lives");
}

/// One life; whether it reached the end.
async fn play(run: &Run, tweet: TweetId) -> bool {
    let dead = |run: &Run| run.world.diary.is_dead();
    if run.state("harbour", tweet) == "unknown" {
        let planning = run.planning(tweet, minutes(10));
        let planned = run.try_ask("harbour", planning).await;
        assert!(dead(run) || planned.unwrap().is_ok());
    }
    run.until("it can be approved, or more", |run| {
        dead(run) || !["unknown", "planned", "generated"].contains(&run.state("harbour", tweet))
    })
    .await;
    if !dead(run) && run.state("harbour", tweet) == "validated" {
        let revision = run.tweet("harbour", tweet).revision();
        run.try_ask("harbour", Command::Approve { tweet, revision })
            .await;
    }
    run.until("it is posted and its card says so", |run| {
        dead(run) || run.world.desk.shown(tweet).last() == Some(&"posted")
    })
    .await;
    run.settle().await;
    !dead(run)
}

/// How many appends the whole story takes when nothing goes wrong.
fn appends_of_a_quiet_run(prepare: impl Fn(&World)) -> usize {
    let world = World::with_clients(&["harbour"]);
    prepare(&world);
    world.journal.script(|_| Fault::None);
    play_to_the_end(&world, tweet_id());
    world.journal.appends()
}

fn tweet_id() -> TweetId {
    "01900000000070008000000000000001".parse().unwrap()
}

fn die_at_every_append(fault: Fault, prepare: impl Fn(&World)) {
    let appends = appends_of_a_quiet_run(&prepare);
    assert!(appends >= 9, "only {appends} appends");
    for at in 1..=appends {
        let world = World::with_clients(&["harbour"]);
        prepare(&world);
        world.journal.script(
            move |append| {
                if append.no == at { fault } else { Fault::None }
            },
        );
        play_to_the_end(&world, tweet_id());
        let posted = world.x.live(&handle("harbour"));
        assert_eq!(posted.len(), 1, "{fault:?} at append {at}: {posted:?}");
        live(&world, async |run| {
            let tweet = run.tweet("harbour", tweet_id());
            let approved = &tweet.current().unwrap().content.segments[0].text;
            assert_eq!(posted[0], *approved, "{fault:?} at append {at}");
            assert_eq!(tweet.state.name(), "posted");
        });
    }
}

#[test]
fn dying_before_any_append_loses_nothing_and_posts_nothing_twice() {
    die_at_every_append(Fault::CrashBefore, |_| {});
}

#[test]
fn dying_after_any_append_loses_nothing_and_posts_nothing_twice() {
    die_at_every_append(Fault::CrashAfter, |_| {});
}

#[test]
fn dying_at_any_append_while_answers_get_lost_posts_nothing_twice() {
    let lossy = |world: &World| {
        world.x.next(&client("harbour"), [Sending::LoseAnswer]);
        world.x.set_lag(seconds(45));
    };
    die_at_every_append(Fault::CrashBefore, lossy);
    die_at_every_append(Fault::CrashAfter, lossy);
}

#[test]
fn a_post_that_was_interrupted_is_looked_for_three_times_before_it_is_sent_again() {
    let world = World::with_clients(&["harbour"]);
    let tweet = live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        world.journal.script(|append| {
            if append.holds("publish_started") {
                Fault::CrashAfter
            } else {
                Fault::None
            }
        });
        run.until("it dies", |run| run.world.diary.is_dead()).await;
        tweet
    });
    world.journal.mend();
    live(&world, async |run| {
        assert_eq!(run.state("harbour", tweet), "uncertain");
        run.advance(minutes(4)).await;
        assert_eq!(world.x.looks(), 2);
        assert_eq!(world.x.live(&handle("harbour")), [""; 0]);
        run.until_state("harbour", tweet, "posted").await;
        assert_eq!(world.x.looks(), 3);
        assert_eq!(world.x.live(&handle("harbour")).len(), 1);
    });
}

#[test]
fn a_post_that_x_took_while_the_process_died_is_found_and_not_sent_again() {
    let world = World::with_clients(&["harbour"]);
    world.x.next(&client("harbour"), [Sending::AcceptAndDie]);
    let tweet = live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        run.until("it dies", |run| run.world.diary.is_dead()).await;
        tweet
    });
    live(&world, async |run| {
        run.until_state("harbour", tweet, "posted").await;
        run.advance(minutes(30)).await;
        assert_eq!(world.x.live(&handle("harbour")).len(), 1);
        assert_eq!(world.x.looks(), 1);
    });
}

/// One life that ends with the second segment of a thread of three live, and nobody told.
fn dies_within_a_thread(world: &World) -> TweetId {
    let accepted = [Sending::Accept, Sending::AcceptAndDie];
    world.x.next(&client("harbour"), accepted);
    live(world, async |run| {
        let tweet = run.engine.new_tweets(1)[0];
        let mut thread = run.planning(tweet, minutes(5));
        if let Command::Plan { segments, .. } = &mut thread {
            *segments = 3;
        }
        run.ask("harbour", thread).await;
        run.until_state("harbour", tweet, "validated").await;
        run.approve("harbour", tweet).await;
        run.until("it dies", |run| run.world.diary.is_dead()).await;
        tweet
    })
}

#[test]
fn a_thread_that_was_interrupted_goes_on_where_it_stopped() {
    let world = World::with_clients(&["harbour"]);
    let tweet = dies_within_a_thread(&world);
    live(&world, async |run| {
        run.until_state("harbour", tweet, "posted").await;
        let tweet = run.tweet("harbour", tweet);
        let content = &tweet.current().unwrap().content;
        let texts: Vec<_> = content.segments.iter().map(|s| s.text.clone()).collect();
        assert_eq!(texts.len(), 3);
        assert_eq!(world.x.live(&handle("harbour")), texts);
    });
}

#[test]
fn a_thread_that_was_interrupted_for_hours_asks_before_it_goes_on() {
    let world = World::with_clients(&["harbour"]);
    let tweet = dies_within_a_thread(&world);
    world.clock.set(world.clock.now() + minutes(180));
    live(&world, async |run| {
        run.until("it is settled", |run| {
            run.state("harbour", tweet) != "uncertain"
        })
        .await;
        assert_eq!(run.state("harbour", tweet), "overdue");
        run.advance(minutes(60)).await;
        assert_eq!(world.x.live(&handle("harbour")).len(), 2);
        let now = Command::Reschedule {
            tweet,
            slot: SlotChoice::Now,
        };
        run.ask("harbour", now).await;
        run.until_state("harbour", tweet, "posted").await;
        assert_eq!(world.x.live(&handle("harbour")).len(), 3);
    });
}

#[test]
fn what_was_asked_and_not_answered_can_be_asked_again_with_the_same_ids() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        world.journal.script(|append| {
            if append.holds("planned") {
                Fault::CrashAfter
            } else {
                Fault::None
            }
        });
        let unanswered = run
            .try_ask("harbour", run.planning(tweet_id(), minutes(5)))
            .await;
        assert!(unanswered.is_none());
    });
    world.journal.mend();
    live(&world, async |run| {
        let (engine, id) = (run.engine.clone(), client("harbour"));
        let again = run.planning(tweet_id(), minutes(9));
        let answer = run
            .answer(async move { engine.execute(&id, ada(), again).await })
            .await;
        let exists = Refusal::Rejected(Rejection::TweetExists(tweet_id()));
        assert_eq!(answer.unwrap().unwrap_err(), exists);
        assert_eq!(run.view("harbour").tweets.len(), 1);
    });
}

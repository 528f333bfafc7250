//! Many wishes at once: a client that is busy says so, and a busy client does not stand in another one's way.

use std::time::Duration;

use super::kit::{Run, World, ada, client, generous, handle, live, minutes, seconds, settings};
use clara_actors::handle::Refusal;
use clara_actors::limiter::Quota;
use clara_domain::Command;
use clara_domain::command::{SlotChoice, WriteTime};
use clara_domain::person::By;

/// Plans so many tweets of a client in one go, a minute apart.
async fn plan_many(run: &Run, name: &str, count: usize) {
    for _ in 0..count {
        let slots = run.view(name).tweets.len() as u64;
        let id = run.engine.new_tweets(1)[0];
        let plan = Command::Plan {
            tweets: vec![id],
            brief: format!("Brief of {name}"),
            segments: 1,
            slot: SlotChoice::At(run.engine.now() + minutes(60) + minutes(slots)),
            write: WriteTime::Now,
        };
        let (engine, id) = (run.engine.clone(), client(name));
        engine.execute(&id, ada(), plan).await.unwrap();
    }
}

#[test]
fn a_client_with_200_tweets_to_write_does_not_delay_another_ones() {
    let mut world = World::with_clients(&["harbour", "museum"]);
    world.limits.model.at_once = 4;
    live(&world, async |run| {
        world.model.gate.shut();
        plan_many(&run, "harbour", 200).await;
        run.settle().await;
        plan_many(&run, "museum", 1).await;
        run.settle().await;
        let asked = world.model.asked();
        let of = |name: &str| {
            let questions = asked.iter().filter(|question| question.user.contains(name));
            questions.count()
        };
        assert_eq!(
            of("Brief of harbour"),
            2,
            "no client holds more than half of the places"
        );
        assert_eq!(of("Brief of museum"), 1);
    });
}

#[test]
fn people_are_answered_while_200_tweets_are_written() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        world.model.gate.shut();
        plan_many(&run, "harbour", 200).await;
        run.settle().await;
        let pause = Command::Pause {
            reason: "holidays".to_owned(),
        };
        assert!(run.try_ask("harbour", pause).await.unwrap().is_ok());
    });
}

#[test]
fn a_mailbox_that_is_full_is_an_answer() {
    let world = World::with_clients(&["harbour", "museum"]);
    live(&world, async |run| {
        world.journal.gate.shut();
        let mut asked = Vec::new();
        for _ in 0..200 {
            let engine = run.engine.clone();
            asked.push(tokio::task::spawn_local(async move {
                engine
                    .execute(
                        &client("harbour"),
                        By::Engine,
                        Command::Pause { reason: "x".into() },
                    )
                    .await
            }));
        }
        run.settle().await;
        let (answered, waiting): (Vec<_>, Vec<_>) =
            asked.into_iter().partition(|ask| ask.is_finished());
        assert!((60..=70).contains(&waiting.len()), "{} wait", waiting.len());
        for ask in answered {
            assert_eq!(
                ask.await.unwrap().unwrap_err(),
                Refusal::Busy(client("harbour"))
            );
        }
        world.journal.gate.open();
        run.settle().await;
        assert!(waiting.iter().all(|ask| ask.is_finished()));
        assert!(run.view("harbour").paused.is_some());
    });
}

#[test]
fn a_client_that_is_started_again_does_not_use_up_the_quota_of_what_it_waited_for() {
    let mut world = World::with_clients(&["harbour", "museum"]);
    world.limits = generous();
    world.limits.model.at_once = 1;
    world.limits.model.app = Quota {
        calls: 60,
        per: Duration::from_secs(3600),
    };
    live(&world, async |run| {
        world.model.gate.shut();
        plan_many(&run, "harbour", 40).await;
        run.settle().await;
        // Its 39 waiting wishes die with it, and come back with its next incarnation.
        world.journal.script(|_| super::kit::Fault::PanicBefore);
        let resume = Command::Pause {
            reason: "x".to_owned(),
        };
        run.try_ask("harbour", resume).await;
        world.journal.mend();
        run.advance(seconds(1)).await;
        world.model.gate.open();
        run.settle().await;
        let view = run.view("harbour");
        let written = view
            .tweets
            .values()
            .filter(|t| t.state.name() == "validated")
            .count();
        assert_eq!(
            written, 29,
            "of the 30 calls at once only the one under way was lost"
        );
    });
}

#[test]
fn posts_go_out_at_the_client_quota_and_not_faster() {
    let mut world = World::with_clients(&["harbour"]);
    world.limits.x.client = Quota {
        calls: 4,
        per: minutes(15),
    };
    world.declared[0].1.schedule.min_gap = Duration::ZERO;
    world.declared[0].1.schedule.grace = minutes(600);
    live(&world, async |run| {
        for at in 0..10 {
            run.approved("harbour", minutes(5) + seconds(at)).await;
        }
        run.advance(minutes(240)).await;
        let posted = world.x.timeline(&handle("harbour"));
        assert_eq!(posted.len(), 10);
        for (at, first) in posted.iter().enumerate() {
            let end = first.created_at + minutes(15);
            let within = posted[at..]
                .iter()
                .filter(|post| post.created_at < end)
                .count();
            assert!(within <= 4, "{within} posts in 15 minutes");
        }
    });
}

#[test]
fn a_client_that_is_added_works_at_once_and_one_that_is_refused_leaves_no_trace() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let add = |settings| {
            let engine = run.engine.clone();
            async move { engine.add(client("museum"), ada(), settings).await }
        };
        let mut strangers = settings("museum");
        strangers.access = Default::default();
        let refused = run.answer(add(strangers)).await.unwrap();
        assert!(matches!(refused, Err(Refusal::Rejected(_))), "{refused:?}");
        assert_eq!(run.engine.clients().len(), 1);
        world.x.set_account(&client("museum"), &handle("museum"));
        run.answer(add(settings("museum"))).await.unwrap().unwrap();
        let tweet = run.approved("museum", minutes(5)).await;
        run.until_state("museum", tweet, "posted").await;
    });
    live(&world, async |run| {
        assert_eq!(run.engine.clients().len(), 2);
    });
}

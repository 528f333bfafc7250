//! Stopping: what is on its way arrives and is written down, nothing new begins.

use super::kit::{World, client, handle, live, minutes, seconds};
use clara_actors::handle::{Condition, Refusal};
use clara_domain::Command;
use clara_domain::ids::ClientId;

use super::kit::{ada, settings};

#[test]
fn a_post_on_its_way_is_waited_for_and_recorded() {
    let world = World::with_clients(&["harbour"]);
    let tweet = live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        world.x.gate.shut();
        run.advance(minutes(5)).await;
        let engine = run.engine.clone();
        let stopped = tokio::task::spawn_local(async move { engine.stop().await });
        run.settle().await;
        assert!(!stopped.is_finished(), "the post was not waited for");
        world.x.gate.open();
        run.settle().await;
        assert!(stopped.is_finished());
        assert!(run.events("harbour").await.contains(&"posted".to_owned()));
        assert!(run.view("harbour").ledger.open.is_empty());
        tweet
    });
    live(&world, async |run| {
        assert_eq!(run.state("harbour", tweet), "posted");
        run.advance(minutes(60)).await;
        assert_eq!(world.x.live(&handle("harbour")).len(), 1);
    });
}

#[test]
fn nothing_new_begins_while_it_stops() {
    let world = World::with_clients(&["harbour", "museum"]);
    live(&world, async |run| {
        let on_its_way = run.approved("harbour", minutes(5)).await;
        let due_later = run.approved("museum", minutes(6)).await;
        world.x.gate.shut();
        run.advance(minutes(5)).await;
        let engine = run.engine.clone();
        let stopped = tokio::task::spawn_local(async move { engine.stop().await });
        run.settle().await;
        run.advance(seconds(40)).await;
        world.x.gate.open();
        run.advance(minutes(5)).await;
        assert!(stopped.is_finished());
        assert_eq!(run.state("harbour", on_its_way), "posted");
        assert_eq!(run.state("museum", due_later), "approved");
        let conditions: Vec<_> = run
            .engine
            .clients()
            .into_iter()
            .map(|c| c.condition)
            .collect();
        assert_eq!(conditions, [Condition::Stopped, Condition::Stopped]);
    });
}

#[test]
fn a_stop_does_not_wait_for_ever_and_the_next_start_finds_out() {
    let world = World::with_clients(&["harbour"]);
    let tweet = live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        world.x.gate.shut();
        run.advance(minutes(5)).await;
        let engine = run.engine.clone();
        let stopped = tokio::task::spawn_local(async move { engine.stop().await });
        run.advance(seconds(46)).await;
        assert!(stopped.is_finished());
        tweet
    });
    world.x.gate.open();
    live(&world, async |run| {
        assert_eq!(run.state("harbour", tweet), "uncertain");
        run.until_state("harbour", tweet, "posted").await;
        assert_eq!(world.x.live(&handle("harbour")).len(), 1);
    });
}

#[test]
fn writing_is_not_waited_for_and_begins_again_at_the_next_start() {
    let world = World::with_clients(&["harbour"]);
    world.model.gate.shut();
    let tweet = live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(60)).await;
        let engine = run.engine.clone();
        let stopped = run.answer(async move { engine.stop().await }).await;
        assert!(stopped.is_some());
        tweet
    });
    world.model.gate.open();
    live(&world, async |run| {
        assert_eq!(run.state("harbour", tweet), "validated");
    });
}

#[test]
fn after_a_stop_everybody_is_told_so() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        for _ in 0..2 {
            let engine = run.engine.clone();
            assert!(
                run.answer(async move { engine.stop().await })
                    .await
                    .is_some()
            );
        }
        let answer = run.try_ask("harbour", Command::Resume).await.unwrap();
        assert!(
            matches!(answer, Err(Refusal::Unavailable { .. })),
            "{answer:?}"
        );
        let engine = run.engine.clone();
        let id: ClientId = client("museum");
        let add = async move { engine.add(id, ada(), settings("museum")).await };
        let answer = run.answer(add).await.unwrap();
        assert_eq!(answer.unwrap_err(), Refusal::Stopping);
    });
}

#[test]
fn a_stop_ends_while_a_client_waits_to_be_restarted() {
    let world = World::with_clients(&["harbour", "museum"]);
    live(&world, async |run| {
        world.desk.panic_for(&client("harbour"), true);
        run.plan("harbour", minutes(60)).await;
        let engine = run.engine.clone();
        assert!(
            run.answer(async move { engine.stop().await })
                .await
                .is_some()
        );
        run.advance(minutes(2)).await;
        assert_eq!(world.desk.alerts(), []);
    });
}

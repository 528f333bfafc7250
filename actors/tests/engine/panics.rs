//! A fault inside one client stays inside it.

use super::kit::{Fault, Reply, Run, Sending, World, client, handle, live, minutes, seconds};
use clara_actors::alerts::Matter;
use clara_actors::handle::{Condition, Refusal};
use clara_actors::ports::journal::StreamId;
use clara_domain::Command;

fn condition(run: &Run, name: &str) -> Condition {
    let mut clients = run.engine.clients().into_iter();
    clients
        .find(|status| status.id == client(name))
        .unwrap()
        .condition
}

#[test]
fn a_panic_in_one_clients_effect_restarts_it_and_no_other_client_notices() {
    let world = World::with_clients(&["harbour", "museum"]);
    live(&world, async |run| {
        let museum = run.approved("museum", minutes(10)).await;
        let slot = run.tweet("museum", museum).slot;
        world.desk.panic_for(&client("harbour"), true);
        let harbour = run.plan("harbour", minutes(30)).await;
        assert!(matches!(
            condition(&run, "harbour"),
            Condition::Restarting { .. }
        ));
        assert_eq!(condition(&run, "museum"), Condition::Running);
        run.advance(std::time::Duration::from_millis(150)).await;
        world.desk.panic_for(&client("harbour"), false);
        run.until("harbour works again", |run| {
            condition(run, "harbour") == Condition::Running
        })
        .await;
        run.until_state("harbour", harbour, "validated").await;
        run.approve("harbour", harbour).await;
        run.until_state("museum", museum, "posted").await;
        let at = world.x.timeline(&handle("museum"))[0].created_at;
        assert_eq!(at, slot, "the other client's tweet was not on time");
        run.until_state("harbour", harbour, "posted").await;
        assert_eq!(world.desk.shown(harbour).last(), Some(&"posted"));
    });
}

fn a_panic_of_the_journal_is_contained(fault: Fault) {
    let world = World::with_clients(&["harbour", "museum"]);
    live(&world, async |run| {
        let museum = run.approved("museum", minutes(10)).await;
        let harbour = run.approved("harbour", minutes(5)).await;
        let mut panicked = false;
        world.journal.script(move |append| {
            let own = *append.stream == StreamId::Client(client("harbour"));
            if own && append.holds("publish_started") && !panicked {
                panicked = true;
                fault
            } else {
                Fault::None
            }
        });
        run.until_state("harbour", harbour, "posted").await;
        run.until_state("museum", museum, "posted").await;
        run.advance(minutes(30)).await;
        assert_eq!(world.x.live(&handle("harbour")).len(), 1);
        assert_eq!(world.x.live(&handle("museum")).len(), 1);
        assert_eq!(condition(&run, "harbour"), Condition::Running);
    });
}

#[test]
fn a_panic_before_an_append_restarts_the_client_which_posts_once() {
    a_panic_of_the_journal_is_contained(Fault::PanicBefore);
}

#[test]
fn a_panic_after_an_append_restarts_the_client_which_posts_once() {
    a_panic_of_the_journal_is_contained(Fault::PanicAfter);
}

#[test]
fn whoever_asked_while_it_panicked_is_told_that_it_is_not_sure_and_asks_again() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        world.journal.script(|append| {
            if append.no == 1 {
                Fault::PanicBefore
            } else {
                Fault::None
            }
        });
        let pause = || Command::Pause {
            reason: "holidays".to_owned(),
        };
        let answer = run.try_ask("harbour", pause()).await.expect("an answer");
        assert!(
            matches!(answer, Err(Refusal::NotStored { perhaps: true, .. })),
            "{answer:?}"
        );
        assert!(run.view("harbour").paused.is_none());
        run.advance(seconds(1)).await;
        run.ask("harbour", pause()).await;
        assert!(run.view("harbour").paused.is_some());
    });
}

#[test]
fn a_client_that_keeps_failing_is_quarantined_with_one_alert_and_the_others_work() {
    let world = World::with_clients(&["harbour", "museum"]);
    live(&world, async |run| {
        world.desk.panic_for(&client("harbour"), true);
        run.plan("harbour", minutes(60)).await;
        run.advance(minutes(2)).await;
        assert!(matches!(
            condition(&run, "harbour"),
            Condition::Quarantined { .. }
        ));
        let alerts = world.desk.alerts();
        assert_eq!(alerts.len(), 1, "{alerts:?}");
        assert!(matches!(alerts[0].matter, Matter::Quarantined { .. }));
        assert_eq!(alerts[0].client, Some(client("harbour")));
        let answer = run.try_ask("harbour", Command::Resume).await.unwrap();
        let Err(Refusal::Unavailable { reason, .. }) = answer else {
            panic!("{answer:?}");
        };
        assert!(reason.contains("failed too often"), "{reason}");
        assert_eq!(run.view("harbour").tweets.len(), 1, "it can still be seen");
        let museum = run.approved("museum", minutes(10)).await;
        run.until_state("museum", museum, "posted").await;
    });
    world.desk.panic_for(&client("harbour"), false);
    live(&world, async |run| {
        assert_eq!(condition(&run, "harbour"), Condition::Running);
    });
}

#[test]
fn of_two_clients_that_are_quarantined_at_once_people_hear_of_both() {
    let world = World::with_clients(&["harbour", "museum"]);
    live(&world, async |run| {
        for name in ["harbour", "museum"] {
            world.desk.panic_for(&client(name), true);
        }
        world.model.gate.shut();
        run.plan("harbour", minutes(60)).await;
        run.plan("museum", minutes(60)).await;
        world.model.gate.open();
        run.advance(minutes(2)).await;
        let told = world.desk.alerts();
        let mut about: Vec<_> = told
            .iter()
            .filter_map(|alert| alert.client.clone())
            .collect();
        about.sort();
        assert_eq!(about, [client("harbour"), client("museum")]);
    });
}

#[test]
fn people_hear_of_a_quarantine_although_the_desk_was_away() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        world.desk.panic_for(&client("harbour"), true);
        world.desk.fail_alerts(3);
        run.plan("harbour", minutes(60)).await;
        run.advance(minutes(5)).await;
        assert_eq!(world.desk.alerts().len(), 1);
    });
}

#[test]
fn a_panic_of_the_model_is_trouble_that_passes() {
    let world = World::with_clients(&["harbour", "museum"]);
    live(&world, async |run| {
        world.model.answers([Reply::Panic]);
        let harbour = run.plan("harbour", minutes(60)).await;
        assert_eq!(run.state("harbour", harbour), "planned");
        assert_eq!(condition(&run, "harbour"), Condition::Running);
        let museum = run.plan("museum", minutes(60)).await;
        assert_eq!(run.state("museum", museum), "validated");
        run.until_state("harbour", harbour, "validated").await;
    });
}

#[test]
fn a_panic_while_posting_is_an_unknown_outcome() {
    let world = World::with_clients(&["harbour", "museum"]);
    live(&world, async |run| {
        world.x.next(&client("harbour"), [Sending::Panic]);
        let harbour = run.approved("harbour", minutes(5)).await;
        let museum = run.approved("museum", minutes(5)).await;
        run.until_state("harbour", harbour, "uncertain").await;
        assert_eq!(run.state("museum", museum), "posted");
        assert_eq!(condition(&run, "harbour"), Condition::Running);
        run.until_state("harbour", harbour, "posted").await;
        assert_eq!(world.x.live(&handle("harbour")).len(), 1);
    });
}

#[test]
fn a_panic_while_asking_for_the_account_sends_nothing() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        world.x.panic_on_me(1);
        let harbour = run.approved("harbour", minutes(5)).await;
        run.advance(minutes(5)).await;
        assert_eq!(run.state("harbour", harbour), "approved");
        run.until_state("harbour", harbour, "posted").await;
        assert_eq!(world.x.live(&handle("harbour")).len(), 1);
    });
}

#[test]
fn a_post_on_its_way_when_its_client_dies_is_found_and_not_sent_again() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let harbour = run.approved("harbour", minutes(5)).await;
        world.x.gate.shut();
        run.advance(minutes(5)).await;
        assert_eq!(run.state("harbour", harbour), "posting");
        world.journal.script(|append| {
            if append.no == 1 {
                Fault::PanicBefore
            } else {
                Fault::None
            }
        });
        let pause = Command::Pause {
            reason: "x".to_owned(),
        };
        assert!(run.try_ask("harbour", pause).await.unwrap().is_err());
        run.advance(seconds(30)).await;
        assert_eq!(run.state("harbour", harbour), "uncertain");
        // The gateway still waits for the answer that the client does not wait for any more.
        world.x.gate.open();
        run.until_state("harbour", harbour, "posted").await;
        run.advance(minutes(30)).await;
        assert_eq!(world.x.live(&handle("harbour")).len(), 1);
    });
}

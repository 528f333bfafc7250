//! A journal that is busy, behind, or gone.

use super::kit::{Fault, Sending, World, client, handle, live, minutes, seconds};
use clara_actors::handle::{Condition, Refusal};
use clara_domain::Command;

fn pause() -> Command {
    Command::Pause {
        reason: "holidays".to_owned(),
    }
}

#[test]
fn when_the_journal_is_busy_the_person_is_told_and_nothing_is_half_done() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        world.journal.script(|_| Fault::Refuse);
        let answer = run.try_ask("harbour", pause()).await.expect("an answer");
        let Err(Refusal::NotStored { perhaps, .. }) = answer else {
            panic!("{answer:?}");
        };
        assert!(!perhaps);
        assert!(run.view("harbour").paused.is_none());
        world.journal.mend();
        run.ask("harbour", pause()).await;
    });
}

#[test]
fn what_the_engine_could_not_store_it_tries_again() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(5)).await;
        world.journal.script(|_| Fault::Refuse);
        run.advance(minutes(25)).await;
        assert_eq!(run.state("harbour", tweet), "validated");
        world.journal.mend();
        run.advance(seconds(5)).await;
        assert_eq!(run.state("harbour", tweet), "missed");
    });
}

#[test]
fn an_answer_of_x_is_kept_until_the_journal_takes_it() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        // The timeline is no help: only the answer says that it is live.
        world.x.set_lag(minutes(600));
        let mut refusals = 0;
        world.journal.script(move |append| {
            if append.holds("segment_posted") && refusals < 5 {
                refusals += 1;
                Fault::Refuse
            } else {
                Fault::None
            }
        });
        run.advance(minutes(6)).await;
        assert_eq!(run.state("harbour", tweet), "posted");
        run.advance(minutes(60)).await;
        assert_eq!(world.x.live(&handle("harbour")).len(), 1);
    });
}

#[test]
fn texts_that_were_paid_for_are_kept_until_the_journal_takes_them() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let mut refusals = 0;
        world.journal.script(move |append| {
            if append.holds("revision_written") && refusals < 5 {
                refusals += 1;
                Fault::Refuse
            } else {
                Fault::None
            }
        });
        let tweet = run.plan("harbour", minutes(60)).await;
        run.until_state("harbour", tweet, "validated").await;
        assert_eq!(world.model.asked().len(), 1);
    });
}

#[test]
fn a_conflict_makes_the_client_read_its_journal_again() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let mut conflicts = 1;
        world.journal.script(move |_| {
            conflicts -= 1;
            if conflicts == 0 {
                Fault::Conflict
            } else {
                Fault::None
            }
        });
        let answer = run.try_ask("harbour", pause()).await.expect("an answer");
        assert!(
            matches!(answer, Err(Refusal::NotStored { perhaps: false, .. })),
            "{answer:?}"
        );
        let condition = run.engine.clients()[0].condition.clone();
        assert!(
            matches!(condition, Condition::Restarting { .. }),
            "{condition:?}"
        );
        run.advance(seconds(1)).await;
        run.ask("harbour", pause()).await;
    });
}

#[test]
fn when_the_journal_fails_the_engine_says_so_and_grants_nothing_more() {
    let world = World::with_clients(&["harbour", "museum"]);
    live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        world.journal.script(|append| {
            if append.no == 1 {
                Fault::Fail
            } else {
                Fault::None
            }
        });
        let answer = run.try_ask("museum", pause()).await.expect("an answer");
        assert!(
            matches!(answer, Err(Refusal::NotStored { perhaps: true, .. })),
            "{answer:?}"
        );
        let engine = run.engine.clone();
        let reason = run.answer(async move { engine.failed().await }).await;
        assert_eq!(reason.as_deref(), Some("the disk is gone"));
        run.advance(minutes(10)).await;
        for name in ["harbour", "museum"] {
            let answer = run.try_ask(name, pause()).await.expect("an answer");
            assert!(answer.is_err(), "{name}: {answer:?}");
        }
        assert_eq!(world.x.live(&handle("harbour")), [""; 0]);
        assert_ne!(run.state("harbour", tweet), "posted");
    });
    world.journal.mend();
    live(&world, async |run| {
        run.ask("museum", pause()).await;
    });
}

#[test]
fn a_journal_that_is_busy_at_the_start_quarantines_nobody() {
    let world = World::with_clients(&["harbour"]);
    world.journal.script(|_| Fault::Refuse);
    live(&world, async |run| {
        run.advance(seconds(30)).await;
        world.journal.mend();
        run.advance(seconds(30)).await;
        let condition = run.engine.clients()[0].condition.clone();
        assert_eq!(condition, Condition::Running);
        assert_eq!(world.desk.alerts(), []);
    });
}

#[test]
fn an_outcome_that_cannot_be_stored_before_the_process_ends_is_found_out_by_the_next() {
    let world = World::with_clients(&["harbour"]);
    world.x.next(&client("harbour"), [Sending::Accept]);
    let tweet = live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        world.journal.script(|append| {
            if append.holds("segment_posted") {
                Fault::Refuse
            } else {
                Fault::None
            }
        });
        run.advance(minutes(6)).await;
        tweet
    });
    world.journal.mend();
    live(&world, async |run| {
        run.until_state("harbour", tweet, "posted").await;
        assert_eq!(world.x.live(&handle("harbour")).len(), 1);
    });
}

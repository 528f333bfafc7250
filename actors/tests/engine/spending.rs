//! What calls take is in the ledger: certainly, or as the most that it may be; and budgets hold calls back.

use clara_actors::ports::Clock;
use clara_actors::ports::model::{Billed, Finish, ModelError};
use clara_domain::Command;
use clara_domain::ids::TweetId;
use clara_domain::metering::{Item, Tokens, Usage, utc_day};
use clara_domain::money::MicroUsd;
use clara_domain::pricing::budget::{Budgets, Limit};
use clara_domain::prompt_stamp::PromptStamp;
use jiff::Timestamp;

use super::kit::{
    Reply, Run, ScriptedEmbedder, Sending, TOKENS, USAGE, World, ada, client, handle, live,
    minutes, seconds,
};

fn used(run: &Run, name: &str, at: Timestamp) -> Usage {
    let ledger = &run.view(name).ledger;
    assert!(ledger.open.is_empty(), "calls are open: {:?}", ledger.open);
    let day = ledger.days.get(&utc_day(at));
    day.cloned().unwrap_or_default()
}

fn chats(usage: &[clara_domain::metering::Line]) -> Vec<(u64, Tokens)> {
    let chat = |line: &clara_domain::metering::Line| match &line.item {
        Item::Chat { tokens, .. } => Some((line.calls, *tokens)),
        _ => None,
    };
    usage.iter().filter_map(chat).collect()
}

fn one() -> Tokens {
    Tokens {
        prompt: USAGE.prompt,
        cached: USAGE.cached,
        completion: USAGE.completion,
        reasoning: USAGE.reasoning,
    }
}

fn unavailable(billed: Billed) -> Reply {
    Reply::Error(ModelError::Unavailable {
        reason: "it is gone".to_owned(),
        billed,
    })
}

/// What the first post of a process costs, and beside it asking whose account it is.
const POST: u64 = 15_000;
const ACCOUNT: u64 = 10_000;
/// What a text costs, and less than the most that one can.
const TEXT: u64 = 150;
const TOO_LITTLE: u64 = 500;

fn a_day(micro: u64) -> Budgets {
    Budgets {
        all: Limit {
            day: Some(MicroUsd(micro)),
            month: None,
        },
        ..Budgets::default()
    }
}

async fn planned(run: &Run) -> TweetId {
    run.plan("harbour", minutes(60)).await
}

#[test]
fn an_answer_is_in_the_ledger_whether_it_was_of_use_or_not() {
    let world = World::with_clients(&["harbour"]);
    world
        .model
        .answers([Reply::Raw("not JSON".to_owned(), Finish::Complete)]);
    live(&world, async |run| {
        let tweet = planned(&run).await;
        run.until_state("harbour", tweet, "validated").await;
        let usage = used(&run, "harbour", run.world.clock.now());
        let twice = Tokens {
            prompt: 2 * one().prompt,
            cached: 2 * one().cached,
            completion: 2 * one().completion,
            reasoning: 0,
        };
        assert_eq!(chats(&usage.certain), [(2, twice)]);
        assert_eq!(usage.uncertain, []);
        assert_eq!(run.tweet("harbour", tweet).usage.certain, usage.certain);
        let written = run.tweet("harbour", tweet);
        let stamp: &PromptStamp = written.current().unwrap().origin.prompt.as_ref().unwrap();
        assert_eq!(stamp.model, "scripted");
    });
}

#[test]
fn a_lost_answer_is_uncertain_at_its_most_and_one_that_never_left_costs_nothing() {
    for (billed, uncertain) in [(Billed::Perhaps, 1), (Billed::No, 0)] {
        let world = World::with_clients(&["harbour"]);
        world.model.answers([unavailable(billed)]);
        live(&world, async |run| {
            let tweet = planned(&run).await;
            run.until_state("harbour", tweet, "validated").await;
            let usage = used(&run, "harbour", run.world.clock.now());
            assert_eq!(chats(&usage.certain), [(1, one())]);
            let doubt = chats(&usage.uncertain);
            assert_eq!(doubt.len(), uncertain, "{billed:?}");
            for (_, tokens) in doubt {
                assert!(
                    tokens.prompt > 300 && tokens.completion >= 800,
                    "{tokens:?}"
                );
            }
        });
    }
}

#[test]
fn a_call_that_a_process_did_not_live_to_see_answered_is_uncertain() {
    let world = World::with_clients(&["harbour"]);
    world.model.answers([Reply::Hang]);
    let began = live(&world, async |run| {
        planned(&run).await;
        run.until("the model is asked", |run| {
            run.world.model.asked().len() == 1
        })
        .await;
        assert_eq!(run.view("harbour").ledger.open.len(), 1);
        run.world.clock.now()
    });
    live(&world, async |run| {
        let usage = used(&run, "harbour", began);
        assert_eq!(chats(&usage.uncertain).len(), 1);
    });
}

#[test]
fn posts_reads_and_accounts_are_counted_as_x_bills_them() {
    let world = World::with_clients(&["harbour"]);
    world.x.next(&client("harbour"), [Sending::LoseAnswer]);
    live(&world, async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        run.advance(minutes(5)).await;
        run.advance(seconds(10)).await;
        assert_eq!(run.state("harbour", tweet), "posted");
        let usage = used(&run, "harbour", run.world.clock.now());
        let items: Vec<&Item> = usage.certain.iter().map(|line| &line.item).collect();
        let posted = Item::Posts {
            count: 1,
            with_link: false,
        };
        assert!(items.contains(&&posted), "{items:?}");
        assert!(items.contains(&&Item::UsersRead { count: 1 }), "{items:?}");
        assert!(items.contains(&&Item::PostsRead { count: 1 }), "{items:?}");
    });
}

/// X bills an account once a day for all who ask.
#[test]
fn asking_and_hearing_of_somebody_elses_account_is_uncertain() {
    let world = World::with_clients(&["harbour"]);
    world.x.set_account(&client("harbour"), &handle("casino"));
    live(&world, async |run| {
        run.approved("harbour", minutes(5)).await;
        run.advance(minutes(6)).await;
        let usage = used(&run, "harbour", run.world.clock.now());
        let read = Item::UsersRead { count: 1 };
        assert!(usage.certain.iter().all(|line| line.item != read));
        assert!(usage.uncertain.iter().any(|line| line.item == read));
    });
}

#[test]
fn a_budget_without_room_holds_writing_back_and_lets_what_is_approved_go() {
    let mut world = World::with_clients(&["harbour"]);
    // Enough for the first text, at its most; not for a second.
    world.budgets = a_day(8_000);
    live(&world, async |run| {
        let first = run.approved("harbour", minutes(60)).await;
        let mut spent = 0;
        // Each text costs 150 in the end: after some the most of the next one does not fit.
        for _ in 0..100 {
            let tweet = run.plan("harbour", minutes(600 + 2 * spent)).await;
            run.advance(seconds(1)).await;
            if run.state("harbour", tweet) == "planned" {
                break;
            }
            spent += 1;
        }
        assert!((1..100).contains(&spent), "{spent} texts were written");
        let asked = run.world.model.asked().len();
        run.advance(minutes(10)).await;
        assert_eq!(run.world.model.asked().len(), asked);
        run.until_state("harbour", first, "posted").await;
    });
}

#[test]
fn a_call_that_was_begun_for_a_post_that_may_not_leave_any_more_ends_at_nothing() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        run.approved("harbour", minutes(5)).await;
        world.journal.gate.shut();
        run.advance(minutes(5)).await;
        // The call is on its way to the disk; the pause comes before the intent to send.
        let engine = run.engine.clone();
        let pause = Command::Pause {
            reason: "wait".to_owned(),
        };
        let paused = tokio::task::spawn_local(async move {
            engine.execute(&client("harbour"), ada(), pause).await
        });
        run.settle().await;
        world.journal.gate.open();
        run.settle().await;
        assert!(paused.await.unwrap().is_ok());
        let usage = used(&run, "harbour", run.world.clock.now());
        assert_eq!(world.x.live(&handle("harbour")), [] as [&str; 0]);
        assert_eq!(usage.uncertain, []);
    });
}

#[test]
fn a_post_whose_fate_is_not_known_leaves_no_room_until_it_is_proved_absent() {
    let mut world = World::with_clients(&["harbour"]);
    world.budgets = a_day(ACCOUNT + POST + TEXT + TOO_LITTLE);
    world.x.next(&client("harbour"), [Sending::LoseRequest]);
    let (lost, next) = live(&world, async |run| {
        let lost = run.approved("harbour", minutes(60)).await;
        run.advance(minutes(60)).await;
        assert_eq!(run.state("harbour", lost), "uncertain");
        let next = run.plan("harbour", minutes(600)).await;
        run.advance(seconds(1)).await;
        assert_eq!(run.state("harbour", next), "planned");
        (lost, next)
    });
    // A start reckons the same out of the journal.
    live(&world, async |run| {
        let reason = "so that it is not sent again".to_owned();
        run.ask("harbour", Command::Pause { reason }).await;
        run.advance(seconds(5)).await;
        assert_eq!(run.state("harbour", lost), "uncertain");
        assert_eq!(run.state("harbour", next), "planned");
        run.until_state("harbour", lost, "approved").await;
        run.until_state("harbour", next, "validated").await;
    });
}

#[test]
fn a_post_on_its_way_leaves_no_room_for_what_it_may_cost() {
    let mut world = World::with_clients(&["harbour"]);
    world.budgets = a_day(ACCOUNT + POST + TEXT + TOO_LITTLE);
    live(&world, async |run| {
        let first = run.approved("harbour", minutes(60)).await;
        world.x.gate.shut();
        run.advance(minutes(60)).await;
        assert_eq!(run.state("harbour", first), "posting");
        let asked = run.world.model.asked().len();
        run.plan("harbour", minutes(600)).await;
        run.advance(minutes(1)).await;
        assert_eq!(run.world.model.asked().len(), asked);
        world.x.gate.open();
        run.until_state("harbour", first, "posted").await;
    });
}

#[test]
fn where_posting_stops_too_a_post_without_room_does_not_leave() {
    for stop_posting in [false, true] {
        let mut world = World::with_clients(&["harbour"]);
        world.budgets = Budgets {
            stop_posting,
            ..a_day(POST - 1)
        };
        live(&world, async |run| {
            let tweet = run.approved("harbour", minutes(60)).await;
            run.advance(minutes(60)).await;
            let live = world.x.live(&handle("harbour")).len();
            assert_eq!(live, usize::from(!stop_posting));
            let usage = used(&run, "harbour", run.world.clock.now());
            assert_eq!(usage.uncertain, []);
            if stop_posting {
                assert_eq!(run.state("harbour", tweet), "approved");
                run.until_state("harbour", tweet, "overdue").await;
            }
        });
    }
}

#[test]
fn a_call_for_vectors_that_waits_for_its_turn_is_not_recorded_as_begun() {
    let mut world = World::with_clients(&["harbour", "museum"]);
    world.embedder = Some(ScriptedEmbedder::new(&world.diary));
    world.limits.model.at_once = 1;
    live(&world, async |run| {
        let note = Command::AddNote {
            title: "Hours".to_owned(),
            text: "Open from seven to five.".to_owned(),
        };
        run.ask("museum", note).await;
        world.model.gate.shut();
        run.plan("harbour", minutes(60)).await;
        let tweet = run.plan("museum", minutes(60)).await;
        run.settle().await;
        assert_eq!(run.view("harbour").ledger.open.len(), 1);
        assert_eq!(run.view("museum").ledger.open.len(), 0, "it waits");
        world.model.gate.open();
        run.until_state("museum", tweet, "validated").await;
        let usage = used(&run, "museum", run.world.clock.now());
        let vectors = Item::Embedding {
            model: "text-embedding-3-small".to_owned(),
            tokens: TOKENS,
        };
        assert!(usage.certain.iter().any(|line| line.item == vectors));
        assert_eq!(usage.uncertain, []);
    });
}

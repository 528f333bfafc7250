//! What happens to a text that the rules let through before people are asked: services look at it, and what other clients
//! say is kept apart from it.

use clara_actors::handle::Refusal;
use clara_actors::ports::Clock;
use clara_actors::ports::model::{Billed, Finish, ModelError};
use clara_actors::ports::moderation::{ModerationVerdict, WhenDown};
use clara_domain::client::NoticeKind;
use clara_domain::content::Content;
use clara_domain::metering::Item;
use clara_domain::tweet::ReasonCode;
use clara_domain::validate::Rule;
use clara_domain::{Command, Rejection};

use super::kit::{Fault, Reply, Run, Sending, World, client, live, minutes};

fn moderated(when_down: WhenDown) -> World {
    let mut world = World::with_clients(&["harbour"]);
    world.moderation = Some(when_down);
    world
}

fn flagged() -> Result<ModerationVerdict, ModelError> {
    Ok(ModerationVerdict {
        flagged: true,
        categories: vec!["violence".to_owned()],
    })
}

fn away(billed: Billed) -> Result<ModerationVerdict, ModelError> {
    Err(ModelError::Unavailable {
        reason: "no route".to_owned(),
        billed,
    })
}

/// How many texts were looked at, as the ledger has it: for certain, and perhaps.
fn looked_at(run: &Run) -> (u64, u64) {
    let client = run.view("harbour");
    let count = |lines: &[clara_domain::metering::Line]| -> u64 {
        let texts = lines.iter().map(|line| match line.item {
            Item::Moderation { texts, .. } => texts,
            _ => 0,
        });
        texts.sum()
    };
    client.ledger.days.values().fold((0, 0), |sum, day| {
        (sum.0 + count(&day.certain), sum.1 + count(&day.uncertain))
    })
}

#[test]
fn a_text_is_looked_at_before_people_see_that_it_may_be_approved() {
    let world = moderated(WhenDown::Hold);
    live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(60)).await;
        run.until_state("harbour", tweet, "validated").await;
        let written = run.tweet("harbour", tweet);
        let text = written.current().unwrap().content.segments[0].text.clone();
        assert_eq!(world.moderator.asked(), [[text]]);
        assert_eq!(looked_at(&run), (1, 0));
    });
}

#[test]
fn what_is_flagged_goes_back_to_the_model_with_the_categories() {
    let world = moderated(WhenDown::Hold);
    world.moderator.answers([flagged()]);
    live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(60)).await;
        run.until_state("harbour", tweet, "validated").await;
        assert_eq!(world.moderator.asked().len(), 2);
        let asked = world.model.asked();
        assert!(asked[1].user.contains("violence"), "{}", asked[1].user);
    });
}

#[test]
fn a_text_is_held_while_the_service_is_away_and_goes_on_when_it_is_back() {
    let world = moderated(WhenDown::Hold);
    world.moderator.answers([
        away(Billed::No),
        away(Billed::Perhaps),
        away(Billed::Perhaps),
    ]);
    live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(60)).await;
        run.until("it was asked three times", |_| {
            world.moderator.asked().len() == 3
        })
        .await;
        assert_eq!(run.state("harbour", tweet), "generated");
        let revision = run.tweet("harbour", tweet).revision();
        let approve = Command::Approve { tweet, revision };
        let refused = run.try_ask("harbour", approve).await.unwrap();
        assert_eq!(
            refused.unwrap_err(),
            Refusal::Rejected(Rejection::BeingChecked)
        );
        run.until_state("harbour", tweet, "validated").await;
        assert_eq!(looked_at(&run), (1, 2));
        let told = world.desk.notices(&client("harbour"));
        let of_checks = told
            .iter()
            .filter(|told| matches!(told, NoticeKind::CheckTrouble { .. }));
        assert_eq!(of_checks.count(), 1);
    });
}

#[test]
fn where_that_is_wanted_a_text_goes_on_with_a_warning() {
    let world = moderated(WhenDown::Warn);
    world.moderator.answers([away(Billed::No)]);
    live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(60)).await;
        run.until_state("harbour", tweet, "validated").await;
        let written = run.tweet("harbour", tweet);
        let report = written.current().unwrap().report.clone().unwrap();
        let warned: Vec<Rule> = report.warnings().map(|found| found.rule).collect();
        assert_eq!(warned, [Rule::Moderation]);
    });
}

#[test]
fn a_check_that_a_process_did_not_live_to_see_is_made_by_the_next() {
    let world = moderated(WhenDown::Hold);
    world.moderator.answers([away(Billed::No)]);
    let tweet = live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(60)).await;
        run.until("it was asked", |_| world.moderator.asked().len() == 1)
            .await;
        tweet
    });
    live(&world, async |run| {
        run.until_state("harbour", tweet, "validated").await;
        assert_eq!(world.moderator.asked().len(), 2);
    });
}

#[test]
fn a_judge_of_the_voice_warns_and_is_paid_for() {
    let mut world = World::with_clients(&["harbour"]);
    world.declared[0].1.generation.judge_voice = true;
    let opinion = r#"{"fits": false, "why": "less shouting"}"#;
    world.model.answers([
        Reply::Fresh,
        Reply::Raw(opinion.to_owned(), Finish::Complete),
    ]);
    live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(60)).await;
        run.until_state("harbour", tweet, "validated").await;
        let written = run.tweet("harbour", tweet);
        let report = written.current().unwrap().report.clone().unwrap();
        let said: Vec<&str> = report.warnings().map(|found| &*found.message).collect();
        assert_eq!(said, ["this does not sound like the client: less shouting"]);
        assert_eq!(written.usage.certain[0].calls, 2);
        // A judgement is no text: it takes none of the day's.
        let bursts: u32 = run
            .view("harbour")
            .generations
            .bursts()
            .map(|b| b.calls)
            .sum();
        assert_eq!(bursts, 1);
    });
}

#[test]
fn a_judge_that_is_away_holds_nothing_up() {
    let mut world = World::with_clients(&["harbour"]);
    world.declared[0].1.generation.judge_voice = true;
    let away = away(Billed::No).unwrap_err();
    world.model.answers([Reply::Fresh, Reply::Error(away)]);
    live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(60)).await;
        run.until_state("harbour", tweet, "validated").await;
        let written = run.tweet("harbour", tweet);
        let report = written.current().unwrap().report.clone().unwrap();
        assert_eq!(report.warnings().count(), 1);
    });
}

#[test]
fn two_clients_do_not_say_the_same() {
    let world = World::with_clients(&["harbour", "fjord"]);
    let same = || {
        let text = "the new oat roast arrives on Friday, come and taste it by the window";
        Reply::Texts(vec![text.to_owned()])
    };
    world.model.answers([same(), same()]);
    live(&world, async |run| {
        let first = run.plan("harbour", minutes(60)).await;
        run.until_state("harbour", first, "validated").await;
        let second = run.plan("fjord", minutes(60)).await;
        run.until_state("fjord", second, "validated").await;
        let asked = world.model.asked();
        let feedback = &asked[2].user;
        assert!(feedback.contains("a tweet of harbour"), "{feedback}");
        // After a restart what was said is known again.
        let text = run.tweet("harbour", first);
        let content = Content::texts([&text.current().unwrap().content.segments[0].text]);
        let edit = Command::Edit {
            tweet: second,
            revision: run.tweet("fjord", second).revision(),
            content,
        };
        run.ask("fjord", edit).await;
        assert_eq!(run.state("fjord", second), "generated");
    });
}

/// A tweet of each client, both with a text that a person wrote at the same moment, so that neither saw the other.
async fn twins(world: &World, run: &Run) -> [(&'static str, Command); 2] {
    let text = "The new oat roast arrives on Friday, come and taste it by the window.";
    let mut tweets = Vec::new();
    for name in ["harbour", "fjord"] {
        let tweet = run.plan(name, minutes(60)).await;
        run.until_state(name, tweet, "validated").await;
        tweets.push((name, tweet));
    }
    world.journal.gate.shut();
    for (name, tweet) in &tweets {
        let edit = Command::Edit {
            tweet: *tweet,
            revision: run.tweet(name, *tweet).revision(),
            content: Content::texts([text]),
        };
        assert!(run.try_ask(name, edit).await.is_none());
    }
    world.journal.gate.open();
    run.settle().await;
    [0, 1].map(|at| {
        let (name, tweet) = tweets[at];
        let written = run.tweet(name, tweet);
        assert_eq!(written.current().unwrap().content, Content::texts([text]));
        assert_eq!(written.state.name(), "validated");
        let revision = written.revision();
        (name, Command::Approve { tweet, revision })
    })
}

#[test]
fn of_two_approvals_at_the_same_moment_the_second_sees_the_first() {
    let world = World::with_clients(&["harbour", "fjord"]);
    live(&world, async |run| {
        let [(first, one), (second, other)] = twins(&world, &run).await;
        world.journal.gate.shut();
        assert!(run.try_ask(first, one).await.is_none());
        let refused = run.try_ask(second, other).await.expect("an answer");
        let Err(Refusal::Rejected(Rejection::NotValidated { findings })) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(findings[0].rule, Rule::OtherClient);
        world.journal.gate.open();
        run.settle().await;
        let events = run.events(first).await;
        assert!(events.iter().any(|name| name == "approved"), "{events:?}");
    });
}

#[test]
fn an_approval_that_could_not_be_stored_keeps_nobody_from_theirs() {
    let world = World::with_clients(&["harbour", "fjord"]);
    live(&world, async |run| {
        let [(first, one), (second, other)] = twins(&world, &run).await;
        world
            .journal
            .script(|append| match append.holds("approved") {
                true => Fault::Refuse,
                false => Fault::None,
            });
        let refused = run.try_ask(first, one).await.expect("an answer");
        assert!(
            matches!(refused, Err(Refusal::NotStored { .. })),
            "{refused:?}"
        );
        world.journal.mend();
        run.ask(second, other).await;
    });
}

/// A tweet that X has refused, and the approval of another client's with the same text.
async fn refused_twin(world: &World, run: &Run) -> [(&'static str, Command); 2] {
    let [(first, one), other] = twins(world, run).await;
    let Command::Approve { tweet, revision } = one else {
        panic!("{one:?}");
    };
    world.x.next(&client(first), [Sending::Refuse]);
    run.ask(first, one).await;
    run.until_state(first, tweet, "failed").await;
    [(first, Command::Retry { tweet, revision }), other]
}

#[test]
fn what_x_refused_is_not_tried_again_when_another_client_has_had_it_approved_since() {
    let world = World::with_clients(&["harbour", "fjord"]);
    live(&world, async |run| {
        let [(first, retry), (second, other)] = refused_twin(&world, &run).await;
        run.ask(second, other).await;
        let refused = run.try_ask(first, retry).await.expect("an answer");
        let Err(Refusal::Rejected(Rejection::NotValidated { findings })) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(findings[0].rule, Rule::OtherClient);
    });
}

#[test]
fn trying_again_counts_for_other_clients_from_when_it_is_decided() {
    let world = World::with_clients(&["harbour", "fjord"]);
    live(&world, async |run| {
        let [(first, retry), (second, other)] = refused_twin(&world, &run).await;
        world.journal.gate.shut();
        assert!(run.try_ask(first, retry).await.is_none());
        let refused = run.try_ask(second, other).await.expect("an answer");
        assert!(
            matches!(
                refused,
                Err(Refusal::Rejected(Rejection::NotValidated { .. }))
            ),
            "{refused:?}"
        );
        world.journal.gate.open();
        run.settle().await;
    });
}

#[test]
fn what_was_turned_down_is_in_the_next_question() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(60)).await;
        run.until_state("harbour", tweet, "validated").await;
        let reject = Command::Reject {
            tweet,
            revision: run.tweet("harbour", tweet).revision(),
            code: Some(ReasonCode::Salesy),
            reason: "we are no supermarket".to_owned(),
        };
        run.ask("harbour", reject).await;
        run.plan("harbour", minutes(120)).await;
        let asked = world.model.asked();
        let system = &asked[1].system;
        assert!(system.contains("because it promotes too much"), "{system}");
        assert!(system.contains("we are no supermarket"), "{system}");
    });
}

#[test]
fn the_texts_of_a_day_are_counted_over_a_restart() {
    let mut world = World::with_clients(&["harbour"]);
    world.declared[0].1.generation.per_day = 2.try_into().unwrap();
    let began = live(&world, async |run| {
        for ahead in [3000, 3010] {
            let tweet = run.plan("harbour", minutes(ahead)).await;
            run.until_state("harbour", tweet, "validated").await;
        }
        run.world.clock.now()
    });
    live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(3020)).await;
        run.settle().await;
        assert_eq!(run.state("harbour", tweet), "planned");
        assert_eq!(world.model.asked().len(), 2);
        run.until_state("harbour", tweet, "validated").await;
        let waited = run.world.clock.now() - began;
        assert!(waited.total(jiff::Unit::Hour).unwrap() >= 23.9);
    });
}

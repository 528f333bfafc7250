//! Models that write badly, or not at all.

use super::kit::{Reply, Run, World, client, live, minutes};
use clara_actors::ports::model::{Billed, Finish, ModelError};
use clara_domain::TweetState;
use clara_domain::client::NoticeKind;
use clara_domain::ids::TweetId;
use clara_domain::tweet::Failure;

/// Plays one planned tweet whose first answers are these.
fn with_answers(answers: Vec<Reply>, play: impl AsyncFnOnce(&Run, TweetId)) {
    let world = World::with_clients(&["harbour"]);
    world.model.answers(answers);
    live(&world, async |run| {
        let tweet = run.plan("harbour", minutes(600)).await;
        play(&run, tweet).await;
    });
}

fn raw(content: &str) -> Reply {
    Reply::Raw(content.to_owned(), Finish::Complete)
}

fn away() -> Reply {
    Reply::Error(ModelError::Unavailable {
        reason: "no route to the model".to_owned(),
        billed: Billed::No,
    })
}

#[test]
fn an_answer_that_cannot_be_used_goes_back_with_the_reason() {
    let refusal = Finish::Declined {
        reason: "I would rather not".to_owned(),
    };
    let answers = [
        (raw("Sure! Here is a tweet."), "not the JSON"),
        (raw("{\"candidates\":[]}"), "no usable text"),
        (Reply::Raw("{\"cand".to_owned(), Finish::CutOff), "cut off"),
        (Reply::Raw(String::new(), refusal), "I would rather not"),
        (Reply::Raw(String::new(), Finish::Filtered), "filter"),
        (Reply::Texts(vec!["long ".repeat(100)]), "280"),
        (Reply::Texts(vec![String::new()]), ""),
    ];
    for (answer, reason) in answers {
        let what = format!("{answer:?}");
        with_answers(vec![answer], async |run, tweet| {
            assert_eq!(run.state("harbour", tweet), "validated", "{what}");
            let asked = run.world.model.asked();
            assert_eq!(asked.len(), 2, "{what}");
            assert!(asked[1].user.contains(reason), "{what}: {}", asked[1].user);
        });
    }
}

#[test]
fn after_its_rounds_the_model_is_let_be_and_the_card_says_why() {
    let long = || Reply::Texts(vec!["long ".repeat(100)]);
    with_answers(vec![long(), long(), long()], async |run, tweet| {
        assert_eq!(run.state("harbour", tweet), "failed");
        assert_eq!(run.world.model.asked().len(), 3);
        let card = run.world.desk.cards(tweet).pop().expect("a card");
        let shown = card.client.tweet(tweet).unwrap();
        let TweetState::Failed {
            failure: Failure::NoValidText { reasons },
            ..
        } = &shown.state
        else {
            panic!("{:?}", shown.state);
        };
        assert!(
            reasons.iter().any(|reason| reason.contains("280")),
            "{reasons:?}"
        );
        let notices = run.world.desk.notices(&client("harbour"));
        assert_eq!(notices, [NoticeKind::NoValidText]);
    });
}

#[test]
fn a_model_that_is_away_uses_up_no_rounds_and_people_hear_of_it_once() {
    with_answers(vec![away(), away(), away(), away()], async |run, tweet| {
        assert_eq!(run.state("harbour", tweet), "planned");
        run.until_state("harbour", tweet, "validated").await;
        let tweet = run.tweet("harbour", tweet);
        assert_eq!(tweet.vain_rounds, 0);
        assert_eq!(run.world.model.asked().len(), 5);
        let notices = run.world.desk.notices(&client("harbour"));
        assert!(
            matches!(notices[..], [NoticeKind::WritingTrouble { .. }]),
            "{notices:?}"
        );
    });
}

#[test]
fn a_model_that_was_away_twice_is_nobodys_worry() {
    with_answers(vec![away(), away()], async |run, tweet| {
        run.until_state("harbour", tweet, "validated").await;
        assert_eq!(run.world.desk.alerts(), []);
    });
}

#[test]
fn a_model_that_asks_for_time_gets_it() {
    let throttled = Reply::Error(ModelError::Throttled {
        reason: "slow down".to_owned(),
        retry_after: Some(minutes(10)),
    });
    with_answers(vec![throttled], async |run, tweet| {
        run.advance(minutes(9)).await;
        assert_eq!(run.world.model.asked().len(), 1);
        run.advance(minutes(1)).await;
        assert_eq!(run.state("harbour", tweet), "validated");
    });
}

#[test]
fn a_model_that_hangs_does_not_keep_the_others_from_writing() {
    let world = World::with_clients(&["harbour", "museum"]);
    world
        .model
        .answers([Reply::Hang, Reply::Hang, Reply::Hang, Reply::Hang]);
    let mut world = world;
    world.limits.model.at_once = 4;
    live(&world, async |run| {
        let mut stuck = Vec::new();
        for at in 0..4 {
            stuck.push(run.plan("harbour", minutes(600 + at)).await);
        }
        let museum = run.plan("museum", minutes(600)).await;
        run.advance(minutes(11)).await;
        assert_eq!(run.state("museum", museum), "validated");
        // Two at a time: no client holds more than half of the places.
        run.advance(minutes(11)).await;
        for tweet in stuck {
            assert_eq!(run.state("harbour", tweet), "validated");
        }
    });
}

#[test]
fn of_several_candidates_the_first_that_passes_is_taken() {
    let texts = vec!["long ".repeat(100), "short and sweet".to_owned()];
    with_answers(vec![Reply::Texts(texts)], async |run, tweet| {
        let tweet = run.tweet("harbour", tweet);
        let current = tweet.current().unwrap();
        assert_eq!(current.content.segments[0].text, "short and sweet");
        assert_eq!(current.alternatives.len(), 1);
    });
}

#![allow(clippy::unwrap_used)]
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use clara_domain::metering::{Spent, Used};
use futures::FutureExt;
use serde_json::json;

use super::*;
use crate::ports::model::{Billed, Fault, Finish, Usage};

/// What a future gives that waits for nothing.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("nothing here waits")
}

type Reply = Result<ChatAnswer, ModelError>;

/// Answers by a script, in its order, and keeps what it was asked.
struct Scripted {
    replies: Mutex<Vec<Reply>>,
    asked: Mutex<Vec<ChatRequest>>,
}

#[async_trait]
impl LanguageModel for Scripted {
    async fn chat(&self, request: &ChatRequest) -> Reply {
        self.asked.lock().unwrap().push(request.clone());
        self.replies.lock().unwrap().remove(0)
    }
}

const USAGE: Usage = Usage {
    prompt: 300,
    cached: 128,
    completion: 50,
    reasoning: 20,
};

fn finished(content: &str, finish: Finish) -> Reply {
    Ok(ChatAnswer {
        model: "served".to_owned(),
        content: content.to_owned(),
        finish,
        usage: USAGE,
    })
}

fn good() -> Reply {
    finished("good", Finish::Complete)
}

fn cut_off() -> Reply {
    finished("go", Finish::CutOff)
}

fn declined() -> Reply {
    let reason = "no".to_owned();
    finished("", Finish::Declined { reason })
}

fn unavailable(billed: Billed) -> Reply {
    let reason = "away".to_owned();
    Err(ModelError::Unavailable { reason, billed })
}

fn throttled(seconds: Option<u64>) -> Reply {
    Err(ModelError::Throttled {
        reason: "slow down".to_owned(),
        retry_after: seconds.map(Duration::from_secs),
    })
}

fn bad(fault: Fault) -> Reply {
    let reason = "bad".to_owned();
    Err(ModelError::BadRequest { reason, fault })
}

fn not_entitled() -> Reply {
    let reason = "pay".to_owned();
    Err(ModelError::NotEntitled { reason })
}

/// A question that says how much of it was left out.
fn question(squeeze: Squeeze) -> Result<ChatRequest, PromptError> {
    Ok(ChatRequest {
        system: format!("{squeeze:?}"),
        user: "Write.".to_owned(),
        schema_name: "tweets".to_owned(),
        schema: json!({}),
        max_tokens: 100,
        model: None,
        temperature: None,
    })
}

fn read(answer: &ChatAnswer) -> Result<String, String> {
    match answer.content.as_str() {
        "good" => Ok("good".to_owned()),
        other => Err(format!("`{other}` is not good")),
    }
}

fn options(models: &[&str]) -> ChainOptions {
    ChainOptions {
        models: models.iter().map(|model| (*model).to_owned()).collect(),
        temperature: None,
        thinking_tokens: 0,
        after_silence: AfterSilence::NextModel,
    }
}

/// What came of a script, and what was asked.
fn played(options: ChainOptions, replies: Vec<Reply>) -> (Asked<String>, Vec<ChatRequest>) {
    let model = Arc::new(Scripted {
        replies: Mutex::new(replies),
        asked: Mutex::default(),
    });
    let chain = ModelChain::new(model.clone(), options);
    let asked = block_on(chain.ask(question, read));
    assert!(model.replies.lock().unwrap().is_empty(), "{asked:?}");
    let seen = model.asked.lock().unwrap().clone();
    (asked, seen)
}

fn outcomes(asked: &Asked<String>) -> Vec<(&str, Outcome)> {
    let each = asked.attempts.iter();
    each.map(|attempt| (attempt.model.as_str(), attempt.outcome))
        .collect()
}

#[test]
fn a_useful_answer_ends_it_and_says_what_it_took() {
    let (asked, seen) = played(options(&["a", "b"]), vec![good()]);
    assert_eq!(outcomes(&asked), [("a", Outcome::Useful)]);
    let item = Item::Chat {
        model: "served".to_owned(),
        tokens: Tokens {
            prompt: 300,
            cached: 128,
            completion: 50,
            reasoning: 20,
        },
    };
    let used = Used {
        items: vec![item],
        ..Used::default()
    };
    assert_eq!(asked.attempts[0].spent, Spent::Known(used));
    let answered = asked.result.unwrap();
    assert_eq!(
        (answered.value.as_str(), answered.answer.model.as_str()),
        ("good", "served")
    );
    assert_eq!(answered.asked, seen[0]);
}

#[test]
fn what_another_model_may_do_better_goes_to_the_next_one() {
    for (reply, outcome) in [
        (finished("{", Finish::Complete), Outcome::Malformed),
        (declined(), Outcome::Declined),
        (finished("", Finish::Filtered), Outcome::Filtered),
        (cut_off(), Outcome::CutOff),
        (throttled(Some(9)), Outcome::Throttled),
        (bad(Fault::UnknownModel), Outcome::UnknownModel),
        (bad(Fault::Form), Outcome::Refused),
        (unavailable(Billed::Perhaps), Outcome::Silent),
    ] {
        let (asked, _) = played(options(&["a", "b"]), vec![reply, good()]);
        assert_eq!(
            outcomes(&asked),
            [("a", outcome), ("b", Outcome::Useful)],
            "{asked:?}"
        );
        assert!(asked.result.is_ok());
    }
}

#[test]
fn what_the_others_would_say_too_ends_it() {
    for (reply, outcome) in [
        (unavailable(Billed::No), Outcome::NotReached),
        (not_entitled(), Outcome::NotEntitled),
    ] {
        let (asked, _) = played(options(&["a", "b"]), vec![reply.clone()]);
        assert_eq!(outcomes(&asked), [("a", outcome)]);
        assert_eq!(
            asked.result.unwrap_err(),
            Unanswered::Trouble(reply.unwrap_err())
        );
    }
}

#[test]
fn who_does_not_want_to_pay_twice_asks_nobody_after_a_silence() {
    let careful = ChainOptions {
        after_silence: AfterSilence::Later,
        ..options(&["a", "b"])
    };
    let (asked, _) = played(careful, vec![unavailable(Billed::Perhaps)]);
    assert_eq!(outcomes(&asked), [("a", Outcome::Silent)]);
    assert_eq!(asked.attempts[0].spent, Spent::Unknown);
    let Err(Unanswered::Trouble(error)) = asked.result else {
        panic!("it was answered");
    };
    assert_eq!(Err(error), unavailable(Billed::Perhaps));
}

#[test]
fn only_what_was_worked_on_costs_and_what_nobody_knows_is_never_nothing() {
    let free = [
        throttled(None),
        not_entitled(),
        bad(Fault::Form),
        unavailable(Billed::No),
    ];
    for reply in free {
        let (asked, _) = played(options(&["a"]), vec![reply]);
        assert_eq!(asked.attempts[0].spent, Spent::nothing(), "{asked:?}");
    }
    let silent_about_usage = good().map(|answer| ChatAnswer {
        usage: Usage::default(),
        ..answer
    });
    for reply in [unavailable(Billed::Perhaps), silent_about_usage] {
        let (asked, _) = played(options(&["a"]), vec![reply]);
        assert_eq!(asked.attempts[0].spent, Spent::Unknown, "{asked:?}");
    }
}

#[test]
fn a_question_that_is_too_long_is_asked_shorter_and_of_the_same_model() {
    let long = || bad(Fault::TooLong);
    let (asked, seen) = played(options(&["a", "b"]), vec![long(), long(), good()]);
    assert_eq!(
        outcomes(&asked),
        [
            ("a", Outcome::TooLong),
            ("a", Outcome::TooLong),
            ("a", Outcome::Useful)
        ]
    );
    let said: Vec<&str> = seen.iter().map(|asked| asked.system.as_str()).collect();
    assert_eq!(said, ["Squeeze(0)", "Squeeze(1)", "Squeeze(2)"]);
    assert!(asked.result.unwrap().squeeze > Squeeze::WHOLE);
}

#[test]
fn a_brief_that_no_model_can_read_is_told_so() {
    let (asked, _) = played(options(&["a"]), vec![bad(Fault::TooLong); 4]);
    let Err(Unanswered::Trouble(ModelError::BadRequest { reason, fault })) = asked.result else {
        panic!("{asked:?}");
    };
    assert_eq!(fault, Fault::TooLong);
    assert_eq!(
        reason,
        "the question is too long even without examples and knowledge; shorten the brief or the client's voice (bad)"
    );
}

#[test]
fn whoever_comes_after_a_cut_off_answer_has_twice_the_room() {
    let thinking = ChainOptions {
        thinking_tokens: 50,
        temperature: Temperature::of_hundredths(70),
        ..options(&["a", "b"])
    };
    let (_, seen) = played(thinking, vec![cut_off(), good()]);
    let room: Vec<u32> = seen.iter().map(|asked| asked.max_tokens).collect();
    assert_eq!(room, [150, 300]);
    assert_eq!(seen[1].model.as_deref(), Some("b"));
    assert_eq!(seen[1].temperature, Temperature::of_hundredths(70));
}

#[test]
fn an_answer_that_was_paid_for_makes_it_a_round_whatever_came_after() {
    let (asked, _) = played(options(&["a", "b"]), vec![declined(), throttled(Some(5))]);
    assert_eq!(
        asked.result.unwrap_err(),
        Unanswered::Unusable {
            reason: "a: `` is not good; b: slow down".to_owned()
        }
    );
}

#[test]
fn when_every_model_is_throttled_it_waits_for_the_first_that_is_free_again() {
    let replies = vec![throttled(Some(60)), throttled(Some(5)), throttled(None)];
    let (asked, _) = played(options(&["a", "b", "c"]), replies);
    let Err(Unanswered::Trouble(ModelError::Throttled { retry_after, .. })) = asked.result else {
        panic!("{asked:?}");
    };
    assert_eq!(retry_after, Some(Duration::from_secs(5)));
}

#[test]
fn without_names_the_ports_own_model_is_asked() {
    let (asked, seen) = played(options(&[]), vec![good()]);
    assert_eq!((outcomes(&asked)[0].0, seen[0].model.as_ref()), ("", None));
}

/// Every script of three replies for three models: whatever happens, the cost stays within what was said before.
#[test]
fn a_question_never_costs_more_than_was_said_before() {
    let kinds: [fn() -> Reply; 9] = [
        good,
        cut_off,
        declined,
        not_entitled,
        || throttled(None),
        || unavailable(Billed::No),
        || unavailable(Billed::Perhaps),
        || bad(Fault::TooLong),
        || bad(Fault::UnknownModel),
    ];
    let models = ["a", "b", "c"];
    for script in 0..9_usize.pow(4) {
        let replies = (0..12).map(|n| kinds[script / 9_usize.pow(n % 4) % 9]());
        let model = Arc::new(Scripted {
            replies: Mutex::new(replies.collect()),
            asked: Mutex::default(),
        });
        let chain = ModelChain::new(model.clone(), options(&models));
        let at_most = chain.at_most(&question(Squeeze::WHOLE).unwrap());
        let asked = block_on(chain.ask(question, read));
        let room: Vec<u64> = at_most.iter().map(completion).collect();
        let seen = model.asked.lock().unwrap();
        for (place, name) in models.iter().enumerate() {
            let mine = asked.attempts.iter().zip(seen.iter());
            let mine = mine.filter(|(attempt, _)| attempt.model == *name);
            let paid: Vec<u64> = mine
                .filter(|(attempt, _)| attempt.spent != Spent::nothing())
                .map(|(_, request)| u64::from(request.max_tokens))
                .collect();
            assert!(
                paid.len() <= 1 && paid.iter().sum::<u64>() <= room[place],
                "{asked:?}"
            );
        }
    }
}

fn completion(item: &Item) -> u64 {
    match item {
        Item::Chat { tokens, .. } => tokens.completion,
        other => panic!("{other:?}"),
    }
}

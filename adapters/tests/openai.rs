//! The language model against a scripted server: what every kind of answer is taken for.

#![allow(clippy::unwrap_used)]

#[path = "openai/embeddings.rs"]
mod embeddings;
#[path = "openai/moderation.rs"]
mod moderation;
#[path = "scripted/server.rs"]
mod server;
#[path = "scripted/specs.rs"]
mod specs;

use std::num::NonZeroU32;
use std::time::Duration;

use clara_actors::ports::LanguageModel;
use clara_actors::ports::model::{
    Billed, ChatAnswer, ChatRequest, Fault, Finish, ModelError, Usage,
};
use clara_adapters::openai::{OpenAi, OpenAiOptions, TokenLimitField};
use clara_domain::prompt_stamp::Temperature;
use serde_json::{Value, json as value};

use server::{Reply, Scripted, json, plain};

fn options(url: &str) -> OpenAiOptions {
    OpenAiOptions {
        base_url: format!("{url}/v1"),
        model: "small-1".to_owned(),
        api_key: Some("s3cret".to_owned().into()),
        timeout: Duration::from_secs(10),
        tokens_per_second: NonZeroU32::new(100_000).unwrap(),
        token_limit: TokenLimitField::MaxTokens,
        strict_schema: true,
    }
}

fn question() -> ChatRequest {
    ChatRequest {
        system: "You write tweets.".to_owned(),
        user: "Write one.".to_owned(),
        schema_name: "candidates".to_owned(),
        schema: value!({"type":"object","properties":{"text":{"type":"string"}},"required":["text"],"additionalProperties":false}),
        max_tokens: 500,
        model: None,
        temperature: None,
    }
}

async fn asked(reply: Reply) -> Result<ChatAnswer, ModelError> {
    let server = Scripted::saying(reply).await;
    let answer = OpenAi::new(options(&server.url))
        .unwrap()
        .chat(&question())
        .await;
    assert_eq!(server.seen().len(), 1, "a question was sent again");
    answer
}

fn completion(message: Value, finish: Value) -> Reply {
    json(
        200,
        value!({"id":"c","object":"chat.completion","created":1,"model":"small-1-2026","choices":[
        {"index":0,"message":message,"finish_reason":finish,"logprobs":null}]}),
    )
}

fn refusal(status: u16, code: &str) -> Reply {
    json(
        status,
        value!({"error":{"message":"no","type":"t","param":null,"code":code}}),
    )
}

#[tokio::test]
async fn a_complete_answer_is_read_with_what_it_took() {
    let answer = asked(json(200, value!({
        "model": "small-1-2026",
        "choices": [{"index":0,"message":{"role":"assistant","content":"{\"text\":\"hi\"}","refusal":null},"finish_reason":"stop"}],
        "usage": {"prompt_tokens":10,"completion_tokens":20,"total_tokens":30,
            "prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":6}},
        "service_tier": "default",
    })))
    .await;
    let expected = ChatAnswer {
        model: "small-1-2026".to_owned(),
        content: "{\"text\":\"hi\"}".to_owned(),
        finish: Finish::Complete,
        usage: Usage {
            prompt: 10,
            cached: 4,
            completion: 20,
            reasoning: 6,
        },
    };
    assert_eq!(answer, Ok(expected));
}

#[tokio::test]
async fn a_compatible_server_may_leave_most_of_it_out() {
    for body in [
        value!({"choices":[{"message":{"content":"{}"}}]}),
        value!({"model":"","choices":[{"message":{"content":[{"type":"text","text":"{"},{"type":"text","text":"}"}]},"finish_reason":null}],"usage":null}),
        value!({"model":null,"choices":[{"message":{"content":"{}"},"finish_reason":"eos"}],"usage":{"prompt_tokens":null},"timings":{"x":1}}),
    ] {
        let answer = asked(json(200, body.clone())).await.unwrap();
        assert_eq!(
            (answer.content.as_str(), answer.model.as_str()),
            ("{}", "small-1"),
            "{body}"
        );
        assert_eq!(
            (answer.finish, answer.usage),
            (Finish::Complete, Usage::default())
        );
    }
}

#[tokio::test]
async fn an_answer_says_why_it_ended() {
    let cut = asked(completion(value!({"content":"{\"te"}), value!("length")))
        .await
        .unwrap();
    assert_eq!(
        (cut.finish, cut.content.as_str()),
        (Finish::CutOff, "{\"te")
    );
    let filtered = asked(completion(
        value!({"content":null}),
        value!("content_filter"),
    ))
    .await
    .unwrap();
    assert_eq!(
        (filtered.finish, filtered.content.as_str()),
        (Finish::Filtered, "")
    );
    let declined = asked(completion(
        value!({"content":null,"refusal":"I will\nnot."}),
        value!("stop"),
    ))
    .await
    .unwrap();
    assert_eq!(
        declined.finish,
        Finish::Declined {
            reason: "I will not.".to_owned()
        }
    );
}

#[tokio::test]
async fn a_success_that_makes_no_sense_is_a_service_out_of_order() {
    for reply in [
        plain(200, "<html>"),
        plain(200, ""),
        json(200, value!({"choices":[]})),
        json(200, value!({"choices":"none"})),
        json(200, value!({"error":{"message":"overloaded"}})),
        Reply::CutOff {
            status: 200,
            body: "{\"choices\":[".to_owned(),
        },
    ] {
        let error = asked(reply.clone()).await.unwrap_err();
        assert!(
            matches!(error, ModelError::Unavailable { .. }),
            "{reply:?} gave {error:?}"
        );
    }
}

#[tokio::test]
async fn too_many_questions_wait_as_long_as_the_service_says() {
    let limit = || refusal(429, "rate_limit_exceeded");
    for (reply, wait) in [
        (
            limit().with("retry-after-ms", 250).with("retry-after", 9),
            Some(Duration::from_millis(250)),
        ),
        (limit().with("retry-after", 9), Some(Duration::from_secs(9))),
        (
            limit()
                .with("date", "Fri, 15 Jan 2027 12:00:00 GMT")
                .with("retry-after", "Fri, 15 Jan 2027 12:00:40 GMT"),
            Some(Duration::from_secs(40)),
        ),
        (limit(), None),
        (plain(429, "slow down"), None),
    ] {
        match asked(reply.clone()).await.unwrap_err() {
            ModelError::Throttled { retry_after, .. } => assert_eq!(retry_after, wait, "{reply:?}"),
            other => panic!("{reply:?} gave {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_account_without_money_or_rights_needs_a_person() {
    let by_type = json(
        429,
        value!({"error":{"message":"no","type":"insufficient_quota"}}),
    );
    for reply in [
        refusal(429, "insufficient_quota"),
        by_type,
        refusal(401, "invalid_api_key"),
        refusal(403, "unsupported_country_region_territory"),
        plain(402, ""),
    ] {
        let error = asked(reply.clone()).await.unwrap_err();
        assert!(
            matches!(error, ModelError::NotEntitled { .. }),
            "{reply:?} gave {error:?}"
        );
    }
}

#[tokio::test]
async fn a_question_that_is_wrong_itself_is_not_asked_again() {
    for reply in [
        plain(404, "Not Found"),
        plain(422, "Unprocessable"),
        json(400, value!({"error":"no such grammar"})),
        plain(307, "").with("location", "https://elsewhere.example"),
    ] {
        let error = asked(reply.clone()).await.unwrap_err();
        assert!(
            matches!(
                error,
                ModelError::BadRequest {
                    fault: Fault::Form,
                    ..
                }
            ),
            "{reply:?} gave {error:?}"
        );
    }
    let ModelError::BadRequest { reason, .. } =
        asked(json(400, value!({"error":"no such grammar"})))
            .await
            .unwrap_err()
    else {
        panic!("not a bad request");
    };
    assert_eq!(reason, "HTTP 400 Bad Request: no such grammar");
}

#[tokio::test]
async fn a_question_that_is_too_long_and_a_model_that_is_not_there_are_told_apart() {
    let says = |status, words: &str| {
        json(
            status,
            value!({"error":{"message":words,"type":"t","code":null}}),
        )
    };
    for (reply, expected) in [
        (refusal(400, "context_length_exceeded"), Fault::TooLong),
        (
            says(400, "This model's maximum context length is 8192 tokens."),
            Fault::TooLong,
        ),
        (
            json(
                400,
                value!({"error":{"code":400,"message":"request (9000 tokens) exceeds the available context size (4096 tokens)","type":"exceed_context_size_error"}}),
            ),
            Fault::TooLong,
        ),
        (
            says(
                429,
                "Request too large for gpt-x on tokens per min (TPM): Limit 10000, Requested 12000.",
            ),
            Fault::TooLong,
        ),
        (plain(413, ""), Fault::TooLong),
        (refusal(404, "model_not_found"), Fault::UnknownModel),
        (refusal(403, "model_not_found"), Fault::UnknownModel),
        (says(404, "model 'gpt-x' not found"), Fault::UnknownModel),
    ] {
        match asked(reply.clone()).await.unwrap_err() {
            ModelError::BadRequest { fault, .. } => assert_eq!(fault, expected, "{reply:?}"),
            other => panic!("{reply:?} gave {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_used_up_says_how_long_to_wait_where_nothing_else_does() {
    let limit = || refusal(429, "rate_limit_exceeded");
    let used_up = limit()
        .with("x-ratelimit-remaining-requests", 12)
        .with("x-ratelimit-reset-requests", "9s")
        .with("x-ratelimit-remaining-tokens", 0)
        .with("x-ratelimit-reset-tokens", "6m0s");
    for (reply, wait) in [
        (used_up.clone(), Some(Duration::from_secs(360))),
        (used_up.with("retry-after", 3), Some(Duration::from_secs(3))),
        (limit().with("x-ratelimit-reset-tokens", "6m0s"), None),
    ] {
        match asked(reply.clone()).await.unwrap_err() {
            ModelError::Throttled { retry_after, .. } => assert_eq!(retry_after, wait, "{reply:?}"),
            other => panic!("{reply:?} gave {other:?}"),
        }
    }
}

#[tokio::test]
async fn only_a_question_that_never_left_is_certainly_not_billed() {
    let billed = |error: ModelError| match error {
        ModelError::Unavailable { billed, .. } => billed,
        other => panic!("{other:?}"),
    };
    for reply in [
        plain(500, ""),
        plain(408, ""),
        plain(200, "<html>"),
        Reply::HangUp,
    ] {
        let error = asked(reply.clone()).await.unwrap_err();
        assert_eq!(billed(error), Billed::Perhaps, "{reply:?}");
    }
    let nobody = OpenAi::new(options(&Scripted::nobody().await)).unwrap();
    let error = nobody.chat(&question()).await.unwrap_err();
    assert_eq!(billed(error), Billed::No);
}

#[tokio::test]
async fn a_question_names_its_model_and_how_far_it_may_stray() {
    let server = Scripted::saying(completion(value!({"content":"{}"}), value!("stop"))).await;
    let asked = ChatRequest {
        model: Some("other-2".to_owned()),
        temperature: Temperature::of_hundredths(70),
        ..question()
    };
    let model = OpenAi::new(options(&server.url)).unwrap();
    model.chat(&asked).await.unwrap();
    let body = server.seen()[0].json();
    assert_eq!(
        (&body["model"], &body["temperature"]),
        (&value!("other-2"), &value!(0.7))
    );
}

#[tokio::test]
async fn an_answer_of_many_tokens_is_waited_for_longer() {
    let mute = Scripted::saying(Reply::Silence).await;
    let slow = OpenAi::new(OpenAiOptions {
        timeout: Duration::from_millis(100),
        tokens_per_second: NonZeroU32::new(500).unwrap(),
        ..options(&mute.url)
    })
    .unwrap();
    let began = std::time::Instant::now();
    slow.chat(&question()).await.unwrap_err();
    assert!(
        began.elapsed() >= Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn a_service_that_is_away_slow_or_broken_is_unavailable() {
    for reply in [
        plain(500, ""),
        plain(503, "Loading model"),
        plain(408, ""),
        refusal(409, "x"),
        Reply::HangUp,
    ] {
        let error = asked(reply.clone()).await.unwrap_err();
        assert!(
            matches!(error, ModelError::Unavailable { .. }),
            "{reply:?} gave {error:?}"
        );
    }
    let nobody = OpenAi::new(options(&Scripted::nobody().await)).unwrap();
    assert!(matches!(
        nobody.chat(&question()).await,
        Err(ModelError::Unavailable { .. })
    ));
    let mute = Scripted::saying(Reply::Silence).await;
    let slow = OpenAi::new(OpenAiOptions {
        timeout: Duration::from_millis(300),
        ..options(&mute.url)
    })
    .unwrap();
    assert!(matches!(
        slow.chat(&question()).await,
        Err(ModelError::Unavailable { .. })
    ));
}

#[tokio::test]
async fn a_question_is_sent_as_it_was_configured() {
    let server = Scripted::saying(completion(value!({"content":"{}"}), value!("stop"))).await;
    OpenAi::new(options(&server.url))
        .unwrap()
        .chat(&question())
        .await
        .unwrap();
    let other = OpenAiOptions {
        token_limit: TokenLimitField::MaxCompletionTokens,
        strict_schema: false,
        api_key: None,
        base_url: format!("{}/v1/", server.url),
        ..options(&server.url)
    };
    OpenAi::new(other).unwrap().chat(&question()).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[0].path, "/v1/chat/completions");
    assert_eq!(seen[0].header("authorization"), Some("Bearer s3cret"));
    let expected = value!({
        "model": "small-1",
        "messages": [{"role":"system","content":"You write tweets."},{"role":"user","content":"Write one."}],
        "response_format": {"type":"json_schema","json_schema":{"name":"candidates","strict":true,"schema":question().schema}},
        "max_tokens": 500,
    });
    assert_eq!(seen[0].json(), expected);
    assert_eq!(
        (seen[1].path.as_str(), seen[1].header("authorization")),
        ("/v1/chat/completions", None)
    );
    let body = seen[1].json();
    assert_eq!(
        (&body["max_completion_tokens"], body.get("max_tokens")),
        (&value!(500), None)
    );
    assert_eq!(
        body["response_format"]["json_schema"]["strict"],
        value!(false)
    );
}

#[tokio::test]
async fn a_key_that_the_service_repeats_is_not_passed_on() {
    let words = "Incorrect API key provided: s3cret (sk-proj-abcdef0123). See https://platform.openai.com/account/api-keys.";
    let error = asked(json(401, value!({"error":{"message":words}})))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("Incorrect API key")
            && !error.contains("s3cret")
            && !error.contains("abcdef"),
        "{error}"
    );
    let shown = format!("{:?}", options("http://127.0.0.1:1"));
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[test]
fn a_base_url_that_is_none_is_refused_at_once() {
    let error = OpenAi::new(OpenAiOptions {
        base_url: "api.openai.com/v1".to_owned(),
        ..options("")
    })
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`api.openai.com/v1` is not a base URL: relative URL without a base"
    );
}

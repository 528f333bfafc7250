//! The OpenAI simulator over real sockets: strict schemas, faults, headers.
#![allow(clippy::unwrap_used)]

#[path = "support/http.rs"]
mod http;

use std::time::{Duration, Instant};

use clara_sandbox::{FaultKind, FaultRule, Options, Sandbox, Work};
use http::{Reply, get, post};
use serde_json::{Value, json};

const KEY: &str = "sandbox-openai-key";

async fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

fn request(message: &str) -> Value {
    let candidate = json!({
        "type": "object", "additionalProperties": false, "required": ["segments"],
        "properties": { "segments": { "type": "array", "minItems": 1, "maxItems": 6, "items": { "type": "string" } } },
    });
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["candidates"],
        "properties": { "candidates": { "type": "array", "minItems": 3, "maxItems": 3, "items": candidate } },
    });
    json!({
        "model": "sandbox-writer",
        "messages": [{ "role": "system", "content": "You write for Harbour Coffee." }, { "role": "user", "content": message }],
        "response_format": { "type": "json_schema", "json_schema": { "name": "drafts", "strict": true, "schema": schema } },
    })
}

async fn chat(sandbox: &Sandbox, body: &Value) -> Reply {
    post(sandbox.addr(), "/openai/v1/chat/completions")
        .bearer(KEY)
        .json(body)
        .send()
        .await
}

fn content(reply: &Reply) -> String {
    reply.json()["choices"][0]["message"]["content"]
        .as_str()
        .unwrap()
        .to_string()
}

#[tokio::test]
async fn the_answer_follows_the_schema_and_speaks_of_the_brief() {
    let sandbox = sandbox().await;
    let reply = chat(
        &sandbox,
        &request("Brief: the winter blend is back on Friday"),
    )
    .await;
    assert_eq!(reply.status, 200);
    let made: Value = serde_json::from_str(&content(&reply)).unwrap();
    let candidates = made["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 3);
    for candidate in candidates {
        let text = candidate["segments"][0].as_str().unwrap();
        assert!(text.to_lowercase().contains("winter blend"), "{text}");
    }
    let usage = &reply.json()["usage"];
    let (read, written) = (
        usage["prompt_tokens"].as_u64().unwrap(),
        usage["completion_tokens"].as_u64().unwrap(),
    );
    assert_eq!(usage["total_tokens"], read + written);
    assert!(reply.header("x-request-id").unwrap().starts_with("req_"));
    assert_eq!(reply.header("x-ratelimit-remaining-requests"), Some("9999"));
    assert!(
        reply
            .header("x-ratelimit-reset-tokens")
            .unwrap()
            .ends_with('s')
    );
    assert_eq!(sandbox.openai.usage().completions, 1);
}

#[tokio::test]
async fn the_same_request_gives_the_same_answer_and_feedback_changes_it() {
    let sandbox = sandbox().await;
    let first = content(&chat(&sandbox, &request("Brief: cheap tea for all")).await);
    assert_eq!(
        first,
        content(&chat(&sandbox, &request("Brief: cheap tea for all")).await)
    );
    let second = content(
        &chat(
            &sandbox,
            &request("Brief: cheap tea for all\nFeedback: \"cheap\" is a blocked word"),
        )
        .await,
    );
    assert_ne!(first, second);
    assert!(
        first.contains("cheap") && !second.contains("cheap"),
        "{second}"
    );
}

#[tokio::test]
async fn choices_of_one_request_differ() {
    let sandbox = sandbox().await;
    let mut body = request("Brief: tea");
    body["n"] = 3.into();
    let reply = chat(&sandbox, &body).await.json();
    let choices = reply["choices"].as_array().unwrap();
    assert_eq!(choices.len(), 3);
    assert_ne!(
        choices[0]["message"]["content"],
        choices[1]["message"]["content"]
    );
}

#[tokio::test]
async fn a_wrong_key_or_a_loose_schema_is_refused() {
    let sandbox = sandbox().await;
    let body = request("Brief: tea");
    let refused = post(sandbox.addr(), "/openai/v1/chat/completions")
        .bearer("sk-guess")
        .json(&body)
        .send()
        .await;
    assert_eq!(
        (refused.status, refused.json()["error"]["code"].as_str()),
        (401, Some("invalid_api_key"))
    );
    let mut loose = body.clone();
    loose["response_format"]["json_schema"]["schema"]["additionalProperties"] = true.into();
    let refused = chat(&sandbox, &loose).await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.json()["error"]["message"]
            .as_str()
            .unwrap()
            .contains("additionalProperties")
    );
    let long = request(&"word ".repeat(200_000));
    assert_eq!(
        chat(&sandbox, &long).await.json()["error"]["code"],
        "context_length_exceeded"
    );
}

#[tokio::test]
async fn each_fault_has_its_own_answer() {
    let sandbox = sandbox().await;
    let body = request("Brief: tea");
    let answer = async |kind: FaultKind| {
        sandbox
            .faults
            .add(FaultRule::new("openai", kind).on("chat").times(1));
        post(sandbox.addr(), "/openai/v1/chat/completions")
            .bearer(KEY)
            .json(&body)
            .try_send()
            .await
    };
    let limited = answer(FaultKind::TooManyRequests {
        retry_after: Duration::from_millis(1500),
    })
    .await
    .unwrap();
    assert_eq!(
        (limited.status, limited.header("retry-after")),
        (429, Some("2"))
    );
    assert_eq!(limited.json()["error"]["code"], "rate_limit_exceeded");
    assert_eq!(
        answer(FaultKind::InsufficientQuota).await.unwrap().json()["error"]["code"],
        "insufficient_quota"
    );
    assert_eq!(
        answer(FaultKind::ServerError { status: 500 })
            .await
            .unwrap()
            .status,
        500
    );
    let bad = answer(FaultKind::BadJson).await.unwrap();
    assert!(serde_json::from_str::<Value>(&content(&bad)).is_err());
    let refusal = answer(FaultKind::Refusal).await.unwrap().json();
    assert_eq!(refusal["choices"][0]["message"]["content"], Value::Null);
    assert!(refusal["choices"][0]["message"]["refusal"].is_string());
    let long: Value =
        serde_json::from_str(&content(&answer(FaultKind::TooLong).await.unwrap())).unwrap();
    assert!(
        long["candidates"][0]["segments"][0]
            .as_str()
            .unwrap()
            .chars()
            .count()
            > 280
    );
    let cut = answer(FaultKind::LengthCut).await.unwrap().json();
    assert_eq!(cut["choices"][0]["finish_reason"], "length");
    let before = sandbox.openai.usage();
    assert!(answer(FaultKind::AnswerLost).await.is_none());
    assert_eq!(sandbox.openai.usage().completions, before.completions + 1);
    assert!(answer(FaultKind::RequestLost).await.is_none());
    assert_eq!(sandbox.openai.usage().completions, before.completions + 1);
}

#[tokio::test]
async fn a_latency_set_over_http_slows_every_answer() {
    let sandbox = sandbox().await;
    let set = post(sandbox.addr(), "/control/openai/settings")
        .json(&json!({ "latency_ms": 120 }))
        .send()
        .await;
    assert_eq!(set.status, 200);
    let began = Instant::now();
    chat(&sandbox, &request("Brief: tea")).await;
    assert!(began.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn the_smaller_endpoints_answer() {
    let sandbox = sandbox().await;
    let send = async |path: &str, body: Value| {
        post(sandbox.addr(), path)
            .bearer(KEY)
            .json(&body)
            .send()
            .await
            .json()
    };
    let verdict = send(
        "/openai/v1/moderations",
        json!({ "model": "omni-moderation-latest", "input": ["fine", "kill them"] }),
    )
    .await;
    assert_eq!(verdict["results"][0]["flagged"], false);
    assert_eq!(verdict["results"][1]["categories"]["violence"], true);
    let made = send(
        "/openai/v1/embeddings",
        json!({ "model": "text-embedding-3-small", "input": "tea", "dimensions": 64 }),
    )
    .await;
    assert_eq!(made["data"][0]["embedding"].as_array().unwrap().len(), 64);
    let models = get(sandbox.addr(), "/openai/v1/models")
        .bearer(KEY)
        .send()
        .await
        .json();
    assert_eq!(models["object"], "list");
}

#[tokio::test]
async fn every_way_to_be_left_without_an_answer_is_told_in_the_services_words() {
    let sandbox = sandbox().await;
    let asked = async |kind: FaultKind| {
        sandbox
            .faults
            .add(FaultRule::new("openai", kind).on("chat").times(1));
        chat(&sandbox, &request("Brief: tea")).await
    };
    let long = asked(FaultKind::ContextTooLong).await;
    assert_eq!(
        (long.status, long.json()["error"]["code"].as_str()),
        (400, Some("context_length_exceeded"))
    );
    let unknown = asked(FaultKind::ModelNotFound).await;
    assert_eq!(
        (unknown.status, unknown.json()["error"]["code"].as_str()),
        (404, Some("model_not_found"))
    );
    let retry_after = Duration::from_millis(1500);
    let tokens = asked(FaultKind::TokensPerMinute { retry_after }).await;
    assert_eq!(
        (tokens.status, tokens.json()["error"]["type"].as_str()),
        (429, Some("tokens"))
    );
    assert_eq!(tokens.header("x-ratelimit-reset-tokens"), Some("1500ms"));
    assert_eq!(tokens.header("retry-after"), None);
    let filtered = asked(FaultKind::ContentFilter).await.json();
    assert_eq!(filtered["choices"][0]["finish_reason"], "content_filter");
    assert_eq!(filtered["choices"][0]["message"]["content"], Value::Null);
}

#[tokio::test]
async fn a_fault_of_one_model_leaves_the_others_alone() {
    let sandbox = sandbox().await;
    let rule = FaultRule::new("openai", FaultKind::ModelNotFound).of("sandbox-writer");
    sandbox.faults.add(rule);
    let mut body = request("Brief: tea");
    assert_eq!(chat(&sandbox, &body).await.status, 404);
    body["model"] = "sandbox-thinker".into();
    assert_eq!(chat(&sandbox, &body).await.status, 200);
}

#[tokio::test]
async fn the_bill_holds_what_was_worked_on_whether_its_answer_arrived_or_not() {
    let sandbox = sandbox().await;
    let mut body = request("Brief: tea");
    body["messages"][0]["content"] = "You write for Harbour Coffee. ".repeat(30).into();
    let first = chat(&sandbox, &body).await.json();
    assert_eq!(
        first["usage"]["prompt_tokens_details"]["cached_tokens"], 0,
        "nothing was seen before"
    );
    let second = chat(&sandbox, &body).await.json()["usage"].clone();
    assert_eq!(second["prompt_tokens_details"]["cached_tokens"], 128);
    body["model"] = "sandbox-thinker".into();
    let thought = chat(&sandbox, &body).await.json()["usage"].clone();
    let reasoning = &thought["completion_tokens_details"]["reasoning_tokens"];
    assert!(reasoning.as_u64().unwrap() > 0, "{thought}");
    for (operation, kind) in [
        ("chat", FaultKind::AnswerLost),
        ("chat", FaultKind::RequestLost),
        ("chat", FaultKind::ServerError { status: 503 }),
        ("chat", FaultKind::ServerErrorAfter { status: 502 }),
    ] {
        let rule = FaultRule::new("openai", kind).on(operation).times(1);
        sandbox.faults.add(rule);
        let _ = post(sandbox.addr(), "/openai/v1/chat/completions")
            .bearer(KEY)
            .json(&body)
            .try_send()
            .await;
    }
    let bill = get(sandbox.addr(), "/control/openai/billing")
        .send()
        .await
        .json();
    let sums: Vec<(Value, Value, Value)> = bill["sums"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sum| {
            (
                sum["model"].clone(),
                sum["delivered"].clone(),
                sum["calls"].clone(),
            )
        })
        .collect();
    let expected = [
        (json!("sandbox-thinker"), json!(false), json!(2)),
        (json!("sandbox-thinker"), json!(true), json!(1)),
        (json!("sandbox-writer"), json!(true), json!(2)),
    ];
    assert_eq!(sums, expected, "{bill}");
    let call = &bill["calls"][1];
    assert_eq!(call["prompt_tokens"], second["prompt_tokens"]);
    assert_eq!(call["completion_tokens"], second["completion_tokens"]);
    assert_eq!(call["cached_tokens"], 128);
    let opening = call["opening"].as_str().unwrap();
    assert!(opening.starts_with("You write for Harbour Coffee."));
}

#[tokio::test]
async fn vectors_and_verdicts_fail_as_they_are_told_and_only_vectors_take_tokens() {
    let sandbox = sandbox().await;
    let send = async |path: &str| {
        post(sandbox.addr(), path)
            .bearer(KEY)
            .json(&json!({ "model": "small", "input": ["fresh coffee", "tea"] }))
            .send()
            .await
    };
    for (path, operation) in [
        ("/openai/v1/embeddings", "embeddings"),
        ("/openai/v1/moderations", "moderations"),
    ] {
        let retry_after = Duration::from_secs(2);
        for (kind, status) in [
            (FaultKind::TooManyRequests { retry_after }, 429),
            (FaultKind::ServerError { status: 503 }, 503),
            (FaultKind::ModelNotFound, 404),
        ] {
            let rule = FaultRule::new("openai", kind).on(operation).times(1);
            sandbox.faults.add(rule);
            assert_eq!(send(path).await.status, status, "{path}");
        }
        let by = Duration::from_millis(150);
        let slow = FaultRule::new("openai", FaultKind::Slow { by });
        sandbox.faults.add(slow.on(operation).times(1));
        let began = Instant::now();
        assert_eq!(send(path).await.status, 200);
        assert!(began.elapsed() >= by);
    }
    let bill = sandbox.openai.bill();
    let took: Vec<(Work, u64, u64)> = bill
        .iter()
        .map(|sum| (sum.work, sum.took.prompt_tokens, sum.took.texts))
        .collect();
    assert_eq!(took, [(Work::Embeddings, 4, 2), (Work::Moderations, 0, 2)]);
}
